"""Axes with round steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from common.numbers import Number, format_number, rounded

MOST_STEPS = 5


@dataclass(frozen=True)
class Axis:
    """Round steps from ``low`` to ``high``."""

    low: Fraction
    high: Fraction
    step: Fraction

    @property
    def ticks(self) -> tuple[Fraction, ...]:
        count = (self.high - self.low) / self.step
        return tuple(self.low + self.step * number for number in range(int(count) + 1))

    def words(self, tick: Fraction) -> str:
        places = 0
        while (self.step * 10**places).denominator != 1:
            places += 1
        return format_number(tick, places)

    def place(self, value: Number, start: int, end: int) -> int:
        """Where the value stands between two drawing units."""
        return int(rounded(start + (Fraction(value) - self.low) * (end - start) / (self.high - self.low)))


def axis_for(values: Sequence[Number], *, from_zero: bool = True) -> Axis:
    """An axis of at most about five steps of 1, 2 or 5 times a power of ten that holds all values."""
    exact = [Fraction(value) for value in values]
    if from_zero or not exact:
        exact.append(Fraction(0))
    low, high = min(exact), max(exact)
    if low == high:
        low, high = (low, low + 1) if from_zero else (low - 1, high + 1)
    step = round_step((high - low) / MOST_STEPS)
    return Axis(low // step * step, -(-high // step) * step, step)


def round_step(least: Fraction) -> Fraction:
    power = Fraction(1)
    while power > least:
        power /= 10
    while power * 10 <= least:
        power *= 10
    return next(power * times for times in (1, 2, 5, 10) if power * times >= least)
