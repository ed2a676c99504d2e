"""Computing a ranking and publishing it: what a board does, and what it looks at before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import UserError
from common.jobs import wake
from schools.views.requests import person, year_of
from scoring import services
from scoring.forms import ComputeForm
from scoring.inputs import MEASURES
from scoring.models import RankingRun
from scoring.rules import may
from scoring.selectors import runs
from scoring.selectors.what_if import what_if as asked_now
from scoring.views.access import seen
from scoring.views.labels import describe
from scoring.views.rankings import RUNS, changes_page, rankings_page


@login_required
@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    """Start the job that computes a ranking; permission: scoring.compute_run."""
    year = year_of(request)
    measure = MEASURES.get(request.POST.get("measure", ""))
    if measure is None or not may(request.user, "scoring.compute_run", RankingRun(year=year, measure=measure.code)):
        raise Http404
    form = ComputeForm(request.POST, measure=measure, year=year)
    if form.is_valid():
        try:
            with transaction.atomic():
                job = services.request_run(year=year, by=person(request), **form.cleaned_data)
                wake(job)
        except UserError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(job)
    return rankings_page(request, form, status=422)


@login_required
@require_safe
def run_freshness(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that says whether the data changed since the run; permission: scoring.compare_runs."""
    found = seen(request, RUNS, pk, "scoring.compare_runs")
    return render(request, "scoring/parts/freshness.html", {"fresh": runs.is_fresh(found), "run": found})


@login_required
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the run; permission: scoring.publish_run."""
    found = seen(request, RUNS, pk, "scoring.publish_run")
    try:
        published = services.publish_run(run=found, by=person(request))
    except UserError as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("Sıralama yayımlandı; bu yılın ayarlarına göre itiraz alınmaz.")
        if published.objections_until and runs.had_window(published):
            day = published.objections_until.strftime("%d.%m.%Y")
            words = _("Sıralama yayımlandı; okullar %(day)s gününe kadar itiraz edebilir.") % {"day": day}
        messages.success(request, words)
    return redirect("scoring:run", pk)


@login_required
@require_safe
def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """What the ranking would change if it were computed now; permission: scoring.compare_runs.

    Reading everything takes a moment: the plain address shows the frame, which asks for the rest (``?tur=``).
    """
    found = describe(seen(request, RUNS, pk, "scoring.compare_runs"))
    if not request.GET:
        return render(request, "scoring/what_if.html", {"run": found})
    context: dict[str, Any] = {"run": found, "can_compute": may(request.user, "scoring.compute_run", found)}
    try:
        outcome = asked_now(found)
    except UserError as refusal:
        context["refusal"] = str(refusal)
    else:
        context |= changes_page(request, outcome.comparison)
        context |= {"changes": outcome.explained(context["page"].object_list), "is_answered": True}
    return render(request, "scoring/what_if.html", context)
