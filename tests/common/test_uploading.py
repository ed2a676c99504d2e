"""Uploads above the limit are not kept, and reach the form as what they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from common.files import UploadRefused, store_upload
from common.uploading import LimitedUploadHandler, OversizedUpload
from tests.factories.common import pdf_bytes

HANDLERS = [
    "common.uploading.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]


@pytest.fixture(autouse=True)
def _handlers(settings: Any) -> None:
    settings.FILE_UPLOAD_HANDLERS = HANDLERS
    settings.UPLOAD_FILE_LIMIT = 1024 * 1024


@pytest.mark.parametrize("size", [2 * 1024 * 1024, 6 * 1024 * 1024])
def test_upload_above_the_limit_arrives_empty_and_marked(rf: RequestFactory, size: int) -> None:
    small = SimpleUploadedFile("kucuk.pdf", pdf_bytes())
    large = SimpleUploadedFile("buyuk.pdf", b"x" * size)

    request = rf.post("/", {"title": "Proje", "large": large, "small": small})

    assert request.POST["title"] == "Proje"
    marked = request.FILES["large"]
    assert isinstance(marked, OversizedUpload)
    assert (marked.name, marked.size > 1024 * 1024, marked.read()) == ("buyuk.pdf", True, b"")
    assert request.FILES["small"].read() == pdf_bytes()
    with pytest.raises(UploadRefused, match="sınırını aşıyor"):
        store_upload(upload=marked, by=None, purpose="evidence", limit_mb=100)


def test_chunks_above_the_limit_go_to_no_later_handler() -> None:
    handler = LimitedUploadHandler()
    handler.new_file("file", "a.pdf", "application/pdf", 0)
    megabyte = b"x" * 1024 * 1024
    assert handler.receive_data_chunk(megabyte, 0) == megabyte
    assert handler.receive_data_chunk(b"x", len(megabyte)) is None
    assert handler.receive_data_chunk(b"x", len(megabyte) + 1) is None
