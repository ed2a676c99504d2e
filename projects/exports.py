"""The list of projects as a table: one row a project, without names of pupils and without identity numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.files import KINDS, MEGABYTE
from common.tables import csv_lines, write_xlsx
from projects.models import Claim, Project, TeamStudent, TeamTeacher
from projects.workflow import ClaimStage, ClaimStatus, ProjectStatus
from schools.models import AcademicYear, InstitutionYear
from schools.models.units import Category

FORMATS = {kind: KINDS[kind].content_type for kind in ("xlsx", "csv")}
CHUNK = 500
COLUMNS = (
    gettext_lazy("Yıl"),
    gettext_lazy("Kurum Kodu"),
    gettext_lazy("Kurum"),
    gettext_lazy("İlçe"),
    gettext_lazy("Kategori"),
    gettext_lazy("Proje Adı"),
    gettext_lazy("Program"),
    gettext_lazy("Kalem"),
    gettext_lazy("Aşama"),
    gettext_lazy("Durum"),
    gettext_lazy("Kitap Okuma Projesi"),
    gettext_lazy("İyi Örnek"),
    gettext_lazy("Başlangıç Tarihi"),
    gettext_lazy("Bitiş Tarihi"),
    gettext_lazy("Son Gönderilme"),
    gettext_lazy("Son Karar"),
    gettext_lazy("Son Değişiklik"),
    gettext_lazy("Koordinatör Öğretmen"),
    gettext_lazy("Öğretmen Sayısı"),
    gettext_lazy("Öğrenci Sayısı"),
    gettext_lazy("Onaylanan Talepler"),
)
LACKING_COLUMNS = (*COLUMNS[:5], gettext_lazy("Durum"))
_DECIDED = frozenset({ClaimStatus.APPROVED, ClaimStatus.RETURNED, ClaimStatus.REJECTED})
_STANDING = frozenset(ClaimStatus) - {ClaimStatus.REJECTED, ClaimStatus.WITHDRAWN}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Table:
    """A written table: number of rows and SHA-256 of the file."""

    rows: int
    sha256: str


@dataclass
class _Claims:
    """What a row says of the claims of a project."""

    sent: datetime | None = None
    decided: datetime | None = None
    success: bool = False
    approved: list[str] | None = None


def write_table(
    path: Path, file_format: str, year: AcademicYear, keys: Sequence[int], progress: Progress | None = None
) -> Table:
    """Write the projects with these keys, in this order, as ``xlsx`` or ``csv``."""
    return write_rows(path, file_format, COLUMNS, table_rows(year, keys, progress), sheet=_("Projeler"))


def write_rows(
    path: Path, file_format: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]], *, sheet: str
) -> Table:
    """Write a table as ``xlsx`` or ``csv``; no cell can start a formula."""
    names = [str(column) for column in columns]
    count = 0
    with path.open("wb") as target:
        if file_format == "xlsx":
            count = write_xlsx(target, names, rows, sheet=sheet)
        else:
            for count, line in enumerate(csv_lines(names, rows)):  # noqa: B007
                target.write(line)
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(MEGABYTE):
            digest.update(chunk)
    return Table(count, digest.hexdigest())


def lacking_rows(year: AcademicYear, schools: QuerySet[Any], states: Mapping[int, Any]) -> Iterator[tuple[Any, ...]]:
    """The cells of schools that lack a project (``projects.selectors.reading.schools_lacking``)."""
    for row in schools:
        school = row.institution
        state: Any = row.state
        category = Category(row.category).label
        yield year.name, school.code, school.name, school.district.name, str(category), str(states[state])


def table_rows(year: AcademicYear, keys: Sequence[int], progress: Progress | None = None) -> Iterator[tuple[Any, ...]]:
    """The cells of each project; five queries for every ``CHUNK`` of them."""
    for start in range(0, len(keys), CHUNK):
        yield from _chunk(year, keys[start : start + CHUNK])
        if progress is not None:
            progress(min(start + CHUNK, len(keys)), len(keys))


def _chunk(year: AcademicYear, keys: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    projects = Project.objects.select_related("institution__district", "item__programme").in_bulk(list(keys))
    schools = {project.institution_id for project in projects.values()}
    categories = dict(
        InstitutionYear.objects.filter(year=year, institution__in=schools).values_list("institution", "category")
    )
    coordinators, teachers = _teachers(keys)
    students = dict(
        TeamStudent.objects.filter(project__in=keys).order_by().values_list("project").annotate(Count("pk"))
    )
    claims = _claims(keys)
    for key in keys:
        if (project := projects.get(key)) is None:
            continue
        of_project = claims.get(key, _Claims())
        category = categories.get(project.institution_id)
        success = of_project.success or project.first_stage == ClaimStage.SUCCESS
        yield (
            year.name,
            project.institution.code,
            project.institution.name,
            project.institution.district.name,
            str(Category(category).label) if category else "",
            project.title,
            project.item.programme.name if project.item else "",
            project.item.name if project.item else "",
            str((ClaimStage.SUCCESS if success else ClaimStage.PREPARING).label),
            str(ProjectStatus(project.status).label),
            project.is_reading,
            project.is_good_example,
            project.start_date,
            project.end_date,
            of_project.sent,
            of_project.decided,
            project.updated_at,
            coordinators.get(key, ""),
            teachers.get(key, 0),
            students.get(key, 0),
            "; ".join(of_project.approved or ()),
        )


def _teachers(keys: Sequence[int]) -> tuple[dict[int, str], dict[int, int]]:
    """Name of the coordinator and number of teachers, by project."""
    coordinators: dict[int, str] = {}
    counts: dict[int, int] = {}
    rows = TeamTeacher.objects.filter(project__in=keys).order_by("project", "pk")
    for project, leads, first, last in rows.values_list(
        "project", "is_coordinator", "staff__first_name", "staff__last_name"
    ):
        counts[project] = counts.get(project, 0) + 1
        if leads:
            coordinators[project] = f"{first} {last}"
    return coordinators, counts


def _claims(keys: Sequence[int]) -> dict[int, _Claims]:
    found: dict[int, _Claims] = {}
    rows = Claim.objects.filter(project__in=keys).order_by("project", "pk")
    for project, stage, status, sent, decided, item in rows.values_list(
        "project", "stage", "status", "submitted_at", "decided_at", "item__name"
    ):
        row = found.setdefault(project, _Claims(approved=[]))
        row.sent = max(filter(None, (row.sent, sent)), default=None)
        if status in _DECIDED:
            row.decided = max(filter(None, (row.decided, decided)), default=None)
        row.success = row.success or (stage == ClaimStage.SUCCESS and status in _STANDING)
        if status == ClaimStatus.APPROVED and row.approved is not None:
            row.approved.append(f"{item} ({ClaimStage(stage).label})")
    return found
