"""Uploaded and made files: checked before they are kept, served through views alone.

A file is taken only if its extension, its signature and a full parse in the sandbox agree. The media folder has no
address; the app that points at a ``StoredFile`` decides who reads it and calls ``serve``.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from common.errors import UserError
from common.models import StoredFile
from common.sandbox import SandboxDied, run_limited

MEGABYTE = 1024 * 1024
FILE_LIMIT_MB = 20
INSPECT_MEMORY_MB = 1024
INSPECT_SECONDS = 30


logger = logging.getLogger(__name__)


class UploadRefused(UserError):
    """The file was not taken; the sentence says what to do."""


@dataclass(frozen=True)
class Kind:
    code: str
    extensions: tuple[str, ...]
    content_type: str
    inline: bool = False


KINDS = {
    kind.code: kind
    for kind in (
        Kind("pdf", ("pdf",), "application/pdf", inline=True),
        Kind("png", ("png",), "image/png", inline=True),
        Kind("jpeg", ("jpg", "jpeg"), "image/jpeg", inline=True),
        Kind("webp", ("webp",), "image/webp", inline=True),
        Kind("docx", ("docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        Kind("xlsx", ("xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Kind("csv", ("csv",), "text/csv"),
    )
}
EVIDENCE_KINDS = ("pdf", "png", "jpeg", "webp", "docx", "xlsx")
INLINE_TYPES = frozenset(kind.content_type for kind in KINDS.values() if kind.inline)

PDF_TYPE = KINDS["pdf"].content_type
BARE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'"
# A sandboxed answer keeps the browser's own PDF viewer from starting.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
RESERVED_NAMES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
NAME_LENGTH = 120


def accept_attribute(kinds: Iterable[str] = EVIDENCE_KINDS) -> str:
    """The ``accept`` attribute of a file field for these kinds."""
    return ",".join(f".{extension}" for kind in kinds for extension in KINDS[kind].extensions)


def store_upload(
    *,
    upload: UploadedFile,
    by: AbstractBaseUser | None,
    purpose: str,
    kinds: Iterable[str] = EVIDENCE_KINDS,
    limit_mb: int = FILE_LIMIT_MB,
) -> StoredFile:
    """Check the upload and keep it; images are kept re-encoded, without metadata.

    Raises ``UploadRefused`` with a sentence for the person. Slow (a child process): call it outside transactions.
    """
    name = clean_name(upload.name or "")
    kind = _kind_of(name, kinds)
    if getattr(upload, "too_large", False) or (upload.size or 0) > limit_mb * MEGABYTE:
        raise UploadRefused(
            _("Dosya %(limit)s MB sınırını aşıyor; küçültüp ya da bölerek yeniden yükleyiniz.") % {"limit": limit_mb}
        )
    if not upload.size:
        raise _refusal("empty", kinds)
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        taken, clean = Path(folder, "taken"), Path(folder, "clean")
        with taken.open("wb") as target:
            for chunk in upload.chunks():
                target.write(chunk)
        kept = _inspect(taken, clean, kind, kinds)
        with kept.open("rb") as source:
            return _store(source, name=name, content_type=kind.content_type, by=by, purpose=purpose)


def store_bytes(*, name: str, data: bytes, content_type: str, by: AbstractBaseUser | None, purpose: str) -> StoredFile:
    """Keep a file that the portal itself made (certificate, report, export)."""
    return _store(ContentFile(data), name=clean_name(name), content_type=content_type, by=by, purpose=purpose)


def store_path(*, name: str, path: Path, content_type: str, by: AbstractBaseUser | None, purpose: str) -> StoredFile:
    """As ``store_bytes`` for a file too big to hold in memory."""
    with path.open("rb") as source:
        return _store(source, name=clean_name(name), content_type=content_type, by=by, purpose=purpose)


def copy_to(stored: StoredFile, path: Path) -> None:
    """Write the content to a local path (input of a sandboxed reader)."""
    with stored.content.open("rb") as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, MEGABYTE)


def discard(stored: StoredFile) -> None:
    """Delete the row in the caller's transaction and the content once it is committed."""
    storage, name = stored.content.storage, str(stored.content.name)
    stored.delete()
    transaction.on_commit(lambda: storage.delete(name))


