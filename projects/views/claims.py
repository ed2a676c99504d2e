"""The school's later claims: adding, correcting, withdrawing."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.doors import told
from common.errors import UserError
from common.files import FILE_LIMIT_MB, MEGABYTE, accept_attribute
from common.text import clean_lines
from projects import services
from projects.forms import CorrectionForm, LaterClaimForm
from projects.selectors import detail
from projects.views.access import seen_claim, seen_project
from projects.views.files import file_row
from projects.workflow import ClaimStatus
from schools.views.requests import person

ACCEPTED_FILES = accept_attribute()
MAX_BYTES = FILE_LIMIT_MB * MEGABYTE


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """A later success or step of a project; permission: projects.edit_project."""
    project = seen_project(request, pk, "projects.edit_project")
    form = LaterClaimForm(request.POST or None, project=project)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_claim(
                project_id=pk, uploads=request.FILES.getlist("files"), by=person(request), **form.cleaned_data
            )
        except UserError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Talebiniz teknik ekibe gönderildi."))
            return redirect("projects:detail", pk)
    context = {"project": project, "form": form, "accept": ACCEPTED_FILES, "claims": detail.claims_of(project)}
    return render(request, "projects/claim_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a returned later claim right and send it again; permission: projects.edit_project."""
    claim = seen_claim(request, pk, "projects.edit_project")
    if claim.status != ClaimStatus.RETURNED:
        return redirect("projects:detail", claim.project_id)
    form = CorrectionForm(request.POST or None, initial={"note": claim.note})
    if request.method == "POST" and form.is_valid():
        try:
            services.resubmit(claim=claim, by=person(request), note=form.cleaned_data["note"])
        except UserError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Talep yeniden gönderildi."))
            return redirect("projects:detail", claim.project_id)
    files = [file_row(one, removable=True) for one in detail.files_of(claim.project) if one.claim_id == claim.pk]
    context = {
        "claim": claim,
        "project": claim.project,
        "form": form,
        "files": files,
        "accept": ACCEPTED_FILES,
        "max_bytes": MAX_BYTES,
    }
    return render(request, "projects/correct_claim.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an undecided claim; permission: projects.edit_project."""
    claim = seen_claim(request, pk, "projects.edit_project")
    with told(request, _("Talep geri çekildi; proje kayıtlarınızda duruyor.")):
        services.withdraw(claim=claim, by=person(request), text=clean_lines(request.POST.get("text", ""))[:2000])
    return redirect("projects:detail", claim.project_id)
