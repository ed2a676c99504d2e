"""Tables in plain text: CSV with any usual separator, and HTML that offices save as .xls. Runs in the child."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from common.spreadsheets.limits import MAX_CELLS, MAX_TEXT, RefusedError, check_position

_SEPARATORS = ";\t,|"
_DIRECTIVE = re.compile(r"sep=(.)\r?\n", re.I)


def csv_table(text: str, headers: Iterable[str] = ()) -> tuple[str, Iterator[list[str]]]:
    """The separator of a CSV text and its records, blank ones included, as a spreadsheet program would number them.

    The separator is the one that cuts out most of the expected ``headers``.
    """
    text = text.lstrip("\ufeff").replace("\x00", "")
    directive = _DIRECTIVE.match(text)
    if directive:
        separator, text = directive[1], text[directive.end() :]
    else:
        separator = _separator_of(text[:65_536], {_letters(header) for header in headers})
    return separator, _records(text, separator)


def _records(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_TEXT)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise RefusedError("csv") from error


def html_rows(text: str) -> list[list[str]]:
    """Rows of all tables of an HTML text; merged cells hold their text once, at the top left."""
    parser = _TableParser()
    parser.feed(text)
    parser.close()
    parser.end_row()
    return parser.rows


def _separator_of(head: str, headers: set[str]) -> str:
    """The separator that cuts out most of the headers; else the one that most lines of the head agree on."""
    lines = [line for line in head.splitlines()[:40] if line.strip()]
    best, best_score = ";", (0, 0)
    for separator in _SEPARATORS:
        counts = [len(_outside_quotes(line).split(separator)) - 1 for line in lines]
        usual = max(counts, key=lambda count: (counts.count(count) if count else 0, count), default=0)
        known = max((len(headers.intersection(map(_letters, line.split(separator)))) for line in lines), default=0)
        score = known if usual else 0, usual * counts.count(usual)
        if score > best_score:
            best, best_score = separator, score
    return best


def _letters(text: str) -> str:
    """Letters and digits alone, I and İ as i."""
    return "".join(filter(str.isalnum, text.replace("I", "i").replace("İ", "i").replace("ı", "i").casefold()))


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"?', "", line) if '"' in line else line


class _TableParser(HTMLParser):
    """Collects cells; a row or cell that is never closed ends where the next one begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._held: dict[int, int] = {}
        self._silent = self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script"):
            self._silent += 1
        elif tag == "tr":
            self.end_row()
            self._row = []
        elif tag in ("td", "th"):
            self._end_cell()
            if self._row is None:
                self._row = []
            given = dict(attrs)
            self._span = (_span(given.get("colspan")), _span(given.get("rowspan")))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self.end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def end_row(self) -> None:
        self._end_cell()
        if self._row is None:
            return
        self.rows.append(self._row)
        self._row = None
        self._held = {column: left - 1 for column, left in self._held.items() if left > 1}

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        text, self._cell = " ".join("".join(self._cell).split()), None
        if len(text) > MAX_TEXT:
            raise RefusedError("csv")
        while self._held.get(len(self._row), 0):
            self._row.append("")
        columns, rows = self._span
        start = len(self._row)
        check_position(len(self.rows) + 1, start + columns)
        self._row.append(text)
        self._row.extend("" for _column in range(columns - 1))
        self._cells += columns
        if self._cells > MAX_CELLS:
            raise RefusedError("cells", limit=MAX_CELLS)
        if rows > 1:
            self._held.update(dict.fromkeys(range(start, start + columns), rows))


def _span(text: str | None) -> int:
    return min(max(int(text), 1), 100_000) if text and text.isdecimal() and len(text) < 7 else 1
