"""Rankings as rows of text: what the command prints and what is downloaded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.text import turkish_upper
from schools.models.units import Category
from scoring.engine.exact import DISPLAY_PLACES
from scoring.inputs import MEASURES
from scoring.models import RankingRow, RankingRun
from scoring.selectors.rankings import Ranking
from scoring.selectors.readers import Facts, Reader

COLUMNS = ("rank", "holder_id", "holder", "value")


def value_text(value: Decimal) -> str:
    """Always four decimals: "28.8000"."""
    return f"{value:.4f}"


def ratio_text(numerator: int, denominator: int) -> str:
    """A positive value as ``value_text`` shows it: rounded half up, in whole numbers."""
    whole, rest = divmod((2 * numerator * 10_000 + denominator) // (2 * denominator), 10_000)
    return f"{whole}.{rest:04}"


def ranking_header(ranking: Ranking) -> tuple[str, ...]:
    """A column per partition part, the subject in measures of exams, then the fixed ones."""
    return (*ranking.partition.parts, *(("subject",) if shows_subject(ranking) else ()), *COLUMNS)


def shows_subject(ranking: Ranking) -> bool:
    """Whether the subject is a column of its own, behind the partition; it stays empty where there is none."""
    return ranking.measure.needs == "exam" and "subject" not in ranking.partition.parts


def ranking_rows(ranking: Ranking) -> Iterator[tuple[Any, ...]]:
    """The cells of every row under ``ranking_header``."""
    by_code = ranking.measure.holder == "institution"
    with_subject = shows_subject(ranking)
    denominator = ranking.reading.denominator
    group: Any = None
    labels: tuple[str, ...] = ()
    before, shown = 0, ""
    for parts, _position, rank, _tied, key, holder, subject, numerator in ranking.rows:
        if parts is not group:
            group, labels = parts, tuple([part.label for part in parts])
        named = (*labels, subject) if with_subject else labels
        if numerator != before:
            before, shown = numerator, ratio_text(numerator, denominator)
        yield *named, rank, holder[2][5] if by_code else str(key), holder[0], shown


def ranking_csv(ranking: Ranking) -> str:
    """Comma-separated, UTF-8, one header line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ranking_header(ranking))
    writer.writerows(ranking_rows(ranking))
    return text.getvalue()


def ranking_json(ranking: Ranking) -> dict[str, Any]:
    """One object: what was ranked, and the rows; ``tied_at_cut`` says whether a tie made a group larger than asked."""
    header = ranking_header(ranking)
    read = ranking.reading
    return {
        "measure": ranking.measure.code,
        "partition": ",".join(ranking.partition.parts),
        "points_table_version": read.points_table.version if read.points_table else None,
        "exam_versions": {version.exam.code: version.number for version in read.exam_versions},
        "criteria_table_version": read.criteria_table.version if read.criteria_table else None,
        "settings": dict(read.used_settings),
        "tied_at_cut": bool(ranking.cut_ties),
        "rows": [dict(zip(header, cells, strict=True)) for cells in ranking_rows(ranking)],
    }


TOO_FEW = gettext_lazy("10 öğrenciden küçük grup gösterilmez")
HOLDER_COLUMNS = {"staff": ("Ad Soyad", "Unvan"), "student": ("Öğrenci",), "institution": ()}


PROGRESS = frozenset(
    {"teacher_exam_progress", "school_exam_progress", "school_monitoring_progress", "teacher_eba_progress"}
)
"""Measures whose value is a difference of two: this year's and last year's, this sitting's and the previous one's."""


def unit_of(run: RankingRun) -> str:
    """The unit of the run's values; standardised progress is a difference of standard scores, exams without a score
    give nets."""
    if run.used_settings.get("progress") == "standardised":
        return _("standart puan")
    if run.inputs.get("basis") == "net":
        return _("net")
    return str(MEASURES[run.measure].unit) if run.measure in MEASURES else _("puan")


