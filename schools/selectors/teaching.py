"""Who teaches and who coaches at a school."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet

from common.text import fold, turkish_order
from schools.models import (
    AcademicYear,
    Coaching,
    Enrolment,
    Institution,
    Posting,
    Section,
    StaffMember,
    TeachingAssignment,
)

COACHED_GRADES = (8, 12)
"""Final-year students have a danışman öğretmen."""

_BY_SUBJECT = TeachingAssignment.objects.select_related("teacher").order_by(
    "subject_key", turkish_order("teacher__last_name"), turkish_order("teacher__first_name"), "pk"
)

_POSTED_THERE = Posting.objects.filter(
    staff=OuterRef("teacher"),
    year=OuterRef("year"),
    institution__enrolments__student=OuterRef("student"),
    institution__enrolments__year=OuterRef("year"),
)
"""Of a coaching row: its teacher's postings at the school of its student."""


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
    institution: Institution, year: AcademicYear, *, search: str = "", without: bool = False, left: bool = False
) -> QuerySet[Enrolment]:
    """Final-year students of the school by section and name, each with ``student.coaches`` of the year, of whom
    ``has_left`` says that they don't work there.

    ``without`` keeps those who have no coach yet, ``left`` those with a coach who doesn't work there.
    """
    mine = Coaching.objects.filter(year=year, student=OuterRef("student"))
    rows = Enrolment.objects.filter(institution=institution, year=year, grade__in=COACHED_GRADES)
    for word in fold(search).split():
        rows = rows.filter(student__name_key__contains=word)
    if without:
        rows = rows.exclude(Exists(mine))
    if left:
        rows = rows.filter(Exists(mine.filter(absent_coaches())))
    return (
        rows.select_related("student")
        .prefetch_related(Prefetch("student__coaching", coaches_of(year), to_attr="coaches"))
        .order_by(
            "-grade", "section_name", turkish_order("student__last_name"), turkish_order("student__first_name"), "pk"
        )
    )


def coaches_of(year: AcademicYear) -> QuerySet[Coaching]:
    """Who coaches whom in the year, with ``teacher`` and ``has_left``."""
    rows = Coaching.objects.filter(year=year).select_related("teacher")
    return rows.annotate(has_left=absent_coaches()).order_by("pk")


def uncoached_count(institution: Institution, year: AcademicYear) -> int:
    return students_to_coach(institution, year, without=True).order_by().count()


def absent_coaches() -> Any:
    """Filter of coaching rows whose teacher is not posted, that year, at the school where the student is enrolled."""
    return ~Exists(_POSTED_THERE)


def coaching_in_force() -> QuerySet[Coaching]:
    """Coaching of current years whose teacher works at the student's school."""
    return Coaching.objects.filter(Exists(_POSTED_THERE), year__is_current=True)


def left_count(institution: Institution, year: AcademicYear) -> int:
    """How many final-year students of the school have a coach who doesn't work there."""
    return students_to_coach(institution, year, left=True).order_by().count()


def numbers_of(enrolment: Enrolment, teacher: StaffMember) -> tuple[int, int]:
    """How many coaches the student has in the year of the enrolment, and how many students the teacher coaches then."""
    rows = Coaching.objects.filter(year=enrolment.year_id)
    return rows.filter(student=enrolment.student_id).count(), rows.filter(teacher=teacher).count()


def coached_counts(institution: Institution, year: AcademicYear) -> dict[int, int]:
    """How many students each member of the school's staff (by key) coaches in the year; those with none are absent."""
    posted = Posting.objects.filter(institution=institution, year=year).values("staff")
    rows = Coaching.objects.filter(year=year, teacher__in=posted).order_by()
    return dict(rows.values_list("teacher").annotate(number=Count("pk")))


def coached_by(user: Any, year: AcademicYear, *, search: str = "") -> QuerySet[Enrolment]:
    """The students whom the person coaches in the year at the school where both are, by section and name."""
    mine = Coaching.objects.filter(Exists(_POSTED_THERE), year=year, teacher__user=user.pk, student=OuterRef("student"))
    rows = Enrolment.objects.filter(Exists(mine), year=year)
    for word in fold(search).split():
        rows = rows.filter(student__name_key__contains=word)
    return rows.select_related("student", "institution").order_by(
        "-grade", "section_name", turkish_order("student__last_name"), turkish_order("student__first_name"), "pk"
    )
