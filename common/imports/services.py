"""The life of an import batch. The doors are the wizard's views, the jobs and ``import_table``."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common import files
from common.audit import record
from common.errors import Conflict, UserError
from common.imports import exports, sealing, undo
from common.imports.guards import refuse_if_guarded
from common.imports.kinds import Scope, kind_of
from common.imports.running import Counts, Prepared, Progress, counts_of, notices_of, prepare, rehearse, repeated, write
from common.jobs import create_job
from common.models import ImportBatch, Job
from common.spreadsheets.reader import check_before_reading

KEPT_ERRORS = 500
KEEP_FILES = timedelta(days=7)
State = ImportBatch.State


@dataclasses.dataclass(frozen=True)
class Finished:
    """The answer of ``import_path``: counts, errors, notices, and per clean line its row number and stable key."""

    counts: Counts
    errors: list[dict[str, Any]]
    keys: list[tuple[int, str]]
    notices: list[str]
    written: bool


def start_import(*, kind: str, scope: Scope, name: str, data: bytes, by: Any) -> ImportBatch:
    """Keep the file sealed and create the job that checks it (``batch.job``; the door wakes it)."""
    check_before_reading(name, len(data))
    found = kind_of(kind)
    with transaction.atomic():
        forget_old_files()
        shown = files.clean_name(name)
        batch = ImportBatch.objects.create(
            kind=kind,
            scope=scope.as_json(),
            file_name=shown,
            sha256=hashlib.sha256(data).hexdigest(),
            file=sealing.keep_sealed(name=shown, data=data, by=by),
            by=by,
        )
        record(action="import.send", target=batch, by=by, after={"kind": kind, "scope": batch.scope, "file": shown})
        label = _("%(label)s dosyasının kontrolü") % {"label": found.label}
        _give_job(batch, "import.check", label, by)
    return batch


def check_batch(*, batch: ImportBatch, progress: Progress) -> None:
    """Read, check and rehearse the file of a batch, and keep what was found; a refusal is kept as its sentence."""
    if batch.state != State.CHECKING:
        return
    try:
        progress(0, 3, _("Dosya okunuyor"))
        prepared = read_batch(batch=batch)
        progress(1, 3, _("Değişiklikler hesaplanıyor"))
        counts, preview = rehearse(prepared, by=batch.by)
        progress(2, 3, _("Önizleme hazırlanıyor"))
        refused = exports.refused_rows(prepared) if prepared.checked.errors else None
    except UserError as refusal:
        _keep_refusal(batch, refusal)
        return
    with transaction.atomic():
        fresh = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if fresh.state != State.CHECKING:
            return
        fresh.state = State.PREVIEW
        fresh.counts = counts.as_json()
        fresh.preview = preview
        fresh.errors = [vars(error) for error in prepared.checked.errors[:KEPT_ERRORS]]
        if refused is not None:
            name = f"reddedilenler-{Path(fresh.file_name).stem}.xlsx"
            fresh.refused_file = sealing.keep_sealed(name=name, data=refused, by=fresh.by)
        fresh.save()


def confirm_import(*, batch: ImportBatch, skip_refused: bool, by: Any) -> ImportBatch:
    """Have a previewed file written by a job. Raises ``UserError`` when a row is refused and none may be left out."""
    with transaction.atomic():
        fresh = _locked(batch, State.PREVIEW)
        if fresh.counts["refused"] and not skip_refused:
            raise UserError(
                _("Dosyada hatalı satırlar var; düzeltip yeniden gönderiniz ya da bu satırları dışarıda bırakınız.")
            )
        if fresh.counts["rows"] == fresh.counts["refused"]:
            raise UserError(_("Aktarılabilecek satır yok; hataları düzeltip dosyayı yeniden gönderiniz."))
        fresh.skip_refused = skip_refused
        fresh.state = State.APPLYING
        fresh.save()
        record(action="import.confirm", target=fresh, by=by, after={"skip_refused": skip_refused})
        label = _("%(label)s aktarımı") % {"label": kind_of(fresh.kind).label}
        _give_job(fresh, "import.apply", label, by)
    return fresh


def read_batch(*, batch: ImportBatch) -> Prepared:
    """Read and check the file of a batch; slow, so it is done before the transaction that writes."""
    if batch.file is None:
        raise Conflict(_("Dosya artık saklanmıyor; yeniden gönderiniz."))
    with tempfile.TemporaryDirectory(prefix="bigep-import-") as folder:
        path = Path(folder) / "file"
        sealing.unseal_to(batch.file, path)
        return prepare(kind_of(batch.kind), Scope.from_json(batch.scope), path, batch.file_name)


def apply_batch(*, batch_id: Any, prepared: Prepared, by: Any, progress: Progress) -> dict[str, Any]:
    """Write a confirmed file, with its undo data and audit row, in one transaction; gives the counts.

    Raises ``UserError`` when the data changed since the preview, ``IntegrityError`` when another import was faster.
    """
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
        if batch.state != State.APPLYING:
            return dict(batch.counts)
        progress(1, 3, _("Kayıtlar yazılıyor"))
        applied = write(prepared, by=by)
        counts = counts_of(prepared, applied)
        if counts.as_json() != batch.counts:
            raise UserError(_("Önizlemeden sonra veriler değişti, hiçbir şey yazılmadı; dosyayı yeniden gönderiniz."))
        progress(2, 3, _("Geri alma bilgisi saklanıyor"))
        batch.undo = undo.packed(applied.written)
        batch.state = State.APPLIED
        batch.applied_at = timezone.now()
        _drop_file(batch, "file")
        batch.save()
        record(action="import.apply", target=batch, by=by, after={**counts.as_json(), "scope": batch.scope})
    return counts.as_json()


def refuse_batch(*, batch_id: Any, refusal: UserError) -> None:
    """Note why a confirmed file was not written after all."""
    _keep_refusal(ImportBatch.objects.get(pk=batch_id), refusal)


def cancel_import(*, batch: ImportBatch, by: Any) -> ImportBatch:
    """Give up a file that was not written, and delete it; also one whose job stopped on the way."""
    with transaction.atomic():
        fresh = _locked(batch, State.PREVIEW, State.REFUSED, if_stopped=(State.CHECKING, State.APPLYING))
        fresh.state = State.CANCELLED
        fresh.preview, fresh.errors = {}, []
        _drop_file(fresh, "file")
        _drop_file(fresh, "refused_file")
        fresh.save()
        record(action="import.cancel", target=fresh, by=by)
    return fresh


def start_undo(*, batch: ImportBatch, by: Any) -> ImportBatch:
    """Have a written file taken back by a job; again, when an earlier such job stopped on the way."""
    with transaction.atomic():
        fresh = _locked(batch, State.APPLIED, if_stopped=(State.UNDOING,))
        fresh.state = State.UNDOING
        fresh.message = ""
        fresh.save()
        label = _("%(label)s aktarımının geri alınması") % {"label": kind_of(fresh.kind).label}
        record(action="import.undo_asked", target=fresh, by=by)
        _give_job(fresh, "import.undo", label, by)
    return fresh


def undo_batch(*, batch_id: Any, by: Any) -> None:
    """Take a written file back as a whole, with its audit row. Raises ``Conflict`` with a sentence."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
        if batch.state != State.UNDOING:
            return
        refuse_if_guarded(batch)
        kind = kind_of(batch.kind)
        context = kind.context(Scope.from_json(batch.scope))
        tables = undo.unpacked(batch.undo or undo.packed([]))
        kind.before_undo(context, tables)
        undo.take_back(tables)
        kind.after_undo(context, tables, by=by)
        batch.undo = None
        batch.state = State.UNDONE
        batch.undone_at = timezone.now()
        batch.save()
        record(action="import.undo", target=batch, by=by, before=batch.counts)


