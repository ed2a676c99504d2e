"""Who is ranked and where: staff by posting, students by enrolment, schools by themselves; and who has no place."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from common.text import sort_key
from schools.models import Institution, Posting, StaffMember, Student
from schools.models.people import Title
from scoring.inputs.measures import Holder
from scoring.inputs.partitions import Place

NOTED = 200
"""So many names of those without a place are kept; the rest only counts."""

Note = dict[str, Any]


def staff_holders(
    postings: QuerySet[Posting], wanted: Container[int], places: Mapping[int, Place]
) -> dict[int, Holder]:
    """Those of the postings who are wanted and whose institution has a place (one query)."""
    titles = {title.value: str(title.label) for title in Title}
    rows = postings.order_by().values_list(
        "staff_id", "institution_id", "title", "staff__first_name", "staff__last_name"
    )
    return {
        staff: Holder(f"{first} {last}", (sort_key(first), sort_key(last)), places[institution], titles[title])
        for staff, institution, title, first, last in rows
        if staff in wanted and institution in places
    }


def student_holders(
    rows: Iterable[tuple[int, int, int, str, str, str]], wanted: Container[int], places: Mapping[int, Place]
) -> dict[int, Holder]:
    """From (student, institution, grade, section, first name, last name): those wanted who have a place."""
    return {
        student: Holder(
            f"{first} {last}",
            (sort_key(first), sort_key(last)),
            places[institution],
            f"{grade}/{section}" if grade else section,
        )
        for student, institution, grade, section, first, last in rows
        if student in wanted and institution in places
    }


def school_holders(schools: Iterable[int], places: Mapping[int, Place]) -> dict[int, Holder]:
    """The schools that have a place."""
    return {
        school: Holder(place.institution, (sort_key(place.institution), place.code), place)
        for school in schools
        if (place := places.get(school)) is not None
    }


def staff_without_place(missing: Collection[int]) -> list[Note]:
    """Who has a value and no place in the year, by name."""
    return _people("staff", StaffMember.objects.all(), missing)


def students_without_place(missing: Collection[int]) -> list[Note]:
    return _people("student", Student.objects.all(), missing)


def schools_without_place(missing: Collection[int]) -> list[Note]:
    if not missing:
        return []
    rows = Institution.objects.filter(pk__in=sorted(missing)[:NOTED]).order_by("code").values_list("pk", "code", "name")
    return [{"institution": pk, "name": f"{name} ({code})", "reason": "no_place"} for pk, code, name in rows]


def _people(kind: str, everybody: QuerySet[Any], missing: Collection[int]) -> list[Note]:
    if not missing:
        return []
    rows = everybody.filter(pk__in=sorted(missing)[:NOTED]).order_by("pk").values_list("pk", "first_name", "last_name")
    return [{kind: pk, "name": f"{first} {last}", "reason": "no_place"} for pk, first, last in rows]
