"""Staff and students."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When

from common.text import fold, turkish_order
from schools.authority import scope_of, unit_scope_of
from schools.models import AcademicYear, Enrolment, Institution, Posting, StaffMember
from schools.models.people import Title

MANAGERS_FIRST = Case(
    When(title=Title.PRINCIPAL, then=Value(0)),
    When(title__in=[Title.RESPONSIBLE_DEPUTY, Title.DEPUTY], then=Value(1)),
    default=Value(2),
)


def postings_visible_to(user: Any, year: AcademicYear) -> QuerySet[Posting]:
    """Postings of a year at institutions inside the user's scope."""
    return Posting.objects.filter(
        unit_scope_of(user).of_institutions("institution"), year=year, institution__province=year.province_id
    ).select_related("staff", "institution__district")


def staff_list(
    user: Any,
    year: AcademicYear,
    *,
    search: str = "",
    title: str = "",
    district: int | None = None,
    institution: str = "",
) -> QuerySet[Posting]:
    """Postings for the list page, filtered, in Turkish order of the name. ``institution`` is a kurum kodu."""
    rows = postings_visible_to(user, year)
    for word in fold(search).split():
        rows = rows.filter(staff__name_key__contains=word)
    if title:
        rows = rows.filter(title=title)
    if district is not None:
        rows = rows.filter(institution__district=district)
    if institution:
        rows = rows.filter(institution__code=institution)
    return rows.order_by(turkish_order("staff__last_name"), turkish_order("staff__first_name"), "pk")


def staff_of(institution: Institution, year: AcademicYear) -> QuerySet[Posting]:
    """The postings of one institution: managers first, then by name."""
    return (
        Posting.objects.filter(institution=institution, year=year)
        .select_related("staff")
        .order_by(MANAGERS_FIRST, turkish_order("staff__last_name"), turkish_order("staff__first_name"), "pk")
    )


def people_visible_to(user: Any) -> QuerySet[StaffMember]:
    """Staff with a posting in a current year inside the user's scope, people of the own province, and oneself."""
    scope = unit_scope_of(user)
    if scope.everything:
        return StaffMember.objects.all()
    posted = Posting.objects.filter(scope.of_institutions("institution"), year__is_current=True, staff=OuterRef("pk"))
    return StaffMember.objects.filter(Q(user=user.pk) | Q(province__in=scope.provinces) | Exists(posted))


def students_visible_to(user: Any, year: AcademicYear) -> QuerySet[Enrolment]:
    """Enrolments of a year at institutions inside the user's scope."""
    return Enrolment.objects.filter(
        scope_of(user).of_institutions("institution"), year=year, institution__province=year.province_id
    ).select_related("student", "institution")


def student_list(
    user: Any, year: AcademicYear, *, search: str = "", institution: str = "", grade: int | None = None
) -> QuerySet[Enrolment]:
    """Enrolments for the list page, by section; within one school (``institution`` is its kurum kodu) also by name.

    Over many schools the order is that of the index, so that no page sorts a whole province.
    """
    rows = students_visible_to(user, year)
    for word in fold(search).split():
        rows = rows.filter(Q(student__name_key__contains=word) | Q(school_number=word))
    if grade is not None:
        rows = rows.filter(grade=grade)
    if not institution:
        return rows.order_by("institution_id", "grade", "section_name", "pk")
    return rows.filter(institution__code=institution).order_by(
        "grade", "section_name", turkish_order("student__last_name"), turkish_order("student__first_name"), "pk"
    )


def people_named(people: QuerySet[StaffMember], text: str, limit: int = 20) -> list[StaffMember]:
    """At most ``limit`` of these people whose name holds every word of the text; nobody for an empty text.

    Each comes with ``current_postings``, by which people of one name are told apart.
    """
    words = fold(text).split()
    if not words:
        return []
    for word in words:
        people = people.filter(name_key__contains=word)
    current = Posting.objects.filter(year__is_current=True).select_related("institution").order_by("pk")
    found = people.prefetch_related(Prefetch("postings", current, to_attr="current_postings"))
    return list(found.order_by("name_key", "pk")[:limit])


def postings_of(person: StaffMember) -> QuerySet[Posting]:
    """Where a person works and worked, newest year first."""
    return (
        Posting.objects.filter(staff=person)
        .select_related("year", "institution__district")
        .order_by("-year__name", "pk")
    )
