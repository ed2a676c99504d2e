"""What a file may hold, checked before any parser sees it. Runs in the child.

A workbook of 1.4 kB can claim 17 billion cells, and 1 MB can unpack to 1 GB; so the real
unpacked bytes are counted while they stream by, and so is every cell reference.
"""

import re
import zipfile
from collections.abc import Iterator
from typing import IO

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_RATIO = 100
RATIO_APPLIES_FROM = 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELLS = 4_000_000
MAX_TEXT = 32_767

_CHUNK = 1 << 20
_OVERLAP = 4_096
_REFERENCE = re.compile(rb'\br=["\']\$?([A-Z]{0,4})\$?([0-9]{1,9})["\']')
_FAR = re.compile(rb'r="(?:\$|[A-Z]{2}|[A-Z]?[0-9]{6})')
"""A reference beyond column Z or row 99.999: without one, as nearly always, all are within any limit."""
_PREFIXED = re.compile(rb":[cf]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_ERROR = re.compile(rb"""\bt=["']e["']""")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_EMPTY_FORMULA = re.compile(
    rb'<(?:\w+:)?c\b(?![^>]*\bt=["\']str["\'][^>]*>\s*<(?:\w+:)?f\b[^<]*(?:</(?:\w+:)?f>)?\s*<(?:\w+:)?v\b)'
    rb'[^>]*?\br=["\']([A-Z]{1,3}[0-9]{1,7})["\'][^>]*>\s*'
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A formula without a stored result; an empty text is one."""
_ODS_REPEAT = re.compile(rb"<table:table-(row|cell|column)\b([^>]*?)(/?)>")
_ODS_COUNT = re.compile(rb'number-(?:rows|columns)-repeated=["\']([0-9]{1,9})["\']')
_ODS_MARKS = (b'"error"', b'"percentage"', b'"collapse"', b'"filter"')
_ODS_VALUE = re.compile(rb"office:value-type|calcext:value-type|office:string-value|table:formula")


class RefusedError(Exception):
    """The file is not read; ``code`` names the sentence (``reader.SENTENCES``), ``params`` fill it."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def check_archive(archive: zipfile.ZipFile, packed_bytes: int) -> frozenset[str]:
    """Count entries, real unpacked bytes and cell references; raises ``RefusedError``.

    Gives the parts with tables of which the parser would lose something: errors, percents of an ODS, hidden rows.
    """
    marked: set[str] = set()
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise RefusedError("entries", limit=MAX_ENTRIES)
    unpacked = 0
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise RefusedError("encrypted")
        watcher = _watcher(entry.filename)
        with archive.open(entry) as stream:
            for block in _blocks(stream):
                unpacked += len(block)
                if unpacked > MAX_UNPACKED_BYTES:
                    raise RefusedError("unpacked", limit=MAX_UNPACKED_BYTES // (1024 * 1024))
                if unpacked > RATIO_APPLIES_FROM and unpacked > MAX_RATIO * packed_bytes:
                    raise RefusedError("ratio")
                if watcher is not None:
                    watcher.feed(block)
        if watcher is not None:
            watcher.close()
            if watcher.is_marked:
                marked.add(entry.filename)
    return frozenset(marked)


def check_position(row: int, column: int) -> None:
    """Raise ``RefusedError`` when a cell at this place (counted from 1) is beyond the table limits."""
    if row > MAX_ROWS:
        raise RefusedError("rows", limit=MAX_ROWS)
    if column > MAX_COLUMNS:
        raise RefusedError("columns", limit=MAX_COLUMNS)


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


class _SheetWatcher:
    """Looks at the cell references of a worksheet as it streams by."""

    def __init__(self) -> None:
        self._tail = b""
        self._cells = 0
        self.is_marked = False

    def feed(self, block: bytes) -> None:
        self._look(self._tail + block, final=False)

    def close(self) -> None:
        self._look(self._tail, final=True)

    def _look(self, text: bytes, *, final: bool) -> None:
        cut = len(text) if final else max(text.rfind(b"<", 0, max(len(text) - _OVERLAP, 0)), 0)
        seen, self._tail = text[:cut], text[cut:]
        if len(self._tail) > 4 * _CHUNK:
            raise RefusedError("damaged")
        is_hidden = b"h" in text and b"hidden" in text and _HIDDEN.search(text)
        if is_hidden or (b"#" in text and _ERROR.search(text)):
            self.is_marked = True
        # A character that is rare is found far sooner than two of which the first is everywhere.
        prefixed = _PREFIXED.search(seen) is not None
        ordinary = not prefixed and not (b"'" in seen and b"r='" in seen)
        if not ordinary or _FAR.search(seen):
            for letters, row in set(_REFERENCE.findall(seen)):
                check_position(int(row), column_number(letters))
        self._cells += seen.count(b"<c") if ordinary else len(_CELL.findall(seen))
        if self._cells > MAX_CELLS:
            raise RefusedError("cells", limit=MAX_CELLS)
        if prefixed or (b"f" in seen and b"<f" in seen):
            unsolved = _EMPTY_FORMULA.search(text)
            if unsolved:
                raise RefusedError("formula", cell=unsolved[1].decode())


class _OdsWatcher:
    """Adds up the repeat counts of an ODS table, up to the last cell that holds something."""

    def __init__(self) -> None:
        self._tail = b""
        self._row = self._row_repeat = self._column = self._cells = 0
        self.is_marked = False

    def feed(self, block: bytes) -> None:
        text = self._tail + block
        cut = text.rfind(b"<")
        self._look(text[:cut])
        self._tail = text[cut:]
        if len(self._tail) > 4 * _CHUNK:
            raise RefusedError("damaged")

    def close(self) -> None:
        self._look(self._tail)

    def _look(self, text: bytes) -> None:
        self.is_marked = self.is_marked or any(mark in text for mark in _ODS_MARKS)
        for tag in _ODS_REPEAT.finditer(text):
            count = _ODS_COUNT.search(tag[2])
            repeat = int(count[1]) if count else 1
            if tag[1] == b"row":
                self._row, self._row_repeat, self._column = self._row + self._row_repeat, repeat, 0
            elif tag[1] == b"cell":
                self._column += repeat
                if _ODS_VALUE.search(tag[2]):
                    self._cells += repeat * self._row_repeat
                    check_position(self._row + self._row_repeat, self._column)
                    if self._cells > MAX_CELLS:
                        raise RefusedError("cells", limit=MAX_CELLS)


def _watcher(name: str) -> "_SheetWatcher | _OdsWatcher | None":
    if name.endswith(".xml") and "/worksheets/" in name:
        return _SheetWatcher()
    return _OdsWatcher() if name == "content.xml" else None


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(_CHUNK):
        yield block