def keep_applied(*, batch_id: Any, refusal: UserError) -> None:
    """Note why a written file could not be taken back; it stays written."""
    ImportBatch.objects.filter(pk=batch_id, state=State.UNDOING).update(state=State.APPLIED, message=str(refusal))


def import_path(
    *, kind: str, scope: Scope, path: Path, by: Any = None, dry_run: bool = False, skip_refused: bool = False
) -> Finished:
    """Check and write a file in this process; with a refused row and no ``skip_refused`` nothing is written."""
    prepared = prepare(kind_of(kind), scope, path, path.name)
    errors = [vars(error) for error in prepared.checked.errors]
    checked, notices = prepared.checked, notices_of(prepared)
    if dry_run:
        counts, _preview = rehearse(prepared, by=by)
        return Finished(counts, errors, [], notices, written=False)
    if not checked.lines or (checked.refused and not skip_refused):
        return Finished(Counts(checked.total, 0, 0, 0, checked.refused), errors, [], notices, written=False)
    return repeated(lambda: _write_now(prepared, scope, path, errors, by=by, skip_refused=skip_refused))


def _write_now(
    prepared: Prepared, scope: Scope, path: Path, errors: list[dict[str, Any]], *, by: Any, skip_refused: bool
) -> Finished:
    checked, notices = prepared.checked, notices_of(prepared)
    with transaction.atomic():
        applied = write(prepared, by=by)
        counts = counts_of(prepared, applied)
        batch = ImportBatch.objects.create(
            kind=prepared.kind.code,
            scope=scope.as_json(),
            file_name=files.clean_name(path.name),
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            state=State.APPLIED,
            skip_refused=skip_refused,
            counts=counts.as_json(),
            errors=errors[:KEPT_ERRORS],
            preview={"notices": notices},
            undo=undo.packed(applied.written),
            applied_at=timezone.now(),
            by=by,
        )
        record(action="import.apply", target=batch, by=by, after={**counts.as_json(), "scope": batch.scope})
    keys = list(zip(checked.row_numbers, applied.keys, strict=True)) if applied.keys else []
    return Finished(counts, errors, keys, notices, written=True)