def serve(stored: StoredFile, inline: bool = False) -> FileResponse:
    """The answer that carries the file: a download unless ``inline`` is asked for and the type is safe to show.

    The caller has already decided that the person may read it. Raises ``Http404`` if the content is gone.
    """
    shown = inline and stored.content_type in INLINE_TYPES
    try:
        content = stored.content.open("rb")
    except FileNotFoundError:
        logger.error("content of stored file %s is missing", stored.pk)
        raise Http404 from None
    response = FileResponse(
        content,
        as_attachment=not shown,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Content-Security-Policy"] = PDF_POLICY if shown and stored.content_type == PDF_TYPE else BARE_POLICY
    return response


def clean_name(name: str) -> str:
    """A shown name without path, control, direction and reserved characters, at most 120 long, extension kept."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(c for c in UNSAFE_IN_NAMES.sub("", name) if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    stem, dot, extension = " ".join(name.split()).strip(". ").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    stem = stem.strip(". ")[: NAME_LENGTH - len(extension[:10]) - 1] or "dosya"
    if RESERVED_NAMES.match(f"{stem}."):
        stem = f"_{stem}"
    return f"{stem}.{extension[:10]}" if extension else stem


def _kind_of(name: str, kinds: Iterable[str]) -> Kind:
    extension = name.rpartition(".")[2].lower()
    for code in kinds:
        if extension in KINDS[code].extensions:
            return KINDS[code]
    raise _refusal("kind", kinds)


def _inspect(taken: Path, clean: Path, kind: Kind, kinds: Iterable[str]) -> Path:
    try:
        verdict: dict[str, Any] = run_limited(
            "common.file_inspection:inspect",
            {"path": str(taken), "kind": kind.code, "clean_path": str(clean)},
            memory_mb=INSPECT_MEMORY_MB,
            seconds=INSPECT_SECONDS,
        )
    except SandboxDied:
        raise _refusal("bomb", kinds) from None
    if "refused" in verdict:
        raise _refusal(verdict["refused"], kinds)
    return clean if verdict["rewritten"] else taken


def _refusal(reason: str, kinds: Iterable[str]) -> UploadRefused:
    listed = ", ".join(KINDS[kind].extensions[0].upper() for kind in kinds)
    sentences = {
        "kind": _("Bu dosya türü kabul edilmiyor; %(kinds)s dosyası yükleyiniz."),
        "empty": _("Dosya boş; içeriğini denetleyip yeniden yükleyiniz."),
        "mismatch": _("Dosyanın içeriği uzantısıyla uyuşmuyor; kendi programında açıp %(kinds)s olarak kaydediniz."),
        "broken": _("Dosya bozuk ya da yarım; kendi programında açıp yeniden kaydettikten sonra yükleyiniz."),
        "pixels": _("Görsel 40 megapikselden büyük; küçülterek yeniden yükleyiniz."),
        "encrypted": _("Dosya parola korumalı; korumasını kaldırıp yeniden yükleyiniz."),
        "active": _("Dosyada betik, makro ya da gömülü dosya var; sade bir kopyasını PDF olarak kaydedip yükleyiniz."),
        "bomb": _("Dosya güvenle açılamayacak kadar karmaşık; sade bir kopyasını kaydedip yeniden yükleyiniz."),
    }
    return UploadRefused(sentences[reason] % {"kinds": listed})


def _store(source: IO[bytes], *, name: str, content_type: str, by: AbstractBaseUser | None, purpose: str) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(MEGABYTE):
        digest.update(chunk)
        size += len(chunk)
    source.seek(0)
    stored = StoredFile(
        name=name,
        content_type=content_type,
        size=size,
        sha256=digest.hexdigest(),
        purpose=purpose,
        uploaded_by=cast(Any, by),
    )
    stored.content.save("file", File(source), save=False)
    stored.save(force_insert=True)
    return stored
