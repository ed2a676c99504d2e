"""Senders that run at the same moment: each person gets one mail, and a changed choice is kept. With a control."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from common import deliveries
from common.errors import Conflict
from common.models import MailDelivery, Notification
from common.services import choose_mail_frequency, resend_mail
from tests.common.test_outbox import tell, wants
from tests.factories.accounts import SystemAdminFactory

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 30
SENDERS = 3


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What the calls answer, or the errors they end with, when they start at one moment in threads of their own."""
    barrier, outcomes = threading.Barrier(len(calls)), [None] * len(calls)

    def work(index: int) -> None:
        try:
            barrier.wait(30)
            outcomes[index] = calls[index]()
        except Exception as error:
            outcomes[index] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def rounds_of_sending() -> Counter[int]:
    """How many mails were made of one person's three notices, round by round."""
    person = wants("instant")
    made: Counter[int] = Counter()
    for _number in range(ROUNDS):
        before = MailDelivery.objects.count()
        for _notice in range(3):
            tell(person)
        outcomes = together([deliveries.send_due] * SENDERS)
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        made[MailDelivery.objects.count() - before] += 1
    return made


def test_several_senders_make_one_mail() -> None:
    assert rounds_of_sending() == {1: ROUNDS}
    assert len(mail.outbox) == ROUNDS
    assert set(MailDelivery.objects.values_list("state", "notice_count", "attempts")) == {("sent", 3, 1)}
    assert not Notification.objects.exclude(mail_state="sent").exists()


@pytest.mark.postgres_only
def test_control_without_the_lock_makes_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self)
    assert rounds_of_sending()[1] < ROUNDS


def test_a_choice_made_while_sending_leaves_nothing_behind() -> None:
    for _number in range(ROUNDS):
        person = wants("instant")
        tell(person)
        outcomes = together(
            [deliveries.send_due, lambda person=person: choose_mail_frequency(frequency="none", by=person)]
        )
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        state = Notification.objects.get(recipient=person).mail_state
        assert state == ("sent" if MailDelivery.objects.filter(recipient=person).exists() else "none")


def test_a_mail_is_sent_again_once_however_often_it_is_asked() -> None:
    admin, person = SystemAdminFactory(), wants("instant")
    for _number in range(ROUNDS):
        tell(person)
        deliveries.send_due()
        last = MailDelivery.objects.order_by("-pk")[0]
        outcomes = together([lambda last=last: resend_mail(delivery=last, by=admin)] * SENDERS)
        assert sorted(isinstance(outcome, Conflict) for outcome in outcomes) == [False, True, True]
        MailDelivery.objects.filter(state="queued").update(state="sent", ended_at=timezone.now())
    assert MailDelivery.objects.count() == 2 * ROUNDS
