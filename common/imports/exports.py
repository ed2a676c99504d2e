"""Workbooks that go out: an empty template, and the refused rows with their reasons."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.utils.translation import gettext as _

from common.imports.kinds import RowError
from common.imports.running import Prepared
from common.spreadsheets.headers import ColumnSpec

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def template(columns: Sequence[ColumnSpec]) -> bytes:
    """An empty workbook with these headers; its cells are text, so that no number is cut."""
    return _workbook([spec.header for spec in columns], [])


def refused_rows(prepared: Prepared) -> bytes:
    """The refused rows as they were sent, in those canonical columns that the file has, with the reasons in a last one.

    Holds identity numbers in clear, for correction: keep it sealed and give it to the sender alone.
    """
    table = prepared.checked.table
    reasons = _reasons(prepared.checked.errors)
    lines = [
        [*(table.columns[name][place] for name in table.sent), str(row), reasons[row]]
        for place, row in enumerate(table.row_numbers)
        if row in reasons
    ]
    return _workbook([*(table.headers[name] for name in table.sent), _("Dosyadaki Satır"), _("Hata")], lines)


def _reasons(errors: Iterable[RowError]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for error in errors:
        found.setdefault(error.row, []).append(f"{error.column}: {error.message}")
    return {row: " ".join(reasons) for row, reasons in found.items()}


def _workbook(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "constant_memory": False})
    sheet = book.add_worksheet(_("Liste"))
    head = book.add_format({"bold": True, "bg_color": "#E6EEF6", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    for column, header in enumerate(headers):
        sheet.set_column(column, column, max(14, min(len(header) + 4, 60)), text)
        sheet.write_string(0, column, header, head)
    sheet.freeze_panes(1, 0)
    for place, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            sheet.write_string(place, column, _CONTROL.sub("", value)[:32_767], text)
    book.close()
    return target.getvalue()
