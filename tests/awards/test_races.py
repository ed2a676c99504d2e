"""The same button pressed many times at once: one final state, one number for each line."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from awards import services
from awards.models import AwardList, Certificate, CertificateCounter
from awards.pdf import certificates_pdf
from awards.workflow import ListStatus
from common.errors import Conflict, UserError
from common.models import AuditEntry
from tests.factories.awards import chain

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count, call):
    """The results or errors of ``call(index)`` in that many threads started together."""
    barrier, outcomes = threading.Barrier(count), [None] * count

    def work(index):
        try:
            barrier.wait()
            outcomes[index] = call(index)
        except UserError as error:
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_twenty_requests_give_each_line_one_number():
    made = chain(("40", "32", "30"))
    award_list = made.granted()
    lock = threading.Lock()

    def draw(texts):
        with lock:
            return certificates_pdf(texts)

    outcomes = at_once(
        20, lambda _i: services.issue_certificates(award_list=award_list, render=draw, by=made.executive)
    )
    assert sum(outcomes) == 3
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [f"2020-2021/10/0000{n}" for n in (1, 2, 3)]
    assert CertificateCounter.objects.get().last == 3
    assert AwardList.objects.get(pk=award_list.pk).status == ListStatus.ISSUED
    assert AuditEntry.objects.filter(action="award_list.issue").count() == 1


def test_two_lists_at_once_share_the_counter_without_a_gap():
    made = chain(("40", "32", "30"))
    first = made.granted()
    other = chain(("9", "8"), district_name="İvrindi")
    second = other.granted()
    lists = [first, second]
    lock = threading.Lock()

    def draw(texts):
        with lock:
            return certificates_pdf(texts)

    at_once(2, lambda index: services.issue_certificates(award_list=lists[index], render=draw, by=made.executive))
    numbers = sorted(int(number[-5:]) for number in Certificate.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == 5


def test_one_of_many_grants_wins():
    made = chain()
    award_list = made.offered()
    outcomes = at_once(
        6,
        lambda index: services.grant_list(
            award_list=award_list,
            grant_number=f"E-{index}",
            grant_date=timezone.localdate(),
            version=award_list.version,
            by=made.district_governor,
        ),
    )
    won = [outcome for outcome in outcomes if isinstance(outcome, AwardList)]
    assert len(won) == 1
    assert all(isinstance(outcome, Conflict) for outcome in outcomes if outcome not in won)
    assert AwardList.objects.get(pk=award_list.pk).grant_number == won[0].grant_number
    assert AuditEntry.objects.filter(action="award_list.grant").count() == 1


def test_one_of_many_decisions_wins():
    made = chain()
    made.compute()
    award_list = made.list()
    results = at_once(
        6,
        lambda index: services.decide_lists(
            lists=[(award_list, award_list.version)],
            decision_number=str(index),
            decision_date=timezone.localdate(),
            by=made.executive,
        ),
    )
    assert sum(len(result.done) for result in results) == 1
    assert AuditEntry.objects.filter(action="award_list.decide").count() == 1
