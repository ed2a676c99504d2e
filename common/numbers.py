"""Exact numbers on the screen: rounded half up, once, and written the Turkish way."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

NO_VALUE = "–"
FRACTION_PLACES = 4

Number = int | Decimal | Fraction


def rounded(value: Number, places: int = 0) -> Decimal:
    """The exact value rounded half up (away from zero) to so many decimal places."""
    scaled = Fraction(value) * 10**places
    whole = (abs(scaled) + Fraction(1, 2)).__floor__()
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-places)


def exact_decimal(value: Any) -> Decimal | None:
    """`value` as an exact decimal; a fraction without one is rounded half up to four places; None if no number."""
    if isinstance(value, bool) or value is None or value == "":
        return None
    if isinstance(value, Fraction):
        return rounded(value, FRACTION_PLACES)
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def format_number(value: Any, places: int | None = None) -> str:
    """Turkish notation: `1054` -> `1.054`, `28.80` -> `28,8`; `places` fixes the digits after the comma."""
    exact = value if isinstance(value, Fraction) and places is not None else exact_decimal(value)
    if exact is None:
        return NO_VALUE
    number = exact if isinstance(exact, Decimal) and places is None else rounded(exact, places or 0)
    whole, _dot, rest = f"{abs(number):f}".partition(".")
    if places is None:
        rest = rest.rstrip("0")
    grouped = f"{int(whole):,}".replace(",", ".")
    digits = f"{grouped},{rest}" if rest else grouped
    return f"−{digits}" if number < 0 and digits.strip("0.,") else digits
