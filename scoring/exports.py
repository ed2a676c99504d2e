"""Rankings as rows of text: what the command prints and what is downloaded."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from schools.models.units import Category
from scoring.models import RankingRow
from scoring.selectors.rankings import Ranking

COLUMNS = ("rank", "holder_id", "holder", "value")


def value_text(value: Decimal) -> str:
    """Always four decimals: "28.8000"."""
    return f"{value:.4f}"


def ranking_header(ranking: Ranking) -> tuple[str, ...]:
    """A column per partition part, then the fixed ones."""
    return (*ranking.partition.parts, *COLUMNS)


def ranking_rows(ranking: Ranking) -> Iterator[tuple[Any, ...]]:
    """The cells of every row under ``ranking_header``."""
    by_code = ranking.measure.holder == "institution"
    shown: dict[int, str] = {}
    labels: dict[Any, tuple[str, ...]] = {}
    for row in ranking.rows:
        parts, numerator = row[0], row[7]
        if numerator not in shown:
            shown[numerator] = value_text(ranking.value(row))
        if parts not in labels:
            labels[parts] = row.labels
        holder = row[5]
        yield *labels[parts], row[2], holder[2][5] if by_code else str(row[4]), holder[0], shown[numerator]


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
    table = ranking.reading.points_table
    return {
        "measure": ranking.measure.code,
        "partition": ",".join(ranking.partition.parts),
        "points_table_version": table.version if table else None,
        "settings": dict(ranking.reading.used_settings),
        "tied_at_cut": bool(ranking.cut_ties),
        "rows": [dict(zip(header, cells, strict=True)) for cells in ranking_rows(ranking)],
    }


RUN_COLUMNS = ("Sıra", "Ad Soyad", "Unvan", "Kurum Kodu", "Kurum", "İlçe", "Kategori", "Puan", "Eşit", "Nasıl oluştu")


def run_cells(rows: QuerySet[RankingRow]) -> Iterator[tuple[Any, ...]]:
    """The rows of a stored run for a download, under ``RUN_COLUMNS``."""
    fields = rows.values_list("rank", "holder_name", "category", "value", "tied", "evidence")
    for rank, name, category, value, tied, evidence in fields.iterator(chunk_size=1000):
        yield (
            rank,
            name,
            evidence.get("title", ""),
            evidence.get("institution_code", ""),
            evidence.get("institution", ""),
            evidence.get("district", ""),
            str(Category(category).label) if category else "",
            value,
            tied,
            evidence.get("working", ""),
        )
