"""Versions of the points table: draft, change, approve. What EXECUTIVE approved never changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from schools.models import AcademicYear
from scoring.models import PointsLine, PointsTable, ProgrammeCoefficient
from scoring.models.points import PointsTableStatus
from scoring.reference import copy_lines
from scoring.rules import may

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Edit:
    """One changed cell: what the editor saw (``expected``) and what it shall be. ``field`` names a model column."""

    kind: str
    pk: int
    field: str
    expected: Decimal | None
    value: Decimal | None


EDITABLE: Mapping[str, tuple[type[ProgrammeCoefficient] | type[PointsLine], frozenset[str]]] = {
    "coefficient": (ProgrammeCoefficient, frozenset({"percent"})),
    "line": (PointsLine, frozenset({"preparing_points", "success_points"})),
}


@transaction.atomic
def new_version(*, year: AcademicYear, reason: str, by: User) -> PointsTable:
    """A draft with the lines of the newest version; a year has at most one draft."""
    locked = AcademicYear.objects.select_for_update(no_key=True, of=("self",)).get(pk=year.pk)
    if not may(by, "scoring.edit_points", PointsTable(year=locked, status=PointsTableStatus.DRAFT)):
        raise PermissionDenied
    if not reason.strip():
        raise UserError(_("Değişikliğin gerekçesini yazınız; yeni sürümle birlikte okullara gösterilir."))
    tables = PointsTable.objects.filter(year=locked)
    if tables.filter(status=PointsTableStatus.DRAFT).exists():
        raise Conflict(_("Bu yılın bir taslak sürümü var; onu tamamlayınız ya da siliniz."))
    source = tables.order_by("-version").first()
    table = PointsTable.objects.create(
        year=locked,
        version=(tables.aggregate(last=Max("version"))["last"] or 0) + 1,
        change_reason=reason.strip(),
        created_by=by,
    )
    if source is not None:
        copy_lines(source, table)
    record(
        action="points_table.draft",
        target=table,
        by=by,
        after={"version": table.version, "copied_from": source.version if source else None},
        note=table.change_reason,
    )
    return table


@transaction.atomic
def change_draft(*, table: PointsTable, edits: Iterable[Edit], by: User) -> int:
    """Change cells of a draft; returns how many. ``Conflict`` when a cell no longer is what the editor saw."""
    current = _locked_draft(table, by, "scoring.edit_table")
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for edit in edits:
        model, fields = EDITABLE[edit.kind]
        if edit.field not in fields:
            raise KeyError(edit.field)
        if edit.value is not None and not 0 <= edit.value <= HUNDRED:
            raise UserError(_("Puanlar ve yüzdeler 0 ile 100 arasında olmalıdır."))
        changed = model.objects.filter(**_equals(edit.field, edit.expected), pk=edit.pk, table=current).update(
            **{edit.field: edit.value}
        )
        if not changed:
            raise Conflict(
                _("Siz düzenlerken başka biri tabloyu değiştirdi; sayfayı yenileyip değişikliğinizi yeniden yapınız.")
            )
        name = f"{edit.kind} {edit.pk} {edit.field}"
        before[name], after[name] = str(edit.expected), str(edit.value)
    if after:
        record(action="points_table.change", target=current, by=by, before=before, after=after)
    return len(after)


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
    older = PointsTable.objects.select_for_update().filter(year=current.year, status=PointsTableStatus.APPROVED)
    for approved in older.order_by("pk"):
        approved.status = PointsTableStatus.SUPERSEDED
        approved.save(update_fields=["status"])
        record(action="points_table.supersede", target=approved, by=by, after={"by_version": current.version})
    current.status = PointsTableStatus.APPROVED
    current.approved_by = by
    current.approved_at = timezone.now()
    current.save(update_fields=["status", "approved_by", "approved_at"])
    record(
        action="points_table.approve",
        target=current,
        by=by,
        before={"status": PointsTableStatus.DRAFT},
        after={"status": current.status, "version": current.version},
    )
    return current


@transaction.atomic
def discard_draft(*, table: PointsTable, by: User) -> None:
    """Delete a draft that nobody approved."""
    current = _locked_draft(table, by, "scoring.edit_table")
    record(action="points_table.discard", target=current, by=by, before={"version": current.version})
    current.delete()


def _locked_draft(table: PointsTable, by: User, permission: str) -> PointsTable:
    current = PointsTable.objects.select_for_update(of=("self",)).select_related("year").get(pk=table.pk)
    if current.status != PointsTableStatus.DRAFT:
        raise Conflict(_("Onaylanan puan tablosu değişmez; değişiklik için yeni bir sürüm hazırlayınız."))
    if not may(by, permission, current):
        raise PermissionDenied
    return current


def _equals(field: str, value: Decimal | None) -> dict[str, object]:
    return {f"{field}__isnull": True} if value is None else {field: value}
