"""Ranking runs: frozen snapshots of who stood where, on what grounds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.versions import VersionedModel
from eba.models import CriteriaTable
from exams.models import ExamVersion
from schools.models import AcademicYear, District, Institution, StaffMember, Student
from scoring.models.points import PointsTable
from scoring.workflow import ObjectionStatus, RunStatus


class RankingRun(models.Model):
    """One computation of a measure over a year, frozen.

    ``partition`` names its parts joined by "," ("district,category"). ``used_settings`` and ``inputs`` say what was
    read: year settings, points table, counts, ``input_digest`` (SHA-256 over the canonical input rows). ``previous`` is
    the run that this one is compared with.
    """

    year = models.ForeignKey(AcademicYear, on_delete=models.PROTECT, related_name="ranking_runs", verbose_name=_("yıl"))
    measure = models.CharField(_("ölçü"), max_length=40)
    partition = models.CharField(_("bölüm"), max_length=80)
    parameters = models.JSONField(_("dönem / sınav"), default=dict, blank=True)
    status = models.CharField(_("durum"), max_length=12, choices=RunStatus, default=RunStatus.COMPUTED, editable=False)
    points_table = models.ForeignKey(
        PointsTable,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name=_("puan tablosu"),
    )
    exam_versions = models.ManyToManyField(
        ExamVersion, blank=True, related_name="ranking_runs", verbose_name=_("okunan sınav sürümleri")
    )
    criteria_table = models.ForeignKey(
        CriteriaTable,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="runs",
        verbose_name=_("ölçüt tablosu"),
    )
    used_settings = models.JSONField(_("kullanılan ayarlar"), default=dict)
    inputs = models.JSONField(_("okunan veriler"), default=dict)
    input_digest = models.CharField(_("girdi özeti"), max_length=64)
    result_digest = models.CharField(_("sonuç özeti"), max_length=64)
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    computed_at = models.DateTimeField(_("hesaplanma"), auto_now_add=True)
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("önceki hesap")
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("yayımlanma"), null=True, blank=True)
    objections_until = models.DateField(_("itiraz son günü"), null=True, blank=True)
    job_id = models.UUIDField(_("iş"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("sıralama")
        verbose_name_plural = _("sıralamalar")
        ordering = ["-computed_at", "-pk"]
        indexes = [models.Index(fields=["year", "measure", "partition", "status"], name="run_lookup")]

    def __str__(self) -> str:
        return f"{self.measure} / {self.partition} / {self.year}"


class RankingRow(models.Model):
    """One holder's place in one partition.

    ``value_exact`` is "12.8" or "32/3" (a fraction in lowest terms); ``value`` is it rounded half up to 4 decimals.
    ``evidence`` holds the working: the projects, claims, points and coefficients that add up to the value, and the
    names as they were.
    """

    run = models.ForeignKey(RankingRun, on_delete=models.CASCADE, related_name="rows")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="ranking_rows")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, null=True, blank=True, related_name="ranking_rows")
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="ranking_rows"
    )
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    category = models.CharField(_("kategori"), max_length=16, blank=True)
    subject = models.CharField(_("ders"), max_length=60, blank=True)
    partition_key = models.CharField(_("bölüm anahtarı"), max_length=120)
    position = models.PositiveIntegerField(_("liste sırası"))
    rank = models.PositiveIntegerField(_("sıra"))
    tied = models.BooleanField(_("eşit"), default=False)
    holder_name = models.CharField(_("ad"), max_length=200)
    value_exact = models.CharField(_("tam değer"), max_length=80)
    value = models.DecimalField(_("değer"), max_digits=16, decimal_places=4)
    evidence = models.JSONField(_("dayanak"), default=dict)

    class Meta:
        verbose_name = _("sıralama satırı")
        verbose_name_plural = _("sıralama satırları")
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="ranking_row_position")]
        indexes = [
            models.Index(fields=["run", "partition_key", "rank"], name="ranking_row_partition"),
            models.Index(fields=["staff"], condition=Q(staff__isnull=False), name="ranking_row_staff"),
            models.Index(fields=["student"], condition=Q(student__isnull=False), name="ranking_row_student"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.holder_name} {self.value}"


class Objection(VersionedModel):
    """A school's itiraz against a row of a published run, and the board's answer."""

    row = models.ForeignKey(RankingRow, on_delete=models.PROTECT, related_name="objections", verbose_name=_("satır"))
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="objections", verbose_name=_("itiraz eden kurum")
    )
    text = models.TextField(_("itiraz"), max_length=4000)
    status = models.CharField(
        _("durum"), max_length=10, choices=ObjectionStatus, default=ObjectionStatus.OPEN, editable=False
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("itiraz zamanı"), auto_now_add=True)
    answer = models.TextField(_("cevap"), blank=True, max_length=4000)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("cevap zamanı"), null=True, blank=True)

    class Meta:
        verbose_name = _("itiraz")
        verbose_name_plural = _("itirazlar")
        ordering = ["-made_at", "pk"]

    def __str__(self) -> str:
        return f"{self.row_id} {self.status}"
