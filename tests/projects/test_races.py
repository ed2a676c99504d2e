"""People who act on the same claim at the same moment, a hundred times each: one wins, the loser is told the true
state, the history has one line. Each race has a control in which the lock is off and the harm is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from common.errors import Conflict
from common.models import StoredFile
from common.text import fold
from projects import reference
from projects.models import Claim, ClaimEvent, Evidence, Project, ReviewReason, StagedDecision, TeamTeacher
from projects.services import (
    announce,
    approve_claim,
    autosave_field,
    claim_for_review,
    reject_claim,
    stage_decision,
    submit_project,
    take_back,
    withdraw,
)
from projects.services.bulk import preview, run_row
from projects.workflow import ClaimStatus, ProjectStatus, project_status
from schools.models import AcademicYear
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.projects import item
from tests.factories.schools import InstitutionFactory, StaffFactory, seat_user
from tests.projects.racing import race, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 100
FEWER = 30
"""Rounds of the races that resemble one of the others."""
CONTROL = 20
"""Rounds of a control: the harm is seen in every one of them."""


class Place:
    """A school with its coordinator, two reviewers, and as many ready projects as a race needs."""

    def __init__(self) -> None:
        reference.load()
        self.school = InstitutionFactory()
        self.year = AcademicYear.objects.get()
        self.coordinator = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, self.school)
        self.first, self.second = (seat_user(CommissionKind.TECHNICAL, role) for role in (SeatRole.RND, SeatRole.IT))
        self.manager = StaffFactory(institution=self.school, title="deputy")
        self.teacher = StaffFactory(institution=self.school)
        self.reason = ReviewReason.objects.get(code="reject-scope")
        self.made = 0

    def projects(self, count: int) -> list[Project]:
        """Drafts without a problem."""
        now = timezone.localdate()
        projects = [
            Project(
                institution=self.school,
                year=self.year,
                title=f"Işık {number}",
                title_key=fold(f"Işık {number}"),
                item=item("KA2"),
                summary="Enerji",
                start_date=now,
                end_date=now,
                responsible_manager=self.manager,
            )
            for number in range(self.made, self.made + count)
        ]
        self.made += count
        files = [StoredFile(name="kanit.pdf", content_type="application/pdf", size=1) for _ in projects]
        Project.objects.bulk_create(projects)
        StoredFile.objects.bulk_create(files)
        pairs = zip(projects, files, strict=True)
        Evidence.objects.bulk_create(Evidence(project=project, file=stored) for project, stored in pairs)
        TeamTeacher.objects.bulk_create(
            TeamTeacher(project=project, staff=self.teacher, is_coordinator=True) for project in projects
        )
        return projects

    def claims(self, count: int, projects: list[Project] | None = None, stage: str = "preparing") -> list[Claim]:
        """Claims that wait, each of a project of its own unless the projects are given."""
        projects = projects or self.projects(count)
        claims = [
            Claim(project=project, year=self.year, item=project.item, stage=stage, submitted_at=timezone.now())
            for project in projects
        ]
        Claim.objects.bulk_create(claims)
        Project.objects.filter(pk__in=[project.pk for project in projects]).update(status=ProjectStatus.SUBMITTED)
        return claims

    def staged(self, claims: list[Claim]) -> list[StagedDecision]:
        """An approval of each claim by the first reviewer, written in bulk."""
        keys = [claim.pk for claim in claims]
        Claim.objects.filter(pk__in=keys).update(
            status=ClaimStatus.IN_REVIEW, reviewer=self.first, claimed_at=timezone.now()
        )
        Project.objects.filter(claims__in=keys).update(status=ProjectStatus.IN_REVIEW)
        return StagedDecision.objects.bulk_create(
            StagedDecision(claim=claim, action="approve", by=self.first) for claim in claims
        )


@pytest.fixture
def place(transactional_db: None) -> Place:
    return Place()


def harm(outcomes: list[list[Any]], claims: list[Claim], endings: dict[str, str]) -> int:
    """In how many rounds something is wrong: not exactly one winner, a loser who is not told by whom, a history that
    does not have exactly one line of the race, or a status that does not agree with it. ``endings`` says which status
    each action of the race leads to.
    """
    events: dict[int, list[str]] = {claim.pk: [] for claim in claims}
    for claim, action in ClaimEvent.objects.filter(claim__in=claims, action__in=endings).values_list("claim", "action"):
        events[claim].append(action)
    now = Claim.objects.select_related("project").in_bulk([claim.pk for claim in claims])
    wrong = 0
    for results, claim in zip(outcomes, claims, strict=True):
        losers = [result for result in results if isinstance(result, Exception)]
        told = len(losers) == len(results) - 1 and all(
            isinstance(loser, Conflict) and "tarafından" in str(loser) for loser in losers
        )
        current, history = now[claim.pk], events[claim.pk]
        agreed = len(history) == 1 and current.status == endings[history[0]]
        wrong += not (told and agreed and current.project.status == project_status([current.status]))
    return wrong


def both_won(outcomes: list[list[Any]]) -> int:
    """In how many rounds everybody was told that it was done."""
    return sum(not any(isinstance(result, Exception) for result in results) for results in outcomes)


DECIDED = {"approve": "approved", "reject": "rejected", "return": "returned"}


def two_decide(place: Place, claims: list[Claim]) -> list[tuple[Callable[[], Any], ...]]:
    return [
        (
            lambda claim=claim: approve_claim(claim=claim, by=place.first),
            lambda claim=claim: reject_claim(claim=claim, by=place.second, reason=place.reason, text="Kapsam dışı"),
        )
        for claim in claims
    ]


def test_two_reviewers_decide_at_once(place: Place) -> None:
    claims = place.claims(ROUNDS)
    assert harm(race(two_decide(place, claims)), claims, DECIDED) == 0
    claims = place.claims(CONTROL)
    with without_locks():
        outcomes = race(two_decide(place, claims), locked=False)
    assert harm(outcomes, claims, DECIDED) == both_won(outcomes) == CONTROL


def two_stage(place: Place, claims: list[Claim]) -> list[tuple[Callable[[], Any], ...]]:
    return [
        (
            lambda claim=claim: stage_decision(claim=claim, action="approve", by=place.first),
            lambda claim=claim: stage_decision(
                claim=claim, action="reject", by=place.second, reason=place.reason, text="Kapsam dışı"
            ),
        )
        for claim in claims
    ]


def staged_by_the_reviewer(claims: list[Claim]) -> int:
    """How many claims have one staged decision, taken by whoever reviews the claim."""
    found = Claim.objects.filter(pk__in=[claim.pk for claim in claims], staged__isnull=False)
    return sum(reviewer == by for reviewer, by in found.values_list("reviewer", "staged__by"))


def test_two_reviewers_stage_at_once(place: Place) -> None:
    claims = place.claims(ROUNDS)
    assert harm(race(two_stage(place, claims)), claims, {"claim": "in_review"}) == 0
    assert staged_by_the_reviewer(claims) == ROUNDS
    claims = place.claims(CONTROL)
    with without_locks():
        outcomes = race(two_stage(place, claims), locked=False)
    assert harm(outcomes, claims, {"claim": "in_review"}) == both_won(outcomes) == CONTROL


def announce_and_withdraw(place: Place, claims: list[Claim]) -> list[tuple[Callable[[], Any], ...]]:
    staged = place.staged(claims)
    return [
        (
            lambda one=one: announce(staged=one, by=place.second),
            lambda one=one: withdraw(claim=one.claim, by=place.coordinator),
        )
        for one in staged
    ]


def test_announcing_against_withdrawing(place: Place) -> None:
    endings = {"approve": "approved", "withdraw": "withdrawn"}
    claims = place.claims(ROUNDS)
    assert harm(race(announce_and_withdraw(place, claims)), claims, endings) == 0
    assert not StagedDecision.objects.exists()
    claims = place.claims(CONTROL)
    calls = announce_and_withdraw(place, claims)
    with without_locks():
        outcomes = race(calls, locked=False)
    assert harm(outcomes, claims, endings) == both_won(outcomes) == CONTROL


def approve_and_withdraw(place: Place, claims: list[Claim]) -> list[tuple[Callable[[], Any], ...]]:
    return [
        (
            lambda claim=claim: approve_claim(claim=claim, by=place.first),
            lambda claim=claim: withdraw(claim=claim, by=place.coordinator),
        )
        for claim in claims
    ]


def test_approving_against_withdrawing(place: Place) -> None:
    endings = {"approve": "approved", "withdraw": "withdrawn"}
    claims = place.claims(ROUNDS)
    assert harm(race(approve_and_withdraw(place, claims)), claims, endings) == 0
    claims = place.claims(CONTROL)
    with without_locks():
        outcomes = race(approve_and_withdraw(place, claims), locked=False)
    assert harm(outcomes, claims, endings) == both_won(outcomes) == CONTROL


def bulk_and_single(place: Place, claims: list[Claim]) -> list[tuple[Callable[[], Any], ...]]:
    seen = preview(claims=[claim.pk for claim in claims], action="approve", by=place.first, year=place.year)
    marks = {row.claim: row.mark for row in seen.ready}
    assert len(marks) == len(claims)
    return [
        (
            lambda pk=claim.pk: run_row(claim_id=pk, mark=marks[pk], action="approve", by=place.first),
            lambda claim=claim: stage_decision(
                claim=claim, action="reject", by=place.second, reason=place.reason, text="Kapsam dışı"
            ),
        )
        for claim in claims
    ]


def test_bulk_against_single(place: Place) -> None:
    claims = place.claims(ROUNDS)
    assert harm(race(bulk_and_single(place, claims)), claims, {"claim": "in_review"}) == 0
    assert staged_by_the_reviewer(claims) == ROUNDS
    claims = place.claims(CONTROL)
    calls = bulk_and_single(place, claims)
    with without_locks():
        outcomes = race(calls, locked=False)
    assert harm(outcomes, claims, {"claim": "in_review"}) == both_won(outcomes) == CONTROL


def announced_twice(place: Place, claims: list[Claim]) -> list[tuple[Callable[[], Any], ...]]:
    staged = place.staged(claims)
    return [
        (
            lambda one=one: announce(staged=one, by=place.first),
            lambda one=one: announce(staged=one, by=place.second),
        )
        for one in staged
    ]


def test_two_announce_at_once(place: Place) -> None:
    claims = place.claims(FEWER)
    assert harm(race(announced_twice(place, claims)), claims, DECIDED) == 0
    claims = place.claims(CONTROL)
    calls = announced_twice(place, claims)
    with without_locks():
        outcomes = race(calls, locked=False)
    assert harm(outcomes, claims, DECIDED) == both_won(outcomes) == CONTROL


def test_announcing_against_taking_back(place: Place) -> None:
    claims = place.claims(FEWER)
    staged = place.staged(claims)
    outcomes = race(
        [
            (
                lambda one=one: announce(staged=one, by=place.second),
                lambda one=one: take_back(staged=one, by=place.first),
            )
            for one in staged
        ]
    )
    for (announced, taken), claim in zip(outcomes, claims, strict=True):
        lost, status = (taken, ClaimStatus.APPROVED) if isinstance(announced, Claim) else (announced, "in_review")
        assert isinstance(lost, Conflict), lost
        assert "tarafından" in str(lost)
        assert Claim.objects.get(pk=claim.pk).status == status
    assert not StagedDecision.objects.exists()


def sent_twice(place: Place, projects: list[Project]) -> list[tuple[Callable[[], Any], ...]]:
    return [
        tuple(lambda pk=project.pk: submit_project(project_id=pk, by=place.coordinator) for _ in range(2))
        for project in projects
    ]


def test_double_submit_makes_one_claim(place: Place) -> None:
    projects = place.projects(ROUNDS)
    outcomes = race(sent_twice(place, projects))
    claims = [Claim.objects.get(project=project) for project in projects]
    assert harm(outcomes, claims, {"submit": "submitted"}) == 0
    projects = place.projects(CONTROL)
    with without_locks():
        outcomes = race(sent_twice(place, projects), locked=False)
    losers = [result for results in outcomes for result in results if isinstance(result, Exception)]
    assert len(losers) == CONTROL
    assert not any(isinstance(loser, Conflict) for loser in losers), "the constraint holds, but nobody is told"


def test_two_claims_of_one_project_leave_its_status_right(place: Place) -> None:
    projects = place.projects(FEWER)
    ones, others = place.claims(0, projects), place.claims(0, projects, stage="success")
    outcomes = race(
        [
            (
                lambda one=one: approve_claim(claim=one, by=place.first),
                lambda other=other: reject_claim(claim=other, by=place.first, reason=place.reason, text="Kapsam dışı"),
            )
            for one, other in zip(ones, others, strict=True)
        ]
    )
    assert not [result for results in outcomes for result in results if isinstance(result, Exception)]
    assert set(Project.objects.values_list("status", flat=True)) == {ProjectStatus.APPROVED}


def test_two_people_save_one_field_at_once(place: Place) -> None:
    principal = seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, place.school)
    projects = place.projects(FEWER)
    outcomes = race(
        [
            tuple(
                lambda user=user, project=project: autosave_field(
                    project_id=project.pk, values={"summary": f"{user.pk}"}, version=project.version, by=user
                )
                for user in (place.coordinator, principal)
            )
            for project in projects
        ]
    )
    for results, project in zip(outcomes, projects, strict=True):
        (saved,) = [result for result in results if not isinstance(result, Exception)]
        (lost,) = [result for result in results if isinstance(result, Exception)]
        assert isinstance(lost, Conflict), lost
        project.refresh_from_db()
        assert (project.summary, project.version) == (saved.project.summary, 2)


def test_two_take_one_claim_at_once(place: Place) -> None:
    claims = place.claims(FEWER)
    outcomes = race(
        [
            (
                lambda claim=claim: claim_for_review(claim=claim, by=place.first),
                lambda claim=claim: claim_for_review(claim=claim, by=place.second),
            )
            for claim in claims
        ]
    )
    assert harm(outcomes, claims, {"claim": "in_review"}) == 0
