"""Points: the tables and their versions, what an item is worth, how a person's points came about."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.doors import told
from common.errors import UserError
from common.tables import page_of
from projects.models import ProgrammeItem
from projects.selectors.submission import stage_problem
from projects.workflow import ClaimStage
from schools.forms import NewVersionForm
from schools.models import StaffMember
from schools.views.requests import person, year_of
from scoring import services
from scoring.forms import DraftTableForm
from scoring.inputs.projects import NoPointsTable
from scoring.models import PointsTable
from scoring.rules import may
from scoring.selectors import points, standing, worth
from scoring.selectors.readers import reader_of
from scoring.selectors.reasons import group_label
from scoring.views.access import seen
from scoring.views.labels import describe
from scoring.views.workings import terms_of, value_words

TABLES = PointsTable.objects.select_related("year__province", "created_by", "approved_by")


@login_required
@require_safe
def points_tables(request: HttpRequest) -> HttpResponse:
    """The versions of the year's points table; permission: scoring.view_points."""
    year = year_of(request)
    shown_draft = PointsTable(year=year)
    tables = points.tables_visible_to(year, drafts=may(request.user, "scoring.view_table", shown_draft))
    context = {
        "page": page_of(tables, request, per_page=25),
        "year": year,
        "can_edit": may(request.user, "scoring.edit_points", shown_draft),
        "has_draft": tables.filter(status=PointsTable.Status.DRAFT).exists(),
    }
    return render(request, "scoring/points_tables.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_version(request: HttpRequest) -> HttpResponse:
    """Begin a new version of the points table; permission: scoring.edit_points."""
    year = year_of(request)
    if not may(request.user, "scoring.edit_points", PointsTable(year=year)):
        raise Http404
    form = NewVersionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            table = services.new_version(year=year, reason=form.cleaned_data["reason"], by=person(request))
        except UserError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("scoring:edit_table", table.pk)
    return render(request, "scoring/new_version.html", {"form": form, "year": year}, status=422 if form.errors else 200)


@login_required
@require_safe
def points_table(request: HttpRequest, pk: int) -> HttpResponse:
    """A points table with its products; permission: scoring.view_table."""
    table = seen(request, TABLES, pk, "scoring.view_table")
    earlier = table.earlier()
    programmes = points.table_programmes(table)
    context = {
        "table": table,
        "programmes": programmes,
        "total": sum(programme.percent for programme in programmes),
        "differences": points.table_differences(earlier, table) if earlier else [],
        "earlier": earlier,
        "can_edit": may(request.user, "scoring.edit_table", table),
        "can_approve": may(request.user, "scoring.approve_points", table),
    }
    return render(request, "scoring/points_table.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the cells of a draft; permission: scoring.edit_table."""
    table = seen(request, TABLES, pk, "scoring.edit_table")
    form = DraftTableForm(request.POST or None, table=table)
    if request.method == "POST" and form.is_valid():
        try:
            edits = form.edits()
            overwrites = form.note_conflicts(edits)
            count = 0 if overwrites else services.change_draft(table=table, edits=edits, by=person(request))
        except UserError as refusal:
            form.add_error(None, str(refusal))
        if not form.errors:
            messages.success(request, _("%(count)s hücre değişti.") % {"count": count})
            return redirect("scoring:points_table", pk)
    return render(
        request, "scoring/edit_table.html", {"form": form, "table": table}, status=422 if form.errors else 200
    )


@login_required
@require_POST
def approve_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a draft; permission: scoring.approve_points."""
    table = seen(request, TABLES, pk, "scoring.approve_points")
    with told(request, _("Puan tablosu onaylandı; bundan sonraki sıralamalar bu sürümü kullanır.")):
        services.approve_table(table=table, by=person(request))
    return redirect("scoring:points_table", pk)


@login_required
@require_POST
def discard_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a draft; permission: scoring.edit_table."""
    table = seen(request, TABLES, pk, "scoring.edit_table")
    with told(request, _("Taslak silindi.")):
        services.discard_draft(table=table, by=person(request))
    return redirect("scoring:points_tables")


@login_required
@require_safe
def points_preview(request: HttpRequest) -> HttpResponse:
    """The fragment with the worth of an item at a stage, with ``?both=1`` at both; permission: scoring.view_points."""
    year = year_of(request)
    number = request.GET.get("item", "")
    stage = request.GET.get("stage") or request.GET.get("first_stage") or ""
    items = ProgrammeItem.objects.select_related("programme")
    item = items.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None
    context: dict[str, Any] = {"year": year, "both": "both" in request.GET}
    if item is not None and stage in ClaimStage.values:
        table = worth.table_in_force(year)
        context |= {
            "asked": True,
            "table": table,
            "worth": None if table is None else worth.worth_of(table, item, stage),
            "stage_problem": stage_problem(item, stage),
        }
    return render(request, "scoring/parts/points_preview.html", context)


@login_required
@require_safe
def my_points(request: HttpRequest) -> HttpResponse:
    """How the person's own points came about; permission: scoring.view_points."""
    staff = StaffMember.objects.filter(user=request.user.pk).first()
    if staff is None:
        return render(request, "scoring/points_of.html", {"staff": None, "own": True})
    return _points_page(request, staff, own=True)


@login_required
@require_safe
def points_of(request: HttpRequest, pk: int) -> HttpResponse:
    """How a member of staff's points came about; permission: scoring.view_points_of."""
    staff = get_object_or_404(StaffMember.objects.select_related("province"), pk=pk)
    if staff.province_id != year_of(request).province_id or not may(request.user, "scoring.view_points_of", staff):
        raise Http404
    return _points_page(request, staff, own=False)


def _points_page(request: HttpRequest, staff: StaffMember, *, own: bool) -> HttpResponse:
    year, user = year_of(request), person(request)
    rows = list(standing.published_rows(year, staff))
    for row in rows:
        row.run.year = year
        describe(row.run)
        row.value_words = value_words(row, reader_of(user, row.run))  # type: ignore[attr-defined]
        row.group = group_label(row)  # type: ignore[attr-defined]
    context: dict[str, Any] = {"staff": staff, "own": own, "year": year, "rows": rows}
    try:
        context["found"] = points.points_of_staff(year, staff)
    except NoPointsTable as missing:
        context["missing"] = str(missing)
    use = standing.use_points(year, staff)
    if use is not None:
        context |= {"use": use, "terms": terms_of({"terms": use.terms})}
    context["waiting"] = points.waiting_projects(year, staff)[:50]
    return render(request, "scoring/points_of.html", context)
