"""The technical team's review: one claim per screen, decisions staged one after the other."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from common.doors import told
from common.errors import Conflict, UserError
from projects import services
from projects.forms import DecisionForm, QueueFilterForm
from projects.models import Claim
from projects.rules import may
from projects.selectors import changes, desk, detail, queue
from projects.selectors.catalogue import local_levels
from projects.views.access import require, seen_claim, seen_project
from projects.views.files import file_row
from projects.views.filters import posted_key, query_of
from projects.workflow import AWAITING_REVIEW, ClaimStatus, Decision
from schools.views.requests import person, year_of

STAGED = {
    Decision.APPROVE: gettext_lazy("“%(title)s”: onay kararı duyurulacak kararlara eklendi."),
    Decision.RETURN: gettext_lazy("“%(title)s”: düzeltme isteme kararı duyurulacak kararlara eklendi."),
    Decision.REJECT: gettext_lazy("“%(title)s”: ret kararı duyurulacak kararlara eklendi."),
}
STEPS = {
    Decision.APPROVE: ("o", "success", "check", gettext_lazy("Onayla"), gettext_lazy("Onayla ve sıradaki")),
    Decision.RETURN: (
        "d",
        "warning",
        "arrow-back-up",
        gettext_lazy("Düzeltme iste"),
        gettext_lazy("Düzeltme iste ve sıradaki"),
    ),
    Decision.REJECT: ("r", "danger", "circle-x", gettext_lazy("Reddet"), gettext_lazy("Reddet ve sıradaki")),
}
"""Decision -> its key, tone and icon, the words of the bar, the words of the button that takes it."""


def address_of(request: HttpRequest, claim: int) -> str:
    """The review screen of a claim inside the filter of this address."""
    return reverse("projects:review", args=[claim]) + query_of(request)


@login_required
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim with its evidence beside it; permission: projects.review_claim."""
    return review_page(request, seen_claim(request, pk, "projects.review_claim"))


