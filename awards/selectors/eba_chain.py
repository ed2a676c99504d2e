"""The chain of EBA awards as published rankings show it: the school proposes, the district picks, the province ranks
progress. Readers see the rows that concern them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from awards.sources import PROPOSED, ranked_again
from common.text import turkish_order
from schools.authority import scope_of
from schools.models import AcademicYear, District
from schools.models.units import Category
from scoring.models import RankingRow, RankingRun
from scoring.selectors.rows import rows_visible_to
from scoring.selectors.runs import published_run


@dataclass(frozen=True)
class Nominee:
    """Somebody whom a school proposes, with their rank among all whom schools of the district propose."""

    row: RankingRow
    district_rank: int

    @property
    def is_picked(self) -> bool:
        return self.district_rank <= PROPOSED


@dataclass(frozen=True)
class Proposals:
    """A term's published ranking (None before there is one) and those proposed in a district whom the reader sees."""

    run: RankingRun | None
    nominees: list[Nominee]


@dataclass(frozen=True)
class LevelRows:
    """The first three of a category by progress."""

    label: str
    rows: list[RankingRow]


def districts_of_chain(user: Any, year: AcademicYear) -> QuerySet[District]:
    """Districts that the reader may choose: all for the boards of the province, else those of the own boards."""
    scope = scope_of(user)
    rows = District.objects.filter(province=year.province_id, institutions__years__year=year).distinct()
    if year.province_id not in scope.provinces:
        rows = rows.filter(pk__in=scope.districts)
    return rows.order_by(turkish_order("name"), "pk")


def proposals(user: Any, year: AcademicYear, term: int, district: District | None) -> Proposals:
    """Who is proposed in a term: of the district, or without one of whatever concerns the reader; by district rank.

    A fixed number of queries; a district has three names a school and a few for ties.
    """
    run = published_run(year, "teacher_eba_points", "institution", {"term": term})
    if run is None:
        return Proposals(None, [])
    seen = rows_visible_to(user, run).filter(rank__lte=PROPOSED)
    if district is not None:
        seen = seen.filter(district=district)
    rows = list(seen.defer("evidence").select_related("institution", "district").order_by("position"))
    ranks = _district_ranks(run, {row.district_id for row in rows})
    found = [Nominee(row, ranks[row.pk]) for row in rows]
    return Proposals(
        run, sorted(found, key=lambda one: (one.row.district_id or 0, one.district_rank, one.row.position))
    )


def _district_ranks(run: RankingRun, districts: set[int | None]) -> dict[int, int]:
    """By row the rank among all nominees of its district."""
    values: dict[int, dict[int, str]] = {}
    nominees = RankingRow.objects.filter(run=run, district__in=districts, rank__lte=PROPOSED).order_by("position")
    for pk, district, value in nominees.values_list("pk", "district_id", "value_exact"):
        values.setdefault(district, {})[pk] = value
    return {pk: rank for own in values.values() for pk, rank in ranked_again(own).items()}


def progress_firsts(user: Any, year: AcademicYear) -> tuple[RankingRun | None, list[LevelRows]]:
    """The published ranking of progress and, by category in catalogue order, its first three whom the reader sees."""
    run = published_run(year, "teacher_eba_progress", "category")
    if run is None:
        return None, []
    rows = rows_visible_to(user, run).filter(rank__lte=PROPOSED).defer("evidence")
    found: dict[str, list[RankingRow]] = {}
    for row in rows.select_related("institution", "district").order_by("position"):
        found.setdefault(row.category, []).append(row)
    return run, [LevelRows(str(Category(key).label), found[key]) for key in Category.values if key in found]
