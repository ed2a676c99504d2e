"""Lines over sittings."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from common.charts.axis import axis_for
from common.charts.drawing import (
    EDGE,
    FONT,
    LETTER,
    LINE,
    PLOT_HEIGHT,
    WIDTH,
    Chart,
    Drawing,
    Line,
    Mark,
    Run,
    Text,
    Value,
    check,
    cut,
    legend,
    said,
    slot,
    table,
)
from common.numbers import format_number

END_ROOM = 100
LABELLED_POINTS = 8


def line_chart(
    title: str,
    points: Sequence[str],
    series: Sequence[tuple[str, Sequence[Value]]],
    unit: str = "",
    places: int | None = None,
) -> Chart:
    """Lines over ``points`` in their order; a None leaves a gap. The values of the first series stand at its marks."""
    check(points, series)
    known = [value for _label, values in series for value in values if value is not None]
    axis = axis_for(known, from_zero=False)
    runs, marks, texts, top = _head(series, unit)
    top += FONT
    bottom = top + PLOT_HEIGHT
    left = EDGE + LETTER * max(len(axis.words(tick)) for tick in axis.ticks) + 14
    lines = []
    for tick in axis.ticks:
        y = axis.place(tick, bottom, top)
        lines.append(Line(left, y, WIDTH - EDGE, y, strong=tick == axis.low))
        texts.append(Text(left - 12, y + 9, axis.words(tick), "end", soft=True))
    across = [slot(left + 3 * FONT, WIDTH - END_ROOM, number, len(points)) for number in range(len(points))]
    for number, (_label, values) in enumerate(series):
        spots = [
            None if value is None else (x, axis.place(value, bottom, top))
            for x, value in zip(across, values, strict=True)
        ]
        runs += [Run(" ".join(f"{x},{y}" for x, y in part), number) for part in _parts(spots) if len(part) > 1]
        marks += [Mark(_shape(number, *spot), number) for spot in spots if spot is not None]
        if number == 0 and len(points) <= LABELLED_POINTS:
            texts += [
                Text(spot[0], spot[1] - 18, format_number(value, places), "middle", strong=True)
                for spot, value in zip(spots, values, strict=True)
                if spot is not None
            ]
    texts += _point_labels(points, across, bottom + FONT + 8)
    return Chart(
        title,
        said(points, series, places),
        Drawing(bottom + 2 * LINE, tuple(lines), (), tuple(runs), tuple(marks), tuple(texts)),
        ("", *(label for label, _values in series)),
        table(points, series, places),
        is_empty=not known,
        note=_("Dikey eksen %(low)s değerinden başlar.") % {"low": axis.words(axis.low)} if axis.low > 0 else "",
    )


def _head(series: Sequence[tuple[str, Sequence[Value]]], unit: str) -> tuple[list[Run], list[Mark], list[Text], int]:
    """What stands above the plot: which line is whose, and the unit; and where it ends."""
    runs: list[Run] = []
    marks: list[Mark] = []
    texts: list[Text] = []
    top = EDGE
    if len(series) > 1:
        spots, texts, top = legend([label for label, _values in series])
        runs = [Run(f"{x - 8},{y + 12} {x + 38},{y + 12}", number) for number, (x, y) in enumerate(spots)]
        marks = [Mark(_shape(number, x + 15, y + 12), number) for number, (x, y) in enumerate(spots)]
    if unit:
        texts.append(Text(EDGE, top + FONT, unit, soft=True))
        top += LINE
    return runs, marks, texts, top


def _point_labels(points: Sequence[str], places_x: Sequence[int], y: int) -> list[Text]:
    """Words under the points in two lines at most; of very many points every second (third …) has words."""
    every = max(1, -(-len(points) // LABELLED_POINTS))
    room = min((WIDTH - 2 * END_ROOM) // max(1, -(-len(points) // every) - 1), 2 * END_ROOM) // LETTER
    texts = []
    for number, (point, x) in enumerate(zip(points, places_x, strict=True)):
        if number % every == 0:
            lines = _wrapped(point, max(room, 5))
            texts += [
                Text(x, y + LINE * line - 6 * line, words, "middle", soft=True) for line, words in enumerate(lines)
            ]
    return texts


def _wrapped(words: str, letters: int) -> list[str]:
    lines = [""]
    for word in words.split():
        joined = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(joined) > letters:
            lines.append(word)
        else:
            lines[-1] = joined
    first, rest = lines[0], " ".join(lines[1:])
    return [cut(line, letters * LETTER) for line in (first, rest) if line]


def _parts(spots: Sequence[tuple[int, int] | None]) -> list[list[tuple[int, int]]]:
    parts: list[list[tuple[int, int]]] = [[]]
    for spot in spots:
        if spot is None:
            parts.append([])
        else:
            parts[-1].append(spot)
    return parts


def _shape(series: int, x: int, y: int) -> str:
    """The outline of a mark around its point, as an SVG path."""
    return (
        f"M{x - 9},{y}a9,9 0 1,0 18,0a9,9 0 1,0 -18,0Z",
        f"M{x - 8},{y - 8}h16v16h-16Z",
        f"M{x},{y - 10}l10,18h-20Z",
        f"M{x},{y - 11}l11,11l-11,11l-11,-11Z",
    )[series]
