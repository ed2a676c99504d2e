"""Notices and their mails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from common import outbox
from common.models import Notification
from tests.factories.accounts import UserFactory
from tests.factories.common import NotificationFactory, failing_transaction

pytestmark = pytest.mark.django_db


def tell(recipient: Any, **fields: Any) -> Notification:
    values = {"kind": "project.returned", "subject": "Projeniz düzeltme için döndü", "body": "Bütçe eksik."} | fields
    return outbox.notify(recipient=recipient, **values)


def test_notice_is_rolled_back_with_its_cause() -> None:
    with failing_transaction():
        tell(UserFactory())
    assert not Notification.objects.exists()


def test_dedupe_tells_each_person_once() -> None:
    first, second = UserFactory(), UserFactory()
    one = tell(first, dedupe="project:5:returned:2")
    assert tell(first, dedupe="project:5:returned:2").pk == one.pk
    assert tell(second, dedupe="project:5:returned:2").pk != one.pk
    assert tell(first).pk != tell(first).pk
    assert Notification.objects.count() == 4


def test_many_are_told_in_one_statement(django_assert_num_queries: Any) -> None:
    people = [UserFactory() for _number in range(3)]
    tell(people[0], dedupe="run:1")
    with django_assert_num_queries(1):
        outbox.notify_many(recipients=people * 2, kind="run", subject="Sıralama yayımlandı", body="", dedupe="run:1")
    assert Notification.objects.filter(dedupe="run:1").count() == 3


@pytest.mark.parametrize("url", ["https://kotu.example/", "//kotu.example/", "projeler/"])
def test_notice_points_only_into_the_portal(url: str) -> None:
    with pytest.raises(ValueError, match="portal"):
        tell(UserFactory(), url=url)


def test_mail_names_the_subject_points_at_the_portal_and_keeps_the_body_back(settings: Any) -> None:
    settings.SITE_URL = "https://bigep.ornek.example"
    person = UserFactory(full_name="Gökçe Iğdır", email="gokce@okul.example")
    tell(person, subject="Projeniz\r\nBcc: kotu@ornek.example", url="/projeler/5/")

    assert outbox.send_due() == (1, 1)

    (message,) = mail.outbox
    assert message.to == ["gokce@okul.example"]
    assert message.subject == "BİGEP: Projeniz Bcc: kotu@ornek.example"
    assert "Sayın Gökçe Iğdır," in message.body
    assert "https://bigep.ornek.example/projeler/5/" in message.body
    assert "Bütçe eksik" not in message.body
    assert Notification.objects.get().mail_state == "sent"
    assert outbox.send_due() == (0, 0)
    assert len(mail.outbox) == 1


def test_failing_mail_is_tried_again_later_and_given_up_at_last(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    notice = tell(UserFactory())
    waits = []
    for _attempt in range(outbox.MAX_MAIL_ATTEMPTS):
        Notification.objects.update(mail_due_at=timezone.now())
        assert outbox.send_due() == (1, 0)
        notice.refresh_from_db()
        waits.append(round((notice.mail_due_at - timezone.now()).total_seconds() / 60))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (notice.mail_state, notice.mail_attempts, notice.error) == ("failed", 8, "ConnectionRefusedError")
    assert outbox.send_due() == (0, 0)


def test_mail_claimed_by_a_dead_process_goes_out_later() -> None:
    tell(UserFactory())
    assert len(outbox._claim(10)) == 1
    assert outbox.send_due() == (0, 0)
    Notification.objects.update(mail_due_at=timezone.now() - timedelta(seconds=1))
    assert outbox.send_due() == (1, 1)


def test_people_without_an_active_account_get_no_mail() -> None:
    gone, leaving = UserFactory(is_active=False), UserFactory()
    assert tell(gone).mail_state == "none"
    tell(leaving)
    leaving.is_active = False
    leaving.save()
    assert outbox.send_due() == (1, 0)
    assert not mail.outbox
    assert set(Notification.objects.values_list("mail_state", flat=True)) == {"none"}


def test_command_sends_everything_that_is_due(capsys: pytest.CaptureFixture[str]) -> None:
    for _number in range(3):
        NotificationFactory()
    call_command("send_notifications")
    assert capsys.readouterr().out.strip() == "Gönderilen e-posta: 3"
    assert len(mail.outbox) == 3
