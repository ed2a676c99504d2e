"""The printed report of an exam: kept for each unit, and made again when it would say something else."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from common.audit import record
from common.files import PDF_TYPE, store_bytes
from common.text import fold
from exams.models import Exam, ExamReport
from schools.models import District, Institution

PURPOSE = "exam_report"


def present_report(
    exam: Exam,
    *,
    digest: str | None = None,
    district: District | None = None,
    institution: Institution | None = None,
) -> ExamReport | None:
    """The newest report of the unit (of the province without one), or the one with just this ``digest``, if any."""
    rows = ExamReport.objects.filter(exam=exam, district=district, institution=institution).select_related("file")
    if digest is not None:
        rows = rows.filter(digest=digest)
    return rows.order_by("-pk").first()


@transaction.atomic
def keep_report(
    *,
    exam: Exam,
    digest: str,
    data: bytes,
    by: User | None,
    district: District | None = None,
    institution: Institution | None = None,
) -> ExamReport:
    """Keep a report as it was drawn from ``exam``; one with the same digest that is there already is given back."""
    Exam.objects.select_for_update().get(pk=exam.pk)
    present = present_report(exam, digest=digest, district=district, institution=institution)
    if present is not None:
        return present
    place = fold(str(institution.code if institution else district or exam.year.province)).replace(" ", "-")
    file = store_bytes(
        name=f"sinav-raporu-{fold(exam.code)}-{exam.year.name}-{place}-s{exam.version}.pdf",
        data=data,
        content_type=PDF_TYPE,
        by=by,
        purpose=PURPOSE,
    )
    report = ExamReport.objects.create(
        exam=exam,
        version=exam.version,
        digest=digest,
        district=district,
        institution=institution,
        file=file,
        created_by=by,
    )
    record(action="exam.report", target=report, by=by, after={"version": exam.version, "sha256": file.sha256})
    return report
