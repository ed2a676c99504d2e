"""Nets, exactly: wrong answers are taken off right ones, by the exam's divisor."""

from __future__ import annotations

from fractions import Fraction


def net_unit(divisor: int) -> int:
    """How many parts a net of 1 has; where wrong answers cost nothing (divisor 0) nets are whole."""
    return divisor or 1


def net_units(correct: int, wrong: int, divisor: int) -> int:
    """A net, or the sum of several, in 1 / ``net_unit``."""
    return divisor * correct - wrong if divisor else correct


def net_of(correct: int, wrong: int, divisor: int) -> Fraction:
    """correct - wrong / divisor."""
    return Fraction(net_units(correct, wrong, divisor), net_unit(divisor))
