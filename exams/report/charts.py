"""The charts of a report: the same drawings on the page and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from common.charts import Chart, bar_chart, grouped_bars, histogram, line_chart
from exams.models import Exam
from exams.report.parts import PLACES, Group, SubjectLine, UnitLine
from exams.selectors.figures import binned
from exams.selectors.overview import Means, Overview
from exams.selectors.topics import TopicLine

TOPICS_CHARTED = 10
MOST_UNITS_CHARTED = 25


def subject_chart(subjects: Sequence[SubjectLine], own: Group, beside: Sequence[Group]) -> Chart:
    series: list[tuple[str, list[Fraction | None]]] = [(own.label, [line.net.value for line in subjects])]
    series += [(group.label, [line.beside[n].value for line in subjects]) for n, group in enumerate(beside)]
    title = (
        _("Ders netleri")
        if not beside
        else _("Ders netleri: %(names)s") % {"names": ", ".join(label for label, _values in series)}
    )
    return grouped_bars(title, [line.name for line in subjects], series, _("Ortalama net"), PLACES)


def unit_chart(lines: Sequence[UnitLine], title: str, by_score: bool) -> Chart | None:
    if not 1 < len(lines) <= MOST_UNITS_CHARTED:
        return None
    unit = _("Ortalama puan") if by_score else _("Ortalama toplam net")
    return bar_chart(f"{title}: {unit}", [(line.name, line.main.value) for line in lines], unit, PLACES)


def spread_chart(own: Group, overview: Overview) -> Chart | None:
    of = _("Puan") if overview.scale.by_score else _("Toplam net")
    if not own.figures.bins or own.cell(None, lambda figures: sum(students for _, students in figures.bins)).hidden:
        return None
    return histogram(_("Dağılım: %(of)s") % {"of": of}, binned(own.figures, overview.scale), of, _("Öğrenci"))


def sitting_chart(sittings: Sequence[Exam], series: Sequence[tuple[str, Sequence[Means]]]) -> Chart | None:
    """The line over sittings; scores where every sitting with a value has one."""
    if len(sittings) < 2:
        return None
    own = [means for means in series[0][1] if means.net is not None or means.score is not None]
    by_score = bool(own) and all(means.score is not None for means in own)
    unit = _("Ortalama puan") if by_score else _("Ortalama toplam net")
    points = [f"{one.code} {one.date:%d.%m.%Y}" for one in sittings]
    values = [(label, [means.score if by_score else means.net for means in found]) for label, found in series]
    return line_chart(_("Oturumlar: %(unit)s") % {"unit": unit}, points, values, unit, PLACES)


def topic_chart(topics: Sequence[TopicLine], own: Group, beside: Sequence[Group]) -> Chart | None:
    worst = [line for line in topics if line.questions][:TOPICS_CHARTED]
    if not worst:
        return None
    series: list[tuple[str, list[Fraction | None]]] = [(own.label, [line.own for line in worst])]
    if len(beside) > 1:
        series.append((beside[0].label, [line.district for line in worst]))
    if beside:
        series.append((beside[-1].label, [line.province for line in worst]))
    names = [f"{line.subject} / {line.topic}" for line in worst]
    return grouped_bars(_("En çok eksik kalan konular"), names, series, _("Doğru cevap yüzdesi"), PLACES)
