"""Steps for many rows run as jobs; what became of each row is shown when the job has ended."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from common.jobs import create_job, wake
from common.models import Job
from common.selectors import jobs_visible_to
from projects import tasks
from projects.models import Claim
from projects.selectors.scope import visible_to
from projects.services.bulk import ACTIONS
from projects.views.access import require
from projects.workflow import Decision
from schools.views.requests import person


def start(kind: str, params: dict[str, Any], by: User, once_key: str = "") -> Job:
    """Create the job and wake a worker."""
    with transaction.atomic():
        job = create_job(kind=kind, params=params, by=by, once_key=once_key)
        wake(job)
    return job


@login_required
@require_safe
def outcome(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What became of each row of a run; permission: its owner, while in the technical team."""
    require(request, "projects.view_queue")
    job = get_object_or_404(jobs_visible_to(request.user), pk=pk, kind__in=tasks.KINDS, owner=person(request))
    if not job.is_finished or not job.steps:
        return redirect(job)
    keys = [row[0] for row in job.params["rows"]]
    claims = Claim.objects.filter(project__in=visible_to(request.user)).select_related(
        "item__programme", "project__institution"
    )
    found = claims.in_bulk(keys)
    ended = [(found[key], job.steps[str(key)]["why"]) for key in keys if key in found and str(key) in job.steps]
    action = job.params.get("action", "")
    context = {
        "job": job,
        "announced": job.kind == tasks.ANNOUNCE,
        "staged": action in Decision.values,
        "action": ACTIONS.get(action, ""),
        "refused": [{"claim": claim, "why": why} for claim, why in ended if why],
        "done": [{"claim": claim} for claim, why in ended if not why],
        "untouched": len(keys) - len(job.steps),
    }
    return render(request, "projects/outcome.html", context)
