from __future__ import annotations

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse


class Job(models.Model):
    """A piece of background work. This row is the truth about it; the broker only wakes a worker.

    ``attempt`` and ``token`` are written before the work starts. Every later write of a worker is conditional on its
    token, so a worker that lost its lease can change nothing.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Sırada"
        RUNNING = "running", "Çalışıyor"
        DONE = "done", "Tamamlandı"
        FAILED = "failed", "Tamamlanamadı"
        DENIED = "denied", "Yetki yok"
        DEAD = "dead", "Durduruldu"

    UNFINISHED = (State.QUEUED, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("tür", max_length=60)
    label = models.CharField("başlık", max_length=200, blank=True)
    params = models.JSONField("girdiler", default=dict, encoder=DjangoJSONEncoder)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="başlatan",
    )
    state = models.CharField("durum", max_length=10, choices=State, default=State.QUEUED)
    once_key = models.CharField("teklik anahtarı", max_length=120, blank=True)

    attempt = models.PositiveSmallIntegerField("deneme", default=0)
    max_attempts = models.PositiveSmallIntegerField("en çok deneme", default=3)
    token = models.UUIDField("çalışma anahtarı", null=True, blank=True)
    lease_until = models.DateTimeField("kira sonu", null=True, blank=True)
    heartbeat_at = models.DateTimeField("son yaşam belirtisi", null=True, blank=True)
    wake_at = models.DateTimeField("yeniden uyandırma anı")

    progress_done = models.PositiveBigIntegerField("yapılan", default=0)
    progress_total = models.PositiveBigIntegerField("toplam", default=0)
    progress_text = models.CharField("ilerleme", max_length=200, blank=True)
    steps = models.JSONField("tamamlanan adımlar", default=dict, encoder=DjangoJSONEncoder)
    result = models.JSONField("sonuç", null=True, blank=True, encoder=DjangoJSONEncoder)
    error = models.TextField("hata", blank=True)

    created_at = models.DateTimeField("oluşturulduğu an", auto_now_add=True)
    started_at = models.DateTimeField("başladığı an", null=True, blank=True)
    finished_at = models.DateTimeField("bittiği an", null=True, blank=True)

    class Meta:
        verbose_name = "arka plan işi"
        verbose_name_plural = "arka plan işleri"
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(
                fields=["wake_at", "id"], name="job_unfinished", condition=models.Q(state__in=["queued", "running"])
            ),
            models.Index(fields=["owner", "-created_at"], name="job_owner"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "once_key"],
                name="job_once",
                condition=models.Q(state__in=["queued", "running"]) & ~models.Q(once_key=""),
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.kind

    def get_absolute_url(self) -> str:
        return reverse("common:job", args=[self.pk])

    @property
    def is_finished(self) -> bool:
        return self.state not in self.UNFINISHED

    @property
    def percent(self) -> int | None:
        """Share done in whole percent, 0 to 100; None while the total is unknown."""
        if not self.progress_total:
            return None
        return min(100, self.progress_done * 100 // self.progress_total)

    @property
    def redirect_url(self) -> str:
        """Where the result is to be seen: a path of this portal, or nothing."""
        url = str((self.result or {}).get("redirect_url") or "")
        return url if url.startswith("/") and not url.startswith("//") else ""
