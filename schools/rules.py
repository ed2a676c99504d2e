"""Permissions: predicates that read as claims on top, one table at the bottom.

A predicate takes the user and, where the claim is about a place, a scope: an institution, district, province or year,
or anything that has one of them (``schools.authority.unit_of``). Without a scope it asks "anywhere?".
"""

from __future__ import annotations

from typing import Any

import rules

from schools.authority import MONITORING_KINDS, PROVINCE_KINDS, scope_of, seats_of, seats_over, unit_of
from schools.models import Commission, StaffMember, Student, YearTable
from schools.models.commissions import CommissionKind, SeatRole

# --- Who somebody is ----------------------------------------------------------------------------------------------


@rules.predicate
def is_signed_in(user: Any) -> bool:
    return bool(user.is_authenticated and user.is_active)


@rules.predicate
def is_system_admin(user: Any) -> bool:
    return bool(user.is_authenticated and user.is_active and user.is_superuser)


@rules.predicate
def has_any_seat(user: Any) -> bool:
    return bool(seats_of(user))


@rules.predicate
def has_province_seat(user: Any, scope: object = None) -> bool:
    return bool(seats_over(user, scope, PROVINCE_KINDS))


@rules.predicate
def is_executive(user: Any, scope: object = None) -> bool:
    return bool(seats_over(user, scope, {CommissionKind.EXECUTIVE}))


@rules.predicate
def is_executive_chair(user: Any, scope: object = None) -> bool:
    """The Vali of the scope's province."""
    return bool(seats_over(user, scope, {CommissionKind.EXECUTIVE}, {SeatRole.CHAIR}))


@rules.predicate
def is_technical(user: Any, scope: object = None) -> bool:
    return bool(seats_over(user, scope, {CommissionKind.TECHNICAL}))


@rules.predicate
def is_monitor(user: Any, scope: object = None) -> bool:
    """A member of any of the four monitoring boards."""
    return bool(seats_over(user, scope, MONITORING_KINDS))


def is_monitoring(kind: str) -> Any:
    """The predicate of one monitoring board, by its commission kind."""

    @rules.predicate(f"is_monitoring:{kind}")
    def is_member(user: Any, scope: object = None) -> bool:
        return bool(seats_over(user, scope, {kind}))

    return is_member


is_academic_monitor = is_monitoring(CommissionKind.MONITORING_ACADEMIC)
is_project_monitor = is_monitoring(CommissionKind.MONITORING_PROJECT)
is_arts_monitor = is_monitoring(CommissionKind.MONITORING_ARTS)


@rules.predicate
def is_data_clerk(user: Any, scope: object = None) -> bool:
    return bool(seats_over(user, scope, {CommissionKind.MEASUREMENT_CENTRE}))


@rules.predicate
def is_district_board(user: Any, scope: object = None) -> bool:
    return bool(seats_over(user, scope, {CommissionKind.DISTRICT}))


@rules.predicate
def is_district_governor(user: Any, scope: object = None) -> bool:
    """The Kaymakam of the scope's district."""
    return bool(seats_over(user, scope, {CommissionKind.DISTRICT}, {SeatRole.CHAIR}))


@rules.predicate
def is_school_commission(user: Any, scope: object = None) -> bool:
    return bool(seats_over(user, scope, {CommissionKind.SCHOOL}))


@rules.predicate
def is_school_chair(user: Any, scope: object = None) -> bool:
    """The okul müdürü as chair of the scope's institution."""
    return bool(seats_over(user, scope, {CommissionKind.SCHOOL}, {SeatRole.CHAIR}))


@rules.predicate
def is_school_coordinator(user: Any, scope: object = None) -> bool:
    return bool(seats_over(user, scope, {CommissionKind.SCHOOL}, {SeatRole.COORDINATOR}))


@rules.predicate
def has_seat_at(user: Any, scope: object = None) -> bool:
    """A seat on the commission of the very institution: used to keep people from judging their own school."""
    return bool(seats_over(user, scope, {CommissionKind.SCHOOL}))


# --- What somebody sees -------------------------------------------------------------------------------------------


