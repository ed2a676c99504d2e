"""Horizontal bars drawn by the server: places and lengths in drawing units, whole numbers only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ROW = 50
LENGTH = 640


@dataclass(frozen=True)
class Bar:
    """``width`` is in drawing units; what is not 0 is never too short to be seen. ``tone`` is a status tone."""

    label: str
    count: int
    tone: str
    y: int
    width: int

    @property
    def bar_y(self) -> int:
        return self.y + 26

    @property
    def text_y(self) -> int:
        return self.y + 18


@dataclass(frozen=True)
class Chart:
    bars: tuple[Bar, ...]
    height: int
    total: int


def bar_chart(rows: Iterable[tuple[str, int, str]]) -> Chart:
    """The chart of (label, count, tone): the longest bar fills the row, the others in proportion."""
    rows = list(rows)
    most = max((count for _label, count, _tone in rows), default=0)
    bars = tuple(
        Bar(label, count, tone, place * ROW, max(3, count * LENGTH // most) if count else 0)
        for place, (label, count, tone) in enumerate(rows)
    )
    return Chart(bars, len(bars) * ROW, sum(bar.count for bar in bars))
