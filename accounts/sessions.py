"""How long a sign-in lasts: an idle limit that slides with use, and an absolute one. What it shows is not kept."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

# A busy session is written once in this many seconds, not at each request.
WRITE_EVERY = 5 * 60


class SlidingSessionMiddleware:
    """Ends a session after SESSION_COOKIE_AGE idle seconds or SESSION_ABSOLUTE_AGE seconds in all.

    Answers to a signed-in person stay out of every cache: on a shared computer nothing is left after signing out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = "_auth_user_id" in request.session
        if signed_in:
            now = int(time.time())
            started = request.session.setdefault("started", now)
            seen = request.session.get("seen", now)
            if now - started > settings.SESSION_ABSOLUTE_AGE or now - seen > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif "seen" not in request.session or now - seen >= WRITE_EVERY:
                request.session["seen"] = now
        response = self.get_response(request)
        if signed_in and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "private, no-store"
        return response
