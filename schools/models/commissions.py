"""Boards and commissions of a year, and the seats from which all authority comes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schools.models.people import StaffMember
from schools.models.units import AcademicYear, District, Institution, Province


class CommissionKind(models.TextChoices):
    EXECUTIVE = "executive", _("İl Proje Yürütme Kurulu")
    TECHNICAL = "technical", _("İl Proje Hazırlama ve Teknik Ekibi")
    MONITORING_ACADEMIC = "monitoring_academic", _("Akademik Alan İzleme ve Değerlendirme Kurulu")
    MONITORING_PROJECT = "monitoring_project", _("Proje Tabanlı Çalışmaları İzleme ve Değerlendirme Kurulu")
    MONITORING_ARTS = "monitoring_arts", _("Sanatsal, Sportif, Kültürel ve Sosyal Alan İzleme ve Değerlendirme Kurulu")
    MONITORING_INNOVATION_EBA = (
        "monitoring_innovation_eba",
        _("Yenilikçi Ortamlar ve EBA İzleme ve Değerlendirme Kurulu"),
    )
    DISTRICT = "district", _("İlçe Proje Yürütme Kurulu")
    SCHOOL = "school", _("Okul Proje Yürütme Komisyonu")
    MEASUREMENT_CENTRE = "measurement_centre", _("Ölçme Değerlendirme Merkezi")


class SeatRole(models.TextChoices):
    CHAIR = "chair", _("Başkan")
    COORDINATOR = "coordinator", _("Okul proje sorumlusu")
    MEMBER = "member", _("Üye")
    DIRECTOR = "director", _("Millî eğitim müdürü")
    DEPUTY_DIRECTOR = "deputy_director", _("Müdür yardımcısı")
    BRANCH_DIRECTOR = "branch_director", _("Şube müdürü")
    RND = "rnd", _("Ar-Ge birimi")
    MEASUREMENT = "measurement", _("Ölçme ve değerlendirme birimi")
    IT = "it", _("Bilgi işlem birimi")
    BUREAU = "bureau", _("Özel büro öğretmeni")
    SCHOOL_PRINCIPAL = "school_principal", _("Okul müdürü")
    DATA_CLERK = "data_clerk", _("Veri görevlisi")


class Commission(models.Model):
    """A board of one year. ``district`` is set for DISTRICT, ``institution`` for SCHOOL, neither for the province's."""

    year = models.ForeignKey(AcademicYear, on_delete=models.CASCADE, related_name="commissions", verbose_name=_("yıl"))
    kind = models.CharField(_("tür"), max_length=28, choices=CommissionKind)
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="commissions", verbose_name=_("ilçe")
    )
    institution = models.ForeignKey(
        Institution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="commissions",
        verbose_name=_("kurum"),
    )

    class Meta:
        verbose_name = _("kurul")
        verbose_name_plural = _("kurullar")
        ordering = ["year", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "kind"],
                condition=Q(district=None, institution=None),
                name="commission_province_unique",
            ),
            models.UniqueConstraint(
                fields=["year", "district"], condition=Q(kind="district"), name="commission_district_unique"
            ),
            models.UniqueConstraint(
                fields=["year", "institution"], condition=Q(kind="school"), name="commission_school_unique"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="district", district__isnull=False, institution=None)
                    | Q(kind="school", district=None, institution__isnull=False)
                    | (~Q(kind__in=["district", "school"]) & Q(district=None, institution=None))
                ),
                name="commission_unit_matches_kind",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def unit(self) -> Institution | District | Province:
        """Where the commission stands."""
        return self.institution or self.district or self.year.province

    @property
    def label(self) -> str:
        """The commission with its unit: "Okul Proje Yürütme Komisyonu – Edremit Ortaokulu"."""
        return f"{self.get_kind_display()} – {self.unit}"


class Seat(models.Model):
    """A person's place on a commission from ``start_date`` until ``end_date`` (open when null).

    The chairs of EXECUTIVE and DISTRICT are the mülki amir: ``signs_as`` ("Vali", "Kaymakam V.") is what is printed
    under their name, and a certificate is granted only by a chair in office on that day.
    """

    commission = models.ForeignKey(Commission, on_delete=models.CASCADE, related_name="seats", verbose_name=_("kurul"))
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="seats", verbose_name=_("kişi"))
    role = models.CharField(_("görev"), max_length=20, choices=SeatRole, default=SeatRole.MEMBER)
    signs_as = models.CharField(_("imza unvanı"), max_length=60, blank=True)
    start_date = models.DateField(_("başlangıç"))
    end_date = models.DateField(_("bitiş"), null=True, blank=True)

    class Meta:
        verbose_name = _("kurul üyeliği")
        verbose_name_plural = _("kurul üyelikleri")
        ordering = ["commission", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commission", "staff"], condition=Q(end_date=None), name="seat_open_unique"
            ),
            models.CheckConstraint(
                condition=Q(end_date=None) | Q(end_date__gte=F("start_date")), name="seat_dates_ordered"
            ),
        ]
        indexes = [models.Index(fields=["staff", "start_date"], name="seat_staff")]

    def __str__(self) -> str:
        return f"{self.staff} – {self.get_role_display()}"

    @property
    def role_label(self) -> str:
        """What the holder is called: the mülki amir by the title they sign with."""
        return self.signs_as or str(self.get_role_display())

    @property
    def label(self) -> str:
        return f"{self.role_label}, {self.commission.label}"


class Invitation(models.Model):
    """An invitation by mail to open the account that belongs to a seat.

    The row is its own outbox: ``mailed_at`` is empty until the mail went out. The token follows from ``nonce`` under
    the site's secret; the database alone, which also keeps the token's digest, opens nothing.
    """

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("üyelik"))
    email = models.EmailField(_("e-posta"))
    nonce = models.CharField(_("tek kullanımlık sayı"), max_length=32, editable=False)
    token_digest = models.CharField(_("anahtar özeti"), max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("davet eden")
    )
    created_at = models.DateTimeField(_("oluşturulma"), auto_now_add=True)
    expires_at = models.DateTimeField(_("son geçerlilik"))
    accepted_at = models.DateTimeField(_("kabul"), null=True, blank=True)
    mail_attempts = models.PositiveSmallIntegerField(_("e-posta denemesi"), default=0, editable=False)
    mail_due_at = models.DateTimeField(_("e-posta zamanı"), default=timezone.now, editable=False)
    mailed_at = models.DateTimeField(_("e-postanın gittiği an"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("davet")
        verbose_name_plural = _("davetler")
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return self.email
