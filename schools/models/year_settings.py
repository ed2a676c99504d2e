from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.versions import VersionedModel
from schools.models.units import AcademicYear


class YearSetting(VersionedModel):
    """A decision of the year where the source documents are silent; see ``schools.year_settings`` for the keys."""

    year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="settings", verbose_name=_("yıl"))
    key = models.CharField(_("anahtar"), max_length=40)
    value = models.CharField(_("değer"), max_length=200)

    class Meta:
        verbose_name = _("yıl ayarı")
        verbose_name_plural = _("yıl ayarları")
        ordering = ["year", "key"]
        constraints = [models.UniqueConstraint(fields=["year", "key"], name="year_setting_unique")]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
