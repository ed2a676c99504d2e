"""Who teaches what where, and who coaches whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.models.people import StaffMember, Student
from schools.models.sections import Section
from schools.models.units import AcademicYear


class TeachingAssignment(models.Model):
    """A teacher of a section in a subject; two teachers of one section and subject both count.

    ``subject_key`` (``schools.subjects``) is what the same subject of an exam is matched by, whatever its name there.
    """

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="teaching", verbose_name=_("şube"))
    teacher = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, related_name="teaching", verbose_name=_("öğretmen")
    )
    subject = models.CharField(_("ders"), max_length=60)
    subject_key = models.CharField(_("ders anahtarı"), max_length=60, editable=False)

    class Meta:
        verbose_name = _("ders görevi")
        verbose_name_plural = _("ders görevleri")
        ordering = ["section", "subject_key", "teacher"]
        constraints = [
            models.UniqueConstraint(fields=["section", "subject_key", "teacher"], name="teaching_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.section_id} {self.subject} {self.teacher_id}"


class Coaching(models.Model):
    """A danışman öğretmen (eğitim koçu) of a student of the 8th or 12th grade in a year."""

    year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="coaching", verbose_name=_("yıl"))
    teacher = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, related_name="coaching", verbose_name=_("danışman öğretmen")
    )
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="coaching", verbose_name=_("öğrenci"))

    class Meta:
        verbose_name = _("danışmanlık")
        verbose_name_plural = _("danışmanlıklar")
        ordering = ["year", "teacher", "student"]
        constraints = [
            models.UniqueConstraint(fields=["year", "student", "teacher"], name="coaching_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.teacher_id} {self.student_id}"