def value_head(run: RankingRun) -> str:
    """What the run's values are, as a column's head: "Puan", "Gelişim (net)", "Genel Sıra"."""
    if "tier_scope" in run.used_settings:
        return _("Genel Sıra") if run.used_settings["tier_scope"] == "national" else _("İl Sırası")
    unit = unit_of(run)
    if run.measure in PROGRESS:
        return _("Gelişim (%(unit)s)") % {"unit": unit}
    if run.measure == "teacher_exam_success":
        return _("Başarı (%)")
    if run.measure == "student_eba_usage":
        return _("Süre (%(unit)s)") % {"unit": unit}
    return _("Toplam net") if unit == _("net") else turkish_upper(unit[:1]) + unit[1:]


def places_of(run: RankingRun) -> int:
    """How many decimals the run's values are shown with, in all its rows alike; ranks have none."""
    return 0 if "tier_scope" in run.used_settings else DISPLAY_PLACES


def has_subjects(run: RankingRun) -> bool:
    """Whether each row of the run is about one subject of an exam."""
    return run.measure in MEASURES and "subject" in MEASURES[run.measure].partitions


def holder_of(run: RankingRun) -> str:
    """Whose rows the run has: "staff", "student" or "institution"."""
    return MEASURES[run.measure].holder if run.measure in MEASURES else "staff"


def run_columns(run: RankingRun) -> tuple[str, ...]:
    """The head of a stored run's download: what was asked, the holder, their place, the value in its unit."""
    subject = ("Ders",) if has_subjects(run) else ()
    place = ("Kurum Kodu", "Kurum", "İlçe", "Kategori")
    holder = HOLDER_COLUMNS[holder_of(run)]
    return ("Sıra", *_asked(run), *subject, *holder, *place, value_head(run), "Eşit", "Nasıl oluştu")


FACTS = ("evidence", "district_id", "institution_id", "staff_id", "student_id")
"""The columns of ``Facts``."""


def run_cells(
    run: RankingRun,
    rows: QuerySet[RankingRow],
    reader: Reader,
    *,
    whole_ranks: bool = False,
) -> Iterator[tuple[Any, ...]]:
    """The rows of a stored run for a download, under ``run_columns``.

    Where the reader may not see a row's figures, the value stays empty and a sentence says why; where a student's
    answers are not theirs to see, the exam stands in place of the working. ``whole_ranks``: values that are ranks come
    without decimals.
    """
    asked = tuple(_asked(run).values())
    with_subject = has_subjects(run)
    holders = len(HOLDER_COLUMNS[holder_of(run)])
    as_ranks = whole_ranks and not places_of(run)
    fields = rows.values_list("rank", "subject", "holder_name", "category", "value", "tied", *FACTS)
    for rank, subject, name, category, value, tied, *decisive in fields.iterator(chunk_size=1000):
        facts = Facts(*decisive)
        evidence, shown = facts.evidence, reader.sees_figures(facts)
        yield (
            rank,
            *asked,
            *((subject,) if with_subject else ()),
            *(name, evidence.get("title", ""))[:holders],
            evidence.get("institution_code", ""),
            evidence.get("institution", ""),
            evidence.get("district", ""),
            str(Category(category).label) if category else "",
            (int(value) if as_ranks else value) if shown else None,
            tied,
            working_words(facts, reader) if shown else str(TOO_FEW),
        )


def working_words(facts: Facts, reader: Reader) -> str:
    """How a value came about, in one sentence; of a student's result only where it is from, for whom it is no more."""
    evidence = facts.evidence
    if reader.sees_answers(facts):
        return str(evidence.get("working", ""))
    return _("Değer, %(exam)s sonuçlarının %(version)s. sürümünden alındı.") % {
        "exam": evidence.get("exam", ""),
        "version": evidence.get("version", ""),
    }


def _asked(run: RankingRun) -> dict[str, Any]:
    """The exam or term of the run under its column."""
    heads = {"exam": "Sınav", "term": "Dönem"}
    return {heads[key]: value for key, value in run.parameters.items() if key in heads}
