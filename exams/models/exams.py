"""Exams: their families, what was asked, and the versions of their results."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schools.models import AcademicYear


class ExamKind(models.TextChoices):
    CENTRAL = "central", _("Merkezi sınav")
    MONITORING = "monitoring", _("İzleme ve değerlendirme sınavı")
    EBA = "eba", _("EBA akademik destek sınavı")


class ExamLevel(models.TextChoices):
    MIDDLE = "middle", _("Ortaokul")
    HIGH = "high", _("Lise")


FINAL_GRADES = {ExamLevel.MIDDLE: 8, ExamLevel.HIGH: 12}
"""The final year of each level: only its students count in measures of central exams."""


class ExamFamily(models.Model):
    """What makes sittings comparable: LGS, TYT, IZLEME-8. One with ``kind`` is a template for new exams.

    ``divisor``: so many wrong answers take back one correct one; 0 where wrong answers cost nothing.
    """

    code = models.CharField(_("kod"), max_length=20, unique=True)
    name = models.CharField(_("ad"), max_length=120, blank=True)
    kind = models.CharField(_("tür"), max_length=12, choices=ExamKind, blank=True)
    level = models.CharField(_("kademe"), max_length=8, choices=ExamLevel, blank=True)
    divisor = models.PositiveSmallIntegerField(_("bir doğruyu götüren yanlış sayısı"), null=True, blank=True)

    class Meta:
        verbose_name = _("sınav ailesi")
        verbose_name_plural = _("sınav aileleri")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class FamilySubject(models.Model):
    """A subject of a template with today's number of questions."""

    family = models.ForeignKey(ExamFamily, on_delete=models.CASCADE, related_name="subjects")
    order = models.PositiveSmallIntegerField(_("sıra"))
    name = models.CharField(_("ders"), max_length=60)
    questions = models.PositiveSmallIntegerField(_("soru sayısı"))

    class Meta:
        verbose_name = _("şablon dersi")
        verbose_name_plural = _("şablon dersleri")
        ordering = ["family", "order"]
        constraints = [models.UniqueConstraint(fields=["family", "order"], name="family_subject_order")]

    def __str__(self) -> str:
        return f"{self.name}: {self.questions}"


class Exam(models.Model):
    """One sitting in a province's year.

    ``version`` counts the states of its definition and results: it grows with every import or correction that changes
    one of them, and rankings name the version they read.

    Until ``published_at`` only the boards of the province see results.
    """

    year = models.ForeignKey(AcademicYear, on_delete=models.PROTECT, related_name="exams", verbose_name=_("yıl"))
    code = models.CharField(_("kod"), max_length=40)
    name = models.CharField(_("ad"), max_length=160)
    family = models.ForeignKey(ExamFamily, on_delete=models.PROTECT, related_name="exams", verbose_name=_("aile"))
    kind = models.CharField(_("tür"), max_length=12, choices=ExamKind)
    level = models.CharField(_("kademe"), max_length=8, choices=ExamLevel)
    date = models.DateField(_("tarih"))
    divisor = models.PositiveSmallIntegerField(
        _("bir doğruyu götüren yanlış sayısı"), help_text=_("Yanlış doğruyu götürmüyorsa 0 yazınız.")
    )
    version = models.PositiveIntegerField(_("sürüm"), default=1)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("yayımlanma"), null=True, blank=True)

    class Meta:
        verbose_name = _("sınav")
        verbose_name_plural = _("sınavlar")
        ordering = ["-date", "code"]
        constraints = [
            models.UniqueConstraint(fields=["year", "code"], name="exam_code_unique"),
            models.CheckConstraint(condition=Q(version__gte=1), name="exam_version_from_one"),
        ]
        indexes = [models.Index(fields=["family", "date"], name="exam_family_date")]

    def __str__(self) -> str:
        return self.code

    @property
    def code_in_years(self) -> str:
        """The exam among those of all years: "2024-2025/LGS-2025"."""
        return f"{self.year.name}/{self.code}"


class ExamSubject(models.Model):
    """A subject of an exam in the exam's order; ``key`` (``schools.subjects``) matches it with teaching and with
    the same subject of another sitting."""

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="subjects")
    order = models.PositiveSmallIntegerField(_("sıra"))
    name = models.CharField(_("ders"), max_length=60)
    key = models.CharField(_("ders anahtarı"), max_length=60, editable=False)
    questions = models.PositiveSmallIntegerField(_("soru sayısı"))

    class Meta:
        verbose_name = _("sınav dersi")
        verbose_name_plural = _("sınav dersleri")
        ordering = ["exam", "order"]
        constraints = [
            models.UniqueConstraint(fields=["exam", "key"], name="exam_subject_key"),
            models.UniqueConstraint(fields=["exam", "order"], name="exam_subject_order"),
        ]

    def __str__(self) -> str:
        return self.name


class ExamTopic(models.Model):
    """A konu of a subject; a results file may have its columns ``<Ders> / <Konu> D`` and ``… Y``.

    ``questions`` is None where only a file named it and nobody said how many questions it had.
    """

    subject = models.ForeignKey(ExamSubject, on_delete=models.CASCADE, related_name="topics")
    order = models.PositiveSmallIntegerField(_("sıra"))
    name = models.CharField(_("konu"), max_length=80)
    key = models.CharField(_("konu anahtarı"), max_length=80, editable=False)
    questions = models.PositiveSmallIntegerField(_("soru sayısı"), null=True, blank=True)

    class Meta:
        verbose_name = _("konu")
        verbose_name_plural = _("konular")
        ordering = ["subject", "order"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "key"], name="exam_topic_key"),
            models.UniqueConstraint(fields=["subject", "order"], name="exam_topic_order"),
        ]

    def __str__(self) -> str:
        return self.name


class ExamVersion(models.Model):
    """One state of an exam: what made it, and the definition as it was then (frozen).

    ``definition`` holds the divisor and the subjects with their questions; ``counts`` how many students were new or
    changed. Whoever builds on results points at the version, so that an import with something built on it stays.
    """

    class Source(models.TextChoices):
        DEFINITION = "definition", _("Tanım")
        IMPORT = "import", _("Sonuç aktarımı")
        UNDO = "undo", _("Aktarımın geri alınması")

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("sürüm"))
    source = models.CharField(_("kaynak"), max_length=12, choices=Source)
    definition = models.JSONField(_("tanım"), default=dict)
    counts = models.JSONField(_("sayılar"), default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("oluşturulma"), auto_now_add=True)

    class Meta:
        verbose_name = _("sınav sürümü")
        verbose_name_plural = _("sınav sürümleri")
        ordering = ["exam", "-number"]
        constraints = [models.UniqueConstraint(fields=["exam", "number"], name="exam_version_unique")]

    def __str__(self) -> str:
        return f"{self.exam_id} / {self.number}"
