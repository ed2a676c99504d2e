"""Permissions of the foundations: who may read the log of mails."""

from __future__ import annotations

from typing import Any

import rules


@rules.predicate
def runs_the_site(user: Any) -> bool:
    """The system administrator."""
    return bool(user.is_authenticated and user.is_active and user.is_superuser)


PERMISSIONS: dict[str, Any] = {
    "common.view_mail_log": runs_the_site,
    "common.resend_mail": runs_the_site,
}

for _name, _predicate in PERMISSIONS.items():
    rules.add_perm(_name, _predicate)
