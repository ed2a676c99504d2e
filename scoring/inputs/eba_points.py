"""Points for the use of EBA by the year's approved criteria, and how they came about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, F, QuerySet, Sum, Value, When
from django.db.models.functions import Least
from django.utils.translation import gettext as _now

from common.errors import UserError
from eba.models import SCALE, CriteriaTable, Criterion, CriterionWeight, StaffUse, StaffUseValue
from eba.reference import PLATFORM
from schools import year_settings
from schools.models import AcademicYear
from scoring.engine.exact import as_text
from scoring.engine.exam_working import shown, sum_sentence

MINUTES = 60
HUNDREDTHS = 100


class NoCriteriaTable(UserError):
    """The year has no approved table of criteria, so use cannot be weighed."""


class Weight(NamedTuple):
    """A criterion's worth. ``factor`` turns its stored unit into the one that counts (hours into minutes)."""

    criterion: int
    name: str
    unit: str
    coefficient: Fraction
    cap: int | None
    factor: int

    @property
    def hundredths(self) -> int:
        return int(self.coefficient * HUNDREDTHS)

    def counted(self, value_units: int) -> int:
        """What counts of a value, in 1 / ``SCALE``."""
        value = value_units * self.factor
        return value if self.cap is None else min(value, self.cap * SCALE)


@dataclass(frozen=True)
class Weights:
    """A year's approved table; points are whole numbers of 1 / ``denominator``."""

    table: CriteriaTable
    time_unit: str
    weights: tuple[Weight, ...]

    @cached_property
    def common(self) -> int:
        """What all coefficients share, so that the amounts stay small."""
        return gcd(HUNDREDTHS, *(weight.hundredths for weight in self.weights))

    @property
    def denominator(self) -> int:
        return SCALE * (HUNDREDTHS // self.common)

    def points(self, values: Mapping[int, int]) -> int:
        """Points of stored values by criterion, in whole numbers."""
        return sum(
            weight.counted(values[weight.criterion]) * (weight.hundredths // self.common)
            for weight in self.weights
            if weight.criterion in values
        )

    def expression(self) -> Case:
        """The points of one stored value, for the database."""
        cases = []
        for weight in self.weights:
            value: Any = F("value_units")
            if weight.factor != 1:
                value = value * Value(weight.factor, BigIntegerField())
            if weight.cap is not None:
                value = Least(value, Value(weight.cap * SCALE, BigIntegerField()))
            factor = Value(weight.hundredths // self.common, BigIntegerField())
            cases.append(When(criterion=weight.criterion, then=value * factor))
        return Case(*cases, default=Value(0), output_field=BigIntegerField())

    def lines(self) -> list[str]:
        head = f"criteria {self.table.pk} {self.table.version} {self.time_unit}"
        return [head, *(f"weight {one.criterion} {one.coefficient} {one.cap} {one.factor}" for one in self.weights)]


def approved_weights(year: AcademicYear) -> Weights:
    """The criteria in force; raises ``NoCriteriaTable``."""
    table = CriteriaTable.objects.filter(
        year=year, platform__code=PLATFORM, status=CriteriaTable.Status.APPROVED
    ).first()
    if table is None:
        raise NoCriteriaTable(
            _now("%(year)s yılının onaylı EBA ölçüt tablosu yok; tablo onaylandıktan sonra hesaplayınız.")
            % {"year": year.name}
        )
    table.year = year
    return weights_of(table, year_settings.get(year, "time_unit"))


def weights_of(table: CriteriaTable, time_unit: str) -> Weights:
    """The lines of a table, of any status (one query)."""
    rows = CriterionWeight.objects.filter(table=table).order_by("criterion__order", "criterion_id")
    in_minutes = time_unit == "minutes"
    return Weights(
        table,
        time_unit,
        tuple(
            Weight(
                criterion,
                name,
                unit,
                Fraction(str(coefficient)),
                cap,
                MINUTES if in_minutes and unit == Criterion.Unit.HOUR else 1,
            )
            for criterion, name, unit, coefficient, cap in rows.values_list(
                "criterion_id", "criterion__name", "criterion__unit", "coefficient", "cap"
            )
        ),
    )


def points_of_term(weights: Weights, term: int) -> dict[int, int]:
    """Points of everybody with a record in the term; a record without values is worth 0 (one query)."""
    if not weights.weights:
        return dict.fromkeys(records(weights, term).values_list("staff_id", flat=True), 0)
    values = StaffUseValue.objects.filter(
        use__year=weights.table.year_id, use__term=term, use__platform=weights.table.platform_id
    ).order_by()
    summed = dict(values.values_list("use__staff_id").annotate(points=Sum(weights.expression())))
    found = dict.fromkeys(records(weights, term).values_list("staff_id", flat=True), 0)
    found.update((staff, int(points)) for staff, points in summed.items())
    return found


def records(weights: Weights, term: int) -> QuerySet[StaffUse]:
    return StaffUse.objects.filter(year=weights.table.year_id, term=term, platform=weights.table.platform_id).order_by()


class Records:
    """What was recorded in one term of everybody, or of one person, for the workings (one query)."""

    def __init__(self, weights: Weights, term: int, staff: int | None = None) -> None:
        self._weights, self._term = weights, term
        self._values: defaultdict[int, dict[int, int]] = defaultdict(dict)
        rows = StaffUseValue.objects.filter(
            use__year=weights.table.year_id, use__term=term, use__platform=weights.table.platform_id
        ).order_by()
        if staff is not None:
            rows = rows.filter(use__staff=staff)
        for person, criterion, value in rows.values_list("use__staff_id", "criterion_id", "value_units"):
            self._values[person][criterion] = value

    def of(self, staff: int) -> dict[str, Any]:
        """Each criterion of a person: value x coefficient, with the cap where it was met, and the sum."""
        values = self._values.get(staff, {})
        rows = [
            _criterion_facts(weight, values[weight.criterion])
            for weight in self._weights.weights
            if weight.criterion in values
        ]
        total = Fraction(self._weights.points(values), self._weights.denominator)
        parts = [Fraction(row["points"]) for row in rows if row["points"] != "0"]
        return {
            "term": self._term,
            "criteria": rows,
            "points": as_text(total),
            "shown": shown(total),
            "working": sum_sentence(parts, total, "puan"),
        }


def _criterion_facts(weight: Weight, value_units: int) -> dict[str, Any]:
    value = Fraction(value_units * weight.factor, SCALE)
    counted = Fraction(weight.counted(value_units), SCALE)
    points = counted * weight.coefficient
    capped = f" (üst sınır {shown(counted)})" if counted != value else ""
    return {
        "criterion": weight.name,
        "unit": "minute" if weight.factor == MINUTES else weight.unit,
        "value": as_text(value),
        "counted": as_text(counted),
        "cap": weight.cap,
        "coefficient": as_text(weight.coefficient),
        "points": as_text(points),
        "working": f"{shown(value)}{capped} × {shown(weight.coefficient)} = {shown(points)} puan",
    }


def table_facts(weights: Weights) -> dict[str, Any]:
    settings = {"time_unit": weights.time_unit}
    return {"table": weights.table.pk, "version": weights.table.version, "rules": settings, "platform": PLATFORM}
