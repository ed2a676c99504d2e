"""Objections: a school writes, the board answers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import UserError
from common.tables import page_of
from common.versions import StaleForm
from schools.views.requests import person, year_of
from scoring import services
from scoring.forms import AnswerForm, ObjectionForm
from scoring.models import Objection
from scoring.rules import may
from scoring.selectors import runs
from scoring.selectors.readers import reader_of
from scoring.selectors.reasons import group_label
from scoring.views.access import require, seen
from scoring.views.labels import describe
from scoring.views.rankings import ROWS
from scoring.views.workings import value_words
from scoring.workflow import OBJECTION_TRANSITIONS, ObjectionStatus

OBJECTIONS = Objection.objects.select_related(
    "row__run__year__province", "row__district", "institution__district", "made_by", "answered_by"
)


@login_required
@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    """The objections of the year that the person may see; permission: scoring.view_objections."""
    require(request, None, "scoring.view_objections")
    visible = runs.objections_visible_to(request.user, year_of(request))
    counts = runs.objection_counts(visible)
    chosen = request.GET.get("durum", "")
    rows = visible.filter(status=chosen) if chosen in counts else visible
    chips = [{"label": _("Hepsi"), "url": "?", "active": chosen not in counts, "count": sum(counts.values())}]
    chips += [
        {
            "label": status.label,
            "url": f"?durum={status.value}",
            "active": chosen == status,
            "count": counts[status.value],
        }
        for status in ObjectionStatus
    ]
    page = page_of(rows, request)
    for found in page:
        describe(found.row.run)
    return render(request, "scoring/objections.html", {"page": page, "chips": chips})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Write an objection to a row; permission: scoring.object."""
    row = seen(request, ROWS, pk, "scoring.view_row", "scoring.object")
    describe(row.run)
    form = ObjectionForm(request.POST or None, area=row.run.area)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            objection = services.raise_objection(row=row, text=form.cleaned_data["text"], by=person(request))
        except UserError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("İtirazınız kurula iletildi; cevaplanınca bildirim alacaksınız."))
            return redirect("scoring:objection", objection.pk)
    context = {
        "row": row,
        "run": row.run,
        "form": form,
        "group": group_label(row),
        "value_words": value_words(row, reader_of(request.user, row.run)),
        "closed": request.method == "GET" and not runs.is_window_open(row.run),
    }
    return render(request, "scoring/object.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """An objection; the board answers it here. Permissions: scoring.view_objection, scoring.answer_objection."""
    found = seen(request, OBJECTIONS, pk, "scoring.view_objection")
    describe(found.row.run)
    can_answer = found.status == ObjectionStatus.OPEN and may(request.user, "scoring.answer_objection", found)
    form = AnswerForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST":
        require(request, found, "scoring.answer_objection")
        action = request.POST.get("action", "")
        if form.is_valid() and action in OBJECTION_TRANSITIONS:
            try:
                services.answer_objection(objection=found, action=action, by=person(request), **form.cleaned_data)
            except StaleForm as stale:
                found = describe_stale(stale, found)
                can_answer = False
                messages.error(
                    request, _("Siz yazarken bu itiraz başka bir üye tarafından cevaplandı; cevabınız aşağıda duruyor.")
                )
            except UserError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Cevabınız okula iletildi."))
                return redirect("scoring:objection", pk)
    context = {
        "objection": found,
        "row": found.row,
        "run": found.row.run,
        "group": group_label(found.row),
        "value_words": value_words(found.row, reader_of(request.user, found.row.run)),
        "can_compute": may(request.user, "scoring.compute_run", found.row.run),
        "form": form if can_answer else None,
        "unsent": request.POST.get("text", "") if not can_answer else "",
    }
    return render(request, "scoring/objection.html", context, status=422 if form.errors else 200)


def describe_stale(stale: StaleForm, shown: Objection) -> Objection:
    """The stored objection with the related rows that the page already read."""
    current = stale.current
    assert isinstance(current, Objection)
    current.row = shown.row
    return current