def review_page(
    request: HttpRequest,
    claim: Claim,
    form: DecisionForm | None = None,
    *,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The screen of a claim; ``form`` and ``typed`` bring back what could not be saved."""
    user, project = person(request), claim.project
    files = detail.files_of(project)
    teachers, students = detail.team_of(project)
    beside, events = desk.beside(claim, user), detail.events_of(project)
    taken_by_other = claim.reviewer_id not in (None, user.pk)
    undecided = claim.status in AWAITING_REVIEW
    may_decide = undecided and not taken_by_other and beside.staged is None
    context = {
        "claim": claim,
        "project": project,
        "form": form or DecisionForm(),
        "typed": typed or {},
        "teachers": teachers,
        "students": students,
        "partners": detail.partners_of(project),
        "files": [file_row(one) for one in _most_relevant_first(files, claim)],
        "events": detail.timeline(project, events),
        "beside": beside,
        "since": changes.resubmission_of(claim, events, user) if undecided else None,
        "sheets": _sheets(claim, form) if may_decide else [],
        "place": queue.place_of(claim, shown(request, user)) if claim.submitted_at else None,
        "query": query_of(request),
        "may_decide": may_decide,
        "undecided": undecided,
        "taken_by_other": taken_by_other and claim.status == ClaimStatus.IN_REVIEW,
        "is_mine": claim.status == ClaimStatus.IN_REVIEW and not taken_by_other,
        "may_mark": may(user, "projects.mark_good_example", project),
    }
    return render(request, "projects/review.html", context, status=status)


def _sheets(claim: Claim, form: DecisionForm | None) -> list[dict[str, Any]]:
    """The sheets of the decision bar: what each decision asks for; the one that was refused stands open."""
    reasons = queue.ready_reasons()
    levels = local_levels(claim.project.year) if claim.item.is_local_level else []
    sheets = []
    for action, (key, tone, icon, label, button) in STEPS.items():
        refused = form is not None and form.data.get("action") == action
        sheets.append(
            {
                "action": str(action.value),
                "key": key,
                "tone": tone,
                "icon": icon,
                "label": label,
                "button": button,
                "reasons": reasons[action],
                "needs_reason": action != Decision.APPROVE,
                "levels": levels if action == Decision.APPROVE else [],
                "independent": action == Decision.APPROVE and claim.item.independent,
                "open": refused,
                "errors": _errors(form) if refused else [],
                "data": form.data if refused and form is not None else {},
            }
        )
    return sheets


def _errors(form: DecisionForm | None) -> list[str]:
    return [] if form is None else [str(error) for errors in form.errors.values() for error in errors]


def _most_relevant_first(files: list[Any], claim: Claim) -> list[Any]:
    """The claim's own files, then the project's; those of its other claims are left out."""
    own = [one for one in files if one.claim_id == claim.pk]
    return own + [one for one in files if one.claim_id is None]


def shown(request: HttpRequest, user: User) -> Any:
    """The claims of the filter of this address, oldest first."""
    year = year_of(request)
    wanted = QueueFilterForm(request.GET, year=year).wanted(request.GET.get("ara", ""))
    return queue.in_view(queue.review_queue(user, year, wanted), wanted, user)


@login_required
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a claim into review; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")
    return _do(request, claim, services.claim_for_review, _("Talebi incelemeye aldınız."))


@login_required
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a claim back into the queue; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")
    return _do(request, claim, services.release, _("Talep sıraya geri bırakıldı."))


def _do(request: HttpRequest, claim: Claim, service: Any, done: str) -> HttpResponse:
    with told(request, done):
        service(claim=claim, by=person(request))
    return redirect(address_of(request, claim.pk))


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Stage an approval, a return or a rejection, then turn to the filter's next; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return review_page(request, claim, form, status=422)
    following = queue.next_after(claim, shown(request, person(request)))
    try:
        _stage(claim, form, person(request))
    except Conflict as too_late:
        messages.error(request, str(too_late))
        return redirect(address_of(request, claim.pk))
    except UserError as refusal:
        form.add_error(None, str(refusal))
        return review_page(request, claim, form, status=422)
    done = STAGED[Decision(form.cleaned_data["action"])]
    messages.success(request, str(done) % {"title": claim.project.title})
    if "stay" in request.POST:
        return redirect(address_of(request, claim.pk))
    return _on_to(request, following)


def _on_to(request: HttpRequest, following: int | None) -> HttpResponse:
    if following is None:
        messages.info(request, _("Bu süzmede bekleyen başka talep kalmadı."))
        return redirect(reverse("projects:queue") + query_of(request))
    return redirect(address_of(request, following))


def _stage(claim: Claim, form: DecisionForm, by: User) -> None:
    given = form.cleaned_data
    services.stage_decision(
        claim=claim,
        action=given["action"],
        by=by,
        reason=given["reason"],
        text=given["text"],
        points=form.points_given,
        justification=given["justification"],
        level=given["level"],
    )


@login_required
@require_safe
def skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn to the filter's next without deciding; after its last comes its first; permission: projects.review_claim.

    A skipped claim stays where it is in the queue, so it comes again at the end of the round.
    """
    claim = seen_claim(request, pk, "projects.review_claim")
    following = queue.next_after(claim, shown(request, person(request))) if claim.submitted_at else None
    return _on_to(request, following)


@login_required
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the last staged decision that the page has named and return to its claim; permission:
    projects.view_queue.
    """
    require(request, "projects.view_queue")
    user, named = person(request), posted_key(request.POST.get("karar"))
    staged = desk.last_staged(user, year_of(request), named)
    if staged is None:
        gone = _("Geri almak istediğiniz karar artık duyurulacaklar arasında değil; hiçbir karar geri alınmadı.")
        messages.info(request, gone if named else _("Geri alınacak bir kararınız yok."))
        return redirect(reverse("projects:queue") + query_of(request))
    try:
        claim = services.take_back(staged=staged, by=user)
    except UserError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(title)s”: karar geri alındı.") % {"title": claim.project.title})
    return redirect(address_of(request, staged.claim_id))


@login_required
@require_POST
def good_example(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a project for the festival, or take the mark back; permission: projects.mark_good_example."""
    project = seen_project(request, pk, "projects.mark_good_example")
    good = request.POST.get("good") == "1"
    services.mark_good_example(project=project, good=good, by=person(request))
    messages.success(request, _("İyi örnek olarak işaretlendi.") if good else _("İyi örnek işareti kaldırıldı."))
    return redirect("projects:detail", pk)
