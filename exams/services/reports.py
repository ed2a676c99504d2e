"""The printed report of an exam: made once for each version and unit."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from common.audit import record
from common.files import PDF_TYPE, store_bytes
from common.text import fold
from exams.models import Exam, ExamReport
from schools.models import District, Institution

PURPOSE = "exam_report"


def present_report(
    exam: Exam, *, district: District | None = None, institution: Institution | None = None
) -> ExamReport | None:
    """The report of the exam as it stands now, if it was made already; of the province without a unit."""
    rows = ExamReport.objects.filter(
        exam=exam, version=exam.version, district=district, institution=institution
    ).select_related("file")
    return rows.order_by("pk").first()


@transaction.atomic
def make_report(
    *,
    exam: Exam,
    render: Callable[[Exam], bytes],
    by: User | None,
    district: District | None = None,
    institution: Institution | None = None,
) -> ExamReport:
    """Draw and keep the report of this version; one that is there already is given back. ``render`` draws it."""
    locked = Exam.objects.select_for_update(of=("self",)).select_related("family", "year__province").get(pk=exam.pk)
    present = present_report(locked, district=district, institution=institution)
    if present is not None:
        return present
    place = fold(str(institution.code if institution else district or locked.year.province)).replace(" ", "-")
    file = store_bytes(
        name=f"sinav-raporu-{fold(locked.code)}-{locked.year.name}-{place}-s{locked.version}.pdf",
        data=render(locked),
        content_type=PDF_TYPE,
        by=by,
        purpose=PURPOSE,
    )
    report = ExamReport.objects.create(
        exam=locked, version=locked.version, district=district, institution=institution, file=file, created_by=by
    )
    record(action="exam.report", target=report, by=by, after={"version": locked.version, "sha256": file.sha256})
    return report
