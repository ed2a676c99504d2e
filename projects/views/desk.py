"""What reviewers write beside a claim, and the wording of the ready-made reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from common.errors import UserError
from projects.models import Claim, ReviewReason, SecondOpinion
from projects.selectors import desk
from projects.services import desk as desk_services
from projects.services import questions, reasons
from projects.views.access import require, seen_claim
from projects.views.filters import posted_key
from projects.views.review import address_of, review_page
from projects.workflow import Decision
from schools.views.requests import person, year_of


@login_required
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note that only reviewers read; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")

    def write() -> str:
        desk_services.add_note(claim=claim, text=_text(request), by=person(request))
        return _("Notunuz eklendi; okul bu notu görmez.")

    return _answer(request, claim, "note", write)


@login_required
@require_POST
def question(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the school; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")

    def ask() -> str:
        questions.ask_question(claim=claim, text=_text(request), by=person(request))
        return _("Sorunuz okula iletildi; cevap geldiğinde size bildirilir.")

    return _answer(request, claim, "question", ask)


@login_required
@require_POST
def ask_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a colleague of the team for a second opinion; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")

    def ask() -> str:
        colleague = User.objects.filter(pk=posted_key(request.POST.get("kime", ""))).first()
        if colleague is None:
            raise UserError(_("Görüşünü istediğiniz kişiyi seçiniz."))
        desk_services.ask_opinion(claim=claim, of=colleague, text=_text(request), by=person(request))
        return _("%(name)s adlı kişiden görüş istendi.") % {"name": colleague.full_name}

    return _answer(request, claim, "opinion", ask)


@login_required
@require_POST
def give_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the request for an opinion that waits for the person; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")
    asked = SecondOpinion.objects.filter(claim=claim, asked_of=person(request)).order_by("answered_at", "-pk")

    def give() -> str:
        opinion = asked.filter(answered_at=None).first() or asked.first()
        if opinion is None:
            raise UserError(_("Bu talep için sizden görüş istenmedi."))
        desk_services.give_opinion(
            opinion=opinion, advice=request.POST.get("advice", ""), text=_text(request), by=person(request)
        )
        return _("Görüşünüz kaydedildi.")

    return _answer(request, claim, "advice", give)


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "")


def _answer(request: HttpRequest, claim: Claim, kind: str, act: Callable[[], str]) -> HttpResponse:
    """Do it and return to the claim; a refusal brings back what was typed."""
    try:
        done = act()
    except UserError as refusal:
        messages.error(request, str(refusal))
        return review_page(request, claim, typed={kind: _text(request)}, status=422)
    messages.success(request, done)
    return redirect(address_of(request, claim.pk))


@login_required
@require_safe
def reason_list(request: HttpRequest) -> HttpResponse:
    """The ready-made reasons with how often each was given this year; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    return _reasons_page(request)


def _reasons_page(request: HttpRequest, refused: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    groups = desk.reasons_with_use(year_of(request))
    for group in groups:
        group["mark"] = reasons.list_mark(row["reason"] for row in group["rows"])
        if refused is not None and refused.get("decision") == group["decision"]:
            group["refused"] = refused
    for row in (row for group in groups for row in group["rows"]):
        row["mark"] = reasons.wording_mark(row["reason"])
        if refused is not None and refused.get("pk") == row["reason"].pk:
            row["refused"] = refused
    return render(request, "projects/reasons.html", {"groups": groups}, status=status)


@login_required
@require_POST
def add_reason(request: HttpRequest) -> HttpResponse:
    """Add a reason to a decision's list; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    given = {name: request.POST.get(name, "") for name in ("decision", "label", "sentence")}
    try:
        added = reasons.add_reason(seen=request.POST.get("mark", ""), by=person(request), **given)
    except UserError as refusal:
        if given["decision"] not in Decision.values:
            messages.error(request, str(refusal))
        return _reasons_page(request, given | {"error": str(refusal)}, status=422)
    messages.success(request, _("“%(label)s” gerekçesi eklendi.") % {"label": added.label})
    return redirect(f"{reverse('projects:reasons')}#reason-{added.pk}")


@login_required
@require_POST
def edit_reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the wording of a reason or whether it is offered; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    reason = _reason(pk)
    given = {
        "label": request.POST.get("label", ""),
        "sentence": request.POST.get("sentence", ""),
        "is_active": request.POST.get("active") == "1",
    }
    try:
        reasons.edit_reason(reason=reason, seen=request.POST.get("mark", ""), by=person(request), **given)
    except UserError as refusal:
        return _reasons_page(request, given | {"pk": pk, "error": str(refusal)}, status=422)
    messages.success(request, _("“%(label)s” gerekçesi kaydedildi.") % {"label": reason.label})
    return redirect(f"{reverse('projects:reasons')}#reason-{pk}")


@login_required
@require_POST
def move_reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a reason up or down in its list; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    reasons.move_reason(reason=_reason(pk), up=request.POST.get("yon") == "yukari", by=person(request))
    return redirect(f"{reverse('projects:reasons')}#reason-{pk}")


def _reason(pk: int) -> ReviewReason:
    try:
        return ReviewReason.objects.get(pk=pk)
    except ReviewReason.DoesNotExist:
        raise Http404 from None
