"""The worker's side: steps for many claims, each row in a transaction of its own, done exactly once; long lists."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from celery import shared_task
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Conflict, UserError
from common.jobs import JobContext, job_handler
from projects import exports, reminders
from projects.models import ReviewReason, StagedDecision
from projects.rules import may
from projects.selectors import lists
from projects.services import announce
from projects.services.bulk import run_row
from projects.services.exports import discard_expired_exports, keep_export
from schools.models import AcademicYear

ANNOUNCE, BULK, EXPORT = "projects.announce", "projects.bulk", "projects.export"
KINDS = (ANNOUNCE, BULK)
SOFT_SECONDS = 300


def may_review(user: AbstractBaseUser, params: Mapping[str, Any]) -> bool:
    return may(user, "projects.view_queue")


@job_handler(ANNOUNCE, label=str(gettext_lazy("Kararların duyurulması")), soft_seconds=SOFT_SECONDS, allowed=may_review)
def announce_all(job: JobContext) -> dict[str, Any]:
    """``params["rows"]``: pairs of the claim and the staged decision, as they were read."""

    def one(claim: int, staged: int) -> None:
        announce(staged=StagedDecision(pk=staged, claim_id=claim), by=job.by)

    return _each(job, one)


@job_handler(BULK, label=str(gettext_lazy("Toplu inceleme işlemi")), soft_seconds=SOFT_SECONDS, allowed=may_review)
def bulk(job: JobContext) -> dict[str, Any]:
    """``params``: ``action``, ``reason`` (key or None), ``text``, ``rows`` (pairs of the claim and its mark)."""
    params = job.params
    reason = None if params["reason"] is None else ReviewReason.objects.get(pk=params["reason"])

    def one(claim: int, mark: str) -> None:
        run_row(claim_id=claim, mark=mark, action=params["action"], by=job.by, reason=reason, text=params["text"])

    return _each(job, one)


def _each(job: JobContext, one: Callable[..., object]) -> dict[str, Any]:
    """Take the step for every row; a refusal ends its row only. The steps of the job keep the result of each."""
    rows = job.params["rows"]
    done = 0
    for number, row in enumerate(rows):
        done += not job.once(str(row[0]), partial(_outcome, one, row))["why"]
        job.progress(number + 1, len(rows))
    return {"done": done, "refused": len(rows) - done, "redirect_url": reverse("projects:outcome", args=[job.job_id])}


def _outcome(one: Callable[..., object], row: list[Any]) -> dict[str, str]:
    try:
        one(*row)
    except (Conflict, UserError) as refusal:
        return {"why": str(refusal)}
    except PermissionDenied:
        return {"why": _("Bu talebe karar verme yetkiniz yok.")}
    return {"why": ""}


def may_list(user: AbstractBaseUser, params: Mapping[str, Any]) -> bool:
    return may(user, "projects.list_projects")


@job_handler(EXPORT, label=str(gettext_lazy("Proje listesi dosyası")), soft_seconds=SOFT_SECONDS, allowed=may_list)
def export(job: JobContext) -> dict[str, Any]:
    """``params``: ``year``, ``format``, ``filter`` (as ``ProjectFilter.as_json``) and ``words``, the same for people.

    The list is what the owner may see when the job runs.
    """
    params = job.params
    year = AcademicYear.objects.get(pk=params["year"])
    keys = lists.keys_of(job.by, year, lists.ProjectFilter.from_json(params["filter"]))
    with tempfile.TemporaryDirectory(prefix="projects-") as folder:
        path = Path(folder, "list")
        table = exports.write_table(path, params["format"], year, keys, job.progress)

        def keep() -> dict[str, Any]:
            kept = keep_export(
                year=year,
                path=path,
                name=f"projeler-{timezone.localdate():%Y%m%d}.{params['format']}",
                content_type=exports.FORMATS[params["format"]],
                query=params["words"],
                rows=table.rows,
                projects=keys,
                by=job.by,
            )
            return {"rows": table.rows, "redirect_url": reverse("projects:export_ready", args=[kept.pk])}

        return job.once("keep", keep)


@shared_task(name="projects.tasks.discard_expired_exports", acks_late=False, reject_on_worker_lost=False)
def discard_old_exports() -> None:
    discard_expired_exports()


@shared_task(name="projects.tasks.send_reminders", acks_late=False, reject_on_worker_lost=False)
def send_reminders() -> None:
    reminders.send_reminders()
