"""Which object an address means: what somebody may not know of does not exist for them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest

from eba.rules import may


def require(request: HttpRequest, target: Any, *permissions: str) -> None:
    """404 unless the person holds all these permissions on the target."""
    if not all(may(request.user, permission, target) for permission in permissions):
        raise Http404


def term_of(request: HttpRequest, default: int = 1) -> int:
    """The term that the address asks for (``?donem=2``)."""
    return {"1": 1, "2": 2}.get(request.GET.get("donem", ""), default)
