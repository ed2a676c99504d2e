"""People who act on the same claim at the same moment: one wins, the others are told, the history has one line."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from common.errors import Conflict
from projects import reference
from projects.models import Claim, ClaimEvent, ReviewReason
from projects.services import approve_claim, autosave_field, reject_claim, submit_project, withdraw
from projects.workflow import project_status
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.projects import ClaimFactory
from tests.factories.schools import InstitutionFactory, seat_user
from tests.projects.conftest import ready_project

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


@pytest.fixture
def place(transactional_db: None) -> Any:
    reference.load()
    return InstitutionFactory()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads of their own, started together; their results or errors in order."""
    barrier, outcomes = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            outcomes[index] = call()
        except Exception as error:
            outcomes[index] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def one_winner(outcomes: list[Any]) -> None:
    conflicts = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert len(conflicts) == len(outcomes) - 1, outcomes
    assert "tarafından" in str(conflicts[0])


def test_two_reviewers_decide_at_once(place: Any) -> None:
    first, second = (seat_user(CommissionKind.TECHNICAL, role) for role in (SeatRole.RND, SeatRole.IT))
    reason = ReviewReason.objects.get(code="reject-scope")
    for _ in range(ROUNDS):
        claim = ClaimFactory(project=ready_project(place))
        outcomes = at_once(
            lambda claim=claim: approve_claim(claim=claim, by=first),
            lambda claim=claim: reject_claim(claim=claim, by=second, reason=reason, text="Kapsam dışı"),
        )
        one_winner(outcomes)
        claim.refresh_from_db()
        event = ClaimEvent.objects.get(claim=claim)
        assert event.to_status == claim.status
        claim.project.refresh_from_db()
        assert claim.project.status == project_status([claim.status])


def test_approve_against_withdraw(place: Any) -> None:
    reviewer = seat_user(CommissionKind.TECHNICAL)
    coordinator = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, place)
    for _ in range(ROUNDS):
        claim = ClaimFactory(project=ready_project(place))
        one_winner(
            at_once(
                lambda claim=claim: approve_claim(claim=claim, by=reviewer),
                lambda claim=claim: withdraw(claim=claim, by=coordinator),
            )
        )
        assert ClaimEvent.objects.filter(claim=claim).count() == 1


def test_double_submit_makes_one_claim(place: Any) -> None:
    coordinator = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, place)
    for _ in range(ROUNDS):
        project = ready_project(place)
        one_winner(at_once(*[lambda pk=project.pk: submit_project(project_id=pk, by=coordinator) for _ in range(3)]))
        assert Claim.objects.filter(project=project).count() == 1


def test_two_claims_of_one_project_leave_its_status_right(place: Any) -> None:
    reviewer = seat_user(CommissionKind.TECHNICAL)
    reason = ReviewReason.objects.get(code="reject-scope")
    for _ in range(ROUNDS):
        project = ready_project(place)
        one, other = ClaimFactory(project=project), ClaimFactory(project=project, stage="success")
        outcomes = at_once(
            lambda one=one: approve_claim(claim=one, by=reviewer),
            lambda other=other: reject_claim(claim=other, by=reviewer, reason=reason, text="Kapsam dışı"),
        )
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
        project.refresh_from_db()
        assert project.status == "approved"


def test_two_people_save_one_field_at_once(place: Any) -> None:
    users = [seat_user(CommissionKind.SCHOOL, role, place) for role in (SeatRole.COORDINATOR, SeatRole.CHAIR)]
    project = ready_project(place)
    outcomes = at_once(
        *[
            lambda user=user: autosave_field(
                project_id=project.pk, values={"summary": f"{user.pk}"}, version=project.version, by=user
            )
            for user in users
        ]
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1, outcomes
    saved = [user for user, outcome in zip(users, outcomes, strict=True) if not isinstance(outcome, Exception)]
    project.refresh_from_db()
    assert (project.summary, project.version) == (str(saved[0].pk), 2)
