"""How long a sign-in lasts: an idle limit that slides with use, and an absolute one. What it shows is not kept.

This module is the SESSION_ENGINE: Django's sessions in the database, read in plain SQL.
"""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends import db
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from common.database import instances

# A busy session is written once in this many seconds, not at each request.
WRITE_EVERY = 5 * 60


class SessionStore(db.SessionStore):
    """Sessions of the database. Each request reads one, and the ORM takes long to put so small a statement together."""

    def load(self) -> dict[str, Any]:
        table = self.model._meta.db_table
        found = instances(f"{table} session WHERE session.session_key = %s", [self.session_key], session=self.model)
        for (session,) in found:
            if session.expire_date > timezone.now():
                return dict(self.decode(session.session_data))
        self._session_key = None
        return {}


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
