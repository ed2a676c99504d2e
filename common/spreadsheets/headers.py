"""Finding a described table in a sheet as offices really lay them out.

Titles above the header, headers over two or three merged rows, other casing and other names of
a column, a header printed again in the middle, TOPLAM rows, empty rows and group titles.
"""

import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.errors import UserError
from common.spreadsheets.reader import Sheet
from common.spreadsheets.records import without_record
from common.text import clean, plain_key

HEADER_WITHIN = 30
HEADER_HEIGHT = 3
_SPACES = ("  ", " \n", "\n ")
_PRINTABLE = bytes(range(0x20, 0x7F))


@dataclass(frozen=True)
class ColumnSpec:
    """A column of a kind of file: ``name`` in the code, ``header`` in the file, other accepted headers.

    ``fill_down``: an empty cell repeats the one above it (a district written once for its group).
    """

    name: str
    header: str
    aliases: tuple[str, ...] = ()
    required: bool = True
    fill_down: bool = False


@dataclass(frozen=True)
class Title:
    """A text over a column; ``is_last``: there is another one to its left in its row, and none to its right."""

    text: str
    is_last: bool


@dataclass
class Table:
    """Columns of cleaned text of equal length, and the row number of each line as a person sees it.

    A column that the file lacks is full of empty texts; ``present`` names those that it has. ``others`` are the headers
    that nobody asked for: each one's last line, and what stands over it. ``written`` is what the file calls the columns
    that it has; ``titles`` are the texts over those that were known by their last line alone. ``caption`` is the text
    above the table, with the name of its sheet; ``hidden`` counts the rows that the file's sender did not see.
    """

    row_numbers: list[int]
    columns: dict[str, list[str]]
    headers: dict[str, str] = field(default_factory=dict)
    present: frozenset[str] = frozenset()
    sheet: str = ""
    others: tuple[tuple[str, str], ...] = ()
    written: dict[str, str] = field(default_factory=dict)
    titles: dict[str, tuple[Title, ...]] = field(default_factory=dict)
    caption: str = ""
    hidden: int = 0

    def __len__(self) -> int:
        return len(self.row_numbers)

    @property
    def sent(self) -> list[str]:
        """Names of the columns that the file has, in the order of their specs."""
        return [name for name in self.columns if name in self.present]


@dataclass(frozen=True)
class _Header:
    first_row: int
    height: int
    places: dict[str, int]

    @property
    def data_from(self) -> int:
        return self.first_row + self.height


def find_table(sheets: Sequence[Sheet], specs: Sequence[ColumnSpec]) -> Table:
    """The one table with these columns. Raises ``UserError`` when there is none, or more than one."""
    wanted = _wanted(specs)
    found: list[tuple[Sheet, _Header]] = []
    nearest: set[str] = set()
    for sheet in sheets:
        header = _best_header(sheet.rows, wanted)
        if header is None:
            continue
        if all(spec.name in header.places for spec in specs if spec.required):
            found.append((sheet, header))
        elif len(header.places) > len(nearest):
            nearest = set(header.places)
    if not found:
        raise UserError(_missing_sentence(specs, nearest))
    filled = [(sheet, header) for sheet, header in found if any(map(any, sheet.rows[header.data_from :]))]
    if len(filled) > 1:
        names = ", ".join(clean(sheet.name) for sheet, _header in filled[:5])
        raise UserError(
            _("Dosyada birden çok sayfada tablo var (%(names)s); her dosyada tek tablo bırakınız.") % {"names": names}
        )
    sheet, header = (filled or found)[0]
    _refuse_double_columns(sheet.rows, header, wanted)
    _refuse_shifted_rows(sheet, header)
    return _table(sheet, header, specs, wanted)


