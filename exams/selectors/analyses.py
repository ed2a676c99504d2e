"""Which schools have sent their analysis of an exam."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from common.text import turkish_order
from exams.models import Exam, ExamAnalysis
from exams.models.exams import ExamLevel
from exams.selectors.deadlines import LEVEL_CATEGORIES, analysis_due
from schools.authority import scope_of
from schools.models import Institution


@dataclass(frozen=True)
class AnalysisLine:
    """A school and its analysis; ``state`` is sent, late (sent late), draft, open or overdue."""

    institution: Institution
    analysis: ExamAnalysis | None
    state: str


def expected_schools(exam: Exam) -> QuerySet[Institution]:
    """The institutions of the exam's level in its year: each of them sends an analysis."""
    return Institution.objects.filter(
        years__year=exam.year_id,
        years__category__in=LEVEL_CATEGORIES[ExamLevel(exam.level)],
        province=exam.year.province_id,
    )


def schools_in_scope(user: object, exam: Exam) -> QuerySet[Institution]:
    """Expected schools that the user sees, in Turkish order of district and name."""
    rows = expected_schools(exam).filter(scope_of(user).of_institutions()).select_related("district")
    return rows.order_by(turkish_order("district__name"), turkish_order("name"), "code")


def sent_by(exam: Exam) -> set[int]:
    """Keys of the schools whose analysis has been sent."""
    return set(ExamAnalysis.objects.filter(exam=exam, sent_at__isnull=False).values_list("institution", flat=True))


def analyses_of(exam: Exam, schools: list[Institution]) -> list[AnalysisLine]:
    """A line a school, in the given order."""
    rows = ExamAnalysis.objects.filter(exam=exam, institution__in=schools).select_related("sent_by")
    known: Mapping[int, ExamAnalysis] = {row.institution_id: row for row in rows}
    today = timezone.localdate()
    return [
        AnalysisLine(school, known.get(school.pk), state_of(exam, known.get(school.pk), today)) for school in schools
    ]


def state_of(exam: Exam, analysis: ExamAnalysis | None, today: dt.date) -> str:
    due = analysis_due(exam)
    assert due is not None
    if analysis is not None and analysis.sent_at is not None:
        return "late" if timezone.localdate(analysis.sent_at) > due else "sent"
    if today > due:
        return "overdue"
    return "open" if analysis is None else "draft"


def analysis_of(exam: Exam, institution: Institution) -> ExamAnalysis:
    """The school's analysis; an unsaved empty one of version 1 where there is none yet."""
    found = ExamAnalysis.objects.filter(exam=exam, institution=institution).select_related("sent_by").first()
    return found or ExamAnalysis(exam=exam, institution=institution)
