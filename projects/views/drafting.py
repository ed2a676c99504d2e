"""A draft: the form that saves itself, and checking and sending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import Conflict, UserError
from common.files import FILE_LIMIT_MB, MEGABYTE, accept_attribute
from common.forms import in_words
from common.versions import StaleForm
from projects import services
from projects.forms import ProjectForm
from projects.models import Project
from projects.selectors import detail, submission
from projects.selectors.suggestions import suggestions_for
from projects.views.access import seen_project
from projects.views.files import file_row
from projects.views.team import partner_context, team_context
from projects.workflow import EDITABLE, ClaimStatus, ProjectStatus
from schools.views.requests import person

ACCEPTED_FILES = accept_attribute()
MAX_BYTES = FILE_LIMIT_MB * MEGABYTE


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
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
        except services.FieldRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return redirect("projects:submit" if request.POST.get("action") == "check" else "projects:edit", pk)
    elif project.status not in EDITABLE:
        return redirect("projects:detail", pk)
    return render(request, "projects/form.html", _form_context(project, form), status=422 if form.errors else 200)


def _form_context(project: Project, form: ProjectForm) -> dict[str, Any]:
    files = [file_row(one, removable=True) for one in detail.files_of(project) if one.claim_id is None]
    checks = _checks(project)
    return {
        **checks,
        **team_context(project),
        **partner_context(project),
        "form": form,
        "files": files,
        "accept": ACCEPTED_FILES,
        "steps": _steps(checks["problems"], form),
        "suggestions": suggestions_for(project),
        "max_bytes": MAX_BYTES,
        "is_open": project.status == ProjectStatus.RETURNED or submission.is_open_for_sending(project.year),
        "deadline_sentence": submission.deadline_sentence(project.year),
        "returned": project.claims.filter(status=ClaimStatus.RETURNED).select_related("reason", "decided_by").first(),
    }


def _checks(project: Project) -> dict[str, list[submission.Problem]]:
    """What keeps the project from being sent, and what should be looked at once more before."""
    return {
        "problems": submission.submission_problems(project),
        "cautions": submission.submission_cautions(project),
    }


def _steps(problems: list[submission.Problem], form: ProjectForm | None = None) -> list[dict[str, Any]]:
    """The steps of the form: done, to do, or with an error; each leads to where something is to be done."""
    wrong = {submission.step_of(name) for name in (form.errors if form is not None and form.is_bound else ())}
    first = {problem.step: problem.anchor for problem in reversed(problems)}
    steps = []
    for step, label in submission.STEPS.items():
        state = "error" if step in wrong else "todo" if step in first else "done"
        steps.append({"label": label, "state": state, "url": f"#{first.get(step, f'step-{step}')}"})
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
    except services.FieldRefused as refusal:
        return JsonResponse({"errors": {form.add_prefix(refusal.field): [str(refusal)]}}, status=422)
    checks = _checks(seen_project(request, pk))
    html = {
        "#problems": _fragment(request, "projects/parts/problems.html", {**checks, "project": project}),
        "#steps": _fragment(request, "components/stepper.html", {"steps": _steps(checks["problems"])}),
    }
    return JsonResponse(
        {
            "version": saved.project.version,
            "saved_at": saved.project.updated_at.isoformat(),
            "errors": errors,
            "html": html,
        }
    )


@login_required
@require_safe
def problems(request: HttpRequest, pk: int) -> HttpResponse:
    """What is still missing, for the form to ask after team and files changed; permission: projects.edit_project."""
    project = seen_project(request, pk, "projects.edit_project")
    checks = _checks(project)
    context = {**checks, "project": project, "steps": _steps(checks["problems"]), "swap_steps": True}
    return render(request, "projects/parts/problems.html", context)


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
                "mine": in_words(field, field.prepare_value(form.cleaned_data[name])),
                "theirs": in_words(field, theirs),
                "theirs_value": _as_posted(field, theirs),
            }
        )
    return {
        "version": stale.current.version,
        "by": stale.by,
        "own": stale.is_own,
        "at": stale.at.isoformat() if stale.at else None,
        "conflicts": rows,
    }


def _as_posted(field: Any, value: Any) -> Any:
    if isinstance(value, bool):
        return ["on"] if value else []
    shown = field.widget.format_value(field.prepare_value(value))
    return shown[0] if isinstance(shown, list) and shown else (shown or "")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
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
        **_checks(project),
        "teachers": teachers,
        "students": students,
        "partners": detail.partners_of(project),
        "files": [file_row(one) for one in detail.files_of(project) if one.claim_id is None],
        "deadline": project.year.submission_deadline,
        "is_open": returned is not None or submission.is_open_for_sending(project.year),
        "deadline_sentence": submission.deadline_sentence(project.year),
    }
    return render(request, "projects/submit.html", context)
