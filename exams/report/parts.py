"""The parts of what is said of an exam: figures that may be hidden, groups, lines of tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from common.charts import Chart
from common.disclosure import nested
from common.numbers import NO_VALUE, format_number
from exams.models import Exam
from exams.selectors.figures import Figures
from exams.selectors.topics import TopicLine

PLACES = 2


@dataclass(frozen=True)
class Reader:
    """Over which groups the reader has a seat; earlier sittings count for others only once they are published."""

    sees_province: bool
    sees_district: bool = True


@dataclass(frozen=True)
class Cell:
    """A figure as it may be shown: a value, nothing, or hidden because the group is small."""

    value: Fraction | None = None
    hidden: bool = False

    @property
    def words(self) -> str:
        return _("10'dan az") if self.hidden else format_number(self.value, PLACES)

    @property
    def signed(self) -> str:
        """A difference with its sign."""
        if self.value is None:
            return NO_VALUE
        words = format_number(self.value, PLACES)
        return f"+{words}" if self.value > 0 and words.strip("0,") else words


@dataclass(frozen=True)
class Group:
    """A group of students under its name in this text. ``sees``: the reader has a seat over it; ``inner`` is the group
    inside it whose figures the reader sees beside these."""

    label: str
    figures: Figures
    sees: bool = True
    inner: Group | None = None

    def cell(self, value: Fraction | None, count: Callable[[Figures], int]) -> Cell:
        """The value, if the students behind it (``count``) are open to the reader."""
        return Cell(value) if nested(self._chain(count))[-1] else Cell(hidden=True)

    def _chain(self, count: Callable[[Figures], int]) -> list[tuple[int, bool]]:
        inside = self.inner._chain(count) if self.inner else []
        return [*inside, (count(self.figures), self.sees)]

    def net(self, place: int) -> Cell:
        mean = self.figures.subjects[place].mean_net(self.figures.divisor)
        return self.cell(mean, lambda figures: figures.subjects[place].taken)

    @property
    def total_net(self) -> Cell:
        return self.cell(self.figures.mean_net, lambda figures: figures.net_students)

    @property
    def score(self) -> Cell:
        return self.cell(self.figures.mean_score, lambda figures: figures.scored)

    def main(self, by_score: bool) -> Cell:
        return self.score if by_score else self.total_net


@dataclass(frozen=True)
class SubjectLine:
    name: str
    questions: int
    taken: int
    net: Cell
    percent: Cell
    beside: tuple[Cell, ...]
    groups: tuple[str, ...]

    @property
    def cells(self) -> list[tuple[str, Cell]]:
        """The groups beside the own one with their names."""
        return list(zip(self.groups, self.beside, strict=True))


@dataclass(frozen=True)
class Change:
    """A subject (or the whole) in this sitting and in another one."""

    name: str
    now: Cell
    then: Cell
    difference: Cell
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    title: str
    exam: Exam
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class UnitLine:
    """A district, school or section of the unit; ``key`` leads to its page (0: it has none)."""

    name: str
    key: str
    group: Group
    main: Cell


@dataclass(frozen=True)
class UnitReport:
    """All that is said; lists without content are empty, charts without one are left out."""

    exam: Exam
    place: str
    own: Group
    beside: tuple[Group, ...]
    by_score: bool
    subjects: tuple[SubjectLine, ...]
    subject_chart: Chart
    comparisons: tuple[Comparison, ...] = ()
    units: tuple[UnitLine, ...] = ()
    units_title: str = ""
    unit_chart: Chart | None = None
    spread: Chart | None = None
    line: Chart | None = None
    topics: tuple[TopicLine, ...] = ()
    topic_chart: Chart | None = None
    has_hidden: bool = False

    @property
    def main_label(self) -> str:
        return _("Ortalama puan") if self.by_score else _("Ortalama toplam net")

    @property
    def main_value(self) -> Cell:
        return self.own.main(self.by_score)

    @property
    def main_beside(self) -> list[tuple[str, Cell]]:
        return [(group.label, group.main(self.by_score)) for group in self.beside]

    @property
    def charts(self) -> list[Chart]:
        found = (self.subject_chart, self.unit_chart, self.spread, self.line, self.topic_chart)
        return [chart for chart in found if chart is not None and not chart.is_empty]
