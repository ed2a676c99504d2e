"""The criteria of a year: what is counted, what it is worth, which version says so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import gcd

from django.db.models import QuerySet

from eba.models import PLATFORM, SCALE, CriteriaTable, Criterion, CriterionWeight, StaffUse
from schools import year_settings
from schools.models import AcademicYear
from schools.selectors.year_tables import Cells, Difference, differences, versions_shown

MINUTES = 60
IN_MINUTES = "minutes"
POINT_UNITS = SCALE * 100
"""Points are whole numbers of 1/POINT_UNITS: values in 1/SCALE, coefficients in hundredths."""


@dataclass(frozen=True)
class Line:
    """What a criterion is worth: ``coefficient`` points for each counted unit, at most ``cap`` units in a term.

    ``per_unit`` is how many counted units a unit of the criterion has: 60 where the year counts time in minutes.
    """

    criterion: Criterion
    coefficient: Decimal
    cap: int | None
    per_unit: int = 1

    @property
    def hundredths(self) -> int:
        return int(self.coefficient * 100)

    @property
    def weight(self) -> int:
        """Point units for each stored unit."""
        return self.hundredths * self.per_unit

    @property
    def limit(self) -> int | None:
        """The most stored units that count."""
        return None if self.cap is None else self.cap * SCALE // self.per_unit

    @property
    def unit(self) -> str:
        if self.per_unit == MINUTES:
            return "dakika"
        return "saat" if self.criterion.unit == Criterion.Unit.HOUR else "adet"

    def counted(self, units: int) -> int:
        return units if self.limit is None else min(units, self.limit)

    def amount(self, units: int) -> Fraction:
        """Stored units in the unit that is counted."""
        return Fraction(units * self.per_unit, SCALE)


@dataclass(frozen=True)
class Tariff:
    """An approved table with its lines in the order of the criteria; ``time_unit`` is the year's: hours or minutes."""

    table: CriteriaTable
    time_unit: str
    lines: tuple[Line, ...]

    @property
    def step(self) -> int:
        """Point units that all weights are multiples of; sums in these steps keep a province within 64 bits."""
        return gcd(*(line.weight for line in self.lines)) or 1


def approved_table(year: AcademicYear) -> CriteriaTable | None:
    """The year's table in force."""
    found = CriteriaTable.objects.filter(year=year, platform__code=PLATFORM, status=CriteriaTable.Status.APPROVED)
    return found.select_related("platform", "year__province").first()


def lines_of(table: CriteriaTable, *, in_minutes: bool) -> tuple[Line, ...]:
    """The lines of a table in the order of the criteria; one query."""
    rows = CriterionWeight.objects.filter(table=table).select_related("criterion").order_by("criterion__order", "pk")
    return tuple(
        Line(
            row.criterion,
            row.coefficient,
            row.cap,
            MINUTES if in_minutes and row.criterion.unit == Criterion.Unit.HOUR else 1,
        )
        for row in rows
    )


def tariff_of(year: AcademicYear) -> Tariff | None:
    """The year's criteria in force; None before a table is approved. Three queries."""
    table = approved_table(year)
    if table is None:
        return None
    time_unit = str(year_settings.get(year, "time_unit"))
    return Tariff(table, time_unit, lines_of(table, in_minutes=time_unit == IN_MINUTES))


def counts_minutes(year: AcademicYear) -> bool:
    return bool(year_settings.get(year, "time_unit") == IN_MINUTES)


def tables_visible_to(year: AcademicYear, *, drafts: bool) -> QuerySet[CriteriaTable]:
    """The versions of a year, newest first; drafts only for those who may see them."""
    return versions_shown(CriteriaTable.objects.filter(year=year, platform__code=PLATFORM), drafts=drafts)


def table_differences(before: CriteriaTable, after: CriteriaTable) -> list[Difference]:
    """Every coefficient and cap that differs, in the order of the criteria; two queries."""
    return differences(_cells(before), _cells(after))


def _cells(table: CriteriaTable) -> Cells:
    cells: dict[tuple[str, str], Decimal | int | None] = {}
    for line in lines_of(table, in_minutes=False):
        cells[line.criterion.name, "Katsayı"] = line.coefficient
        cells[line.criterion.name, "Üst sınır"] = line.cap
    return cells


def terms_in_use(year: AcademicYear) -> list[int]:
    """The terms of the year for which use by staff is imported already."""
    found = StaffUse.objects.filter(year=year, platform__code=PLATFORM)
    return list(found.order_by("term").values_list("term", flat=True).distinct())