def _wanted(specs: Iterable[ColumnSpec]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for spec in specs:
        for written in (spec.header, *spec.aliases):
            wanted.setdefault(plain_key(written), spec.name)
    return wanted


def _best_header(rows: list[list[str]], wanted: dict[str, str]) -> _Header | None:
    best: _Header | None = None
    keys = [[_key(text) for text in row] for row in rows[: HEADER_WITHIN + HEADER_HEIGHT]]
    for first in range(min(HEADER_WITHIN, len(rows))):
        if not any(keys[first]):
            continue
        for height in range(1, HEADER_HEIGHT + 1):
            if first + height > len(rows):
                break
            header = _Header(first, height, _places(keys[first : first + height], wanted))
            if header.places and (best is None or len(header.places) > len(best.places)):
                best = header
    return best


def _key(text: str) -> str:
    """``plain_key``, in which a sign of percent counts: ``Türkçe D %`` is no number of answers."""
    key = plain_key(text)
    return f"{key}yuzde" if "%" in text and "yuzde" not in key else key


def _places(window: list[list[str]], wanted: dict[str, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for column, options in enumerate(_options(window)):
        for option in options:
            name = wanted.get(option)
            if name is not None and name not in places:
                places[name] = column
                break
    return places


def _options(window: list[list[str]]) -> Iterable[tuple[str, ...]]:
    """For each column the keys its header may have, from the keys of the cells: all its parts, the last one, and both
    under merged titles."""
    width = max(map(len, window))
    spread = [_spread(row, width) for row in window]
    for column in range(width):
        own = [row[column] for row in window if column < len(row) and row[column]]
        if not own:
            yield ()
        elif column >= len(window[-1]) or not window[-1][column]:
            yield (own[-1],)
        else:
            titled = [row[column] for row in spread if row[column]]
            yield ("".join(own), own[-1], "".join(titled), "".join(titled[-2:]))


def _spread(row: list[str], width: int) -> list[str]:
    """The row with each text repeated over the empty cells to its right (a merged title)."""
    spread, last = [], ""
    for column in range(width):
        text = row[column] if column < len(row) else ""
        last = text if text.strip() else last
        spread.append(last)
    return spread


def _refuse_double_columns(rows: list[list[str]], header: _Header, wanted: dict[str, str]) -> None:
    last = rows[header.data_from - 1]
    seen: dict[str, int] = {}
    for column, text in enumerate(last):
        name = wanted.get(_key(text)) if text.strip() else None
        if name is None:
            continue
        if name in seen and header.places.get(name) == seen[name]:
            raise UserError(_("“%(header)s” sütunu dosyada iki kez var; fazlasını siliniz.") % {"header": clean(text)})
        seen[name] = column


def _refuse_shifted_rows(sheet: Sheet, header: _Header) -> None:
    """Raise ``UserError`` for a row of a text file that goes on where the headers end: ``412,5`` between commas is two
    cells, and all that follows it stands in the wrong column."""
    if not sheet.separator:
        return
    window = sheet.rows[header.first_row : header.data_from]
    named = max(place for row in window for place, text in enumerate(row, 1) if text.strip())
    most = max(map(len, window)) if sheet.separator == "," else sys.maxsize
    for number, row in enumerate(sheet.rows[header.data_from :], header.data_from + 1):
        if len(row) > named and (len(row) > most or any(text.strip() for text in row[named:])):
            sentence = _(
                "%(row)s. satırda başlıkların sağında da yazı var, sütunlar kaymış olabilir; başlıksız hücreleri "
                "siliniz ya da dosyayı XLSX olarak kaydediniz."
            )
            if sheet.separator == ",":
                sentence = _(
                    "%(row)s. satırda başlıklardan fazla hücre var, ondalık virgüller sütunları kaydırmış olabilir; "
                    "dosyayı noktalı virgülle ayrılmış CSV ya da XLSX olarak kaydedip yeniden gönderiniz."
                )
            raise UserError(sentence % {"row": number})


def _table(sheet: Sheet, header: _Header, specs: Sequence[ColumnSpec], wanted: dict[str, str]) -> Table:
    data = sheet.rows[header.data_from :]
    width = max(header.places.values()) + 1
    by_place = list(zip_longest([""] * width, *data, fillvalue=""))[:width]
    columns = {
        spec.name: _cleaned(by_place[header.places[spec.name]][1:]) if spec.name in header.places else [""] * len(data)
        for spec in specs
    }
    window = sheet.rows[header.first_row : header.data_from]
    required = [columns[spec.name] for spec in specs if spec.required]
    others = [columns[spec.name] for spec in specs if not spec.fill_down]
    dropped = without_record(columns, data, window, header.places, required=required, others=others)
    _refuse_other_titles(data, window, dropped, header.data_from)
    for spec in specs:
        if spec.fill_down:
            columns[spec.name] = _filled_down(columns[spec.name], dropped)
    kept: Sequence[int] = range(len(data))
    if dropped:
        kept = [place for place in kept if place not in dropped]
        columns = {name: [column[place] for place in kept] for name, column in columns.items()}
    numbers = [place + header.data_from + 1 for place in kept]
    headers = {spec.name: spec.header for spec in specs}
    return Table(
        numbers,
        columns,
        headers,
        frozenset(header.places),
        sheet.name,
        others=tuple(_others(window, set(header.places.values()))),
        written={name: _written(window, column) for name, column in header.places.items()},
        titles=_titles(window, header.places, wanted),
        caption=clean(" ".join([sheet.name, *(text for row in sheet.rows[: header.data_from - 1] for text in row)])),
        hidden=len(sheet.hidden.intersection(numbers)),
    )


def _refuse_other_titles(
    data: list[list[str]], window: list[list[str]], dropped: Collection[int], data_from: int
) -> None:
    """Raise ``UserError`` where the last line of the header stands again below the titles in another order."""
    titles = {text for row in window[:-1] for text in row if text.strip()}
    for place in dropped:
        above = data[place - 1] if place else []
        if data[place] == window[-1] and above not in window and not titles.isdisjoint(above):
            raise UserError(
                _("%(row)s. satırda başka başlıklarla ikinci bir tablo başlıyor; her dosyada tek tablo bırakınız.")
                % {"row": place + data_from}
            )


def _written(window: list[list[str]], column: int) -> str:
    if column >= len(window[-1]) or not window[-1][column].strip():
        return clean([row[column] for row in window if column < len(row) and row[column].strip()][-1])
    return clean(" ".join(_spread(row, column + 1)[column] for row in window))


def _titles(window: list[list[str]], places: dict[str, int], wanted: dict[str, str]) -> dict[str, tuple[Title, ...]]:
    """For each column that its last line alone names: what stands over it, but for a header that has its own column."""
    last, found = window[-1], {}
    for name, column in places.items():
        if len(window) == 1 or column >= len(last) or wanted.get(_key(last[column])) != name:
            continue
        titles = []
        for row in window[:-1]:
            texts = [place for place, text in enumerate(row) if text.strip()]
            starts = [place for place in texts if place < len(last) and last[place].strip()]
            place = max((place for place in texts if place <= column), default=-1)
            if place not in starts:
                continue
            if wanted.get(_key(row[place] + last[column])) != name:
                titles.append(Title(clean(row[place]), place == starts[-1] and len(starts) > 1))
        found[name] = tuple(titles)
    return found


def _others(window: list[list[str]], known: set[int]) -> Iterable[tuple[str, str]]:
    width = max(map(len, window))
    above = _spread(window[-2], width) if len(window) > 1 else [""] * width
    for column, text in enumerate(window[-1]):
        if column not in known and text.strip():
            yield clean(text), clean(above[column])


def _filled_down(column: list[str], dropped: dict[int, bool]) -> list[str]:
    """The column with its empty cells filled from above; totals and repeated headers give nothing."""
    filled, last = [], ""
    for place, text in enumerate(column):
        if text and dropped.get(place, True):
            last = text
        filled.append(last)
    return filled


def _cleaned(column: Sequence[str]) -> list[str]:
    """Each text as ``clean`` leaves it; a column of plain words and numbers, as most are, is looked at as one text."""
    text = "\n".join(["", *column, ""])
    if text.isascii() and not any(space in text for space in _SPACES):
        others = text.encode().translate(None, _PRINTABLE)
        if len(others) == len(column) + 1:
            return list(column)
    known = {text: clean(text) for text in set(column)}
    return [known[text] for text in column]


def _missing_sentence(specs: Sequence[ColumnSpec], found: set[str]) -> str:
    missing = [spec.header for spec in specs if spec.required and spec.name not in found]
    if not found:
        wanted = "; ".join(spec.header for spec in specs if spec.required)
        return _("Dosyada başlık satırı bulunamadı; ilk satırlarda şu başlıklar olmalıdır: %(wanted)s.") % {
            "wanted": wanted
        }
    return ngettext(
        "Dosyada “%(missing)s” sütunu yok; başlığını ekleyip yeniden gönderiniz.",
        "Dosyada şu sütunlar yok: %(missing)s; başlıklarını ekleyip yeniden gönderiniz.",
        len(missing),
    ) % {"missing": ", ".join(missing)}
