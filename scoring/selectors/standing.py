"""Where a person stands: their rows in published rankings, and their points for the use of EBA as recorded now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from eba.models import CriteriaTable
from eba.selectors.criteria import tariff_of
from eba.selectors.points import own_terms
from schools.models import AcademicYear, StaffMember
from scoring.inputs.eba_points import term_facts
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
    tariff = tariff_of(year)
    terms = own_terms(tariff, staff) if tariff else {}
    if tariff is None or not terms:
        return None
    return UsePoints(tariff.table, [term_facts(found) for found in terms.values()])
