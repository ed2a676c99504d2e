from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class AppendOnlyError(TypeError):
    """An audit row was about to be changed or deleted."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("audit rows are never changed")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("audit rows are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("audit rows are never deleted")


class AuditEntry(models.Model):
    """One change: who did what to which object, with the values before and after. Never changed, never deleted.

    The label columns keep what was true at that moment; they outlive the objects they name.
    """

    at = models.DateTimeField("zaman", auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="yapan",
    )
    actor_label = models.CharField("yapanın adı", max_length=200, blank=True)
    action = models.CharField("işlem", max_length=80)
    target_type = models.CharField("nesne türü", max_length=100, blank=True)
    target_id = models.CharField("nesne no", max_length=64, blank=True)
    target_label = models.CharField("nesne", max_length=300, blank=True)
    before = models.JSONField("önce", null=True, blank=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("sonra", null=True, blank=True, encoder=DjangoJSONEncoder)
    note = models.TextField("not", blank=True)
    ip = models.GenericIPAddressField("IP adresi", null=True, blank=True)
    request_id = models.CharField("istek no", max_length=64, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = "denetim kaydı"
        verbose_name_plural = "denetim kayıtları"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["target_type", "target_id", "-id"], name="audit_target"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["-at", "-id"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("audit rows are never changed")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("audit rows are never deleted")
