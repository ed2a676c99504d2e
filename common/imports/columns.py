"""Checking a table column by column: each method gives a list as long as the table and notes what is wrong.

A cell that is wrong gives ``None`` (or the default) in its place; its row is not among ``accepted``.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from common.identity import Identity, IdentityError, mask, parse_digests, parse_identities
from common.imports.kinds import Checked, RowError
from common.spreadsheets.headers import Table
from common.text import fold

T = TypeVar("T")
LineT = TypeVar("LineT")

MAX_SHOWN = 60
_ERROR_VALUES = (
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#NAME?",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#YOK",
    "#BAŞV!",
    "#DEĞER!",
    "#AD?",
)
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?")
_ENGLISH_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3})+")
_ONE_POINT = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_POINTED = re.compile(r"-?[0-9]+\.[0-9]+")
_NUMBER = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,10})?")
_LONG = re.compile(r"-?[0-9]{1,12}[.,][0-9]{11,20}")
_ELEVEN_DIGITS = re.compile(r"(?<![0-9])[0-9]{11}(?![0-9])")
_EMAIL = EmailValidator()
_PLAIN_EMAIL = re.compile(r"[a-z0-9._+-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}[a-z]{2,24}")


class Columns:
    """The columns of a table under check, and the errors found so far."""

    def __init__(self, table: Table, *, identity_columns: Iterable[str] = ()) -> None:
        self.table = table
        self.errors: list[RowError] = []
        self._bad: set[int] = set()
        self._secret = frozenset(identity_columns)

    def __getitem__(self, name: str) -> list[str]:
        return self.table.columns[name]

    @property
    def accepted(self) -> list[int]:
        """Places of the rows without an error, in order."""
        if not self._bad:
            return list(range(len(self.table)))
        return [place for place in range(len(self.table)) if place not in self._bad]

    def is_bad(self, place: int) -> bool:
        return place in self._bad

    def fail(self, place: int, name: str, message: str, value: str | None = None) -> None:
        """Refuse the row at ``place`` because of its cell in column ``name``."""
        self._bad.add(place)
        shown = self.table.columns[name][place] if value is None else value
        shown = mask_each(shown) if name in self._secret else mask_numbers(shown)
        header = self.table.headers.get(name, name)
        self.errors.append(RowError(self.table.row_numbers[place], header, shown, message))

    def sorted_errors(self) -> list[RowError]:
        order = {header: place for place, header in enumerate(self.table.headers.values())}
        return sorted(self.errors, key=lambda error: (error.row, order.get(error.column, 0)))

    def checked(self, lines: list[LineT]) -> Checked[LineT]:
        """The outcome of the check; ``lines`` are those of the accepted places, in order."""
        accepted = self.accepted
        table = self.table

        def shown(line: int) -> list[str]:
            place = accepted[line]
            return [
                mask_each(table.columns[name][place])
                if name in self._secret
                else mask_numbers(table.columns[name][place])
                for name in table.sent
            ]

        rows = [table.row_numbers[place] for place in accepted]
        return Checked(table, lines, rows, self.sorted_errors(), shown)

    def texts(self, name: str, *, longest: int, required: bool = True) -> list[str]:
        """Cleaned text; refuses empty required cells, too long ones, formulas and calculation errors."""
        values = self[name]
        verdicts = {value: self._text_problem(value, longest, required) for value in set(values)}
        return self._judged(name, values, verdicts)

    def mapped(
        self,
        name: str,
        known: Mapping[str, T],
        message: str,
        *,
        key: Callable[[str], str] = str,
        default: T | None = None,
    ) -> list[T | None]:
        """The value that ``known`` has for each cell (by ``key`` of its text); an empty cell gives ``default``.

        ``message`` may hold ``%(value)s``.
        """
        values = self[name]
        found: dict[str, T | None] = {}
        problems: dict[str, str] = {}
        for value in set(values):
            if not value:
                found[value] = default
                if default is None:
                    problems[value] = _("Boş bırakılamaz; değeri yazınız.")
                continue
            found[value] = known.get(key(value))
            if found[value] is None:
                problems[value] = message % {"value": value[:MAX_SHOWN]} if "%(value)s" in message else message
        self._refuse(name, values, problems)
        return [found[value] for value in values]

    def identities(self, name: str) -> list[Identity | None]:
        """Identity numbers; a wrong one is refused with its own sentence."""
        return self._people(name, parse_identities(self[name]))

    def digests(self, name: str) -> list[str | None]:
        """``identities`` for those who need the digests only."""
        return self._people(name, parse_digests(self[name]))

    def _people(self, name: str, parsed: list[T | IdentityError]) -> list[T | None]:
        found = [None if isinstance(each, IdentityError) else each for each in parsed]
        if None in found:
            for place, each in enumerate(parsed):
                if isinstance(each, IdentityError):
                    self.fail(place, name, str(each))
        return found

    def unique(self, name: str, values: Sequence[Any], message: str) -> None:
        """Refuse a row whose value an earlier row had; ``message`` may hold ``%(row)s``, that row's number."""
        if len(set(values)) == len(values):
            return
        first: dict[Any, int] = {}
        for place, value in enumerate(values):
            if value is None:
                continue
            earlier = first.setdefault(value, place)
            if earlier != place:
                self.fail(place, name, message % {"row": self.table.row_numbers[earlier]})

    def emails(self, name: str) -> list[str]:
        """E-mail addresses in lower case; empty ones are allowed."""
        return [self._email(place, name, value) for place, value in enumerate(self[name])]

    def integers(self, name: str, *, least: int, most: int, required: bool = True) -> list[int | None]:
        """Whole numbers within bounds; ``None`` for an empty cell that may be empty."""
        texts = set(self[name])
        parsed = {value: self._integer(value, least, most, required) for value in texts}
        return self._parsed(name, parsed | {value: (None, unclear_sentence()) for value in unclear_among(texts)})

    def decimals(self, name: str, *, least: int, most: int, places: int, required: bool = True) -> list[Decimal | None]:
        """Exact numbers with decimal comma or point, within bounds and with at most ``places`` decimals."""
        texts = set(self[name])
        parsed = {value: self._decimal(value, least, most, places, required) for value in texts}
        return self._parsed(name, parsed | {value: (None, unclear_sentence()) for value in unclear_among(texts)})

    def dates(self, name: str, *, required: bool = True) -> list[datetime.date | None]:
        """Days written ``dd.mm.yyyy`` (``/`` and ``-`` are read too) or ``yyyy-mm-dd``."""
        parsed = {value: _date(value, required) for value in set(self[name])}
        return self._parsed(name, parsed)

    def _parsed(self, name: str, parsed: Mapping[str, tuple[Any, str]]) -> list[Any]:
        self._refuse(name, self[name], {value: problem for value, (_value, problem) in parsed.items() if problem})
        return [parsed[value][0] for value in self[name]]

    def _judged(self, name: str, values: list[str], verdicts: Mapping[str, str]) -> list[str]:
        self._refuse(name, values, {value: problem for value, problem in verdicts.items() if problem})
        return values

    def _refuse(self, name: str, values: Sequence[str], problems: Mapping[str, str]) -> None:
        if not problems:
            return
        for place, value in enumerate(values):
            if value in problems:
                self.fail(place, name, problems[value])

    def _text_problem(self, value: str, longest: int, required: bool) -> str:
        if not value:
            return _("Boş bırakılamaz; değeri yazınız.") if required else ""
        if value[0] == "=":
            return _("Hücre formül gibi başlıyor; değerini yazınız.")
        if is_error(value):
            return error_sentence()
        if len(value) > longest:
            return _("En çok %(longest)s karakter olabilir; kısaltınız.") % {"longest": longest}
        return ""

    def _email(self, place: int, name: str, value: str) -> str:
        if not value:
            return ""
        lowered = value.lower()
        if len(lowered) <= 254 and _PLAIN_EMAIL.fullmatch(lowered):
            return lowered
        try:
            _EMAIL(lowered)
        except ValidationError:
            self.fail(place, name, _("Geçerli bir e-posta adresi değil; düzeltiniz ya da boş bırakınız."))
        return lowered

    def _integer(self, value: str, least: int, most: int, required: bool) -> tuple[int | None, str]:
        if is_english_thousands(value):
            return None, unclear_sentence()
        number, problem = self._decimal(value, least, most, 0, required)
        return None if number is None else int(number), problem

    def _decimal(self, value: str, least: int, most: int, places: int, required: bool) -> tuple[Decimal | None, str]:
        if not value:
            return None, _("Boş bırakılamaz; değeri yazınız.") if required else ""
        number = parse_decimal(value)
        if number is None:
            return None, error_sentence() if is_error(value) else _("Sayı olmalıdır.")
        if not least <= number <= most:
            return None, _("%(least)s ile %(most)s arasında olmalıdır.") % {"least": least, "most": most}
        if number != number.quantize(Decimal(1).scaleb(-places)):
            if places:
                return None, _("En çok %(places)s ondalık basamak olabilir.") % {"places": places}
            return None, _("Tam sayı olmalıdır.")
        return number, ""


