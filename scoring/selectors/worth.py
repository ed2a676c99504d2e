"""What a claim would bring if it were approved, by the points table in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from projects.models import ProgrammeItem
from projects.workflow import ClaimStage
from schools import year_settings
from schools.models import AcademicYear
from scoring.models import PointsLine, PointsTable, ProgrammeCoefficient

HIGHEST_GIVEN = Decimal(100)
"""The most that a reviewer gives to an independent item."""


@dataclass(frozen=True)
class StageWorth:
    """The working of one stage: ``points`` × ``percent`` % = ``product``, exactly; ``label`` in words.

    ``is_blank``: the table has no points for this stage, which counts as 0.
    """

    label: str
    points: Decimal
    percent: Decimal
    is_blank: bool = False

    @property
    def product(self) -> Decimal:
        return self.points * self.percent / 100


@dataclass(frozen=True)
class ItemWorth:
    """What an item is worth at the chosen stage and at the other one, and what is special about it.

    ``levels`` are the levels of a local project at the chosen stage, ``steps`` how many steps the item's ladder has;
    ``sums``: the year adds the stages up instead of counting the higher one.
    """

    item: ProgrammeItem
    table: PointsTable
    chosen: StageWorth
    other: StageWorth
    levels: list[StageWorth] = field(default_factory=list)
    steps: int = 0
    sums: bool = False

    @property
    def most(self) -> StageWorth:
        """The most that an independent item can bring."""
        return StageWorth("", HIGHEST_GIVEN, self.chosen.percent)


def table_in_force(year: AcademicYear) -> PointsTable | None:
    return PointsTable.objects.filter(year=year, status=PointsTable.Status.APPROVED).order_by("-version").first()


def worth_of(table: PointsTable, item: ProgrammeItem, stage: str) -> ItemWorth | None:
    """The worth of an item by a table, in a fixed number of queries; None where the table has no line for it."""
    beside = ProgrammeItem.objects.filter(pk=item.pk)
    if item.is_local_level:
        beside = ProgrammeItem.objects.filter(programme=item.programme_id, is_local_level=True)
    lines = {line.item_id: line for line in _lines(table, beside.order_by("order"))}
    coefficient = ProgrammeCoefficient.objects.filter(table=table, programme=item.programme_id).first()
    own = lines.get(item.pk)
    if own is None or coefficient is None:
        return None
    other = ClaimStage.SUCCESS if stage == ClaimStage.PREPARING else ClaimStage.PREPARING
    percent = coefficient.percent
    levels = [_stage_of(line, stage, percent, line.item.name) for line in lines.values()]
    ladder = ProgrammeItem.objects.filter(programme=item.programme_id, ladder=item.ladder) if item.ladder else None
    return ItemWorth(
        item=item,
        table=table,
        chosen=_stage_of(own, stage, percent),
        other=_stage_of(own, other, percent),
        levels=levels if item.is_local_level else [],
        steps=0 if ladder is None else ladder.count(),
        sums=year_settings.get(table.year, "project_points") == "sum",
    )


def _lines(table: PointsTable, items: Iterable[ProgrammeItem]) -> Iterable[PointsLine]:
    return PointsLine.objects.filter(table=table, item__in=items).select_related("item").order_by("item__order", "pk")


def _stage_of(line: PointsLine, stage: str, percent: Decimal, label: str = "") -> StageWorth:
    points = line.preparing_points if stage == ClaimStage.PREPARING else line.success_points
    return StageWorth(label or str(ClaimStage(stage).label), points or Decimal(0), percent, points is None)
