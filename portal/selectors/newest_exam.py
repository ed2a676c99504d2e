"""The newest published exam of a year beside last year's: a glance for the executive board."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count
from django.urls import reverse

from common.caching import remembered
from common.numbers import format_number, rounded
from exams.models import Exam
from exams.selectors.figures import counted
from exams.selectors.lists import Counts, counts_of
from exams.selectors.overview import Means, known_means
from exams.selectors.sittings import newest_published
from schools.models import AcademicYear, Enrolment

PLACES = 2


@dataclass(frozen=True)
class ExamFigure:
    """One sitting as the glance shows it: the province's mean in words, and of how many."""

    name: str
    url: str
    date: dt.date
    mean: str
    sat: int
    applied: int
    enrolled: int


@dataclass(frozen=True)
class ExamGlance:
    """The newest published exam, last year's of its family, and the difference of their means as shown ("" without
    one).

    ``unit`` is puan, or net where either has no score.
    """

    exam: ExamFigure
    before: ExamFigure | None
    unit: str
    difference: str


def newest_exam(year: AcademicYear) -> ExamGlance | None:
    """One query; the figures of both sittings, four more, are remembered for their versions."""
    sittings = newest_published(year)
    if not sittings:
        return None
    exam, before = sittings[0], sittings[1] if len(sittings) > 1 else None
    means, counts, enrolled = known_means(sittings), counts_of(sittings), _enrolled(sittings)
    by_score = all(means[one.pk].score is not None for one in sittings)

    def figure(one: Exam) -> ExamFigure:
        return _figure(one, means[one.pk], counts[one.pk], enrolled[one.pk], by_score=by_score)

    values = [means[one.pk].score if by_score else means[one.pk].net for one in sittings]
    difference = ""
    if before is not None and values[0] is not None and values[1] is not None:
        gap = rounded(values[0], PLACES) - rounded(values[1], PLACES)
        difference = f"{'+' if gap > 0 else ''}{format_number(gap, PLACES)}"
    return ExamGlance(figure(exam), figure(before) if before else None, "puan" if by_score else "net", difference)


def _enrolled(sittings: Sequence[Exam]) -> dict[int, int]:
    """How many students are enrolled who would count in each; one query, remembered for a minute."""

    def make() -> dict[int, int]:
        anybody = reduce(or_, (counted(exam) for exam in sittings))
        each = {str(exam.pk): Count("pk", filter=counted(exam)) for exam in sittings}
        found = Enrolment.objects.filter(anybody).aggregate(**each)
        return {int(key): number for key, number in found.items()}

    return remembered("glance-enrolled:" + ",".join(str(exam.pk) for exam in sittings), make)


def _figure(exam: Exam, means: Means, counts: Counts, enrolled: int, *, by_score: bool) -> ExamFigure:
    return ExamFigure(
        exam.name,
        reverse("exams:detail", args=[exam.pk]),
        exam.date,
        format_number(means.score if by_score else means.net, PLACES),
        counts.sat,
        counts.applied,
        enrolled,
    )