def parse_decimal(text: str) -> Decimal | None:
    """A number as Turkish offices write it: ``1.234,5``, ``12,5``, ``12.5``; None for anything else."""
    if _THOUSANDS.fullmatch(text):
        text = text.replace(".", "")
    elif not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def is_error(text: str) -> bool:
    """Whether the cell holds the error of a formula: ``#YOK``, ``#DIV/0!``."""
    return text[:1] == "#" and text.upper().startswith(_ERROR_VALUES)


def error_sentence() -> str:
    return _("Hücrede hesaplama hatası var; değerini yazınız.")


def parse_whole(text: str) -> int | None:
    """A whole number as ``parse_decimal`` reads it; None for anything else, and for ``1,000``, which is 1 or 1000."""
    number = None if is_english_thousands(text) else parse_decimal(text)
    return int(number) if number is not None and number == int(number) else None


def is_english_thousands(text: str) -> bool:
    """Whether the text may be a whole number with commas between its thousands."""
    return _ENGLISH_THOUSANDS.fullmatch(text) is not None


def unclear_among(texts: Iterable[str]) -> frozenset[str]:
    """Those of a column's texts that mean one of two numbers: ``1.250`` and ``1,250`` where another text has a decimal
    point (``12.5``)."""
    pointed = [text for text in texts if "." in text and _POINTED.fullmatch(text)]
    if all(map(_THOUSANDS.fullmatch, pointed)):
        return frozenset()
    return frozenset(text for text in texts if _ONE_POINT.fullmatch(text))


