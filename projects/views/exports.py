"""Taking the filtered list away as a file: at once where it is short, else as a job whose file waits for its owner."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.files import serve
from common.jobs import create_job, wake
from projects import exports
from projects.models import ProjectExport
from projects.selectors import lists
from projects.selectors.lists import ProjectFilter
from projects.selectors.scope import visible_to
from projects.services.exports import record_download, record_export
from projects.tasks import EXPORT
from projects.views.access import require
from projects.views.lists import SEARCH_PARAM, filter_form, used_filters
from projects.workflow import ProjectStatus
from schools.models import AcademicYear
from schools.views.requests import person, year_of

AT_ONCE = 1_000
"""The most rows that are written while the person waits."""


@login_required
@require_POST
def export(request: HttpRequest, file_format: str) -> HttpResponseBase:
    """The list as the person sees it, with the filters of the address; permission: projects.list_projects."""
    require(request, "projects.list_projects")
    if file_format not in exports.FORMATS:
        raise Http404
    year = year_of(request)
    form = filter_form(request.user, year, request.GET)
    wanted = form.wanted(request.GET.get(SEARCH_PARAM, ""))
    words = _in_words(used_filters(form), wanted)
    keys = lists.keys_of(request.user, year, wanted)
    if len(keys) <= AT_ONCE:
        return _at_once(request, year, file_format, words, keys)
    params = {"year": year.pk, "format": file_format, "filter": wanted.as_json(), "words": words}
    with transaction.atomic():
        job = create_job(kind=EXPORT, params=params, by=person(request), label=_("Proje listesi dosyası"))
        wake(job)
    return redirect(job)


def _at_once(request: HttpRequest, year: AcademicYear, file_format: str, words: str, keys: list[int]) -> FileResponse:
    file = tempfile.NamedTemporaryFile(prefix="projects-")  # noqa: SIM115
    table = exports.write_table(Path(file.name), file_format, year, keys)
    record_export(
        year=year, file_format=file_format, query=words, rows=table.rows, sha256=table.sha256, by=person(request)
    )
    name = f"projeler-{timezone.localdate():%Y%m%d}.{file_format}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=exports.FORMATS[file_format])
    response["Cache-Control"] = "private, no-store"
    return response


def _in_words(used: list[tuple[str, str, str]], wanted: ProjectFilter) -> str:
    """The filter as the audit keeps it and the page of the file shows it."""
    lines = [f"{label}: {value}" if value else label for _name, label, value in used]
    if wanted.search.strip():
        lines.insert(0, f"{_('Aranan')}: {wanted.search.strip()}")
    if wanted.status:
        lines.append(f"{_('Durum')}: {ProjectStatus(wanted.status).label}")
    return "; ".join(lines) or _("Süzülmemiş liste")


@login_required
@require_safe
def export_ready(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a written list waits for its owner; permission: its owner, while they see everything in it."""
    found = _own(request, pk)
    refusal = _refusal(request, found)
    context = {"export": found, "refusal": refusal}
    return render(request, "projects/export.html", context, status=403 if refusal else 200)


@login_required
@require_safe
def export_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself; its rights are checked anew: its owner, in time, and seeing every project in it."""
    found = _own(request, pk)
    if _refusal(request, found):
        return redirect("projects:export_ready", pk)
    record_download(export=found, by=person(request))
    return serve(found.file)


def _own(request: HttpRequest, pk: int) -> ProjectExport:
    found = ProjectExport.objects.select_related("file", "year").filter(pk=pk, owner=person(request)).first()
    if found is None:
        raise Http404
    return found


def _refusal(request: HttpRequest, export: ProjectExport) -> str:
    """Why the file is not given any more; empty when it is."""
    if export.is_expired:
        return _("Dosyanın 24 saatlik süresi doldu; listeyi yeniden dışa aktarınız.")
    seen = set(visible_to(request.user).filter(year=export.year_id).values_list("pk", flat=True))
    if not seen.issuperset(export.projects):
        return _(
            "Dosyada artık görme yetkiniz olmayan projeler var; bugün görebildiğiniz projeleri yeniden dışa aktarınız."
        )
    return ""
