"""Whoever's account is entered in a new way learns it at once, by notice and mail, also at the address of before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from common.deliveries import send_due
from common.models import AuditEntry, MailDelivery, MailPreference, Notification
from common.services import resend_mail
from tests.accounts.test_second_factor import code_of, sign_in
from tests.factories.accounts import PASSWORD, SystemAdminFactory, UserFactory

pytestmark = pytest.mark.django_db

NEW = "yepyeni-parola-44"


@pytest.fixture
def person(client: Client) -> Any:
    """Somebody who signed in just now and who wants no mail."""
    person = UserFactory(full_name="Gökçe Iğdır", email="gokce@okul.example")
    MailPreference.objects.create(user=person, frequency="none")
    sign_in(client, person)
    client.post("/hesap/reauthenticate/", {"password": PASSWORD})
    return person


def told(person: Any) -> list[tuple[str, str, str]]:
    notices = Notification.objects.filter(recipient=person).order_by("pk")
    return list(notices.values_list("kind", "subject", "url"))


def audited(person: Any) -> list[str]:
    """What the audit holds of the account beside its sign-ins."""
    entries = AuditEntry.objects.filter(target_type="accounts.user", target_id=str(person.pk)).order_by("pk")
    return [action for action in entries.values_list("action", flat=True) if "sign_in" not in action]


def test_a_changed_password_is_told_at_once_whatever_was_chosen(
    client: Client, person: Any, mailoutbox: Any, settings: Any
) -> None:
    settings.SITE_URL = "https://bigep.ornek.example"
    client.post("/hesap/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert told(person) == [("security.password_changed", "Parolanız değiştirildi", "/hesap/password/change/")]
    assert audited(person) == ["account.password_changed"]
    body = Notification.objects.get().body
    assert timezone.localtime().strftime("%d.%m.%Y") in body
    assert "127.0.0.1" not in body
    assert send_due() == (1, 1)
    assert mailoutbox[-1].to == ["gokce@okul.example"]
    assert "Hesabınızın güvenliği\n- Parolanız değiştirildi" in mailoutbox[-1].body
    assert "yenileyiniz: https://bigep.ornek.example/hesap/password/reset/\n" in mailoutbox[-1].body
    assert NEW not in mailoutbox[-1].body


def test_a_wrong_old_password_changes_and_tells_nothing(client: Client, person: Any) -> None:
    client.post("/hesap/password/change/", {"oldpassword": NEW, "password1": NEW, "password2": NEW})
    assert (told(person), audited(person)) == ([], [])


def test_a_password_renewed_by_the_link_of_a_mail_is_told(client: Client, person: Any, mailoutbox: Any) -> None:
    client.post("/hesap/logout/")
    client.post("/hesap/password/reset/", {"email": person.email})
    assert told(person) == []
    link = re.search(r"/hesap/password/reset/key/\S+", mailoutbox[-1].body)
    assert link is not None
    form = client.get(link[0], follow=True).request["PATH_INFO"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert [(kind, subject) for kind, subject, _url in told(person)] == [
        ("security.password_reset", "Parolanız e-postadaki bağlantıyla yenilendi")
    ]
    assert audited(person) == ["account.password_reset"]


def test_the_second_factor_is_told_when_it_is_bound_and_when_it_is_removed(
    client: Client, person: Any, django_capture_on_commit_callbacks: Any
) -> None:
    secret = client.get("/hesap/2fa/totp/activate/").context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/hesap/2fa/totp/activate/", {"code": code_of(secret)})
    assert Authenticator.objects.filter(user=person, type="totp").exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/hesap/2fa/recovery-codes/generate/")
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/hesap/2fa/totp/deactivate/")
    assert told(person) == [
        ("security.totp_activated", "Hesabınıza doğrulama uygulaması bağlandı", "/hesap/2fa/"),
        ("security.recovery_codes_generated", "Yeni kurtarma kodlarınız üretildi", "/hesap/2fa/"),
        ("security.totp_deactivated", "Hesabınızdan doğrulama uygulaması kaldırıldı", "/hesap/2fa/"),
    ]
    assert audited(person) == [
        "account.totp_activated",
        "account.recovery_codes_generated",
        "account.totp_deactivated",
    ]
    assert secret not in str(list(Notification.objects.values())) + str(list(AuditEntry.objects.values()))


def test_another_sign_in_address_is_told_to_the_address_of_before(client: Client, person: Any, mailoutbox: Any) -> None:
    EmailAddress.objects.create(user=person, email="yeni@okul.example", verified=True, primary=False)
    client.post("/hesap/email/", {"email": "yeni@okul.example", "action_primary": ""})
    person.refresh_from_db()
    assert person.email == "yeni@okul.example"
    assert told(person) == [
        ("security.email_changed", "Giriş e-posta adresiniz değiştirildi", "/hesap/email/"),
    ]
    assert send_due() == (1, 1)
    assert [message.to for message in mailoutbox] == [["gokce@okul.example"]]
    assert send_due() == (0, 0)
    delivery = MailDelivery.objects.get()
    assert (delivery.state, delivery.address, delivery.notice_count) == ("sent", "gokce@okul.example", 1)
    assert Notification.objects.get().mail_state == "sent"
    again = resend_mail(delivery=delivery, by=SystemAdminFactory())
    assert again.address == "yeni@okul.example"
    assert "yeni@" not in str(AuditEntry.objects.filter(action="account.email_changed").values())


def test_an_address_that_is_removed_is_told(client: Client, person: Any) -> None:
    EmailAddress.objects.create(user=person, email="eski@okul.example", verified=True, primary=False)
    client.post("/hesap/email/", {"email": "eski@okul.example", "action_remove": ""})
    assert [kind for kind, _subject, _url in told(person)] == ["security.email_deleted"]
