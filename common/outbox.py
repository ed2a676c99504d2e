"""Notices: a row in the transaction of its cause, shown in the portal; an e-mail follows and only points there.

Ordinary notices wait for the person's next digest; kinds in ``URGENT_KINDS`` go at once, whatever the person chose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.utils import timezone

from common.models import MailFrequency, MailPreference, Notification
from common.text import clean

DIGEST_TIME = dt.time(7, 0)
"""When digests go out, in the site's time zone."""

WEEKLY_ON = 0
"""The day of weekly digests as ``date.weekday`` counts: Monday."""

URGENT_KINDS = ("security.", "deadline.")
"""Beginnings of the kinds that never wait: the account's safety, and a term that ends today or tomorrow."""

FEW = 1000
"""Up to so many people their choices are asked for by key; for more, everybody's who chose something is read."""


@dataclass(frozen=True)
class Notice:
    """A notice to be written. ``url`` is a path of this portal; ``dedupe`` keeps a second one from the same person."""

    recipient: AbstractBaseUser
    kind: str
    subject: str
    body: str = ""
    url: str = ""
    dedupe: str = ""


def notify(
    *, recipient: AbstractBaseUser, kind: str, subject: str, body: str, url: str = "", dedupe: str = ""
) -> Notification:
    """Write one notice in the caller's transaction; its mail is sent later.

    ``url`` is a path of this portal. With ``dedupe``, a second notice with the same key to the same person is not
    written: the first is returned.
    """
    notice = Notice(recipient, kind, subject, body, url, dedupe)
    values = _values(notice, frequencies_of([recipient.pk]), timezone.now())
    if not dedupe:
        return Notification.objects.create(**values)
    person = values.pop("recipient")
    row, _created = Notification.objects.get_or_create(recipient=person, dedupe=dedupe, defaults=values)
    return row


def notify_many(
    *,
    recipients: Iterable[AbstractBaseUser],
    kind: str,
    subject: str,
    body: str,
    url: str = "",
    dedupe: str = "",
) -> None:
    """The same notice to several people, in two statements; people already told under ``dedupe`` are left out."""
    people: dict[Any, AbstractBaseUser] = {person.pk: person for person in recipients}
    notify_each([Notice(people[pk], kind, subject, body, url, dedupe) for pk in sorted(people)])


def notify_each(notices: Collection[Notice]) -> None:
    """Different notices to several people, in sets; those already written under their ``dedupe`` are left out."""
    if not notices:
        return
    now = timezone.now()
    chosen = frequencies_of({notice.recipient.pk for notice in notices})
    Notification.objects.bulk_create(
        [Notification(**_values(notice, chosen, now)) for notice in notices],
        batch_size=500,
        ignore_conflicts=any(notice.dedupe for notice in notices),
    )


def frequencies_of(people: Collection[Any]) -> dict[Any, str]:
    """What these people chose, by key; people who chose nothing (or the daily digest) are not in it. One statement."""
    chosen = MailPreference.objects.exclude(frequency=MailFrequency.DAILY)
    if len(people) <= FEW:
        chosen = chosen.filter(user__in=people)
    return dict(chosen.order_by().values_list("user", "frequency"))


def is_urgent(kind: str) -> bool:
    return kind.startswith(URGENT_KINDS)


def urgent() -> Q:
    """Filter of notices that never wait."""
    condition = Q()
    for beginning in URGENT_KINDS:
        condition |= Q(kind__startswith=beginning)
    return condition


def next_mail_at(frequency: str, now: dt.datetime) -> dt.datetime | None:
    """When an ordinary notice written now goes out by mail; None for people who want none.

    A digest goes out at ``DIGEST_TIME`` exactly; a notice of that very moment still comes along.
    """
    if frequency == MailFrequency.NONE:
        return None
    if frequency == MailFrequency.INSTANT:
        return now
    zone = timezone.get_current_timezone()
    day = now.astimezone(zone).date()
    if frequency == MailFrequency.WEEKLY:
        day += dt.timedelta(days=(WEEKLY_ON - day.weekday()) % 7)
    moment = dt.datetime.combine(day, DIGEST_TIME, zone)
    if moment < now:
        days = 7 if frequency == MailFrequency.WEEKLY else 1
        moment = dt.datetime.combine(day + dt.timedelta(days=days), DIGEST_TIME, zone)
    return moment


def _values(notice: Notice, chosen: dict[Any, str], now: dt.datetime) -> dict[str, Any]:
    if notice.url and (not notice.url.startswith("/") or notice.url.startswith("//")):
        raise ValueError("a notice points at a path of this portal")
    person = cast(Any, notice.recipient)
    frequency = chosen.get(person.pk, MailFrequency.DAILY)
    due = now if is_urgent(notice.kind) else next_mail_at(frequency, now)
    has_mail = due is not None and person.is_active and bool(getattr(person, "email", ""))
    return {
        "recipient": person,
        "kind": notice.kind,
        "subject": clean(notice.subject)[:200],
        "body": notice.body,
        "url": notice.url,
        "dedupe": notice.dedupe,
        "created_at": now,
        "mail_state": Notification.MailState.DUE if has_mail else Notification.MailState.NONE,
        "mail_due_at": due or now,
    }
