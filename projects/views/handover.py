"""A project whose coordinator teacher works elsewhere: handing it over, or naming another coordinator."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import UserError
from common.text import clean_lines
from projects import services
from projects.rules import may
from projects.selectors import handover
from projects.views.access import seen_project
from projects.views.filters import posted_key
from projects.views.team import chosen_key
from schools.views.requests import person

LONGEST_TEXT = 2000


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the project to the coordinator teacher's new school; permission: projects.hand_over."""
    project = seen_project(request, pk, "projects.hand_over")
    place = handover.place_of_coordinator(project)
    if place is None or place.institution_id == project.institution_id:
        messages.info(request, _("Koordinatör öğretmen bu yıl projenin okulunda görevli; devredilecek bir okul yok."))
        return redirect("projects:detail", pk)
    if request.method == "POST" and posted_key(request.POST.get("okul")) != place.institution_id:
        messages.error(
            request, _("Koordinatör öğretmenin okulu bu arada değişti; proje devredilmedi. Yeni okulu denetleyiniz.")
        )
        return redirect("projects:hand_over", pk)
    if request.method == "POST":
        text = clean_lines(request.POST.get("text", ""))[:LONGEST_TEXT]
        try:
            services.hand_over(project=project, to_institution=place.institution, by=person(request), text=text)
        except UserError as refusal:
            messages.error(request, str(refusal))
            return redirect("projects:hand_over", pk)
        messages.success(
            request,
            _("“%(title)s” %(school)s okuluna devredildi; iki okula da bildirildi.")
            % {"title": project.title, "school": place.institution.name},
        )
        project.institution = place.institution
        stays = may(request.user, "projects.view_project", project)
        return redirect("projects:detail", pk) if stays else redirect("projects:list")
    context = {"project": project, "place": place, "candidates": handover.coordinators_to_name(project)}
    return render(request, "projects/hand_over.html", context)


@login_required
@require_POST
def name_coordinator(request: HttpRequest, pk: int) -> HttpResponse:
    """Let another teacher of the team coordinate the project; permission: projects.hand_over."""
    project = seen_project(request, pk, "projects.hand_over")
    chosen = chosen_key(request.POST.get("person", ""))
    if chosen is None:
        messages.error(request, _("Listeden bir öğretmen seçiniz."))
        return redirect("projects:hand_over", pk)
    text = clean_lines(request.POST.get("text", ""))[:LONGEST_TEXT]
    try:
        services.name_coordinator(project=project, staff_id=chosen, by=person(request), text=text)
    except UserError as refusal:
        messages.error(request, str(refusal))
        return redirect("projects:hand_over", pk)
    messages.success(request, _("Yeni koordinatör öğretmen kaydedildi."))
    return redirect("projects:detail", pk)
