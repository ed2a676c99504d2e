"""The criteria of a year: what is counted, what it is worth, which version says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet

from eba.models import SCALE, CriteriaTable, Criterion, CriterionWeight, Platform, StaffUse
from schools import year_settings
from schools.models import AcademicYear

PLATFORM = "EBA"
"""The platform whose pages these are; another one needs data and an address of its own."""

MINUTES = 60
POINT_UNITS = SCALE * 100
"""Points are whole numbers of 1/POINT_UNITS: values in 1/SCALE, coefficients in hundredths."""


@dataclass(frozen=True)
class Line:
    """What a criterion is worth: ``coefficient`` points for each counted unit, at most ``cap`` units in a term.

    ``per_unit`` is how many counted units are in one stored unit: 60 where the year counts time in minutes.
    """

    criterion: Criterion
    coefficient: Decimal
    cap: int | None
    per_unit: int = 1

    @property
    def weight(self) -> int:
        """Point units for each stored unit."""
        return int(self.coefficient * 100) * self.per_unit

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
    """An approved table with its lines in the order of the criteria."""

    table: CriteriaTable
    lines: tuple[Line, ...]

    def point_units(self, values: Mapping[int, int]) -> int:
        """Points in 1/``POINT_UNITS`` of stored values by criterion id; what has no line counts nothing."""
        return sum(
            line.counted(values[line.criterion.pk]) * line.weight
            for line in self.lines
            if line.criterion.pk in values
        )  # fmt: skip


def platform() -> Platform | None:
    return Platform.objects.filter(code=PLATFORM).first()


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
    return Tariff(table, lines_of(table, in_minutes=counts_minutes(year)))


def counts_minutes(year: AcademicYear) -> bool:
    return bool(year_settings.get(year, "time_unit") == "minutes")


def tables_visible_to(year: AcademicYear, *, drafts: bool) -> QuerySet[CriteriaTable]:
    """The versions of a year, newest first; drafts only for those who may see them."""
    tables = CriteriaTable.objects.filter(year=year, platform__code=PLATFORM)
    if not drafts:
        tables = tables.exclude(status=CriteriaTable.Status.DRAFT)
    return tables.select_related("created_by", "approved_by").order_by("-version")


@dataclass(frozen=True)
class Difference:
    """A cell that differs between two versions."""

    criterion: str
    cell: str
    before: Decimal | int | None
    after: Decimal | int | None


def differences(before: CriteriaTable, after: CriteriaTable) -> list[Difference]:
    """Every coefficient and cap that differs, in the order of the criteria; two queries."""
    old, new = _cells(before), _cells(after)
    return [
        Difference(*key, old.get(key), new.get(key))
        for key in dict.fromkeys([*new, *old])
        if old.get(key) != new.get(key)
    ]


def _cells(table: CriteriaTable) -> dict[tuple[str, str], Decimal | int | None]:
    cells: dict[tuple[str, str], Decimal | int | None] = {}
    for line in lines_of(table, in_minutes=False):
        cells[line.criterion.name, "Katsayı"] = line.coefficient
        cells[line.criterion.name, "Üst sınır"] = line.cap
    return cells


def terms_in_use(year: AcademicYear) -> list[int]:
    """The terms of the year for which use by staff is imported already."""
    found = StaffUse.objects.filter(year=year, platform__code=PLATFORM)
    return list(found.order_by("term").values_list("term", flat=True).distinct())
