"""Mails of notices: what is due for a person goes out as one mail; each mail has a row that tells what came of it.

The row and its attempt are written before sending: a crash delays a mail and never loses it, and repeats at most the
one that was just on its way.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.models import MailDelivery, MailFrequency, Notification
from common.outbox import frequencies_of, urgent
from common.text import fold

MAX_MAIL_ATTEMPTS = 8
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
MOST_IN_A_MAIL = 50
"""So many notices are named in one mail; of the others it tells how many they are."""

SUBJECTS_OF = {
    "security": gettext_lazy("Hesabınızın güvenliği"),
    "deadline": gettext_lazy("Süresi dolanlar"),
    "reminder": gettext_lazy("Hatırlatmalar"),
    "project": gettext_lazy("Projeler"),
    "ranking": gettext_lazy("Sıralamalar"),
    "objection": gettext_lazy("İtirazlar"),
    "award_list": gettext_lazy("Ödül listeleri"),
    "certificate": gettext_lazy("Belgeler"),
    "job": gettext_lazy("Arka plan işleri"),
}
"""Headings of a mail by the first part of a notice's kind, in the order in which they stand there."""
OTHER_SUBJECTS = gettext_lazy("Diğer bildirimler")

DISCARDED_AT_ONCE = 500

TASKS_PATH = "/yapilacaklar/"
NOTICES_PATH = "/bildirimler/"
SETTINGS_PATH = "/bildirimler/ayarlar/"
RESET_PATH = "/hesap/password/reset/"

logger = logging.getLogger(__name__)


def send_due(*, limit: int = 200) -> tuple[int, int]:
    """Send the mails that are due to at most ``limit`` people; returns how many were tried and how many went out."""
    claimed = _claim_waiting(limit) + _gather(limit)
    if not claimed:
        return 0, 0
    backend = get_connection()
    try:
        sent = sum(_send(delivery, backend) for delivery in claimed)
    finally:
        backend.close()
    return len(claimed), sent


@transaction.atomic
def _claim_waiting(limit: int) -> list[MailDelivery]:
    """Mails whose time has come again, with this attempt counted and the next one set."""
    now = timezone.now()
    claimed = list(
        MailDelivery.objects.select_for_update(of=("self",), no_key=True, skip_locked=_skips())
        .filter(state=MailDelivery.State.QUEUED, due_at__lte=now, recipient__isnull=False)
        .select_related("recipient")
        .order_by("due_at", "id")[:limit]
    )
    for delivery in claimed:
        _count_attempt(delivery, now)
    MailDelivery.objects.bulk_update(claimed, ["attempts", "due_at"], batch_size=200)
    return claimed


@transaction.atomic
def _gather(limit: int) -> list[MailDelivery]:
    """One mail for each person for whom notices are due, with its first attempt counted.

    The people's rows are locked, so that nobody gets two mails at once and a changed frequency waits its turn. What was
    read in the portal meanwhile, what belongs to a closed account, and what is ordinary and belongs to somebody who
    wants no mail, needs none: a notice may have been written while its reader chose.
    """
    now = timezone.now()
    due = Notification.objects.filter(mail_state=Notification.MailState.DUE, mail_due_at__lte=now)
    users = get_user_model().objects.select_for_update(of=("self",), no_key=True, skip_locked=_skips())
    people = {user.pk: user for user in users.filter(pk__in=due.order_by().values("recipient")).order_by("pk")[:limit]}
    mine = due.filter(recipient__in=people)
    silent = [pk for pk, frequency in frequencies_of(people).items() if frequency == MailFrequency.NONE]
    unwanted = Q(recipient__in=silent) & ~urgent()
    mine.filter(~Q(read_at=None) | Q(recipient__is_active=False) | unwanted).update(
        mail_state=Notification.MailState.NONE
    )
    by_person: dict[Any, list[Notification]] = defaultdict(list)
    for notice in mine.order_by("recipient", "created_at", "id"):
        by_person[notice.recipient_id].append(notice)
    deliveries = [_delivery(people[pk], notices, now) for pk, notices in by_person.items()]
    MailDelivery.objects.bulk_create(deliveries, batch_size=200)
    gathered = []
    for delivery, notices in zip(deliveries, by_person.values(), strict=True):
        for notice in notices:
            notice.delivery, notice.mail_state = delivery, Notification.MailState.QUEUED
        gathered.extend(notices)
    Notification.objects.bulk_update(gathered, ["delivery", "mail_state"], batch_size=200)
    return deliveries


def _delivery(person: Any, notices: Sequence[Notification], now: datetime) -> MailDelivery:
    waited = any(notice.mail_due_at > notice.created_at for notice in notices)
    delivery = addressed_to(
        person, kind=MailDelivery.Kind.DIGEST if waited or len(notices) > 1 else MailDelivery.Kind.INSTANT
    )
    delivery.notice_count = len(notices)
    _count_attempt(delivery, now)
    return delivery


def addressed_to(person: Any, *, kind: str) -> MailDelivery:
    """An unsaved mail to the address that the person has now."""
    name = getattr(person, "full_name", "")
    return MailDelivery(recipient=person, address=person.email, kind=kind, search_key=fold(f"{name} {person.email}"))


@transaction.atomic
def send_to(*, notice: Notification, address: str) -> MailDelivery:
    """Have the mail of a notice that was just written go to an address that the person had before."""
    delivery = addressed_to(notice.recipient, kind=MailDelivery.Kind.INSTANT)
    delivery.address, delivery.notice_count = address, 1
    delivery.search_key = fold(f"{delivery.search_key} {address}")
    delivery.save()
    notice.delivery, notice.mail_state = delivery, Notification.MailState.QUEUED
    notice.save(update_fields=["delivery", "mail_state"])
    return delivery


