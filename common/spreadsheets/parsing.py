"""The child's side: bytes in, plain rows out, or the reason why not.

Rows go to a file as JSON lines, a block of rows a line, so that the parent unpickles nothing
that a taken-over parser could have written.
"""

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from common.spreadsheets.formats import decode, format_of, open_archive
from common.spreadsheets.limits import MAX_CELLS, MAX_ROWS, RefusedError, check_archive, check_position
from common.spreadsheets.text_tables import csv_rows, html_rows

_BLOCK = 2_000

Sheets = Iterator[tuple[str, Iterable[list[str]]]]


def parse_file(source: str, target: str) -> dict[str, Any]:
    """Read the file at ``source``, write its rows to a file at ``target``.

    Answers ``{"refused": code, "params": {...}}``, or ``{"format": ...}`` with the target written:
    a line ``{"sheet": name}`` for each sheet, then lines with a list of rows each.
    """
    data = Path(source).read_bytes()
    try:
        kind = format_of(data)
        if kind in ("xlsx", "xlsb", "ods"):
            with open_archive(data) as archive:
                check_archive(archive, len(data))
        with Path(target).open("w", encoding="utf-8") as rows:
            _write(_sheets(kind, data), rows)
    except RefusedError as refusal:
        return {"refused": refusal.code, "params": refusal.params}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        return {"refused": "damaged", "params": {}}
    return {"format": kind}


def _sheets(kind: str, data: bytes) -> Sheets:
    if kind == "text":
        yield "", csv_rows(decode(data))
    elif kind == "html":
        yield "", html_rows(decode(data))
    else:
        from common.spreadsheets.workbooks import workbook_sheets

        yield from workbook_sheets(data)


def _write(sheets: Sheets, target: TextIO) -> None:
    cells = 0
    for name, rows in sheets:
        print(json.dumps({"sheet": name}), file=target)
        block: list[list[str]] = []
        for number, row in enumerate(rows, 1):
            while row and not row[-1]:
                row.pop()
            if number > MAX_ROWS or len(row) > 1:
                check_position(number, len(row))
            cells += len(row)
            block.append(row)
            if len(block) == _BLOCK:
                print(json.dumps(block, ensure_ascii=False), file=target)
                block = []
            if cells > MAX_CELLS:
                raise RefusedError("cells", limit=MAX_CELLS)
        if block:
            print(json.dumps(block, ensure_ascii=False), file=target)
