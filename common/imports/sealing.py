"""Files with identity numbers rest sealed: encrypted under a key derived from ``SECRET_KEY``, for some days only."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _

from common import files
from common.errors import UserError
from common.models import StoredFile

PURPOSE = "import"


def keep_sealed(*, name: str, data: bytes, by: AbstractBaseUser | None) -> StoredFile:
    """Store ``data`` encrypted under its shown name."""
    return files.store_bytes(
        name=name, data=_box().encrypt(data), content_type="application/octet-stream", by=by, purpose=PURPOSE
    )


def unsealed(stored: StoredFile) -> bytes:
    """The content in clear. Raises ``UserError`` when the key has changed since."""
    with stored.content.open("rb") as source:
        try:
            return _box().decrypt(source.read())
        except InvalidToken as error:
            raise UserError(_("Dosya artık açılamıyor; yeniden gönderiniz.")) from error


def unseal_to(stored: StoredFile, path: Path) -> None:
    path.write_bytes(unsealed(stored))


def _box() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", [])]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"bigep.imports\x00" + secret.encode()).digest())
