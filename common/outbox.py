"""Notices: a row in the transaction of its cause, shown in the portal; an e-mail follows and only points there."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPException
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from common.models import Notification

MAX_MAIL_ATTEMPTS = 8
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)

logger = logging.getLogger(__name__)


def notify(
    *, recipient: AbstractBaseUser, kind: str, subject: str, body: str, url: str = "", dedupe: str = ""
) -> Notification:
    """Write one notice in the caller's transaction; its mail is sent later.

    ``url`` is a path of this portal. With ``dedupe``, a second notice with the same key to the same person is not
    written: the first is returned.
    """
    values = _values(recipient, kind, subject, body, url)
    if not dedupe:
        return Notification.objects.create(recipient=cast(Any, recipient), **values)
    notice, _created = Notification.objects.get_or_create(
        recipient=cast(Any, recipient), dedupe=dedupe, defaults=values
    )
    return notice


def notify_many(
    *,
    recipients: Iterable[AbstractBaseUser],
    kind: str,
    subject: str,
    body: str,
    url: str = "",
    dedupe: str = "",
) -> None:
    """The same notice to several people, in one statement; people already told under ``dedupe`` are left out."""
    people: dict[Any, Any] = {person.pk: person for person in recipients}
    Notification.objects.bulk_create(
        [
            Notification(recipient=people[pk], dedupe=dedupe, **_values(people[pk], kind, subject, body, url))
            for pk in sorted(people)
        ],
        batch_size=500,
        ignore_conflicts=bool(dedupe),
    )


def _values(recipient: AbstractBaseUser, kind: str, subject: str, body: str, url: str) -> dict[str, str]:
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError("a notice points at a path of this portal")
    has_mail = recipient.is_active and bool(getattr(recipient, "email", ""))
    state = Notification.MailState.DUE if has_mail else Notification.MailState.NONE
    return {
        "kind": kind,
        "subject": " ".join(subject.split())[:200],
        "body": body,
        "url": url,
        "mail_state": state,
    }


def send_due(*, limit: int = 200) -> tuple[int, int]:
    """Send the mails that are due, oldest first; returns how many were tried and how many went out.

    The attempt and the time of the next one are written before sending, so a crash delays a mail and never loses it.
    """
    claimed = _claim(limit)
    if not claimed:
        return 0, 0
    backend = get_connection()
    try:
        sent = sum(_send(notice, backend) for notice in claimed)
    finally:
        backend.close()
    return len(claimed), sent


def _claim(limit: int) -> list[Notification]:
    now = timezone.now()
    with transaction.atomic():
        due = (
            Notification.objects.select_for_update(
                of=("self",), no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked
            )
            .filter(mail_state=Notification.MailState.DUE, mail_due_at__lte=now)
            .select_related("recipient")
            .order_by("mail_due_at", "id")[:limit]
        )
        claimed = list(due)
        for notice in claimed:
            notice.mail_attempts += 1
            notice.mail_due_at = now + retry_delay(notice.mail_attempts)
        Notification.objects.bulk_update(claimed, ["mail_attempts", "mail_due_at"], batch_size=200)
    return claimed


def retry_delay(attempt: int) -> timedelta:
    """Waiting time after the given attempt: one minute, doubled each time, at most an hour."""
    return min(FIRST_RETRY * 2 ** (attempt - 1), LONGEST_RETRY)


def _send(notice: Notification, backend: BaseEmailBackend) -> bool:
    mine = Notification.objects.filter(
        pk=notice.pk, mail_state=Notification.MailState.DUE, mail_attempts=notice.mail_attempts
    )
    if not notice.recipient.is_active:
        mine.update(mail_state=Notification.MailState.NONE)
        return False
    try:
        message(notice, backend).send()
    except (SMTPException, OSError, ValueError) as error:
        reason = type(error).__name__
        logger.warning("mail of notice %s failed at attempt %s: %s", notice.pk, notice.mail_attempts, reason)
        given_up = notice.mail_attempts >= MAX_MAIL_ATTEMPTS
        mine.update(
            mail_state=Notification.MailState.FAILED if given_up else Notification.MailState.DUE,
            error=reason[:300],
        )
        return False
    return bool(mine.update(mail_state=Notification.MailState.SENT, mailed_at=timezone.now(), error=""))


def message(notice: Notification, backend: BaseEmailBackend | None = None) -> EmailMessage:
    """The mail of a notice: names the subject and points at the portal; the body of the notice stays behind sign-in."""
    site = settings.SITE_URL.rstrip("/")
    text = render_to_string(
        "common/mail/notification.txt",
        {
            "name": getattr(notice.recipient, "full_name", "") or str(notice.recipient),
            "subject": notice.subject,
            "link": f"{site}{notice.url or '/bildirimler/'}",
            "list_link": f"{site}/bildirimler/",
        },
    )
    return EmailMessage(f"BİGEP: {notice.subject}", text, to=[notice.recipient.email], connection=backend)
