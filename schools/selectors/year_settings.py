"""The settings page: every decision of a year with its history."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet

from common.audit import trail_of
from common.models import AuditEntry
from schools.models import AcademicYear, YearSetting
from schools.year_settings import DEFINITIONS, SettingDefinition


@dataclass(frozen=True)
class ShownSetting:
    """One line of the settings page, in words; ``changed_by`` is empty while the default was never touched."""

    definition: SettingDefinition
    value: str
    default: str
    is_default: bool
    changed_by: str = ""
    changed_at: datetime.datetime | None = None
    note: str = ""


def settings_shown(year: AcademicYear) -> list[ShownSetting]:
    """All settings of a year in the order of their definitions; two queries."""
    rows = {row.key: row for row in YearSetting.objects.filter(year=year)}
    last: dict[str, AuditEntry] = {}
    for change in AuditEntry.objects.filter(
        target_type=YearSetting._meta.label_lower, target_id__in=[str(row.pk) for row in rows.values()]
    ).order_by("pk"):
        last[change.target_id] = change
    shown = []
    for key, definition in DEFINITIONS.items():
        row = rows.get(key)
        stored = row.value if row else definition.default
        entry = last.get(str(row.pk)) if row else None
        shown.append(
            ShownSetting(
                definition=definition,
                value=definition.shown(stored),
                default=definition.shown(definition.default),
                is_default=stored == definition.default,
                changed_by=entry.actor_label or "komut satırı" if entry else "",
                changed_at=entry.at if entry else None,
                note=entry.note if entry else "",
            )
        )
    return shown


def setting_trail(row: YearSetting | None) -> QuerySet[AuditEntry]:
    """The changes of one setting, newest first."""
    return trail_of(row) if row else AuditEntry.objects.none()


def deadline_trail(year: AcademicYear) -> QuerySet[AuditEntry]:
    """The changes of the moment until which projects may be sent, newest first."""
    return trail_of(year).filter(action="year.submission_deadline")
