"""The printed report of an exam: drawn by a job where a stored one would say something else, then served as stored."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.files import serve
from common.jobs import create_job, wake
from exams.models import ExamReport
from exams.report import digest_of
from exams.rules import may
from exams.services.reports import present_report
from exams.tasks import REPORT, report_of
from exams.views.access import seen_district, seen_exam, seen_school
from schools.rules import sees_province
from schools.views.requests import person

INSTITUTION_CODE = re.compile("[0-9]{6,8}")


@login_required
@require_POST
def make(request: HttpRequest, pk: int) -> HttpResponse:
    """The report of the province, of the district (``ilce``) or the school (``okul``) that the form names.

    Permission: as the page of that unit.
    """
    exam = seen_exam(request, pk)
    district = institution = None
    if code := request.POST.get("okul", ""):
        if not INSTITUTION_CODE.fullmatch(code):
            raise Http404
        institution = seen_school(request, exam, code)
    elif key := request.POST.get("ilce", ""):
        if not key.isdecimal() or len(key) > 10:
            raise Http404
        district = seen_district(request, exam, int(key))
    elif not sees_province(request.user, exam.year):
        raise PermissionDenied
    digest = digest_of(report_of(exam, district, institution))
    present = present_report(exam, digest=digest, district=district, institution=institution)
    if present is not None:
        return redirect("exams:report_file", present.pk)
    params: dict[str, Any] = {
        "exam": exam.pk,
        "district": district.pk if district else None,
        "institution": institution.pk if institution else None,
    }
    with transaction.atomic():
        job = create_job(
            kind=REPORT, params=params, by=person(request), label=_("%(exam)s raporu") % {"exam": exam.name}
        )
        wake(job)
    return redirect(job)


@login_required
@require_safe
def report_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The stored report; permission: as the page of its unit, asked anew."""
    reports = ExamReport.objects.select_related("file", "district", "institution__district")
    report = reports.filter(pk=pk).first()
    if report is None:
        raise Http404
    exam = seen_exam(request, report.exam_id)
    if report.institution is not None:
        allowed = may(request.user, "exams.view_school", report.institution)
    elif report.district is not None:
        allowed = may(request.user, "exams.view_district", report.district)
    else:
        allowed = bool(sees_province(request.user, exam.year))
    if not allowed:
        raise Http404
    return serve(report.file)
