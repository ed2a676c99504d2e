"""The school's pages: its list, the form, checking and sending, a project and its later claims."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.errors import Conflict, UserError
from common.files import accept_attribute
from common.forms import in_words
from common.tables import PAGE_PARAM, page_of
from common.versions import StaleForm
from projects import services
from projects.forms import CorrectionForm, CreateForm, LaterClaimForm, ProjectFilterForm, ProjectForm
from projects.models import Project
from projects.rules import may
from projects.selectors import detail, lists, submission
from projects.views.access import person, require, seen_claim, seen_project, year_of
from projects.views.files import file_row
from projects.views.team import partner_context, team_context
from projects.workflow import EDITABLE, OPEN, SUBMITTABLE, ClaimStatus, ProjectStatus
from schools.authority import institutions_led_by, scope_of

STATUSES_SHOWN = (
    ProjectStatus.DRAFT,
    ProjectStatus.RETURNED,
    ProjectStatus.SUBMITTED,
    ProjectStatus.IN_REVIEW,
    ProjectStatus.APPROVED,
    ProjectStatus.REJECTED,
    ProjectStatus.WITHDRAWN,
)
ACCEPTED_FILES = accept_attribute()


@login_required
@require_GET
def list_projects(request: HttpRequest) -> HttpResponse:
    """The projects that the person sees, by status; permission: projects.list_projects."""
    require(request, "projects.list_projects")
    year, scope = year_of(request), scope_of(request.user)
    several = scope.everything or bool(scope.provinces or scope.districts) or len(scope.institutions) > 1
    form = ProjectFilterForm(request.GET, year=year, several_schools=several)
    wanted = form.wanted(request.GET.get("ara", ""))
    found = lists.projects_of_year(request.user, year, wanted)
    counts = lists.counts_by_status(found)
    context = {
        "page": page_of(lists.project_rows(found, wanted), request),
        "chips": _chips(request, counts, wanted.status),
        "form": form,
        "search": wanted.search,
        "several": several,
        "year": year,
        "may_add": may(request.user, "projects.add_project"),
        "is_filtered": bool(request.GET),
    }
    return render(request, "projects/list.html", context)


def _chips(request: HttpRequest, counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    kept = {key: value for key, value in request.GET.items() if key not in ("durum", PAGE_PARAM) and value}
    rows = [("", _("Tümü"), sum(counts.values()))]
    rows += [(status, str(status.label), counts[status]) for status in STATUSES_SHOWN if counts.get(status)]
    return [
        {
            "label": label,
            "url": "?" + urlencode(kept | ({"durum": status} if status else {})),
            "active": status == chosen,
            "count": count,
        }
        for status, label, count in rows
    ]


@login_required
@require_http_methods(["GET", "POST"])
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
@require_GET
def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A project with its claims, files and history; permission: projects.view_project."""
    project = seen_project(request, pk)
    teachers, students = detail.team_of(project)
    files = detail.files_of(project)
    claims = detail.claims_of(project)
    may_edit = may(request.user, "projects.edit_project", project)
    context = {
        "project": project,
        "teachers": teachers,
        "students": students,
        "partners": detail.partners_of(project),
        "claims": [
            {
                "claim": claim,
                "files": [file_row(one) for one in files if one.claim_id == claim.pk],
                "may_withdraw": may_edit and claim.status in OPEN,
                "correct_url": _correction_url(project, claim.pk, claim.status) if may_edit else "",
            }
            for claim in claims
        ],
        "files": [file_row(one) for one in files if one.claim_id is None],
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


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, all steps on one page; permission: projects.edit_project. Fields also save themselves (autosave)."""
    project = seen_project(request, pk, "projects.edit_project")
    form = ProjectForm(request.POST or None, instance=project)
    if request.method == "POST" and form.is_valid():
        try:
            services.autosave_field(
                project_id=pk, values=form.values(), version=form.cleaned_data["version"], by=person(request)
            )
        except StaleForm as stale:
            form.compare(stale)
            return render(request, "projects/form.html", _form_context(project, form), status=409)
        except Conflict as too_late:
            messages.error(request, str(too_late))
            return redirect("projects:detail", pk)
        except UserError as refusal:
            form.add_error("title", str(refusal))
        else:
            return redirect("projects:submit" if request.POST.get("action") == "check" else "projects:edit", pk)
    elif project.status not in EDITABLE:
        return redirect("projects:detail", pk)
    return render(request, "projects/form.html", _form_context(project, form), status=422 if form.errors else 200)


def _form_context(project: Project, form: ProjectForm) -> dict[str, Any]:
    files = [file_row(one, removable=True) for one in detail.files_of(project) if one.claim_id is None]
    problems = submission.submission_problems(project)
    return {
        **team_context(project),
        **partner_context(project),
        "form": form,
        "files": files,
        "accept": ACCEPTED_FILES,
        "problems": problems,
        "steps": _steps(problems),
        "returned": project.claims.filter(status=ClaimStatus.RETURNED).select_related("reason", "decided_by").first(),
    }


def _steps(problems: list[submission.Problem]) -> list[dict[str, Any]]:
    open_steps = {problem.step for problem in problems}
    steps = [
        {"label": label, "state": "todo" if step in open_steps else "done", "url": f"#step-{step}"}
        for step, label in submission.STEPS.items()
    ]
    return [*steps, {"label": _("Kontrol ve gönder"), "state": "todo", "url": "#step-send"}]


@login_required
@require_POST
def autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Save the fields that the page names; permission: projects.edit_project. JSON as in templates/README.md."""
    project = seen_project(request, pk, "projects.edit_project")
    names = [name for name in request.POST.get("_fields", "").split(",") if name]
    form = ProjectForm(request.POST, instance=project).only(names)
    form.is_valid()
    errors = {form.add_prefix(name): list(found) for name, found in form.errors.items() if name != "__all__"}
    try:
        saved = services.autosave_field(
            project_id=pk, values=form.values(), version=request.POST.get("version"), by=person(request)
        )
    except services.FieldsChanged as stale:
        return JsonResponse(_both_versions(form, stale), status=409)
    except Conflict as too_late:
        return JsonResponse({"message": str(too_late)}, status=423)
    except UserError as refusal:
        return JsonResponse({"errors": {"title": [str(refusal)]}}, status=422)
    problems = submission.submission_problems(project_now(request, pk))
    html = {
        "#problems": _fragment(request, "projects/parts/problems.html", {"problems": problems, "project": project}),
        "#steps": _fragment(request, "components/stepper.html", {"steps": _steps(problems)}),
    }
    return JsonResponse(
        {
            "version": saved.project.version,
            "saved_at": saved.project.updated_at.isoformat(),
            "errors": errors,
            "html": html,
        }
    )


def project_now(request: HttpRequest, pk: int) -> Project:
    return seen_project(request, pk)


def _fragment(request: HttpRequest, template: str, context: dict[str, Any]) -> str:
    return render(request, template, context).content.decode()


def _both_versions(form: ProjectForm, stale: services.FieldsChanged) -> dict[str, Any]:
    """Both values of each field that somebody else saved, in words, and the stored one as the field takes it."""
    assert isinstance(stale.current, Project)
    stored = ProjectForm(instance=stale.current)
    rows = []
    for name in stale.fields:
        field, theirs = stored.fields[name], stored[name].value()
        rows.append(
            {
                "name": form.add_prefix(name),
                "label": str(field.label),
                "mine": in_words(field, form[name].data),
                "theirs": in_words(field, theirs),
                "theirs_value": _as_posted(field, theirs),
            }
        )
    return {
        "version": stale.current.version,
        "by": stale.by,
        "at": stale.at.isoformat() if stale.at else None,
        "conflicts": rows,
    }


def _as_posted(field: Any, value: Any) -> Any:
    if isinstance(value, bool):
        return ["on"] if value else []
    shown = field.widget.format_value(field.prepare_value(value))
    return shown[0] if isinstance(shown, list) and shown else (shown or "")


@login_required
@require_http_methods(["GET", "POST"])
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be sent, what is still missing, and the sending; permission: projects.edit_project."""
    project = seen_project(request, pk, "projects.edit_project")
    returned = project.claims.filter(status=ClaimStatus.RETURNED).order_by("pk").first()
    if request.method == "POST":
        try:
            if returned is not None:
                services.resubmit(claim=returned, by=person(request))
            else:
                services.submit_project(project_id=pk, by=person(request))
        except UserError as refusal:
            messages.error(request, str(refusal))
            return redirect("projects:detail" if isinstance(refusal, Conflict) else "projects:submit", pk)
        messages.success(request, _("“%(title)s” teknik ekibe gönderildi.") % {"title": project.title})
        return redirect("projects:detail", pk)
    if project.status not in EDITABLE:
        return redirect("projects:detail", pk)
    teachers, students = detail.team_of(project)
    context = {
        "project": project,
        "returned": returned,
        "problems": submission.submission_problems(project),
        "teachers": teachers,
        "students": students,
        "partners": detail.partners_of(project),
        "files": [file_row(one) for one in detail.files_of(project) if one.claim_id is None],
        "deadline": submission.deadline_of(project.year),
        "is_open": returned is not None or submission.is_open_for_sending(project.year),
        "deadline_sentence": submission.deadline_sentence(project.year),
    }
    return render(request, "projects/submit.html", context)


@login_required
@require_http_methods(["GET", "POST"])
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
    context = {"project": project, "form": form, "accept": ACCEPTED_FILES}
    return render(request, "projects/claim_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
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
    context = {"claim": claim, "project": claim.project, "form": form, "files": files, "accept": ACCEPTED_FILES}
    return render(request, "projects/correct_claim.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an undecided claim; permission: projects.edit_project."""
    claim = seen_claim(request, pk, "projects.edit_project")
    try:
        services.withdraw(claim=claim, by=person(request), text=request.POST.get("text", "")[:2000])
    except UserError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Talep geri çekildi; proje kayıtlarınızda duruyor."))
    return redirect("projects:detail", claim.project_id)
