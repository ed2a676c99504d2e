"""Use of a platform per term, by staff and by students."""

from __future__ import annotations

from fractions import Fraction

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eba.models.criteria import SCALE, Criterion, Platform
from schools.models import AcademicYear, StaffMember, Student


class StaffUse(models.Model):
    """A member of staff has a record in a term; what was counted stands in ``StaffUseValue``."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="staff_use", verbose_name=_("yıl"))
    term = models.PositiveSmallIntegerField(_("dönem"))
    staff = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, related_name="platform_use", verbose_name=_("personel")
    )

    class Meta:
        verbose_name = _("personelin platform kullanımı")
        verbose_name_plural = _("personelin platform kullanımları")
        ordering = ["year", "term", "staff"]
        constraints = [
            models.UniqueConstraint(fields=["year", "term", "platform", "staff"], name="staff_use_unique"),
            models.CheckConstraint(condition=Q(term__in=(1, 2)), name="staff_use_term"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.year_id}/{self.term}"


class StaffUseValue(models.Model):
    """How much of a criterion, in 1/``SCALE`` of its unit (hours or pieces). A missing row means no data."""

    use = models.ForeignKey(StaffUse, on_delete=models.CASCADE, related_name="values")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="values")
    value_units = models.BigIntegerField(_("değer"))

    class Meta:
        verbose_name = _("kullanım değeri")
        verbose_name_plural = _("kullanım değerleri")
        ordering = ["use", "criterion"]
        constraints = [
            models.UniqueConstraint(fields=["use", "criterion"], name="staff_use_value_unique"),
            models.CheckConstraint(condition=Q(value_units__gte=0), name="staff_use_value_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.use_id} {self.criterion_id}: {self.value_units}"


class StudentUse(models.Model):
    """A student's time on a platform in a term, in 1/``SCALE`` hours, and the rank in class that the platform gives."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="student_use", verbose_name=_("yıl"))
    term = models.PositiveSmallIntegerField(_("dönem"))
    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="platform_use", verbose_name=_("öğrenci")
    )
    time_units = models.BigIntegerField(_("sistemde kalma süresi"))
    class_rank = models.PositiveIntegerField(_("sınıf sırası"), null=True, blank=True)

    class Meta:
        verbose_name = _("öğrencinin platform kullanımı")
        verbose_name_plural = _("öğrencilerin platform kullanımları")
        ordering = ["year", "term", "student"]
        constraints = [
            models.UniqueConstraint(fields=["year", "term", "platform", "student"], name="student_use_unique"),
            models.CheckConstraint(condition=Q(term__in=(1, 2)), name="student_use_term"),
            models.CheckConstraint(condition=Q(time_units__gte=0), name="student_use_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.year_id}/{self.term}"

    @property
    def hours(self) -> Fraction:
        return Fraction(self.time_units, SCALE)
