"""Sets the request context (address, request number) that the audit rows and the log lines carry."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from common.request_context import request_context

REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


class RequestContextMiddleware:
    """Numbers every request (sent back as ``X-Request-ID``) and refuses too large bodies before reading them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = request_number(request)
        with request_context(ip=client_ip(request), request_id=request_id):
            request.request_id = request_id  # type: ignore[attr-defined]
            response = self._too_large(request) or self.get_response(request)
            response["X-Request-ID"] = request_id
            return response

    @staticmethod
    def _too_large(request: HttpRequest) -> HttpResponse | None:
        limit = settings.UPLOAD_REQUEST_LIMIT
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return HttpResponse(status=400)
        if length <= limit:
            return None
        return render(request, "common/too_large.html", {"limit_mb": limit // (1024 * 1024)}, status=413)


class ButtonAddressMiddleware:
    """Leads whoever opens the address of a button (reload, back, signing in again) to the page above it.

    Such an address takes a form and has no page of its own. The page above is the nearest beginning of the path that
    is an address; whether the person may see it, it decides itself. Other wrong methods get a page that says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or request.headers.get("HX-Request"):
            return response
        if request.method not in {"GET", "HEAD"}:
            refused = render(request, "405.html", status=405)
            refused["Allow"] = response.get("Allow", "")
            return refused
        self._explain(request)
        return HttpResponseRedirect(page_above(request.path))

    @staticmethod
    def _explain(request: HttpRequest) -> None:
        """Say once why another page is shown, also when the page above is a button's address again."""
        sentence = _(
            "Açtığınız adres bir düğmenin adresidir, kendi sayfası yoktur. İşleminiz kaydedilmediyse bu sayfadan "
            "yeniden yapınız."
        )
        waiting = messages.get_messages(request)
        if all(str(message) != sentence for message in waiting):
            messages.info(request, sentence)
        waiting.used = False


def page_above(path: str) -> str:
    """The nearest beginning of the path that is an address of the site."""
    parts = path.strip("/").split("/")[:-1]
    while parts:
        above = f"/{'/'.join(parts)}/"
        try:
            resolve(above)
        except Resolver404:
            parts.pop()
        else:
            return above
    return "/"


def client_ip(request: HttpRequest) -> str | None:
    """The peer's address; behind ``ALLAUTH_TRUSTED_PROXY_COUNT`` proxies, what the outermost of them saw."""
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    candidate = request.META.get("REMOTE_ADDR", "")
    if trusted:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= trusted:
            candidate = hops[-trusted]
    try:
        return str(ipaddress.ip_address(candidate))
    except ValueError:
        return None


def request_number(request: HttpRequest) -> str:
    """The number a trusted proxy gave, else a new random one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT and REQUEST_ID.fullmatch(given):
        return given
    return uuid.uuid4().hex
