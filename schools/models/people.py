"""Staff and students, and where they stand in a year."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schools.models.units import AcademicYear, Institution, Province


class IdentityKind(models.TextChoices):
    TC = "tc", _("T.C. kimlik numarası")
    TEMPORARY = "temporary", _("Geçici numara")
    NONE = "none", _("Numarasız")


class Title(models.TextChoices):
    PRINCIPAL = "principal", _("Müdür")
    RESPONSIBLE_DEPUTY = "responsible_deputy", _("Sorumlu Müdür Yardımcısı")
    DEPUTY = "deputy", _("Müdür Yardımcısı")
    TEACHER = "teacher", _("Öğretmen")
    CLASS_TEACHER = "class_teacher", _("Sınıf Öğretmeni")
    PRESCHOOL_TEACHER = "preschool_teacher", _("Okul Öncesi Öğretmeni")
    COUNSELLOR = "counsellor", _("Rehber Öğretmen")


class Employment(models.TextChoices):
    PERMANENT = "permanent", _("Kadrolu")
    CONTRACTED = "contracted", _("Sözleşmeli")
    HOURLY = "hourly", _("Ücretli")
    PRIVATE = "private", _("Özel")


class Person(models.Model):
    """What staff and students share: a name and a number kept only as a keyed digest and a mask."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("il"))
    first_name = models.CharField(_("ad"), max_length=80)
    last_name = models.CharField(_("soyad"), max_length=80)
    name_key = models.CharField(_("arama anahtarı"), max_length=170, editable=False)
    identity_kind = models.CharField(_("kimlik türü"), max_length=10, choices=IdentityKind, default=IdentityKind.TC)
    identity_digest = models.CharField(_("kimlik özeti"), max_length=64, null=True, blank=True, editable=False)
    identity_mask = models.CharField(_("kimlik (maskeli)"), max_length=16, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class StaffMember(Person):
    """A member of staff of a school or of the administration; ``user`` is set once they have an account.

    People of the administration (governor, branch directors) have no number and no posting.
    """

    email = models.EmailField(_("e-posta"), blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staff_member",
        verbose_name=_("hesap"),
    )

    class Meta:
        verbose_name = _("personel")
        verbose_name_plural = _("personel")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "identity_digest"],
                name="staff_identity_unique",
            )
        ]
        indexes = [models.Index(fields=["name_key"], name="staff_name_key")]


class Student(Person):
    class Meta:
        verbose_name = _("öğrenci")
        verbose_name_plural = _("öğrenciler")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["province", "identity_digest"], name="student_identity_unique")]
        indexes = [models.Index(fields=["name_key"], name="student_name_key")]


class Posting(models.Model):
    """Where a member of staff works in a year, as what, and how employed. One per person and year."""

    staff = models.ForeignKey(
        StaffMember, on_delete=models.CASCADE, related_name="postings", verbose_name=_("personel")
    )
    year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="postings", verbose_name=_("yıl"))
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="postings", verbose_name=_("kurum")
    )
    title = models.CharField(_("unvan"), max_length=20, choices=Title)
    branch = models.CharField(_("branş"), max_length=80, blank=True)
    employment = models.CharField(_("istihdam"), max_length=12, choices=Employment, default=Employment.PERMANENT)

    class Meta:
        verbose_name = _("görev yeri")
        verbose_name_plural = _("görev yerleri")
        ordering = ["year", "staff"]
        constraints = [models.UniqueConstraint(fields=["year", "staff"], name="posting_unique")]
        indexes = [models.Index(fields=["year", "institution"], name="posting_institution")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.get_title_display()}"


class Enrolment(models.Model):
    """A student's place in a year: institution, grade (0 = preschool, 1-12), section and school number."""

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="enrolments", verbose_name=_("öğrenci"))
    year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="enrolments", verbose_name=_("yıl"))
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("kurum")
    )
    grade = models.PositiveSmallIntegerField(_("sınıf"))
    section_name = models.CharField(_("şube"), max_length=12)
    school_number = models.CharField(_("okul no"), max_length=12, blank=True)

    class Meta:
        verbose_name = _("öğrenci kaydı")
        verbose_name_plural = _("öğrenci kayıtları")
        ordering = ["year", "student"]
        constraints = [
            models.UniqueConstraint(fields=["year", "student"], name="enrolment_unique"),
            models.CheckConstraint(condition=Q(grade__lte=12), name="enrolment_grade_range"),
        ]
        indexes = [
            models.Index(fields=["year", "institution", "grade", "section_name"], name="enrolment_section"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} {self.section_label}"

    @property
    def section_label(self) -> str:
        """``8/A``; a preschool group by its name alone."""
        return f"{self.grade}/{self.section_name}" if self.grade else self.section_name
