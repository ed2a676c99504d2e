"""Mails of notices: one for each person and moment, counted before they are sent, kept in the log, sent again."""

from __future__ import annotations

import datetime as dt
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.urls import resolve
from django.utils import timezone

from bigep.celery import app
from common import deliveries, tasks
from common.deliveries import send_due
from common.errors import Conflict, UserError
from common.models import AuditEntry, MailDelivery, MailPreference, Notification
from common.outbox import notify
from common.services import choose_mail_frequency, mark_all_read, resend_mail
from tests.common.test_outbox import at, tell, wants
from tests.factories.accounts import SystemAdminFactory, UserFactory
from tests.factories.common import NotificationFactory

pytestmark = pytest.mark.django_db


class CrashingBackend(BaseEmailBackend):
    """Hands the mail over and dies before it can say so, as a process that is killed."""

    def send_messages(self, messages: Any) -> int:
        mail.outbox.extend(messages)
        raise KeyboardInterrupt


class RefusingBackend(BaseEmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise SMTPServerDisconnected("kapalı")


def use(settings: Any, backend: type[BaseEmailBackend]) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"


def works(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def states() -> list[tuple[str, str, int, int]]:
    return list(MailDelivery.objects.order_by("pk").values_list("kind", "state", "notice_count", "attempts"))


EXPECTED = """Sayın Gökçe Iğdır,

BİGEP Modülü'nde size 3 yeni bildirim var.

Projeler
- Talebiniz onaylandı: Mavi Kapak
  https://bigep.ornek.example/projeler/5/
- Düzeltme istendi: <b>Çığ & Kar</b>
  https://bigep.ornek.example/projeler/6/

Arka plan işleri
- Tamamlanamayan iş: Aktarma
  https://bigep.ornek.example/isler/1/

Ayrıntıları okumak için portalda oturum açmanız gerekir.

Sizden beklenen işler: https://bigep.ornek.example/yapilacaklar/
Bütün bildirimleriniz: https://bigep.ornek.example/bildirimler/
Bu e-postaların sıklığı: https://bigep.ornek.example/bildirimler/ayarlar/

Bu ileti kendiliğinden gönderilmiştir; yanıtlamayınız.
"""


def test_a_day_s_notices_come_as_one_mail_at_seven(settings: Any) -> None:
    settings.SITE_URL = "https://bigep.ornek.example"
    person, other = UserFactory(full_name="Gökçe Iğdır", email="gokce@okul.example"), UserFactory()
    with time_machine.travel(at("20 09:00"), tick=False):
        tell(person, kind="project.approve", subject="Talebiniz onaylandı: Mavi Kapak", url="/projeler/5/")
        tell(other)
        assert send_due() == (0, 0)
    with time_machine.travel(at("20 22:15"), tick=False):
        tell(person, kind="job.dead", subject="Tamamlanamayan iş: Aktarma", url="/isler/1/")
        tell(person, kind="project.return", subject="Düzeltme istendi: <b>Çığ & Kar</b>", url="/projeler/6/")
    with time_machine.travel(at("21 06:59"), tick=False):
        assert send_due() == (0, 0)
    with time_machine.travel(at("21 07:00"), tick=False):
        assert send_due() == (2, 2)
        assert send_due() == (0, 0)

    message = next(message for message in mail.outbox if message.to == ["gokce@okul.example"])
    assert message.subject == "BİGEP: 3 yeni bildiriminiz var"
    assert message.extra_headers == {"Auto-Submitted": "auto-generated"}
    assert message.body == EXPECTED
    assert states() == [("digest", "sent", 3, 1), ("digest", "sent", 1, 1)]
    assert set(Notification.objects.values_list("mail_state", "mailed_at")) == {("sent", at("21 07:00"))}


def test_links_of_every_mail_lead_to_pages() -> None:
    names = [
        resolve(path).view_name for path in (deliveries.TASKS_PATH, deliveries.NOTICES_PATH, deliveries.SETTINGS_PATH)
    ]
    assert names == ["portal:tasks", "common:notifications", "common:mail_settings"]


def test_mail_keeps_the_body_back_and_its_heading_has_one_line() -> None:
    person = wants("instant")
    tell(person, subject="Projeniz\r\nBcc: kotu@ornek.example\x00", body="Bütçe eksik.")
    assert send_due() == (1, 1)
    (message,) = mail.outbox
    assert message.subject == "BİGEP: Projeniz Bcc: kotu@ornek.example"
    assert "Bütçe eksik" not in message.body
    assert "BİGEP Modülü'nde size yeni bir bildirim var." in message.body
    assert states() == [("instant", "sent", 1, 1)]


def test_weekly_readers_wait_for_monday_and_urgent_notices_for_nobody() -> None:
    person = wants("weekly")
    with time_machine.travel(at("20 09:00"), tick=False):
        tell(person)
        notify(recipient=person, kind="deadline.drafts", subject="Son gün yarın", body="")
        assert send_due() == (1, 1)
    assert mail.outbox[-1].subject == "BİGEP: Son gün yarın"
    for moment, expected in (("21 07:00", (0, 0)), ("23 06:59", (0, 0)), ("23 07:00", (1, 1))):
        with time_machine.travel(at(moment), tick=False):
            assert send_due() == expected
    assert mail.outbox[-1].subject == "BİGEP: Projeniz düzeltme için döndü"
    assert [kind for kind, *_rest in states()] == ["instant", "digest"]


def test_what_was_read_in_the_portal_needs_no_mail() -> None:
    person, other = UserFactory(), UserFactory()
    with time_machine.travel(at("20 09:00"), tick=False):
        tell(person)
        mark_all_read(by=person)
        tell(other, subject="Okunan")
        mark_all_read(by=other)
        tell(other, subject="Okunmayan")
    with time_machine.travel(at("21 07:00"), tick=False):
        assert send_due() == (1, 1)
    assert [message.subject for message in mail.outbox] == ["BİGEP: Okunmayan"]
    assert Notification.objects.get(recipient=person).mail_state == "none"


def test_a_notice_written_while_its_reader_chose_no_mail_is_not_sent() -> None:
    person, other = UserFactory(), UserFactory()
    with time_machine.travel(at("20 09:00"), tick=False):
        tell(person)
        tell(other)
        notify(recipient=person, kind="deadline.drafts", subject="Son gün yarın", body="")
        MailPreference.objects.create(user=person, frequency="none")
    with time_machine.travel(at("21 07:00"), tick=False):
        assert send_due() == (2, 2)
    assert sorted(message.subject for message in mail.outbox) == [
        "BİGEP: Projeniz düzeltme için döndü",
        "BİGEP: Son gün yarın",
    ]
    rows = Notification.objects.filter(recipient=person).order_by("pk")
    assert list(rows.values_list("mail_state", flat=True)) == ["none", "sent"]


def test_long_digest_names_fifty_and_counts_the_others() -> None:
    person = UserFactory()
    with time_machine.travel(at("20 09:00"), tick=False):
        for number in range(53):
            tell(person, subject=f"Bildirim {number:02}")
    with time_machine.travel(at("21 07:00"), tick=False):
        assert send_due() == (1, 1)
    (message,) = mail.outbox
    assert "Bildirim 49\n" in message.body
    assert "Bildirim 50" not in message.body
    assert "Bunlardan başka 3 bildiriminiz daha var." in message.body
    assert Notification.objects.filter(mail_state="sent").count() == 53


def test_digests_of_many_people_cost_a_few_statements_each(django_assert_max_num_queries: Any) -> None:
    with time_machine.travel(at("20 09:00"), tick=False):
        for _number in range(20):
            tell(UserFactory())
    with time_machine.travel(at("21 07:00"), tick=False), django_assert_max_num_queries(20 * 6 + 14):
        assert send_due() == (20, 20)
    assert len(mail.outbox) == 20


def test_failing_mail_is_tried_again_later_and_given_up_at_last(settings: Any) -> None:
    use(settings, RefusingBackend)
    notice = tell(wants("instant"))
    waits = []
    for _attempt in range(deliveries.MAX_MAIL_ATTEMPTS):
        assert send_due() == (1, 0)
        delivery = MailDelivery.objects.get()
        waits.append(round((delivery.due_at - timezone.now()).total_seconds() / 60))
        assert send_due() == (0, 0)
        MailDelivery.objects.update(due_at=timezone.now())
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    delivery.refresh_from_db()
    notice.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == ("failed", 8, "SMTPServerDisconnected")
    assert notice.mail_state == "failed"
    assert send_due() == (0, 0)


def test_failing_mail_does_not_keep_the_others_back(settings: Any) -> None:
    person = wants("instant")
    use(settings, RefusingBackend)
    tell(person, subject="İlk")
    assert send_due() == (1, 0)
    works(settings)
    tell(person, subject="İkinci")
    assert send_due() == (1, 1)
    MailDelivery.objects.filter(state="queued").update(due_at=timezone.now())
    assert send_due() == (1, 1)
    assert [message.subject for message in mail.outbox] == ["BİGEP: İkinci", "BİGEP: İlk"]


def test_crash_while_sending_delays_and_repeats_at_most_once(settings: Any) -> None:
    use(settings, CrashingBackend)
    with time_machine.travel(at("20 09:00"), tick=False):
        person = UserFactory()
        tell(person)
    with time_machine.travel(at("21 07:00"), tick=False):
        with pytest.raises(KeyboardInterrupt):
            send_due()
        works(settings)
        assert send_due() == (0, 0)
    with time_machine.travel(at("21 07:01"), tick=False):
        assert send_due() == (1, 1)
        assert send_due() == (0, 0)
    assert len(mail.outbox) == 2
    assert states() == [("digest", "sent", 1, 2)]


def test_crash_before_sending_delays_and_loses_nothing() -> None:
    tell(wants("instant"))
    assert len(deliveries._gather(10)) == 1
    assert send_due() == (0, 0)
    MailDelivery.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
    assert send_due() == (1, 1)
    assert len(mail.outbox) == 1


def test_slow_sender_that_was_overtaken_sends_and_writes_nothing_more() -> None:
    tell(wants("instant"))
    (slow,) = deliveries._gather(10)
    MailDelivery.objects.update(due_at=timezone.now())
    assert send_due() == (1, 1)
    assert not deliveries._send(slow, mail.get_connection())
    assert not deliveries._end(slow, "failed", "failed")
    assert len(mail.outbox) == 1
    assert states() == [("instant", "sent", 1, 2)]


def test_closed_accounts_get_no_mail() -> None:
    leaving, left = wants("instant"), wants("instant")
    tell(leaving)
    tell(left)
    left.is_active = False
    left.save()
    claimed = deliveries._gather(10)
    assert [delivery.recipient for delivery in claimed] == [leaving]
    leaving.is_active = False
    leaving.save()
    MailDelivery.objects.update(due_at=timezone.now())
    assert send_due() == (1, 0)
    assert not mail.outbox
    assert set(Notification.objects.values_list("mail_state", flat=True)) == {"none"}
    assert states() == [("instant", "dropped", 1, 2)]


def test_changing_the_frequency_moves_what_waits() -> None:
    person, other = UserFactory(), UserFactory()
    with time_machine.travel(at("20 09:00"), tick=False):
        ordinary, others = tell(person), tell(other)
        urgent = notify(recipient=person, kind="security.x", subject="Parola", body="")
        for frequency, state, due in (
            ("weekly", "due", at("23 07:00")),
            ("daily", "due", at("21 07:00")),
            ("instant", "due", at("20 09:00")),
            ("none", "none", at("20 09:00")),
        ):
            choose_mail_frequency(frequency=frequency, by=person)
            ordinary.refresh_from_db()
            assert (ordinary.mail_state, ordinary.mail_due_at) == (state, due)
    for notice, due in ((urgent, at("20 09:00")), (others, at("21 07:00"))):
        notice.refresh_from_db()
        assert (notice.mail_state, notice.mail_due_at) == ("due", due)
    kept = AuditEntry.objects.filter(action="mail_preference.change").order_by("pk")
    assert [(entry.before["frequency"], entry.after["frequency"], entry.after["moved"]) for entry in kept] == [
        ("daily", "weekly", 1),
        ("weekly", "daily", 1),
        ("daily", "instant", 1),
        ("instant", "none", 1),
    ]


def test_choosing_the_same_again_changes_nothing() -> None:
    person = UserFactory()
    choose_mail_frequency(frequency="daily", by=person)
    choose_mail_frequency(frequency="weekly", by=person)
    choose_mail_frequency(frequency="weekly", by=person)
    assert AuditEntry.objects.filter(action="mail_preference.change").count() == 1
    assert MailPreference.objects.get(user=person).frequency == "weekly"


def test_mail_is_sent_again_to_today_s_address_as_a_row_of_its_own() -> None:
    admin, person = SystemAdminFactory(), wants("instant")
    tell(person)
    send_due()
    person.email = "yeni@okul.example"
    person.save()
    first = MailDelivery.objects.get()
    again = resend_mail(delivery=first, by=admin)
    assert send_due() == (1, 1)
    assert [message.to for message in mail.outbox][-1] == ["yeni@okul.example"]
    assert states() == [("instant", "sent", 1, 1), ("instant", "sent", 1, 1)]
    assert again.resend_of == first
    assert Notification.objects.get().delivery == again
    entry = AuditEntry.objects.get(action="mail.resend")
    assert (entry.actor, entry.before["delivery"], entry.after["delivery"]) == (admin, first.pk, again.pk)
    with pytest.raises(Conflict, match="en son gönderimi"):
        resend_mail(delivery=first, by=admin)
    resend_mail(delivery=again, by=admin)
    assert MailDelivery.objects.count() == 3


def test_failed_mail_is_sent_again() -> None:
    person = wants("instant")
    tell(person)
    (delivery,) = deliveries._gather(10)
    deliveries._end(delivery, "failed", "failed", error="OSError")
    resend_mail(delivery=delivery, by=SystemAdminFactory())
    assert send_due() == (1, 1)
    assert Notification.objects.get().mail_state == "sent"
    assert [state for _kind, state, *_rest in states()] == ["failed", "sent"]


def test_what_cannot_be_sent_again_says_why() -> None:
    admin, person = SystemAdminFactory(), wants("instant")
    tell(person)
    (delivery,) = deliveries._gather(10)
    with pytest.raises(Conflict, match="gönderim sırasında"):
        resend_mail(delivery=delivery, by=admin)
    deliveries._end(delivery, "sent", "sent")
    Notification.objects.all().delete()
    with pytest.raises(UserError, match="artık yok"):
        resend_mail(delivery=delivery, by=admin)
    person.is_active = False
    person.save()
    with pytest.raises(UserError, match="hesabı kapalı"):
        resend_mail(delivery=delivery, by=admin)
    invitation = MailDelivery.objects.create(address="x@y.example", kind="invitation", state="sent")
    with pytest.raises(UserError, match="kurul sayfasından"):
        resend_mail(delivery=invitation, by=admin)
    assert not AuditEntry.objects.filter(action="mail.resend").exists()


def test_mails_with_an_outbox_of_their_own_have_one_row() -> None:
    for state, attempts in (("failed", 8), ("sent", 9)):
        deliveries.log_mail(
            reference="invitation:5", address="a@okul.example", name="Ayşe Işık", kind="invitation", state=state,
            attempts=attempts,
        )  # fmt: skip
    assert states() == [("invitation", "sent", 0, 9)]
    assert MailDelivery.objects.get().search_key == "ayse isik a@okul.example"


@pytest.mark.parametrize(("days", "left"), [(400, 1), (401, 0)])
def test_rows_of_the_log_are_kept_for_400_days(days: int, left: int) -> None:
    with time_machine.travel(at("20 12:00") - dt.timedelta(days=days), tick=False):
        tell(wants("instant"))
        send_due()
    with time_machine.travel(at("20 12:00"), tick=False):
        assert deliveries.discard_old() == 1 - left
    assert MailDelivery.objects.count() == left
    assert (Notification.objects.get().mail_state, mail.outbox != []) == ("sent", True)


def test_what_is_on_its_way_or_ended_of_late_stays_and_so_do_the_audit_and_the_notices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deliveries, "DISCARDED_AT_ONCE", 2)
    long_ago = timezone.now() - dt.timedelta(days=500)
    with time_machine.travel(long_ago, tick=False):
        for _number in range(5):
            tell(wants("instant"))
        send_due()
        again = resend_mail(delivery=MailDelivery.objects.order_by("pk")[0], by=SystemAdminFactory())
        tell(wants("instant"))
        (waiting,) = deliveries._gather(10)
    deliveries.log_mail(
        reference="invitation:5", address="a@okul.example", name="Ayşe", kind="invitation", state="sent", attempts=1
    )
    late = MailDelivery.objects.get(reference="invitation:5")
    MailDelivery.objects.filter(pk=late.pk).update(created_at=long_ago)
    tasks.discard_old_mails()
    assert set(MailDelivery.objects.values_list("pk", flat=True)) == {again.pk, waiting.pk, late.pk}
    again.refresh_from_db()
    assert again.resend_of is None
    assert Notification.objects.count() == 6
    assert AuditEntry.objects.filter(action="mail.resend").count() == 1
    assert deliveries.discard_old() == 0


def test_beat_discards_old_rows_of_the_log() -> None:
    entry = app.conf.beat_schedule["discard-old-mails"]
    assert entry["task"] in app.tasks


def test_address_is_shown_masked() -> None:
    assert MailDelivery(address="ayse.yilmaz@okul.example").masked_address == "a•••@okul.example"


def test_command_sends_everything_that_is_due(capsys: pytest.CaptureFixture[str]) -> None:
    for _number in range(3):
        NotificationFactory()
    call_command("send_notifications")
    assert capsys.readouterr().out.strip() == "Gönderilen e-posta: 3"
    assert len(mail.outbox) == 3
