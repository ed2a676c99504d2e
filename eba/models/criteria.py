"""Learning platforms, what is measured on them, and what each criterion is worth in a year."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schools.models import AcademicYear, YearTable

PLATFORM = "EBA"
"""The platform whose pages and files these are; another one needs data and addresses of its own."""

SCALE = 36_000_000
"""Values are kept as whole numbers of 1/SCALE of their unit: exact for hours with four decimals and for seconds."""


class Platform(models.Model):
    """A learning platform whose use is followed; EBA is the first."""

    code = models.CharField(_("kod"), max_length=20, unique=True)
    name = models.CharField(_("ad"), max_length=120)

    class Meta:
        verbose_name = _("platform")
        verbose_name_plural = _("platformlar")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Criterion(models.Model):
    """Something that a platform counts. ``aliases``: other headers under which files carry it, one a line."""

    class Unit(models.TextChoices):
        HOUR = "hour", _("Saat")
        COUNT = "count", _("Adet")

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="criteria")
    code = models.CharField(_("kod"), max_length=30)
    name = models.CharField(_("ölçüt"), max_length=160)
    unit = models.CharField(_("birim"), max_length=8, choices=Unit)
    order = models.PositiveSmallIntegerField(_("sıra"))
    aliases = models.TextField(_("dosyalardaki başka adları"), blank=True)

    class Meta:
        verbose_name = _("ölçüt")
        verbose_name_plural = _("ölçütler")
        ordering = ["platform", "order"]
        constraints = [
            models.UniqueConstraint(fields=["platform", "code"], name="criterion_code_unique"),
            models.UniqueConstraint(fields=["platform", "order"], name="criterion_order_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class CriteriaTable(YearTable):
    """A version of what the criteria are worth in a year."""

    audit_name = "criteria_table"
    series = ("year_id", "platform_id")

    year = models.ForeignKey(
        AcademicYear, on_delete=models.PROTECT, related_name="criteria_tables", verbose_name=_("yıl")
    )
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="tables")

    class Meta:
        verbose_name = _("ölçüt tablosu")
        verbose_name_plural = _("ölçüt tabloları")
        ordering = ["year", "platform", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["year", "platform", "version"], name="criteria_table_version"),
            models.UniqueConstraint(
                fields=["year", "platform"], condition=Q(status="approved"), name="criteria_table_one_approved"
            ),
            models.UniqueConstraint(
                fields=["year", "platform"], condition=Q(status="draft"), name="criteria_table_one_draft"
            ),
        ]


class CriterionWeight(models.Model):
    """Points of one unit of a criterion; ``cap`` is the most units that count in a term, null: no limit."""

    table = models.ForeignKey(CriteriaTable, on_delete=models.CASCADE, related_name="weights")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="weights")
    coefficient = models.DecimalField(_("katsayı"), max_digits=6, decimal_places=2)
    cap = models.PositiveIntegerField(_("üst sınır"), null=True, blank=True)

    class Meta:
        verbose_name = _("ölçüt katsayısı")
        verbose_name_plural = _("ölçüt katsayıları")
        ordering = ["table", "criterion"]
        constraints = [models.UniqueConstraint(fields=["table", "criterion"], name="criterion_weight_unique")]

    def __str__(self) -> str:
        return f"{self.criterion_id} x {self.coefficient}"
