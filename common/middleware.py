"""Sets the request context (address, request number) that the audit rows and the log lines carry."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

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
