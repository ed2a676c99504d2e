"""Rankings: what was computed, a run and its rows, publishing, comparing, downloading."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from common.errors import UserError
from common.jobs import wake
from common.tables import PAGE_PARAM, csv_response, page_of, xlsx_response
from schools.models.units import Category
from schools.year_settings import definition_of
from scoring import services
from scoring.exports import RUN_COLUMNS, run_cells
from scoring.forms import ComputeForm, RunFilterForm
from scoring.inputs import MEASURES, Partition
from scoring.models import RankingRow, RankingRun
from scoring.rules import may
from scoring.selectors import comparisons, runs
from scoring.selectors import rows as rows_of
from scoring.views.access import person, seen, year_of

RUNS = RankingRun.objects.select_related(
    "year__province", "points_table", "computed_by", "published_by", "previous__points_table"
)
ROWS = RankingRow.objects.select_related(
    "run__year__province", "run__points_table", "staff__user", "institution__district", "district"
)
CATEGORY_LABELS = {category.value: category.label for category in Category}
KINDS = {
    "moved": gettext_lazy("Yeri değişenler"),
    "appeared": gettext_lazy("Listeye girenler"),
    "left": gettext_lazy("Listeden çıkanlar"),
    "changed": gettext_lazy("Yalnız puanı değişenler"),
}


@login_required
@require_safe
def rankings(request: HttpRequest) -> HttpResponse:
    """The runs of the year that the person may see; permission: scoring.view_rankings."""
    year = year_of(request)
    page = page_of(runs.runs_visible_to(request.user, year), request, per_page=25)
    for run in page:
        describe(run)
    can_compute = [
        m for m in MEASURES.values() if may(request.user, "scoring.compute_run", RankingRun(year=year, measure=m.code))
    ]
    return render(
        request,
        "scoring/rankings.html",
        {"page": page, "year": year, "can_compute": can_compute, "form": ComputeForm() if can_compute else None},
    )


@login_required
@require_POST
def compute(request: HttpRequest) -> HttpResponse:
    """Start the job that computes a ranking; permission: scoring.compute_run."""
    year = year_of(request)
    form = ComputeForm(request.POST)
    if not form.is_valid() or not may(
        request.user, "scoring.compute_run", RankingRun(year=year, measure=form.cleaned_data["measure"])
    ):
        raise Http404
    try:
        with transaction.atomic():
            job = services.request_run(year=year, by=person(request), **form.cleaned_data)
            wake(job)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("scoring:rankings")
    return redirect(job)


@login_required
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """A run and the rows that concern the person; permission: scoring.view_run."""
    found = describe(seen(request, RUNS, pk, "scoring.view_run"))
    form = RunFilterForm(request.GET, year=found.year)
    visible = rows_of.rows_visible_to(request.user, found)
    search = request.GET.get("ara", "").strip()[:80]
    rows = rows_of.filtered_rows(visible, search=search, **form.chosen()).select_related("institution", "district")
    page = page_of(rows.defer("evidence"), request)
    for shown in page:
        shown.category_label = CATEGORY_LABELS.get(shown.category, "")  # type: ignore[attr-defined]
    return render(
        request,
        "scoring/run.html",
        {
            "run": found,
            "form": form,
            "search_value": search,
            "page": page,
            "facts": run_facts(found),
            "notes": found.inputs.get("notes", []),
            "window_open": runs.is_window_open(found),
            "window_text": window_text(found),
            "is_board": may(request.user, "scoring.compare_runs", found),
            "can_publish": found.status == "computed" and may(request.user, "scoring.publish_run", found),
            "filtered": bool(request.GET),
        },
    )


def window_text(found: RankingRun) -> str:
    day = found.objections_until.strftime("%d.%m.%Y") if found.objections_until else ""
    waiting = runs.open_objections(found).count()
    if runs.is_window_open(found):
        return _("Okullar %(day)s günü sonuna kadar kendi satırlarına itiraz yazabilir.") % {"day": day}
    if waiting:
        return _("%(count)s itiraz cevap bekliyor; cevaplanmadan listeler karara bağlanmaz.") % {"count": waiting}
    return _("Listeler bu sıralamaya göre karara bağlanabilir.")


def run_facts(found: RankingRun) -> list[tuple[str, Any]]:
    """What the run read and found, for the board."""
    counts, changes = found.inputs.get("counts", {}), found.inputs.get("comparison", {})
    facts = [
        (_("Sıralanan"), counts.get("rows")),
        (_("Onaylı talep"), counts.get("claims")),
        (_("Puan getiren proje"), counts.get("projects")),
        (_("Ekip üyeliği"), counts.get("team")),
    ]
    facts += [
        (definition_of(key).label, definition_of(key).shown(str(value))) for key, value in found.used_settings.items()
    ]
    if changes:
        facts.append((_("Öncekine göre"), ", ".join(f"{KINDS[kind]}: {changes[kind]}" for kind in KINDS)))
    digests = [(_("Girdi özeti"), found.input_digest[:16]), (_("Sonuç özeti"), found.result_digest[:16])]
    return [*facts, *digests]


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
        day = published.objections_until.strftime("%d.%m.%Y") if published.objections_until else ""
        messages.success(
            request, _("Sıralama yayımlandı; okullar %(day)s gününe kadar itiraz edebilir.") % {"day": day}
        )
    return redirect("scoring:run", pk)


@login_required
@require_safe
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """How a row's value came about; permission: scoring.view_row."""
    found = seen(request, ROWS, pk, "scoring.view_row")
    describe(found.run)
    return render(
        request,
        "scoring/row.html",
        {
            "row": found,
            "run": found.run,
            "group": comparisons.group_label(found),
            "objections": runs.objections_visible_to(request.user, found.run.year).filter(row=found),
            "can_object": runs.is_window_open(found.run) and may(request.user, "scoring.object", found),
        },
    )


