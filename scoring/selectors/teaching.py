"""Who taught what when a ranking was computed, in a few numbers, and what of it is different now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext as _

from exams.models import FINAL_GRADES, ExamSubject, ExamVersion
from exams.models.exams import ExamLevel
from schools.models import TeachingAssignment
from scoring.models import RankingRun

Taught = tuple[int, int, str]
"""A year's key, a grade and the key of a subject."""


class TeachingState(NamedTuple):
    """The teaching assignments of one subject in one grade and year. They are only ever added and removed, so that
    ``mark`` (how many, the sum and the highest of their keys) differs when the assignments do."""

    year: int
    year_name: str
    grade: int
    subject: str
    name: str
    mark: str

    @property
    def taught(self) -> Taught:
        return self.year, self.grade, self.subject


def teaching_of(versions: Iterable[ExamVersion]) -> list[TeachingState]:
    """The assignments that rankings of these exams read, by exam and subject (two queries)."""
    exams = {version.exam_id: version.exam for version in versions}
    subjects = ExamSubject.objects.filter(exam__in=exams).order_by("exam", "order")
    wanted = []
    for subject in subjects:
        exam = exams[subject.exam_id]
        wanted.append((exam.year, FINAL_GRADES[ExamLevel(exam.level)], subject))
    marks = _marks({(year.pk, grade) for year, grade, _subject in wanted})
    return [
        TeachingState(year.pk, year.name, grade, one.key, one.name, marks.get((year.pk, grade, one.key), ""))
        for year, grade, one in wanted
    ]


def marks_now(runs: Iterable[RankingRun]) -> dict[Taught, str]:
    """The present marks of everything that the runs read (one query, none where they read no teaching)."""
    return _marks({(state.year, state.grade) for run in runs for state in states_of(run)})


def states_of(run: RankingRun) -> list[TeachingState]:
    """What the run keeps of the assignments that it read."""
    return [TeachingState(*kept) for kept in run.inputs.get("teaching", [])]


def changed_teaching(run: RankingRun, now: Mapping[Taught, str]) -> list[str]:
    """The subjects whose assignments changed since the run read them, a sentence for each year."""
    by_year: dict[str, list[str]] = {}
    for state in states_of(run):
        if now.get(state.taught, "") != state.mark:
            by_year.setdefault(state.year_name, []).append(state.name)
    return [
        _("%(year)s yılının ders görevleri bu hesaptan sonra değişti: %(subjects)s.")
        % {"year": year, "subjects": ", ".join(dict.fromkeys(names))}
        for year, names in by_year.items()
    ]


def _marks(grades: set[tuple[int, int]]) -> dict[Taught, str]:
    if not grades:
        return {}
    chosen = Q(pk__in=())
    for year, grade in sorted(grades):
        chosen |= Q(section__year=year, section__grade=grade)
    rows = (
        TeachingAssignment.objects.filter(chosen)
        .order_by()
        .values_list("section__year", "section__grade", "subject_key")
        .annotate(Count("pk"), Sum("pk"), Max("pk"))
    )
    return {(year, grade, subject): f"{count}:{total}:{last}" for year, grade, subject, count, total, last in rows}
