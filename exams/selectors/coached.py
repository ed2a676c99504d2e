"""The students of a coach with what they did in their last exams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum

from exams.models import Exam, StudentResult, SubjectResult
from exams.nets import net_of
from schools.models import Enrolment

SHOWN = 3
"""So many exams of a student stand in the list; all of them are on the card."""


@dataclass(frozen=True)
class Sat:
    """What a student did in one exam; ``net`` None and ``score`` None: applied and did not sit."""

    exam: Exam
    net: Fraction | None
    score: Decimal | None


@dataclass(frozen=True)
class Progress:
    """From one sitting of a family to the student's next: in score where both have one, else in total net."""

    before: Exam
    after: Exam
    change: Fraction
    by_score: bool


@dataclass(frozen=True)
class CoachedLine:
    """A student with the last exams, newest first; ``progress`` of the newest family that they sat twice."""

    enrolment: Enrolment
    latest: tuple[Sat, ...]
    progress: Progress | None


def coached_lines(enrolments: Sequence[Enrolment]) -> list[CoachedLine]:
    """Published results of these students; two queries."""
    results = list(
        StudentResult.objects.filter(
            student__in=[one.student_id for one in enrolments], exam__published_at__isnull=False
        )
        .select_related("exam__family")
        .order_by("-exam__date", "-exam__code", "-pk")
    )
    sums = (
        SubjectResult.objects.filter(result__in=[row.pk for row in results], correct__isnull=False)
        .order_by()
        .values_list("result")
        .annotate(right=Sum("correct"), missed=Sum("wrong"))
    )
    answers = {result: (right, missed) for result, right, missed in sums}
    found: dict[int, list[Sat]] = defaultdict(list)
    for row in results:
        net = None
        if row.pk in answers:
            net = net_of(*answers[row.pk], row.exam.divisor)
        found[row.student_id].append(Sat(row.exam, net, row.score))
    return [
        CoachedLine(one, tuple(found[one.student_id][:SHOWN]), _progress(found[one.student_id])) for one in enrolments
    ]


def _progress(sat: Sequence[Sat]) -> Progress | None:
    """The first family, newest exam first, of which there is an earlier sitting to compare with."""
    later: dict[tuple[int, str, str], Sat] = {}
    pairs: list[tuple[Sat, Sat]] = []
    for one in sat:
        if one.net is None and one.score is None:
            continue
        family = (one.exam.family_id, one.exam.kind, one.exam.level)
        after = later.setdefault(family, one)
        if after is not one and all(pair[0] is not after for pair in pairs):
            pairs.append((after, one))
    for after, before in sorted(pairs, key=lambda pair: (pair[0].exam.date, pair[0].exam.code), reverse=True):
        if after.score is not None and before.score is not None:
            change = Fraction(after.score) - Fraction(before.score)
            return Progress(before.exam, after.exam, change, by_score=True)
        if after.net is not None and before.net is not None:
            return Progress(before.exam, after.exam, after.net - before.net, by_score=False)
    return None
