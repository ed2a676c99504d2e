"""What a chart is made of, as plain data in whole drawing units, and how words find their room in it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from common.numbers import Number, format_number, rounded

WIDTH = 800
FONT = 26
LETTER = 13
"""What a letter takes on average; only used to cut and wrap words."""

EDGE = 8
LINE = 36
GAP = 18
PLOT_HEIGHT = 360
MOST_SERIES = 4

Value = Number | None


@dataclass(frozen=True)
class Line:
    x1: int
    y1: int
    x2: int
    y2: int
    strong: bool = False


@dataclass(frozen=True)
class Rect:
    """``series`` names the fill: 0 plain, 1 striped, 2 dotted, 3 empty."""

    x: int
    y: int
    width: int
    height: int
    series: int = 0


@dataclass(frozen=True)
class Text:
    x: int
    y: int
    words: str
    anchor: str = "start"
    strong: bool = False
    soft: bool = False


@dataclass(frozen=True)
class Run:
    """A line through points without a gap; ``points`` as SVG writes them."""

    points: str
    series: int


@dataclass(frozen=True)
class Mark:
    """A point of a line: a circle, square, triangle or diamond by its series."""

    path: str
    series: int


@dataclass(frozen=True)
class Drawing:
    height: int
    lines: tuple[Line, ...] = ()
    rects: tuple[Rect, ...] = ()
    runs: tuple[Run, ...] = ()
    marks: tuple[Mark, ...] = ()
    texts: tuple[Text, ...] = ()
    width: int = WIDTH


@dataclass(frozen=True)
class Chart:
    """A drawing with its words; ``head`` and ``rows`` are the table behind it, first column in words.

    ``note`` says what a hasty eye would get wrong.
    """

    title: str
    description: str
    drawing: Drawing
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_empty: bool = False
    note: str = ""

    @property
    def table_css(self) -> str:
        """Three columns fit a phone as they stand; more of them fall into cards."""
        return "table-keep" if len(self.head) <= 3 else ""

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """The rows with the head's word at each cell, for a table that falls into cards on a phone."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]

    @property
    def key(self) -> str:
        """Names the parts of this chart in a page; the same chart has the same key."""
        told = repr((self.title, self.drawing, self.rows))
        return f"c{hashlib.sha256(told.encode()).hexdigest()[:10]}"


def check(groups: Sequence[str], series: Sequence[tuple[str, Sequence[Value]]]) -> None:
    if not 1 <= len(series) <= MOST_SERIES:
        raise ValueError(f"a chart shows 1 to {MOST_SERIES} series")
    if any(len(values) != len(groups) for _label, values in series):
        raise ValueError("every series has a value or None for each group")


def legend(labels: Sequence[str]) -> tuple[list[tuple[int, int]], list[Text], int]:
    """Corners of the swatches (34 x 24) and their words, in as many lines as they need; and where the plot begins."""
    spots, texts = [], []
    x, y = EDGE, EDGE
    for label in labels:
        words = cut(label, WIDTH - 2 * EDGE - 60)
        room = 44 + LETTER * len(words) + 30
        if x > EDGE and x + room > WIDTH:
            x, y = EDGE, y + LINE
        spots.append((x, y + 4))
        texts.append(Text(x + 44, y + FONT - 2, words))
        x += room
    return spots, texts, y + LINE + GAP


def slot(left: int, right: int, number: int, count: int) -> int:
    """The place of one of ``count`` points spread over the width; a single one stands in the middle."""
    if count == 1:
        return (left + right) // 2
    return int(rounded(left + Fraction((right - left) * number, count - 1)))


def cut(words: str, room: int) -> str:
    letters = max(room // LETTER, 2)
    return words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…"


def said(groups: Sequence[str], series: Sequence[tuple[str, Sequence[Value]]], places: int | None) -> str:
    """The chart in a sentence: highest and lowest of the first series."""
    values = [(value, -number) for number, value in enumerate(series[0][1]) if value is not None]
    if not values:
        return _("Gösterilecek değer yok.")
    high, low = max(values), min(values, key=lambda pair: (pair[0], -pair[1]))
    named = {
        "series": series[0][0],
        "best": groups[-high[1]],
        "high": format_number(high[0], places),
        "worst": groups[-low[1]],
        "low": format_number(low[0], places),
    }
    if len(values) == 1:
        return _("%(series)s: %(best)s %(high)s.") % named
    return _("%(series)s: en yüksek %(best)s (%(high)s), en düşük %(worst)s (%(low)s).") % named


def table(
    groups: Sequence[str], series: Sequence[tuple[str, Sequence[Value]]], places: int | None
) -> tuple[tuple[str, ...], ...]:
    """The rows behind a chart of groups and series."""
    return tuple(
        (group, *(format_number(values[number], places) for _label, values in series))
        for number, group in enumerate(groups)
    )
