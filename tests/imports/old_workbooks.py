"""Workbooks of old programs that no library writes any more: XLS (BIFF8 in an OLE container) and XLSB, by hand."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from tests.common.workbook_files import RELATIONS

Rows = Sequence[Sequence[Any]]
NOT_FOUND = object()
"""A cell in which a formula did not find what it looked for (#YOK)."""


_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xls(rows: Rows, sheet: str = "Sayfa1") -> bytes:
    """A workbook of Excel 97-2003; texts are label cells, numbers are number cells."""
    table = _biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 6))
    table += _biff(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for place, column, value in _cells(rows):
        if value is NOT_FOUND and column % 2:
            table += _biff(0x0205, struct.pack("<HHHBB", place, column, 0, 0x2A, 1))
        elif value is NOT_FOUND:
            result = bytes([2, 0, 0x2A, 0, 0, 0, 0xFF, 0xFF])
            table += _biff(0x0006, struct.pack("<HHH", place, column, 0) + result + bytes(6) + b"\2\0\x1c\x2a")
        elif isinstance(value, str):
            table += _biff(0x0204, struct.pack("<HHH", place, column, 0) + _unicode(value))
        else:
            table += _biff(0x0203, struct.pack("<HHHd", place, column, 0, float(value)))
    table += _biff(0x000A, b"")
    name = sheet.encode("utf-16-le")
    head = _biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 6)) + _biff(0x0042, struct.pack("<H", 1200))
    start = len(head) + 4 + 8 + len(name) + 4
    bound = struct.pack("<IHBB", start, 0, len(sheet), 1) + name
    return _ole(head + _biff(0x0085, bound) + _biff(0x000A, b"") + table)


def xlsb(rows: Rows, sheet: str = "Sayfa1") -> bytes:
    """A binary workbook of Excel 2007 and later."""
    book = (
        _brt(131) + _brt(143) + _brt(156, struct.pack("<II", 0, 1) + _wide("r1") + _wide(sheet)) + _brt(144) + _brt(132)
    )
    table = _brt(129) + _brt(148, struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)) + _brt(145)
    row = -1
    for place, column, value in _cells(rows):
        if place != row:
            row = place
            table += _brt(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))
        head = struct.pack("<II", column, 0)
        if value is NOT_FOUND:
            table += _brt(3, head + b"\x2a")
            continue
        table += _brt(6, head + _wide(value)) if isinstance(value, str) else _brt(5, head + struct.pack("<d", value))
    table += _brt(146) + _brt(130)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", book)
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.bin", table)
    return target.getvalue()


def _cells(rows: Rows) -> Iterator[tuple[int, int, Any]]:
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            if value != "":
                yield place, column, value


def _biff(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _unicode(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _brt(kind: int, data: bytes = b"") -> bytes:
    return _seven(kind, 2) + _seven(len(data), 4) + data


def _seven(number: int, longest: int) -> bytes:
    """Seven bits a byte, the highest says that more follow."""
    parts = []
    for _place in range(longest):
        number, low = number >> 7, number & 0x7F
        parts.append(low | (0x80 if number else 0))
        if not number:
            break
    return bytes(parts)


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _ole(stream: bytes) -> bytes:
    """A compound file with one stream, ``Workbook``: header, its allocation table, its directory, its sectors."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    table = [_FAT, _END, *range(3, count + 2), _END]
    assert len(table) <= _SECTOR // 4
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    header += struct.pack("<108I", *[_FREE] * 108)
    fat = struct.pack("<128I", *table, *[_FREE] * (128 - len(table)))
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream)) + bytes(256)
    return header + fat + directory + stream


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    text = (name.encode("utf-16-le") + b"\0\0").ljust(64, b"\0")
    length = 2 * len(name) + 2
    return text + struct.pack("<HBBIII16xI8x8xIQ", length, kind, 1, _FREE, _FREE, child, 0, first, size)
