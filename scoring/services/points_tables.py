"""Versions of the points table: draft, change, approve. What EXECUTIVE approved never changes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import UserError
from schools.models import AcademicYear
from schools.services import year_tables
from schools.services.year_tables import Edit
from scoring.models import PointsLine, PointsTable, ProgrammeCoefficient
from scoring.reference import copy_lines
from scoring.rules import may

HUNDRED = Decimal(100)


LINES = {"coefficient": ProgrammeCoefficient, "line": PointsLine}
FIELDS = {"coefficient": frozenset({"percent"}), "line": frozenset({"preparing_points", "success_points"})}


@transaction.atomic
def new_version(*, year: AcademicYear, reason: str, by: User) -> PointsTable:
    """A draft with the lines of the newest version; a year has at most one draft."""
    locked = year_tables.lock_year(year)
    table = PointsTable(year=locked)
    if not may(by, "scoring.edit_points", table):
        raise PermissionDenied
    source = year_tables.add_draft(table, reason=reason, by=by)
    if source is not None:
        copy_lines(source, table)
    return table


@transaction.atomic
def change_draft(*, table: PointsTable, edits: Iterable[Edit], by: User) -> int:
    """Change cells of a draft; returns how many. ``Conflict`` when a cell no longer is what the editor saw."""
    current = _locked_draft(table, by, "scoring.edit_table")
    return year_tables.write_cells(current, map(_checked, edits), LINES, by=by)


def _checked(edit: Edit) -> Edit:
    if edit.field not in FIELDS[edit.kind]:
        raise KeyError(edit.field)
    if edit.value is not None and not 0 <= edit.value <= HUNDRED:
        raise UserError(_("Puanlar ve yüzdeler 0 ile 100 arasında olmalıdır."))
    return edit


@transaction.atomic
def approve_table(*, table: PointsTable, by: User) -> PointsTable:
    """Freeze a draft as the year's table in force; the one before is superseded. Coefficients must sum to 100."""
    current = _locked_draft(table, by, "scoring.approve_points")
    total = current.coefficients.aggregate(total=Sum("percent"))["total"] or Decimal(0)
    if Decimal(total).quantize(Decimal("0.01")) != HUNDRED:
        raise UserError(
            _("Katsayıların toplamı %%%(total)s; onaylamadan önce toplamı %%100 yapınız.")
            % {"total": f"{Decimal(total):f}".rstrip("0").rstrip(".").replace(".", ",")}
        )
    return year_tables.approve_draft(current, by=by)


@transaction.atomic
def discard_draft(*, table: PointsTable, by: User) -> None:
    """Delete a draft that nobody approved."""
    year_tables.discard_draft(_locked_draft(table, by, "scoring.edit_table"), by=by)


def _locked_draft(table: PointsTable, by: User, permission: str) -> PointsTable:
    current = year_tables.locked_draft(table)
    if not may(by, permission, current):
        raise PermissionDenied
    return current
