"""What a board may ask for: which measures, for which exam or term, in which groups."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exams.models import Exam
from exams.models.exams import ExamKind
from schools.models import AcademicYear
from scoring.inputs import Measure, Partition

MONITORING_MEASURES = frozenset({"school_monitoring_progress", "student_monitoring_exam"})
"""Measures of a province-wide monitoring exam; the other exam measures are those of a central exam."""

TERMS = ((1, _("1. dönem")), (2, _("2. dönem")))
AREAS = ("province", "district", "institution")
KINDS = ("category", "")


def exam_kind_of(measure: Measure) -> ExamKind:
    """The kind of exam that an exam measure reads."""
    return ExamKind.MONITORING if measure.code in MONITORING_MEASURES else ExamKind.CENTRAL


def exams_for(measure: Measure, year: AcademicYear) -> QuerySet[Exam]:
    """The year's exams that the measure can be computed for, newest first."""
    return Exam.objects.filter(year=year, kind=exam_kind_of(measure)).order_by("-date", "code")


def partitions_for(measure: Measure) -> list[tuple[str, str]]:
    """Code and words of the groups that make sense for the measure, its own ones first.

    A measure with subjects is ranked within each subject; a school has one category, so it is not divided further.
    """
    allowed = set(measure.partitions)
    subject = ["subject"] if "subject" in allowed else []
    found = dict.fromkeys([Partition.parse(measure.default_partition, allowed).code])
    for area in AREAS:
        for kind in KINDS:
            whole = [area] if area != "province" or not (kind or subject) else []
            parts = [*whole, *([kind] if kind else []), *subject]
            if set(parts) <= allowed and area in allowed and not (area == "institution" and kind):
                found[Partition(tuple(parts)).code] = None
    return [(code, partition_words(code)) for code in found]


def partition_words(code: str) -> str:
    """The groups of a partition in words; where no place divides them, they reach over the whole province."""
    words = Partition(tuple(code.split(","))).label
    if code == "province":
        return str(_("İl geneli"))
    return words if set(code.split(",")) & set(AREAS) else f"{_('İl geneli')} × {words}"


def by_area(measures: Iterable[Measure]) -> dict[str, list[Measure]]:
    """The measures by area, in the order in which they come."""
    groups: dict[str, list[Measure]] = {}
    for measure in measures:
        groups.setdefault(measure.area, []).append(measure)
    return groups
