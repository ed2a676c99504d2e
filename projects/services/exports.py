"""Lists that leave the module as files: who took what, and the files that wait for their owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.audit import record
from common.files import discard, store_path
from projects.models import ProjectExport
from schools.models import AcademicYear

PURPOSE = "projects.export"
VALID_FOR = dt.timedelta(hours=24)


@transaction.atomic
def record_export(*, year: AcademicYear, file_format: str, query: str, rows: int, sha256: str, by: User) -> None:
    """Write down that somebody took a list at once: its filter in words, its rows and the digest of the file."""
    record(action="projects.export", target=year, by=by, after=_taken(file_format, query, rows, sha256))


@transaction.atomic
def keep_export(
    *,
    year: AcademicYear,
    path: Path,
    name: str,
    content_type: str,
    query: str,
    rows: int,
    projects: Sequence[int],
    by: User,
) -> ProjectExport:
    """Keep a written list for its owner, for 24 hours; lists whose time has passed are deleted."""
    discard_expired_exports()
    stored = store_path(name=name, path=path, content_type=content_type, by=by, purpose=PURPOSE)
    export = ProjectExport.objects.create(
        owner=by,
        year=year,
        file=stored,
        query=query[:1000],
        rows=rows,
        projects=list(projects),
        expires_at=timezone.now() + VALID_FOR,
    )
    file_format = name.rpartition(".")[2]
    record(action="projects.export", target=export, by=by, after=_taken(file_format, query, rows, stored.sha256))
    return export


@transaction.atomic
def record_download(*, export: ProjectExport, by: User) -> None:
    """Write down that the owner fetched a kept list."""
    record(
        action="projects.export_download",
        target=export,
        by=by,
        after={"rows": export.rows, "sha256": export.file.sha256},
    )


@transaction.atomic
def discard_expired_exports() -> int:
    """Delete the lists whose time has passed, with their files; returns how many."""
    expired = list(
        ProjectExport.objects.select_for_update().filter(expires_at__lte=timezone.now()).select_related("file")
    )
    for export in expired:
        export.delete()
        discard(export.file)
    return len(expired)


def _taken(file_format: str, query: str, rows: int, sha256: str) -> dict[str, Any]:
    return {"format": file_format, "filter": query, "rows": rows, "sha256": sha256}
