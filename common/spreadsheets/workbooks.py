"""Sheets of binary and zipped workbooks, after the limits check. Runs in the child."""

import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from common.spreadsheets.binary_errors import Cells
from common.spreadsheets.limits import MAX_CELLS, RefusedError, check_position

_REMEMBERED = 20_000


def workbook_sheets(data: bytes, errors: Mapping[str, Cells]) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Name and rows of each visible sheet, rows from the first one on, cells as a person reads them.

    ``errors``: those of each sheet that the parser takes for empty cells.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for sheet in book.sheets_metadata:
            if sheet.visible == SheetVisibleEnum.Visible:
                rows = _rows(book, sheet.name)
                yield sheet.name, _with_errors(rows, errors[sheet.name]) if sheet.name in errors else rows
    except CalamineError as error:
        raise RefusedError("damaged") from error


def cell_text(value: Any) -> str:
    """A cell as Turkish offices see it: whole numbers without a point, decimal comma, dd.mm.yyyy, h:mm:ss."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "DOĞRU" if value else "YANLIŞ"
    if isinstance(value, (int, float)):
        return _number_text(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.strftime("%d.%m.%Y" if midnight else "%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, timedelta):
        return _duration_text(value)
    if isinstance(value, time):
        return str(value)
    return "" if value is None else str(value)


def _number_text(value: float) -> str:
    if not isfinite(value):
        return ""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = format(value, ".15g")
    return (format(Decimal(text), "f") if "e" in text else text).replace(".", ",")


class _Numbers(dict[float, str]):
    """The text of each number met so far: results are the same few numbers again and again."""

    def __missing__(self, value: float) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        text = self[value] = _number_text(value)
        return text


def _duration_text(value: timedelta) -> str:
    """Hours above a day included: ``37:15:00``."""
    seconds = round(value.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _rows(book: CalamineWorkbook, name: str) -> Iterator[list[str]]:
    sheet = book.get_sheet_by_name(name)
    height, width = sheet.total_height, sheet.total_width
    check_position(height, width)
    if height * width > MAX_CELLS:
        raise RefusedError("cells", limit=MAX_CELLS)
    before = [""] * (sheet.start[1] if sheet.start else 0)
    numbers = _Numbers()
    for row in sheet.iter_rows():
        yield before + [
            numbers[value] if type(value) is float else value if isinstance(value, str) else cell_text(value)
            for value in row
        ]


def _with_errors(rows: Iterator[list[str]], errors: Cells) -> Iterator[list[str]]:
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (place, column), text in errors.items():
        by_row.setdefault(place, []).append((column, text))
    for place, row in enumerate(rows):
        for column, text in by_row.get(place, ()):
            if column < len(row) and not row[column]:
                row[column] = text
        yield row
