from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


def random_storage_name(instance: StoredFile, filename: str) -> str:
    """A name that says nothing about the content or its owner; the shown name lives in the row."""
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name[2:]}"


class StoredFile(models.Model):
    """A checked file, served by ``common.files.serve`` alone; the app that points at it decides who may read it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content = models.FileField("içerik", upload_to=random_storage_name, max_length=100)
    name = models.CharField("dosya adı", max_length=150)
    content_type = models.CharField("tür", max_length=100)
    size = models.PositiveBigIntegerField("boyut (bayt)")
    sha256 = models.CharField("SHA-256", max_length=64)
    purpose = models.CharField("amaç", max_length=40)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="yükleyen",
    )
    created_at = models.DateTimeField("yüklendiği an", auto_now_add=True)

    class Meta:
        verbose_name = "dosya"
        verbose_name_plural = "dosyalar"
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["sha256"], name="stored_file_sha256")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")
