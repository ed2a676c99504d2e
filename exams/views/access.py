"""Which exam, district or school an address means: what somebody may not know of does not exist for them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from exams.models import Exam
from exams.report import Reader
from exams.rules import may
from schools.models import District, Institution
from schools.rules import sees_district, sees_province
from schools.views.requests import year_of


def require(request: HttpRequest, permission: str, target: object = None) -> None:
    """403 for people who know of the page but may not use it."""
    if not may(request.user, permission, target):
        raise PermissionDenied


def exam_in_province(request: HttpRequest, pk: int) -> Exam:
    """The exam, if it is one of the person's province; else 404."""
    exams = Exam.objects.select_related("family", "year__province", "published_by")
    return get_object_or_404(exams, pk=pk, year__province=year_of(request).province_id)


def seen_exam(request: HttpRequest, pk: int) -> Exam:
    """The exam whose results the person may look at; else 404."""
    exam = exam_in_province(request, pk)
    if not may(request.user, "exams.view_exam", exam):
        raise Http404
    return exam


def seen_district(request: HttpRequest, exam: Exam, pk: int) -> District:
    """The district, if the person has a seat over it; else 404."""
    district = get_object_or_404(District, pk=pk, province=exam.year.province_id)
    if not may(request.user, "exams.view_district", district):
        raise Http404
    return district


def seen_school(request: HttpRequest, exam: Exam, code: str) -> Institution:
    """The school, if the person has a seat over it; else 404."""
    schools = Institution.objects.select_related("district")
    school = get_object_or_404(schools, code=code, province=exam.year.province_id)
    if not may(request.user, "exams.view_school", school):
        raise Http404
    return school


def reader_of(request: HttpRequest, exam: Exam, district: District | None = None) -> Reader:
    """Over which of the groups beside theirs the person has a seat."""
    return Reader(
        sees_province=bool(sees_province(request.user, exam.year)),
        sees_district=district is None or bool(sees_district(request.user, district)),
    )
