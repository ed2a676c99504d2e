"""The criteria of a year and their versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.doors import told
from common.errors import UserError
from common.tables import page_of
from eba import services
from eba.forms import DraftCriteriaForm
from eba.models import CriteriaTable
from eba.rules import may
from eba.selectors import criteria
from eba.views.access import require
from schools.forms import NewVersionForm
from schools.views.requests import person, year_of

TABLES = CriteriaTable.objects.select_related("year__province", "platform", "created_by", "approved_by")


@login_required
@require_safe
def criteria_tables(request: HttpRequest) -> HttpResponse:
    """The criteria in force, in words, and all versions of the year; permission: eba.view_criteria."""
    year = year_of(request)
    shown_draft = CriteriaTable(year=year)
    tables = criteria.tables_visible_to(year, drafts=may(request.user, "eba.view_table", shown_draft))
    can_edit = may(request.user, "eba.edit_criteria", shown_draft)
    context = {
        "page": page_of(tables, request, per_page=25),
        "year": year,
        "tariff": criteria.tariff_of(year),
        "can_edit": can_edit,
        "has_draft": can_edit and tables.filter(status=CriteriaTable.Status.DRAFT).exists(),
    }
    return render(request, "eba/criteria_tables.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_version(request: HttpRequest) -> HttpResponse:
    """Begin a new version of the criteria; permission: eba.edit_criteria."""
    year = year_of(request)
    require(request, CriteriaTable(year=year), "eba.edit_criteria")
    form = NewVersionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            table = services.new_version(year=year, reason=form.cleaned_data["reason"], by=person(request))
        except UserError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("eba:edit_table", table.pk)
    context = {"form": form, "year": year, "terms": criteria.terms_in_use(year)}
    return render(request, "eba/new_version.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def criteria_table(request: HttpRequest, pk: int) -> HttpResponse:
    """A version of the criteria and what it changed; permission: eba.view_table."""
    table = _seen(request, pk, "eba.view_table")
    earlier = table.earlier()
    context = {
        "table": table,
        "lines": criteria.lines_of(table, in_minutes=criteria.counts_minutes(table.year)),
        "differences": criteria.table_differences(earlier, table) if earlier else [],
        "earlier": earlier,
        "terms": criteria.terms_in_use(table.year) if table.is_draft else [],
        "can_edit": may(request.user, "eba.edit_table", table),
        "can_approve": may(request.user, "eba.approve_table", table),
    }
    return render(request, "eba/criteria_table.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the cells of a draft; permission: eba.edit_table."""
    table = _seen(request, pk, "eba.edit_table")
    form = DraftCriteriaForm(request.POST or None, table=table)
    if request.method == "POST" and form.is_valid():
        try:
            count = services.change_draft(table=table, edits=form.edits(), by=person(request))
        except UserError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(count)s hücre değişti.") % {"count": count})
            return redirect("eba:table", pk)
    context: dict[str, Any] = {"form": form, "table": table}
    return render(request, "eba/edit_table.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def approve_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a draft; permission: eba.approve_table."""
    table = _seen(request, pk, "eba.approve_table")
    with told(request, _("Ölçütler onaylandı; bundan sonraki sıralamalar bu sürümü kullanır.")):
        services.approve_table(table=table, by=person(request))
    return redirect("eba:table", pk)


@login_required
@require_POST
def discard_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a draft; permission: eba.edit_table."""
    table = _seen(request, pk, "eba.edit_table")
    with told(request, _("Taslak silindi.")):
        services.discard_draft(table=table, by=person(request))
    return redirect("eba:criteria")


def _seen(request: HttpRequest, pk: int, permission: str) -> CriteriaTable:
    table = get_object_or_404(TABLES, pk=pk)
    require(request, table, permission)
    return table
