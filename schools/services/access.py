"""Accounts: inviting the holder of a seat, opening the account, closing it."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta
from smtplib import SMTPException

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.deliveries import log_mail, retry_delay
from common.errors import Conflict, UserError
from common.models import MailDelivery
from common.text import clean
from schools.models import Invitation, Seat, StaffMember

VALID_FOR = timedelta(days=7)
MAX_MAIL_ATTEMPTS = 8

logger = logging.getLogger(__name__)


def token_of(invitation: Invitation) -> str:
    """The secret of the link in the mail; never stored."""
    return salted_hmac("schools.invitation", invitation.nonce, algorithm="sha256").hexdigest()


def digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def invite(*, seat: Seat, email: str, by: User) -> Invitation:
    """Invite the holder of a seat to open their account; earlier links of the person stop working.

    The mail is sent by ``send_due_invitations``. Raises ``Conflict`` if the person has an account, ``UserError`` if the
    seat has ended or the address belongs to somebody else.
    """
    address = email.strip().lower()
    staff = StaffMember.objects.select_for_update().get(pk=seat.staff_id)
    if staff.user_id is not None:
        raise Conflict(_("Bu kişinin hesabı zaten var; giriş sayfasından girebilir ya da parolasını yenileyebilir."))
    if seat.end_date is not None and seat.end_date < timezone.localdate():
        raise UserError(_("Bu üyelik sona ermiş; yalnız süren bir üyeliğin sahibi davet edilebilir."))
    if _belongs_to_somebody_else(address, staff):
        raise UserError(_("Bu e-posta adresi başka birine kayıtlı; kişinin kendi adresini yazınız."))
    now = timezone.now()
    Invitation.objects.filter(seat__staff=staff, accepted_at=None, expires_at__gt=now).update(expires_at=now)
    invitation = Invitation(
        seat=seat, email=address, invited_by=by, nonce=secrets.token_hex(16), expires_at=now + VALID_FOR
    )
    invitation.token_digest = digest_of_token(token_of(invitation))
    invitation.save()
    if not staff.email:
        staff.email = address
        staff.save(update_fields=["email"])
    record(action="invitation.send", target=invitation, by=by, after={"seat": seat.pk, "staff": staff.pk})
    return invitation


def _belongs_to_somebody_else(address: str, staff: StaffMember) -> bool:
    return (
        User.objects.filter(email=address).exists()
        or StaffMember.objects.filter(email=address, user__isnull=False).exclude(pk=staff.pk).exists()
    )


def find_invitation(token_digest: str) -> Invitation | None:
    """The open invitation of a token's digest: not accepted, not expired, for a seat that hasn't ended."""
    return (
        Invitation.objects.filter(
            Q(seat__end_date=None) | Q(seat__end_date__gte=timezone.localdate()),
            token_digest=token_digest,
            accepted_at=None,
            expires_at__gt=timezone.now(),
            seat__staff__user=None,
        )
        .select_related(
            "seat__staff",
            "seat__commission__year__province",
            "seat__commission__district",
            "seat__commission__institution",
            "invited_by",
        )
        .first()
    )


@transaction.atomic
def accept_invitation(*, token_digest: str, full_name: str, password: str) -> User:
    """Open the account of an invited person with a verified e-mail address.

    The password must have been validated. Raises ``UserError`` when the invitation is no longer open.
    """
    closed = UserError(_("Bu davet bağlantısı artık geçerli değil; sizi davet eden kuruldan yeni bir davet isteyiniz."))
    invitation = find_invitation(token_digest)
    if invitation is None:
        raise closed
    staff = StaffMember.objects.select_for_update().get(pk=invitation.seat.staff_id)
    if staff.user_id is not None or _belongs_to_somebody_else(invitation.email, staff):
        raise closed
    user = User.objects.create_user(invitation.email, password, full_name=clean(full_name))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    staff.user = user
    staff.save(update_fields=["user"])
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record(action="invitation.accept", target=invitation, by=user, after={"staff": staff.pk, "account": user.pk})
    return user


def send_due_invitations(*, limit: int = 100) -> int:
    """Send the invitation mails that are due, oldest first; returns how many went out.

    The attempt and the time of the next one are written before sending: a crash delays a mail and never loses it.
    """
    return sum(_send(invitation) for invitation in _claim(limit))


@transaction.atomic
def _claim(limit: int) -> list[Invitation]:
    now = timezone.now()
    claimed = list(
        Invitation.objects.select_for_update(
            of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
        )
        .filter(
            mailed_at=None,
            accepted_at=None,
            expires_at__gt=now,
            mail_due_at__lte=now,
            mail_attempts__lt=MAX_MAIL_ATTEMPTS,
        )
        .select_related(
            "seat__staff", "seat__commission__year__province", "seat__commission__district",
            "seat__commission__institution", "invited_by",
        )
        .order_by("mail_due_at", "pk")[:limit]
    )  # fmt: skip
    for invitation in claimed:
        invitation.mail_attempts += 1
        invitation.mail_due_at = now + retry_delay(invitation.mail_attempts)
    Invitation.objects.bulk_update(claimed, ["mail_attempts", "mail_due_at"])
    return claimed


def _send(invitation: Invitation) -> bool:
    text = render_to_string(
        "schools/mail/invitation.txt",
        {
            "invitation": invitation,
            "seat": invitation.seat,
            "link": f"{settings.SITE_URL}/davet/{token_of(invitation)}/",
            "days": VALID_FOR.days,
        },
    )
    try:
        EmailMessage(_("BİGEP Modülü: hesabınızı açınız"), text, to=[invitation.email]).send()
    except (SMTPException, OSError, ValueError) as error:
        logger.warning("invitation mail %s failed at attempt %s: %s", invitation.pk, invitation.mail_attempts, error)
        if invitation.mail_attempts >= MAX_MAIL_ATTEMPTS:
            _log(invitation, MailDelivery.State.FAILED, type(error).__name__)
        return False
    if not Invitation.objects.filter(pk=invitation.pk, mailed_at=None).update(mailed_at=timezone.now()):
        return False
    _log(invitation, MailDelivery.State.SENT)
    return True


def _log(invitation: Invitation, state: str, error: str = "") -> None:
    log_mail(
        reference=f"invitation:{invitation.pk}",
        address=invitation.email,
        name=invitation.seat.staff.full_name,
        kind=MailDelivery.Kind.INVITATION,
        state=state,
        attempts=invitation.mail_attempts,
        error=error,
    )


@transaction.atomic
def close_account(*, user: User, reason: str, by: User | None) -> User:
    """Shut an account; its holder is out at the next request. Raises ``UserError`` for one's own account."""
    if by is not None and user.pk == by.pk:
        raise UserError(_("Kendi hesabınızı kapatamazsınız; başka bir yetkiliden isteyiniz."))
    if not clean(reason):
        raise UserError(_("Hesabın neden kapatıldığını bir cümleyle yazınız."))
    return _set_active(user, active=False, note=clean(reason), by=by)


@transaction.atomic
def reopen_account(*, user: User, by: User | None) -> User:
    """Open a closed account again; the password and the second factor stay."""
    return _set_active(user, active=True, note="", by=by)


def _set_active(user: User, *, active: bool, note: str, by: User | None) -> User:
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active == active:
        raise Conflict(_("Hesap zaten açık.") if active else _("Hesap zaten kapalı."))
    locked.is_active = active
    locked.save(update_fields=["is_active"])
    record(
        action="account.reopen" if active else "account.close",
        target=locked,
        by=by,
        before={"is_active": not active},
        after={"is_active": active},
        note=note,
    )
    return locked
