"""Figures of an exam for groups of students: exact sums in one pass over the database, means from them.

Central exams count the students of the final year only, all others every student with a result; a student counts where
they were enrolled in the exam's year.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from common.charts.axis import round_step
from exams.models import FINAL_GRADES, UNITS, Exam, ExamSubject, StudentResult, SubjectResult
from exams.models.exams import ExamKind, ExamLevel
from exams.nets import net_of, net_unit, net_units
from schools.models import Enrolment

MOST_BINS = 10

Group = tuple[Any, ...]


@dataclass(frozen=True)
class Tally:
    """Answers of a group in one subject (or topic): ``taken`` students gave so many right and wrong ones."""

    taken: int = 0
    correct: int = 0
    wrong: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.taken + other.taken, self.correct + other.correct, self.wrong + other.wrong)

    def mean_net(self, divisor: int) -> Fraction | None:
        """Mean of correct - wrong / divisor over the students who took it; None where nobody did."""
        if not self.taken:
            return None
        return net_of(self.correct, self.wrong, divisor) / self.taken


@dataclass(frozen=True)
class Figures:
    """What is known of a group: ``applied`` are in the file, ``sat`` have a subject result or a score.

    ``subjects`` are in the exam's order. ``net_units`` is the sum of total nets in 1 / divisor over ``net_students``,
    ``score_units`` the sum of scores in 1 / ``UNITS`` over ``scored``. ``bins`` counts students by the number of their
    bin (of the exam's ``Scale``).
    """

    subjects: tuple[Tally, ...]
    divisor: int
    enrolled: int = 0
    applied: int = 0
    sat: int = 0
    net_students: int = 0
    net_units: int = 0
    scored: int = 0
    score_units: int = 0
    bins: tuple[tuple[int, int], ...] = ()

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            tuple(mine + theirs for mine, theirs in zip(self.subjects, other.subjects, strict=True)),
            self.divisor,
            self.enrolled + other.enrolled,
            self.applied + other.applied,
            self.sat + other.sat,
            self.net_students + other.net_students,
            self.net_units + other.net_units,
            self.scored + other.scored,
            self.score_units + other.score_units,
            tuple(sorted((Counter(dict(self.bins)) + Counter(dict(other.bins))).items())),
        )

    @property
    def mean_net(self) -> Fraction | None:
        """Mean total net of those who took a subject."""
        return Fraction(self.net_units, self.net_students * net_unit(self.divisor)) if self.net_students else None

    @property
    def mean_score(self) -> Fraction | None:
        return Fraction(self.score_units, self.scored * UNITS) if self.scored else None


@dataclass(frozen=True)
class Scale:
    """How the distribution of an exam is cut: scores where it has any, else total nets; ``width`` of a bin in points
    (or questions)."""

    by_score: bool
    width: int

    def number(self, units: int, divisor: int) -> int:
        """The bin of a score (1 / ``UNITS``) or a total net (1 / divisor)."""
        return units // (self.width * (UNITS if self.by_score else net_unit(divisor)))


def subjects_of(exam: Exam) -> list[ExamSubject]:
    return list(ExamSubject.objects.filter(exam=exam).order_by("order", "pk"))


def scale_of(exam: Exam, subjects: Sequence[ExamSubject]) -> Scale:
    """About ten bins of a round width over the whole range of the exam; costs one query."""
    best = StudentResult.objects.filter(exam=exam).aggregate(best=Max("score_units"))["best"]
    most = Fraction(best, UNITS) if best else Fraction(sum(subject.questions for subject in subjects))
    width = max(1, int(round_step(most / MOST_BINS))) if most > 0 else 1
    return Scale(by_score=bool(best), width=width)


def counted(exam: Exam, path: str = "") -> Q:
    """Filter of enrolments at the end of ``path`` that count: of the exam's year, of the final grade if central."""
    condition = Q(**{f"{path}year": exam.year_id})
    if exam.kind == ExamKind.CENTRAL:
        condition &= Q(**{f"{path}grade": FINAL_GRADES[ExamLevel(exam.level)]})
    return condition


def figures_by(
    exam: Exam,
    by: Sequence[str],
    *,
    subjects: Sequence[ExamSubject],
    scale: Scale | None = None,
    institution: int | None = None,
    district: int | None = None,
) -> dict[Group, Figures]:
    """Figures of each group; ``by`` names fields of the enrolment ("institution", "grade", "section_name").

    Of one institution or district if named. Without ``scale`` no distribution is made. Four queries, or five.
    """
    unit = {"institution": institution, "institution__district": district}
    chosen = {field: value for field, value in unit.items() if value is not None}
    read = _Reader(exam, tuple(by), chosen)
    tallies = read.tallies(subjects)
    heads = read.heads()
    enrolled = read.enrolled()
    bins: Mapping[Group, Counter[int]] = read.bins(scale) if scale else {}
    empty = (Tally(),) * len(subjects)
    groups = {*tallies, *heads, *enrolled}
    made = {}
    for group in groups:
        per_subject = tallies.get(group, empty)
        applied, sat, net_students, scored, score_units = heads.get(group, (0, 0, 0, 0, 0))
        total = sum(net_units(tally.correct, tally.wrong, exam.divisor) for tally in per_subject)
        spread = tuple(sorted(bins[group].items())) if group in bins else ()
        made[group] = Figures(
            per_subject,
            exam.divisor,
            enrolled.get(group, 0),
            applied,
            sat,
            net_students,
            total,
            scored,
            score_units,
            spread,
        )
    return made


def total_of(figures: Iterable[Figures], subjects: Sequence[ExamSubject], divisor: int) -> Figures:
    """The figures of all groups together."""
    total = Figures((Tally(),) * len(subjects), divisor)
    for one in figures:
        total += one
    return total


@dataclass(frozen=True)
class _Reader:
    exam: Exam
    by: tuple[str, ...]
    chosen: Mapping[str, int]

    def _enrolments(self, path: str) -> Q:
        return counted(self.exam, path) & Q(**{f"{path}{field}": value for field, value in self.chosen.items()})

    def _keys(self, path: str) -> list[str]:
        return [f"{path}{field}" for field in self.by]

    def tallies(self, subjects: Sequence[ExamSubject]) -> dict[Group, tuple[Tally, ...]]:
        path = "result__student__enrolments__"
        rows = (
            SubjectResult.objects.filter(
                self._enrolments(path), subject__in=[subject.pk for subject in subjects], correct__isnull=False
            )
            .order_by()
            .values_list(*self._keys(path), "subject_id")
            .annotate(taken=Count("pk"), right=Sum("correct"), missed=Sum("wrong"))
        )
        places = {subject.pk: place for place, subject in enumerate(subjects)}
        found: dict[Group, list[Tally]] = defaultdict(lambda: [Tally()] * len(subjects))
        for *group, subject, taken, right, missed in rows:
            found[tuple(group)][places[subject]] = Tally(taken, right, missed)
        return {group: tuple(tallies) for group, tallies in found.items()}

    def heads(self) -> dict[Group, tuple[int, int, int, int, int]]:
        """Applied, sat, with a subject taken, with a score, and the sum of scores."""
        path = "student__enrolments__"
        rows = (
            self._results()
            .values_list(*self._keys(path))
            .annotate(
                applied=Count("pk"),
                sat=Count("pk", filter=Q(has_taken=True) | Q(score_units__isnull=False)),
                net_students=Count("pk", filter=Q(has_taken=True)),
                scored=Count("score_units"),
                total=Sum("score_units"),
            )
        )
        width = len(self.by)
        return {
            tuple(row[:width]): (row[width], row[width + 1], row[width + 2], row[width + 3], int(row[width + 4] or 0))
            for row in rows
        }

    def _results(self) -> QuerySet[StudentResult]:
        taken = SubjectResult.objects.filter(result=OuterRef("pk"), correct__isnull=False)
        return self._counted().annotate(has_taken=Exists(taken))

    def _counted(self) -> QuerySet[StudentResult]:
        return StudentResult.objects.filter(self._enrolments("student__enrolments__"), exam=self.exam).order_by()

    def enrolled(self) -> dict[Group, int]:
        """Students of the final grade (central), else of the grades of each school that have somebody in the file."""
        rows = Enrolment.objects.filter(self._enrolments("")).order_by()
        counts = rows.values_list(*self.by, "institution", "grade").annotate(students=Count("pk"))
        present = None
        if self.exam.kind != ExamKind.CENTRAL:
            in_file = rows.filter(student__exam_results__exam=self.exam)
            present = set(in_file.values_list("institution", "grade").distinct())
        found: Counter[Group] = Counter()
        for *group, institution, grade, students in counts:
            if present is None or (institution, grade) in present:
                found[tuple(group)] += students
        return found

    def bins(self, scale: Scale) -> dict[Group, Counter[int]]:
        found: dict[Group, Counter[int]] = defaultdict(Counter)
        for group, units in self._totals(scale):
            found[group][scale.number(units, self.exam.divisor)] += 1
        return found

    def _totals(self, scale: Scale) -> Iterable[tuple[Group, int]]:
        """Every student's score or total net, in units."""
        path = "student__enrolments__"
        if scale.by_score:
            scores = (
                StudentResult.objects.filter(self._enrolments(path), exam=self.exam, score_units__isnull=False)
                .order_by()
                .values_list(*self._keys(path), "score_units")
            )
            for *group, units in scores.iterator(chunk_size=5000):
                yield tuple(group), units
            return
        groups = {result: tuple(group) for result, *group in self._counted().values_list("pk", *self._keys(path))}
        answers = SubjectResult.objects.filter(result__exam=self.exam, correct__isnull=False)
        if self.chosen:
            answers = answers.filter(self._enrolments("result__student__enrolments__"))
        nets = answers.order_by().values_list("result_id").annotate(right=Sum("correct"), missed=Sum("wrong"))
        for result, right, missed in nets.iterator(chunk_size=5000):
            if result in groups:
                yield groups[result], net_units(right, missed, self.exam.divisor)


def binned(
    figures: Figures, scale: Scale, least: int | None = None, most: int | None = None
) -> list[tuple[int, int, int]]:
    """(low, high, students) of every bin from the lowest to the highest one, empty ones between them too."""
    counts = dict(figures.bins)
    if not counts:
        return []
    first = min(counts) if least is None else min(least, *counts)
    last = max(counts) if most is None else max(most, *counts)
    return [
        (number * scale.width, (number + 1) * scale.width, counts.get(number, 0)) for number in range(first, last + 1)
    ]
