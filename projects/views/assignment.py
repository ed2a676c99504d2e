"""Giving claims to colleagues: one to somebody, or the waiting ones of a filter in balance."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from common.doors import told
from common.errors import UserError
from projects import services
from projects.forms import QueueFilterForm
from projects.selectors import assignment, queue
from projects.services.assignment import MOST_AT_ONCE, Assigned, assign_balanced, plan_of
from projects.services.assignment import assign as assign_claim
from projects.views.access import require, seen_claim
from projects.views.filters import posted_key, query_of
from projects.views.review import address_of
from schools.views.requests import person, year_of

USUAL = 40


@login_required
@require_safe
def colleagues(request: HttpRequest, pk: int) -> HttpResponse:
    """Part of the review screen: asking a colleague, giving them the claim; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")
    context = {
        "claim": claim,
        "colleagues": assignment.colleagues_for(claim, person(request)),
        "query": query_of(request),
    }
    return render(request, "projects/parts/review_colleagues.html", context)


@login_required
@require_POST
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a waiting claim to a member of the team; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")
    to = User.objects.filter(pk=posted_key(request.POST.get("kime", ""))).first()
    if to is None:
        messages.error(request, _("Talebi kime vereceğinizi seçiniz."))
        return redirect(address_of(request, claim.pk))
    with told(request, _("Talep %(name)s adlı kişiye verildi.") % {"name": to.full_name}):
        if to.pk == person(request).pk:
            services.claim_for_review(claim=claim, by=to)
        else:
            assign_claim(claim=claim, to=to, by=person(request))
    return redirect(address_of(request, claim.pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def share_out(request: HttpRequest) -> HttpResponse:
    """Share out the oldest waiting claims of a filter, after a preview; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    user, year = person(request), year_of(request)
    wanted = QueueFilterForm(request.GET, year=year).wanted(request.GET.get("ara", ""))
    claims = queue.review_queue(user, year, wanted)
    if request.method == "POST":
        previewed = {key for key in map(posted_key, request.POST.get("talepler", "").split(",")) if key}
        keys = queue.waiting_keys(claims.filter(pk__in=sorted(previewed)[:1000]), len(previewed))
        try:
            done = assign_balanced(year=year, claims=keys, people=_people(request.POST), by=user)
        except UserError as refusal:
            messages.error(request, str(refusal))
            return redirect(reverse("projects:share_out") + query_of(request))
        _say(request, done, len(previewed))
        return redirect(reverse("projects:queue") + query_of(request))
    number = min(posted_key(request.GET.get("sayi", "")) or USUAL, MOST_AT_ONCE)
    keys = queue.waiting_keys(claims, MOST_AT_ONCE)
    people = _people(request.GET) if "kisi" in request.GET else None
    members = list(assignment.team_members(year))
    plan = plan_of(year=year, claims=keys[:number], people=people)
    context = {
        "plan": plan,
        "members": [(member, people is None or member.pk in people) for member in members],
        "number": min(number, len(keys)),
        "most": len(keys),
        "keys": ",".join(map(str, keys[:number])),
        "people": [share.user.pk for share in plan.shares],
        "kept": [(name, value) for name, value in request.GET.items() if name not in ("sayi", "kisi", "page")],
        "query": query_of(request),
        "back": _back(request),
    }
    return render(request, "projects/share_out.html", context)


def _say(request: HttpRequest, done: Assigned, previewed: int) -> None:
    shares = ", ".join(f"{user.full_name} {count}" for user, count in done.shares)
    if done.given:
        messages.success(request, _("%(n)d talep paylaştırıldı: %(shares)s.") % {"n": done.given, "shares": shares})
    left = previewed - done.given
    if left:
        messages.warning(
            request,
            _("%(n)d talep paylaştırılmadı: bu arada başkası aldı ya da seçilenlerden hiçbiri inceleyemez.")
            % {"n": left},
        )


def _back(request: HttpRequest) -> str:
    kept = request.GET.copy()
    for name in ("sayi", "kisi", "page"):
        kept.pop(name, None)
    return reverse("projects:queue") + (f"?{kept.urlencode()}" if kept else "")


def _people(given: Any) -> set[int]:
    return {key for key in map(posted_key, given.getlist("kisi")) if key}
