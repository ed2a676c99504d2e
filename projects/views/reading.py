"""Schools that have not recorded their reading project (or any project) yet."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from common.tables import page_of
from projects import exports
from projects.forms import MissingFilterForm
from projects.selectors import reading
from projects.services.exports import record_export
from projects.services.reading import start_reading_project
from projects.views.access import require
from projects.views.lists import SEARCH_PARAM
from projects.workflow import EDITABLE
from schools.authority import institutions_led_by, scope_of
from schools.models import AcademicYear
from schools.models.units import Category
from schools.views.requests import person, year_of

TITLES = {
    reading.READING: gettext_lazy("Kitap okuma projesi olmayan okullar"),
    reading.ANY: gettext_lazy("Henüz proje göndermemiş okullar"),
}
LEADS = {
    reading.READING: gettext_lazy(
        "Her okul proje yürütme komisyonu yılda bir kitap okuma projesi geliştirir ve yerel proje olarak kaydeder."
    ),
    reading.ANY: gettext_lazy("Bu yıl henüz hiçbir projesini göndermemiş okullar; taslakta kalanlar da buradadır."),
}
STATES = {
    reading.NONE: gettext_lazy("Başlanmadı"),
    reading.DRAFT: gettext_lazy("Taslakta, gönderilmedi"),
    reading.SENT: gettext_lazy("Gönderildi"),
}


@login_required
@require_safe
def reading_list(request: HttpRequest) -> HttpResponse:
    """The schools that lack one, by district; one's own school as a hint. Permission: projects.view_reading."""
    require(request, "projects.view_reading")
    year = year_of(request)
    scope = scope_of(request.user)
    context: dict[str, Any] = {"year": year, "own": _own_schools(request, year), "lead": LEADS[reading.READING]}
    if scope.provinces or scope.districts:
        context |= _list_of(request, year)
    return render(request, "projects/reading.html", context)


def _list_of(request: HttpRequest, year: AcademicYear) -> dict[str, Any]:
    districts = reading.counts_by_district(request.user, year, reading.MissingFilter())
    form = MissingFilterForm(request.GET, districts=[(row.pk, row.name) for row in districts])
    wanted = form.wanted(request.GET.get(SEARCH_PARAM, ""))
    if wanted != reading.MissingFilter():
        districts = reading.counts_by_district(request.user, year, wanted)
    found = {kind: reading.schools_lacking(request.user, year, replace(wanted, kind=kind)) for kind in reading.KINDS}
    kept = {key: value for key, value in request.GET.items() if key not in ("eksik", "page") and value}
    kind_in_address = {} if wanted.kind == reading.READING else {"eksik": wanted.kind}
    narrowed = bool(wanted.search.strip() or wanted.district or wanted.category)
    here = reverse("projects:reading")
    page = page_of(found[wanted.kind], request)
    return {
        "page": page,
        "rows": [
            {"school": row.institution, "category": row.get_category_display(), "state": STATES[row.state]}
            for row in page
        ],
        "form": form,
        "search": wanted.search,
        "title": TITLES[wanted.kind],
        "lead": LEADS[wanted.kind],
        "districts_title": _("İlçelere göre, süzülen okullar") if narrowed else _("İlçelere göre"),
        "is_filtered": narrowed,
        "districts": [
            {"counts": row, "url": f"{here}?{urlencode({**kept, **kind_in_address, 'ilce': row.pk})}"}
            for row in districts
        ],
        "schools": sum(row.schools for row in districts),
        "sent": sum(row.sent for row in districts),
        "drafts": sum(row.drafts for row in districts),
        "missing": sum(row.missing for row in districts),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "chips": [
            {
                "label": TITLES[kind],
                "url": f"{here}?{urlencode(kept if kind == reading.READING else {**kept, 'eksik': kind})}",
                "active": kind == wanted.kind,
                "count": page.paginator.count if kind == wanted.kind else found[kind].count(),
            }
            for kind in reading.KINDS
        ],
    }


def _own_schools(request: HttpRequest, year: AcademicYear) -> list[dict[str, Any]]:
    """The state of each school on whose commission the person sits."""
    own = institutions_led_by(request.user)
    if not own:
        return []
    lacking = {school.pk: state for school, state in reading.lacking_schools([one.pk for one in own], year)}
    return [
        {"school": one, "is_missing": one.pk in lacking, "state": STATES[lacking.get(one.pk, reading.SENT)]}
        for one in own
    ]


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin (or open) the reading project of one's own school; permission: projects.add_project."""
    require(request, "projects.add_project")
    own = {str(one.pk): one for one in institutions_led_by(request.user)}
    chosen = request.POST.get("institution") or (next(iter(own)) if len(own) == 1 else "")
    if chosen not in own:
        raise Http404
    project = start_reading_project(institution=own[chosen], year=year_of(request), by=person(request))
    return redirect("projects:edit" if project.status in EDITABLE else "projects:detail", project.pk)


@login_required
@require_POST
def export(request: HttpRequest, file_format: str) -> HttpResponseBase:
    """The filtered list as a file; permission: projects.view_reading and a seat above the schools."""
    require(request, "projects.view_reading")
    scope = scope_of(request.user)
    if file_format not in exports.FORMATS or not (scope.provinces or scope.districts):
        raise Http404
    year = year_of(request)
    every = reading.counts_by_district(request.user, year, reading.MissingFilter())
    districts = [(row.pk, row.name) for row in every]
    wanted = MissingFilterForm(request.GET, districts=districts).wanted(request.GET.get(SEARCH_PARAM, ""))
    file = tempfile.NamedTemporaryFile(prefix="schools-")  # noqa: SIM115
    rows = exports.lacking_rows(year, reading.schools_lacking(request.user, year, wanted), STATES)
    table = exports.write_rows(Path(file.name), file_format, exports.LACKING_COLUMNS, rows, sheet=_("Okullar"))
    words = (
        TITLES[wanted.kind],
        dict(districts).get(wanted.district or 0),
        dict(Category.choices).get(wanted.category),
    )
    record_export(
        year=year,
        file_format=file_format,
        query="; ".join(str(word) for word in (*words, wanted.search.strip()) if word),
        rows=table.rows,
        sha256=table.sha256,
        by=person(request),
    )
    name = f"{wanted.kind}-olmayan-okullar-{timezone.localdate():%Y%m%d}.{file_format}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=exports.FORMATS[file_format])
    response["Cache-Control"] = "private, no-store"
    return response
