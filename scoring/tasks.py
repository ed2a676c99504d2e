"""The worker's side of computing rankings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.jobs import JobContext, job_handler
from schools.models import AcademicYear
from scoring.models import RankingRun
from scoring.rules import may
from scoring.services.runs import JOB_KIND, draft_run, store_run


def may_compute(user: AbstractBaseUser, params: Mapping[str, Any]) -> bool:
    year = AcademicYear.objects.filter(pk=params["year"]).first()
    return year is not None and may(user, "scoring.compute_run", RankingRun(year=year, measure=params["measure"]))


@job_handler(JOB_KIND, label=str(_("Sıralama hesabı")), soft_seconds=300, allowed=may_compute)
def compute_ranking(job: JobContext) -> dict[str, Any]:
    """Reads on one view outside any transaction, then writes the run in one that is fenced by the lease."""
    params = job.params
    draft = draft_run(
        year=AcademicYear.objects.select_related("province").get(pk=params["year"]),
        measure=params["measure"],
        partition=params["partition"],
        by=job.by,
        term=params.get("term"),
        exam=params.get("exam", ""),
        progress=job.progress,
    )

    def store() -> dict[str, Any]:
        run = store_run(draft=draft, by=job.by, progress=job.progress, job_id=job.job_id)
        return {"run": run.pk, "rows": len(draft.ranking.rows), "redirect_url": reverse("scoring:run", args=[run.pk])}

    return job.once("store", store)
