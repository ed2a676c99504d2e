"""Claims carry the points: a project says that it reached an item at a stage, and the technical team decides."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.versions import VersionedModel
from projects.models.catalogue import ProgrammeItem
from projects.models.projects import Project
from projects.workflow import ClaimStage, ClaimStatus, Decision
from schools.models import AcademicYear


class ReviewReason(models.Model):
    """A ready-made, countable reason for a decision, with an editable sentence."""

    decision = models.CharField(_("karar"), max_length=10, choices=Decision)
    code = models.CharField(_("kod"), max_length=24, unique=True)
    label = models.CharField(_("gerekçe"), max_length=80)
    sentence = models.TextField(_("hazır cümle"), blank=True, max_length=600)
    order = models.PositiveSmallIntegerField(_("sıra"))
    is_active = models.BooleanField(_("kullanımda"), default=True)

    class Meta:
        verbose_name = _("karar gerekçesi")
        verbose_name_plural = _("karar gerekçeleri")
        ordering = ["decision", "order"]

    def __str__(self) -> str:
        return self.label


class Claim(VersionedModel):
    """That ``project`` reached ``item`` at ``stage``. Each claim is decided by itself.

    ``year`` is the project's, kept here too so that the review queue of a year reads one index; ``save`` fills it in.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="claims", verbose_name=_("proje"))
    year = models.ForeignKey(
        AcademicYear,
        on_delete=models.PROTECT,
        related_name="claims",
        editable=False,
        db_index=False,
        verbose_name=_("yıl"),
    )
    item = models.ForeignKey(ProgrammeItem, on_delete=models.PROTECT, related_name="claims", verbose_name=_("kalem"))
    stage = models.CharField(_("aşama"), max_length=10, choices=ClaimStage)
    status = models.CharField(
        _("durum"), max_length=10, choices=ClaimStatus, default=ClaimStatus.SUBMITTED, editable=False
    )
    note = models.TextField(_("okulun açıklaması"), blank=True, max_length=2000)
    independent_points = models.DecimalField(
        _("bağımsız puan"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    independent_reason = models.TextField(_("bağımsız puanın gerekçesi"), blank=True, max_length=2000)
    submitted_at = models.DateTimeField(_("gönderilme"), null=True, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claims_in_review",
        verbose_name=_("inceleyen"),
    )
    claimed_at = models.DateTimeField(_("incelemeye alınma"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claims_decided",
        verbose_name=_("karar veren"),
    )
    decided_at = models.DateTimeField(_("karar zamanı"), null=True, blank=True)
    reason = models.ForeignKey(
        ReviewReason, on_delete=models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("gerekçe")
    )
    decision_text = models.TextField(_("karar açıklaması"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("puan talebi")
        verbose_name_plural = _("puan talepleri")
        ordering = ["project", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "item", "stage"],
                condition=~Q(status__in=["rejected", "withdrawn"]),
                name="claim_open_unique",
            ),
            models.CheckConstraint(
                condition=Q(independent_points=None) | Q(independent_points__gte=0, independent_points__lte=100),
                name="claim_independent_range",
            ),
        ]
        indexes = [
            models.Index(fields=["year", "status", "submitted_at", "id"], name="claim_queue"),
            models.Index(fields=["reviewer", "status"], name="claim_reviewer"),
            models.Index(fields=["project", "status"], name="claim_project_status"),
        ]

    def __str__(self) -> str:
        return f"{self.item} / {self.get_stage_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.year_id is None:
            self.year_id = self.project.year_id
        super().save(*args, **kwargs)


class ClaimEvent(models.Model):
    """One line of a project's timeline: who did what to which claim, when, with which words and changes."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="events")
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, null=True, blank=True, related_name="events")
    action = models.CharField(_("işlem"), max_length=24)
    from_status = models.CharField(_("önceki durum"), max_length=10, blank=True)
    to_status = models.CharField(_("yeni durum"), max_length=10, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("zaman"), default=timezone.now, editable=False)
    reason = models.ForeignKey(ReviewReason, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("açıklama"), blank=True)
    changes = models.JSONField(_("değişiklikler"), default=dict, blank=True)

    class Meta:
        verbose_name = _("proje geçmişi satırı")
        verbose_name_plural = _("proje geçmişi")
        ordering = ["project", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"
