"""The account with which a person signs in: an e-mail address and a name, nothing else."""

from __future__ import annotations

from typing import Any

import rules
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person's account. What it may do comes from seats (``schools.authority``), not from here.

    ``is_superuser`` marks the system administrator. ``mfa_exempt`` lets demo accounts in without a
    second factor; nothing in the interface sets it.
    """

    email = models.EmailField(_("e-posta"), unique=True)
    full_name = models.CharField(_("ad soyad"), max_length=160)
    is_active = models.BooleanField(_("etkin"), default=True)
    is_staff = models.BooleanField(_("yönetim ekranına girebilir"), default=False)
    mfa_exempt = models.BooleanField(_("ikinci adım istenmez (deneme hesabı)"), default=False)
    created_at = models.DateTimeField(_("oluşturulma"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("hesap")
        verbose_name_plural = _("hesaplar")
        ordering = ["email"]

    def __str__(self) -> str:
        return self.full_name or self.email

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """The rules alone decide: being a system administrator opens nothing that a rule doesn't name."""
        return self.is_active and rules.has_perm(perm, self, obj)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email
