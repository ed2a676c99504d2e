"""How long a sign-in lasts: an idle limit that slides with use, and an absolute one."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

# A busy session is written once in this many seconds, not at each request.
WRITE_EVERY = 5 * 60


class SlidingSessionMiddleware:
    """Ends a session after SESSION_COOKIE_AGE idle seconds or SESSION_ABSOLUTE_AGE seconds in all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "_auth_user_id" in request.session:
            now = int(time.time())
            started = request.session.setdefault("started", now)
            seen = request.session.get("seen", now)
            if now - started > settings.SESSION_ABSOLUTE_AGE or now - seen > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif "seen" not in request.session or now - seen >= WRITE_EVERY:
                request.session["seen"] = now
        return self.get_response(request)
