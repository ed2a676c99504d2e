"""Where the people of a rule come from: which ranking answers which ``source`` and ``partition`` of the catalogue.

A rule without an entry here stays in the catalogue and is reported as not computable by every round.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from awards.models import AwardRule
from awards.precedence import Candidate, Partition, Place, Rule, parse_take
from common.text import sort_key
from schools.models.units import Category
from scoring.models import RankingRow, RankingRun


@dataclass(frozen=True)
class RankingSource:
    """A ranking in the terms of ``scoring``: measure, partition, and how wide its partitions are."""

    measure: str
    partition: str
    place: Place


SOURCES = {
    ("ranking:teacher_project_points", "district+institution category"): RankingSource(
        "teacher_project_points", "district,category", Place.DISTRICT
    ),
}

_CATEGORIES = {category: order for order, category in enumerate(Category.values)}


def source_of(rule: AwardRule) -> RankingSource | None:
    """The ranking that a rule reads; None where the module has no measure for it yet."""
    return SOURCES.get((rule.source, rule.partition))


def rule_with_candidates(
    rule: AwardRule, source: RankingSource, run: RankingRun, standing: Set[int | None] = frozenset()
) -> Rule:
    """A rule of the catalogue with everybody ranked in the run, as ``awards.precedence`` takes it. One query.

    ``standing`` are the districts (None: the province) whose list a board has already decided; they are left out.
    """
    rows = RankingRow.objects.filter(run=run, staff__isnull=False).order_by("position")
    if source.place is Place.PROVINCE:
        rows = rows.none() if None in standing else rows
    elif standing:
        rows = rows.exclude(district__in=[unit for unit in standing if unit is not None])
    found: dict[str, tuple[tuple[str, int], list[Candidate]]] = {}
    for key, district, category, staff, rank in rows.values_list(
        "partition_key", "district__name", "category", "staff_id", "rank"
    ):
        order = (sort_key(district or ""), _CATEGORIES.get(category, len(_CATEGORIES)))
        found.setdefault(key, (order, []))[1].append(Candidate(staff, rank))
    return Rule(
        code=rule.code,
        group=rule.group,
        document=rule.document,
        order=rule.order,
        take=parse_take(rule.take),
        partitions=tuple(_partitions(found.items(), source.place)),
    )


def _partitions(
    found: Iterable[tuple[str, tuple[tuple[str, int], list[Candidate]]]], place: Place
) -> Iterable[Partition]:
    for key, (order, candidates) in found:
        yield Partition(key=key, place=place, order=order, candidates=tuple(candidates))