def forget_old_files() -> int:
    """Delete the sealed files of batches older than a week; those waiting for a decision are cancelled."""
    old = ImportBatch.objects.filter(created_at__lt=timezone.now() - KEEP_FILES)
    found = list(old.exclude(file=None, refused_file=None).select_for_update().order_by("created_at", "id")[:100])
    for batch in found:
        if batch.state in (State.PREVIEW, State.REFUSED, State.CHECKING):
            batch.state = State.CANCELLED
            batch.preview = {}
        _drop_file(batch, "file")
        _drop_file(batch, "refused_file")
        batch.save()
    return len(found)


def _locked(batch: ImportBatch, *states: str, if_stopped: tuple[str, ...] = ()) -> ImportBatch:
    """The batch, locked, if it is in one of these states (``if_stopped``: or left there by a job that has ended)."""
    fresh = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    stopped = fresh.state in if_stopped and fresh.job is not None and fresh.job.is_finished
    if fresh.state not in states and not stopped:
        raise Conflict(
            _("Bu aktarımın durumu değişmiş (%(state)s); sayfayı yenileyiniz.") % {"state": fresh.get_state_display()}
        )
    return fresh


def _keep_refusal(batch: ImportBatch, refusal: UserError) -> None:
    with transaction.atomic():
        fresh = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if fresh.state not in (State.CHECKING, State.APPLYING):
            return
        fresh.state = State.REFUSED
        fresh.message = str(refusal)
        fresh.preview = {}
        _drop_file(fresh, "file")
        fresh.save()


def _give_job(batch: ImportBatch, kind: str, label: str, by: Any) -> Job:
    batch.job = create_job(kind=kind, params={"batch": str(batch.pk)}, by=by, label=label)
    batch.save(update_fields=["job"])
    return batch.job


def _drop_file(batch: ImportBatch, name: str) -> None:
    stored = getattr(batch, name)
    if stored is not None:
        setattr(batch, name, None)
        batch.save(update_fields=[name])
        files.discard(stored)
