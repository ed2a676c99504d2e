"""Errors in the cells of binary workbooks (XLS, XLSB), which the parser takes for empty ones. Runs in the child.

A workbook that cannot be followed here has none: whether it is damaged is for the parser to say.
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator

Cells = dict[tuple[int, int], str]
"""Texts by row and column, counted from 0."""

_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_UNKNOWN = "#N/A"
_LAST_SECTOR = 0xFFFFFFFA
_IN_HEADER = 109
_ENTRY = 128
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ID = re.compile(rb"""\bId=["']([^"']*)["']""")
_TARGET = re.compile(rb"""\bTarget=["']/?(?:xl/)?([^"']*)["']""")


def errors_of(data: bytes, kind: str) -> dict[str, Cells]:
    """The errors in each sheet of an XLS or XLSB by the name of the sheet."""
    try:
        found = dict(_in_xls(data) if kind == "xls" else _in_xlsb(data))
    except (struct.error, IndexError, KeyError, ValueError):
        return {}
    return {name: cells for name, cells in found.items() if cells}


def _in_xls(data: bytes) -> Iterator[tuple[str, Cells]]:
    stream = _workbook_stream(data)
    for start, name in _sheets_of_stream(stream):
        yield name, _errors_from(stream, start)


def _workbook_stream(data: bytes) -> bytes:
    """The stream of the records, put together from its sectors."""
    size = 1 << struct.unpack_from("<H", data, 0x1E)[0]
    directory, _signature, _cutoff = struct.unpack_from("<III", data, 0x30)
    next_table, count = struct.unpack_from("<II", data, 0x44)
    tables = list(struct.unpack_from(f"<{_IN_HEADER}I", data, 0x4C))
    for _place in range(min(count, len(data) // size)):
        *more, next_table = struct.unpack_from(f"<{size // 4}I", data, size * (next_table + 1))
        tables += more
    chain = [
        following
        for table in tables
        if table < _LAST_SECTOR
        for following in struct.unpack_from(f"<{size // 4}I", data, size * (table + 1))
    ]

    def read(sector: int) -> bytes:
        parts: list[bytes] = []
        while sector < _LAST_SECTOR and len(parts) <= len(chain):
            parts.append(data[size * (sector + 1) : size * (sector + 2)])
            sector = chain[sector]
        return b"".join(parts)

    entries = read(directory)
    for place in range(0, len(entries), _ENTRY):
        name = entries[place : place + struct.unpack_from("<H", entries, place + 64)[0] - 2].decode("utf-16-le")
        if name in ("Workbook", "Book"):
            return read(struct.unpack_from("<I", entries, place + 116)[0])
    return b""


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        yield kind, stream[start + 4 : start + 4 + length]
        if kind == 0x0A:
            return
        start += 4 + length


def _sheets_of_stream(stream: bytes) -> Iterator[tuple[int, str]]:
    for kind, body in _records(stream, 0):
        if kind == 0x85:
            encoding = "utf-16-le" if body[7] & 1 else "latin-1"
            yield struct.unpack_from("<I", body)[0], body[8:].decode(encoding)


def _errors_from(stream: bytes, start: int) -> Cells:
    found: Cells = {}
    for kind, body in _records(stream, start):
        if kind == 0x205 and body[7] == 1:
            found[struct.unpack_from("<HH", body)] = _TEXTS.get(body[6], _UNKNOWN)
        elif kind == 0x06 and body[6] == 2 and body[12:14] == b"\xff\xff":
            found[struct.unpack_from("<HH", body)] = _TEXTS.get(body[8], _UNKNOWN)
    return found


def _in_xlsb(data: bytes) -> Iterator[tuple[str, Cells]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        targets = {}
        for tag in _RELATION.findall(archive.read("xl/_rels/workbook.bin.rels")):
            given, target = _ID.search(tag), _TARGET.search(tag)
            if given is not None and target is not None:
                targets[given[1].decode()] = f"xl/{target[1].decode()}"
        for kind, body in _long_records(archive.read("xl/workbook.bin")):
            if kind == 156:
                relation, rest = _wide(body[8:])
                yield _wide(rest)[0], _errors_in(archive.read(targets[relation]))


def _errors_in(part: bytes) -> Cells:
    found: Cells = {}
    row = 0
    for kind, body in _long_records(part):
        if kind == 0:
            row = struct.unpack_from("<I", body)[0]
        elif kind in (3, 11):
            found[row, struct.unpack_from("<I", body)[0]] = _TEXTS.get(body[8], _UNKNOWN)
    return found


def _long_records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record; a kind with its highest bit set goes on in a second byte, a length in four."""
    place = 0
    while place < len(part):
        kind = part[place]
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | part[place] << 7
            place += 1
        length = shift = 0
        while True:
            byte = part[place]
            place += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift == 28:
                break
        yield kind, part[place : place + length]
        place += length


def _wide(data: bytes) -> tuple[str, bytes]:
    end = 4 + 2 * struct.unpack_from("<I", data)[0]
    return data[4:end].decode("utf-16-le"), data[end:]
