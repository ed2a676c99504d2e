"""Finding a described table in a sheet as offices really lay them out.

Titles above the header, headers over two or three merged rows, other casing and other names of
a column, a header printed again in the middle, TOPLAM rows, empty rows and group titles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.errors import UserError
from common.spreadsheets.reader import Sheet
from common.text import clean, fold

HEADER_WITHIN = 30
HEADER_HEIGHT = 3
_TOTALS = ("toplam", "genel toplam", "ara toplam", "yekun", "ilce toplami", "okul toplami", "kurum toplami")


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


@dataclass
class Table:
    """Columns of cleaned text of equal length, and the row number of each line as a person sees it.

    A column that the file lacks is full of empty texts; ``present`` names those that it has.
    """

    row_numbers: list[int]
    columns: dict[str, list[str]]
    headers: dict[str, str] = field(default_factory=dict)
    present: frozenset[str] = frozenset()
    sheet: str = ""

    def __len__(self) -> int:
        return len(self.row_numbers)


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
    return _table(sheet, header, specs)


def _wanted(specs: Iterable[ColumnSpec]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for spec in specs:
        for written in (spec.header, *spec.aliases):
            wanted.setdefault(header_key(written), spec.name)
    return wanted


def header_key(text: str) -> str:
    """Matching key of a header: folded, letters and digits only (``T.C. Kimlik No`` -> ``tckimlikno``)."""
    return "".join(char for char in fold(text) if char.isalnum())


def _best_header(rows: list[list[str]], wanted: dict[str, str]) -> _Header | None:
    best: _Header | None = None
    for first in range(min(HEADER_WITHIN, len(rows))):
        if not any(rows[first]):
            continue
        for height in range(1, HEADER_HEIGHT + 1):
            if first + height > len(rows):
                break
            header = _Header(first, height, _places(rows[first : first + height], wanted))
            if header.places and (best is None or len(header.places) > len(best.places)):
                best = header
    return best


def _places(window: list[list[str]], wanted: dict[str, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for column, options in enumerate(_options(window)):
        for option in options:
            name = wanted.get(option)
            if name is not None and name not in places:
                places[name] = column
                break
    return places


def _options(window: list[list[str]]) -> Iterable[list[str]]:
    """For each column the keys its header may have: all its parts, the last one, and both under a merged title."""
    width = max(map(len, window))
    spread = [_spread(row, width) for row in window]
    for column in range(width):
        own = [row[column] for row in window if column < len(row) and row[column].strip()]
        if not own:
            yield []
        elif column >= len(window[-1]) or not window[-1][column].strip():
            yield [header_key(own[-1])]
        else:
            titled = [row[column] for row in spread if row[column].strip()]
            yield [header_key(text) for text in (" ".join(own), own[-1], " ".join(titled))]


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
        name = wanted.get(header_key(text)) if text.strip() else None
        if name is None:
            continue
        if name in seen and header.places.get(name) == seen[name]:
            raise UserError(_("“%(header)s” sütunu dosyada iki kez var; fazlasını siliniz.") % {"header": clean(text)})
        seen[name] = column


def _table(sheet: Sheet, header: _Header, specs: Sequence[ColumnSpec]) -> Table:
    rows, places = sheet.rows, header.places
    used = [places[spec.name] for spec in specs if spec.name in places]
    fill = {places[spec.name] for spec in specs if spec.fill_down and spec.name in places}
    needed = [places[spec.name] for spec in specs if spec.required]
    kept: list[int] = []
    skip = _Skipper(rows, header, needed)
    group: dict[int, str] = {}
    filled: dict[int, list[str]] = {column: [] for column in fill}
    for index in range(header.data_from, len(rows)):
        row = rows[index]
        width = len(row)
        present = [column for column in used if column < width and row[column] and not row[column].isspace()]
        if not present or skip(row, present):
            continue
        for column in fill:
            if column in present:
                group[column] = row[column]
        if fill and fill.issuperset(present):
            continue
        kept.append(index)
        for column in fill:
            filled[column].append(group.get(column, ""))
    columns: dict[str, list[str]] = {}
    for spec in specs:
        column = places.get(spec.name, -1)
        if column < 0:
            columns[spec.name] = [""] * len(kept)
        elif column in filled:
            columns[spec.name] = _cleaned(filled[column])
        else:
            columns[spec.name] = _cleaned([rows[index][column] if column < len(rows[index]) else "" for index in kept])
    named = {spec.name: spec.header for spec in specs}
    return Table([index + 1 for index in kept], columns, named, frozenset(places), sheet.name)


class _Skipper:
    """Says of a row whether it is a total or the header printed again."""

    def __init__(self, rows: list[list[str]], header: _Header, needed: list[int]) -> None:
        self._again = rows[header.first_row : header.data_from]
        self._needed = frozenset(needed)

    def __call__(self, row: list[str], present: list[int]) -> bool:
        first = next(cell for cell in row if cell and not cell.isspace())
        if first[0].isdigit():
            return False
        if row in self._again:
            return True
        return fold(first).startswith(_TOTALS) and not self._needed.issubset(present)


def _cleaned(column: list[str]) -> list[str]:
    known: dict[str, str] = {}
    for text in set(column):
        known[text] = clean(text)
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
