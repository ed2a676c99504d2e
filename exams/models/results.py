"""What students reached: a row a student and exam, and under it a row a subject."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exams.models.exams import Exam, ExamSubject, ExamTopic
from schools.models import Student

UNITS = 10**8
"""Points and percentiles are kept as whole numbers of this fraction, so that sums and means are exact everywhere."""


class StudentResult(models.Model):
    """A student in an exam's file: applied. Whoever has a subject result or a score also sat it.

    ``score_units`` and ``percentile_units`` are in 1 / ``UNITS``. For ranks and the percentile lower is better.
    """

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="results", verbose_name=_("sınav"))
    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="exam_results", verbose_name=_("öğrenci")
    )
    score_units = models.BigIntegerField(_("puan"), null=True, blank=True)
    national_rank = models.PositiveIntegerField(_("genel sıra"), null=True, blank=True)
    province_rank = models.PositiveIntegerField(_("il sırası"), null=True, blank=True)
    percentile_units = models.BigIntegerField(_("yüzdelik dilim"), null=True, blank=True)

    class Meta:
        verbose_name = _("sınav sonucu")
        verbose_name_plural = _("sınav sonuçları")
        ordering = ["exam", "student"]
        constraints = [models.UniqueConstraint(fields=["exam", "student"], name="student_result_unique")]

    def __str__(self) -> str:
        return f"{self.exam_id} {self.student_id}"

    @property
    def score(self) -> Decimal | None:
        return None if self.score_units is None else Decimal(self.score_units).scaleb(-8)

    @property
    def percentile(self) -> Decimal | None:
        return None if self.percentile_units is None else Decimal(self.percentile_units).scaleb(-8)


class SubjectResult(models.Model):
    """Correct and wrong answers in a subject; both null: not taken (never zero), the reason is not kept.

    Net = correct - wrong / divisor; sums use the whole number ``divisor * correct - wrong``.
    """

    result = models.ForeignKey(StudentResult, on_delete=models.CASCADE, related_name="subjects")
    subject = models.ForeignKey(ExamSubject, on_delete=models.PROTECT, related_name="results")
    correct = models.PositiveSmallIntegerField(_("doğru"), null=True, blank=True)
    wrong = models.PositiveSmallIntegerField(_("yanlış"), null=True, blank=True)

    class Meta:
        verbose_name = _("ders sonucu")
        verbose_name_plural = _("ders sonuçları")
        ordering = ["result", "subject"]
        constraints = [
            models.UniqueConstraint(fields=["result", "subject"], name="subject_result_unique"),
            models.CheckConstraint(
                condition=Q(correct=None, wrong=None) | Q(correct__isnull=False, wrong__isnull=False),
                name="subject_result_both_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result_id} {self.subject_id}: {self.correct} / {self.wrong}"


class TopicResult(models.Model):
    """Correct and wrong answers in a konu; both null: not taken."""

    result = models.ForeignKey(StudentResult, on_delete=models.CASCADE, related_name="topics")
    topic = models.ForeignKey(ExamTopic, on_delete=models.PROTECT, related_name="results")
    correct = models.PositiveSmallIntegerField(_("doğru"), null=True, blank=True)
    wrong = models.PositiveSmallIntegerField(_("yanlış"), null=True, blank=True)

    class Meta:
        verbose_name = _("konu sonucu")
        verbose_name_plural = _("konu sonuçları")
        ordering = ["result", "topic"]
        constraints = [models.UniqueConstraint(fields=["result", "topic"], name="topic_result_unique")]

    def __str__(self) -> str:
        return f"{self.result_id} {self.topic_id}: {self.correct} / {self.wrong}"
