"""What a person may see of jobs, notices and mails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from common.models import Job, MailDelivery, MailFrequency, MailPreference, Notification
from common.outbox import next_mail_at, urgent
from common.text import fold

QUEUE_LATE_AFTER = timedelta(minutes=5)
MOST_WORDS = 8
"""A search for more words than that is a paste by mistake; the first ones are taken."""


def jobs_visible_to(user: Any) -> QuerySet[Job]:
    """The person's own jobs; all of them for the system administrator."""
    jobs = Job.objects.select_related("owner").order_by("-created_at", "id")
    return jobs if user.is_superuser else jobs.filter(owner=user)


def notifications_of(user: Any) -> QuerySet[Notification]:
    """The person's notices, newest first."""
    return Notification.objects.filter(recipient=user).order_by("-created_at", "-id")


def unread_notifications_of(user: Any) -> QuerySet[Notification]:
    return notifications_of(user).filter(read_at=None)


@dataclass(frozen=True)
class NoticeDay:
    """The notices of one day, ``label`` only where the day has a name of its own: today and yesterday."""

    day: date
    label: str
    notices: list[Notification]


def by_day(notices: Iterable[Notification]) -> list[NoticeDay]:
    """Notices that come newest first, under their days in the site's time zone."""
    today = timezone.localdate()
    labels = {today: _("Bugün"), today - timedelta(days=1): _("Dün")}
    days = groupby(notices, key=lambda notice: timezone.localdate(notice.created_at))
    return [NoticeDay(day, labels.get(day, ""), list(found)) for day, found in days]


def queue_is_late() -> bool:
    """Whether a job has been waiting for a worker for more than five minutes."""
    return Job.objects.filter(
        state=Job.State.QUEUED, attempt=0, created_at__lt=timezone.now() - QUEUE_LATE_AFTER
    ).exists()


@dataclass(frozen=True)
class MailChoice:
    """How often a person gets mail, when the next one is due and how many ordinary notices wait for it."""

    frequency: str
    next_at: datetime | None
    waiting: int


def mail_choice_of(user: Any) -> MailChoice:
    chosen = MailPreference.objects.filter(user=user).values_list("frequency", flat=True).first()
    frequency = chosen or MailFrequency.DAILY
    waiting = unread_notifications_of(user).filter(mail_state=Notification.MailState.DUE).exclude(urgent()).count()
    return MailChoice(frequency, next_mail_at(frequency, timezone.now()), waiting)


def mails_of(user: Any) -> QuerySet[MailDelivery]:
    """The mails that went or should have gone to the person, newest first."""
    return MailDelivery.objects.filter(recipient=user).order_by("-created_at", "-id")


def mail_log(*, state: str = "", search: str = "") -> QuerySet[MailDelivery]:
    """All mails, newest first; ``state`` is one of ``MailDelivery.State``, ``search`` words of a name or an address."""
    found = MailDelivery.objects.select_related("recipient", "resent_as").order_by("-created_at", "-id")
    if state in MailDelivery.State.values:
        found = found.filter(state=state)
    for word in fold(search).split()[:MOST_WORDS]:
        found = found.filter(search_key__contains=word)
    return found


def mails_per_state() -> dict[str, int]:
    """How many mails are in each state."""
    counts = MailDelivery.objects.order_by().values("state").annotate(n=Count("pk")).values_list("state", "n")
    return dict.fromkeys(MailDelivery.State.values, 0) | dict(counts)
