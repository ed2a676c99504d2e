"""Exact means of groups, their differences on one common denominator, and distances in standard deviations."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from math import isqrt, lcm
from typing import NamedTuple, TypeVar

PLACES = 10
"""Distances in standard deviations are irrational; their differences are compared at this many decimals."""

_DIGITS = 60

Key = TypeVar("Key", bound=Hashable)


class Group(NamedTuple):
    """Results summed: each is a whole number of 1 / ``unit``, so the mean is ``total / (unit * size)``."""

    total: int
    size: int
    unit: int

    @property
    def divided_by(self) -> int:
        return self.unit * self.size

    @property
    def mean(self) -> Fraction:
        return Fraction(self.total, self.divided_by)


class Spread(NamedTuple):
    """All results of a province: how many, their sum and the sum of their squares, in the unit of the groups."""

    size: int
    total: int
    squares: int

    @property
    def variation(self) -> int:
        """``size`` squared times the population variance."""
        return self.size * self.squares - self.total * self.total


def spread_of(values: Iterable[int]) -> Spread:
    known = list(values)
    return Spread(len(known), sum(known), sum(value * value for value in known))


def on_one_denominator(fractions: Mapping[Key, tuple[int, int]]) -> tuple[dict[Key, int], int]:
    """(numerator, denominator) pairs as whole numbers over their least common denominator."""
    common = lcm(*{denominator for _numerator, denominator in fractions.values()}) if fractions else 1
    return {key: above * (common // below) for key, (above, below) in fractions.items()}, common


def differences(pairs: Mapping[Key, tuple[Group, Group]]) -> tuple[dict[Key, int], int]:
    """(this, the one before) -> difference of the two means, as whole numbers over one common denominator."""
    common = lcm(*{group.divided_by for pair in pairs.values() for group in pair}) if pairs else 1
    factors: dict[int, int] = {}
    found = {}
    for key, (this, before) in pairs.items():
        above = this.total * _factor(factors, common, this.divided_by)
        found[key] = above - before.total * _factor(factors, common, before.divided_by)
    return found, common


def _factor(known: dict[int, int], common: int, part: int) -> int:
    factor = known.get(part)
    if factor is None:
        factor = known[part] = common // part
    return factor


def distance(group: Group, spread: Spread) -> Fraction | None:
    """The group's mean above the province's in population standard deviations; None where nothing deviates.

    Exact where the deviation is a fraction, else to 60 digits: halves can only be met exactly in the first case.
    """
    variation = spread.variation
    if variation <= 0 or not group.size:
        return None
    above = group.total * spread.size - spread.total * group.size
    root = isqrt(variation)
    if root * root == variation:
        return Fraction(above, group.size * root)
    return Fraction(above * 10**_DIGITS, group.size * isqrt(variation * 10 ** (2 * _DIGITS)))


def deviation(spread: Spread, unit: int) -> Fraction:
    """The population standard deviation, to 60 digits."""
    if not spread.size:
        return Fraction(0)
    return Fraction(isqrt(max(spread.variation, 0) * 10 ** (2 * _DIGITS)), 10**_DIGITS * spread.size * unit)


def in_places(value: Fraction) -> int:
    """Rounded half up (away from zero) to ``PLACES`` decimals, as a whole number of 10^-``PLACES``."""
    above, below = abs(value.numerator), value.denominator
    whole: int = (2 * above * 10**PLACES + below) // (2 * below)
    return -whole if value < 0 else whole


def standardised(
    pairs: Mapping[Key, tuple[Group, Group]], spreads: Mapping[Key, tuple[Spread, Spread]]
) -> tuple[dict[Key, int], int]:
    """As ``differences``, of distances in standard deviations; pairs without any deviation are left out."""
    found = {}
    for key, (this, before) in pairs.items():
        of_this, of_before = spreads[key]
        now, then = distance(this, of_this), distance(before, of_before)
        if now is not None and then is not None:
            found[key] = in_places(now - then)
    return found, 10**PLACES