def unclear_sentence() -> str:
    return _("Binlik mi ondalık mı olduğu belli değil; binlik ayırıcı kullanmayınız, ondalık ayırıcı virgül olsun.")


def parse_long(text: str) -> Decimal | None:
    """A number with more decimals than anybody writes (11 to 20), as a formula or a script leaves it: to be rounded.

    None for anything else.
    """
    return Decimal(text.replace(",", ".")) if _LONG.fullmatch(text) else None


def mask_each(text: str) -> str:
    """The text with every identity number in it masked; numbers may be separated by ``|``."""
    return "|".join(mask(part.strip()[:20]) for part in text.split("|"))[:MAX_SHOWN]


def mask_numbers(text: str) -> str:
    """The text, shortened, with every run of eleven digits masked: somebody may have used the wrong column."""
    return _ELEVEN_DIGITS.sub(lambda found: mask(found[0]), text[:MAX_SHOWN])


def choice_key(text: str) -> str:
    """Matching key of a word from a fixed list: folded letters and digits only (``Müdür Yrd.`` -> ``muduryrd``)."""
    return "".join(char for char in fold(text) if char.isalnum())


def choices(*pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Plain values by ``choice_key`` of their names, for ``Columns.mapped(..., key=choice_key)``."""
    return {choice_key(str(written)): getattr(value, "value", value) for pair in pairs for written, value in pair}


def _date(value: str, required: bool) -> tuple[datetime.date | None, str]:
    if not value:
        return None, _("Boş bırakılamaz; değeri yazınız.") if required else ""
    for pattern in ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d"):
        try:
            return datetime.datetime.strptime(value, pattern).date(), ""  # noqa: DTZ007
        except ValueError:
            continue
    return None, _("Tarih gg.aa.yyyy biçiminde olmalıdır.")
