"""Permissions on the use of platforms: predicates that read as claims on top, one table at the bottom.

Ask through ``may``: the system administrator, who passes every ``has_perm``, sees criteria but nobody's use.
"""

from __future__ import annotations

from typing import Any

import rules

from schools.authority import seats_over
from schools.models import AcademicYear
from schools.rules import (
    is_draft,
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


PERMISSIONS: dict[str, Any] = {
    "eba.view_own": is_signed_in,
    "eba.view_province": is_signed_in & sits_in_province,
    "eba.view_district": is_signed_in & sees_district,
    "eba.view_school": is_signed_in & sees_institution,
    "eba.view_staff": is_signed_in & (is_own_record | sees_person),
    "eba.view_students": is_school_commission,
    "eba.compare_schools": sees_province,
    "eba.view_criteria": is_signed_in,
    "eba.view_table": is_signed_in & (~is_draft | sees_province | is_system_admin),
    "eba.edit_criteria": is_technical | is_executive,
    "eba.edit_table": (is_technical | is_executive) & is_draft,
    "eba.approve_table": is_executive & is_draft,
}

for _name, _predicate in PERMISSIONS.items():
    rules.add_perm(_name, _predicate)


def may(user: Any, permission: str, target: object = None) -> bool:
    """Whether this permission follows from the user's seats; knows no administrator's shortcut."""
    return bool(rules.has_perm(permission, user, target))
