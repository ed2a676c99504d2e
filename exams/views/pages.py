"""The list of exams, and an exam seen from the province, a district and a school."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.doors import told
from common.text import turkish_order
from exams.models import Exam
from exams.models.exams import ExamKind
from exams.report import UnitReport, district_report, province_report, school_report
from exams.rules import may
from exams.selectors.deadlines import analysis_due, publication_due, schools_by_level
from exams.selectors.duties import untaught_subjects
from exams.selectors.lists import exam_lines, versions_of, years_with_exams
from exams.services.publishing import publish_results
from exams.services.reports import present_report
from exams.views.access import exam_in_province, reader_of, require, seen_district, seen_exam, seen_school
from schools.authority import institutions_led_by, scope_of
from schools.models import AcademicYear, District, Institution
from schools.selectors import districts_visible_to
from schools.views.requests import person, year_of

YEAR_PARAM = "yil"


@login_required
@require_safe
def exam_list(request: HttpRequest) -> HttpResponse:
    """The exams of a year of the province; permission: exams.list_exams. Counts of open ones only."""
    require(request, "exams.list_exams")
    current = year_of(request)
    years = years_with_exams(current)
    shown = next((year for year in years if year.name == request.GET.get(YEAR_PARAM, "")), current)
    context = {
        "lines": exam_lines(request.user, shown),
        "years": [_year_chip(year, shown) for year in years],
        "shown": shown,
        "is_current": shown == current,
        "may_define": may(request.user, "exams.define_exam", current),
        "may_import": request.user.has_perm("schools.import_data", current),
        "may_publish": may(request.user, "exams.publish_results", shown),
        "sees_analyses": may(request.user, "exams.view_analyses"),
        "schools": schools_by_level(institutions_led_by(request.user), shown),
    }
    return render(request, "exams/list.html", context)


def _year_chip(year: AcademicYear, shown: AcademicYear) -> dict[str, Any]:
    url = f"{reverse('exams:list')}?{YEAR_PARAM}={year.name}"
    return {"label": year.name, "url": url, "active": year == shown, "count": None}


@login_required
@require_safe
def exam(request: HttpRequest, pk: int) -> HttpResponse:
    """The exam in the province; permission: exams.view_exam. Districts by name only as far as the person sees them."""
    found = seen_exam(request, pk)
    province = found.year
    scope = scope_of(request.user)
    districts: list[District] = []
    if scope.provinces or scope.districts:
        districts = [one for one in districts_visible_to(request.user, province) if _in_scope(scope, one)]
    own_schools = institutions_led_by(request.user)
    report = province_report(found, reader_of(request, found), districts, own_schools)
    context = {
        **_frame(request, found, report),
        "unit_url_name": "exams:district",
        "versions": versions_of(found) if scope.provinces else [],
        "may_publish": found.published_at is None and may(request.user, "exams.publish_results", found.year),
        "may_define": may(request.user, "exams.define_exam", found.year),
        "may_import": request.user.has_perm("schools.import_data", found.year),
        "publication_due": (due := publication_due(found)),
        "publication_is_late": due is not None and due < timezone.localdate(),
        "own_schools": own_schools,
        "stored": present_report(found) if scope.provinces else None,
        "may_report": bool(scope.provinces),
        "publish_hidden": {"version": found.version},
    }
    return render(request, "exams/unit.html", context)


def _in_scope(scope: Any, district: District) -> bool:
    return district.province_id in scope.provinces or district.pk in scope.districts


@login_required
@require_safe
def district(request: HttpRequest, pk: int, district: int) -> HttpResponse:
    """The exam in a district with its schools; permission: exams.view_district, else 404."""
    found = seen_exam(request, pk)
    place = seen_district(request, found, district)
    schools = Institution.objects.filter(district=place).order_by(turkish_order("name"), "code")
    reader = reader_of(request, found, place)
    report = district_report(found, place, reader, {school.pk: school for school in schools})
    context = {
        **_frame(request, found, report),
        "unit_url_name": "exams:school",
        "district": place,
        "stored": present_report(found, district=place),
        "may_report": True,
    }
    return render(request, "exams/unit.html", context)


@login_required
@require_safe
def school(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The exam in a school with its sections and topics; permission: exams.view_school, else 404."""
    found = seen_exam(request, pk)
    place = seen_school(request, found, code)
    sees_district = may(request.user, "exams.view_district", place.district)
    report = school_report(found, place, reader_of(request, found, place.district))
    context = {
        **_frame(request, found, report),
        "school": place,
        "sees_district": sees_district,
        "back_label": str(place.district) if sees_district else _("İl geneli"),
        "names_students": may(request.user, "exams.view_named_results", place),
        "has_analysis": found.kind == ExamKind.EBA,
        "untaught": untaught_subjects(found, place),
        "stored": present_report(found, institution=place),
        "may_report": True,
    }
    return render(request, "exams/unit.html", context)


def _frame(request: HttpRequest, found: Exam, report: UnitReport) -> dict[str, Any]:
    return {
        "exam": found,
        "report": report,
        "analysis_due": analysis_due(found),
        "sees_analyses": found.kind == ExamKind.EBA and may(request.user, "exams.view_analyses"),
    }


@login_required
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the results to districts and schools; permission: exams.publish_results."""
    found = exam_in_province(request, pk)
    require(request, "exams.publish_results", found.year)
    posted = request.POST.get("version", "")
    version = int(posted) if posted.isdecimal() and len(posted) < 10 else 0
    with told(request, _("Sonuçlar yayımlandı; okullara bildirildi.")):
        publish_results(exam=found, version=version, by=person(request))
    return redirect("exams:detail", pk)