def _count_attempt(delivery: MailDelivery, now: datetime) -> None:
    delivery.attempts += 1
    delivery.due_at = now + retry_delay(delivery.attempts)


def retry_delay(attempt: int) -> timedelta:
    """Waiting time after the given attempt: one minute, doubled each time, at most an hour."""
    return min(FIRST_RETRY * 2 ** (attempt - 1), LONGEST_RETRY)


def _skips() -> bool:
    return connection.features.has_select_for_update_skip_locked


def _send(delivery: MailDelivery, backend: BaseEmailBackend) -> bool:
    """Send one claimed mail, unless another sender took it over while the ones before it were slow."""
    recipient: Any = delivery.recipient
    if not _as_claimed(delivery).update(due_at=timezone.now() + retry_delay(delivery.attempts)):
        return False
    if not recipient.is_active:
        _end(delivery, MailDelivery.State.DROPPED, Notification.MailState.NONE)
        return False
    notices = list(delivery.notifications.order_by("created_at", "id"))
    try:
        message(recipient, delivery.address, notices, backend).send()
    except (SMTPException, OSError, ValueError) as error:
        reason = type(error).__name__[:80]
        logger.warning("mail %s failed at attempt %s: %s", delivery.pk, delivery.attempts, reason)
        if delivery.attempts >= MAX_MAIL_ATTEMPTS:
            _end(delivery, MailDelivery.State.FAILED, Notification.MailState.FAILED, error=reason)
        else:
            _as_claimed(delivery).update(error=reason)
        return False
    return _end(delivery, MailDelivery.State.SENT, Notification.MailState.SENT)


def _as_claimed(delivery: MailDelivery) -> Any:
    """The row, unless a later attempt has been begun or it has ended."""
    return MailDelivery.objects.filter(pk=delivery.pk, state=MailDelivery.State.QUEUED, attempts=delivery.attempts)


@transaction.atomic
def _end(delivery: MailDelivery, state: str, of_notices: str, *, error: str = "") -> bool:
    now = timezone.now()
    if not _as_claimed(delivery).update(state=state, ended_at=now, error=error):
        return False
    mailed_at = {"mailed_at": now} if of_notices == Notification.MailState.SENT else {}
    delivery.notifications.update(mail_state=of_notices, **mailed_at)
    return True


def log_mail(*, reference: str, address: str, name: str, kind: str, state: str, attempts: int, error: str = "") -> None:
    """Keep what came of a mail that has an outbox of its own; one row for each ``reference``."""
    MailDelivery.objects.update_or_create(
        reference=reference,
        defaults={
            "address": address,
            "search_key": fold(f"{name} {address}"),
            "kind": kind,
            "state": state,
            "attempts": attempts,
            "ended_at": timezone.now(),
            "error": error[:80],
        },
    )


def discard_old() -> int:
    """Delete the rows of mails that ended more than ``MAIL_LOG_DAYS`` ago; returns how many. Safe to repeat.

    Rows of mails that are still on their way stay, and so do the notices and the audit rows of what was sent again.
    """
    limit = timezone.now() - timedelta(days=settings.MAIL_LOG_DAYS)
    old = MailDelivery.objects.filter(created_at__lt=limit, ended_at__lt=limit).exclude(state=MailDelivery.State.QUEUED)
    discarded = 0
    while keys := list(old.order_by("created_at", "id").values_list("pk", flat=True)[:DISCARDED_AT_ONCE]):
        with transaction.atomic():
            _all, by_model = MailDelivery.objects.filter(pk__in=keys).delete()
        discarded += by_model.get(MailDelivery._meta.label, 0)
    return discarded


def message(
    recipient: Any, address: str, notices: Sequence[Notification], backend: BaseEmailBackend | None = None
) -> EmailMessage:
    """The mail of some notices: names their subjects and points at the portal; their text stays behind sign-in."""
    site = settings.SITE_URL.rstrip("/")
    text = render_to_string(
        "common/mail/notices.txt",
        {
            "name": getattr(recipient, "full_name", "") or str(recipient),
            "count": len(notices),
            "groups": _grouped(notices[:MOST_IN_A_MAIL], site),
            "more": max(0, len(notices) - MOST_IN_A_MAIL),
            "tasks_link": f"{site}{TASKS_PATH}",
            "list_link": f"{site}{NOTICES_PATH}",
            "settings_link": f"{site}{SETTINGS_PATH}",
            "reset_link": f"{site}{RESET_PATH}" if any(n.kind.startswith("security.") for n in notices) else "",
        },
    )
    subject = notices[0].subject if len(notices) == 1 else _("%(n)s yeni bildiriminiz var") % {"n": len(notices)}
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(f"BİGEP: {subject}", text, to=[address], connection=backend, headers=headers)


def _grouped(notices: Iterable[Notification], site: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Subjects with their links under their headings, in the order of ``SUBJECTS_OF``, then in that of the notices."""
    groups: dict[str, list[tuple[str, str]]] = {family: [] for family in (*SUBJECTS_OF, "")}
    for notice in notices:
        family = notice.kind.partition(".")[0]
        groups[family if family in SUBJECTS_OF else ""].append((notice.subject, f"{site}{notice.url or NOTICES_PATH}"))
    return [(str(SUBJECTS_OF.get(family, OTHER_SUBJECTS)), lines) for family, lines in groups.items() if lines]
