"""Rows of lists and rounds for files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from awards.models import AwardList, AwardRound
from awards.report import passed_over_sentence
from awards.selectors import RoundRow, lines_of, parts_of, round_rows
from awards.workflow import LineStatus

LIST_COLUMNS = (
    "Kural", "İlçe", "Kategori", "Sıra", "Ad Soyad", "Unvan", "Branş", "Kurum Kodu", "Kurum Adı", "Puan", "Belge",
    "Durum", "Açıklama",
)  # fmt: skip
ROUND_COLUMNS = tuple(field.name for field in fields(RoundRow))


def list_rows(award_list: AwardList) -> Iterator[tuple[Any, ...]]:
    """The lines of a list under ``LIST_COLUMNS``, in the order of the printed report."""
    for part in parts_of(lines_of(award_list)):
        for line in part.lines:
            passed = line.status == LineStatus.PASSED_OVER
            yield (
                award_list.rule.code,
                award_list.district.name if award_list.district else "",
                part.title,
                line.rank,
                line.holder_name,
                line.title,
                line.branch,
                line.institution.code if line.institution else "",
                line.institution_name,
                line.value,
                str(line.get_document_display()),
                str(line.get_status_display()),
                passed_over_sentence(line) if passed else line.reason,
            )


def list_filename(award_list: AwardList, extension: str) -> str:
    place = award_list.district or award_list.round.year.province
    return f"{award_list.rule.code} {place} {award_list.round.year.name}.{extension}"


def round_records(award_round: AwardRound) -> list[dict[str, Any]]:
    """The lines of a round under ``ROUND_COLUMNS``; values as decimal text with 4 places, missing ones empty."""
    records = []
    for row in round_rows(award_round):
        record = asdict(row)
        record["value"] = "" if row.value is None else f"{row.value:.4f}"
        record["rank"] = "" if row.rank is None else row.rank
        records.append(record)
    return records
