"""Bars: lying ones for named things, standing ones for a distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from django.utils.translation import gettext as _

from common.charts.axis import Axis, axis_for
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
    Rect,
    Text,
    Value,
    check,
    cut,
    legend,
    said,
    table,
)
from common.numbers import NO_VALUE, Number, format_number, rounded

BAR = 30
THIN_BAR = 24
BETWEEN_BARS = 4
GAP = 18
VALUE_ROOM = 132
MOST_LABELLED_BINS = 12


@dataclass
class Rows:
    """Rows of lying bars, drawn from top to bottom; ``top`` is where the next one begins."""

    axis: Axis
    top: int
    places: int | None
    thick: int
    lines: list[Line] = field(default_factory=list)
    rects: list[Rect] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left, self.right = (VALUE_ROOM if self.axis.low < 0 else EDGE), WIDTH - VALUE_ROOM
        self.zero = self.at(0)
        self.ticks = [self.at(tick) for tick in self.axis.ticks]

    def at(self, value: Number) -> int:
        return self.axis.place(value, self.left, self.right)

    def add_group(self, label: str, values: Sequence[Value]) -> None:
        self.texts.append(Text(EDGE, self.top + FONT, cut(label, WIDTH - 2 * EDGE), strong=len(values) > 1))
        self.top += LINE
        below = self.top + len(values) * (self.thick + BETWEEN_BARS)
        self.lines += [Line(x, self.top - BETWEEN_BARS, x, below, strong=x == self.zero) for x in self.ticks]
        for number, value in enumerate(values):
            self._add_bar(number, value)
            self.top += self.thick + BETWEEN_BARS
        self.top += GAP

    def _add_bar(self, number: int, value: Value) -> None:
        y = self.top + (self.thick + FONT) // 2 - 5
        if value is None:
            self.texts.append(Text(self.zero + 10, y, NO_VALUE, soft=True))
            return
        end = self.at(value)
        self.rects.append(Rect(min(self.zero, end), self.top, abs(end - self.zero), self.thick, number))
        x, anchor = (end + 10, "start") if value >= 0 else (end - 10, "end")
        self.texts.append(Text(x, y, format_number(value, self.places), anchor))

    def add_axis(self, unit: str) -> None:
        self.texts += [
            Text(x, self.top + FONT + 4, self.axis.words(tick), "start" if x == EDGE else "middle", soft=True)
            for x, tick in zip(self.ticks, self.axis.ticks, strict=True)
        ]
        self.top += FONT + 14
        if unit:
            self.texts.append(Text((self.left + self.right) // 2, self.top + FONT, unit, "middle", soft=True))
            self.top += LINE


def bar_chart(title: str, items: Sequence[tuple[str, Value]], unit: str = "", places: int | None = None) -> Chart:
    """One bar an item. ``places`` fixes the digits after the comma; None shows what there is, four at most."""
    labels = [label for label, _value in items]
    return grouped_bars(title, labels, [(unit or _("Değer"), [value for _label, value in items])], unit, places)


def grouped_bars(
    title: str,
    groups: Sequence[str],
    series: Sequence[tuple[str, Sequence[Value]]],
    unit: str = "",
    places: int | None = None,
) -> Chart:
    """Bars side by side: ``series`` holds a value (or None) for each of ``groups``; four series at most."""
    check(groups, series)
    known = [value for _label, values in series for value in values if value is not None]
    labels = [label for label, _values in series]
    rows = Rows(axis_for(known), EDGE, places, BAR if len(series) == 1 else THIN_BAR)
    if len(series) > 1:
        spots, rows.texts, rows.top = legend(labels)
        rows.rects = [Rect(x, y, 34, 24, number) for number, (x, y) in enumerate(spots)]
    for number, group in enumerate(groups):
        rows.add_group(group, [values[number] for _label, values in series])
    rows.add_axis(unit)
    return Chart(
        title,
        said(groups, series, places),
        Drawing(rows.top, tuple(rows.lines), tuple(rows.rects), texts=tuple(rows.texts)),
        ("", *labels),
        table(groups, series, places),
        is_empty=not known,
    )


def histogram(
    title: str, bins: Sequence[tuple[Number, Number, int]], axis_label: str = "", unit: str = "", places: int = 0
) -> Chart:
    """How many fall into each bin (low, high, count), low included; ``axis_label`` says of what, ``unit`` who."""
    unit = unit or _("Öğrenci")
    axis = axis_for([count for _low, _high, count in bins])
    top = EDGE + LINE + FONT
    bottom = top + PLOT_HEIGHT
    left = EDGE + LETTER * max(len(axis.words(tick)) for tick in axis.ticks) + 14
    right = WIDTH - EDGE - FONT
    texts = [Text(EDGE, EDGE + FONT, unit, soft=True)]
    lines = []
    for tick in axis.ticks:
        y = axis.place(tick, bottom, top)
        lines.append(Line(left, y, right, y, strong=tick == 0))
        texts.append(Text(left - 12, y + 9, axis.words(tick), "end", soft=True))
    edges = [int(rounded(left + Fraction((right - left) * n, max(len(bins), 1)))) for n in range(len(bins) + 1)]
    rects, counts = _columns(bins, edges, axis, top, bottom)
    height = bottom + FONT + 16
    texts += counts + _edge_labels(bins, edges, bottom + FONT + 6, places)
    if axis_label:
        texts.append(Text((left + right) // 2, height + FONT, axis_label, "middle", soft=True))
        height += LINE
    total = sum(count for *_ends, count in bins)
    return Chart(
        title,
        _("%(unit)s sayısı: %(count)s.") % {"unit": unit, "count": format_number(total)},
        Drawing(height, tuple(lines), tuple(rects), texts=tuple(texts)),
        (axis_label or _("Aralık"), unit),
        tuple(
            (f"{format_number(low, places)} – {format_number(high, places)}", format_number(count))
            for low, high, count in bins
        ),
        is_empty=not total,
    )


def _columns(
    bins: Sequence[tuple[Number, Number, int]], edges: Sequence[int], axis: Axis, top: int, bottom: int
) -> tuple[list[Rect], list[Text]]:
    rects, texts = [], []
    for number, (_low, _high, count) in enumerate(bins):
        if count:
            left, right, y = edges[number], edges[number + 1], axis.place(count, bottom, top)
            rects.append(Rect(left + 2, y, right - left - 4, bottom - y))
            texts.append(Text((left + right) // 2, y - 8, format_number(count), "middle", strong=True))
    return rects, texts


def _edge_labels(bins: Sequence[tuple[Number, Number, int]], edges: Sequence[int], y: int, places: int) -> list[Text]:
    ends = [low for low, _high, _count in bins] + [high for _low, high, _count in bins[-1:]]
    every = max(1, -(-len(ends) // MOST_LABELLED_BINS))
    return [
        Text(edges[number], y, format_number(end, places), "middle", soft=True)
        for number, end in enumerate(ends)
        if number % every == 0
    ]
