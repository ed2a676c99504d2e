"""The team and the partner schools of a project, changed in place."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import UserError
from projects import services
from projects.forms import LONGEST_SEARCH
from projects.models import Project
from projects.selectors import detail
from projects.views.access import seen_project
from schools.views.requests import person

ACTIONS = {
    "add_teacher": "add_teachers",
    "remove_teacher": "remove_teachers",
    "add_student": "add_students",
    "remove_student": "remove_students",
}

PICKERS = {
    "add_teacher": "ara_ogretmen",
    "remove_teacher": "ara_ogretmen",
    "coordinator": "ara_ogretmen",
    "add_student": "ara_ogrenci",
    "remove_student": "ara_ogrenci",
}
"""Action -> the field of the next person: the answer puts the focus there, for it replaces what had it."""

LONGEST_KEY = 18
"""Digits of a row's key; longer numbers fit into no database."""


def team_context(project: Project, error: str = "", focus: str = "") -> dict[str, Any]:
    teachers, students = detail.team_of(project)
    return {"project": project, "teachers": teachers, "students": students, "team_error": error, "focus": focus}


def partner_context(project: Project, error: str = "", focus: str = "") -> dict[str, Any]:
    return {"project": project, "partners": detail.partners_of(project), "partner_error": error, "focus": focus}


@login_required
@require_POST
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Add, remove or name the coordinator; permission: projects.edit_project. Answers with the team."""
    project = seen_project(request, pk, "projects.edit_project")
    error = ""
    try:
        _change_team(request, project)
    except UserError as refusal:
        error = str(refusal)
    focus = PICKERS.get(request.POST.get("action", ""), "")
    return _answer(request, project, "projects/parts/team.html", team_context(project, error, focus), "team")


def _change_team(request: HttpRequest, project: Project) -> None:
    action, key = request.POST.get("action", ""), request.POST.get("person", "")
    chosen = chosen_key(key)
    if chosen is None:
        raise UserError(_("Listeden bir kişi seçiniz."))
    if action == "coordinator":
        services.update_team(project_id=project.pk, by=person(request), coordinator=chosen)
    elif action in ACTIONS:
        changes: dict[str, Any] = {ACTIONS[action]: [chosen]}
        services.update_team(project_id=project.pk, by=person(request), **changes)
    else:
        raise UserError(_("Bu işlem bilinmiyor; sayfayı yenileyip yeniden deneyiniz."))


def chosen_key(key: str) -> int | None:
    """The key of the row that was picked; None for what can't be one."""
    return int(key) if key.isdecimal() and len(key) <= LONGEST_KEY else None


@login_required
@require_safe
def find_teachers(request: HttpRequest, pk: int) -> HttpResponse:
    """Staff of the province by name; permission: projects.edit_project."""
    project = seen_project(request, pk, "projects.edit_project")
    found = detail.teachers_to_add(project, request.GET.get("ara_ogretmen", "")[:LONGEST_SEARCH])
    return _found(request, project, found, "add_teacher", reverse("projects:team", args=[pk]), "#team")


@login_required
@require_safe
def find_students(request: HttpRequest, pk: int) -> HttpResponse:
    """Students of the person's own school by name or number; permission: projects.edit_project."""
    project = seen_project(request, pk, "projects.edit_project")
    found = detail.students_to_add(project, request.GET.get("ara_ogrenci", "")[:LONGEST_SEARCH], person(request))
    return _found(request, project, found, "add_student", reverse("projects:team", args=[pk]), "#team")


@login_required
@require_POST
def partners(request: HttpRequest, pk: int) -> HttpResponse:
    """Add or remove a partner school; permission: projects.edit_project. Answers with the partners."""
    project = seen_project(request, pk, "projects.edit_project")
    error, key = "", chosen_key(request.POST.get("person", ""))
    chosen = [] if key is None else [key]
    adding = request.POST.get("action") == "add_partner"
    try:
        services.update_partners(
            project_id=project.pk,
            by=person(request),
            add=chosen if adding else [],
            remove=[] if adding else chosen,
        )
    except UserError as refusal:
        error = str(refusal)
    context = partner_context(project, error, "ara_kurum")
    return _answer(request, project, "projects/parts/partners.html", context, "partners")


@login_required
@require_safe
def find_partners(request: HttpRequest, pk: int) -> HttpResponse:
    """Institutions of the province by name or code; permission: projects.edit_project."""
    project = seen_project(request, pk, "projects.edit_project")
    found = detail.partners_to_add(project, request.GET.get("ara_kurum", "")[:LONGEST_SEARCH])
    return _found(request, project, found, "add_partner", reverse("projects:partners", args=[pk]), "#partners")


def _found(
    request: HttpRequest, project: Project, found: list[detail.Member], action: str, address: str, target: str
) -> HttpResponse:
    searched = any(value.strip() for value in request.GET.values())
    context = {
        "project": project,
        "found": found,
        "action": action,
        "address": address,
        "target": target,
        "searched": searched,
    }
    return render(request, "projects/parts/found.html", context)


def _answer(
    request: HttpRequest, project: Project, template: str, context: dict[str, Any], anchor: str
) -> HttpResponse:
    """The changed part for htmx; without it, back to the form."""
    if request.headers.get("HX-Request"):
        response = render(request, template, context)
        response["HX-Trigger"] = "team-changed"
        return response
    error = context.get("team_error") or context.get("partner_error")
    if error:
        messages.error(request, error)
    return redirect(reverse("projects:edit", args=[project.pk]) + f"#{anchor}")
