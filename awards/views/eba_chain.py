"""The chain of EBA awards: school, district, province."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from awards.rules import may
from awards.selectors.eba_chain import districts_of_chain, progress_firsts, proposals
from common.tables import page_of
from schools.views.requests import year_of


@login_required
@require_safe
def eba_chain(request: HttpRequest) -> HttpResponse:
    """Who is proposed by schools, picked by districts, first by progress; permission: awards.view_eba_chain.

    The rankings are published; each reader finds the rows that concern them.
    """
    year = year_of(request)
    if not may(request.user, "awards.view_eba_chain", year):
        raise Http404
    term = 2 if request.GET.get("donem") == "2" else 1
    districts = list(districts_of_chain(request.user, year))
    wanted = request.GET.get("ilce", "")
    chosen = next((one for one in districts if str(one.pk) == wanted), districts[0] if districts else None)
    found = proposals(request.user, year, term, chosen)
    nominees: list[Any] = found.nominees
    progress_run, levels = progress_firsts(request.user, year)
    place = f"&ilce={chosen.pk}" if chosen else ""
    context = {
        "year": year,
        "term": term,
        "terms": [
            {"label": label, "url": f"?donem={number}{place}", "active": number == term, "count": None}
            for number, label in ((1, _("1. dönem")), (2, _("2. dönem")))
        ],
        "districts": districts if len(districts) > 1 else [],
        "chosen": chosen,
        "run": found.run,
        "page": page_of(nominees, request),
        "progress_run": progress_run,
        "levels": levels,
    }
    return render(request, "awards/eba_chain.html", context)
