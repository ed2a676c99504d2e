"""What every door asks of a request."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from schools.models import AcademicYear


def year_of(request: HttpRequest) -> AcademicYear:
    """The current year of the person's province; 404 while none is open."""
    year: AcademicYear | None = request.year  # type: ignore[attr-defined]
    if year is None:
        raise Http404(_("Henüz açılmış bir eğitim-öğretim yılı yok."))
    return year


def person(request: HttpRequest) -> User:
    """The signed-in person; the view is behind ``login_required``."""
    assert isinstance(request.user, User)
    return request.user


def require(request: HttpRequest, permission: str, scope: Any = None) -> None:
    """403 unless the user has the permission (over the scope)."""
    if not request.user.has_perm(permission, scope):
        raise PermissionDenied
