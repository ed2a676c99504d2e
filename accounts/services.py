"""Writes about accounts themselves; opening and closing them belongs to ``schools.services``."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.audit import record
from common.deliveries import send_to
from common.outbox import notify


@dataclass(frozen=True)
class SafetyChange:
    """A change of how an account is entered: what its holder reads, and the page (its name) where it is put right."""

    subject: str | Promise
    page: str


SAFETY_CHANGES = {
    "password_changed": SafetyChange(gettext_lazy("Parolanız değiştirildi"), "account_change_password"),
    "password_set": SafetyChange(gettext_lazy("Parolanız belirlendi"), "account_change_password"),
    "password_reset": SafetyChange(
        gettext_lazy("Parolanız e-postadaki bağlantıyla yenilendi"), "account_change_password"
    ),
    "email_changed": SafetyChange(gettext_lazy("Giriş e-posta adresiniz değiştirildi"), "account_email"),
    "email_deleted": SafetyChange(gettext_lazy("Hesabınızdan bir e-posta adresi kaldırıldı"), "account_email"),
    "totp_activated": SafetyChange(gettext_lazy("Hesabınıza doğrulama uygulaması bağlandı"), "mfa_index"),
    "totp_deactivated": SafetyChange(gettext_lazy("Hesabınızdan doğrulama uygulaması kaldırıldı"), "mfa_index"),
    "webauthn_added": SafetyChange(gettext_lazy("Hesabınıza bir geçiş anahtarı eklendi"), "mfa_index"),
    "webauthn_removed": SafetyChange(gettext_lazy("Hesabınızdan bir geçiş anahtarı kaldırıldı"), "mfa_index"),
    "recovery_codes_generated": SafetyChange(gettext_lazy("Yeni kurtarma kodlarınız üretildi"), "mfa_index"),
}
"""By the last part of allauth's name for its own mail of that change."""


@transaction.atomic
def record_sign_in(*, user: User) -> None:
    """Keep that an account signed in; address and request number come with the audit row."""
    record(action="account.sign_in", target=user, by=user)


@transaction.atomic
def record_failed_sign_in(*, email: str) -> None:
    """Keep that a sign-in failed; what was typed is kept only where it names an account."""
    account = User.objects.filter(email=email.strip().lower()).first()
    record(action="account.sign_in_failed", target=account, by=None)


@transaction.atomic
def record_safety_change(*, user: User, change: str, former_email: str = "") -> None:
    """Keep that a key of ``SAFETY_CHANGES`` happened to an account, and tell its holder at once.

    With ``former_email`` the mail goes to that address: who has taken an account over reads the new one.
    """
    known = SAFETY_CHANGES[change]
    record(action=f"account.{change}", target=user, by=user)
    notice = notify(
        recipient=user,
        kind=f"security.{change}",
        subject=str(known.subject),
        body=_(
            "%(moment)s tarihinde yapıldı. Bundan haberiniz yoksa hemen parolanızı değiştiriniz ve İl Proje Hazırlama "
            "ve Teknik Ekibine haber veriniz."
        )
        % {"moment": timezone.localtime().strftime("%d.%m.%Y %H:%M")},
        url=reverse(known.page),
    )
    if former_email:
        send_to(notice=notice, address=former_email)
