"""Issued documents: immutable, checkable by anyone, revocable with a reason."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from awards.models.rounds import AwardLine, AwardList
from awards.workflow import CertificateStatus, DocumentKind
from schools.models import AcademicYear


class Certificate(models.Model):
    """A numbered document. ``text`` is the frozen snapshot it was printed from; downloads serve ``file``.

    ``code`` is random (at least 80 bits, no look-alike letters) and says nothing about the person.
    """

    year = models.ForeignKey(AcademicYear, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("yıl"))
    line = models.ForeignKey(AwardLine, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("satır"))
    kind = models.CharField(_("belge"), max_length=16, choices=DocumentKind)
    number = models.CharField(_("belge no"), max_length=40, unique=True)
    code = models.CharField(_("doğrulama kodu"), max_length=32, unique=True)
    text = models.JSONField(_("belgenin metni"))
    file = models.OneToOneField("common.StoredFile", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    signed_file = models.OneToOneField(
        "common.StoredFile",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("imzalı örnek"),
    )
    status = models.CharField(
        _("durum"), max_length=8, choices=CertificateStatus, default=CertificateStatus.VALID, editable=False
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("düzenlenme"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("iptal"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoke_reason = models.TextField(_("iptal gerekçesi"), blank=True, max_length=1000)
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("yerine geçtiği"),
    )

    class Meta:
        verbose_name = _("belge")
        verbose_name_plural = _("belgeler")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(status="valid"), name="certificate_one_valid_per_line"
            )
        ]

    def __str__(self) -> str:
        return self.number


class CertificatePrint(models.Model):
    """The print-ready file of all certificates of a list, as they were when it was made."""

    list = models.OneToOneField(AwardList, on_delete=models.CASCADE, related_name="print_file")
    file = models.OneToOneField("common.StoredFile", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("oluşturulma"), auto_now_add=True)

    class Meta:
        verbose_name = _("toplu basım dosyası")
        verbose_name_plural = _("toplu basım dosyaları")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.list_id)


class CertificateCounter(models.Model):
    """The last number given in a year of a province; locked while numbers are given, so that none is left out."""

    year = models.OneToOneField(
        AcademicYear, on_delete=models.PROTECT, related_name="certificate_counter", verbose_name=_("yıl")
    )
    last = models.PositiveIntegerField(_("son numara"), default=0)

    class Meta:
        verbose_name = _("belge sayacı")
        verbose_name_plural = _("belge sayaçları")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.year_id}: {self.last}"
