"""Writes about accounts themselves; opening and closing them belongs to ``schools.services``."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from common.audit import record


@transaction.atomic
def record_sign_in(*, user: User) -> None:
    """Keep that an account signed in; address and request number come with the audit row."""
    record(action="account.sign_in", target=user, by=user)


@transaction.atomic
def record_failed_sign_in(*, email: str) -> None:
    """Keep that a sign-in failed; what was typed is kept only where it names an account."""
    account = User.objects.filter(email=email.strip().lower()).first()
    record(action="account.sign_in_failed", target=account, by=None)
