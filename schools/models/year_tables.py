"""Tables by which a year counts, in versions: what a draft, an approved and a superseded one have in common."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.models.units import AcademicYear


class YearTable(models.Model):
    """A version of a table of a year. Once EXECUTIVE approves it, it never changes; a change is a new version."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Taslak")
        APPROVED = "approved", _("Onaylandı")
        SUPERSEDED = "superseded", _("Yerini yeni sürüm aldı")

    audit_name: ClassVar[str]
    """What its audit rows begin with."""
    series: ClassVar[tuple[str, ...]] = ("year_id",)
    """The fields that versions of the same table share."""

    year: models.ForeignKey[AcademicYear, AcademicYear]
    version = models.PositiveSmallIntegerField(_("sürüm"))
    status = models.CharField(_("durum"), max_length=12, choices=Status, default=Status.DRAFT, editable=False)
    change_reason = models.TextField(_("değişikliğin gerekçesi"), blank=True, max_length=1000)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("oluşturulma"), auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("onay zamanı"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.year} / sürüm {self.version}"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    def versions(self) -> models.QuerySet[Self]:
        """All versions of this table, newest first, itself among them once it is stored."""
        same = {field: getattr(self, field) for field in self.series}
        return type(self)._default_manager.filter(**same).order_by("-version")

    def earlier(self) -> Self | None:
        """The version before this one."""
        return self.versions().filter(version=self.version - 1).first()
