"""What claims, projects and teachers are worth.

Amounts are integers in units of a millionth of a point (points have two decimals, coefficients two decimals of a
percent), times the common denominator of split teams where there is one. Nothing is rounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from operator import itemgetter
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
    """An approved claim; ``independent`` are the points that the reviewer gave (0-100), for independent items only.

    The arithmetic also takes plain tuples of these five.
    """

    project: int
    id: int
    item: int
    stage: str
    independent: Decimal | None


Weight = tuple[int, bool, int, int]
"""Units, whether a success, place in the catalogue, item."""


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
        self._steps = {item.id: (item.ladder, item.step) for item in self.items.values() if item.ladder}

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
            return claim.independent or Decimal(0)
        return item.points(claim.stage)

    def units(self, claim: Claim) -> int:
        """Points x coefficient / 100 in units; an item that the table does not know is worth 0."""
        item = self.items.get(claim[2])
        if item is None:
            return 0
        if item.independent:
            return self._product(item, claim[4] or Decimal(0))
        return self._units[claim[2], claim[3]]

    def weight(self, claim: Claim) -> Weight:
        """Units of a claim, and what names the counted one among equal claims: stage, then place in the catalogue."""
        item = self.items.get(claim[2])
        return self.units(claim), claim[3] == SUCCESS, item.order if item else -1, claim[2]

    def programme(self, item: int) -> int:
        """The programme of an item; 0 for one that the table does not know."""
        known = self.items.get(item)
        return known.programme if known else 0

    def lower_steps(self, claims: Iterable[Claim]) -> set[int]:
        """Claims (by id) on a ladder's lower steps: a project counts only its highest approved step of each ladder."""
        steps = self._steps
        laddered = [claim for claim in claims if claim[2] in steps]
        highest: dict[tuple[int, str], int] = {}
        for claim in laddered:
            ladder, step = steps[claim[2]]
            key = claim[0], ladder
            highest[key] = max(step, highest.get(key, 0))
        return {claim[1] for claim in laddered if steps[claim[2]][1] < highest[claim[0], steps[claim[2]][0]]}

    def cap(self, programme: int) -> int:
        """The most a teacher can collect in a programme under ``capped_per_programme``: its coefficient as points."""
        return int(self.coefficients.get(programme, Decimal(0)) * UNIT)


_Worth = tuple[int, int]
"""Units and programme."""


def project_points(claims: Sequence[Claim], scale: Scale, rule: str = "highest") -> dict[int, ProjectPoints]:
    """Each project's points from its approved claims.

    ``highest``: its best claim. ``sum``: its best preparing plus its best success claim. Among equal claims the
    success stage is named as the counted one, then the one later in the catalogue; that decides no points.
    """
    best: dict[int, tuple[_Worth, Claim]] = {}
    of_stage: dict[str, dict[int, tuple[_Worth, Claim]]] = {SUCCESS: {}, PREPARING: {}}
    for worth, stage, alike in _from_least_to_most(claims, scale):
        for claim in alike:
            best[claim[0]] = worth, claim
        if rule == "sum":
            of_stage[stage].update((claim[0], (worth, claim)) for claim in alike)
    result = {
        project: ProjectPoints(units, programme, (claim,)) for project, ((units, programme), claim) in best.items()
    }
    for project in of_stage[SUCCESS].keys() & of_stage[PREPARING].keys():
        both = [found[project] for found in of_stage.values()]
        units = sum(worth[0] for worth, _claim in both)
        result[project] = ProjectPoints(units, result[project].programme, tuple(claim for _worth, claim in both))
    return result


def _from_least_to_most(claims: Sequence[Claim], scale: Scale) -> Iterator[tuple[_Worth, str, list[Claim]]]:
    """Alike claims together (one item, stage and number of points), without the lower steps of ladders."""
    dropped = scale.lower_steps(claims)
    if dropped:
        claims = [claim for claim in claims if claim[1] not in dropped]
    alike: defaultdict[tuple[int, str, Decimal | None], list[Claim]] = defaultdict(list)
    for claim in claims:
        alike[claim[2:5]].append(claim)
    weighed = [(scale.weight(group[0]), group) for group in alike.values()]
    for (units, _won, _order, item), group in sorted(weighed, key=itemgetter(0)):
        yield (units, scale.programme(item)), group[0][3], group


def teacher_points(
    projects: Mapping[int, ProjectPoints], team: Iterable[tuple[int, int]], scale: Scale, rules: Rules
) -> Totals:
    """Points of every teacher from the projects in whose team they are; ``team`` holds (project, teacher) once each."""
    members = [pair for pair in team if pair[0] in projects]
    shares, denominator = project_shares(projects, members, rules.team_share)
    totals: defaultdict[int, int] = defaultdict(int)
    if rules.project_sum == "all":
        for project, teacher in members:
            totals[teacher] += shares[project]
        return Totals(dict(totals), denominator)
    by_programme: defaultdict[tuple[int, int], int] = defaultdict(int)
    best_only = rules.project_sum == "best_per_programme"
    for project, teacher in members:
        key = teacher, projects[project].programme
        share = shares[project]
        by_programme[key] = max(by_programme[key], share) if best_only else by_programme[key] + share
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
    return {project: projects[project].units * (common // size) for project, size in sizes.items()}, UNIT * common
