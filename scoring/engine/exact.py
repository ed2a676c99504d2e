"""Exact numbers, and the one place where they are rounded: for display."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

Number = int | Decimal | Fraction

DISPLAY_PLACES = 4


def exact(value: Number | str) -> Fraction:
    """The number as a fraction: from an integer, a decimal, or text such as "12.8" and "32/3". Floats are refused."""
    if isinstance(value, float):
        raise TypeError("a float is not an exact number")
    return Fraction(value)


def rounded(value: Number, places: int = DISPLAY_PLACES) -> Decimal:
    """``value`` rounded half up (away from zero) to ``places`` decimals, for showing and exporting only."""
    number = Fraction(value)
    return rounded_ratio(number.numerator, number.denominator, places)


def rounded_ratio(numerator: int, denominator: int, places: int = DISPLAY_PLACES) -> Decimal:
    """``numerator / denominator`` rounded half up (away from zero), in whole numbers; the denominator is positive."""
    whole = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return Decimal(f"{'-' if numerator < 0 else ''}{whole}e-{places}")


@lru_cache(maxsize=1 << 15)
def as_text(value: Number) -> str:
    """The exact value as "12.8", or as "32/3" where no finite decimal exists; ``exact`` reads it back."""
    number = Fraction(value)
    rest, places = number.denominator, 0
    for factor in (2, 5):
        times = 0
        while rest % factor == 0:
            rest, times = rest // factor, times + 1
        places = max(places, times)
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    return plain(Decimal((number * 10**places).numerator).scaleb(-places))


def plain(value: Decimal) -> str:
    """A decimal without exponent and without closing zeros: "28.8", "100"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=1 << 15)
def turkish(value: Number) -> str:
    """A value in Turkish notation: "28,8", "1.054"; a fraction without end is shown rounded to 4 decimals."""
    text = as_text(value)
    if "/" in text:
        text = plain(rounded(value))
    sign = "−" if text.startswith("-") else ""
    whole, _dot, rest = text.removeprefix("-").partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{sign}{grouped},{rest}" if rest else f"{sign}{grouped}"
