"""Exams, results, teaching and coaching for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from common.text import plain_key
from exams.models import (
    UNITS,
    Exam,
    ExamFamily,
    ExamSubject,
    ExamTopic,
    ExamVersion,
    StudentResult,
    SubjectResult,
    TopicResult,
)
from exams.models.exams import ExamKind, ExamLevel
from schools.models import AcademicYear, Coaching, Institution, Section, StaffMember, Student, TeachingAssignment
from schools.subjects import subject_key
from tests.factories.schools import current_year

LGS_SUBJECTS = (("Türkçe", 20), ("Matematik", 20), ("Fen Bilimleri", 20))

Answers = tuple[int, int] | None
"""Correct and wrong; None: not taken."""


def make_exam(
    year: AcademicYear,
    code: str = "LGS",
    *,
    family: str | None = None,
    kind: str = ExamKind.CENTRAL,
    level: str = ExamLevel.MIDDLE,
    date: dt.date | None = None,
    divisor: int = 3,
    subjects: Sequence[tuple[str, int]] = LGS_SUBJECTS,
    topics: Mapping[str, Sequence[tuple[str, int]]] | None = None,
    published: bool = False,
) -> Exam:
    """An exam of the year with its subjects and version 1; ``family`` defaults to the code, ``date`` to the year's end.

    ``topics`` maps a subject to its topics with their questions; ``published`` opens the results to districts and
    schools.
    """
    day = date or dt.date(int(year.name[5:]), 6, 6)
    exam = Exam.objects.create(
        year=year,
        code=code,
        name=f"{code} {year.name}",
        family=ExamFamily.objects.get_or_create(code=family or code)[0],
        kind=kind,
        level=level,
        date=day,
        divisor=divisor,
        published_at=dt.datetime.combine(day, dt.time(12), dt.UTC) + dt.timedelta(days=9) if published else None,
    )
    rows = ExamSubject.objects.bulk_create(
        ExamSubject(exam=exam, order=place, name=name, key=subject_key(name), questions=questions)
        for place, (name, questions) in enumerate(subjects, start=1)
    )
    ExamTopic.objects.bulk_create(
        ExamTopic(subject=row, order=place, name=name, key=plain_key(name), questions=questions)
        for row in rows
        for place, (name, questions) in enumerate((topics or {}).get(row.name, ()), start=1)
    )
    ExamVersion.objects.create(exam=exam, number=1, source=ExamVersion.Source.DEFINITION)
    return exam


def make_result(
    exam: Exam,
    student: Student,
    answers: Mapping[str, Answers] | None = None,
    *,
    score: Decimal | str | None = None,
    national_rank: int | None = None,
    province_rank: int | None = None,
    percentile: Decimal | str | None = None,
    topics: Mapping[tuple[str, str], Answers] | None = None,
) -> StudentResult:
    """A student's result: ``answers`` by subject name, subjects left out were not taken; ``topics`` likewise by
    (subject, topic). No answers and no score: applied and did not sit."""
    given = answers or {}
    unknown = set(given) - {subject.name for subject in exam.subjects.all()}
    assert not unknown, f"{exam} has no {unknown}"
    result = StudentResult.objects.create(
        exam=exam,
        student=student,
        score_units=_units(score),
        national_rank=national_rank,
        province_rank=province_rank,
        percentile_units=_units(percentile),
    )
    SubjectResult.objects.bulk_create(
        SubjectResult(result=result, subject=subject, correct=correct, wrong=wrong)
        for subject in exam.subjects.order_by("order")
        for correct, wrong in [given.get(subject.name) or (None, None)]
    )
    if topics is not None:
        TopicResult.objects.bulk_create(
            TopicResult(result=result, topic=topic, correct=correct, wrong=wrong)
            for topic in ExamTopic.objects.filter(subject__exam=exam).select_related("subject")
            for correct, wrong in [topics.get((topic.subject.name, topic.name)) or (None, None)]
        )
    return result


def make_teaching(
    institution: Institution,
    teacher: StaffMember,
    subject: str = "Matematik",
    *,
    grade: int = 8,
    section_name: str = "A",
    year: AcademicYear | None = None,
) -> TeachingAssignment:
    """The teacher of a subject in a section; the section is made where it is missing."""
    section, _created = Section.objects.get_or_create(
        year=year or current_year(institution.province), institution=institution, grade=grade, name=section_name
    )
    return TeachingAssignment.objects.create(
        section=section, teacher=teacher, subject=subject, subject_key=subject_key(subject)
    )


def make_coaching(teacher: StaffMember, student: Student, *, year: AcademicYear | None = None) -> Coaching:
    return Coaching.objects.create(year=year or current_year(student.province), teacher=teacher, student=student)


def _units(value: Decimal | str | None) -> int | None:
    return None if value is None else int(Decimal(value) * UNITS)
