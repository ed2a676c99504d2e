"""The wizard's pages: send a file, look at what it would change, confirm, take back.

Permission: whoever may import the kind into the scope (``ImportKind.may_import``); for others a batch does not exist.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import UserError
from common.imports import exports, sealing, services
from common.imports.forms import ImportForm
from common.imports.kinds import ImportKind, Scope, kind_of, kinds, kinds_for
from common.imports.selectors import batches_visible_to
from common.jobs import wake
from common.models import ImportBatch
from common.spreadsheets.headers import ColumnSpec
from common.tables import XLSX_TYPE, page_of

State = ImportBatch.State
SHOWN_ERRORS = 100
STEPS = (gettext_lazy("Dosya"), gettext_lazy("Kontrol"), gettext_lazy("Önizleme ve onay"), gettext_lazy("Aktarma"))


@login_required
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """Files sent in so far. Permission: may import some kind."""
    _require_some_kind(request)
    page = page_of(batches_visible_to(request.user), request, per_page=30)
    labels = {kind.code: kind.label for kind in kinds()}
    rows = [(batch, labels.get(batch.kind, batch.kind)) for batch in page.object_list]
    return render(request, "imports/list.html", {"page": page, "rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Send a file in. Permission: may import the chosen kind into the person's year."""
    allowed = _require_some_kind(request)
    scope = allowed[0].scope_of(request)
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, kinds=allowed, scope=scope)
        if form.is_valid():
            batch = _start(request, form)
            if batch is not None:
                return redirect(batch)
    else:
        initial = {"kind": request.GET.get("tur", ""), "exam": request.GET.get("sinav", "")}
        form = ImportForm(kinds=allowed, scope=scope, initial=initial)
    context = {"form": form, "templates": _templates(allowed, form), "scope": scope}
    return render(request, "imports/new.html", context, status=422 if form.errors else 200)


def _start(request: HttpRequest, form: ImportForm) -> ImportBatch | None:
    """The new batch, or None with the reason noted in the form."""
    kind = kind_of(form.cleaned_data["kind"])
    scope = kind.scope_of(request)
    if scope is None:
        form.add_error(None, _("Henüz bir eğitim-öğretim yılı açılmamış; önce yılı açınız."))
        return None
    if not kind.may_import(request.user, scope):
        raise PermissionDenied
    upload = form.cleaned_data["file"]
    try:
        batch = services.start_import(
            kind=kind.code, scope=form.scope_in(scope), name=upload.name, data=upload.read(), by=request.user
        )
    except UserError as refusal:
        form.add_error("file", str(refusal))
        return None
    _wake(batch)
    return batch


def _templates(allowed: list[ImportKind[Any, Any]], form: ImportForm) -> list[dict[str, Any]]:
    """Empty workbooks to offer: one a kind, or one for each exam where the headers depend on it."""
    return [
        {"kind": kind, "exams": form.kind_choices[kind.code]["exam"] if "exam" in kind.needs else None}
        for kind in allowed
    ]


@login_required
@require_safe
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty workbook with the headers of a kind (``sinav``: of that exam). Permission: may import that kind."""
    found = next((each for each in _require_some_kind(request) if each.code == kind), None)
    if found is None:
        raise Http404
    name = "-".join(filter(None, (found.code, request.GET.get("sinav", "") if "exam" in found.needs else "")))
    return _workbook(exports.template(_template_columns(request, found)), f"{name}-sablon.xlsx")


def _template_columns(request: HttpRequest, kind: ImportKind[Any, Any]) -> Sequence[ColumnSpec]:
    """The headers of a kind, those that depend on the year or the exam included."""
    scope, exam = kind.scope_of(request), request.GET.get("sinav", "")
    if "exam" in kind.needs:
        if scope is None or exam not in [value for value, _label in kind.choices_of("exam", scope)]:
            raise Http404
        return kind.template_columns(kind.context(kind.chosen(scope, exam=exam, term="")))
    if scope is None or "term" not in kind.needs:
        return kind.columns
    try:
        return kind.template_columns(kind.context(replace(scope, term=1)))
    except UserError:
        return kind.columns


@login_required
@require_safe
def import_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Where a batch stands, and what may be done with it next."""
    batch = _batch(request, pk)
    kind = kind_of(batch.kind)
    job = batch.job
    context = {
        "batch": batch,
        "kind": kind,
        "steps": _steps(batch),
        "errors": batch.errors[:SHOWN_ERRORS],
        "more_errors": max(0, len(batch.errors) - SHOWN_ERRORS),
        "job": job,
        "job_stopped": batch.is_running and job is not None and job.is_finished,
        "poll_url": reverse("common:job_progress", args=[job.pk]) if job and job.owner_id == request.user.pk else "",
    }
    return render(request, "imports/detail.html", context)


@login_required
@require_POST
def import_confirm(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have the previewed file written."""
    batch = _batch(request, pk)
    skip = request.POST.get("skip_refused") == "on"
    return _do(request, batch, lambda: services.confirm_import(batch=batch, skip_refused=skip, by=request.user))


@login_required
@require_POST
def import_undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have the written file taken back as a whole."""
    batch = _batch(request, pk)
    return _do(request, batch, lambda: services.start_undo(batch=batch, by=request.user))


@login_required
@require_POST
def import_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give up a file that was not written."""
    batch = _batch(request, pk)
    try:
        services.cancel_import(batch=batch, by=request.user)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect(batch)
    messages.success(request, _("Aktarımdan vazgeçildi, dosya silindi."))
    return redirect("common:imports")


@login_required
@require_safe
def import_refused(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The refused rows with their reasons. Permission: the sender alone, because the numbers are in clear."""
    batch = _batch(request, pk)
    if batch.refused_file is None or batch.by_id != request.user.pk:
        raise Http404
    return _workbook(sealing.unsealed(batch.refused_file), batch.refused_file.name)


def _batch(request: HttpRequest, pk: uuid.UUID) -> ImportBatch:
    batch: ImportBatch = get_object_or_404(
        ImportBatch.objects.select_related("by", "job", "refused_file").defer("undo"), pk=pk
    )
    known = {kind.code: kind for kind in kinds()}
    kind = known.get(batch.kind)
    if kind is None or not kind.may_import(request.user, Scope.from_json(batch.scope)):
        raise Http404
    return batch


def _require_some_kind(request: HttpRequest) -> list[ImportKind[Any, Any]]:
    allowed = kinds_for(request.user)
    if not allowed:
        raise PermissionDenied
    return allowed


def _do(request: HttpRequest, batch: ImportBatch, step: Any) -> HttpResponse:
    try:
        _wake(step())
    except UserError as refusal:
        messages.error(request, str(refusal))
    return redirect(batch)


def _wake(batch: ImportBatch) -> None:
    if batch.job is not None:
        wake(batch.job)


def _workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX_TYPE)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


_REACHED = {
    State.CHECKING: 1,
    State.REFUSED: 1,
    State.PREVIEW: 2,
    State.CANCELLED: 2,
    State.APPLYING: 3,
    State.APPLIED: 4,
    State.UNDOING: 4,
    State.UNDONE: 4,
}


def _steps(batch: ImportBatch) -> list[dict[str, str]]:
    reached = _REACHED[State(batch.state)]
    steps = []
    for place, label in enumerate(STEPS):
        state = "done" if place < reached else "current" if place == reached else "todo"
        if place == reached and batch.state == State.REFUSED:
            state = "error"
        steps.append({"label": str(label), "state": state})
    return steps
