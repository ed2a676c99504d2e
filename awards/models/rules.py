"""The award catalogue of a year, as data."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.models import AcademicYear
from schools.models.commissions import CommissionKind


class Area(models.TextChoices):
    ACADEMIC = "academic", _("Akademik")
    PROJECT = "project", _("Proje tabanlı çalışmalar")
    ARTS = "arts", _("Sanat, spor, kültür")
    INNOVATION = "innovation", _("Yenilikçi ortamlar")
    EBA = "eba", _("EBA")
    ANY = "any", _("Bütün alanlar")


AREA_BOARDS = {
    Area.ACADEMIC: CommissionKind.MONITORING_ACADEMIC,
    Area.PROJECT: CommissionKind.MONITORING_PROJECT,
    Area.ARTS: CommissionKind.MONITORING_ARTS,
    Area.INNOVATION: CommissionKind.MONITORING_INNOVATION_EBA,
    Area.EBA: CommissionKind.MONITORING_INNOVATION_EBA,
}
"""The monitoring board that follows an area; rules of any area are followed by all of them."""


class Cadence(models.TextChoices):
    YEAR = "year", _("Yıllık")
    TERM = "term", _("Dönemlik")
    EXAM = "exam", _("Sınav sonrası")


class AwardRule(models.Model):
    """One rule of the catalogue. ``order`` is catalogue order, which decides precedence after the document.

    ``source`` is ``ranking:MEASURE...``, ``records:...`` or ``nomination:...``; ``partition`` and ``take`` are kept as
    the catalogue writes them and read by ``awards.precedence``.
    """

    year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="award_rules", verbose_name=_("yıl"))
    code = models.CharField(_("kod"), max_length=12)
    order = models.PositiveSmallIntegerField(_("sıra"))
    group = models.CharField(_("grup"), max_length=20)
    area = models.CharField(_("alan"), max_length=12, choices=Area)
    text = models.TextField(_("kural"))
    source = models.CharField(_("kaynak"), max_length=120)
    partition = models.CharField(_("bölüm"), max_length=80)
    take = models.CharField(_("kaç kişi"), max_length=40)
    decided_by = models.CharField(_("karar veren"), max_length=160)
    granted_by = models.CharField(_("veren makam"), max_length=120)
    document = models.CharField(_("belge / ödül"), max_length=40)
    cadence = models.CharField(_("sıklık"), max_length=6, choices=Cadence)
    is_active = models.BooleanField(_("bu yıl uygulanır"), default=True)

    class Meta:
        verbose_name = _("ödül kuralı")
        verbose_name_plural = _("ödül kuralları")
        ordering = ["year", "order"]
        constraints = [models.UniqueConstraint(fields=["year", "code"], name="award_rule_code_unique")]

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"
