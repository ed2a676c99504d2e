"""Decisions that wait for their announcement: read once more, taken back, announced together."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from common.doors import told
from common.errors import UserError
from common.numbers import format_number
from projects import services, tasks
from projects.models import StagedDecision
from projects.selectors.staged import staged_counts, staged_decisions
from projects.services.bulk import LIMIT
from projects.services.notices import body_of, subject_of
from projects.views.access import require, seen_claim
from projects.views.filters import counted_page, posted_key, query_of
from projects.views.runs import start
from projects.workflow import Decision
from schools.models import AcademicYear
from schools.views.requests import person, year_of

TEAM_PARAM = "ekip"
OUTCOMES = {
    Decision.APPROVE: ("approved", Decision.APPROVE.label),
    Decision.RETURN: ("returned", Decision.RETURN.label),
    Decision.REJECT: ("rejected", Decision.REJECT.label),
}


@login_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """What the schools will read, by school; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    user, year = person(request), year_of(request)
    whole_team = TEAM_PARAM in request.GET
    counts = staged_counts(user, year)
    whose = "team" if whole_team else "own"
    total = counts[whose]
    page = counted_page(staged_decisions(user, year, whole_team=whole_team), request, total)
    rows = [_row(staged, user) for staged in page]
    here = reverse("projects:outbox")
    context = {
        "page": page,
        "schools": [(school, list(group)) for school, group in groupby(rows, key=lambda row: row["school"])],
        "chips": [
            {"label": _("Benim kararlarım"), "url": here, "active": not whole_team, "count": counts["own"]},
            {"label": _("Bütün ekip"), "url": f"{here}?{TEAM_PARAM}=1", "active": whole_team, "count": counts["team"]},
        ],
        "total": total,
        "all_of_them": {"tumu": "1", "son": counts["newest"]},
        "announce_url": reverse("projects:announce") + query_of(request),
        "query": query_of(request),
        "announcement": _announcement(total, counts[f"{whose}_schools"]),
    }
    return render(request, "projects/outbox.html", context)


def _announcement(total: int, schools: int) -> str:
    """What announcing all of them will do, asked once more before it is done."""
    counts = {"total": format_number(total), "schools": format_number(schools), "limit": LIMIT}
    if total > LIMIT:
        told = _(
            "Bekleyen %(total)s karar %(schools)s okulla ilgili; sıradaki ilk %(limit)s karar okullara bildirilir."
        )
    else:
        told = _("%(total)s karar, %(schools)s okula bildirilir.")
    return f"{told % counts} {_('Duyurulan karar geri alınamaz.')}"


def _row(staged: Any, user: User) -> dict[str, Any]:
    """A decision in the words of its notice."""
    claim, (code, label) = staged.claim, OUTCOMES[Decision(staged.action)]
    item = staged.level or claim.item
    return {
        "staged": staged,
        "claim": claim,
        "project": claim.project,
        "school": claim.project.institution,
        "code": code,
        "label": label,
        "item": item,
        "subject": subject_of(claim.project, staged.action),
        "body": body_of(item, claim.get_stage_display(), staged.text),
        "mine": staged.by_id == user.pk,
    }


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a claim's staged decision back and open the claim again; permission: projects.review_claim."""
    claim = seen_claim(request, pk, "projects.review_claim")
    shown = posted_key(request.POST.get("karar"))
    staged = StagedDecision(pk=shown, claim=claim) if shown else StagedDecision.objects.filter(claim=claim).first()
    with told(request, _("“%(title)s”: karar geri alındı.") % {"title": claim.project.title}):
        if staged is None:
            raise UserError(_("Bu talebin duyurulacak kararı yok. %(state)s") % {"state": services.true_state(claim)})
        services.take_back(staged=staged, by=person(request))
    if request.POST.get("sayfa") == "duyurulacak":
        return redirect(reverse("projects:outbox") + query_of(request))
    return redirect(reverse("projects:review", args=[claim.pk]) + query_of(request))


@login_required
@require_POST
def announce(request: HttpRequest) -> HttpResponse:
    """Announce the chosen decisions as a job; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    user = person(request)
    chosen = _chosen(request, user, year_of(request))
    rows = list(chosen.values_list("claim", "pk")[: LIMIT + 1])
    if not rows:
        messages.error(request, _("Duyurulacak karar seçilmedi; en az bir karar seçiniz."))
        return redirect(reverse("projects:outbox") + query_of(request))
    if len(rows) > LIMIT:
        messages.info(
            request,
            _("Bir defada %(limit)s karar duyurulur; kalanları duyurmak için bu sayfaya yeniden geliniz.")
            % {"limit": LIMIT},
        )
    return redirect(start(tasks.ANNOUNCE, {"rows": rows[:LIMIT]}, user))


def _chosen(request: HttpRequest, user: User, year: AcademicYear) -> Any:
    """The ticked rows, or all that the page has shown: what was staged since then is not announced unread."""
    if request.POST.get("tumu"):
        shown = staged_decisions(user, year, whole_team=TEAM_PARAM in request.GET)
        return shown.filter(pk__lte=posted_key(request.POST.get("son")))
    keys = [posted_key(text) for text in request.POST.getlist("secilen")]
    return staged_decisions(user, year, whole_team=True).filter(pk__in=keys[: LIMIT + 1])
