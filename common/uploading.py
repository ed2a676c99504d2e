"""Counts an upload while it streams in: beyond the limit nothing is kept and the file arrives marked as too large."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class OversizedUpload(UploadedFile):
    """What is left of an upload above the limit: its name and its size. ``store_upload`` refuses it with a sentence."""

    too_large = True


class LimitedUploadHandler(FileUploadHandler):
    """Stands first in ``FILE_UPLOAD_HANDLERS``; ``UPLOAD_FILE_LIMIT`` (bytes) is the most that one file may bring."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0
        self.limit = settings.UPLOAD_FILE_LIMIT

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        return raw_data if self.received <= self.limit else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.received <= self.limit:
            return None
        return OversizedUpload(
            file=ContentFile(b""), name=self.file_name, content_type=self.content_type, size=self.received
        )
