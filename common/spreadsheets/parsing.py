"""The child's side: bytes in, plain rows out, or the reason why not.

Rows go to a file as JSON lines, a block of rows a line, so that the parent unpickles nothing
that a taken-over parser could have written.
"""

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from common.spreadsheets.formats import decode, format_of, open_archive
from common.spreadsheets.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, RefusedError, check_archive, check_position
from common.spreadsheets.text_tables import csv_table, html_rows

_BLOCK = 2_000

Sheets = Iterator[tuple[dict[str, Any], Iterable[list[str]]]]
"""What is said of each sheet, and its rows."""


def parse_file(source: str, target: str, headers: Sequence[str] = ()) -> dict[str, Any]:
    """Read the file at ``source``, write its rows to a file at ``target``.

    Answers ``{"refused": code, "params": {...}}``, or ``{"format": ...}`` with the target written:
    a line for each sheet (``sheet``: its name, ``separator`` of a text file, numbers of ``hidden`` rows), then lines
    with a list of rows each.
    """
    data = Path(source).read_bytes()
    try:
        kind = format_of(data)
        marked: frozenset[str] = frozenset()
        if kind in ("xlsx", "xlsb", "ods"):
            with open_archive(data) as archive:
                marked = check_archive(archive, len(data))
        with Path(target).open("w", encoding="utf-8") as rows:
            _write(_sheets(kind, data, marked, headers), rows)
    except RefusedError as refusal:
        return {"refused": refusal.code, "params": refusal.params}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        return {"refused": "damaged", "params": {}}
    return {"format": kind}


def _sheets(kind: str, data: bytes, marked: frozenset[str], headers: Sequence[str]) -> Sheets:
    if kind == "text":
        separator, rows = csv_table(decode(data), headers)
        yield {"sheet": "", "separator": separator}, rows
    elif kind == "html":
        yield {"sheet": ""}, html_rows(decode(data))
    else:
        from common.spreadsheets.binary_errors import Cells, errors_of
        from common.spreadsheets.restoring import restored
        from common.spreadsheets.workbooks import workbook_sheets

        hidden: dict[str, list[int]] = {}
        errors: dict[str, Cells] = {}
        if kind in ("xlsx", "ods"):
            data, hidden = restored(data, kind, marked)
        else:
            errors = errors_of(data, kind)
        for name, found in workbook_sheets(data, errors):
            yield {"sheet": name, "hidden": hidden.get(name, [])}, found


def _write(sheets: Sheets, target: TextIO) -> None:
    cells = 0
    for head, rows in sheets:
        print(json.dumps(head), file=target)
        keeps_ends = head.get("separator") == ","
        block: list[list[str]] = []
        for number, row in enumerate(rows, 1):
            width = len(row)
            while row and not row[-1]:
                row.pop()
            if number > MAX_ROWS or len(row) > 1:
                check_position(number, len(row))
            if keeps_ends and row:
                row.extend([""] * (min(width, MAX_COLUMNS) - len(row)))
            cells += len(row)
            block.append(row)
            if len(block) == _BLOCK:
                print(json.dumps(block, ensure_ascii=False), file=target)
                block = []
            if cells > MAX_CELLS:
                raise RefusedError("cells", limit=MAX_CELLS)
        if block:
            print(json.dumps(block, ensure_ascii=False), file=target)
