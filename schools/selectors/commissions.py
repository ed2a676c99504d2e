"""Commissions, their seats and what a school's commission lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from common.text import fold, turkish_order
from schools.authority import in_office, unit_scope_of
from schools.composition import Member, SchoolFacts, is_counsellor, missing_members
from schools.models import (
    AcademicYear,
    Commission,
    InstitutionYear,
    Invitation,
    Posting,
    Seat,
    Section,
    StaffMember,
)
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.people import Title


def commissions_visible_to(user: Any, year: AcademicYear) -> QuerySet[Commission]:
    """Commissions of the year inside the user's scope; everybody with a seat also sees the province's boards."""
    scope = unit_scope_of(user)
    rows = Commission.objects.filter(year=year).select_related("year__province", "district", "institution__district")
    if scope.everything or year.province_id in scope.provinces:
        return rows
    if scope.is_empty:
        return rows.none()
    return rows.filter(
        scope.of_institutions("institution")
        | Q(district__in=scope.districts)
        | Q(institution=None, district=None)
        | Q(district__institutions__in=scope.institutions)
    ).distinct()


def commission_list(
    user: Any, year: AcademicYear, *, search: str = "", kind: str = "", district: int | None = None
) -> QuerySet[Commission]:
    """Rows of the list page with ``member_count``; the province's boards first, then districts, then schools."""
    rows = commissions_visible_to(user, year)
    for word in fold(search).split():
        rows = rows.filter(
            Q(institution__name_key__contains=word)
            | Q(institution__code__startswith=word)
            | Q(district__name_key__contains=word)
        )
    if kind:
        rows = rows.filter(kind=kind)
    if district is not None:
        rows = rows.filter(Q(district=district) | Q(institution__district=district))
    seats = Seat.objects.filter(in_office(timezone.localdate()), commission=OuterRef("pk")).order_by()
    number = seats.values("commission").annotate(n=Count("pk")).values("n")
    level = Case(
        When(kind=CommissionKind.SCHOOL, then=Value(2)),
        When(kind=CommissionKind.DISTRICT, then=Value(1)),
        default=Value(0),
    )
    count = Coalesce(Subquery(number, output_field=IntegerField()), 0)
    return rows.annotate(member_count=count).order_by(
        level, turkish_order("district__name"), turkish_order("institution__name"), "kind", "pk"
    )


def seats_on(commission: Commission) -> QuerySet[Seat]:
    """All seats of a commission, past and present, with the people and their invitations (``sent_invitations``)."""
    return (
        Seat.objects.filter(commission=commission)
        .select_related("staff__user", "commission__year__province", "commission__district", "commission__institution")
        .prefetch_related(
            Prefetch("invitations", Invitation.objects.order_by("-created_at", "-pk"), to_attr="sent_invitations")
        )
        .order_by(F("end_date").desc(nulls_first=True), "start_date", "pk")
    )


def seats_in_force(commission: Commission) -> QuerySet[Seat]:
    """Today's seats of a commission with the people: the chair first, then the coordinator."""
    chair_first = When(role=SeatRole.CHAIR, then=Value(0))
    order = Case(chair_first, When(role=SeatRole.COORDINATOR, then=Value(1)), default=Value(2))
    return (
        Seat.objects.filter(in_office(timezone.localdate()), commission=commission)
        .select_related("staff")
        .order_by(order, "start_date", "pk")
    )


def seats_held_by(person: StaffMember) -> QuerySet[Seat]:
    """Every seat a person holds or held, newest first, with its commission and unit."""
    return (
        Seat.objects.filter(staff=person)
        .select_related("commission__year__province", "commission__district", "commission__institution")
        .order_by(F("end_date").desc(nulls_first=True), "-start_date", "-pk")
    )


def composition_of(commissions: Sequence[Commission]) -> dict[int, list[str]]:
    """What each school commission lacks today, by commission pk; other kinds are left out.

    Four queries for any number of commissions, which must be of one year.
    """
    schools = {c.institution_id: c for c in commissions if c.kind == CommissionKind.SCHOOL and c.institution_id}
    if not schools:
        return {}
    year = next(iter(schools.values())).year_id
    facts = _facts_of({pk: bool(c.institution and c.institution.is_vocational) for pk, c in schools.items()}, year)
    seats = Seat.objects.filter(in_office(timezone.localdate()), commission__in=schools.values())
    rows = list(seats.order_by("pk").values_list("commission", "commission__institution", "staff", "role"))
    posted = {
        (institution, staff): (title, branch)
        for institution, staff, title, branch in Posting.objects.filter(
            year=year, institution__in=schools, staff__in=[row[2] for row in rows]
        ).values_list("institution", "staff", "title", "branch")
    }
    members: dict[int, list[Member]] = defaultdict(list)
    for commission, institution, staff, role in rows:
        members[commission].append(Member(staff, role, *posted.get((institution, staff), ("", ""))))
    return {
        commission.pk: missing_members(facts[institution], members[commission.pk])
        for institution, commission in schools.items()
        if institution in facts
    }


def _facts_of(vocational: dict[int, bool], year: int) -> dict[int, SchoolFacts]:
    categories = InstitutionYear.objects.filter(year=year, institution__in=vocational)
    teachers = Posting.objects.filter(
        year=year, institution__in=vocational, title__in=[Title.COUNSELLOR, Title.TEACHER]
    )
    counselled = {
        institution
        for institution, title, branch in teachers.values_list("institution", "title", "branch").distinct()
        if is_counsellor(title, branch)
    }
    guides: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    sections = Section.objects.filter(year=year, institution__in=vocational)
    for institution, grade, guide in sections.values_list("institution", "grade", "class_guide"):
        guides[institution][grade] |= {guide} - {None}
    facts = {}
    for institution, category in categories.values_list("institution", "category"):
        top = max(guides[institution], default=None)
        facts[institution] = SchoolFacts(
            category=category,
            is_vocational=vocational[institution],
            has_counsellor=institution in counselled,
            top_grade=top,
            top_guides=frozenset(guides[institution][top]) if top is not None else frozenset(),
        )
    return facts
