"""Accounts that reach far carry a second factor: until it is set up, nothing else opens."""

from __future__ import annotations

from collections.abc import Callable

import rules
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

SET_UP_URL = "mfa_index"
ALLOWED_PREFIXES = ("mfa_", "account_")
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class MFARequiredMiddleware:
    """Sends people for whom the rule ``needs_second_factor`` holds to the set-up page until they have one.

    Signing in and out, and the pages of allauth that set the factor up, stay open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        match = request.resolver_match
        user = request.user
        if not user.is_authenticated or user.mfa_exempt or match is None:
            return None
        if (match.url_name or "").startswith(ALLOWED_PREFIXES) and not match.namespaces:
            return None
        if match.view_name == "accounts:session":
            return None
        if not rules.test_rule("needs_second_factor", user) or has_second_factor(user.pk):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=403)
        messages.warning(
            request, _("Göreviniz iki adımlı doğrulama gerektiriyor; devam etmek için aşağıdan birini kurunuz.")
        )
        return redirect(SET_UP_URL)


def has_second_factor(user_pk: int) -> bool:
    """Whether the account has an authenticator app or a passkey; recovery codes alone don't count."""
    return Authenticator.objects.filter(user=user_pk, type__in=SECOND_FACTORS).exists()
