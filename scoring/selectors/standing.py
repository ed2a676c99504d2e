"""Where a person stands: their rows in published rankings, and their points for the use of EBA as recorded now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from eba.models import CriteriaTable
from schools.models import AcademicYear, StaffMember
from scoring.inputs.eba_points import NoCriteriaTable, Records, approved_weights, records
from scoring.models import RankingRow
from scoring.workflow import RunStatus


def published_rows(year: AcademicYear, staff: StaffMember) -> QuerySet[RankingRow]:
    """The person's rows in the rankings of the year that are published now, newest first."""
    rows = RankingRow.objects.filter(staff=staff, run__year=year, run__status=RunStatus.PUBLISHED)
    return rows.select_related("run").order_by("-run__published_at", "run", "position")


@dataclass(frozen=True)
class UsePoints:
    """A person's EBA points by term with their working, and the table that weighs them."""

    table: CriteriaTable
    terms: Sequence[dict[str, Any]]


def use_points(year: AcademicYear, staff: StaffMember) -> UsePoints | None:
    """The points of the terms in which the person has a record; None without records or an approved table."""
    try:
        weights = approved_weights(year)
    except NoCriteriaTable:
        return None
    terms = [term for term in (1, 2) if records(weights, term).filter(staff=staff).exists()]
    if not terms:
        return None
    return UsePoints(weights.table, [Records(weights, term, staff.pk).of(staff.pk) for term in terms])
