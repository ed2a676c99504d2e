"""A school's analysis of an EBA akademik destek exam: written, and sent once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import changed_fields, record
from common.errors import Conflict, UserError
from common.text import clean_lines
from common.versions import check_version
from exams.models import Exam, ExamAnalysis
from exams.models.exams import ExamKind
from schools.models import Institution


@transaction.atomic
def save_analysis(
    *, exam: Exam, institution: Institution, version: object, findings: str, measures: str, send: bool, by: User
) -> ExamAnalysis:
    """Save the school's analysis, and send it if ``send``: a sent one stays as it is.

    The first save makes it; ``version`` is the form's. Raises ``StaleForm`` when somebody else saved in between,
    ``Conflict`` when it was sent, ``UserError`` when it is to be sent without its two texts.
    """
    if exam.kind != ExamKind.EBA:
        raise UserError(_("Analiz yalnız EBA akademik destek sınavları için gönderilir."))
    ExamAnalysis.objects.get_or_create(exam=exam, institution=institution)
    analysis = ExamAnalysis.objects.select_for_update(of=("self",)).get(exam=exam, institution=institution)
    if analysis.sent_at is not None:
        raise Conflict(_("Analiz gönderildi; gönderilen analiz değiştirilemez."))
    check_version(analysis, version)
    before = {"findings": analysis.findings, "measures": analysis.measures}
    analysis.findings, analysis.measures = clean_lines(findings), clean_lines(measures)
    if send and not (analysis.findings and analysis.measures):
        raise UserError(_("Göndermek için bulguları da alınacak önlemleri de yazınız."))
    if send:
        analysis.sent_at, analysis.sent_by = timezone.now(), by
    analysis.bump()
    analysis.save()
    old, new = changed_fields(before, {"findings": analysis.findings, "measures": analysis.measures})
    record(action="exam.analysis_send" if send else "exam.analysis_save", target=analysis, by=by, before=old, after=new)
    return analysis
