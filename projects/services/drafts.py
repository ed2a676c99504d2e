"""The school's own record of a project: making it and saving it field by field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.models import AuditEntry
from common.text import clean, clean_lines, fold
from common.versions import StaleForm
from projects.models import Project, TeamTeacher
from projects.selectors.earlier import MANAGER_TITLES, only_principal
from projects.services.transition import locked_project, log
from projects.workflow import EDITABLE
from schools.models import AcademicYear, Institution, Posting

SINGLE_LINE = frozenset({"title", "budget_source", "budget_currency"})
SAVED_FIELDS = frozenset(
    {
        "title",
        "item",
        "first_stage",
        "summary",
        "aims",
        "start_date",
        "end_date",
        "partners",
        "budget",
        "budget_currency",
        "budget_source",
        "responsible_manager",
        "links",
        "is_reading",
        "showcase_consent",
    }
)
ALWAYS_OPEN = frozenset({"showcase_consent", "links"})
"""Fields that carry no points and stay open to the school after sending."""

AUTOSAVE_ACTION = "project.save"
HAND_OVER_ACTION = "project.hand_over"
LOOK_BACK = 100


@dataclass(frozen=True)
class Saved:
    """What a save did: the project as it stands and the fields whose value changed."""

    project: Project
    changed: tuple[str, ...] = field(default=())


class FieldsChanged(StaleForm):
    """The same fields were saved since; ``fields`` names them, ``by`` and ``at`` the last who did.

    ``is_own``: it was the same person, in another tab or on another device.
    """

    def __init__(self, current: Project, fields: tuple[str, ...], entry: AuditEntry | None, by: User) -> None:
        super().__init__(current)
        self.fields = fields
        self.by = "" if entry is None else entry.actor_label
        self.is_own = entry is not None and entry.actor_id == by.pk
        self.at = None if entry is None else entry.at


class FieldRefused(UserError):
    """What one field holds can't be kept; ``field`` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def create_project(
    *, institution: Institution, year: AcademicYear, title: str, by: User, is_reading: bool = False
) -> Project:
    """Start a draft with all that is known: the school's only principal as the manager responsible, its beginner as
    the coordinator teacher.
    """
    title = clean(title)
    _require_free_title(institution.pk, year.pk, title)
    project = Project(
        institution=institution,
        year=year,
        title=title,
        title_key=fold(title),
        is_reading=is_reading,
        responsible_manager=only_principal(institution, year),
    )
    save_named(project)
    _add_creator(project, by)
    log(project, "create", by)
    record(action="project.create", target=project, by=by, after={"title": title, "institution": institution.code})
    return project


@transaction.atomic
def autosave_field(*, project_id: int, values: Mapping[str, Any], version: object, by: User) -> Saved:
    """Save one or a few cleaned fields of a project; unknown names raise ``ValueError``.

    ``version`` is the version that the form was made from. If others saved other fields since, nothing is lost on
    either side and the save goes through; for the same fields it raises ``FieldsChanged``. ``Conflict`` when the
    project has been sent meanwhile, ``FieldRefused`` for a title that the school already uses and for days that another
    save has just put into the wrong order.
    """
    unknown = set(values) - SAVED_FIELDS
    if unknown:
        raise ValueError(f"not fields of the form: {sorted(unknown)}")
    project = locked_project(project_id)
    require_editable(project, values)
    before = {name: _plain(project, name) for name in values}
    _require_unchanged(project, values, before, version, by)
    for name, value in values.items():
        _assign(project, name, value)
    if project.title_key and "title" in values:
        _require_free_title(project.institution_id, project.year_id, project.title, besides=project.pk)
    _require_ordered_days(project, values)
    after = {name: _plain(project, name) for name in values}
    changed = tuple(name for name in values if before[name] != after[name])
    if changed:
        project.bump()
        save_named(project)
        _record_save(project, before, after, changed, by)
    return Saved(project, changed)


