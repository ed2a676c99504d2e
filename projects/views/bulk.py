"""One step for many claims of the queue: shown row by row first, then run as a job."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from common.templatetags.ui import format_number
from projects import tasks
from projects.forms import BulkForm, QueueFilterForm
from projects.selectors import queue
from projects.services.bulk import ACTIONS, LIMIT, Preview, preview
from projects.views.access import require
from projects.views.filters import posted_key, query_of
from projects.views.runs import start
from projects.workflow import Decision
from schools.models import AcademicYear
from schools.views.requests import person, year_of

SEAL = "projects.bulk"
SEAL_SECONDS = 3600


@login_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Show what a step would do to the selected claims; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    user, year = person(request), year_of(request)
    action = request.POST.get("islem", "")
    keys = _selected(request, user, year)
    if action not in ACTIONS:
        return _back(request, _("Seçtiğiniz taleplerle ne yapılacağını seçiniz."))
    if not keys:
        return _back(request, _("Hiç talep seçilmedi; listeden en az bir talep seçiniz."))
    if len(keys) > LIMIT:
        sentence = _("Bir defada en çok %(limit)s talep seçilebilir, siz %(count)s talep seçtiniz; süzmeyi daraltınız.")
        return _back(request, sentence % {"limit": format_number(LIMIT), "count": format_number(len(keys))})
    found = preview(claims=keys, action=action, by=user, year=year)
    return _preview_page(request, found, BulkForm(action=action), user)


def _selected(request: HttpRequest, user: User, year: AcademicYear) -> list[int]:
    """The keys of the ticked claims, or of all that the filter in the address shows."""
    if not request.POST.get("tumu"):
        return sorted({posted_key(text) for text in request.POST.getlist("secilen")} - {0})
    wanted = QueueFilterForm(request.GET, year=year).wanted(request.GET.get("ara", ""))
    shown = queue.in_view(queue.review_queue(user, year, wanted), wanted, user)
    return list(shown.values_list("pk", flat=True))


def _back(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect(reverse("projects:queue") + query_of(request))


def _preview_page(
    request: HttpRequest, found: Preview, form: BulkForm, user: User, *, status: int = 200
) -> HttpResponse:
    sealed = {"action": found.action, "by": user.pk, "rows": [[row.claim, row.mark] for row in found.ready]}
    context = {
        "preview": found,
        "form": form,
        "sentences": form.fields["reason"].queryset if "reason" in form.fields else [],  # type: ignore[attr-defined]
        "staged": found.action in Decision.values,
        "action": ACTIONS[found.action],
        "button": _button(found),
        "sealed": signing.dumps(sealed, salt=SEAL, compress=True),
        "run_url": reverse("projects:bulk_run") + query_of(request),
        "queue_url": reverse("projects:queue") + query_of(request),
    }
    return render(request, "projects/bulk.html", context, status=status)


def _button(found: Preview) -> str:
    count = len(found.ready)
    words = {
        "claim": _("%(n)s talebi incelemeye al"),
        "release": _("%(n)s talebi sıraya bırak"),
        "approve": _("%(n)s talebe onay kararı ver"),
        "return": _("%(n)s talep için düzeltme iste"),
        "reject": _("%(n)s talebe ret kararı ver"),
    }
    return words[found.action] % {"n": format_number(count)}


@login_required
@require_POST
def bulk_run(request: HttpRequest) -> HttpResponse:
    """Start the step for the rows of a preview; permission: projects.view_queue."""
    require(request, "projects.view_queue")
    user, seal = person(request), request.POST.get("muhur", "")
    sealed = _unsealed(seal, user)
    if sealed is None:
        return _back(request, _("Ön izlemenin süresi doldu; talepleri yeniden seçiniz."))
    form = BulkForm(request.POST, action=sealed["action"])
    if not form.is_valid():
        keys = [row[0] for row in sealed["rows"]]
        found = preview(claims=keys, action=sealed["action"], by=user, year=year_of(request))
        return _preview_page(request, found, form, user, status=422)
    reason = form.cleaned_data.get("reason")
    params = {
        "action": sealed["action"],
        "reason": None if reason is None else reason.pk,
        "text": form.cleaned_data.get("text", ""),
        "rows": sealed["rows"],
    }
    return redirect(start(tasks.BULK, params, user, once_key=sha256(seal.encode()).hexdigest()))


def _unsealed(seal: str, user: User) -> dict[str, Any] | None:
    """What the preview showed; None where it is too old, not ours, or another person's."""
    try:
        sealed: dict[str, Any] = signing.loads(seal, salt=SEAL, max_age=SEAL_SECONDS)
    except signing.BadSignature:
        return None
    return sealed if sealed["by"] == user.pk and sealed["rows"] else None
