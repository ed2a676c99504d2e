"""Rankings: what was computed, a run and its rows, publishing, comparing, downloading."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from common.tables import PAGE_PARAM, csv_response, page_of, xlsx_response
from schools.models.units import Category
from schools.views.requests import year_of
from schools.year_settings import definition_of
from scoring.exports import has_subjects, holder_of, run_cells, run_columns, value_head
from scoring.forms import ComputeForm, MeasureForm, RunFilterForm, RunListFilterForm
from scoring.models import RankingRow, RankingRun
from scoring.rules import computable_by, may
from scoring.selectors import comparisons, runs, sources
from scoring.selectors import rows as rows_of
from scoring.selectors.readers import reader_of
from scoring.selectors.reasons import group_label
from scoring.views.access import seen
from scoring.views.labels import describe
from scoring.views.workings import mean_of, with_groups, working_context
from scoring.workflow import ObjectionStatus, RunStatus

RUNS = sources.with_sources(
    RankingRun.objects.select_related("year__province", "computed_by", "published_by", "previous__points_table")
)
ROWS = RankingRow.objects.select_related(
    "run__year__province",
    "run__points_table",
    "run__criteria_table",
    "staff__user",
    "institution__district",
    "district",
).prefetch_related(Prefetch("run__exam_versions", queryset=sources.EXAM_VERSIONS))
CATEGORY_LABELS = {category.value: category.label for category in Category}
COUNT_LABELS = {
    "rows": gettext_lazy("Sıralanan"),
    "claims": gettext_lazy("Onaylı talep"),
    "projects": gettext_lazy("Puan getiren proje"),
    "team": gettext_lazy("Ekip üyeliği"),
    "results": gettext_lazy("Sonuç"),
    "groups": gettext_lazy("Öğretmen ve ders grubu"),
    "sat": gettext_lazy("Sınava giren"),
    "applied": gettext_lazy("Başvuran"),
    "enrolled": gettext_lazy("Kayıtlı"),
    "schools": gettext_lazy("Verisi olan okul"),
    "records": gettext_lazy("EBA kaydı"),
    "first_term": gettext_lazy("1. dönem EBA kaydı"),
    "both_terms": gettext_lazy("İki dönemde de kaydı olan"),
    "without_place": gettext_lazy("Görev yeri bulunmayan"),
}
KINDS = {
    "moved": gettext_lazy("Yeri değişenler"),
    "appeared": gettext_lazy("Listeye girenler"),
    "left": gettext_lazy("Listeden çıkanlar"),
    "changed": gettext_lazy("Yalnız değeri değişenler"),
}


@login_required
@require_safe
def rankings(request: HttpRequest) -> HttpResponse:
    """The runs of the year that the person may see; permission: scoring.view_rankings."""
    year = year_of(request)
    measures = computable_by(request.user, year)
    asked = request.GET.get("hesap")
    chosen = next((measure for measure in measures if measure.code == asked), measures[0] if measures else None)
    return rankings_page(request, ComputeForm(measure=chosen, year=year) if chosen else None)


def rankings_page(request: HttpRequest, form: ComputeForm | None, status: int = 200) -> HttpResponse:
    """The list of runs, with the form that computes one for those who may."""
    year = year_of(request)
    filters = RunListFilterForm(request.GET)
    visible = sources.with_sources(runs.filtered_runs(runs.runs_visible_to(request.user, year), **filters.chosen()))
    page = page_of(visible, request, per_page=25)
    now = sources.in_force(year, page.object_list)
    for run in page:
        describe(run)
        run.sources = sources.sources_of(run, now)  # type: ignore[attr-defined]
        run.outdated = sources.outdated_by(run, now)  # type: ignore[attr-defined]
        run.had_window = runs.had_window(run)  # type: ignore[attr-defined]
    measures = computable_by(request.user, year)
    context = {
        "page": page,
        "year": year,
        "filters": filters,
        "filtered": any(filters.chosen().values()),
        "form": form,
        "measure": form.asked if form else None,
        "measure_form": MeasureForm(measures=measures, initial={"hesap": form.asked.code if form else ""}),
        "measure_count": len(measures),
    }
    return render(request, "scoring/rankings.html", context, status=status)


@login_required
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """A run and the rows that concern the person; permission: scoring.view_run."""
    found = describe(seen(request, RUNS, pk, "scoring.view_run"))
    form = filter_form(request, found)
    search = request.GET.get("ara", "").strip()[:80]
    visible = rows_of.rows_visible_to(request.user, found)
    rows = rows_of.with_places(rows_of.filtered_rows(visible, search=search, **form.chosen()))
    if not found.exam_versions.all():
        rows = rows.defer("evidence")
    page = page_of(rows, request)
    reader = reader_of(request.user, found)
    for shown in page:
        shown.category_label = CATEGORY_LABELS.get(shown.category, "")  # type: ignore[attr-defined]
        shown.run = found
        shown.is_hidden = with_groups(found) and not reader.sees_figures_of(shown)  # type: ignore[attr-defined]
        shown.mean = None if shown.is_hidden else mean_of(shown)  # type: ignore[attr-defined]
    is_board = may(request.user, "scoring.compare_runs", found)
    now = sources.in_force(found.year, [found])
    context = {
        "run": found,
        "form": form,
        "search_value": search,
        "page": page,
        "with_means": any(shown.mean for shown in page),  # type: ignore[attr-defined]
        "sources": sources.sources_of(found, now),
        "outdated": sources.outdated_by(found, now),
        "facts": run_facts(found),
        "notes": found.inputs.get("notes", []),
        "window_open": runs.is_window_open(found),
        "had_window": runs.had_window(found),
        "objection_days": now.settings["objection_days"],
        "publish_text": publish_text(now.settings["objection_days"]),
        "window_text": window_text(found),
        "is_board": is_board,
        "can_compute": may(request.user, "scoring.compute_run", found),
        "can_publish": found.status == RunStatus.COMPUTED and may(request.user, "scoring.publish_run", found),
        "filtered": bool(request.GET),
    }
    return render(request, "scoring/run.html", context)


def filter_form(request: HttpRequest, found: RankingRun) -> RunFilterForm:
    """The filter of the run's rows: subjects where it has them; a rank that is itself the value is cut by the value."""
    subjects = rows_of.subjects_of(found) if has_subjects(found) else []
    rank = value_head(found) if "tier_scope" in found.used_settings else ""
    return RunFilterForm(request.GET, year=found.year, subjects=subjects, value_is_rank=rank)


