"""Charts: where every bar, mark and word stands, counted by hand, and what a reader without colours or eyes gets."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string

from common.charts import Chart, bar_chart, grouped_bars, histogram, line_chart
from common.charts.axis import axis_for
from common.charts.drawing import Line, Rect, Text
from common.numbers import format_number, rounded

SVG = "{http://www.w3.org/2000/svg}"


def drawn(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(render_to_string("components/charts/drawing.svg", {"chart": chart}))


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "places", "text"),
        [
            (Fraction(1, 200), 2, "0,01"),
            (Fraction(99999, 20_000_000), 2, "0,00"),
            (Fraction(-1, 200), 2, "−0,01"),
            (Fraction(2, 3), 0, "1"),
            (Fraction(2, 3), None, "0,6667"),
            (1054, None, "1.054"),
            (Decimal("12.345"), 2, "12,35"),
        ],
    )
    def test_are_rounded_once_and_half_up(self, value, places, text):
        assert format_number(value, places) == text

    def test_halves_go_away_from_zero(self):
        assert [rounded(Decimal(value)) for value in ("0.5", "1.5", "2.5", "-0.5")] == [1, 2, 3, -1]


class TestAxis:
    @pytest.mark.parametrize(
        ("values", "low", "high", "step"),
        [
            ([10, Decimal("-2.5")], -5, 10, 5),
            ([20], 0, 20, 5),
            ([Fraction(7, 10)], 0, Fraction(4, 5), Fraction(1, 5)),
            ([-3], -3, 0, 1),
            ([], 0, 1, Fraction(1, 5)),
            ([0, 0], 0, 1, Fraction(1, 5)),
            ([31_000], 0, 40_000, 10_000),
        ],
    )
    def test_bars_begin_at_zero_and_steps_are_round(self, values, low, high, step):
        axis = axis_for(values)
        assert (axis.low, axis.high, axis.step) == (low, high, step)

    def test_lines_need_not_begin_at_zero(self):
        axis = axis_for([Decimal("41.5"), 47], from_zero=False)
        assert (axis.low, axis.high, axis.step) == (40, 48, 2)
        assert [axis.words(tick) for tick in axis.ticks] == ["40", "42", "44", "46", "48"]

    def test_a_single_value_stands_in_the_middle(self):
        axis = axis_for([Decimal("42.5")], from_zero=False)
        assert (axis.low, axis.high) == (Decimal("41.5"), Decimal("43.5"))
        assert axis.words(axis.ticks[0]) == "41,5"


class TestBars:
    chart = bar_chart("Netler", [("Türkçe", 10), ("Matematik", Decimal("-2.5")), ("Fen", None)], "Ortalama net", 1)

    def test_every_bar_has_its_exact_place(self):
        assert self.chart.drawing.rects == (Rect(311, 44, 357, 30), Rect(221, 132, 90, 30))
        assert Line(311, 40, 311, 78, strong=True) in self.chart.drawing.lines
        assert self.chart.drawing.height == 348

    def test_values_stand_outside_their_bars_and_a_missing_one_is_a_dash(self):
        texts = self.chart.drawing.texts
        assert Text(678, 67, "10,0") in texts
        assert Text(211, 155, "−2,5", "end") in texts
        assert Text(321, 243, "–", soft=True) in texts

    def test_table_and_sentence_say_the_same(self):
        assert self.chart.head == ("", "Ortalama net")
        assert self.chart.rows == (("Türkçe", "10,0"), ("Matematik", "−2,5"), ("Fen", "–"))
        assert self.chart.description == "Ortalama net: en yüksek Türkçe (10,0), en düşük Matematik (−2,5)."

    def test_groups_are_told_apart_by_pattern_and_legend(self):
        chart = grouped_bars("Dersler", ["Türkçe"], [("Okul", [4]), ("İlçe", [3]), ("İl", [2])])
        legend, bars = chart.drawing.rects[:3], chart.drawing.rects[3:]
        assert [rect.series for rect in legend] == [rect.series for rect in bars] == [0, 1, 2]
        assert [rect.width for rect in bars] == [660, 495, 330]
        fills = [rect.get("fill") for rect in drawn(chart).iter(f"{SVG}rect")][-3:]
        assert fills == ["#0b5563", f"url(#{chart.key}-1)", f"url(#{chart.key}-2)"]

    def test_one_value_for_each_group(self):
        with pytest.raises(ValueError, match="every series"):
            grouped_bars("Dersler", ["Türkçe", "Matematik"], [("Okul", [4])])
        with pytest.raises(ValueError, match="1 to 4"):
            grouped_bars("Dersler", [], [])


class TestLines:
    chart = line_chart(
        "Oturumlar", ["1", "2", "3", "4"], [("Okul", [40, 45, None, 50]), ("İl", [41, 41, 41, 41])], "net"
    )

    def test_points_have_their_exact_place_and_a_gap_stays_a_gap(self):
        runs = [(run.series, run.points) for run in self.chart.drawing.runs[2:]]
        assert runs == [(0, "126,484 317,304"), (1, "126,448 317,448 509,448 700,448")]
        assert sum(mark.series == 0 for mark in self.chart.drawing.marks) == 4  # three points and the legend's

    def test_an_axis_that_leaves_zero_out_says_so(self):
        assert self.chart.note == "Dikey eksen 40 değerinden başlar."
        assert line_chart("Oturumlar", ["1", "2"], [("Okul", [0, 5])]).note == ""
        assert "Dikey eksen 40 değerinden başlar." in render_to_string(
            "components/charts/figure.html", {"chart": self.chart}
        )

    def test_series_differ_in_shape(self):
        circle, square = self.chart.drawing.marks[2].path, self.chart.drawing.marks[-1].path
        assert "a9,9" in circle
        assert square.endswith("h16v16h-16Z")
        dashes = [line.get("stroke-dasharray") for line in drawn(self.chart).iter(f"{SVG}polyline")]
        assert dashes == [None, "16 8", None, "16 8"]

    def test_many_points_have_fewer_words(self):
        chart = line_chart("Oturumlar", [f"S{n}" for n in range(20)], [("Okul", list(range(20)))])
        words = [text.words for text in chart.drawing.texts if text.words.startswith("S")]
        assert words == ["S0", "S3", "S6", "S9", "S12", "S15", "S18"]


class TestHistogram:
    chart = histogram("Dağılım", [(0, 10, 1), (10, 20, 0), (20, 30, 4)], "Toplam net")

    def test_columns_stand_on_their_ground(self):
        assert [(rect.y, rect.height) for rect in self.chart.drawing.rects] == [(340, 90), (70, 360)]

    def test_edges_and_counts_are_written(self):
        words = [text.words for text in self.chart.drawing.texts]
        assert words[-5:] == ["0", "10", "20", "30", "Toplam net"]
        assert self.chart.rows[2] == ("20 – 30", "4")
        assert self.chart.description == "Öğrenci sayısı: 5."

    def test_nobody_is_no_chart(self):
        assert histogram("Dağılım", [(0, 10, 0)]).is_empty


class TestDrawing:
    def test_has_a_role_a_title_and_a_description(self):
        root = drawn(TestBars.chart)
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert (title.text, description.text) == (TestBars.chart.title, TestBars.chart.description)

    def test_whole_numbers_only_and_nothing_that_the_policy_refuses(self):
        for chart in (TestBars.chart, TestLines.chart, TestHistogram.chart):
            source = render_to_string("components/charts/drawing.svg", {"chart": chart})
            assert "style" not in source
            assert "<script" not in source
            numbers = re.findall(r' (?:x|y|width|height)="([^"]+)"', source)
            assert all(number.lstrip("-").isdecimal() for number in numbers)

    def test_words_of_people_are_escaped(self):
        page = Template("{% load ui %}{% chart chart %}").render(Context({"chart": bar_chart("<b>", [("<i>&", 1)])}))
        assert "<b>" not in page
        assert "<i>" not in page
        assert page.count("&lt;i&gt;&amp;") >= 2

    def test_table_is_behind_it(self):
        page = Template("{% load ui %}{% chart chart %}").render(Context({"chart": TestBars.chart}))
        row = '<td class="cell-main" data-label="">Matematik</td><td class="num" data-label="Ortalama net">−2,5</td>'
        assert page.index("<details>") < page.index(row)

    def test_a_chart_without_values_says_so(self):
        empty = grouped_bars("Dersler", ["Türkçe"], [("Okul", [None]), ("İl", [None])])
        page = Template("{% load ui %}{% chart chart %}").render(Context({"chart": empty}))
        assert "Gösterilecek değer yok." in page
        assert "<svg" not in page
