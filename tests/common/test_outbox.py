"""Notices as they are written: once, in sets, pointing into the portal, with the moment of their mail."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from common import outbox
from common.models import MailPreference, Notification
from tests.factories.accounts import UserFactory
from tests.factories.common import failing_transaction

pytestmark = pytest.mark.django_db

ISTANBUL = ZoneInfo("Europe/Istanbul")


def at(text: str) -> dt.datetime:
    """A moment of November 2026 in the site's time zone: "20 14:30" is Friday the 20th, half past two."""
    return dt.datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ISTANBUL)


def tell(recipient: Any, **fields: Any) -> Notification:
    values = {"kind": "project.returned", "subject": "Projeniz düzeltme için döndü", "body": "Bütçe eksik."} | fields
    return outbox.notify(recipient=recipient, **values)


def wants(frequency: str) -> Any:
    person = UserFactory()
    MailPreference.objects.create(user=person, frequency=frequency)
    return person


def test_notice_is_rolled_back_with_its_cause() -> None:
    with failing_transaction():
        tell(UserFactory())
    assert not Notification.objects.exists()


def test_dedupe_tells_each_person_once() -> None:
    first, second = UserFactory(), UserFactory()
    one = tell(first, dedupe="project:5:returned:2")
    assert tell(first, dedupe="project:5:returned:2").pk == one.pk
    assert tell(second, dedupe="project:5:returned:2").pk != one.pk
    assert tell(first).pk != tell(first).pk
    assert Notification.objects.count() == 4


def test_many_are_told_in_two_statements(django_assert_num_queries: Any) -> None:
    people = [UserFactory() for _number in range(3)]
    tell(people[0], dedupe="run:1")
    with django_assert_num_queries(2):
        outbox.notify_many(recipients=people * 2, kind="run", subject="Sıralama yayımlandı", body="", dedupe="run:1")
    assert Notification.objects.filter(dedupe="run:1").count() == 3
    outbox.notify_many(recipients=[], kind="run", subject="Kimseye", body="")
    assert not Notification.objects.filter(subject="Kimseye").exists()


def test_choices_of_very_many_people_are_read_in_one_statement(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "FEW", 1)
    people = [wants("none"), wants("daily"), wants("instant"), UserFactory()]
    with django_assert_num_queries(1):
        chosen = outbox.frequencies_of([person.pk for person in people])
    assert chosen == {people[0].pk: "none", people[2].pk: "instant"}


def test_different_notices_are_written_together_each_once(django_assert_num_queries: Any) -> None:
    first, second = UserFactory(), UserFactory()
    notices = [
        outbox.Notice(first, "reminder.drafts", "2 taslağınız var", dedupe="drafts:1"),
        outbox.Notice(second, "reminder.drafts", "1 taslağınız var", dedupe="drafts:1"),
    ]
    with django_assert_num_queries(2):
        outbox.notify_each(notices)
    outbox.notify_each(notices)
    assert list(Notification.objects.order_by("pk").values_list("recipient", "subject")) == [
        (first.pk, "2 taslağınız var"),
        (second.pk, "1 taslağınız var"),
    ]


@pytest.mark.parametrize("url", ["https://kotu.example/", "//kotu.example/", "projeler/"])
def test_notice_points_only_into_the_portal(url: str) -> None:
    with pytest.raises(ValueError, match="portal"):
        tell(UserFactory(), url=url)


@pytest.mark.parametrize(
    ("frequency", "now", "due"),
    [
        ("instant", "20 14:30", "20 14:30"),
        ("daily", "20 14:30", "21 07:00"),
        ("daily", "20 06:59", "20 07:00"),
        ("daily", "20 07:00", "20 07:00"),
        ("daily", "20 07:01", "21 07:00"),
        ("daily", "21 00:10", "21 07:00"),
        ("weekly", "20 14:30", "23 07:00"),
        ("weekly", "22 23:59", "23 07:00"),
        ("weekly", "23 06:59", "23 07:00"),
        ("weekly", "23 07:01", "30 07:00"),
        ("weekly", "24 06:00", "30 07:00"),
    ],
)
def test_ordinary_notice_waits_for_the_person_s_next_digest(frequency: str, now: str, due: str) -> None:
    person = wants(frequency)
    with time_machine.travel(at(now), tick=False):
        notice = tell(person)
    assert (notice.mail_state, notice.mail_due_at) == ("due", at(due))


def test_people_who_chose_nothing_get_the_daily_digest() -> None:
    with time_machine.travel(at("20 14:30"), tick=False):
        assert tell(UserFactory()).mail_due_at == at("21 07:00")


def test_nobody_who_wants_no_mail_gets_an_ordinary_one() -> None:
    assert tell(wants("none")).mail_state == "none"


@pytest.mark.parametrize("frequency", ["daily", "weekly", "none"])
@pytest.mark.parametrize("kind", ["security.password", "deadline.drafts"])
def test_urgent_notice_goes_at_once_whatever_was_chosen(frequency: str, kind: str) -> None:
    person = wants(frequency)
    with time_machine.travel(at("20 14:30"), tick=False):
        notice = tell(person, kind=kind)
    assert (notice.mail_state, notice.mail_due_at) == ("due", at("20 14:30"))


def test_people_without_an_active_account_get_no_mail() -> None:
    assert tell(UserFactory(is_active=False)).mail_state == "none"
