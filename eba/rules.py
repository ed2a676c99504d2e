"""Permissions on the use of platforms: predicates that read as claims on top, one table at the bottom.

Ask through ``may``: the system administrator, who passes every ``has_perm``, sees criteria but nobody's use.
"""

from __future__ import annotations

from typing import Any

import rules

from eba.models import CriteriaTable
from schools.authority import seats_over
from schools.models import AcademicYear, StaffMember
from schools.rules import (
    is_executive,
    is_own_record,
    is_school_commission,
    is_signed_in,
    is_system_admin,
    is_technical,
    sees_district,
    sees_institution,
    sees_person,
    sees_province,
)


@rules.predicate
def sits_in_province(user: Any, year: AcademicYear | None = None) -> bool:
    """Any seat in the year's province: whoever carries responsibility may compare themselves with the others."""
    seats = seats_over(user, None)
    return bool(seats) if year is None else any(s.commission.year.province_id == year.province_id for s in seats)


@rules.predicate
def is_draft(user: Any, table: CriteriaTable | None = None) -> bool:
    return table is None or table.status == CriteriaTable.Status.DRAFT


@rules.predicate
def sees_province_of(user: Any, table: CriteriaTable | None = None) -> bool:
    return bool(sees_province(user, None if table is None else table.year))


@rules.predicate
def edits_criteria_there(user: Any, table: CriteriaTable | None = None) -> bool:
    scope = None if table is None else table.year
    return bool(is_technical(user, scope) or is_executive(user, scope))


@rules.predicate
def is_executive_there(user: Any, table: CriteriaTable | None = None) -> bool:
    return bool(is_executive(user, None if table is None else table.year))


@rules.predicate
def is_person_of_staff(user: Any, person: StaffMember | None = None) -> bool:
    return bool(is_own_record(user, person) or sees_person(user, person))


PERMISSIONS: dict[str, Any] = {
    "eba.view_own": is_signed_in,
    "eba.view_province": is_signed_in & sits_in_province,
    "eba.view_district": is_signed_in & sees_district,
    "eba.view_school": is_signed_in & sees_institution,
    "eba.view_staff": is_signed_in & is_person_of_staff,
    "eba.view_students": is_school_commission,
    "eba.compare_schools": sees_province,
    "eba.view_criteria": is_signed_in,
    "eba.view_table": is_signed_in & (~is_draft | sees_province_of | is_system_admin),
    "eba.edit_criteria": edits_criteria_there,
    "eba.edit_table": edits_criteria_there & is_draft,
    "eba.approve_table": is_executive_there & is_draft,
}

for _name, _predicate in PERMISSIONS.items():
    rules.add_perm(_name, _predicate)


def may(user: Any, permission: str, target: object = None) -> bool:
    """Whether this permission follows from the user's seats; knows no administrator's shortcut."""
    return bool(rules.has_perm(permission, user, target))
