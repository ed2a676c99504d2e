"""Who teaches and who coaches at a school."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from common.text import fold, turkish_order
from schools.models import AcademicYear, Coaching, Enrolment, Institution, Section, TeachingAssignment

COACHED_GRADES = (8, 12)
"""Final-year students have a danışman öğretmen."""

_BY_SUBJECT = TeachingAssignment.objects.select_related("teacher").order_by(
    "subject_key", turkish_order("teacher__last_name"), turkish_order("teacher__first_name"), "pk"
)


def sections_with_teaching(institution: Institution, year: AcademicYear) -> QuerySet[Section]:
    """The sections, highest grade first, each with ``assignments`` by subject and teacher, and its class guide."""
    return (
        Section.objects.filter(institution=institution, year=year)
        .select_related("class_guide")
        .prefetch_related(Prefetch("teaching", _BY_SUBJECT, to_attr="assignments"))
        .order_by("-grade", turkish_order("name"), "pk")
    )


def teaching_in(section: Section) -> QuerySet[TeachingAssignment]:
    return _BY_SUBJECT.filter(section=section)


def subjects_known(year: AcademicYear, grade: int) -> list[str]:
    """The subjects of this grade anywhere in the province, each once, in one spelling, by name."""
    rows = TeachingAssignment.objects.filter(section__year=year, section__grade=grade).order_by(
        "subject_key", "subject"
    )
    spelled: dict[str, str] = {}
    for key, name in rows.values_list("subject_key", "subject").distinct():
        spelled.setdefault(key, name)
    return list(spelled.values())


def students_to_coach(
    institution: Institution, year: AcademicYear, *, search: str = "", without: bool = False
) -> QuerySet[Enrolment]:
    """Final-year students of the school by section and name, each with ``student.coaches`` of the year.

    ``without`` keeps those who have no coach yet.
    """
    mine = Coaching.objects.filter(year=year, student=OuterRef("student"))
    rows = Enrolment.objects.filter(institution=institution, year=year, grade__in=COACHED_GRADES)
    for word in fold(search).split():
        rows = rows.filter(student__name_key__contains=word)
    if without:
        rows = rows.exclude(Exists(mine))
    coaches = Coaching.objects.filter(year=year).select_related("teacher").order_by("pk")
    return (
        rows.select_related("student")
        .prefetch_related(Prefetch("student__coaching", coaches, to_attr="coaches"))
        .order_by(
            "-grade", "section_name", turkish_order("student__last_name"), turkish_order("student__first_name"), "pk"
        )
    )


def uncoached_count(institution: Institution, year: AcademicYear) -> int:
    return students_to_coach(institution, year, without=True).order_by().count()


def coached_by(user: Any, year: AcademicYear) -> QuerySet[Enrolment]:
    """The students whom the person coaches in the year, where they are enrolled, by section and name."""
    mine = Coaching.objects.filter(year=year, teacher__user=user.pk, student=OuterRef("student"))
    return (
        Enrolment.objects.filter(Exists(mine), year=year)
        .select_related("student", "institution")
        .order_by(
            "-grade", "section_name", turkish_order("student__last_name"), turkish_order("student__first_name"), "pk"
        )
    )
