"""Lists that were written to a file for somebody to fetch."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schools.models import AcademicYear


class ProjectExport(models.Model):
    """A list of projects as a file, for its owner only and until ``expires_at``.

    ``projects`` are the keys of the projects in the file: whoever may no longer see one of them may not fetch it.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="project_exports", verbose_name=_("sahibi")
    )
    year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="+", verbose_name=_("yıl"))
    file = models.OneToOneField("common.StoredFile", on_delete=models.PROTECT, related_name="+")
    query = models.CharField(_("süzgeç"), max_length=1000, blank=True)
    rows = models.PositiveIntegerField(_("satır"))
    projects = models.JSONField(_("projeler"), default=list)
    created_at = models.DateTimeField(_("oluşturulma"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("geçerlilik sonu"))

    class Meta:
        verbose_name = _("dışa aktarılan liste")
        verbose_name_plural = _("dışa aktarılan listeler")
        ordering = ["-created_at", "pk"]
        indexes = [models.Index(fields=["expires_at"], name="project_export_expires")]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_expired(self) -> bool:
        return timezone.now() >= self.expires_at
