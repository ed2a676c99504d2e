"""A round computes lists; a list is what a board decides and a mülki amir grants."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from awards.models.rules import AwardRule, Cadence
from awards.workflow import AuthorityKind, DocumentKind, LineStatus, ListStatus
from common.versions import VersionedModel
from schools.models import AcademicYear, District, Institution, Seat, StaffMember, Student
from schools.models.units import Category
from scoring.models import RankingRow, RankingRun


class AwardRound(models.Model):
    """One computation of the year's rules of a cadence into lists; frozen once its first list is decided."""

    year = models.ForeignKey(AcademicYear, on_delete=models.PROTECT, related_name="award_rounds", verbose_name=_("yıl"))
    cadence = models.CharField(_("sıklık"), max_length=6, choices=Cadence)
    number = models.PositiveSmallIntegerField(_("tur"))
    used_settings = models.JSONField(_("kullanılan ayarlar"), default=dict)
    skipped_rules = models.JSONField(_("hesaplanamayan kurallar"), default=list)
    computed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    computed_at = models.DateTimeField(_("hesaplanma"), auto_now_add=True)
    is_discarded = models.BooleanField(_("vazgeçildi"), default=False)

    class Meta:
        verbose_name = _("ödül turu")
        verbose_name_plural = _("ödül turları")
        ordering = ["-computed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["year", "cadence", "number"], name="award_round_number_unique")]

    def __str__(self) -> str:
        return f"{self.year} {self.get_cadence_display()} / {self.number}"


class AwardList(VersionedModel):
    """The people of one rule before one authority: T-PR-1 of Edremit goes to the Kaymakamlık of Edremit."""

    round = models.ForeignKey(AwardRound, on_delete=models.CASCADE, related_name="lists", verbose_name=_("tur"))
    rule = models.ForeignKey(AwardRule, on_delete=models.PROTECT, related_name="lists", verbose_name=_("kural"))
    run = models.ForeignKey(
        RankingRun,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="award_lists",
        verbose_name=_("sıralama"),
    )
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="award_lists", verbose_name=_("ilçe")
    )
    authority = models.CharField(_("makam"), max_length=20, choices=AuthorityKind)
    status = models.CharField(
        _("durum"), max_length=10, choices=ListStatus, default=ListStatus.PROPOSED, editable=False
    )
    decision_number = models.CharField(_("kurul karar sayısı"), max_length=40, blank=True)
    decision_date = models.DateField(_("kurul karar tarihi"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    offered_at = models.DateTimeField(_("sunulma"), null=True, blank=True)
    offer_reason = models.TextField(_("teklif gerekçesi"), blank=True, max_length=2000)
    decline_reason = models.TextField(_("uygun görmeme gerekçesi"), blank=True, max_length=1000)
    grant_number = models.CharField(_("EBYS sayısı"), max_length=40, blank=True)
    grant_date = models.DateField(_("onay tarihi"), null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signatory = models.ForeignKey(
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("imzalayan makam")
    )
    job_id = models.UUIDField(_("belge basım işi"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("ödül listesi")
        verbose_name_plural = _("ödül listeleri")
        ordering = ["round", "rule__order", "district__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "rule", "district"], name="award_list_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.rule.code} / {self.district or self.get_authority_display()}"


class AwardLine(models.Model):
    """A person on a list, or one who was passed over, with the reason.

    Names and places are copied when the list is made: the list does not change when a person marries or moves.
    ``rank`` is null for a name that the board added.
    """

    list = models.ForeignKey(AwardList, on_delete=models.CASCADE, related_name="lines", verbose_name=_("liste"))
    position = models.PositiveIntegerField(_("liste sırası"))
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, blank=True, related_name="award_lines")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, null=True, blank=True, related_name="award_lines")
    ranking_row = models.ForeignKey(
        RankingRow, on_delete=models.PROTECT, null=True, blank=True, related_name="award_lines"
    )
    partition_key = models.CharField(_("bölüm"), max_length=120)
    category = models.CharField(_("kategori"), max_length=16, choices=Category, blank=True)
    rank = models.PositiveIntegerField(_("sıra"), null=True, blank=True)
    tied_at_cut = models.BooleanField(_("kesme sırasında eşitlik"), default=False)
    value = models.DecimalField(_("değer"), max_digits=16, decimal_places=4, null=True, blank=True)
    holder_name = models.CharField(_("ad soyad"), max_length=200)
    title = models.CharField(_("unvan"), max_length=60, blank=True)
    branch = models.CharField(_("branş"), max_length=80, blank=True)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    institution_name = models.CharField(_("kurum"), max_length=200, blank=True)
    document = models.CharField(_("belge"), max_length=16, choices=DocumentKind)
    status = models.CharField(_("durum"), max_length=12, choices=LineStatus, editable=False)
    passed_over_for = models.CharField(_("daha önce aldığı ödül"), max_length=40, blank=True)
    reason = models.TextField(_("gerekçe"), blank=True, max_length=1000)
    handed_over_date = models.DateField(_("teslim tarihi"), null=True, blank=True)
    mebbis_date = models.DateField(_("MEBBİS kayıt tarihi"), null=True, blank=True)

    class Meta:
        verbose_name = _("ödül satırı")
        verbose_name_plural = _("ödül satırları")
        ordering = ["list", "position"]
        constraints = [
            models.UniqueConstraint(fields=["list", "position"], name="award_line_position"),
            models.CheckConstraint(
                condition=Q(staff__isnull=False, student=None) | Q(staff=None, student__isnull=False),
                name="award_line_one_person",
            ),
            models.UniqueConstraint(fields=["list", "staff"], name="award_line_staff_unique"),
        ]
        indexes = [models.Index(fields=["staff", "status"], name="award_line_staff")]

    def __str__(self) -> str:
        return f"{self.rank}. {self.holder_name}"


class ListConfirmation(models.Model):
    """A board member's word that a list as it stands (``list_version``) is right.

    A member who is on the list, or whose own school is, may decide on it only after another one's confirmation.
    """

    list = models.ForeignKey(AwardList, on_delete=models.CASCADE, related_name="confirmations", verbose_name=_("liste"))
    list_version = models.PositiveIntegerField(_("listenin sürümü"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("teyit eden")
    )
    confirmed_at = models.DateTimeField(_("teyit zamanı"), auto_now_add=True)

    class Meta:
        verbose_name = _("liste teyidi")
        verbose_name_plural = _("liste teyitleri")
        ordering = ["list", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["list", "list_version", "confirmed_by"], name="list_confirmation_unique")
        ]

    def __str__(self) -> str:
        return f"{self.list_id} / {self.list_version}"


class AwardListReport(models.Model):
    """The printed report of a list at one version; made once by a job, served from the file."""

    list = models.ForeignKey(AwardList, on_delete=models.CASCADE, related_name="reports", verbose_name=_("liste"))
    list_version = models.PositiveIntegerField(_("listenin sürümü"))
    file = models.OneToOneField("common.StoredFile", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("oluşturulma"), auto_now_add=True)

    class Meta:
        verbose_name = _("liste raporu")
        verbose_name_plural = _("liste raporları")
        ordering = ["list", "-pk"]
        constraints = [models.UniqueConstraint(fields=["list", "list_version"], name="award_list_report_unique")]

    def __str__(self) -> str:
        return f"{self.list_id} / {self.list_version}"
