"""The province and year a request is about."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from schools.selectors import current_year_of


class YearMiddleware:
    """Sets ``request.year`` (the current ``AcademicYear`` of the user's province) and ``request.province``.

    Both are None for anonymous visitors and where no year was opened yet.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        year = current_year_of(request.user)
        request.year = year  # type: ignore[attr-defined]
        request.province = year.province if year else None  # type: ignore[attr-defined]
        return self.get_response(request)
