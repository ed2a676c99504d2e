"""Every action on a claim in every status by every role: who gets through, who is told what."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from common.audit import trail_of
from common.errors import Conflict, UserError
from common.models import Notification
from projects.models import Claim, ClaimEvent, ReviewReason
from projects.services import transition
from projects.workflow import TRANSITIONS, ClaimStatus, ProjectStatus, project_status
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.accounts import SystemAdminFactory
from tests.factories.projects import ClaimFactory, team
from tests.factories.schools import ProvinceFactory, StaffFactory, seat_user, staff_user
from tests.projects.conftest import ready_project

pytestmark = pytest.mark.django_db

SCHOOL_SIDE = {"resubmit", "withdraw"}
EXPECTED = {
    "resubmit": ({"returned"}, "submitted"),
    "withdraw": ({"submitted", "in_review", "returned"}, "withdrawn"),
    "claim": ({"submitted"}, "in_review"),
    "assign": ({"submitted"}, "in_review"),
    "release": ({"in_review"}, "submitted"),
    "free": ({"in_review"}, "submitted"),
    "approve": ({"submitted", "in_review"}, "approved"),
    "return": ({"submitted", "in_review"}, "returned"),
    "reject": ({"submitted", "in_review"}, "rejected"),
}


def people(school: Any) -> dict[str, Any]:
    """One account per role that the table of permissions tells apart."""
    kind = CommissionKind
    return {
        "coordinator": seat_user(kind.SCHOOL, SeatRole.COORDINATOR, school),
        "principal": seat_user(kind.SCHOOL, SeatRole.CHAIR, school),
        "member": seat_user(kind.SCHOOL, SeatRole.MEMBER, school),
        "technical": seat_user(kind.TECHNICAL, SeatRole.RND),
        "technical of the school": _with_posting(seat_user(kind.TECHNICAL, SeatRole.IT), school),
        "technical of another province": seat_user(kind.TECHNICAL, unit=ProvinceFactory(plate_code=63)),
        "executive": seat_user(kind.EXECUTIVE),
        "monitoring": seat_user(kind.MONITORING_PROJECT),
        "district": seat_user(kind.DISTRICT, unit=school.district),
        "other school": seat_user(kind.SCHOOL, SeatRole.COORDINATOR),
        "no seat": staff_user(school),
        "administrator": SystemAdminFactory(),
    }


def _with_posting(user: Any, school: Any) -> Any:
    from schools.models import Posting
    from tests.factories.schools import current_year

    Posting.objects.create(
        staff=user.staff_member, year=current_year(school.province), institution=school, title="teacher"
    )
    return user


ALLOWED = {
    **{action: {"coordinator", "principal", "member"} for action in SCHOOL_SIDE},
    **{action: {"technical"} for action in set(EXPECTED) - SCHOOL_SIDE},
    "free": {"coordinator", "principal", "member", "technical", "technical of the school"},
}


def test_table_names_every_action() -> None:
    assert {action: (set(t.sources), t.target.value) for action, t in TRANSITIONS.items()} == EXPECTED


@pytest.mark.parametrize("action", EXPECTED)
@pytest.mark.parametrize("status", ClaimStatus.values)
def test_cell_of_the_table_for_every_role(school: Any, action: str, status: str) -> None:
    sources, target = EXPECTED[action]
    reason = ReviewReason.objects.filter(decision=action).first()
    for role, user in people(school).items():
        claim = ClaimFactory(project=ready_project(school), status=status)
        call = {"claim": claim, "action": action, "by": user, "reason": reason, "text": "Belge eklenmelidir."}
        if role not in ALLOWED[action]:
            with pytest.raises(PermissionDenied):
                transition(**call)
            expected = status
        elif status not in sources:
            with pytest.raises(Conflict):
                transition(**call)
            expected = status
        else:
            assert transition(**call).status == target
            expected = target
        claim.refresh_from_db()
        claim.project.refresh_from_db()
        assert (role, claim.status) == (role, expected)
        assert claim.project.status == project_status([expected])
        moved = expected != status
        assert ClaimEvent.objects.filter(claim=claim).count() == moved
        assert trail_of(claim).count() == moved


def test_coordinator_teacher_without_a_seat_withdraws_own_project(school: Any) -> None:
    teacher = staff_user(school)
    project = ready_project(school)
    project.team_teachers.filter(is_coordinator=True).update(staff=teacher.staff_member)
    claim = ClaimFactory(project=project)
    assert transition(claim=claim, action="withdraw", by=teacher).status == ClaimStatus.WITHDRAWN


@pytest.mark.parametrize("tie", ["team", "manager", "partner"])
def test_nobody_reviews_what_is_theirs(school: Any, reviewer: Any, stranger: Any, tie: str) -> None:
    project = ready_project(school)
    if tie == "team":
        team(project, teachers=[reviewer.staff_member])
    elif tie == "manager":
        project.responsible_manager = reviewer.staff_member
        project.save()
    else:
        partner = stranger.staff_member.postings.get().institution
        project.partner_institutions.add(partner)
        _with_posting(reviewer, partner)
    claim = ClaimFactory(project=project)
    with pytest.raises(PermissionDenied):
        transition(claim=claim, action="approve", by=reviewer)


@pytest.mark.parametrize("action", ["return", "reject"])
@pytest.mark.parametrize("missing", ["reason", "text"])
def test_return_and_reject_need_reason_and_text(project: Any, reviewer: Any, action: str, missing: str) -> None:
    claim = ClaimFactory(project=project)
    call = {"reason": ReviewReason.objects.filter(decision=action).first(), "text": "Açıklama"}
    call[missing] = None if missing == "reason" else "  "
    with pytest.raises(UserError, match="gerekçe"):
        transition(claim=claim, action=action, by=reviewer, **call)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.SUBMITTED


def test_claimed_by_one_reviewer_is_not_decided_by_another(project: Any, reviewer: Any, second_reviewer: Any) -> None:
    claim = ClaimFactory(project=project)
    transition(claim=claim, action="claim", by=reviewer)
    with pytest.raises(Conflict, match="İrem Şahin tarafından incelemeye alındı"):
        transition(claim=claim, action="approve", by=second_reviewer)
    transition(claim=claim, action="release", by=second_reviewer)
    assert transition(claim=claim, action="approve", by=second_reviewer).decided_by == second_reviewer


def test_loser_is_told_who_decided_and_what(project: Any, reviewer: Any, second_reviewer: Any) -> None:
    claim = ClaimFactory(project=project)
    transition(claim=claim, action="approve", by=reviewer)
    with pytest.raises(Conflict, match=r"\d\d\.\d\d\.\d{4} \d\d:\d\d itibarıyla İrem Şahin tarafından onaylandı"):
        transition(
            claim=claim,
            action="reject",
            by=second_reviewer,
            reason=ReviewReason.objects.get(code="reject-scope"),
            text="Kapsam dışı",
        )
    assert ClaimEvent.objects.filter(claim=claim).count() == 1


def test_school_is_told_of_a_decision_and_nobody_else(
    project: Any, reviewer: Any, coordinator: Any, principal: Any, stranger: Any
) -> None:
    claim = ClaimFactory(project=project)
    transition(claim=claim, action="claim", by=reviewer)
    assert not Notification.objects.exists()
    transition(claim=claim, action="approve", by=reviewer, text="Uygundur.")
    told = Notification.objects.order_by("recipient__full_name")
    assert [notice.recipient for notice in told] == [coordinator, principal]
    assert told[0].subject == f"Talebiniz onaylandı: {project.title}"
    assert told[0].body == "Talep: AB projeleri – KA2, Hazırlayan aşaması.\n\nUygundur."
    assert told[0].url == f"/projeler/{project.pk}/"


def test_project_follows_the_furthest_of_its_claims(project: Any, reviewer: Any) -> None:
    first = ClaimFactory(project=project)
    second = ClaimFactory(project=project, stage="success")
    reason = ReviewReason.objects.get(code="return-missing")
    transition(claim=first, action="approve", by=reviewer)
    transition(claim=second, action="return", by=reviewer, reason=reason, text="Sonuç belgesi eksik.")
    project.refresh_from_db()
    assert project.status == ProjectStatus.APPROVED
    assert Claim.objects.get(pk=second.pk).status == ClaimStatus.RETURNED


def test_event_keeps_who_why_and_both_states(project: Any, reviewer: Any) -> None:
    claim = ClaimFactory(project=project)
    reason = ReviewReason.objects.get(code="return-evidence")
    transition(claim=claim, action="return", by=reviewer, reason=reason, text="Onay belgesi eklenmelidir.")
    event = ClaimEvent.objects.get()
    assert (event.action, event.from_status, event.to_status) == ("return", "submitted", "returned")
    assert (event.by, event.reason, event.text) == (reviewer, reason, "Onay belgesi eklenmelidir.")


def test_staff_of_another_school_in_the_team_does_not_open_the_review(school: Any, reviewer: Any) -> None:
    project = ready_project(school)
    team(project, teachers=[StaffFactory()])
    claim = ClaimFactory(project=project)
    assert transition(claim=claim, action="approve", by=reviewer).status == ClaimStatus.APPROVED
