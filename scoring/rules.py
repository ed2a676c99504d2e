"""Permissions on points, rankings and objections: predicates that read as claims on top, one table at the bottom.

Ask through ``may``: the system administrator, who passes every ``has_perm``, sees rankings but neither computes nor
publishes nor answers. Rankings are for the boards and the people concerned: what is not published yet is seen by those
only who answer for it (``answered_by``).
"""

from __future__ import annotations

from typing import Any

import rules

from schools.authority import seats_over
from schools.models import AcademicYear, Posting, StaffMember
from schools.rules import (
    has_any_seat,
    has_province_seat,
    has_seat_at,
    is_district_board,
    is_draft,
    is_executive,
    is_own_record,
    is_school_commission,
    is_signed_in,
    is_system_admin,
    is_technical,
    sees_person,
    sees_province,
)
from schools.selectors.teaching import coaching_in_force
from scoring.inputs import MEASURES, Measure
from scoring.models import Objection, RankingRow, RankingRun
from scoring.selectors.readers import answered_by
from scoring.workflow import RunStatus

RunLike = RankingRun | RankingRow | Objection


def run_of(target: RunLike) -> RankingRun:
    if isinstance(target, Objection):
        return target.row.run
    return target.run if isinstance(target, RankingRow) else target


@rules.predicate
def sits_on_its_board(user: Any, target: RunLike | None = None) -> bool:
    """A seat on the monitoring board that the ranking belongs to; without a ranking, on any of them."""
    if target is None:
        return bool(seats_over(user, None, {measure.board for measure in MEASURES.values()}))
    run = run_of(target)
    measure = MEASURES.get(run.measure)
    return measure is not None and bool(seats_over(user, run.year, {measure.board}))


@rules.predicate
def sees_its_province(user: Any, target: RunLike | None = None) -> bool:
    return bool(sees_province(user, None if target is None else run_of(target).year))


@rules.predicate
def answers_for_it(user: Any, target: RunLike | None = None) -> bool:
    """Who reads the ranking before it is published, and holds it against what it was or would be now."""
    if target is None:
        return bool(has_province_seat(user))
    run = run_of(target)
    return run.measure in answered_by(user, run.year)


@rules.predicate
def is_out(user: Any, target: RunLike | None = None) -> bool:
    """Published, now or once: superseded rankings stay readable for those whom they named."""
    return target is None or run_of(target).status in {RunStatus.PUBLISHED, RunStatus.SUPERSEDED}


@rules.predicate
def belongs_to_its_province(user: Any, target: RunLike | None = None) -> bool:
    """A seat or a staff record in the province of the ranking."""
    if target is None or not user.is_authenticated:
        return bool(is_signed_in(user))
    province = run_of(target).year.province_id
    if any(seat.commission.year.province_id == province for seat in seats_over(user, None)):
        return True
    return StaffMember.objects.filter(user=user.pk, province=province).exists()


@rules.predicate
def concerns_them(user: Any, target: RankingRow | None = None) -> bool:
    """The row is their own, of their school, of their district, or of a student whom they coach at their school."""
    if target is None or not user.is_authenticated:
        return False
    if target.institution is not None and is_school_commission(user, target.institution):
        return True
    if target.district is not None and is_district_board(user, target.district):
        return True
    if target.student_id is not None:
        coached = coaching_in_force().filter(year=target.run.year_id, student=target.student_id)
        return coached.filter(teacher__user=user.pk).exists()
    return bool(target.staff_id and target.staff and target.staff.user_id == user.pk)


@rules.predicate
def speaks_for_their_school(user: Any, target: RankingRow | None = None) -> bool:
    """A seat on the commission of the row's school, or of the school where the person is posted in that year."""
    if target is None:
        return bool(is_school_commission(user))
    if target.institution is not None and is_school_commission(user, target.institution):
        return True
    if target.staff_id is None:
        return False
    postings = Posting.objects.filter(staff=target.staff_id, year=target.run.year_id).select_related("institution")
    return any(is_school_commission(user, posting.institution) for posting in postings)


@rules.predicate
def objects_for_this_school(user: Any, target: Objection | None = None) -> bool:
    return target is not None and bool(has_seat_at(user, target.institution))


PERMISSIONS: dict[str, Any] = {
    "scoring.view_rankings": is_signed_in,
    "scoring.view_run": is_signed_in & (answers_for_it | (is_out & belongs_to_its_province)),
    "scoring.view_row": is_signed_in & (answers_for_it | (is_out & (sees_its_province | concerns_them))),
    "scoring.compare_runs": answers_for_it,
    "scoring.compute_run": sits_on_its_board,
    "scoring.publish_run": sits_on_its_board,
    "scoring.object": is_out & speaks_for_their_school,
    "scoring.view_objections": is_signed_in & has_any_seat,
    "scoring.view_objection": sees_its_province | objects_for_this_school,
    "scoring.answer_objection": sits_on_its_board & ~objects_for_this_school,
    "scoring.view_points": is_signed_in,
    "scoring.view_table": is_signed_in & (~is_draft | sees_province | is_system_admin),
    "scoring.edit_points": is_technical | is_executive,
    "scoring.edit_table": (is_technical | is_executive) & is_draft,
    "scoring.approve_points": is_executive & is_draft,
    "scoring.view_points_of": is_signed_in & (is_own_record | sees_person),
}

for _name, _predicate in PERMISSIONS.items():
    rules.add_perm(_name, _predicate)


def may(user: Any, permission: str, target: object = None) -> bool:
    """Whether this permission follows from the user's seats; knows no administrator's shortcut."""
    return bool(rules.has_perm(permission, user, target))


def computable_by(user: Any, year: AcademicYear) -> list[Measure]:
    """The measures of the boards on which the user sits, in the order of the register."""
    return [m for m in MEASURES.values() if may(user, "scoring.compute_run", RankingRun(year=year, measure=m.code))]
