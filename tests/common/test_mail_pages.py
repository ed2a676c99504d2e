"""The pages of notices by day, of the own mail preference and of the log of mails: who sees what, what it costs."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import deliveries
from common.models import AuditEntry, MailDelivery, MailPreference, Notification
from tests.common.test_outbox import at, tell, wants
from tests.factories.accounts import SystemAdminFactory, UserFactory
from tests.factories.common import NotificationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client: Client) -> Any:
    user = UserFactory(full_name="Gökçe Iğdır", email="gokce@okul.example")
    client.force_login(user)
    return user


@pytest.fixture
def admin(client: Client) -> Any:
    user = SystemAdminFactory(mfa_exempt=True)
    client.force_login(user)
    return user


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        page(client, address)
    return len(seen)


def mail_to(person: Any, *, state: str = "sent", **values: Any) -> MailDelivery:
    """A mail with one notice whose subject is secret."""
    delivery = deliveries.addressed_to(person, kind="instant")
    for name, value in ({"state": state, "notice_count": 1, "attempts": 1} | values).items():
        setattr(delivery, name, value)
    delivery.save()
    NotificationFactory(recipient=person, subject="Gizli konu", delivery=delivery, mail_state="sent")
    return delivery


# --- Notices --------------------------------------------------------------------------------------------------------


def test_notices_stand_under_their_days(client: Client) -> None:
    person = UserFactory()
    for moment, subject in (("18 23:59", "Çarşambanın"), ("19 00:01", "Dünün"), ("20 00:01", "Bugünün")):
        with time_machine.travel(at(moment), tick=False):
            tell(person, subject=subject)
    with time_machine.travel(at("20 12:00"), tick=False):
        client.force_login(person)
        text = page(client, "/bildirimler/")
    order = ["Bugün <small>20 Kasım 2026 Cuma</small>", "Bugünün", "Dün <small>19 Kasım 2026 Perşembe</small>", "Dünün"]
    order += ["18 Kasım 2026 Çarşamba", "Çarşambanın"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_read_notices_are_links_and_unread_ones_mark_themselves_read(client: Client, me: Any) -> None:
    notice = NotificationFactory(recipient=me, url="/projeler/5/")
    opening = f'action="/bildirimler/{notice.pk}/ac/"'
    assert opening in page(client, "/bildirimler/")
    client.post(f"/bildirimler/{notice.pk}/ac/")
    text = page(client, "/bildirimler/")
    assert opening not in text
    assert 'href="/projeler/5/"' in text
    assert "Okunmamış bildirim yok" in page(client, "/bildirimler/?durum=okunmamis")


def test_notices_lead_to_the_tasks_and_to_the_preference(client: Client, me: Any) -> None:
    text = page(client, "/bildirimler/")
    assert 'href="/yapilacaklar/"' in text
    assert 'href="/bildirimler/ayarlar/"' in text


# --- The own preference ---------------------------------------------------------------------------------------------


def test_preference_shows_the_default_and_keeps_a_choice(client: Client, me: Any) -> None:
    assert client.get("/bildirimler/ayarlar/").context["form"]["frequency"].value() == "daily"
    answer = client.post("/bildirimler/ayarlar/", {"frequency": "weekly"}, follow=True)
    assert "E-posta tercihiniz kaydedildi." in answer.content.decode()
    assert answer.context["form"].initial == {"frequency": "weekly"}
    assert MailPreference.objects.get().user == me
    entry = AuditEntry.objects.get(action="mail_preference.change")
    assert (entry.actor, entry.before, entry.after) == (me, {"frequency": "daily"}, {"frequency": "weekly", "moved": 0})


@pytest.mark.parametrize("data", [{}, {"frequency": ""}, {"frequency": "hourly"}])
def test_wrong_choice_says_what_to_do_and_changes_nothing(client: Client, me: Any, data: dict[str, str]) -> None:
    answer = client.post("/bildirimler/ayarlar/", data)
    assert "Dört seçenekten birini işaretleyiniz." in answer.content.decode()
    assert not MailPreference.objects.exists()


def test_preference_says_what_waits_and_until_when(client: Client) -> None:
    person = wants("weekly")
    with time_machine.travel(at("20 09:00"), tick=False):
        client.force_login(person)
        tell(person)
        tell(person)
        tell(person, kind="deadline.drafts")
        text = " ".join(page(client, "/bildirimler/ayarlar/").split())
    assert '<span class="num">2</span> bildirim bekliyor' in text
    assert "23 Kasım 2026 Pazartesi, 07:00" in text


def test_people_see_their_own_mails_alone(client: Client, me: Any) -> None:
    mail_to(me)
    mail_to(UserFactory(email="zehra@baska.example"))
    text = page(client, "/bildirimler/ayarlar/")
    assert "g•••@okul.example" in text
    assert "gokce@okul.example" not in text.split("Size gönderilen")[1]
    assert "baska.example" not in text
    assert "Gizli konu" not in text


# --- The log --------------------------------------------------------------------------------------------------------


def test_log_is_the_administrator_s(client: Client, me: Any) -> None:
    delivery = mail_to(me)
    assert client.get("/bildirimler/gonderimler/").status_code == 403
    assert client.post(f"/bildirimler/gonderimler/{delivery.pk}/yeniden/").status_code == 403
    assert MailDelivery.objects.count() == 1


def test_log_shows_people_and_outcomes_but_no_subject(client: Client, admin: Any) -> None:
    mail_to(
        UserFactory(full_name="Ümit Kaya", email="umit@okul.example"), state="failed", error="ConnectionRefusedError"
    )
    text = page(client, "/bildirimler/gonderimler/")
    for words in ("Ümit Kaya", "u•••@okul.example", "Gönderilemedi", "Posta sunucusuna bağlanılamadı"):
        assert words in text
    assert "Gizli konu" not in text
    assert "umit@okul.example" not in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Ayşe Işık", "Ümit Kaya", "Çiğdem Şen"]),
        ("?durum=failed", ["Ümit Kaya"]),
        ("?durum=sent", ["Ayşe Işık", "Çiğdem Şen"]),
        ("?ara=ISIK", ["Ayşe Işık"]),
        ("?ara=umit+KAYA", ["Ümit Kaya"]),
        ("?ara=cigdem&durum=failed", []),
        ("?ara=okul.example", ["Ayşe Işık", "Ümit Kaya", "Çiğdem Şen"]),
        ("?durum=bilinmez", ["Ayşe Işık", "Ümit Kaya", "Çiğdem Şen"]),
    ],
)
def test_log_is_filtered_by_state_and_searched_by_person(
    client: Client, admin: Any, query: str, shown: list[str]
) -> None:
    for name, state in (("Ayşe Işık", "sent"), ("Ümit Kaya", "failed"), ("Çiğdem Şen", "sent")):
        mail_to(UserFactory(full_name=name, email=f"{len(name)}{state}@okul.example"), state=state)
    text = page(client, f"/bildirimler/gonderimler/{query}")
    assert [name for name in ("Ayşe Işık", "Ümit Kaya", "Çiğdem Şen") if name in text] == shown


def test_administrator_sends_a_mail_again(client: Client, admin: Any, mailoutbox: Any) -> None:
    delivery = mail_to(UserFactory(email="umit@okul.example"), state="failed")
    address = f"/bildirimler/gonderimler/{delivery.pk}/yeniden/"
    assert f'action="{address}"' in page(client, "/bildirimler/gonderimler/")
    assert "sıraya alındı" in client.post(address, follow=True).content.decode()
    assert deliveries.send_due() == (1, 1)
    assert [message.to for message in mailoutbox] == [["umit@okul.example"]]
    assert Notification.objects.get().mail_state == "sent"
    text = page(client, "/bildirimler/gonderimler/")
    assert f'action="{address}"' not in text
    assert "Yeniden gönderildi" in text
    assert "daha önce yeniden gönderilmiş" in client.post(address, follow=True).content.decode()
    assert AuditEntry.objects.filter(action="mail.resend").count() == 1
    assert client.post("/bildirimler/gonderimler/999999/yeniden/").status_code == 404


def test_invitations_stand_in_the_log_and_are_not_sent_from_there(client: Client, admin: Any) -> None:
    deliveries.log_mail(
        reference="invitation:5",
        address="a@okul.example",
        name="Ayşe Işık",
        kind="invitation",
        state="failed",
        attempts=8,
    )
    text = page(client, "/bildirimler/gonderimler/")
    assert "Hesap daveti" in text
    assert "Yeniden gönder" not in text


@pytest.mark.parametrize("address", ["/bildirimler/gonderimler/", "/bildirimler/ayarlar/"])
def test_lists_of_mails_cost_the_same_at_one_and_three_rows(client: Client, admin: Any, address: str) -> None:
    mail_to(admin)
    page(client, address)
    one = queries(client, address)
    mail_to(admin)
    mail_to(admin, state="failed")
    assert queries(client, address) == one <= 12
