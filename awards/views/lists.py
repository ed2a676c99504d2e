"""One list: names and notes, the board's changes, the mülki amir's answer, exports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from awards import exports, report, selectors, services
from awards.forms import AddLineForm, DecideForm, GrantForm, OfferForm, ReasonForm, VersionForm
from awards.models import AwardLine, AwardList, AwardListReport
from awards.rules import may
from awards.workflow import ListStatus
from common.doors import told
from common.files import serve
from common.jobs import create_job, wake
from common.tables import csv_response, page_of, xlsx_response
from common.text import fold
from scoring.rules import may as may_score


def visible_list(request: HttpRequest, pk: int, permission: str = "") -> AwardList:
    """The list if the user may read it and, with ``permission``, act on it; 404 otherwise."""
    award_list = get_object_or_404(
        selectors.lists_visible_to(request.user).select_related(
            "run__points_table", "run__year", "decided_by", "signatory__staff"
        ),
        pk=pk,
    )
    if permission and not may(request.user, permission, award_list):
        raise Http404
    return award_list


def act(
    request: HttpRequest, form: forms.Form, work: Callable[[dict[str, Any]], object], done: str, to: str, pk: int
) -> HttpResponse:
    """Validate, do one thing, say what happened, go back to the page."""
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, errors[0])
        return redirect(to, pk=pk)
    with told(request, done):
        work(form.cleaned_data)
    return redirect(to, pk=pk)


@login_required
@require_safe
def offered(request: HttpRequest) -> HttpResponse:
    """The mülki amir's page: lists that wait for them first; permission: awards.grant_list."""
    if not request.user.has_perm("awards.grant_list"):
        raise Http404
    lists = selectors.offered_order(selectors.with_counts(selectors.lists_offered_to(request.user)))
    page = page_of(lists, request)
    selectors.mark_outdated(page)
    return render(request, "awards/offered.html", {"page": page})


@login_required
@require_safe
def list_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A list with its evidence and notes; permission: awards.view_list."""
    award_list = visible_list(request, pk)
    selectors.mark_outdated([award_list])
    lines = list(selectors.lines_of(award_list))
    search = request.GET.get("kisi", "").strip()
    may_decide = may(request.user, "awards.decide_list", award_list)
    editable = may_decide and award_list.status == ListStatus.PROPOSED
    found = selectors.people_to_add(award_list, fold(search)) if editable and len(fold(search)) >= 2 else []
    return render(
        request,
        "awards/list.html",
        {
            "list": award_list,
            "parts": selectors.parts_of(lines),
            "facts": report.facts_of(award_list),
            "passed_over": [report.passed_over_sentence(line) for line in lines if line.passed_over_for],
            "confirmations": selectors.confirmations_of(award_list),
            "report": selectors.current_report(award_list),
            "editable": editable,
            "found": found,
            "search": search,
            "decide_form": DecideForm(),
            "offer_form": OfferForm(),
            "grant_form": GrantForm(initial={"version": award_list.version}),
            "may_decide": may_decide,
            "may_compare": award_list.run is not None
            and may_score(request.user, "scoring.compare_runs", award_list.run),
            "may_offer": may_decide and award_list.status == ListStatus.DECIDED,
            "may_grant": may(request.user, "awards.grant_list", award_list) and award_list.status == ListStatus.OFFERED,
            "may_issue": may(request.user, "awards.issue_certificates", award_list)
            and award_list.status in {ListStatus.GRANTED, ListStatus.ISSUED},
        },
    )


@login_required
@require_POST
def strike(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Take a name off; permission: awards.decide_list."""
    award_list = visible_list(request, pk, "awards.decide_list")
    found = get_object_or_404(AwardLine, pk=line, list=award_list)
    return act(
        request,
        ReasonForm(request.POST),
        lambda data: services.strike_line(line=found, by=request.user, **data),
        _("%(name)s listeden çıkarıldı.") % {"name": found.holder_name},
        "awards:list",
        pk,
    )


@login_required
@require_POST
def restore(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Put a struck name back; permission: awards.decide_list."""
    award_list = visible_list(request, pk, "awards.decide_list")
    found = get_object_or_404(AwardLine, pk=line, list=award_list)
    return act(
        request,
        VersionForm(request.POST),
        lambda data: services.restore_line(line=found, by=request.user, **data),
        _("%(name)s yeniden listede.") % {"name": found.holder_name},
        "awards:list",
        pk,
    )


@login_required
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a name with a reason; permission: awards.decide_list."""
    award_list = visible_list(request, pk, "awards.decide_list")
    form = AddLineForm(request.POST)
    form.fields["staff"].queryset = selectors.staff_of_province(award_list)  # type: ignore[attr-defined]
    return act(
        request,
        form,
        lambda data: services.add_line(award_list=award_list, by=request.user, **data),
        _("Ad listeye eklendi."),
        "awards:list",
        pk,
    )


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the list as a second member; permission: awards.decide_list."""
    award_list = visible_list(request, pk, "awards.decide_list")
    return act(
        request,
        VersionForm(request.POST),
        lambda data: services.confirm_list(award_list=award_list, by=request.user, **data),
        _("Listeyi teyit ettiniz."),
        "awards:list",
        pk,
    )


@login_required
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant the whole list; permission: awards.grant_list."""
    award_list = visible_list(request, pk, "awards.grant_list")
    return act(
        request,
        GrantForm(request.POST),
        lambda data: services.grant_list(award_list=award_list, by=request.user, **data),
        _("Liste uygun görüldü."),
        "awards:list",
        pk,
    )


@login_required
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline the whole list; permission: awards.grant_list."""
    award_list = visible_list(request, pk, "awards.grant_list")
    return act(
        request,
        ReasonForm(request.POST),
        lambda data: services.decline_list(award_list=award_list, by=request.user, **data),
        _("Liste uygun görülmedi; kurula bildirildi."),
        "awards:list",
        pk,
    )


@login_required
@require_safe
def export(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The list as XLSX or CSV; permission: awards.view_list."""
    award_list = visible_list(request, pk)
    name, rows = exports.list_filename(award_list, kind), exports.list_rows(award_list)
    if kind == "xlsx":
        return xlsx_response(name, exports.LIST_COLUMNS, rows)
    return csv_response(name, exports.LIST_COLUMNS, rows)


@login_required
@require_POST
def make_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the printed report made; permission: awards.view_list."""
    award_list = visible_list(request, pk, "awards.view_list")
    with transaction.atomic():
        job = create_job(
            kind="awards.list_report",
            params={"list": award_list.pk},
            by=request.user,
            once_key=f"{award_list.pk}:{award_list.version}",
        )
        wake(job)
    return redirect(job)


@login_required
@require_safe
def download_report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The printed report of the list as it stands; permission: awards.view_list."""
    award_list = visible_list(request, pk)
    found: AwardListReport | None = selectors.current_report(award_list)
    if found is None:
        raise Http404
    return serve(found.file, inline=request.GET.get("goster") == "1")
