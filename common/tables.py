"""Lists: one page at a time, and whole as CSV or XLSX in which no cell can start a formula."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Generic, TypeVar

import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Field, Model, Q, QuerySet
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

PAGE_PARAM = "page"
AFTER_PARAM = "sonra"
FORMULA_START = re.compile(r"^[\s\ufeff\u200b]*[=+\-@\t\r\n\0＝＋－＠]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX_CELL_LIMIT = 32_767
SHOWN_PLACES = Decimal("0.0001")
DECIMAL_MASKS = ("0", "0.0", "0.00", "0.000", "0.0000")

RowT = TypeVar("RowT", bound=Model)


def page_of(queryset: QuerySet[RowT] | Sequence[RowT], request: HttpRequest, per_page: int = 50) -> Page[RowT]:
    """The page that the address asks for (``?page=2``); a wrong number gives the nearest page. One count, one select.

    The queryset must be ordered down to a unique key.
    """
    return Paginator(queryset, per_page).get_page(request.GET.get(PAGE_PARAM))


@dataclass(frozen=True)
class KeysetPage(Generic[RowT]):
    """A page of a long list without a count; ``next_cursor`` goes into ``?sonra=``, empty on the last page."""

    items: list[RowT]
    next_cursor: str

    def __iter__(self) -> Iterator[RowT]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def keyset_page_of(
    queryset: QuerySet[RowT], request: HttpRequest, *, keys: Sequence[str], per_page: int = 50
) -> KeysetPage[RowT]:
    """A page found by key instead of by offset: as quick at the end of the list as at its start.

    ``keys`` are concrete non-null fields, ``-`` in front for descending, the last one unique. A cursor that can't be
    read gives the first page.
    """
    names = [key.removeprefix("-") for key in keys]
    cursor = _read_cursor(queryset.model, names, request.GET.get(AFTER_PARAM, ""))
    if cursor is not None:
        queryset = queryset.filter(_after(keys, cursor))
    rows = list(queryset.order_by(*keys)[: per_page + 1])
    more, rows = len(rows) > per_page, rows[:per_page]
    return KeysetPage(rows, _write_cursor(rows[-1], names) if more else "")


def _after(keys: Sequence[str], values: Sequence[Any]) -> Q:
    condition, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        name = key.removeprefix("-")
        step = f"{name}__{'lt' if key.startswith('-') else 'gt'}"
        condition |= equal & Q(**{step: value})
        equal &= Q(**{name: value})
    return condition


def _write_cursor(row: Model, names: Sequence[str]) -> str:
    values = [field.value_to_string(row) for field in _fields(type(row), names)]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read_cursor(model: type[Model], names: Sequence[str], text: str) -> list[Any] | None:
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(names):
            return None
        cleaned = [field.to_python(value) for field, value in zip(_fields(model, names), values, strict=True)]
    except (ValueError, TypeError, OverflowError, ValidationError):
        return None
    return None if None in cleaned else cleaned


def _fields(model: type[Model], names: Sequence[str]) -> list[Field[Any, Any]]:
    by_name = {field.name: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def safe_text(value: str) -> str:
    """Text that no spreadsheet takes for a formula when it stands in a CSV cell."""
    clean = CONTROL.sub("", value)
    return f"'{clean}" if FORMULA_START.match(value) else clean


def csv_cell(value: Any) -> str:
    """One value in Turkish notation: decimal comma, dd.mm.yyyy; numbers stay numbers, text is made safe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Evet" if value else "Hayır"
    if isinstance(value, Fraction):
        value = _rounded(value)
    if isinstance(value, (int, Decimal)):
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value)
    if isinstance(value, dt.datetime):
        return _local(value).strftime("%d.%m.%Y %H:%M")
    if isinstance(value, dt.date):
        return value.strftime("%d.%m.%Y")
    return safe_text(str(value))


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file line by line: UTF-8 with a byte order mark, ``;`` between cells, as Turkish Excel opens it."""
    yield b"\xef\xbb\xbf" + _csv_line(columns)
    for row in rows:
        yield _csv_line(row)


def _csv_line(row: Sequence[Any]) -> bytes:
    cells = [csv_cell(value) for value in row]
    quoted = [f'"{cell.replace(chr(34), chr(34) * 2)}"' if re.search(r'[;"\r\n]', cell) else cell for cell in cells]
    return (";".join(quoted) + "\r\n").encode()


def csv_response(filename: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A CSV download, sent while the rows are read."""
    response = StreamingHttpResponse(csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def xlsx_response(
    filename: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str = "Liste"
) -> FileResponse:
    """An XLSX download, written row by row to a temporary file."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(file, columns, rows, sheet=sheet)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=filename, content_type=XLSX_TYPE)
    response["Cache-Control"] = "private, no-store"
    return response


def write_xlsx(file: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str = "Liste") -> int:
    """Write the table to a binary file in constant memory; returns the number of rows below the heading."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    count = 0
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", sheet)[:31] or "Liste")
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats: dict[Any, Any] = {
            "date": book.add_format({"num_format": "dd.mm.yyyy"}),
            "moment": book.add_format({"num_format": "dd.mm.yyyy hh:mm"}),
            **{places: book.add_format({"num_format": mask}) for places, mask in enumerate(DECIMAL_MASKS)},
        }
        page.set_column(0, max(0, len(columns) - 1), 18)
        page.freeze_panes(1, 0)
        for column, name in enumerate(columns):
            page.write_string(0, column, _xlsx_text(str(name)), heading)
        for count, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write_cell(page, count, column, value, formats)
    return count


def _places(value: Decimal) -> int:
    """With how many decimals the cell shows the number: those that it comes with, so that a column has as many in all
    its rows."""
    exponent = value.as_tuple().exponent
    return min(max(0, -exponent), len(DECIMAL_MASKS) - 1) if isinstance(exponent, int) else 0


def _write_cell(page: Any, row: int, column: int, value: Any, formats: dict[Any, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Fraction):
        value = _rounded(value)
    if isinstance(value, bool):
        page.write_string(row, column, "Evet" if value else "Hayır")
    elif isinstance(value, Decimal) and value.is_finite():
        page.write_number(row, column, value, formats[_places(value)])
    elif isinstance(value, int) and abs(value) < 10**15:
        page.write_number(row, column, value)
    elif isinstance(value, dt.datetime):
        page.write_datetime(row, column, _local(value).replace(tzinfo=None), formats["moment"])
    elif isinstance(value, dt.date):
        page.write_datetime(row, column, value, formats["date"])
    else:
        page.write_string(row, column, _xlsx_text(str(value)))


def _xlsx_text(text: str) -> str:
    return CONTROL.sub("", text)[:XLSX_CELL_LIMIT]


def _local(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _rounded(value: Fraction) -> Decimal:
    """Half up to four places, as points are shown; whole numbers without a comma."""
    scaled = value * 10**4
    units = (abs(scaled) + Fraction(1, 2)).__floor__()
    shown = Decimal(units if scaled >= 0 else -units) * SHOWN_PLACES
    return shown.normalize() if shown else Decimal(0)
