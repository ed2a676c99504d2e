"""The audit row: in the change's transaction, complete, never altered, without secrets."""

from __future__ import annotations

from decimal import Decimal

import pytest

from common import audit
from common.models import AuditEntry
from common.models.audit import AppendOnlyError
from common.request_context import current_request, request_context
from tests.factories.accounts import UserFactory
from tests.factories.common import failing_transaction

pytestmark = pytest.mark.django_db


def test_row_says_who_what_where_from_and_both_values() -> None:
    actor, target = UserFactory(full_name="Işık Çağlar"), UserFactory(full_name="Şule İnce")
    with request_context(ip="10.1.2.3", request_id="abc-12345"):
        entry = audit.record(
            action="user.rename",
            target=target,
            by=actor,
            before={"points": Decimal("12.80")},
            after={"points": Decimal("32.00")},
            note="Düzeltme",
        )
    entry.refresh_from_db()
    assert (entry.actor, entry.actor_label, entry.action) == (actor, "Işık Çağlar", "user.rename")
    assert (entry.target_type, entry.target_id, entry.target_label) == ("accounts.user", str(target.pk), "Şule İnce")
    assert (entry.before, entry.after, entry.note) == ({"points": "12.80"}, {"points": "32.00"}, "Düzeltme")
    assert (entry.ip, entry.request_id) == ("10.1.2.3", "abc-12345")
    assert list(audit.trail_of(target)) == [entry]
    assert current_request().request_id == ""


@pytest.mark.django_db(transaction=True)
def test_row_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        audit.record(action="x", target=None, by=None)
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rollback_takes_the_row_along() -> None:
    with failing_transaction():
        audit.record(action="x", target=None, by=None)
    assert not AuditEntry.objects.exists()


def test_rows_can_be_neither_changed_nor_deleted() -> None:
    entry = audit.record(action="x", target=None, by=None)
    entry.note = "başka"
    for attempt in (
        entry.save,
        entry.delete,
        lambda: AuditEntry.objects.update(note="başka"),
        lambda: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda: AuditEntry.objects.bulk_update([entry], ["note"]),
    ):
        with pytest.raises(AppendOnlyError):
            attempt()
    assert AuditEntry.objects.get().note == ""


@pytest.mark.parametrize("key", ["password", "tc", "token", "identity_digest"])
def test_secret_fields_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match=key):
        audit.record(action="x", target=None, by=None, after={key: "1"})


def test_bulk_rows_are_written_in_sets(django_assert_num_queries: object) -> None:
    users = [UserFactory() for _number in range(3)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        count = audit.record_many(
            action="user.import", changes=[audit.Change(user, after={"active": True}) for user in users], by=None
        )
    assert count == 3
    assert AuditEntry.objects.filter(action="user.import").count() == 3


def test_changed_fields_keeps_the_differences() -> None:
    assert audit.changed_fields({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == ({"b": 2, "c": None}, {"b": 3, "c": 4})
