"""The public page that says whether a certificate is valid."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from awards.codes import grouped, read_code
from awards.forms import CodeForm
from awards.limits import too_many_checks
from awards.selectors import verification_of_code
from common.middleware import client_ip


@never_cache
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a code; permission: everybody."""
    if "code" not in request.GET:
        return _page(request, {"form": CodeForm()})
    form = CodeForm(request.GET)
    if form.is_valid():
        code = read_code(form.cleaned_data["code"])
        if code is not None:
            return redirect("verification:certificate", code=grouped(code))
        if too_many_checks(client_ip(request)):
            return _limited(request)
        return _page(request, {"form": form, "result": verification_of_code("")}, status=404)
    return _page(request, {"form": form}, status=400)


@never_cache
@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """What the public may know of a certificate; permission: everybody, rate-limited by visitor."""
    if too_many_checks(client_ip(request)):
        return _limited(request)
    result = verification_of_code(code)
    return _page(request, {"result": result, "form": CodeForm()}, status=200 if result.is_known else 404)


def _limited(request: HttpRequest) -> HttpResponse:
    response = _page(request, {"limited": True, "form": CodeForm()}, status=429)
    response["Retry-After"] = "60"
    return response


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, "awards/verification.html", {"site": request.get_host(), **context}, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
