"""The school's pages: beginning a project, and a project as it stands."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import UserError
from common.files import FILE_LIMIT_MB, MEGABYTE, accept_attribute
from common.tables import page_of
from projects import services
from projects.forms import LONGEST_SEARCH, CopyForm, CreateForm
from projects.models import Claim, Evidence, Project
from projects.rules import may
from projects.selectors import detail, earlier, handover, whereabouts
from projects.selectors.detail import Question, project_page
from projects.views.access import require, seen_project
from projects.views.files import file_row
from projects.workflow import EDITABLE, OPEN, SUBMITTABLE, ClaimStatus
from schools.authority import institutions_led_by
from schools.views.requests import person, year_of

ACCEPTED_FILES = accept_attribute()
MAX_BYTES = FILE_LIMIT_MB * MEGABYTE
EARLIER_SHOWN = 10
"""Earlier projects on one page of the list from which a new one can be begun."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Start a draft at a school on whose commission one sits, anew or from an earlier project.

    Permission: projects.add_project.
    """
    require(request, "projects.add_project")
    year, schools = year_of(request), list(institutions_led_by(request.user))
    form = CreateForm(request.POST or None, institutions=schools)
    if request.method == "POST" and form.is_valid():
        try:
            project = services.create_project(year=year, by=person(request), **form.cleaned_data)
        except UserError as refusal:
            form.add_error("title", str(refusal))
        else:
            return redirect("projects:edit", project.pk)
    search = request.GET.get("ara", "")[:LONGEST_SEARCH]
    found: Any = earlier.earlier_projects(schools, year, search)
    page = page_of(found, request, per_page=EARLIER_SHOWN)
    context = {"form": form, "page": page, "search": search, "several": len(schools) > 1}
    return render(request, "projects/create.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a draft from a project of an earlier year; permission: projects.copy_project."""
    sources = project_page(Project.objects.all())
    source = get_object_or_404(sources, pk=pk)
    if not may(request.user, "projects.copy_project", source):
        raise Http404
    year = year_of(request)
    school = earlier.school_that_goes_on(source, institutions_led_by(request.user))
    assert school is not None
    free = earlier.free_title(school, year, source.title)
    form = CopyForm(request.POST or None, initial={"title": free})
    if request.method == "POST" and form.is_valid():
        try:
            project = services.copy_project(source=source, year=year, by=person(request), **form.cleaned_data)
        except UserError as refusal:
            form.add_error("title", str(refusal))
        else:
            messages.success(
                request, _("Taslağınız açıldı; taşınan bilgileri gözden geçiriniz, yeni kanıt dosyalarını ekleyiniz.")
            )
            return redirect("projects:edit", project.pk)
    context = {
        "source": source,
        "school": school,
        "year": year,
        "carried": earlier.carried_over(source, school, year),
        "form": form,
        "is_taken": free != source.title,
    }
    return render(request, "projects/copy.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A project with its claims, files and history; permission: projects.view_project."""
    return project_shown(request, seen_project(request, pk))


def project_shown(request: HttpRequest, project: Project, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a project; ``more`` is what an action that was refused adds to it."""
    teachers, students = detail.team_of(project)
    claims = detail.claims_of(project)
    questions = detail.questions_of(project) if claims else []
    claim_names = {claim.pk: f"{claim.item.name}, {claim.get_stage_display()}" for claim in claims}
    may_edit = may(request.user, "projects.edit_project", project)
    may_hand_over = may(request.user, "projects.hand_over", project)
    files = [(one, file_row(one, claim_names.get(one.claim_id, ""))) for one in detail.files_of(project)]
    context = {
        "project": project,
        "teachers": teachers,
        "students": students,
        "partners": detail.partners_of(project),
        "claims": [_claim_row(project, claim, questions, may_edit=may_edit) for claim in claims],
        "waiting": [_question_row(question, files) for question in questions if question.waits],
        "whereabouts": whereabouts.whereabouts(claims, questions, own=may_edit),
        "files": [row for _evidence, row in files],
        "events": detail.timeline(project),
        "moved": handover.moved_away(project) if may_edit or may_hand_over else None,
        "may_edit": may_edit,
        "may_hand_over": may_hand_over,
        "may_change": may_edit and project.status in EDITABLE,
        "may_claim": may_edit and project.status not in SUBMITTABLE,
        "may_mark": may(request.user, "projects.mark_good_example", project),
        "review_claims": [
            claim for claim in claims if claim.status in OPEN and may(request.user, "projects.review_claim", claim)
        ],
        "accept": ACCEPTED_FILES,
        "max_bytes": MAX_BYTES,
    }
    return render(request, "projects/detail.html", context | more, status=status)


def _claim_row(project: Project, claim: Claim, questions: list[Question], *, may_edit: bool) -> dict[str, Any]:
    return {
        "claim": claim,
        "questions": [question for question in questions if question.row.claim_id == claim.pk],
        "may_withdraw": may_edit and claim.status in OPEN,
        "correct_url": _correction_url(project, claim.pk, claim.status) if may_edit else "",
    }


def _question_row(question: Question, files: list[tuple[Evidence, dict[str, Any]]]) -> dict[str, Any]:
    """A question that waits for the school, with the files that were added since it was asked."""
    added = [
        file_row(one, removable=True)
        for one, _row in files
        if one.claim_id == question.row.claim_id and one.file.created_at >= question.row.asked_at
    ]
    key = question.row.pk
    return {"question": question.row, "files": added, "anchor": f"soru-{key}", "prefix": f"soru-{key}-"}


def _correction_url(project: Project, claim_id: int, status: str) -> str:
    """Where the school puts a returned claim right: the first with the project itself, a later one by itself."""
    if status != ClaimStatus.RETURNED:
        return ""
    if project.status in EDITABLE:
        return reverse("projects:edit", args=[project.pk])
    return reverse("projects:correct_claim", args=[claim_id])