@login_required
@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed against the run before, and why; permission: scoring.compare_runs."""
    found = describe(seen(request, RUNS, pk, "scoring.compare_runs"))
    if found.previous is None:
        raise Http404
    comparison = comparisons.compare_lines(comparisons.lines_of_run(found.previous), comparisons.lines_of_run(found))
    kind = request.GET.get("tur", "")
    changes = [change for change in comparison.changes if kind not in KINDS or change.kind == kind]
    page = Paginator(changes, 50).get_page(request.GET.get(PAGE_PARAM))
    chips = filter_chips(comparison.summary(), len(comparison.changes), kind)
    explained = comparisons.explained_changes(found, page.object_list)
    return render(request, "scoring/compare.html", {"run": found, "page": page, "changes": explained, "chips": chips})


def filter_chips(counts: dict[str, int], total: int, chosen: str) -> list[dict[str, Any]]:
    chips = [{"label": _("Hepsi"), "url": "?", "active": chosen not in KINDS, "count": total}]
    return chips + [
        {"label": label, "url": f"?tur={kind}", "active": chosen == kind, "count": counts[kind]}
        for kind, label in KINDS.items()
    ]


@login_required
@require_safe
def export(request: HttpRequest, pk: int, file_format: str) -> HttpResponseBase:
    """The rows that the person sees as XLSX or CSV; permission: scoring.view_run."""
    found = seen(request, RUNS, pk, "scoring.view_run")
    form = RunFilterForm(request.GET, year=found.year)
    rows = rows_of.filtered_rows(rows_of.rows_visible_to(request.user, found), **form.chosen())
    name = f"siralama-{found.measure}-{found.pk}.{file_format}"
    cells = run_cells(rows)
    if file_format == "xlsx":
        return xlsx_response(name, RUN_COLUMNS, cells, sheet=_("Sıralama"))
    return csv_response(name, RUN_COLUMNS, cells)


def describe(found: RankingRun) -> RankingRun:
    """The run with its measure and partition in words, for templates."""
    measure = MEASURES.get(found.measure)
    found.measure_label = measure.label if measure else found.measure  # type: ignore[attr-defined]
    found.area = measure.area if measure else ""  # type: ignore[attr-defined]
    found.partition_label = Partition(tuple(found.partition.split(","))).label  # type: ignore[attr-defined]
    return found
