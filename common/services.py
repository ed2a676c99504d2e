"""Writes of the foundations that a person starts; the rest lives with its noun (jobs, outbox, files, audit)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.audit import record
from common.deliveries import addressed_to
from common.errors import Conflict, UserError
from common.models import MailDelivery, MailFrequency, MailPreference, Notification
from common.outbox import next_mail_at, urgent
from common.selectors import unread_notifications_of


def mark_read(*, notification: Notification, by: Any) -> None:
    """Mark one of the person's own notices as read; a second time changes nothing."""
    unread_notifications_of(by).filter(pk=notification.pk).update(read_at=timezone.now())


def mark_all_read(*, by: Any) -> int:
    """Mark every notice of the person as read; returns how many were unread."""
    return unread_notifications_of(by).update(read_at=timezone.now())


@transaction.atomic
def choose_mail_frequency(*, frequency: str, by: Any) -> MailPreference:
    """Set how often the person gets ordinary notices by mail; what is waiting moves to the new moment.

    With NONE the waiting ones need no mail any more. Urgent notices are left alone. Choosing the same again changes
    nothing. Raises ``ValueError`` for an unknown frequency.
    """
    wanted = MailFrequency(frequency)
    get_user_model().objects.select_for_update(no_key=True).get(pk=by.pk)
    preference, _created = MailPreference.objects.get_or_create(user=by)
    before = preference.frequency
    if before == wanted:
        return preference
    preference.frequency = wanted
    preference.save()
    now = timezone.now()
    due_at = next_mail_at(wanted, now)
    waiting = Notification.objects.filter(recipient=by, mail_state=Notification.MailState.DUE).exclude(urgent())
    if due_at is None:
        moved = waiting.update(mail_state=Notification.MailState.NONE)
    else:
        moved = waiting.update(mail_due_at=due_at)
    record(
        action="mail_preference.change",
        target=preference,
        by=by,
        before={"frequency": before},
        after={"frequency": str(wanted), "moved": moved},
    )
    return preference


@transaction.atomic
def resend_mail(*, delivery: MailDelivery, by: Any) -> MailDelivery:
    """Send the notices of a mail once more, to the address that the person has now; the new mail is a row of its own.

    Raises ``Conflict`` while the mail is on its way or when it has been sent again before, ``UserError`` for an
    invitation, a closed account, or a mail whose notices are gone.
    """
    old = MailDelivery.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery.pk)
    if old.state == MailDelivery.State.QUEUED:
        raise Conflict(_("Bu e-posta zaten gönderim sırasında; sonucu birkaç dakika içinde bu sayfada görünür."))
    if MailDelivery.objects.filter(resend_of=old).exists():
        raise Conflict(_("Bu e-posta daha önce yeniden gönderilmiş; en son gönderimi yeniden gönderiniz."))
    if old.recipient is None:
        raise UserError(_("Hesap daveti buradan yinelenmez; kişinin kurul sayfasından yeni bir davet gönderiniz."))
    if not old.recipient.is_active:
        raise UserError(_("Kişinin hesabı kapalı; önce hesabı açınız."))
    new = addressed_to(old.recipient, kind=old.kind)
    new.resend_of = old
    new.notice_count = old.notifications.count()
    if not new.notice_count:
        raise UserError(_("Bu e-postanın bildirimleri artık yok; yeniden gönderilecek bir şey kalmamış."))
    new.save()
    old.notifications.update(delivery=new, mail_state=Notification.MailState.QUEUED)
    record(
        action="mail.resend",
        target=new,
        by=by,
        before={"delivery": old.pk, "state": old.state},
        after={"delivery": new.pk, "recipient": new.recipient_id, "notices": new.notice_count},
    )
    return new
