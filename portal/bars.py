"""Horizontal bars drawn by the server: lengths in drawing units, whole numbers only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LENGTH = 1000
SHORTEST = 8


@dataclass(frozen=True)
class Bar:
    """``width`` of ``of`` drawing units; what is not 0 is never too short to be seen. ``tone`` is a status tone."""

    label: str
    count: int
    tone: str
    width: int
    of: int = LENGTH


@dataclass(frozen=True)
class Chart:
    bars: tuple[Bar, ...]

    @property
    def total(self) -> int:
        return sum(bar.count for bar in self.bars)


def bar_chart(rows: Iterable[tuple[str, int, str]]) -> Chart:
    """The chart of (label, count, tone): the longest bar fills the row, the others in proportion, rounded down."""
    rows = list(rows)
    most = max((count for _label, count, _tone in rows), default=0)
    return Chart(tuple(Bar(label, count, tone, _width(count, most)) for label, count, tone in rows))


def _width(count: int, most: int) -> int:
    return max(SHORTEST, count * LENGTH // most) if count else 0
