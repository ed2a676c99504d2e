"""The doors to the home page and to the list of what waits."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.caching import drawn
from portal.selectors import home_of, tasks_of
from schools.authority import seats_of


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the reader; open to every signed-in person, its contents follow their seats."""
    year = request.year  # type: ignore[attr-defined]
    if year is None:
        return render(request, "portal/no_year.html")
    seats = seats_of(request.user)
    shown = home_of(request.user, seats, year)
    content = drawn(
        "portal/home_content.html",
        name=request.user.full_name,
        year=year.name,
        may_add=request.user.has_perm("projects.add_project"),
        may_import=request.user.has_perm("schools.import_data", year),
        home=shown,
        sees_points=request.user.has_perm("scoring.view_points"),
        today=timezone.localdate(),
    )
    return render(request, "portal/home.html", {"home": shown, "content": content})


@require_safe
@login_required
def tasks(request: HttpRequest) -> HttpResponse:
    """The one list of what waits for the reader, overdue first; everybody's own, its contents follow their seats."""
    year = request.year  # type: ignore[attr-defined]
    if year is None:
        return render(request, "portal/no_year.html")
    found = tasks_of(request.user, seats_of(request.user), year)
    groups = [
        (_("Süresi geçenler"), [task for task in found if task.is_overdue]),
        (_("Son günü belli olanlar"), [task for task in found if task.due and not task.is_overdue]),
        (_("Bekleyen işler"), [task for task in found if not task.due]),
    ]
    return render(request, "portal/tasks.html", {"groups": [group for group in groups if group[1]], "year": year})
