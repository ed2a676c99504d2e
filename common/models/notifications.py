"""Notices to people, how often their mail comes, and the mails that went out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class MailFrequency(models.TextChoices):
    """How often a person gets ordinary notices by mail."""

    INSTANT = "instant", "Hemen"
    DAILY = "daily", "Günde bir kez"
    WEEKLY = "weekly", "Haftada bir kez"
    NONE = "none", "Gönderilmesin"


class MailPreference(models.Model):
    """A person's own choice; who has no row gets the daily digest."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preference", verbose_name="kişi"
    )
    frequency = models.CharField(
        "e-posta sıklığı", max_length=7, choices=MailFrequency, default=MailFrequency.DAILY, db_index=True
    )
    changed_at = models.DateTimeField("değiştirildiği an", auto_now=True)

    class Meta:
        verbose_name = "e-posta tercihi"
        verbose_name_plural = "e-posta tercihleri"
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.get_frequency_display())


MAIL_ERRORS = (
    ("RecipientsRefused", "Sunucu alıcı adresini kabul etmedi"),
    ("SenderRefused", "Sunucu gönderen adresini kabul etmedi"),
    ("Authentication", "Sunucu kullanıcı adını ya da parolayı kabul etmedi"),
    ("DataError", "Sunucu iletinin içeriğini kabul etmedi"),
    ("Connect", "Posta sunucusuna bağlanılamadı"),
    ("Timeout", "Posta sunucusu zamanında yanıt vermedi"),
    ("gaierror", "Posta sunucusunun adı bulunamadı"),
    ("Disconnected", "Posta sunucusu bağlantıyı kapattı"),
)
"""Parts of error names and what they mean to the person who runs the site; the first that fits."""


class MailDelivery(models.Model):
    """One mail on its way or gone: the log of what was sent, to which address, and what came of it.

    It holds no words of the mail. ``due_at`` is the time of the next attempt while ``state`` is QUEUED. A mail that is
    sent again gets a row of its own, which points back by ``resend_of`` and takes the notices over.
    """

    class Kind(models.TextChoices):
        INSTANT = "instant", "Tek bildirim"
        DIGEST = "digest", "Özet"
        INVITATION = "invitation", "Hesap daveti"

    class State(models.TextChoices):
        QUEUED = "queued", "Gönderiliyor"
        SENT = "sent", "Gönderildi"
        FAILED = "failed", "Gönderilemedi"
        DROPPED = "dropped", "Vazgeçildi"

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="mail_deliveries",
        verbose_name="alıcı",
    )
    address = models.EmailField("adres")
    search_key = models.CharField("arama anahtarı", max_length=420, blank=True, editable=False)
    kind = models.CharField("tür", max_length=10, choices=Kind)
    reference = models.CharField("kaynak", max_length=60, blank=True)
    notice_count = models.PositiveSmallIntegerField("bildirim sayısı", default=0)
    state = models.CharField("durum", max_length=7, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField("deneme", default=0)
    created_at = models.DateTimeField("oluşturulduğu an", default=timezone.now)
    due_at = models.DateTimeField("sıradaki deneme", default=timezone.now)
    ended_at = models.DateTimeField("bittiği an", null=True, blank=True)
    error = models.CharField("hata", max_length=80, blank=True)
    resend_of = models.OneToOneField(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="resent_as",
        verbose_name="hangisinin yeniden gönderimi",
    )

    class Meta:
        verbose_name = "gönderim"
        verbose_name_plural = "gönderimler"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="delivery_list"),
            models.Index(fields=["state", "-created_at", "-id"], name="delivery_state"),
            models.Index(fields=["recipient", "-created_at", "-id"], name="delivery_own"),
            models.Index(fields=["due_at", "id"], name="delivery_due", condition=models.Q(state="queued")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="delivery_reference", condition=~models.Q(reference="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def can_be_resent(self) -> bool:
        """Whether the row alone forbids nothing; the service looks again."""
        return (
            self.state != self.State.QUEUED
            and self.recipient_id is not None
            and self.notice_count > 0
            and getattr(self, "resent_as", None) is None
        )

    @property
    def error_in_words(self) -> str:
        """Why the last attempt failed, with the name of the error in brackets; empty after a success."""
        if not self.error:
            return ""
        said = next((words for part, words in MAIL_ERRORS if part in self.error), "E-posta gönderilemedi")
        return f"{said} ({self.error})"

    @property
    def masked_address(self) -> str:
        """Enough to recognise one's own address, not enough to write to it: ``a•••@okul.example``."""
        name, _at, host = self.address.partition("@")
        return f"{name[:1]}•••@{host}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)


class Notification(models.Model):
    """A notice to one person: shown in the portal, announced by e-mail. Written in the transaction of its cause.

    ``mail_due_at`` is the moment from which its mail may go out: at once, or the person's next digest.
    """

    class MailState(models.TextChoices):
        DUE = "due", "Gönderilecek"
        QUEUED = "queued", "Gönderiliyor"
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
    mail_due_at = models.DateTimeField("e-posta zamanı", default=timezone.now)
    mailed_at = models.DateTimeField("e-postanın gittiği an", null=True, blank=True)
    delivery = models.ForeignKey(
        MailDelivery,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="notifications",
        verbose_name="gönderim",
    )

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
