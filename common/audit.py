"""The audit row: written inside the transaction of the change it describes; neither exists without the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction

from common.models import AuditEntry
from common.request_context import current_request

SECRET_KEYS = frozenset({"password", "token", "secret", "tc", "tc_no", "identity", "identity_digest"})


@dataclass(frozen=True)
class Change:
    """One changed object of a bulk write."""

    target: models.Model
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    note: str = ""


def record(
    *,
    action: str,
    target: models.Model | None,
    by: AbstractBaseUser | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> AuditEntry:
    """Write the audit row of one change; must run inside the transaction of the change.

    ``action`` is a short English verb phrase such as ``project.approve``. ``before`` and ``after`` hold the changed
    fields only. Raises ``RuntimeError`` outside a transaction and ``ValueError`` for a field that must stay secret.
    """
    _require_transaction()
    entry = _entry(action, target, by, before, after, note)
    entry.save()
    return entry


def record_many(*, action: str, changes: Iterable[Change], by: AbstractBaseUser | None) -> int:
    """Write one audit row for each change of a bulk write, in sets; returns how many."""
    _require_transaction()
    entries = [_entry(action, c.target, by, c.before, c.after, c.note) for c in changes]
    AuditEntry.objects.bulk_create(entries, batch_size=1000)
    return len(entries)


def trail_of(target: models.Model) -> models.QuerySet[AuditEntry]:
    """The audit rows of one object, newest first."""
    return AuditEntry.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk)).select_related(
        "actor"
    )


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both mappings reduced to the keys whose values differ."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record must run inside the transaction of the change it describes")


def _entry(
    action: str,
    target: models.Model | None,
    by: AbstractBaseUser | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    note: str,
) -> AuditEntry:
    request = current_request()
    return AuditEntry(
        action=action,
        actor=cast(Any, by),
        actor_label="" if by is None else str(by)[:200],
        target_type="" if target is None else target._meta.label_lower,
        target_id="" if target is None else str(target.pk),
        target_label="" if target is None else str(target)[:300],
        before=_checked(before),
        after=_checked(after),
        note=note,
        ip=request.ip,
        request_id=request.request_id,
    )


def _checked(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    secret = SECRET_KEYS.intersection(values)
    if secret:
        raise ValueError(f"secret fields may not enter the audit: {', '.join(sorted(secret))}")
    return dict(values)
