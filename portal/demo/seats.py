"""Boards and commissions of the demo, with everybody's seat."""

from __future__ import annotations

from datetime import date
from random import Random

from common.text import fold
from portal.demo.names import VOCATIONAL_BRANCHES
from portal.demo.people import full_name
from portal.demo.units import School
from schools.models import AcademicYear, Commission, District, Posting, Seat, StaffMember
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.people import IdentityKind, Title

INCOMPLETE_SHARE = 8  # percent of school commissions that lack a member

PROVINCE_SEATS: tuple[tuple[CommissionKind, tuple[tuple[SeatRole, str], ...]], ...] = (
    (
        CommissionKind.EXECUTIVE,
        (
            (SeatRole.CHAIR, "Vali"),
            (SeatRole.DIRECTOR, ""),
            (SeatRole.DEPUTY_DIRECTOR, ""),
            (SeatRole.RND, ""),
            (SeatRole.MEASUREMENT, ""),
        ),
    ),
    (
        CommissionKind.TECHNICAL,
        (
            (SeatRole.DEPUTY_DIRECTOR, ""),
            (SeatRole.RND, ""),
            (SeatRole.RND, ""),
            (SeatRole.MEASUREMENT, ""),
            (SeatRole.IT, ""),
        ),
    ),
    (CommissionKind.MONITORING_ACADEMIC, ((SeatRole.CHAIR, ""), (SeatRole.MEMBER, ""))),
    (CommissionKind.MONITORING_PROJECT, ((SeatRole.CHAIR, ""), (SeatRole.MEMBER, ""))),
    (CommissionKind.MONITORING_ARTS, ((SeatRole.CHAIR, ""), (SeatRole.MEMBER, ""))),
    (CommissionKind.MONITORING_INNOVATION_EBA, ((SeatRole.CHAIR, ""), (SeatRole.MEMBER, ""))),
    (CommissionKind.MEASUREMENT_CENTRE, ((SeatRole.DATA_CLERK, ""),)),
)


def build_seats(*, year: AcademicYear, schools: list[School], postings: list[Posting], rng: Random) -> None:
    """Create the boards of the province, of its districts and the commission of each school."""
    by_school: dict[int, list[Posting]] = {}
    for posting in postings:
        by_school.setdefault(posting.institution_id, []).append(posting)
    plan: list[tuple[Commission, list[Seat]]] = []
    start = year.start_date
    for kind, roles in PROVINCE_SEATS:
        commission = Commission(year=year, kind=kind)
        plan.append((commission, [_officer(commission, role, signs, start, rng) for role, signs in roles]))
    for district in District.objects.filter(province=year.province).order_by("pk"):
        plan.append(_district_board(year, district, schools, by_school, start, rng))
    for school in schools:
        plan.append(_school_commission(year, school, by_school[school.institution.pk], start, rng))
    officers = [seat.staff for _, seats in plan for seat in seats if seat.staff.pk is None]
    StaffMember.objects.bulk_create(officers)
    Commission.objects.bulk_create([commission for commission, _ in plan], batch_size=1000)
    for commission, seats in plan:
        for seat in seats:
            seat.commission = commission
            seat.staff = seat.staff
    Seat.objects.bulk_create([seat for _, seats in plan for seat in seats], batch_size=2000)


def _officer(commission: Commission, role: SeatRole, signs_as: str, start: date, rng: Random) -> Seat:
    first, last = full_name(rng)
    person = StaffMember(
        province=commission.year.province,
        first_name=first,
        last_name=last,
        name_key=fold(f"{first} {last}"),
        identity_kind=IdentityKind.NONE,
    )
    return Seat(commission=commission, staff=person, role=role, signs_as=signs_as, start_date=start)


def _district_board(
    year: AcademicYear,
    district: District,
    schools: list[School],
    by_school: dict[int, list[Posting]],
    start: date,
    rng: Random,
) -> tuple[Commission, list[Seat]]:
    commission = Commission(year=year, kind=CommissionKind.DISTRICT, district=district)
    seats = [
        _officer(commission, role, signs, start, rng)
        for role, signs in (
            (SeatRole.CHAIR, "Kaymakam"),
            (SeatRole.DIRECTOR, ""),
            (SeatRole.BRANCH_DIRECTOR, ""),
            (SeatRole.BUREAU, ""),
        )
    ]
    own = [school for school in schools if school.institution.district_id == district.pk]
    for school in own[-3:]:
        principal = by_school[school.institution.pk][0].staff
        seats.append(Seat(commission=commission, staff=principal, role=SeatRole.SCHOOL_PRINCIPAL, start_date=start))
    return commission, seats


def _school_commission(
    year: AcademicYear, school: School, postings: list[Posting], start: date, rng: Random
) -> tuple[Commission, list[Seat]]:
    commission = Commission(year=year, kind=CommissionKind.SCHOOL, institution=school.institution)
    teachers = [
        posting
        for posting in postings
        if posting.title in (Title.TEACHER, Title.CLASS_TEACHER, Title.PRESCHOOL_TEACHER)
    ]
    vocational = [posting for posting in teachers if posting.branch in VOCATIONAL_BRANCHES]
    general = [posting for posting in teachers if posting not in vocational]
    counsellors = [posting for posting in postings if posting.title == Title.COUNSELLOR]
    members = general[1:3] + (vocational[:2] if school.institution.is_vocational else []) + counsellors[:1]
    if not counsellors:
        members += general[3:4]
    if rng.randrange(100) < INCOMPLETE_SHARE:
        members = members[:1]
    seats = [Seat(commission=commission, staff=postings[0].staff, role=SeatRole.CHAIR, start_date=start)]
    coordinator = (general or postings[1:])[0]
    seats.append(Seat(commission=commission, staff=coordinator.staff, role=SeatRole.COORDINATOR, start_date=start))
    seats += [
        Seat(commission=commission, staff=posting.staff, role=SeatRole.MEMBER, start_date=start)
        for posting in members
        if posting is not coordinator
    ]
    return commission, seats
