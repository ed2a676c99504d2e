"""Versions of the criteria table: draft, change, approve. What EXECUTIVE approved never changes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import UserError
from eba.models import PLATFORM, CriteriaTable, Criterion, CriterionWeight, Platform
from eba.rules import may
from eba.selectors.criteria import terms_in_use
from schools.models import AcademicYear
from schools.services import year_tables
from schools.services.year_tables import Edit

HIGHEST_COEFFICIENT = Decimal(1000)
HIGHEST_CAP = 100_000
FIELDS = frozenset({"coefficient", "cap"})


@transaction.atomic
def new_version(*, year: AcademicYear, reason: str, by: User) -> CriteriaTable:
    """A draft with the lines of the newest version; a year has at most one draft.

    The first table of a year begins with every criterion of the platform at coefficient 1.
    """
    locked = year_tables.lock_year(year)
    if not may(by, "eba.edit_criteria", CriteriaTable(year=locked)):
        raise PermissionDenied
    platform = Platform.objects.filter(code=PLATFORM).first()
    if platform is None:
        raise UserError(_("EBA ölçütleri henüz yüklenmemiş; sistem yöneticisi ili hazırlayınca yüklenir."))
    table = CriteriaTable(year=locked, platform=platform)
    _copy_lines(year_tables.add_draft(table, reason=reason, by=by), table)
    return table


def _copy_lines(source: CriteriaTable | None, target: CriteriaTable) -> None:
    """The lines of the version before; criteria that it did not have yet get coefficient 1."""
    known = {line.criterion_id: line for line in source.weights.all()} if source else {}
    CriterionWeight.objects.bulk_create(
        CriterionWeight(
            table=target,
            criterion=criterion,
            coefficient=known[criterion.pk].coefficient if criterion.pk in known else Decimal(1),
            cap=known[criterion.pk].cap if criterion.pk in known else None,
        )
        for criterion in Criterion.objects.filter(platform=target.platform_id).order_by("order")
    )


@transaction.atomic
def change_draft(*, table: CriteriaTable, edits: Iterable[Edit], by: User) -> int:
    """Change cells of a draft; returns how many. ``Conflict`` when a cell no longer is what the editor saw."""
    current = _locked_draft(table, by, "eba.edit_table")
    return year_tables.write_cells(current, map(_checked, edits), {"": CriterionWeight}, by=by)


def _checked(edit: Edit) -> Edit:
    if edit.field not in FIELDS:
        raise KeyError(edit.field)
    if edit.field == "coefficient" and (edit.value is None or not 0 <= edit.value <= HIGHEST_COEFFICIENT):
        raise UserError(_("Katsayılar 0 ile 1.000 arasında olmalıdır."))
    if edit.field == "cap" and edit.value is not None and not 1 <= edit.value <= HIGHEST_CAP:
        raise UserError(_("Üst sınır 1 ile 100.000 arasında bir tam sayı olmalı ya da boş bırakılmalıdır."))
    return edit


@transaction.atomic
def approve_table(*, table: CriteriaTable, by: User) -> CriteriaTable:
    """Freeze a draft as the year's criteria in force; the one before is superseded.

    The audit row says which terms were imported already: criteria are to be known before the term they measure.
    """
    current = _locked_draft(table, by, "eba.approve_table")
    if not current.weights.filter(coefficient__gt=0).exists():
        raise UserError(_("Hiçbir ölçütün katsayısı 0'dan büyük değil; onaylamadan önce katsayıları yazınız."))
    facts = {"terms_imported_before": terms_in_use(current.year)}
    return year_tables.approve_draft(current, by=by, facts=facts)


@transaction.atomic
def discard_draft(*, table: CriteriaTable, by: User) -> None:
    """Delete a draft that nobody approved."""
    year_tables.discard_draft(_locked_draft(table, by, "eba.edit_table"), by=by)


def _locked_draft(table: CriteriaTable, by: User, permission: str) -> CriteriaTable:
    current = year_tables.locked_draft(table)
    if not may(by, permission, current):
        raise PermissionDenied
    return current
