"""Topic gaps: what part of the questions of a konu a group answered right."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Q, Sum

from common.caching import remembered
from exams.models import Exam, ExamTopic, TopicResult
from exams.selectors.figures import Tally, counted
from exams.selectors.overview import SECONDS

SMALLEST_GROUP = 10
"""Groups with fewer students are hidden from readers without a seat over them."""


@dataclass(frozen=True)
class TopicLine:
    """A topic with the per cents of right answers (None: nobody took it, or hidden)."""

    subject: str
    topic: str
    taken: int
    own: Fraction | None
    district: Fraction | None
    province: Fraction | None

    @property
    def gap(self) -> Fraction | None:
        """How far the group stays behind the province, in points of per cent; negative where it is ahead."""
        return None if self.own is None or self.province is None else self.province - self.own


def topics_of(exam: Exam) -> list[ExamTopic]:
    rows = ExamTopic.objects.filter(subject__exam=exam).select_related("subject")
    return list(rows.order_by("subject__order", "order", "pk"))


def tallies_of(exam: Exam, *, institution: int | None = None) -> dict[int | None, dict[int, Tally]]:
    """Tallies by topic of each district (by key) and of all (None): of the province, or of one school alone."""
    path = "result__student__enrolments__"
    chosen = counted(exam, path)
    if institution is not None:
        chosen &= Q(**{f"{path}institution": institution})
    rows = TopicResult.objects.filter(chosen, topic__subject__exam=exam, result__exam=exam, correct__isnull=False)
    counts = (
        rows.order_by()
        .values_list(f"{path}institution__district", "topic")
        .annotate(taken=Count("pk"), right=Sum("correct"), missed=Sum("wrong"))
    )
    found: dict[int | None, dict[int, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for district, topic, taken, right, missed in counts:
        tally = Tally(taken, right, missed)
        found[district][topic] += tally
        found[None][topic] += tally
    return {key: dict(tallies) for key, tallies in found.items()}


def of_province(exam: Exam) -> dict[int | None, dict[int, Tally]]:
    """``tallies_of`` the province, remembered for each version."""
    return remembered(f"exams:{exam.pk}:{exam.version}:topics", lambda: tallies_of(exam), seconds=SECONDS)


def topic_lines(
    exam: Exam,
    own: dict[int, Tally],
    *,
    district: int | None = None,
    sees_district: bool = True,
    sees_province: bool = True,
) -> list[TopicLine]:
    """The topics that the group took, the worst first: lowest per cent, then the exam's order.

    District and province are left out where they are small and the reader has no seat over them.
    """
    everybody = of_province(exam)
    beside = everybody.get(district, {}) if district is not None else {}
    whole = everybody.get(None, {})
    lines = []
    for topic in topics_of(exam):
        mine = own.get(topic.pk)
        if mine is None or not mine.taken:
            continue
        lines.append(
            TopicLine(
                topic.subject.name,
                topic.name,
                mine.taken,
                share_right(mine, topic.questions),
                share_right(_open(beside.get(topic.pk), sees_district), topic.questions),
                share_right(_open(whole.get(topic.pk), sees_province), topic.questions),
            )
        )
    return sorted(lines, key=lambda line: (line.own is None, line.own or 0))


def share_right(tally: Tally | None, questions: int) -> Fraction | None:
    """Per cent of right answers among all questions that were put to the group."""
    if tally is None or not tally.taken or not questions:
        return None
    return Fraction(100 * tally.correct, tally.taken * questions)


def _open(tally: Tally | None, sees: bool) -> Tally | None:
    return tally if tally is not None and (sees or tally.taken >= SMALLEST_GROUP) else None
