"""Doors to jobs, notices and the health of the site."""

from __future__ import annotations

import uuid
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import jobs, selectors, services
from common.doors import told
from common.forms import MailFrequencyForm, MailLogForm
from common.models import MailDelivery
from common.tables import page_of


@login_required
@require_safe
def jobs_list(request: HttpRequest) -> HttpResponse:
    """The person's own jobs."""
    page = page_of(selectors.jobs_visible_to(request.user), request)
    return render(request, "common/jobs.html", {"page": page})


JUST_NOW = timedelta(seconds=10)


@login_required
@require_safe
@never_cache
def job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Where a job stands; one that was quicker than its page leads on, as if it had been watched.

    Permission: its owner.
    """
    found = get_object_or_404(selectors.jobs_visible_to(request.user), pk=pk)
    if found.redirect_url and found.finished_at and timezone.now() - found.finished_at < JUST_NOW:
        return redirect(found.redirect_url)
    return render(request, "common/job.html", {"job": found, "poll_url": reverse("common:job_progress", args=[pk])})


@login_required
@require_safe
@never_cache
def job_progress(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The fragment that the page asks for again and again; moves on when the job has ended. Permission: its owner."""
    found = get_object_or_404(selectors.jobs_visible_to(request.user), pk=pk)
    response = render(
        request,
        "components/job_progress.html",
        {"job": found, "poll_url": reverse("common:job_progress", args=[pk])},
    )
    if found.is_finished:
        if found.redirect_url:
            response["HX-Redirect"] = found.redirect_url
        else:
            response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def job_rerun(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Start a dead job again; permission: its owner."""
    found = get_object_or_404(selectors.jobs_visible_to(request.user), pk=pk)
    with told(request, _("İş yeniden sıraya alındı.")):
        jobs.wake(jobs.rerun(job=found, by=request.user))  # type: ignore[arg-type]
    return redirect(found)


@login_required
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """The person's own notices."""
    only_unread = request.GET.get("durum") == "okunmamis"
    unread = selectors.unread_notifications_of(request.user)
    shown = unread if only_unread else selectors.notifications_of(request.user)
    unread_count = unread.count()
    here = reverse("common:notifications")
    chips = [
        {"label": _("Tümü"), "url": here, "active": not only_unread, "count": None},
        {"label": _("Okunmamış"), "url": f"{here}?durum=okunmamis", "active": only_unread, "count": unread_count},
    ]
    page = page_of(shown, request, per_page=30)
    return render(
        request,
        "common/notifications.html",
        {
            "page": page,
            "days": selectors.by_day(page.object_list),
            "chips": chips,
            "unread": unread_count,
            "only_unread": only_unread,
        },
    )


@login_required
@require_POST
def notification_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the person's own notice as read and go where it points."""
    found = get_object_or_404(selectors.notifications_of(request.user), pk=pk)
    services.mark_read(notification=found, by=request.user)
    return redirect(found.url or reverse("common:notifications"))


@login_required
@require_POST
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Mark all of the person's own notices as read."""
    services.mark_all_read(by=request.user)
    return redirect("common:notifications")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_settings(request: HttpRequest) -> HttpResponse:
    """How often the person gets mail, and the mails of late; everybody's own."""
    choice = selectors.mail_choice_of(request.user)
    posted = request.POST if request.method == "POST" else None
    form = MailFrequencyForm(posted, initial={"frequency": choice.frequency})
    if request.method == "POST" and form.is_valid():
        services.choose_mail_frequency(frequency=form.cleaned_data["frequency"], by=request.user)
        messages.success(request, _("E-posta tercihiniz kaydedildi."))
        return redirect("common:mail_settings")
    page = page_of(selectors.mails_of(request.user), request, per_page=20)
    return render(request, "common/mail_settings.html", {"form": form, "choice": choice, "page": page})


@require_safe
@login_required
@permission_required("common.view_mail_log", raise_exception=True)
def mail_log(request: HttpRequest) -> HttpResponse:
    """Every mail that went out or failed; permission: the system administrator. No subject of a notice is shown."""
    form = MailLogForm(request.GET)
    form.is_valid()
    state, search = form.cleaned_data.get("durum", ""), form.cleaned_data.get("ara", "")
    counts = selectors.mails_per_state()
    states = [("", _("Tümü"), sum(counts.values())), *((s.value, s.label, counts[s]) for s in MailDelivery.State)]
    chips = [
        {
            "label": label,
            "url": f"{reverse('common:mail_log')}?{urlencode({'durum': value, 'ara': search})}",
            "active": value == state,
            "count": count,
        }
        for value, label, count in states
    ]
    page = page_of(selectors.mail_log(state=state, search=search), request)
    lead = _("Giden ve gidemeyen e-postalar; %(days)s gün saklanır. Konular ve metinler burada gösterilmez.")
    context = {"page": page, "chips": chips, "form": form, "lead": lead % {"days": settings.MAIL_LOG_DAYS}}
    return render(request, "common/mail_log.html", context)


@require_POST
@login_required
@permission_required("common.resend_mail", raise_exception=True)
def mail_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a mail once more; permission: the system administrator."""
    found = get_object_or_404(selectors.mail_log(), pk=pk)
    with told(request, _("E-posta yeniden gönderilmek üzere sıraya alındı; bir dakika içinde gider.")):
        services.resend_mail(delivery=found, by=request.user)
    return redirect("common:mail_log")


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Public: whether the database answers (503 if not) and whether the queue moves."""
    try:
        late = selectors.queue_is_late()
    except DatabaseError:
        return JsonResponse({"veritabani": "yok"}, status=503)
    return JsonResponse({"veritabani": "var", "kuyruk": "gecikiyor" if late else "akiyor"})
