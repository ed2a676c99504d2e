"""How the EBA points of people come about: values, what of them counts, coefficients, sums. Exact throughout.

Pages and rankings count by this calculation: ``point_sums`` for many people, ``TermPoints`` for the working of one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import BigIntegerField, Case, F, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, Least

from common.text import turkish_order
from eba.models import StaffUse
from eba.selectors.criteria import Line, Tariff
from schools.models import AcademicYear, Institution, Posting, StaffMember

TERMS = (1, 2)
PROPOSED = 3
"""A school proposes everybody with this rank or a better one."""


@dataclass(frozen=True)
class Cell:
    """A criterion of one person and term; ``units`` None means that the record has no value for it."""

    line: Line
    units: int | None

    @property
    def value(self) -> Fraction | None:
        return None if self.units is None else self.line.amount(self.units)

    @property
    def counted(self) -> Fraction:
        return self.line.amount(self.line.counted(self.units or 0))

    @property
    def is_cut(self) -> bool:
        """Whether the cap took something away."""
        return self.units is not None and self.line.counted(self.units) < self.units

    @property
    def places(self) -> int:
        """Digits after the comma where the value is one of many; pieces are whole."""
        return 0 if self.counted.denominator == 1 else 2

    @property
    def points(self) -> Fraction:
        return self.counted * Fraction(self.line.coefficient)


@dataclass(frozen=True)
class TermPoints:
    """A person's points of a term with their working; ``cells`` follow the lines of the tariff."""

    term: int
    cells: tuple[Cell, ...]

    @property
    def points(self) -> Fraction:
        return sum((cell.points for cell in self.cells), Fraction(0))

    @property
    def has_cut(self) -> bool:
        return any(cell.is_cut for cell in self.cells)


@dataclass(frozen=True)
class PersonRow:
    """A member of a school's staff in a term. ``found`` is None without a record; ``rank`` is that among the school's
    staff by today's data (1, 2, 2, 4), None for whoever has no points."""

    posting: Posting
    found: TermPoints | None
    rank: int | None = None

    @property
    def is_proposed(self) -> bool:
        return self.rank is not None and self.rank <= PROPOSED


def point_sums(tariff: Tariff) -> QuerySet[StaffUse, tuple[int, int, int]]:
    """(staff, term, points) of every record of the tariff's year, the points in its ``step``s.

    A criterion without a line counts nothing; a record without values is worth 0.
    """
    cases = []
    for line in tariff.lines:
        value: F | Least = F("values__value_units")
        if line.limit is not None:
            value = Least(value, Value(line.limit, BigIntegerField()))
        worth = value * Value(line.weight // tariff.step, BigIntegerField())
        cases.append(When(values__criterion=line.criterion.pk, then=worth))
    points = Sum(Case(*cases, default=Value(0), output_field=BigIntegerField()))
    records = _records(tariff).values_list("staff_id", "term")
    return records.annotate(points=Coalesce(points, 0, output_field=BigIntegerField()))


def own_terms(tariff: Tariff, staff: StaffMember) -> dict[int, TermPoints]:
    """The working of each term in which the person has a record; one query."""
    found = values_of(tariff, staff=[staff.pk])
    return {term: working_of(tariff, term, values) for (_staff, term), values in sorted(found.items())}


def progress_of(terms: Mapping[int, TermPoints]) -> Fraction | None:
    """Points of the second term minus those of the first; None unless both are there."""
    return terms[2].points - terms[1].points if 1 in terms and 2 in terms else None


def staff_rows(tariff: Tariff, institution: Institution, year: AcademicYear, term: int) -> list[PersonRow]:
    """The school's staff of the year, most points first, those without a record last; two queries."""
    postings = list(
        Posting.objects.filter(institution=institution, year=year)
        .select_related("staff")
        .order_by(turkish_order("staff__last_name"), turkish_order("staff__first_name"), "pk")
    )
    found = values_of(tariff, staff=[posting.staff_id for posting in postings], term=term)
    workings = {staff: working_of(tariff, term, values) for (staff, _term), values in found.items()}
    places = competition_ranks({staff: working.points for staff, working in workings.items()})
    rows = [PersonRow(p, workings.get(p.staff_id), places.get(p.staff_id)) for p in postings]
    return sorted(rows, key=lambda row: (row.found is None, -row.found.points if row.found else 0))


def competition_ranks(values: Mapping[int, Fraction]) -> dict[int, int]:
    """Standard competition ranks (1, 2, 2, 4) of positive values, the highest first."""
    ordered = sorted((value for value in values.values() if value > 0), reverse=True)
    first = {value: ordered.index(value) + 1 for value in set(ordered)}
    return {key: first[value] for key, value in values.items() if value > 0}


def values_of(
    tariff: Tariff, *, staff: Collection[int] | None = None, term: int | None = None
) -> dict[tuple[int, int], dict[int, int]]:
    """By (staff, term) the stored values by criterion, empty where a record holds none; one query."""
    uses = _records(tariff)
    if staff is not None:
        uses = uses.filter(staff__in=staff)
    if term is not None:
        uses = uses.filter(term=term)
    found: dict[tuple[int, int], dict[int, int]] = {}
    for person, number, criterion, units in uses.values_list(
        "staff_id", "term", "values__criterion_id", "values__value_units"
    ):
        values = found.setdefault((person, number), {})
        if criterion is not None:
            values[criterion] = units
    return found


def working_of(tariff: Tariff, term: int, values: Mapping[int, int]) -> TermPoints:
    """The points of a term from stored values by criterion (``values_of``)."""
    return TermPoints(term, tuple(Cell(line, values.get(line.criterion.pk)) for line in tariff.lines))


def _records(tariff: Tariff) -> QuerySet[StaffUse]:
    return StaffUse.objects.filter(year=tariff.table.year_id, platform=tariff.table.platform_id).order_by()
