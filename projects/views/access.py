"""Which project or claim an address means: what somebody may not know of does not exist for them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from projects.models import Claim, Project
from projects.rules import may
from projects.selectors.detail import project_page
from projects.selectors.scope import visible_to


def seen_project(request: HttpRequest, pk: int, permission: str = "projects.view_project") -> Project:
    """The project, if the person sees it and holds the permission on it; else 404."""
    try:
        project = project_page(visible_to(request.user)).get(pk=pk)
    except Project.DoesNotExist:
        raise Http404 from None
    if permission != "projects.view_project" and not may(request.user, permission, project):
        raise Http404
    return project


def seen_claim(request: HttpRequest, pk: int, permission: str) -> Claim:
    """The claim with its project, if the person sees that project and holds the permission; else 404."""
    claims = Claim.objects.select_related(
        "item__programme",
        "reviewer",
        "decided_by",
        "reason",
        "project__institution__district",
        "project__institution__province",
        "project__year",
        "project__item__programme",
        "project__responsible_manager",
    )
    try:
        claim = claims.get(pk=pk, project__in=visible_to(request.user))
    except Claim.DoesNotExist:
        raise Http404 from None
    if not may(request.user, permission, claim):
        raise Http404
    return claim


def require(request: HttpRequest, permission: str, target: Any = None) -> None:
    """403 for people who know of the page but may not use it."""
    if not may(request.user, permission, target):
        raise PermissionDenied
