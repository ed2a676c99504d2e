from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.models.people import StaffMember
from schools.models.units import AcademicYear, Institution


class Section(models.Model):
    """A şube of a grade in a year; students point at it by (institution, grade, section name)."""

    year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="sections", verbose_name=_("yıl"))
    institution = models.ForeignKey(
        Institution, on_delete=models.CASCADE, related_name="sections", verbose_name=_("kurum")
    )
    grade = models.PositiveSmallIntegerField(_("sınıf"))
    name = models.CharField(_("şube"), max_length=12)
    class_guide = models.ForeignKey(
        StaffMember,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="guided_sections",
        verbose_name=_("sınıf rehber öğretmeni"),
    )

    class Meta:
        verbose_name = _("şube")
        verbose_name_plural = _("şubeler")
        ordering = ["year", "institution", "grade", "name"]
        constraints = [models.UniqueConstraint(fields=["year", "institution", "grade", "name"], name="section_unique")]

    def __str__(self) -> str:
        return f"{self.grade}/{self.name}"
