"""Figures about reviewing, worked out by hand."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone

from projects.models import Claim, ClaimEvent, ClaimQuestion, Evidence, Project, ReviewReason, StagedDecision
from projects.selectors.queue import QueueFilter, review_queue
from projects.selectors.statistics import (
    Timeliness,
    decided_within,
    half_up,
    queue_facts,
    reasons_by_programme,
)
from projects.selectors.submission import submission_problems
from projects.selectors.waiting import drafts_of, missing_in
from projects.workflow import ClaimStatus
from schools.models import AcademicYear
from tests.factories.accounts import UserFactory
from tests.factories.projects import ClaimFactory, ProjectFactory, item, team
from tests.factories.schools import InstitutionFactory, StaffFactory
from tests.projects.conftest import add_file

pytestmark = pytest.mark.django_db

TODAY = dt.date(2021, 3, 20)


def at(day: dt.date, hour: int = 12, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=timezone.get_current_timezone())


def waiting_since(school: Any, days: int, hour: int = 12, minute: int = 0, **claim: Any) -> Claim:
    sent = at(TODAY - dt.timedelta(days=days), hour, minute)
    return ClaimFactory(project=ProjectFactory(institution=school), submitted_at=sent, **claim)


def test_ages_are_counted_in_calendar_days_at_every_edge(school: Any, reviewer: Any, second_reviewer: Any) -> None:
    for days, hour, minute in ((0, 23, 59), (3, 0, 0), (4, 23, 59), (7, 0, 0), (8, 23, 59), (14, 0, 0), (15, 23, 59)):
        waiting_since(school, days, hour, minute)
    waiting_since(school, 200, status=ClaimStatus.IN_REVIEW, reviewer=second_reviewer)
    waiting_since(school, 5, status=ClaimStatus.RETURNED)
    queue = review_queue(reviewer, AcademicYear.objects.get(), QueueFilter())
    ages = [(band.first, band.last, band.count) for band in queue_facts(queue, reviewer, TODAY).ages]
    assert ages == [(0, 3, 2), (4, 7, 2), (8, 14, 2), (15, None, 2)]


def test_a_decision_that_waits_for_its_announcement_waits_no_more_in_the_queue(
    school: Any, reviewer: Any, second_reviewer: Any
) -> None:
    mine = waiting_since(school, 2, status=ClaimStatus.IN_REVIEW, reviewer=reviewer, claimed_at=at(TODAY))
    decided = waiting_since(school, 9, status=ClaimStatus.IN_REVIEW, reviewer=reviewer)
    theirs = waiting_since(school, 9, status=ClaimStatus.IN_REVIEW, reviewer=second_reviewer)
    staged = StagedDecision.objects.create(claim=decided, action="approve", by=reviewer, at=at(TODAY, 9))
    StagedDecision.objects.create(claim=theirs, action="approve", by=second_reviewer)
    oldest = waiting_since(school, 6)
    waiting_since(school, 1)
    asked = waiting_since(school, 20)
    ClaimQuestion.objects.create(claim=asked, asked_by=reviewer, text="Kaç öğrenci katıldı?")
    facts = queue_facts(review_queue(reviewer, AcademicYear.objects.get(), QueueFilter()), reviewer, TODAY)
    assert (facts.waiting, facts.oldest_waiting) == (2, oldest.submitted_at)
    assert (facts.mine, facts.oldest_mine) == (1, mine.claimed_at)
    assert (facts.staged, facts.oldest_staged) == (1, staged.at)
    assert [band.count for band in facts.ages] == [2, 1, 0, 1]


def test_ones_own_school_is_in_nobodys_figures(reviewer: Any) -> None:
    own = InstitutionFactory()
    reviewer.staff_member.postings.create(
        institution=own, year=AcademicYear.objects.get(), title="teacher", branch="Türkçe"
    )
    waiting_since(own, 1)
    queue = review_queue(reviewer, AcademicYear.objects.get(), QueueFilter())
    assert queue_facts(queue, reviewer, TODAY).waiting == 0


def event(claim: Claim, action: str, day: dt.date, hour: int = 12, **values: Any) -> None:
    ClaimEvent.objects.create(
        project=claim.project, claim=claim, action=action, at=at(day, hour), by=UserFactory(), **values
    )


def test_the_share_of_timely_decisions(school: Any) -> None:
    year = AcademicYear.objects.get()
    now, day = at(TODAY), dt.timedelta(days=1)
    on_the_last_day = waiting_since(school, 30)
    event(on_the_last_day, "submit", TODAY - 20 * day, hour=0)
    event(on_the_last_day, "approve", TODAY - 10 * day, hour=23)
    a_day_late = waiting_since(school, 30)
    event(a_day_late, "add_claim", TODAY - 21 * day, hour=23)
    event(a_day_late, "reject", TODAY - 10 * day, hour=0)
    twice = waiting_since(school, 80)
    event(twice, "submit", TODAY - 80 * day)
    event(twice, "claim", TODAY - 60 * day)
    event(twice, "return", TODAY - 60 * day)
    event(twice, "resubmit", TODAY - 12 * day)
    event(twice, "approve", TODAY - 12 * day)
    long_ago = waiting_since(school, 100)
    event(long_ago, "submit", TODAY - 100 * day)
    event(long_ago, "approve", TODAY - 91 * day)
    imported = waiting_since(school, 3)
    event(imported, "approve", TODAY - day)
    waiting = waiting_since(school, 50)
    event(waiting, "submit", TODAY - 50 * day)
    StagedDecision.objects.create(claim=waiting, action="approve", by=UserFactory())
    assert decided_within(year, 10, now) == Timeliness(2, 4, 10)
    assert decided_within(year, 11, now) == Timeliness(3, 4, 11)
    assert decided_within(year, 20, now) == Timeliness(4, 4, 20)
    assert decided_within(year, 10, at(TODAY - 13 * day)) == Timeliness(1, 2, 10)


@pytest.mark.parametrize(
    ("within", "total", "shown"),
    [(0, 0, None), (1, 3, 33), (2, 3, 67), (1, 200, 1), (1, 201, 0), (199, 200, 100), (7, 8, 88), (0, 5, 0)],
)
def test_percentages_are_exact_and_shown_half_up(within: int, total: int, shown: int | None) -> None:
    share = Timeliness(within, total, 10)
    assert share.percent == (Fraction(within * 100, total) if total else None)
    assert share.shown == shown


def test_half_goes_up() -> None:
    assert [half_up(Fraction(n, 2)) for n in range(5)] == [0, 1, 1, 2, 2]


def test_reasons_by_programme(school: Any) -> None:
    year = AcademicYear.objects.get()
    reasons = {reason.code: reason for reason in ReviewReason.objects.all()}
    for code, action, reason, times in (
        ("KA2", "return", "return-missing", 2),
        ("4006", "return", "return-missing", 1),
        ("4006", "reject", "reject-duplicate", 3),
        ("4006", "return", "return-evidence", 1),
        ("KA2", "return", None, 1),
        ("ETW-PROJECT", "approve", "approve-ok", 5),
    ):
        for _ in range(times):
            claim = ClaimFactory(project=ProjectFactory(institution=school, item=item(code)))
            event(claim, action, TODAY, reason=reasons[reason] if reason else None)
    waiting = ClaimFactory(project=ProjectFactory(institution=school, item=item("LOCAL-1")))
    StagedDecision.objects.create(
        claim=waiting, action="return", reason=reasons["return-wrong"], text="Düzeltiniz.", by=UserFactory()
    )
    table = reasons_by_programme(year)
    assert table.programmes == (item("KA2").programme.name, item("4006").programme.name)
    assert [(row.decision, row.label, row.counts, row.total) for row in table.rows] == [
        ("return", "Eksik", (2, 1), 3),
        ("return", "Kanıt yetersiz", (0, 1), 1),
        ("return", "Gerekçe kodu yok", (1, 0), 1),
        ("reject", "Mükerrer", (0, 3), 3),
    ]
    assert (table.totals, table.total) == ((3, 5), 8)


def test_missing_words_match_what_keeps_a_draft_from_being_sent(school: Any) -> None:
    manager = StaffFactory(institution=school, title="deputy")
    complete = ProjectFactory(institution=school, item=item("KA2"), responsible_manager=manager)
    team(complete, coordinator=StaffFactory(institution=school))
    add_file(complete)
    leaderless = ProjectFactory(
        institution=school, item=item("COMP-FINAL"), summary="", start_date=None, end_date=None, title="", title_key=""
    )
    team(leaderless, teachers=[StaffFactory(institution=school)])
    claim_file = add_file(leaderless)
    Evidence.objects.filter(pk=claim_file.pk).update(claim=ClaimFactory(project=complete))
    Project.objects.filter(pk=complete.pk).update(status="draft")
    bare = ProjectFactory(institution=school, item=None)
    reading = ProjectFactory(
        institution=school, item=item("ETW-PROJECT"), responsible_manager=manager, is_reading=True, title="Okuma"
    )
    team(reading, coordinator=StaffFactory(institution=school))
    add_file(reading)
    drafts = {draft.pk: missing_in(draft) for draft in drafts_of([school.pk], AcademicYear.objects.get())}
    assert drafts == {
        complete.pk: [],
        leaderless.pk: [
            "ad", "uygun aşama", "sorumlu yönetici", "özet", "başlangıç tarihi", "bitiş tarihi", "koordinatör öğretmen",
            "kanıt",
        ],
        bare.pk: ["program kalemi", "sorumlu yönetici", "ekip", "kanıt"],
        reading.pk: ["yerel proje kalemi"],
    }  # fmt: skip
    for pk, missing in drafts.items():
        assert len(submission_problems(Project.objects.get(pk=pk))) == len(missing)