@rules.predicate
def sees_institution(user: Any, scope: object = None) -> bool:
    """Province seats see their province, district seats their district, school seats their school."""
    scoped = scope_of(user)
    return not scoped.is_empty if scope is None else scoped.covers(scope)


@rules.predicate
def sees_district(user: Any, scope: object = None) -> bool:
    """A seat in the province or on the district's board; a school's seat is not enough."""
    scoped = scope_of(user)
    if scope is None:
        return bool(scoped.provinces or scoped.districts)
    unit = unit_of(scope)
    return unit.province_id in scoped.provinces or unit.district_id in scoped.districts


@rules.predicate
def sees_province(user: Any, scope: object = None) -> bool:
    """A province seat; what belongs to a whole year or province is theirs to see."""
    scoped = scope_of(user)
    if scope is None:
        return bool(scoped.provinces)
    return unit_of(scope).province_id in scoped.provinces


@rules.predicate
def is_own_record(user: Any, person: object = None) -> bool:
    return isinstance(person, StaffMember) and person.user_id is not None and person.user_id == user.pk


@rules.predicate
def sees_person(user: Any, person: StaffMember | Student | None = None) -> bool:
    """A seat over an institution where the person works or studies in a current year; costs one query."""
    scoped = scope_of(user)
    if person is None or scoped.is_empty:
        return not scoped.is_empty
    if person.province_id in scoped.provinces:
        return True
    places = person.postings if isinstance(person, StaffMember) else person.enrolments
    return places.filter(scoped.of_institutions("institution"), year__is_current=True).exists()


@rules.predicate
def is_draft(user: Any, table: YearTable | None = None) -> bool:
    """The version of a year's table is not approved yet."""
    return table is None or table.is_draft


@rules.predicate
def sits_above_commission(user: Any, commission: Commission | None = None) -> bool:
    """Who may seat people: TECHNICAL everywhere, the district's board in its schools, a principal in the own school."""
    if commission is None:
        return bool(seats_of(user))
    if is_technical(user, commission):
        return True
    if commission.kind == CommissionKind.SCHOOL:
        return bool(is_district_board(user, commission) or is_school_chair(user, commission))
    return False


@rules.predicate
def sits_above_chair(user: Any, commission: Commission | None = None) -> bool:
    """Who may seat a commission's chair: nobody gives the chair of the own commission."""
    if commission is not None and commission.kind == CommissionKind.SCHOOL and is_district_board(user, commission):
        return True
    return bool(is_technical(user, commission))


# --- The table ----------------------------------------------------------------------------------------------------

rules.add_rule("needs_second_factor", has_province_seat | is_system_admin)

PERMISSIONS: dict[str, Any] = {
    "schools.view_units": is_signed_in & (has_any_seat | is_system_admin),
    "schools.view_institution": sees_institution | is_system_admin,
    "schools.view_people": sees_institution | is_system_admin,
    "schools.view_person": is_signed_in & (is_own_record | sees_person | is_system_admin),
    "schools.view_students": sees_institution,
    "schools.view_student": sees_person,
    "schools.edit_section": is_school_chair | is_school_coordinator | is_technical | is_system_admin,
    "schools.edit_coaching": is_school_chair | is_school_coordinator | is_technical,
    "schools.view_commission": is_signed_in & (has_any_seat | is_system_admin),
    "schools.form_commission": is_technical | is_system_admin,
    "schools.seat_person": sits_above_commission | is_system_admin,
    "schools.seat_chair": sits_above_chair | is_system_admin,
    "schools.invite": sits_above_commission | is_system_admin,
    "schools.import_data": is_technical | is_data_clerk | is_system_admin,
    "schools.view_settings": is_signed_in & (has_any_seat | is_system_admin),
    "schools.edit_settings": is_technical | is_executive | is_system_admin,
    "schools.approve_settings": is_executive,
    "schools.open_year": is_technical | is_system_admin,
    "schools.close_account": is_technical | is_system_admin,
    "schools.view_own_account": is_signed_in,
}

for _name, _predicate in PERMISSIONS.items():
    rules.add_perm(_name, _predicate)
