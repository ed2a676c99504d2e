from __future__ import annotations

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse

from common.models.files import StoredFile
from common.models.jobs import Job


class ImportBatch(models.Model):
    """One file sent in, from its check to its undoing.

    ``scope`` says where it goes (``{"province": 10, "year": "2020-2021", ...}``) in words that this app needs not
    understand. ``counts`` holds rows, created, updated, unchanged and refused. ``undo`` holds, packed, what taking it
    back needs. The file holds identity numbers, so it is kept sealed and only for some days.
    """

    class State(models.TextChoices):
        CHECKING = "checking", "Kontrol ediliyor"
        REFUSED = "refused", "Reddedildi"
        PREVIEW = "preview", "Onay bekliyor"
        APPLYING = "applying", "Aktarılıyor"
        APPLIED = "applied", "Aktarıldı"
        UNDOING = "undoing", "Geri alınıyor"
        UNDONE = "undone", "Geri alındı"
        CANCELLED = "cancelled", "Vazgeçildi"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("tür", max_length=40)
    scope = models.JSONField("kapsam", default=dict)
    file_name = models.CharField("dosya adı", max_length=150)
    sha256 = models.CharField("dosyanın SHA-256 özeti", max_length=64)
    file = models.OneToOneField(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="dosya",
    )
    refused_file = models.OneToOneField(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="reddedilen satırlar",
    )
    state = models.CharField("durum", max_length=10, choices=State, default=State.CHECKING)
    skip_refused = models.BooleanField("hatalı satırlar dışarıda bırakılsın", default=False)
    message = models.TextField("açıklama", blank=True)
    counts = models.JSONField("sayılar", default=dict)
    errors = models.JSONField("hatalar", default=list, encoder=DjangoJSONEncoder)
    preview = models.JSONField("önizleme", default=dict, encoder=DjangoJSONEncoder)
    undo = models.BinaryField("geri alma bilgisi", null=True, blank=True)
    job = models.ForeignKey(
        Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="son iş"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="gönderen",
    )
    created_at = models.DateTimeField("gönderildiği an", auto_now_add=True)
    applied_at = models.DateTimeField("aktarıldığı an", null=True, blank=True)
    undone_at = models.DateTimeField("geri alındığı an", null=True, blank=True)

    class Meta:
        verbose_name = "veri aktarımı"
        verbose_name_plural = "veri aktarımları"
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["kind", "-created_at"], name="import_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("common:import_detail", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.APPLYING, self.State.UNDOING)
