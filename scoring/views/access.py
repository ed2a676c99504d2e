"""Which object an address means: what somebody may not know of does not exist for them."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from scoring.rules import may

ModelT = TypeVar("ModelT", bound=Model)


def seen(request: HttpRequest, queryset: QuerySet[ModelT], pk: int, *permissions: str) -> ModelT:
    """The row, if the person holds all these permissions on it; else 404."""
    found = get_object_or_404(queryset, pk=pk)
    require(request, found, *permissions)
    return found


def require(request: HttpRequest, target: Any, *permissions: str) -> None:
    if not all(may(request.user, permission, target) for permission in permissions):
        raise Http404
