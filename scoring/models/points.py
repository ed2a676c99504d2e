"""Versioned points tables: what an item is worth in a year."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models import Programme, ProgrammeItem
from schools.models import AcademicYear, YearTable


class PointsTable(YearTable):
    """A version of a year's points table."""

    audit_name = "points_table"

    year = models.ForeignKey(
        AcademicYear, on_delete=models.PROTECT, related_name="points_tables", verbose_name=_("yıl")
    )

    class Meta:
        verbose_name = _("puan tablosu")
        verbose_name_plural = _("puan tabloları")
        ordering = ["year", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["year", "version"], name="points_table_version_unique"),
            models.UniqueConstraint(fields=["year"], condition=Q(status="approved"), name="points_table_one_approved"),
        ]


class ProgrammeCoefficient(models.Model):
    """A programme's share in percent; those of a table sum to 100."""

    table = models.ForeignKey(PointsTable, on_delete=models.CASCADE, related_name="coefficients")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    percent = models.DecimalField(_("katsayı yüzdesi"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("program katsayısı")
        verbose_name_plural = _("program katsayıları")
        ordering = ["table", "programme"]
        constraints = [models.UniqueConstraint(fields=["table", "programme"], name="coefficient_unique")]

    def __str__(self) -> str:
        return f"{self.programme_id}: %{self.percent}"


class PointsLine(models.Model):
    """Points of an item per stage; null means that the stage carries no points (or is scored independently)."""

    table = models.ForeignKey(PointsTable, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(ProgrammeItem, on_delete=models.PROTECT, related_name="+")
    preparing_points = models.DecimalField(_("hazırlayan puanı"), max_digits=5, decimal_places=2, null=True, blank=True)
    success_points = models.DecimalField(_("başarı puanı"), max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("puan satırı")
        verbose_name_plural = _("puan satırları")
        ordering = ["table", "item"]
        constraints = [models.UniqueConstraint(fields=["table", "item"], name="points_line_unique")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.preparing_points} / {self.success_points}"
