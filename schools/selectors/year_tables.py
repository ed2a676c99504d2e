"""What pages show of a year's tables: versions, and what a version changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import QuerySet

from schools.models import YearTable

TableT = TypeVar("TableT", bound=YearTable)

Cells = Mapping[tuple[str, str], Decimal | int | None]
"""The cells of a version by line and column, in the order of the page."""


@dataclass(frozen=True)
class Difference:
    """A cell that differs between two versions."""

    line: str
    cell: str
    before: Decimal | int | None
    after: Decimal | int | None


def differences(old: Cells, new: Cells) -> list[Difference]:
    """Every cell that differs, in the order of the newer version."""
    return [
        Difference(*key, old.get(key), new.get(key))
        for key in dict.fromkeys([*new, *old])
        if old.get(key) != new.get(key)
    ]


def versions_shown(tables: QuerySet[TableT], *, drafts: bool) -> QuerySet[TableT]:
    """These versions, newest first, with who made and approved them; drafts only for those who may see them."""
    if not drafts:
        tables = tables.exclude(status=YearTable.Status.DRAFT)
    return tables.select_related("created_by", "approved_by").order_by("-version")