def require_editable(project: Project, names: Mapping[str, Any] | frozenset[str] = frozenset()) -> None:
    """Refuse changes to what has been sent; the fields that carry no points stay open."""
    if project.status in EDITABLE or (names and set(names) <= ALWAYS_OPEN):
        return
    raise Conflict(
        _("Bu proje “%(status)s” durumunda olduğu için değiştirilemez; önce gönderilen talebi geri çekiniz.")
        % {"status": project.get_status_display()}
    )


def _assign(project: Project, name: str, value: Any) -> None:
    if isinstance(value, str):
        value = clean(value) if name in SINGLE_LINE else clean_lines(value)
    setattr(project, name, value)
    if name == "title":
        project.title_key = fold(project.title)


def _plain(project: Project, name: str) -> Any:
    """The stored value as JSON keeps it; related rows by their key."""
    return _as_stored(getattr(project, name))


def _require_unchanged(
    project: Project, values: Mapping[str, Any], before: Mapping[str, Any], version: object, by: User
) -> None:
    try:
        seen = int(str(version))
    except ValueError:
        raise FieldsChanged(project, tuple(values), None, by) from None
    if seen == project.version:
        return
    entries = _saves_since(project, seen)
    touched: set[str] = set()
    for entry in entries:
        touched.update((entry.after or {}).get("fields", SAVED_FIELDS))
    if seen > project.version or len(entries) == LOOK_BACK:
        touched = set(SAVED_FIELDS)
    clashing = tuple(name for name in values if name in touched and _as_stored(values[name]) != before[name])
    if clashing:
        raise FieldsChanged(project, clashing, entries[0] if entries else None, by)


def _saves_since(project: Project, version: int) -> list[AuditEntry]:
    """The saves and the moves to another school after that version, newest first, at most ``LOOK_BACK``."""
    newest = AuditEntry.objects.filter(
        target_type=project._meta.label_lower,
        target_id=str(project.pk),
        action__in=(AUTOSAVE_ACTION, HAND_OVER_ACTION),
    ).order_by("-id")[:LOOK_BACK]
    return [entry for entry in newest if (entry.after or {}).get("version", 0) > version]


def _as_stored(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _record_save(
    project: Project, before: Mapping[str, Any], after: Mapping[str, Any], changed: tuple[str, ...], by: User
) -> None:
    """Names of the changed fields always; their values from the first sending on, when they mean something."""
    sent = project.claims.exists()
    record(
        action=AUTOSAVE_ACTION,
        target=project,
        by=by,
        before={name: before[name] for name in changed} if sent else None,
        after={"version": project.version, "fields": list(changed)}
        | ({name: after[name] for name in changed} if sent else {}),
    )


def _require_free_title(institution_id: int, year_id: int, title: str, besides: int | None = None) -> None:
    key = fold(title)
    same = Project.objects.filter(institution=institution_id, year=year_id, title_key=key)
    if besides is not None:
        same = same.exclude(pk=besides)
    if key and same.exists():
        raise _title_used()


def _title_used() -> FieldRefused:
    sentence = _("Okulunuzun bu yıl aynı adla bir projesi var; başka bir ad yazınız ya da o projeyi açınız.")
    return FieldRefused("title", sentence)


def save_named(project: Project) -> None:
    """Save the project; ``FieldRefused`` where another save has taken its title in this very moment."""
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError:
        raise _title_used() from None


def _require_ordered_days(project: Project, names: Mapping[str, Any]) -> None:
    start, end = project.start_date, project.end_date
    if start is not None and end is not None and end < start:
        field = "end_date" if "end_date" in names else "start_date"
        raise FieldRefused(field, _("Bitiş tarihi başlangıç tarihinden önce olamaz; tarihleri denetleyiniz."))


def _add_creator(project: Project, by: User) -> None:
    """Whoever begins the project coordinates it, if they teach at the school this year; managers do not."""
    teaches = Posting.objects.filter(institution=project.institution, year=project.year, staff__user=by.pk)
    staff = teaches.exclude(title__in=MANAGER_TITLES).values_list("staff", flat=True).first()
    if staff is not None:
        TeamTeacher.objects.create(project=project, staff_id=staff, is_coordinator=True)