def publish_text(days: int) -> str:
    """What publishing does, before it is confirmed."""
    window = _("%(days)s iş günlük itiraz süresi başlar") % {"days": days} if days else _("itiraz alınmaz")
    return _(
        "Satırları bulunan okullara bildirim gider, %(window)s. Yayımlanan sıralama değişmez; yerine yalnız yenisi "
        "yayımlanabilir."
    ) % {"window": window}


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
    facts: list[tuple[Any, Any]] = [(label, counts[key]) for key, label in COUNT_LABELS.items() if key in counts]
    facts += [
        (definition_of(key).label, definition_of(key).shown(str(value))) for key, value in found.used_settings.items()
    ]
    if changes:
        facts.append((_("Öncekine göre"), ", ".join(f"{KINDS[kind]}: {changes[kind]}" for kind in KINDS)))
    digests = [(_("Girdi özeti"), found.input_digest[:16]), (_("Sonuç özeti"), found.result_digest[:16])]
    return [*facts, *digests]


@login_required
@require_safe
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """How a row's value came about; permission: scoring.view_row."""
    found = seen(request, ROWS, pk, "scoring.view_row")
    run = describe(found.run)
    now = sources.in_force(run.year, [run])
    place = (found.subject, found.evidence.get("institution", ""), found.evidence.get("district", ""))
    if holder_of(run) == "institution":
        place = (found.subject, found.evidence.get("institution_code", ""), found.evidence.get("district", ""))
    objections = list(runs.objections_visible_to(request.user, run.year).filter(row=found))
    waits = any(one.status == ObjectionStatus.OPEN for one in objections)
    context = {
        "row": found,
        "run": run,
        "group": group_label(found),
        "lead": ", ".join(word for word in place if word),
        "sources": sources.sources_of(run, now),
        "outdated": sources.outdated_by(run, now),
        "is_board": may(request.user, "scoring.compare_runs", run),
        "can_compute": may(request.user, "scoring.compute_run", run),
        "objections": objections,
        "can_object": not waits and runs.is_window_open(run) and may(request.user, "scoring.object", found),
    }
    return render(request, "scoring/row.html", context | working_context(found, request.user))


@login_required
@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed against the run before, and why; permission: scoring.compare_runs."""
    found = describe(seen(request, RUNS, pk, "scoring.compare_runs"))
    if found.previous is None:
        raise Http404
    comparison = comparisons.compare_lines(comparisons.lines_of_run(found.previous), comparisons.lines_of_run(found))
    context = changes_page(request, comparison)
    context |= {"run": found, "changes": comparisons.explained_changes(found, context["page"].object_list)}
    return render(request, "scoring/compare.html", context)


def changes_page(request: HttpRequest, comparison: comparisons.Comparison) -> dict[str, Any]:
    """The page of changes that the address asks for, of one kind where it names one, with the chips of the kinds."""
    kind = request.GET.get("tur", "")
    changes = [change for change in comparison.changes if kind not in KINDS or change.kind == kind]
    page = Paginator(changes, 50).get_page(request.GET.get(PAGE_PARAM))
    counts = comparison.summary()
    chips: list[dict[str, Any]] = [
        {"label": _("Hepsi"), "url": "?tur=hepsi", "active": kind not in KINDS, "count": len(comparison.changes)}
    ]
    chips += [
        {"label": label, "url": f"?tur={code}", "active": kind == code, "count": counts[code]}
        for code, label in KINDS.items()
    ]
    return {"page": page, "chips": chips}


@login_required
@require_safe
def export(request: HttpRequest, pk: int, file_format: str) -> HttpResponseBase:
    """The rows that the person sees as XLSX or CSV; permission: scoring.view_run."""
    found = seen(request, RUNS, pk, "scoring.view_run")
    form = filter_form(request, found)
    rows = rows_of.filtered_rows(rows_of.rows_visible_to(request.user, found), **form.chosen())
    name = f"siralama-{found.measure}-{found.pk}.{file_format}"
    reader = reader_of(request.user, found)
    columns, cells = run_columns(found), run_cells(found, rows, reader, whole_ranks=file_format == "xlsx")
    if file_format == "xlsx":
        return xlsx_response(name, columns, cells, sheet=_("Sıralama"))
    return csv_response(name, columns, cells)
