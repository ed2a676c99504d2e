from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)


class Notification(models.Model):
    """A notice to one person: shown in the portal, announced by e-mail. Written in the transaction of its cause."""

    class MailState(models.TextChoices):
        DUE = "due", "Gönderilecek"
        SENT = "sent", "Gönderildi"
        FAILED = "failed", "Gönderilemedi"
        NONE = "none", "E-posta yok"

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", verbose_name="alıcı"
    )
    kind = models.CharField("tür", max_length=60)
    subject = models.CharField("konu", max_length=200)
    body = models.TextField("metin", blank=True)
    url = models.CharField("bağlantı", max_length=300, blank=True)
    dedupe = models.CharField("teklik anahtarı", max_length=120, blank=True)
    created_at = models.DateTimeField("oluşturulduğu an", default=timezone.now)
    read_at = models.DateTimeField("okunduğu an", null=True, blank=True)

    mail_state = models.CharField("e-posta durumu", max_length=6, choices=MailState, default=MailState.DUE)
    mail_attempts = models.PositiveSmallIntegerField("e-posta denemesi", default=0)
    mail_due_at = models.DateTimeField("e-posta zamanı", default=timezone.now)
    mailed_at = models.DateTimeField("e-postanın gittiği an", null=True, blank=True)
    error = models.CharField("e-posta hatası", max_length=300, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "bildirim"
        verbose_name_plural = "bildirimler"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="notification_list"),
            models.Index(fields=["recipient"], name="notification_unread", condition=models.Q(read_at=None)),
            models.Index(fields=["mail_due_at", "id"], name="notification_due", condition=models.Q(mail_state="due")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "dedupe"], name="notification_dedupe", condition=~models.Q(dedupe="")
            ),
        ]

    def __str__(self) -> str:
        return self.subject
