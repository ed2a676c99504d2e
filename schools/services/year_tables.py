"""Versions of a year's table: draft, change, approve. What EXECUTIVE approved never changes.

Who may do it, and what may stand in a cell, is asked by the service of the table; here is what holds for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from schools.models import AcademicYear, YearTable

TableT = TypeVar("TableT", bound=YearTable)


@dataclass(frozen=True)
class Edit:
    """One changed cell: what the editor saw (``expected``) and what it shall be. ``field`` names a model column.

    ``kind`` says which of a table's kinds of lines ``pk`` is a key of, where it has several.
    """

    pk: int
    field: str
    expected: Decimal | int | None
    value: Decimal | int | None
    kind: str = ""

    @property
    def cell(self) -> str:
        """The cell's name in the audit row."""
        return f"{self.kind} {self.pk} {self.field}".lstrip()


def lock_year(year: AcademicYear) -> AcademicYear:
    """The year, locked for whoever adds a version of one of its tables."""
    return AcademicYear.objects.select_for_update(no_key=True, of=("self",)).get(pk=year.pk)


def add_draft(table: TableT, *, reason: str, by: User) -> TableT | None:
    """Store ``table`` as the next version; returns the version before, whose lines the caller copies.

    The year is locked (``lock_year``). ``UserError`` without a reason, ``Conflict`` while there is another draft.
    """
    if not reason.strip():
        raise UserError(_("Değişikliğin gerekçesini yazınız; yeni sürümle birlikte okullara gösterilir."))
    if table.versions().filter(status=YearTable.Status.DRAFT).exists():
        raise Conflict(_("Bu yılın bir taslak sürümü var; onu tamamlayınız ya da siliniz."))
    source = table.versions().first()
    table.version = source.version + 1 if source else 1
    table.change_reason, table.created_by = reason.strip(), by
    table.save()
    record(
        action=f"{table.audit_name}.draft",
        target=table,
        by=by,
        after={"version": table.version, "copied_from": source.version if source else None},
        note=table.change_reason,
    )
    return source


def add_approved(table: TableT, *, by: User | None) -> TableT:
    """Store ``table`` as version 1, approved: reference data, or what a new year takes over."""
    table.version, table.status = 1, YearTable.Status.APPROVED
    table.created_by = table.approved_by = by
    table.approved_at = timezone.now()
    table.save()
    return table


def locked_draft(table: TableT) -> TableT:
    """The draft as it stands now, locked; ``Conflict`` when it is none any more."""
    rows = type(table)._default_manager.select_for_update(of=("self",)).select_related("year")
    current: TableT = rows.get(pk=table.pk)
    if not current.is_draft:
        raise Conflict(
            _("Onaylanan %(table)s değişmez; değişiklik için yeni bir sürüm hazırlayınız.")
            % {"table": current._meta.verbose_name}
        )
    return current


def write_cells(draft: YearTable, edits: Iterable[Edit], lines: Mapping[str, type[models.Model]], *, by: User) -> int:
    """Change cells of a locked draft; returns how many. ``lines``: the model behind each ``Edit.kind``.

    ``Conflict`` when a cell no longer is what the editor saw.
    """
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for edit in edits:
        rows = lines[edit.kind]._default_manager.filter(**_equals(edit.field, edit.expected), pk=edit.pk, table=draft)
        if not rows.update(**{edit.field: edit.value}):
            raise Conflict(
                _("Siz düzenlerken başka biri tabloyu değiştirdi; sayfayı yenileyip değişikliğinizi yeniden yapınız.")
            )
        before[edit.cell], after[edit.cell] = str(edit.expected), str(edit.value)
    if after:
        record(action=f"{draft.audit_name}.change", target=draft, by=by, before=before, after=after)
    return len(after)


def approve_draft(draft: TableT, *, by: User, facts: Mapping[str, Any] | None = None) -> TableT:
    """Freeze a locked draft as the table in force; the one before is superseded. ``facts`` go into the audit row."""
    older = draft.versions().select_for_update().filter(status=YearTable.Status.APPROVED)
    for approved in older.order_by("pk"):
        approved.status = YearTable.Status.SUPERSEDED
        approved.save(update_fields=["status"])
        record(action=f"{draft.audit_name}.supersede", target=approved, by=by, after={"by_version": draft.version})
    draft.status = YearTable.Status.APPROVED
    draft.approved_by = by
    draft.approved_at = timezone.now()
    draft.save(update_fields=["status", "approved_by", "approved_at"])
    record(
        action=f"{draft.audit_name}.approve",
        target=draft,
        by=by,
        before={"status": YearTable.Status.DRAFT},
        after={"status": draft.status, "version": draft.version, **(facts or {})},
    )
    return draft


def discard_draft(draft: YearTable, *, by: User) -> None:
    """Delete a locked draft that nobody approved."""
    record(action=f"{draft.audit_name}.discard", target=draft, by=by, before={"version": draft.version})
    draft.delete()


def _equals(field: str, value: Decimal | int | None) -> dict[str, object]:
    return {f"{field}__isnull": True} if value is None else {field: value}
