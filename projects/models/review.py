"""What reviewers keep beside a claim: decisions not announced yet, notes, questions, opinions, their own filters."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.catalogue import ProgrammeItem
from projects.models.claims import Claim, ReviewReason
from projects.workflow import Decision


class StagedDecision(models.Model):
    """A decision that has been taken and not announced: the claim itself stays as it is until then.

    Only reviewers may read it; announcing carries it out by the service of the single decision and deletes the row.
    """

    claim = models.OneToOneField(Claim, on_delete=models.CASCADE, related_name="staged", verbose_name=_("talep"))
    action = models.CharField(_("karar"), max_length=10, choices=Decision)
    reason = models.ForeignKey(
        ReviewReason, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("gerekçe")
    )
    text = models.TextField(_("karar açıklaması"), blank=True, max_length=2000)
    points = models.DecimalField(
        _("bağımsız puan"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    justification = models.TextField(_("bağımsız puanın gerekçesi"), blank=True, max_length=2000)
    level = models.ForeignKey(
        ProgrammeItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("düzey")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="staged_decisions",
        verbose_name=_("karar veren"),
    )
    at = models.DateTimeField(_("karar zamanı"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("duyurulacak karar")
        verbose_name_plural = _("duyurulacak kararlar")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["by", "at"], name="staged_by")]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.claim}"


class ReviewNote(models.Model):
    """A note among reviewers; the school never sees it."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="notes", verbose_name=_("talep"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("zaman"), default=timezone.now, editable=False)
    text = models.TextField(_("not"), max_length=2000)

    class Meta:
        verbose_name = _("inceleme notu")
        verbose_name_plural = _("inceleme notları")
        ordering = ["claim", "at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class ClaimQuestion(models.Model):
    """A question to the school inside the project; it waits until ``answered_at`` is set."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="questions", verbose_name=_("talep"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("soru zamanı"), default=timezone.now, editable=False)
    text = models.TextField(_("soru"), max_length=2000)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("cevap zamanı"), null=True, blank=True)
    answer = models.TextField(_("cevap"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("okula soru")
        verbose_name_plural = _("okula sorular")
        ordering = ["claim", "asked_at", "pk"]
        indexes = [
            models.Index(fields=["claim"], name="question_waiting", condition=Q(answered_at=None)),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class SecondOpinion(models.Model):
    """An opinion asked of a colleague of the team; ``advice`` is empty until it is given."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="opinions", verbose_name=_("talep"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="opinions_asked",
        verbose_name=_("görüşü sorulan"),
    )
    asked_at = models.DateTimeField(_("isteme zamanı"), default=timezone.now, editable=False)
    text = models.TextField(_("sorulan"), blank=True, max_length=2000)
    advice = models.CharField(_("görüş"), max_length=10, choices=Decision, blank=True)
    answer = models.TextField(_("görüşün açıklaması"), blank=True, max_length=2000)
    answered_at = models.DateTimeField(_("görüş zamanı"), null=True, blank=True)

    class Meta:
        verbose_name = _("ikinci görüş")
        verbose_name_plural = _("ikinci görüşler")
        ordering = ["claim", "asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "asked_of"], condition=Q(answered_at=None), name="opinion_waiting_unique"
            )
        ]
        indexes = [models.Index(fields=["asked_of"], name="opinion_waiting", condition=Q(answered_at=None))]

    def __str__(self) -> str:
        return f"{self.asked_of}: {self.get_advice_display()}"


class SavedFilter(models.Model):
    """A filter that somebody keeps under a name: the part of an address behind ``?``."""

    class Place(models.TextChoices):
        QUEUE = "queue", _("İnceleme sırası")
        LIST = "list", _("Projeler")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    place = models.CharField(_("sayfa"), max_length=10, choices=Place)
    name = models.CharField(_("ad"), max_length=60)
    query = models.CharField(_("süzgeç"), max_length=500)

    class Meta:
        verbose_name = _("kayıtlı süzgeç")
        verbose_name_plural = _("kayıtlı süzgeçler")
        ordering = ["user", "place", "name"]
        constraints = [models.UniqueConstraint(fields=["user", "place", "name"], name="saved_filter_unique")]

    def __str__(self) -> str:
        return self.name
