"""The door to the home page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.selectors import home_of
from schools.authority import seats_of


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the reader; open to every signed-in person, its contents follow their seats."""
    year = request.year  # type: ignore[attr-defined]
    if year is None:
        return render(request, "portal/no_year.html")
    seats = seats_of(request.user)
    return render(
        request, "portal/home.html", {"home": home_of(request.user, seats, year), "seats": seats, "year": year}
    )
