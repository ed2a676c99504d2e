"""Provinces, districts, institutions and the academic years of a province."""

from __future__ import annotations

from django.conf import settings as site
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """The seven institution categories in catalogue order (this order breaks no tie, it sorts lists)."""

    PRESCHOOL = "preschool", _("Okul öncesi")
    PRIMARY = "primary", _("İlkokul")
    MIDDLE = "middle", _("Ortaokul")
    HIGH = "high", _("Lise")
    PROJECT_HIGH = "project_high", _("Proje lise")
    SPECIAL = "special", _("Özel eğitim")
    PROVINCIAL = "provincial", _("İl MEM'e bağlı kurum")


class Province(models.Model):
    """An il. No query and no ranking ever mixes two of them."""

    plate_code = models.PositiveSmallIntegerField(_("plaka kodu"), unique=True)
    name = models.CharField(_("ad"), max_length=60)

    class Meta:
        verbose_name = _("il")
        verbose_name_plural = _("iller")
        ordering = ["plate_code"]

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="districts", verbose_name=_("il"))
    name = models.CharField(_("ad"), max_length=60)
    name_key = models.CharField(_("arama anahtarı"), max_length=60, editable=False)

    class Meta:
        verbose_name = _("ilçe")
        verbose_name_plural = _("ilçeler")
        ordering = ["province", "name"]
        constraints = [models.UniqueConstraint(fields=["province", "name_key"], name="district_name_unique")]

    def __str__(self) -> str:
        return self.name


class AcademicYear(models.Model):
    """An eğitim-öğretim yılı of one province; everything that is recorded belongs to one.

    ``name`` is "2020-2021". Exactly one year of a province is current. A change of a setting takes back the approval
    of the settings by the executive board.
    """

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="years", verbose_name=_("il"))
    name = models.CharField(_("ad"), max_length=9)
    start_date = models.DateField(_("başlangıç"))
    second_term_date = models.DateField(_("ikinci dönem başlangıcı"))
    end_date = models.DateField(_("bitiş"))
    submission_deadline = models.DateTimeField(
        _("proje gönderme son anı"), null=True, blank=True, help_text=_("Boşsa yıl sonuna kadar gönderilebilir.")
    )
    is_current = models.BooleanField(_("geçerli yıl"), default=False)
    settings_approved_at = models.DateTimeField(_("ayarların onaylandığı an"), null=True, blank=True, editable=False)
    settings_approved_by = models.ForeignKey(
        site.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("ayarları onaylayan"),
    )

    class Meta:
        verbose_name = _("eğitim-öğretim yılı")
        verbose_name_plural = _("eğitim-öğretim yılları")
        ordering = ["province", "-name"]
        constraints = [
            models.UniqueConstraint(fields=["province", "name"], name="year_name_unique"),
            models.UniqueConstraint(fields=["province"], condition=Q(is_current=True), name="year_one_current"),
        ]

    def __str__(self) -> str:
        return self.name


class Institution(models.Model):
    """A school or other kurum. ``code`` (kurum kodu) is text of 6-8 digits and never loses a leading zero.

    ``category`` is filled by selectors that read the institution for a year; None where it had none.
    """

    category: str | None = None

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="institutions", verbose_name=_("il"))
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="institutions", verbose_name=_("ilçe")
    )
    code = models.CharField(_("kurum kodu"), max_length=8, unique=True)
    name = models.CharField(_("kurum adı"), max_length=200)
    name_key = models.CharField(_("arama anahtarı"), max_length=200, editable=False)
    is_private = models.BooleanField(_("özel okul"), default=False)
    is_vocational = models.BooleanField(_("mesleki ve teknik lise"), default=False)
    predecessor = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
        verbose_name=_("önceki kurum"),
        help_text=_("Kurum kodu değiştiyse eski kaydı gösterir."),
    )

    class Meta:
        verbose_name = _("kurum")
        verbose_name_plural = _("kurumlar")
        ordering = ["code"]
        indexes = [models.Index(fields=["district", "code"], name="institution_district")]

    def __str__(self) -> str:
        return self.name

    @property
    def category_label(self) -> str:
        return str(Category(self.category).label) if self.category else "–"


class InstitutionYear(models.Model):
    """What an institution was in a year: its category, by which it is ranked."""

    institution = models.ForeignKey(
        Institution, on_delete=models.CASCADE, related_name="years", verbose_name=_("kurum")
    )
    year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="institutions", verbose_name=_("yıl"))
    category = models.CharField(_("kategori"), max_length=16, choices=Category)

    class Meta:
        verbose_name = _("kurumun yılı")
        verbose_name_plural = _("kurumların yılları")
        ordering = ["year", "institution"]
        constraints = [models.UniqueConstraint(fields=["year", "institution"], name="institution_year_unique")]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.year_id} {self.category}"
