"""A school's project, its team and its evidence."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.text import fold
from common.versions import VersionedModel
from projects.models.catalogue import ProgrammeItem
from projects.workflow import ClaimStage, ProjectStatus
from schools.models import AcademicYear, Institution, StaffMember, Student


def search_key_of(title: str, summary: str = "") -> str:
    """The folded text in which the words of a search are looked for."""
    return fold(f"{title} {summary}")


class Project(VersionedModel):
    """A project that a school runs or prepares in a year.

    ``status`` is derived: it follows the project's claims (``projects.workflow.project_status``) and is stored for
    filtering only; the services that move a claim keep it. Within a school and year a title (folded) is unique.
    ``search_key`` holds title and summary folded; ``save`` keeps it, writes in sets have to.
    """

    year = models.ForeignKey(AcademicYear, on_delete=models.PROTECT, related_name="projects", verbose_name=_("yıl"))
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="projects", verbose_name=_("kurum")
    )
    title = models.CharField(_("proje adı"), max_length=200)
    title_key = models.CharField(_("arama anahtarı"), max_length=200, editable=False)
    search_key = models.TextField(_("arama metni"), default="", editable=False)
    item = models.ForeignKey(
        ProgrammeItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("program kalemi"),
    )
    first_stage = models.CharField(_("aşama"), max_length=10, choices=ClaimStage, default=ClaimStage.PREPARING)
    summary = models.TextField(_("özet"), blank=True, max_length=4000)
    aims = models.TextField(_("amaçlar"), blank=True, max_length=4000)
    start_date = models.DateField(_("başlangıç tarihi"), null=True, blank=True)
    end_date = models.DateField(_("bitiş tarihi"), null=True, blank=True)
    partners = models.TextField(_("ortaklar"), blank=True, max_length=2000)
    partner_institutions = models.ManyToManyField(
        Institution, blank=True, related_name="partner_projects", verbose_name=_("ildeki ortak kurumlar")
    )
    budget = models.DecimalField(_("bütçe"), max_digits=12, decimal_places=2, null=True, blank=True)
    budget_currency = models.CharField(_("para birimi"), max_length=3, default="TRY")
    budget_source = models.CharField(_("bütçe kaynağı"), max_length=200, blank=True)
    responsible_manager = models.ForeignKey(
        StaffMember,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_projects",
        verbose_name=_("sorumlu yönetici"),
    )
    links = models.TextField(_("bağlantılar"), blank=True, max_length=2000)
    is_reading = models.BooleanField(_("kitap okuma projesi"), default=False)
    showcase_consent = models.BooleanField(_("vitrinde yayımlanmasına onay"), default=False)
    is_good_example = models.BooleanField(_("iyi örnek (Öğrenme Şenliği)"), default=False)
    status = models.CharField(
        _("durum"), max_length=10, choices=ProjectStatus, default=ProjectStatus.DRAFT, editable=False
    )
    copied_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="copies",
        editable=False,
        verbose_name=_("hangi projeden başlandı"),
    )
    created_at = models.DateTimeField(_("oluşturulma"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("son değişiklik"), auto_now=True)

    class Meta:
        verbose_name = _("proje")
        verbose_name_plural = _("projeler")
        ordering = ["-updated_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "institution", "title_key"],
                condition=~Q(title_key=""),
                name="project_title_unique",
            ),
            models.CheckConstraint(
                condition=Q(end_date=None) | Q(start_date=None) | Q(end_date__gte=F("start_date")),
                name="project_dates_ordered",
            ),
        ]
        indexes = [
            models.Index(fields=["year", "status", "updated_at"], name="project_year_status"),
            models.Index(fields=["institution", "year"], name="project_institution"),
        ]

    def __str__(self) -> str:
        return self.title or "(adsız proje)"

    def save(self, *args: Any, **kwargs: Any) -> None:
        saved = kwargs.get("update_fields")
        if saved is None or not {"title", "summary"}.isdisjoint(saved):
            self.search_key = search_key_of(self.title, self.summary)
            if saved is not None:
                kwargs["update_fields"] = {*saved, "search_key"}
        super().save(*args, **kwargs)


class TeamTeacher(models.Model):
    """A teacher in a project's team; at most one of them is its coordinator."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="team_teachers")
    staff = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, related_name="team_memberships", verbose_name=_("öğretmen")
    )
    is_coordinator = models.BooleanField(_("koordinatör öğretmen"), default=False)

    class Meta:
        verbose_name = _("ekipteki öğretmen")
        verbose_name_plural = _("ekipteki öğretmenler")
        ordering = ["project", "-is_coordinator", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "staff"], name="team_teacher_unique"),
            models.UniqueConstraint(fields=["project"], condition=Q(is_coordinator=True), name="team_one_coordinator"),
        ]

    def __str__(self) -> str:
        return str(self.staff)


class TeamStudent(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="team_students")
    student = models.ForeignKey(
        Student, on_delete=models.PROTECT, related_name="team_memberships", verbose_name=_("öğrenci")
    )

    class Meta:
        verbose_name = _("ekipteki öğrenci")
        verbose_name_plural = _("ekipteki öğrenciler")
        ordering = ["project", "pk"]
        constraints = [models.UniqueConstraint(fields=["project", "student"], name="team_student_unique")]

    def __str__(self) -> str:
        return str(self.student)


class Evidence(models.Model):
    """A file that proves a project (``claim`` null) or one of its claims."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="evidence")
    claim = models.ForeignKey(
        "projects.Claim", on_delete=models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    file = models.OneToOneField("common.StoredFile", on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(_("açıklama"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("kanıt")
        verbose_name_plural = _("kanıtlar")
        ordering = ["project", "pk"]

    def __str__(self) -> str:
        return self.caption or str(self.file_id)
