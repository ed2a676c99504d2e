"""What claims, projects and teachers are worth.

Amounts are integers in units of a millionth of a point (points have two decimals, coefficients two decimals of a
percent), times the common denominator of split teams where there is one. Nothing is rounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NamedTuple

UNIT = 10**6
PREPARING, SUCCESS = "preparing", "success"


class Rules(NamedTuple):
    """The year's decisions about points."""

    project_points: str = "highest"
    team_share: str = "full"
    project_sum: str = "all"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the points table; ``order`` is the catalogue's, ``step`` the place in the ladder (0 without one)."""

    id: int
    programme: int
    order: int
    preparing: Decimal | None
    success: Decimal | None
    independent: bool = False
    ladder: str = ""
    step: int = 0

    def points(self, stage: str) -> Decimal:
        """Points of a stage; a stage left blank in the table is worth 0."""
        return (self.preparing if stage == PREPARING else self.success) or Decimal(0)


class Claim(NamedTuple):
    """An approved claim; ``independent`` are the reviewer's points in hundredths, for independent items only."""

    project: int
    id: int
    item: int
    stage: str
    independent: int | None


class ProjectPoints(NamedTuple):
    """What a project is worth: ``units``, the programme it counts in, and the claims that were counted."""

    units: int
    programme: int
    counted: tuple[Claim, ...]


class Totals(NamedTuple):
    """Points of each teacher: ``values[teacher] / denominator``."""

    values: dict[int, int]
    denominator: int

    def value(self, teacher: int) -> Fraction:
        return Fraction(self.values.get(teacher, 0), self.denominator)


class Scale:
    """A version of the points table: coefficients in percent by programme, lines by item."""

    def __init__(self, coefficients: Mapping[int, Decimal], items: Iterable[Item]) -> None:
        self.coefficients = dict(coefficients)
        self.items = {item.id: item for item in items}
        self._units = {
            (item.id, stage): self._product(item, item.points(stage))
            for item in self.items.values()
            for stage in (PREPARING, SUCCESS)
        }

    def _product(self, item: Item, points: Decimal) -> int:
        units = points * self.coefficient(item) * (UNIT // 100)
        if units != int(units):
            raise ValueError("points and coefficients have at most two decimals")
        return int(units)

    def coefficient(self, item: Item) -> Decimal:
        """Percent of the item's programme; a programme without one counts nothing."""
        return self.coefficients.get(item.programme, Decimal(0))

    def points(self, claim: Claim) -> Decimal:
        """Points of a claim before the coefficient."""
        item = self.items.get(claim.item)
        if item is None:
            return Decimal(0)
        if item.independent:
            return Decimal(claim.independent or 0) / 100
        return item.points(claim.stage)

    def units(self, claim: Claim) -> int:
        """Points x coefficient / 100 in units; an item that the table does not know is worth 0."""
        item = self.items.get(claim.item)
        if item is None:
            return 0
        if item.independent:
            return self._product(item, Decimal(claim.independent or 0) / 100)
        return self._units[claim.item, claim.stage]

    def cap(self, programme: int) -> int:
        """The most a teacher can collect in a programme under ``capped_per_programme``: its coefficient as points."""
        return int(self.coefficients.get(programme, Decimal(0)) * UNIT)


def highest_steps(claims: Iterable[Claim], scale: Scale) -> list[Claim]:
    """The claims without those of a ladder's lower steps: of each ladder only the highest approved step counts."""
    listed = list(claims)
    highest: dict[str, int] = {}
    for claim in listed:
        item = scale.items.get(claim.item)
        if item is not None and item.ladder:
            highest[item.ladder] = max(item.step, highest.get(item.ladder, 0))
    if not highest:
        return listed
    return [
        claim
        for claim in listed
        if (item := scale.items.get(claim.item)) is None or not item.ladder or item.step == highest[item.ladder]
    ]


def project_points(claims: Iterable[Claim], scale: Scale, rule: str = "highest") -> dict[int, ProjectPoints]:
    """Each project's points from its approved claims.

    ``highest``: its best claim. ``sum``: its best preparing plus its best success claim. Among equal claims the
    success stage is named as the counted one, then the one later in the catalogue; that decides no points.
    """
    grouped: defaultdict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        grouped[claim.project].append(claim)
    return {project: points_of_claims(own, scale, rule) for project, own in grouped.items()}


def points_of_claims(claims: list[Claim], scale: Scale, rule: str) -> ProjectPoints:
    """The points of one project's approved claims (at least one)."""
    if len(claims) == 1:
        best = claims[0]
        item = scale.items.get(best.item)
        return ProjectPoints(scale.units(best), item.programme if item else 0, (best,))

    def strength(claim: Claim) -> tuple[int, bool, int, int]:
        item = scale.items.get(claim.item)
        return scale.units(claim), claim.stage == SUCCESS, item.order if item else -1, claim.item

    kept = sorted(highest_steps(claims, scale), key=strength, reverse=True)
    best = kept[0]
    counted = (best,)
    if rule == "sum":
        other = next((claim for claim in kept if claim.stage != best.stage), None)
        if other is not None:
            counted = (best, other)
    item = scale.items.get(best.item)
    return ProjectPoints(sum(map(scale.units, counted)), item.programme if item else 0, counted)


def teacher_points(
    projects: Mapping[int, ProjectPoints], team: Iterable[tuple[int, int]], scale: Scale, rules: Rules
) -> Totals:
    """Points of every teacher from the projects in whose team they are; ``team`` holds (project, teacher) once each."""
    members = [pair for pair in team if pair[0] in projects]
    shares, denominator = project_shares(projects, members, rules.team_share)
    if rules.project_sum == "all":
        totals: defaultdict[int, int] = defaultdict(int)
        for project, teacher in members:
            totals[teacher] += shares[project]
        return Totals(dict(totals), denominator)
    by_programme: defaultdict[tuple[int, int], int] = defaultdict(int)
    best_only = rules.project_sum == "best_per_programme"
    for project, teacher in members:
        key = teacher, projects[project].programme
        share = shares[project]
        by_programme[key] = max(by_programme[key], share) if best_only else by_programme[key] + share
    totals = defaultdict(int)
    for (teacher, programme), units in by_programme.items():
        totals[teacher] += units if best_only else min(units, scale.cap(programme) * denominator // UNIT)
    return Totals(dict(totals), denominator)


def project_shares(
    projects: Mapping[int, ProjectPoints], members: Iterable[tuple[int, int]], team_share: str
) -> tuple[dict[int, int], int]:
    """What one member of a project's team gets, and the denominator (per point) of these amounts."""
    if team_share != "split":
        return {project: points.units for project, points in projects.items()}, UNIT
    sizes: defaultdict[int, int] = defaultdict(int)
    for project, _teacher in members:
        sizes[project] += 1
    common = lcm(*sizes.values()) if sizes else 1
    return {
        project: projects[project].units * (common // size) for project, size in sizes.items()
    }, UNIT * common
