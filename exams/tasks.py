"""The worker's side: printed reports, and the reminders of what is due after an exam."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from celery import shared_task
from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse
from django.utils.translation import gettext_lazy

from common.jobs import JobContext, job_handler
from common.text import turkish_order
from exams import reminders
from exams.models import Exam
from exams.report import Reader, UnitReport, digest_of, district_report, province_report, school_report
from exams.rules import may
from exams.services.reports import keep_report, present_report
from schools.models import District, Institution
from schools.rules import sees_province

REPORT = "exams.report"


def _unit(params: Mapping[str, Any]) -> tuple[Exam, District | None, Institution | None]:
    exam = Exam.objects.select_related("family", "year__province").get(pk=params["exam"])
    district = District.objects.get(pk=params["district"]) if params["district"] else None
    schools = Institution.objects.select_related("district")
    return exam, district, schools.get(pk=params["institution"]) if params["institution"] else None


def _may_read(user: AbstractBaseUser, params: Mapping[str, Any]) -> bool:
    exam, district, institution = _unit(params)
    if not may(user, "exams.view_exam", exam):
        return False
    if institution is not None:
        return may(user, "exams.view_school", institution)
    if district is not None:
        return may(user, "exams.view_district", district)
    return bool(sees_province(user, exam.year))


@job_handler(REPORT, label=str(gettext_lazy("Sınav raporu")), soft_seconds=180, allowed=_may_read)
def make(job: JobContext) -> dict[str, Any]:
    """``params``: ``exam``, and ``district`` or ``institution`` (keys or None)."""
    exam, district, institution = _unit(job.params)
    said = report_of(exam, district, institution)
    digest = digest_of(said)
    report = present_report(exam, digest=digest, district=district, institution=institution)
    if report is None:
        data = _drawn(said)
        report = keep_report(exam=exam, digest=digest, data=data, by=job.by, district=district, institution=institution)
    if institution is not None:
        back = reverse("exams:school", args=[exam.pk, institution.code])
    elif district is not None:
        back = reverse("exams:district", args=[exam.pk, district.pk])
    else:
        back = reverse("exams:detail", args=[exam.pk])
    return {"report": report.pk, "redirect_url": f"{back}#rapor"}


def _drawn(report: UnitReport) -> bytes:
    from exams.pdf import report_pdf

    return report_pdf(report)


def report_of(exam: Exam, district: District | None, institution: Institution | None) -> UnitReport:
    """What is printed. The file is read by everybody with a seat over its unit: small groups above it stay hidden."""
    if institution is not None:
        return school_report(exam, institution, Reader(sees_province=False, sees_district=False))
    if district is not None:
        schools = Institution.objects.filter(district=district).order_by(turkish_order("name"), "code")
        return district_report(exam, district, Reader(sees_province=False), {school.pk: school for school in schools})
    districts = District.objects.filter(province=exam.year.province_id).order_by(turkish_order("name"), "pk")
    return province_report(exam, Reader(sees_province=True), list(districts))


@shared_task(ignore_result=True)
def send_reminders() -> None:
    """Write the reminders that are due."""
    reminders.send_reminders()
