"""Builders of files as offices send them; what each test's file is says the table at the top of that test."""

from __future__ import annotations

import html as markup
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

from tests.common.workbook_files import ods as raw_ods

Rows = Sequence[Sequence[Any]]
NBSP = "\u00a0"
DOT = "\u0307"
"""Follows an ``i`` in texts that some programs took apart: ``i`` + U+0307 for ``i``, ``I`` + U+0307 for ``İ``."""


@dataclass(frozen=True)
class Nasty:
    """A file and what must come of it.

    ``stored``: what the kind's reader finds after the file (or its corrected rows) went in. ``refused``: row, column
    and the beginning of the sentence of each refused cell; ``kept``: what goes in when those rows are left out;
    ``corrected``: for a refused row (by its number) the cells that the person puts right, by header. ``sentence``: the
    file as a whole is refused with it.
    """

    name: str
    what: str
    data: bytes | Callable[[], bytes]
    file: str = "liste.csv"
    stored: Any = None
    refused: Sequence[tuple[int, str, str]] = ()
    kept: Any = None
    corrected: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    sentence: str = ""
    options: Sequence[str] = ()

    def bytes(self) -> bytes:
        return self.data() if callable(self.data) else self.data


def csv(
    rows: Rows, *, separator: str = ";", encoding: str = "utf-8", line: str = "\r\n", quoted: bool = False
) -> bytes:
    """Text with a separator; ``quoted`` puts every cell into quotation marks."""
    cells = [[f'"{cell}"' if quoted else str(cell) for cell in row] for row in rows]
    return line.join(separator.join(row) for row in cells).encode(encoding)


def book(
    rows: Rows,
    *,
    merged: Mapping[str, str] | None = None,
    formats: Mapping[tuple[int, int], str] | None = None,
    sheets: Mapping[str, Rows] | None = None,
    hidden: Sequence[str] = (),
) -> bytes:
    """A workbook. ``merged``: ranges with their text (``B1:C1``); ``formats``: number formats by place."""
    target = io.BytesIO()
    out = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "default_date_format": "dd.mm.yyyy"})
    known = {text: out.add_format({"num_format": text}) for text in (formats or {}).values()}
    for name, content in (sheets or {"Sayfa1": rows}).items():
        sheet = out.add_worksheet(name)
        for place, row in enumerate(content):
            for column, value in enumerate(row):
                if value is not None and value != "":
                    sheet.write(place, column, value, known.get((formats or {}).get((place, column), "")))
        if name in hidden:
            sheet.hide()
    for where, text in (merged or {}).items():
        out.worksheets()[0].merge_range(where, text)
    out.close()
    return target.getvalue()


def solved(rows: Rows, formulas: Mapping[tuple[int, int], tuple[str, Any]]) -> bytes:
    """A workbook with formulas (by place) whose results are stored."""
    target = io.BytesIO()
    out = xlsxwriter.Workbook(target)
    sheet = out.add_worksheet()
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            if (place, column) in formulas:
                formula, result = formulas[place, column]
                sheet.write_formula(place, column, formula, None, result)
            else:
                sheet.write(place, column, value)
    out.close()
    return target.getvalue()


def html(rows: Rows, *, encoding: str = "cp1254", title: str = "") -> bytes:
    """An HTML page with one table, as office programs of the web save it under the name .xls."""
    body = "".join(
        "<tr>" + "".join(f"<td><font size=2>{markup.escape(str(cell))}</font>&nbsp;</td>" for cell in row) + "</tr>\r\n"
        for row in rows
    )
    head = f'<tr><td colspan="{len(rows[0])}"><b>{title}</b></td></tr>' if title else ""
    return f"<html><body><table border=1>{head}{body}</table></body></html>".encode(encoding)


def ods(rows: Rows) -> bytes:
    """An ODS; floats and whole numbers are number cells, ``PT…`` texts are time cells."""
    return raw_ods("".join("<table:table-row>" + "".join(map(_ods_cell, row)) + "</table:table-row>" for row in rows))


def _ods_cell(value: Any) -> str:
    text = f"<text:p>{markup.escape(str(value))}</text:p>"
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value}">{text}</table:table-cell>'
    if isinstance(value, str) and value.startswith("PT"):
        return f'<table:table-cell office:value-type="time" office:time-value="{value}">{text}</table:table-cell>'
    if value == "":
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
