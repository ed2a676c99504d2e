"""The technical team's pages: the queue, one claim per screen, decisions."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from common.caching import remembered
from common.errors import Conflict, UserError
from common.templatetags.ui import days_since, status_chip, tr_date
from projects import services
from projects.forms import DecisionForm, QueueFilterForm
from projects.models import Claim, ProgrammeItem
from projects.rules import may
from projects.selectors import detail, queue
from projects.views.access import person, require, seen_claim, seen_project, year_of
from projects.views.files import file_row
from projects.views.filters import chips, counted_page, query_of
from projects.workflow import AWAITING_REVIEW, ClaimStage, ClaimStatus, Decision
from schools.models import AcademicYear

VIEW_LABELS = {
    queue.WAITING: gettext_lazy("Bekleyen"),
    queue.MINE: gettext_lazy("Benim aldıklarım"),
    queue.OTHERS: gettext_lazy("İncelemede"),
    queue.STAGED: gettext_lazy("Duyurulacak"),
    ClaimStatus.RETURNED: gettext_lazy("Düzeltme istenen"),
    ClaimStatus.APPROVED: gettext_lazy("Onaylanan"),
    ClaimStatus.REJECTED: gettext_lazy("Reddedilen"),
    queue.ALL: gettext_lazy("Tümü"),
}
STAGES = {code: str(label) for code, label in ClaimStage.choices}
STAGED = {
    Decision.APPROVE: gettext_lazy("“%(title)s”: onay kararı duyurulacak kararlara eklendi."),
    Decision.RETURN: gettext_lazy("“%(title)s”: düzeltme isteme kararı duyurulacak kararlara eklendi."),
    Decision.REJECT: gettext_lazy("“%(title)s”: ret kararı duyurulacak kararlara eklendi."),
}


@login_required
@require_safe
def queue_list(request: HttpRequest) -> HttpResponse:
    """The claims that wait for a decision, oldest first; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    user, year = person(request), year_of(request)
    key = f"queue:{year.pk}:{user.pk}:{queue.last_change()}:{sha256(request.GET.urlencode().encode()).hexdigest()}"
    return render(request, "projects/queue.html", {"list": remembered(key, lambda: _queue_part(request, user, year))})


def _queue_part(request: HttpRequest, user: User, year: AcademicYear) -> SafeString:
    """The filters and the rows: what is the same for a reviewer until somebody sends or decides something."""
    form = QueueFilterForm(request.GET, year=year)
    wanted = form.wanted(request.GET.get("ara", ""))
    claims = queue.review_queue(user, year, wanted)
    counts = queue.counts_per_view(claims, user)
    keys = queue.in_view(claims, wanted, user).values_list("pk", flat=True)
    page = counted_page(keys, request, counts[wanted.view])
    context = {
        "page": page,
        "rows": [_row(row) for row in queue.rows_of(list(page))],
        "form": form,
        "search": wanted.search,
        "view": wanted.view,
        "chips": chips(
            request, [(view, label, counts[view]) for view, label in VIEW_LABELS.items()], wanted.view, queue.WAITING
        ),
        "base": reverse("projects:queue"),
        "query": query_of(request),
        "reset_url": reverse("projects:queue") if request.GET else "",
    }
    return render_to_string("projects/parts/queue.html", context, request)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """A row in words, so that the template only puts values in."""
    return row | {
        "chip": status_chip(row["status"]),
        "stage": STAGES[row["stage"]],
        "day": tr_date(row["submitted_at"], "date"),
        "age": days_since(row["submitted_at"]),
    }


def _shown(request: HttpRequest, user: User) -> Any:
    year = year_of(request)
    wanted = QueueFilterForm(request.GET, year=year).wanted(request.GET.get("ara", ""))
    return queue.in_view(queue.review_queue(user, year, wanted), wanted, user)


@login_required
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim with its evidence beside it; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")
    return _review_page(request, claim, DecisionForm())


def _review_page(request: HttpRequest, claim: Claim, form: DecisionForm, *, status: int = 200) -> HttpResponse:
    user, project = person(request), claim.project
    files = detail.files_of(project)
    teachers, students = detail.team_of(project)
    taken_by_other = claim.reviewer_id not in (None, user.pk)
    context = {
        "claim": claim,
        "project": project,
        "form": form,
        "teachers": teachers,
        "students": students,
        "partners": detail.partners_of(project),
        "files": [file_row(one) for one in _most_relevant_first(files, claim)],
        "events": detail.timeline(project),
        "reasons": queue.ready_reasons(),
        "levels": ProgrammeItem.objects.filter(is_local_level=True).order_by("order")
        if claim.item.is_local_level
        else [],
        "place": queue.place_of(claim, _shown(request, user)) if claim.submitted_at else None,
        "query": query_of(request),
        "may_decide": claim.status in AWAITING_REVIEW and not taken_by_other,
        "taken_by_other": taken_by_other and claim.status == ClaimStatus.IN_REVIEW,
        "is_mine": claim.status == ClaimStatus.IN_REVIEW and not taken_by_other,
        "may_mark": may(user, "projects.mark_good_example", project),
    }
    return render(request, "projects/review.html", context, status=status)


def _most_relevant_first(files: list[Any], claim: Claim) -> list[Any]:
    """The claim's own files, then the project's; those of its other claims are left out."""
    own = [one for one in files if one.claim_id == claim.pk]
    return own + [one for one in files if one.claim_id is None]


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
    return _do(request, claim, services.release, _("Talep kuyruğa geri bırakıldı."))


def _do(request: HttpRequest, claim: Claim, service: Any, done: str) -> HttpResponse:
    try:
        service(claim=claim, by=person(request))
    except UserError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(reverse("projects:review", args=[claim.pk]) + query_of(request))


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Stage an approval, a return or a rejection, then turn to the filter's next; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _review_page(request, claim, form, status=422)
    following = queue.next_after(claim, _shown(request, person(request)))
    try:
        _stage(claim, form, person(request))
    except Conflict as too_late:
        messages.error(request, str(too_late))
        return redirect(reverse("projects:review", args=[claim.pk]) + query_of(request))
    except UserError as refusal:
        form.add_error(None, str(refusal))
        return _review_page(request, claim, form, status=422)
    done = STAGED[Decision(form.cleaned_data["action"])]
    messages.success(request, str(done) % {"title": claim.project.title})
    if "stay" in request.POST:
        return redirect(reverse("projects:review", args=[claim.pk]) + query_of(request))
    if following is None:
        messages.info(request, _("Bu süzmede bekleyen başka talep kalmadı."))
        return redirect(reverse("projects:queue") + query_of(request))
    return redirect(reverse("projects:review", args=[following]) + query_of(request))


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
@require_POST
def good_example(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a project for the festival, or take the mark back; permission: projects.mark_good_example."""
    project = seen_project(request, pk, "projects.mark_good_example")
    good = request.POST.get("good") == "1"
    services.mark_good_example(project=project, good=good, by=person(request))
    messages.success(request, _("İyi örnek olarak işaretlendi.") if good else _("İyi örnek işareti kaldırıldı."))
    return redirect("projects:detail", pk)
