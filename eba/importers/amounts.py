"""Cells of platform files as exact amounts: durations and whole numbers, in 1/``SCALE`` of the unit."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from django.utils.translation import gettext as _

from common.errors import UserError
from common.imports.columns import (
    Columns,
    error_sentence,
    is_error,
    parse_decimal,
    parse_long,
    parse_whole,
    unclear_among,
    unclear_sentence,
)
from common.text import fold
from eba.models import SCALE

NO_DATA = frozenset({"", "-", "–", "—", "--"})
MOST_HOURS = 5_000
MOST_PIECES = 1_000_000
MINUTES = 60

_CLOCK = re.compile(r"([0-9]{1,5}):([0-5][0-9])(?::([0-5][0-9]))?")
_WORDS = re.compile(
    r"(?:([0-9]{1,5}) ?(?:saat|sa|s)\.?)? ?(?:([0-9]{1,6}) ?(?:dakika|dk|d)\.?)? ?(?:([0-9]{1,7}) ?(?:saniye|sn)\.?)?"
)
_SECOND = 3600
_NEAR = Fraction(1, 10**6)


def amounts(columns: Columns, name: str, parse: Callable[[str], int | None]) -> list[int | None]:
    """The column's cells by ``parse``, each text once; what it refuses is noted at its row."""
    found: dict[str, int | None] = {}
    refused: dict[str, str] = {}
    texts = set(columns[name])
    for text in texts:
        try:
            if is_error(text):
                raise UserError(error_sentence())
            found[text] = parse(text)
        except UserError as problem:
            refused[text], found[text] = str(problem), None
    refused.update(dict.fromkeys(unclear_among(texts), unclear_sentence()))
    if refused:
        for place, text in enumerate(columns[name]):
            if text in refused:
                columns.fail(place, name, refused[text])
    return [found[text] for text in columns[name]]


def hours_of(text: str, *, in_minutes: bool) -> int | None:
    """A duration in 1/``SCALE`` hours: ``12:30``, ``12:30:15``, ``12 saat 30 dk`` or a number; None without data.

    A bare number is in hours, or with ``in_minutes`` in minutes. A number that a spreadsheet cut after many decimals
    stands for the whole second next to it. Raises ``UserError``.
    """
    if text in NO_DATA:
        return None
    if clock := _CLOCK.fullmatch(text) or (text[0].isdigit() and _WORDS.fullmatch(fold(text))):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        value = Fraction(hours * _SECOND + minutes * MINUTES + seconds, _SECOND)
    else:
        number = parse_decimal(text)
        if number is None:
            number = parse_long(text)
        if number is None:
            raise UserError(_("Süre olmalıdır; 12,5 ya da 12:30 biçiminde yazınız."))
        value = Fraction(number) / (MINUTES if in_minutes else 1)
    if not 0 <= value <= MOST_HOURS:
        raise UserError(
            _("Bir dönemde 0 ile %(most)s saat arasında olabilir; değeri ve birimini (%(unit)s) kontrol ediniz.")
            % {"most": f"{MOST_HOURS:,}".replace(",", "."), "unit": _("dakika") if in_minutes else _("saat")}
        )
    second = round(value * _SECOND)
    if abs(value * _SECOND - second) < _NEAR:
        return second * SCALE // _SECOND
    units = value * SCALE
    if units.denominator != 1:
        raise UserError(_("En çok 4 ondalık basamak olabilir; süreyi 12:30:15 biçiminde de yazabilirsiniz."))
    return int(units)


def pieces_of(text: str) -> int | None:
    """A whole number of pieces in 1/``SCALE``; None without data. Raises ``UserError``."""
    if text in NO_DATA:
        return None
    number = parse_whole(text)
    if number is None or not 0 <= number <= MOST_PIECES:
        raise UserError(_("0 ya da daha büyük bir tam sayı olmalıdır; bilgi yoksa hücreyi boş bırakınız."))
    return number * SCALE
