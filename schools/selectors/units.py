"""Years and institutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from common.text import fold, turkish_order
from schools.authority import seats_of, unit_scope_of
from schools.models import (
    AcademicYear,
    Commission,
    District,
    Enrolment,
    Institution,
    InstitutionYear,
    Posting,
    Section,
    StaffMember,
)


def current_year_of(user: Any) -> AcademicYear | None:
    """The current year of the user's province: by seats, else by staff record, else of the lowest plate code.

    The last is for system administrators and for accounts without a staff record. None for anonymous visitors and
    before any year was opened.
    """
    if not user.is_authenticated:
        return None
    for seat in seats_of(user):
        return seat.commission.year
    years = AcademicYear.objects.filter(is_current=True).select_related("province")
    mine = StaffMember.objects.filter(user=user.pk).values("province")
    return years.filter(province__in=mine).first() or years.order_by("province__plate_code").first()


def districts_visible_to(user: Any, year: AcademicYear) -> QuerySet[District]:
    """Districts of the year's province in which the user sees anything, in Turkish order."""
    scope = unit_scope_of(user)
    rows = District.objects.filter(province=year.province_id).order_by(turkish_order("name"), "pk")
    if scope.everything or year.province_id in scope.provinces:
        return rows
    own = Institution.objects.filter(pk__in=scope.institutions).values("district")
    return rows.filter(Q(pk__in=scope.districts) | Q(pk__in=own))


def institutions_visible_to(user: Any, year: AcademicYear) -> QuerySet[Institution]:
    """Institutions of the year's province inside the user's scope, with ``category`` of that year."""
    category = InstitutionYear.objects.filter(institution=OuterRef("pk"), year=year).values("category")
    return (
        Institution.objects.filter(unit_scope_of(user).of_institutions(), province=year.province_id)
        .annotate(category=Subquery(category[:1]))  # type: ignore[no-redef]
        .select_related("district")
    )


def institution_list(
    user: Any, year: AcademicYear, *, search: str = "", category: str = "", district: int | None = None
) -> QuerySet[Institution]:
    """The list page's rows: filtered, with ``has_commission``, in Turkish order of district and name."""
    rows = institutions_visible_to(user, year)
    for word in fold(search).split():
        rows = rows.filter(Q(name_key__contains=word) | Q(code__startswith=word))
    if category:
        rows = rows.filter(years__year=year, years__category=category)
    if district is not None:
        rows = rows.filter(district=district)
    commission = Commission.objects.filter(year=year, institution=OuterRef("pk"))
    return rows.annotate(has_commission=Exists(commission)).order_by(
        turkish_order("district__name"), turkish_order("name"), "code"
    )


@dataclass(frozen=True)
class InstitutionCounts:
    staff: int
    students: int
    sections: int


def counts_of(institution: Institution, year: AcademicYear) -> InstitutionCounts:
    """How many people and sections an institution has in a year; one query."""

    def number_of(model: type[Posting] | type[Enrolment] | type[Section]) -> Coalesce:
        rows = model.objects.filter(institution=OuterRef("pk"), year=year).order_by().values("institution")
        return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)

    numbers = (
        Institution.objects.filter(pk=institution.pk)
        .annotate(staff=number_of(Posting), students=number_of(Enrolment), sections_=number_of(Section))
        .values_list("staff", "students", "sections_")
        .get()
    )
    return InstitutionCounts(*numbers)


def sections_of(institution: Institution, year: AcademicYear) -> QuerySet[Section]:
    """The sections of an institution, highest grade first, with guide and ``student_count``."""
    enrolled = (
        Enrolment.objects.filter(
            year=OuterRef("year"),
            institution=OuterRef("institution"),
            grade=OuterRef("grade"),
            section_name=OuterRef("name"),
        )
        .order_by()
        .values("section_name")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        Section.objects.filter(institution=institution, year=year)
        .select_related("class_guide")
        .annotate(student_count=Coalesce(Subquery(enrolled, output_field=IntegerField()), 0))
        .order_by("-grade", turkish_order("name"), "pk")
    )
