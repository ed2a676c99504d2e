"""The school's pages: its list, the form, checking and sending, a project and its later claims."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import UserError
from common.files import accept_attribute
from projects import services
from projects.forms import CreateForm
from projects.models import Project
from projects.rules import may
from projects.selectors import detail
from projects.views.access import person, require, seen_project, year_of
from projects.views.files import file_row
from projects.workflow import EDITABLE, OPEN, SUBMITTABLE, ClaimStatus
from schools.authority import institutions_led_by

ACCEPTED_FILES = accept_attribute()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Start a draft at a school on whose commission one sits; permission: projects.add_project."""
    require(request, "projects.add_project")
    form = CreateForm(request.POST or None, institutions=list(institutions_led_by(request.user)))
    if request.method == "POST" and form.is_valid():
        try:
            project = services.create_project(year=year_of(request), by=person(request), **form.cleaned_data)
        except UserError as refusal:
            form.add_error("title", str(refusal))
        else:
            return redirect("projects:edit", project.pk)
    return render(request, "projects/create.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_safe
def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A project with its claims, files and history; permission: projects.view_project."""
    project = seen_project(request, pk)
    teachers, students = detail.team_of(project)
    files = detail.files_of(project)
    claims = detail.claims_of(project)
    claim_names = {claim.pk: f"{claim.item.name}, {claim.get_stage_display()}" for claim in claims}
    may_edit = may(request.user, "projects.edit_project", project)
    context = {
        "project": project,
        "teachers": teachers,
        "students": students,
        "partners": detail.partners_of(project),
        "claims": [
            {
                "claim": claim,
                "may_withdraw": may_edit and claim.status in OPEN,
                "correct_url": _correction_url(project, claim.pk, claim.status) if may_edit else "",
            }
            for claim in claims
        ],
        "files": [file_row(one, claim_names.get(one.claim_id, "")) for one in files],
        "events": detail.timeline(project),
        "may_edit": may_edit,
        "may_change": may_edit and project.status in EDITABLE,
        "may_claim": may_edit and project.status not in SUBMITTABLE,
        "may_mark": may(request.user, "projects.mark_good_example", project),
        "review_claims": [
            claim for claim in claims if claim.status in OPEN and may(request.user, "projects.review_claim", claim)
        ],
    }
    return render(request, "projects/detail.html", context)


def _correction_url(project: Project, claim_id: int, status: str) -> str:
    """Where the school puts a returned claim right: the first with the project itself, a later one by itself."""
    if status != ClaimStatus.RETURNED:
        return ""
    if project.status in EDITABLE:
        return reverse("projects:edit", args=[project.pk])
    return reverse("projects:correct_claim", args=[claim_id])
