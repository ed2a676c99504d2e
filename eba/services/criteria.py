"""Versions of the criteria table: draft, change, approve. What EXECUTIVE approved never changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from eba.models import CriteriaTable, Criterion, CriterionWeight, Platform
from eba.rules import may
from eba.selectors.criteria import PLATFORM, terms_in_use
from schools.models import AcademicYear

HIGHEST_COEFFICIENT = Decimal(1000)
HIGHEST_CAP = 100_000
FIELDS = frozenset({"coefficient", "cap"})


@dataclass(frozen=True)
class Edit:
    """One changed cell: what the editor saw (``expected``) and what it shall be. ``field`` names a model column."""

    pk: int
    field: str
    expected: Decimal | int | None
    value: Decimal | int | None


@transaction.atomic
def new_version(*, year: AcademicYear, reason: str, by: User) -> CriteriaTable:
    """A draft with the lines of the newest version; a year has at most one draft.

    The first table of a year begins with every criterion of the platform at coefficient 1.
    """
    locked = AcademicYear.objects.select_for_update(no_key=True, of=("self",)).get(pk=year.pk)
    if not may(by, "eba.edit_criteria", CriteriaTable(year=locked)):
        raise PermissionDenied
    if not reason.strip():
        raise UserError(_("Değişikliğin gerekçesini yazınız; yeni sürümle birlikte okullara gösterilir."))
    platform = Platform.objects.filter(code=PLATFORM).first()
    if platform is None:
        raise UserError(_("EBA ölçütleri henüz yüklenmemiş; sistem yöneticisi ili hazırlayınca yüklenir."))
    tables = CriteriaTable.objects.filter(year=locked, platform=platform)
    if tables.filter(status=CriteriaTable.Status.DRAFT).exists():
        raise Conflict(_("Bu yılın bir taslak sürümü var; onu tamamlayınız ya da siliniz."))
    source = tables.order_by("-version").first()
    table = CriteriaTable.objects.create(
        year=locked,
        platform=platform,
        version=(tables.aggregate(last=Max("version"))["last"] or 0) + 1,
        change_reason=reason.strip(),
        created_by=by,
    )
    _copy_lines(source, table)
    record(
        action="criteria_table.draft",
        target=table,
        by=by,
        after={"version": table.version, "copied_from": source.version if source else None},
        note=table.change_reason,
    )
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
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for edit in edits:
        _check(edit)
        changed = CriterionWeight.objects.filter(**_equals(edit.field, edit.expected), pk=edit.pk, table=current)
        if not changed.update(**{edit.field: edit.value}):
            raise Conflict(
                _("Siz düzenlerken başka biri tabloyu değiştirdi; sayfayı yenileyip değişikliğinizi yeniden yapınız.")
            )
        name = f"{edit.pk} {edit.field}"
        before[name], after[name] = str(edit.expected), str(edit.value)
    if after:
        record(action="criteria_table.change", target=current, by=by, before=before, after=after)
    return len(after)


def _check(edit: Edit) -> None:
    if edit.field not in FIELDS:
        raise KeyError(edit.field)
    if edit.field == "coefficient" and (edit.value is None or not 0 <= edit.value <= HIGHEST_COEFFICIENT):
        raise UserError(_("Katsayılar 0 ile 1.000 arasında olmalıdır."))
    if edit.field == "cap" and edit.value is not None and not 1 <= edit.value <= HIGHEST_CAP:
        raise UserError(_("Üst sınır 1 ile 100.000 arasında bir tam sayı olmalı ya da boş bırakılmalıdır."))


@transaction.atomic
def approve_table(*, table: CriteriaTable, by: User) -> CriteriaTable:
    """Freeze a draft as the year's criteria in force; the one before is superseded.

    The audit row says which terms were imported already: criteria are to be known before the term they measure.
    """
    current = _locked_draft(table, by, "eba.approve_table")
    if not current.weights.filter(coefficient__gt=0).exists():
        raise UserError(_("Hiçbir ölçütün katsayısı 0'dan büyük değil; onaylamadan önce katsayıları yazınız."))
    older = CriteriaTable.objects.select_for_update().filter(
        year=current.year, platform=current.platform_id, status=CriteriaTable.Status.APPROVED
    )
    for approved in older.order_by("pk"):
        approved.status = CriteriaTable.Status.SUPERSEDED
        approved.save(update_fields=["status"])
        record(action="criteria_table.supersede", target=approved, by=by, after={"by_version": current.version})
    current.status = CriteriaTable.Status.APPROVED
    current.approved_by = by
    current.approved_at = timezone.now()
    current.save(update_fields=["status", "approved_by", "approved_at"])
    record(
        action="criteria_table.approve",
        target=current,
        by=by,
        before={"status": CriteriaTable.Status.DRAFT},
        after={
            "status": current.status,
            "version": current.version,
            "terms_imported_before": terms_in_use(current.year),
        },
    )
    return current


@transaction.atomic
def discard_draft(*, table: CriteriaTable, by: User) -> None:
    """Delete a draft that nobody approved."""
    current = _locked_draft(table, by, "eba.edit_table")
    record(action="criteria_table.discard", target=current, by=by, before={"version": current.version})
    current.delete()


def _locked_draft(table: CriteriaTable, by: User, permission: str) -> CriteriaTable:
    current = CriteriaTable.objects.select_for_update(of=("self",)).select_related("year").get(pk=table.pk)
    if current.status != CriteriaTable.Status.DRAFT:
        raise Conflict(_("Onaylanan ölçüt tablosu değişmez; değişiklik için yeni bir sürüm hazırlayınız."))
    if not may(by, permission, current):
        raise PermissionDenied
    return current


def _equals(field: str, value: Decimal | int | None) -> dict[str, object]:
    return {f"{field}__isnull": True} if value is None else {field: value}
