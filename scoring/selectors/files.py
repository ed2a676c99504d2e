"""Imported files that rankings read and that have no versions: what came or was taken back since a run read them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from common.imports.kinds import kind_of
from common.models import ImportBatch
from schools.models import AcademicYear
from scoring.inputs import MEASURES
from scoring.models import RankingRun
from scoring.workflow import RunStatus

State = ImportBatch.State
WRITTEN = (State.APPLIED, State.UNDOING, State.UNDONE)
PLACING = ("institutions", "staff")
"""Kinds of files that say where people work and what category a school has; nothing else writes that."""


def changing_files(year: AcademicYear) -> list[ImportBatch]:
    """The files of the year's province that changed something, oldest first (one query)."""
    kinds = sorted({*PLACING, *(kind for measure in MEASURES.values() for kind in measure.files)})
    rows = ImportBatch.objects.filter(
        Q(counts__created__gt=0) | Q(counts__updated__gt=0),
        kind__in=kinds,
        state__in=WRITTEN,
        scope__province=year.province.plate_code,
    )
    fields = ("kind", "scope", "state", "applied_at", "undone_at")
    return list(rows.only(*fields).order_by("applied_at", "pk"))


def newer_files(run: RankingRun, batches: Iterable[ImportBatch], *, besides: Container[str] = ()) -> list[str]:
    """What was written or taken back after the run read its data, in sentences, each once; files of the kinds
    ``besides`` are left out."""
    since = read_at(run)
    found = []
    for batch in batches:
        if batch.applied_at is None or batch.kind in besides or not _reads(run, batch):
            continue
        label = kind_of(batch.kind).label
        if batch.state == State.UNDONE:
            if batch.undone_at is not None and batch.applied_at <= since < batch.undone_at:
                found.append(_("“%(label)s” dosyası bu hesaptan sonra geri alındı.") % {"label": label})
        elif batch.applied_at > since:
            found.append(_("“%(label)s” dosyası bu hesaptan sonra aktarıldı.") % {"label": label})
    return list(dict.fromkeys(found))


def built_on(batch: ImportBatch) -> str:
    """Why a file may not be taken back: a published ranking read what it wrote. Empty where none did."""
    measures = [measure.code for measure in MEASURES.values() if batch.kind in measure.files]
    if not measures or batch.applied_at is None or not (batch.counts.get("created") or batch.counts.get("updated")):
        return ""
    runs = RankingRun.objects.filter(
        status=RunStatus.PUBLISHED,
        measure__in=measures,
        year__province__plate_code=batch.scope["province"],
        computed_at__gte=batch.applied_at,
    )
    for run in runs.select_related("year__province").prefetch_related("exam_versions__exam__year").order_by("pk"):
        if _reads(run, batch) and read_at(run) >= batch.applied_at:
            return _(
                "Geri alınamaz: yayımlanmış “%(label)s” sıralaması bu dosyanın yazdıklarıyla hesaplandı. Düzeltilmiş "
                "bir dosya aktarınız, sonra sıralamayı yeniden hesaplayıp yayımlayınız."
            ) % {"label": MEASURES[run.measure].label}
    return ""


def _reads(run: RankingRun, batch: ImportBatch) -> bool:
    """Whether the run's measure reads such a file of that province, year (the run's or its exams') and term."""
    measure, scope = MEASURES.get(run.measure), batch.scope
    if measure is None or batch.kind not in measure.files:
        return False
    years = {run.year.name, *(read.exam.year.name for read in run.exam_versions.all())}
    term = run.parameters.get("term")
    return (
        scope["province"] == run.year.province.plate_code
        and scope["year"] in years
        and (term is None or scope.get("term") in (None, term))
    )


def read_at(run: RankingRun) -> datetime:
    """The moment of the run's view of the data."""
    known = run.inputs.get("read_at")
    return datetime.fromisoformat(known) if known else run.computed_at


def touched_at(batch: ImportBatch) -> list[datetime]:
    """The moments at which a file changed data: written, taken back."""
    return [at for at in (batch.applied_at, batch.undone_at) if at is not None]
