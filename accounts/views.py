"""The door at which a page asks whether its reader is still signed in."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in (``user``: key, or empty) and a token for the forms of the page; open to everybody."""
    return JsonResponse({"user": str(request.user.pk or ""), "token": get_token(request)})
