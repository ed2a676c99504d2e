"""Topic gaps: what part of the questions of a konu a group answered right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Q, Sum

from common.caching import remembered
from common.disclosure import nested
from exams.models import Exam, ExamTopic, TopicResult
from exams.selectors.figures import Tally, counted


@dataclass(frozen=True)
class TopicLine:
    """A topic with the per cents of right answers (None: nobody took it, or hidden).

    Where nobody said how many ``questions`` it has, the mean number of right answers stands in place of the per cent.
    """

    subject: str
    topic: str
    questions: int | None
    taken: int
    own: Fraction | None
    district: Fraction | None
    province: Fraction | None

    @property
    def gap(self) -> Fraction | None:
        """How far the group stays behind the province, in points of per cent; negative where it is ahead."""
        return None if self.own is None or self.province is None or not self.questions else self.province - self.own


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
    return remembered(f"exams:{exam.pk}:{exam.version}:topics", lambda: tallies_of(exam))


TopicGroup = tuple[Mapping[int, Tally], bool]
"""A group's tallies by topic, and whether the reader has a seat over it."""


def topic_lines(
    exam: Exam,
    own: TopicGroup,
    *,
    inner: TopicGroup | None = None,
    district: TopicGroup | None = None,
    province: TopicGroup | None = None,
) -> list[TopicLine]:
    """The topics that the group took, the worst first: lowest per cent, then the exam's order.

    Each group lies inside the next one; ``inner`` is what the reader sees inside the own one. Left out is what would
    tell the reader about few students.
    """
    named = (("inner", inner), ("own", own), ("district", district), ("province", province))
    groups = {name: group for name, group in named if group is not None}
    lines = []
    for topic in topics_of(exam):
        tallies = {name: found.get(topic.pk, Tally()) for name, (found, _sees) in groups.items()}
        opened = nested((tallies[name].taken, sees) for name, (_found, sees) in groups.items())
        shares = {
            name: share_right(tally, topic.questions) if is_open else None
            for (name, tally), is_open in zip(tallies.items(), opened, strict=True)
        }
        if tallies["own"].taken:
            beside = (shares.get(name) for name in ("own", "district", "province"))
            lines.append(TopicLine(topic.subject.name, topic.name, topic.questions, tallies["own"].taken, *beside))
    return sorted(lines, key=lambda line: (line.own is None, line.questions is None, line.own or 0))


def share_right(tally: Tally | None, questions: int | None) -> Fraction | None:
    """Per cent of right answers among all questions put to the group; their mean number where ``questions`` is None."""
    if tally is None or not tally.taken:
        return None
    if questions is None:
        return Fraction(tally.correct, tally.taken)
    return Fraction(100 * tally.correct, tally.taken * questions) if questions else None
