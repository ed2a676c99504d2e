"""What a school makes of an exam."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.versions import VersionedModel
from exams.models.exams import Exam
from schools.models import Institution


class ExamAnalysis(VersionedModel):
    """A school's analysis of an EBA akademik destek exam: due within five days, sent once by its coordinator."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="analyses", verbose_name=_("sınav"))
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="exam_analyses", verbose_name=_("kurum")
    )
    findings = models.TextField(_("bulgular"), blank=True, max_length=4000)
    measures = models.TextField(_("alınacak önlemler"), blank=True, max_length=4000)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(_("gönderilme"), null=True, blank=True)

    class Meta:
        verbose_name = _("sınav analizi")
        verbose_name_plural = _("sınav analizleri")
        ordering = ["exam", "institution"]
        constraints = [models.UniqueConstraint(fields=["exam", "institution"], name="exam_analysis_unique")]

    def __str__(self) -> str:
        return f"{self.exam_id} {self.institution_id}"


class ExamReport(models.Model):
    """An analysis report as PDF: of the province, a district or a school, at one version of the exam.

    ``digest`` is the SHA-256 of what it says but the day; other exams, enrolments and names change it too.
    """

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="reports", verbose_name=_("sınav"))
    version = models.PositiveIntegerField(_("sürüm"))
    digest = models.CharField(_("içeriğin SHA-256 özeti"), max_length=64, blank=True, editable=False)
    district = models.ForeignKey("schools.District", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    file = models.ForeignKey("common.StoredFile", on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("oluşturulma"), auto_now_add=True)

    class Meta:
        verbose_name = _("sınav raporu")
        verbose_name_plural = _("sınav raporları")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.exam_id} / {self.version}"
