"""What is due after an exam: its results published, a school's analysis sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from exams.models import Exam
from exams.models.exams import ExamKind, ExamLevel
from schools.models import AcademicYear, Institution, InstitutionYear
from schools.models.units import Category

PUBLICATION_DAYS = 10
"""Days after a monitoring exam within which its results are published."""

ANALYSIS_DAYS = 5
"""Days after an EBA akademik destek exam within which each school sends its analysis."""

LEVEL_CATEGORIES = {
    ExamLevel.MIDDLE: (Category.MIDDLE,),
    ExamLevel.HIGH: (Category.HIGH, Category.PROJECT_HIGH),
}
"""The institutions of which an analysis is expected."""


def publication_due(exam: Exam) -> dt.date | None:
    """The last day of publishing; None where nothing is due."""
    return exam.date + dt.timedelta(days=PUBLICATION_DAYS) if exam.kind == ExamKind.MONITORING else None


def analysis_due(exam: Exam) -> dt.date | None:
    """The last day of sending the analysis; None where none is asked for."""
    return exam.date + dt.timedelta(days=ANALYSIS_DAYS) if exam.kind == ExamKind.EBA else None


def schools_by_level(schools: Sequence[Institution], year: AcademicYear) -> dict[str, list[Institution]]:
    """Of these institutions those that sit the exams of each level, in the given order."""
    rows = (
        InstitutionYear.objects.filter(year=year, institution__in=schools)
        if schools
        else InstitutionYear.objects.none()
    )
    categories = dict(rows.values_list("institution", "category"))
    return {
        str(level): [school for school in schools if categories.get(school.pk) in known]
        for level, known in LEVEL_CATEGORIES.items()
    }
