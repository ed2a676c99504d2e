"""Points for the use of EBA by the year's approved criteria, as rankings count them, and how they came about."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd
from typing import Any

from django.utils.translation import gettext as _now

from common.errors import UserError
from eba.models import PLATFORM, SCALE
from eba.selectors.criteria import MINUTES, POINT_UNITS, Tariff, tariff_of
from eba.selectors.points import Cell, TermPoints, point_sums, values_of, working_of
from schools.models import AcademicYear
from scoring.engine.exact import as_text
from scoring.engine.exam_working import shown, sum_sentence

HUNDREDTHS = POINT_UNITS // SCALE


class NoCriteriaTable(UserError):
    """The year has no approved table of criteria, so use cannot be weighed."""


def approved_tariff(year: AcademicYear) -> Tariff:
    """The criteria in force; raises ``NoCriteriaTable``."""
    tariff = tariff_of(year)
    if tariff is None:
        raise NoCriteriaTable(
            _now("%(year)s yılının onaylı EBA ölçüt tablosu yok; tablo onaylandıktan sonra hesaplayınız.")
            % {"year": year.name}
        )
    return tariff


def denominator_of(tariff: Tariff) -> int:
    """Rankings keep points as whole numbers of 1 / this: what all coefficients share is left out."""
    return POINT_UNITS // gcd(HUNDREDTHS, *(line.hundredths for line in tariff.lines))


def points_of_term(tariff: Tariff, term: int) -> dict[int, int]:
    """Points of everybody with a record in the term, in 1 / ``denominator_of`` (one query)."""
    step = tariff.step * denominator_of(tariff) // POINT_UNITS
    return {staff: int(points) * step for staff, _term, points in point_sums(tariff).filter(term=term)}


def canonical_lines(tariff: Tariff) -> list[str]:
    """The table in the canonical input."""
    head = f"criteria {tariff.table.pk} {tariff.table.version} {tariff.time_unit}"
    weights = (
        f"weight {line.criterion.pk} {Fraction(line.coefficient)} {line.cap} {line.per_unit}" for line in tariff.lines
    )
    return [head, *weights]


def table_facts(tariff: Tariff) -> dict[str, Any]:
    """The table in a row's working."""
    rules = {"time_unit": tariff.time_unit}
    return {"table": tariff.table.pk, "version": tariff.table.version, "rules": rules, "platform": PLATFORM}


def facts_of_term(tariff: Tariff, term: int) -> Callable[[int], dict[str, Any]]:
    """A function from a person to the working of their points in the term (one query, for everybody)."""
    values = values_of(tariff, term=term)
    return lambda staff: term_facts(working_of(tariff, term, values.get((staff, term), {})))


def term_facts(found: TermPoints) -> dict[str, Any]:
    """Each criterion with a value: value x coefficient, with the cap where it was met, and the sum."""
    points = [cell.points for cell in found.cells]
    total = sum(points, Fraction(0))
    return {
        "term": found.term,
        "criteria": [
            _criterion_facts(cell, worth)
            for cell, worth in zip(found.cells, points, strict=True)
            if cell.units is not None
        ],
        "points": as_text(total),
        "shown": shown(total),
        "working": sum_sentence([worth for worth in points if worth], total, "puan"),
    }


def _criterion_facts(cell: Cell, points: Fraction) -> dict[str, Any]:
    line, value, counted = cell.line, cell.value or Fraction(0), cell.counted
    capped = f" (üst sınır {shown(counted)})" if cell.is_cut else ""
    return {
        "criterion": line.criterion.name,
        "unit": "minute" if line.per_unit == MINUTES else line.criterion.unit,
        "value": as_text(value),
        "counted": as_text(counted),
        "cap": line.cap,
        "coefficient": as_text(line.coefficient),
        "points": as_text(points),
        "working": f"{shown(value)}{capped} × {shown(line.coefficient)} = {shown(points)} puan",
    }
