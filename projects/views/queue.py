"""The review queue, and the filters that a reviewer keeps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from common.caching import remembered_answer
from common.errors import UserError
from common.templatetags.ui import days_since, status_chip, tr_date
from projects.forms import QueueFilterForm
from projects.models import SavedFilter
from projects.selectors import queue
from projects.services.bulk import ACTIONS
from projects.services.filters import delete_filter as forget_filter
from projects.services.filters import save_filter as keep_filter
from projects.views.access import require
from projects.views.filters import chips, counted_page, query_of
from projects.workflow import AWAITING_REVIEW, ClaimStage, ClaimStatus, Decision
from schools.models import AcademicYear
from schools.views.requests import person, year_of

VIEW_LABELS = {
    queue.WAITING: gettext_lazy("Bekleyen"),
    queue.MINE: gettext_lazy("Benim aldıklarım"),
    queue.ASKED: gettext_lazy("Cevap bekleyen"),
    queue.OPINIONS: gettext_lazy("Görüşüm istenen"),
    queue.OTHERS: gettext_lazy("İncelemede"),
    queue.STAGED: gettext_lazy("Duyurulacak"),
    ClaimStatus.RETURNED: gettext_lazy("Düzeltme istenen"),
    ClaimStatus.APPROVED: gettext_lazy("Onaylanan"),
    ClaimStatus.REJECTED: gettext_lazy("Reddedilen"),
    queue.ALL: gettext_lazy("Tümü"),
}
SELDOM = (queue.ASKED, queue.OPINIONS)
"""Views whose chip stands there only while they hold something."""
STAGES = {code: str(label) for code, label in ClaimStage.choices}
STAGED_WORDS = {
    Decision.APPROVE: gettext_lazy("Duyurulacak: onay"),
    Decision.RETURN: gettext_lazy("Duyurulacak: düzeltme"),
    Decision.REJECT: gettext_lazy("Duyurulacak: ret"),
}
QUEUE = SavedFilter.Place.QUEUE


@login_required
@require_safe
def queue_list(request: HttpRequest) -> HttpResponse:
    """The claims that wait for a decision, oldest first; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    user, year = person(request), year_of(request)
    asked = (queue.last_change(user), request.GET.urlencode())
    part = remembered_answer(f"queue:{year.pk}:{user.pk}", asked, lambda: _queue_part(request, user, year))
    context = {"list": part, "query": query_of(request)}
    return render(request, "projects/queue.html", context)


def _queue_part(request: HttpRequest, user: User, year: AcademicYear) -> SafeString:
    """The filters and the rows: what is the same for a reviewer until somebody sends or decides something."""
    form = QueueFilterForm(request.GET, year=year)
    wanted = form.wanted(request.GET.get("ara", ""))
    claims = queue.review_queue(user, year, wanted)
    counts = queue.counts_per_view(claims, user)
    keys = queue.in_view(claims, wanted, user).values_list("pk", flat=True)
    page = counted_page(keys, request, counts[wanted.view])
    listed = [view for view in VIEW_LABELS if view not in SELDOM or counts[view] or view == wanted.view]
    context = {
        "page": page,
        "rows": [_row(row) for row in queue.rows_of(list(page), user)],
        "form": form,
        "search": wanted.search,
        "view": wanted.view,
        "chips": chips(
            request, [(view, VIEW_LABELS[view], counts[view]) for view in listed], wanted.view, queue.WAITING
        ),
        "base": reverse("projects:queue"),
        "query": query_of(request),
        "reset_url": reverse("projects:queue") if request.GET else "",
        "actions": ACTIONS,
        "saved": _saved(user, query_of(request)),
        "may_share": counts[queue.WAITING] > 0 and wanted.view == queue.WAITING,
        "selectable": wanted.view in (queue.WAITING, queue.MINE, queue.ASKED, queue.OPINIONS, queue.OTHERS),
    }
    return render_to_string("projects/parts/queue.html", context, request)


def _saved(user: User, query: str) -> list[dict[str, Any]]:
    return [row | {"active": row["query"] == query.removeprefix("?")} for row in queue.saved_filters(user, QUEUE)]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """A row in words, so that the template only puts values in."""
    return row | {
        "chip": status_chip(row["status"]),
        "marks": _marks(row),
        "stage": STAGES[row["stage"]],
        "day": tr_date(row["submitted_at"], "date"),
        "age": days_since(row["submitted_at"]),
    }


def _marks(row: dict[str, Any]) -> list[SafeString]:
    """What a reviewer should know before opening the claim, as chips."""
    marks = []
    if row["staged__action"]:
        words = STAGED_WORDS[Decision(row["staged__action"])]
        marks.append(status_chip("staged", f"{words} ({row['staged__by__full_name']})", "progress", "gavel"))
    if row["status"] not in AWAITING_REVIEW:
        return marks
    if row["my_opinion"]:
        marks.append(status_chip("opinion", _("Görüşünüz isteniyor"), "warning", "users"))
    if row["asked"]:
        marks.append(status_chip("asked", _("Cevap bekleniyor"), "warning", "hourglass"))
    elif row["answered"]:
        marks.append(status_chip("answered", _("Cevap geldi"), "info", "message-circle"))
    if row["since_me"]:
        marks.append(status_chip("since_me", _("Sizden sonra değişti"), "warning", "pencil"))
    elif row["resubmitted"]:
        marks.append(status_chip("resubmitted", _("Yeniden gönderildi"), "info", "refresh"))
    return marks


@login_required
@require_POST
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the filter of the queue under a name; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    query = request.POST.get("suzgec", "")
    try:
        saved = keep_filter(place=QUEUE, name=request.POST.get("ad", ""), query=query, by=person(request))
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse("projects:queue") + (f"?{query.lstrip('?')}"[:1000] if query.isascii() else ""))
    messages.success(request, _("“%(name)s” süzgeci saklandı.") % {"name": saved.name})
    return redirect(f"{reverse('projects:queue')}?{saved.query}")


@login_required
@require_POST
def delete_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of one's own filters; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    try:
        saved = SavedFilter.objects.get(pk=pk, user=person(request), place=QUEUE)
    except SavedFilter.DoesNotExist:
        raise Http404 from None
    forget_filter(saved=saved, by=person(request))
    messages.success(request, _("“%(name)s” süzgeci silindi.") % {"name": saved.name})
    return redirect("projects:queue")
