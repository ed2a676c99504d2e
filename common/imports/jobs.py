"""The worker's doors to imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.errors import UserError
from common.imports import services
from common.imports.kinds import Scope, kind_of
from common.imports.running import repeated
from common.jobs import JobContext, job_handler
from common.models import ImportBatch

SOFT_SECONDS = 600


def may_go_on(user: Any, params: Mapping[str, Any]) -> bool:
    """Asked again when the job runs: whether the person may still import that kind there."""
    batch = ImportBatch.objects.get(pk=params["batch"])
    return kind_of(batch.kind).may_import(user, Scope.from_json(batch.scope))


@job_handler("import.check", label="Dosya kontrolü", soft_seconds=SOFT_SECONDS, allowed=may_go_on)
def check(job: JobContext) -> dict[str, Any]:
    batch = ImportBatch.objects.get(pk=job.params["batch"])
    services.check_batch(batch=batch, progress=job.progress)
    return {"redirect_url": batch.get_absolute_url()}


@job_handler("import.apply", label="Veri aktarımı", soft_seconds=SOFT_SECONDS, allowed=may_go_on)
def apply(job: JobContext) -> dict[str, Any]:
    batch = ImportBatch.objects.get(pk=job.params["batch"])

    def attempt() -> None:
        job.progress(0, 3, _("Dosya okunuyor"))
        prepared = services.read_batch(batch=batch)
        job.once(
            "apply",
            lambda: services.apply_batch(batch_id=batch.pk, prepared=prepared, by=job.by, progress=job.progress),
        )

    try:
        if batch.state == ImportBatch.State.APPLYING:
            repeated(attempt)
    except UserError as refusal:
        services.refuse_batch(batch_id=batch.pk, refusal=refusal)
    return {"redirect_url": batch.get_absolute_url()}


@job_handler("import.undo", label="Aktarımın geri alınması", soft_seconds=SOFT_SECONDS, allowed=may_go_on)
def undo(job: JobContext) -> dict[str, Any]:
    batch_id = job.params["batch"]

    def work() -> dict[str, Any]:
        services.undo_batch(batch_id=batch_id, by=job.by)
        return {}

    try:
        repeated(lambda: job.once("undo", work))
    except UserError as refusal:
        services.keep_applied(batch_id=batch_id, refusal=refusal)
    return {"redirect_url": ImportBatch(pk=batch_id).get_absolute_url()}
