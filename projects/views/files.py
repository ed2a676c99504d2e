"""Evidence: taking, showing and removing files."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.doors import told
from common.errors import UserError
from common.files import INLINE_TYPES, serve
from projects import services
from projects.models import Evidence
from projects.rules import may
from projects.selectors.scope import visible_to
from projects.views.access import seen_claim, seen_project
from projects.workflow import ClaimStatus
from schools.views.requests import person

LONGEST_CAPTION = 200


def file_row(evidence: Evidence, belongs_to: str = "", *, removable: bool = False) -> dict[str, Any]:
    """A file as ``components/file_list.html`` shows it; ``belongs_to`` names the claim that it proves."""
    stored = evidence.file
    address = reverse("projects:evidence", args=[evidence.pk])
    kind = "pdf" if stored.content_type == "application/pdf" else "image" if stored.is_image else "other"
    return {
        "name": stored.name,
        "url": address,
        "size": stored.size,
        "kind": kind,
        "view_url": f"{address}?goster=1" if stored.content_type in INLINE_TYPES else "",
        "note": " · ".join(filter(None, (evidence.caption, belongs_to))),
        "delete_url": reverse("projects:remove_evidence", args=[evidence.pk]) if removable else "",
    }


@login_required
@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one file for a project; permission: projects.edit_project. Answers with its row of the list."""
    return _take(request, seen_project(request, pk, "projects.edit_project").pk)


@login_required
@require_POST
def upload_to_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one file for a claim that is returned or asked about; permission: projects.edit_project."""
    claim = seen_claim(request, pk, "projects.edit_project")
    return _take(request, claim.project_id, claim=claim)


def _take(request: HttpRequest, project_id: int, claim: Any = None) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"error": _("Bir dosya seçiniz.")}, status=400)
    try:
        evidence = services.add_evidence(
            project_id=project_id,
            upload=file,
            by=person(request),
            claim=claim,
            caption=request.POST.get("caption", "")[:LONGEST_CAPTION],
        )
    except UserError as refusal:
        return JsonResponse({"error": str(refusal)}, status=400)
    has_viewer = claim is None or claim.status == ClaimStatus.RETURNED
    context = {"file": file_row(evidence, removable=True), "viewer": "shown-file" if has_viewer else ""}
    return render(request, "components/file_item.html", context, status=201)


@login_required
@require_safe
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself; permission: whoever sees its project."""
    return serve(_seen(request, pk).file, inline="goster" in request.GET)


@login_required
@require_POST
def remove_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file away; permission: projects.edit_project."""
    found = _seen(request, pk)
    if not may(request.user, "projects.edit_project", found.project):
        raise Http404
    with told(request, _("“%(name)s” silindi.") % {"name": found.file.name}):
        services.remove_evidence(evidence=found, by=person(request))
    if found.claim is not None and found.claim.status == ClaimStatus.RETURNED:
        return redirect("projects:correct_claim", found.claim_id)
    if found.claim is not None:
        return redirect("projects:detail", found.project_id)
    return redirect(reverse("projects:edit", args=[found.project_id]) + "#evidence")


def _seen(request: HttpRequest, pk: int) -> Evidence:
    found = Evidence.objects.select_related("file", "claim", "project__institution", "project__year")
    try:
        return found.get(pk=pk, project__in=visible_to(request.user))
    except Evidence.DoesNotExist:
        raise Http404 from None
