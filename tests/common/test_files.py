"""What may be uploaded, what is refused with which sentence, and how files are served."""

from __future__ import annotations

import hashlib
import io
import struct
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from PIL import Image

from common import files
from common.files import UploadRefused, clean_name, store_bytes, store_upload
from common.models import StoredFile
from tests.factories.accounts import UserFactory
from tests.factories.common import failing_transaction, image_bytes, pdf_bytes, upload

pytestmark = pytest.mark.django_db

WORD_TYPES = b'<Types><Override ContentType="application/x.wordprocessingml.document.main+xml"/></Types>'
SHEET_TYPES = b'<Types><Override ContentType="application/x.spreadsheetml.sheet.main+xml"/></Types>'


def office(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def docx(**more: bytes) -> bytes:
    return office({"[Content_Types].xml": WORD_TYPES, "word/document.xml": b"<w/>"} | more)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size: one bit a pixel, all of it compressed to almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (height * (width // 8 + 1)), 9) if width * height < 10**9 else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf_with_object_stream(content: bytes, header: bytes = b"/Filter /FlateDecode") -> bytes:
    packed = zlib.compress(content) if b"Flate" in header else content
    body = b"<< /Type /ObjStm /N 1 /First 4 " + header + b" /Length %d >>" % len(packed)
    return pdf_bytes().replace(
        b"xref\n0", b"9 0 obj\n" + body + b"\nstream\n" + packed + b"\nendstream\nendobj\nxref\n0"
    )


def cut_object_stream() -> bytes:
    """The end of the packed data is missing: what it would hold can't be judged."""
    packed = zlib.compress(b"1 0 << /S /JavaScript >>")
    return pdf_with_object_stream(b"1 0 << /S /JavaScript >>").replace(packed, packed[:-8])


def with_moved_xref(data: bytes) -> bytes:
    at = data.index(b"xref\n0")
    head, _sep, _tail = data.rpartition(b"startxref")
    return head + b"startxref\n%d\n%%%%EOF\n" % at


PNG, JPEG, WEBP, PDF = image_bytes(), image_bytes("JPEG"), image_bytes("WEBP"), pdf_bytes()
XLSX = office({"[Content_Types].xml": SHEET_TYPES, "xl/workbook.xml": b"<w/>", "xl/printerSettings1.bin": b"x"})


def take(name: str, data: bytes, **options: Any) -> StoredFile:
    return store_upload(upload=upload(name, data), by=None, purpose="evidence", **options)


@pytest.mark.parametrize(
    ("name", "data", "content_type"),
    [
        ("belge.pdf", PDF, "application/pdf"),
        ("BELGE.PDF", PDF, "application/pdf"),
        ("nesne.pdf", with_moved_xref(pdf_with_object_stream(b"1 0 << /Type /Font >>")), "application/pdf"),
        ("resim.png", PNG, "image/png"),
        ("resim.jpg", JPEG, "image/jpeg"),
        ("resim.jpeg", JPEG, "image/jpeg"),
        ("resim.webp", WEBP, "image/webp"),
        ("yazı.docx", docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("tablo.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_honest_files_are_taken(name: str, data: bytes, content_type: str) -> None:
    person = UserFactory()
    stored = store_upload(upload=upload(name, data), by=person, purpose="evidence")
    kept = stored.content.read()
    assert (stored.name, stored.content_type, stored.uploaded_by) == (name, content_type, person)
    assert (stored.size, stored.sha256) == (len(kept), hashlib.sha256(kept).hexdigest())
    assert name.rpartition(".")[0] not in stored.content.name
    if not stored.is_image:
        assert kept == data


KIND, EMPTY, MISMATCH = "kabul edilmiyor", "boş", "uyuşmuyor"
BROKEN, PIXELS, LOCKED, ACTIVE, BOMB = "bozuk", "megapiksel", "parola korumalı", "betik", "karmaşık"

REFUSED = [
    ("betik.html", b"<script>1</script>", KIND),
    ("resim.svg", b"<svg onload='x'/>", KIND),
    ("resim.gif", b"GIF89a", KIND),
    ("arsiv.zip", docx(), KIND),
    ("program.exe", b"MZ", KIND),
    ("resim.jpg.php", JPEG, KIND),
    ("resim.php%00.jpg.php", JPEG, KIND),
    ("adsiz", PDF, KIND),
    ("makro.docm", docx(), KIND),
    ("makro.xlsm", XLSX, KIND),
    ("eski.doc", b"\xd0\xcf\x11\xe0", KIND),
    ("tablo.csv", b"a;b", KIND),
    ("bos.pdf", b"", EMPTY),
    ("bos.png", b"", EMPTY),
    ("resim.png", JPEG, MISMATCH),
    ("resim.jpg", PNG, MISMATCH),
    ("resim.png", b"<html>", MISMATCH),
    ("resim.webp", b"RIFF\0\0\0\0AVI LIST", MISMATCH),
    ("belge.pdf", PNG, MISMATCH),
    ("belge.pdf", b"<html>" + PDF, MISMATCH),
    ("belge.pdf", b"GIF89a" + PDF, MISMATCH),
    ("yazi.docx", PDF, MISMATCH),
    ("yazi.docx", XLSX, MISMATCH),
    ("tablo.xlsx", docx(), MISMATCH),
    ("tablo.xlsx", office({"a": b"b"}), MISMATCH),
    ("yazi.docx", docx(**{"[Content_Types].xml": WORD_TYPES.replace(b"x.", b"macroEnabled.")}), MISMATCH),
    ("resim.png", PNG[:40], BROKEN),
    ("resim.png", PNG[:8] + b"<script>alert(1)</script>", BROKEN),
    ("resim.jpg", JPEG[:100], BROKEN),
    ("resim.jpg", b"\xff\xd8\xff" + b"<?php" * 40, BROKEN),
    ("resim.webp", WEBP[:20], BROKEN),
    ("belge.pdf", PDF[:-30], BROKEN),
    ("belge.pdf", PDF + b"<script>alert(1)</script>", BROKEN),
    ("belge.pdf", PDF + b"PK\x03\x04", BROKEN),
    ("belge.pdf", b"%PDF-1.4\nstartxref\n999999\n%%EOF", BROKEN),
    ("belge.pdf", b"%PDF-1.4\nstartxref\n0\n%%EOF", BROKEN),
    ("belge.pdf", b"%PDF-1.4\n" + b"A" * 5000, BROKEN),
    ("yazi.docx", docx()[:-20], BROKEN),
    ("yazi.docx", b"PK\x03\x04" + b"\0" * 100, BROKEN),
    ("dev.png", png_header(30_000, 30_000), PIXELS),
    ("dev.png", png_header(100_000, 100_000), PIXELS),
    ("dev.png", png_header(8_000, 5_001), PIXELS),
    ("belge.pdf", pdf_bytes(b"/Encrypt 5 0 R"), LOCKED),
    ("belge.pdf", pdf_bytes(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), ACTIVE),
    ("belge.pdf", pdf_bytes(b"/OpenAction << /S /J#61v#61Script /J#53 (1) >>"), ACTIVE),
    ("belge.pdf", pdf_bytes(b"/AA << /O << /S /JS >> >>"), ACTIVE),
    ("belge.pdf", pdf_bytes(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), ACTIVE),
    ("belge.pdf", pdf_bytes(b"/Names << /EmbeddedFiles 5 0 R >>"), ACTIVE),
    ("belge.pdf", pdf_bytes(b"/EF << /F 5 0 R >> /Type /EmbeddedFile"), ACTIVE),
    ("belge.pdf", pdf_bytes(b"/AcroForm << /XFA 5 0 R >>"), ACTIVE),
    ("belge.pdf", pdf_bytes(b"/A << /S /SubmitForm >>"), ACTIVE),
    ("belge.pdf", pdf_bytes(b"/A << /S /GoToE >>"), ACTIVE),
    ("belge.pdf", with_moved_xref(pdf_with_object_stream(b"1 0 << /S /JavaScript >>")), ACTIVE),
    ("belge.pdf", with_moved_xref(pdf_with_object_stream(b"1 0 << /S /J#61vaScript >>")), ACTIVE),
    ("belge.pdf", with_moved_xref(pdf_with_object_stream(b"1 0 << /S /JS >>", b"")), ACTIVE),
    ("belge.pdf", with_moved_xref(pdf_with_object_stream(b"x", b"/Filter /ASCIIHexDecode")), ACTIVE),
    ("belge.pdf", with_moved_xref(pdf_with_object_stream(b"x", b"/Filter [/ASCII85Decode /FlateDecode]")), ACTIVE),
    ("yazi.docx", docx(**{"word/vbaProject.bin": b"x"}), ACTIVE),
    ("yazi.docx", docx(**{"word/embeddings/oleObject1.bin": b"x"}), ACTIVE),
    ("yazi.docx", docx(**{"word/activeX/activeX1.xml": b"x"}), ACTIVE),
    ("tablo.xlsx", docx(**{"xl/workbook.xml": b"", "x.exe": b"MZ"}), ACTIVE),
    (
        "belge.pdf",
        with_moved_xref(pdf_with_object_stream(b"x", b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>")),
        ACTIVE,
    ),
    ("belge.pdf", with_moved_xref(cut_object_stream()), BROKEN),
    ("belge.pdf", with_moved_xref(pdf_with_object_stream(b"\0" * 70_000_000)), BOMB),
    ("yazi.docx", docx(**{"word/media/image1.png": b"\0" * 5_000_000}), BOMB),
    ("yazi.docx", docx(**{f"word/{number}.xml": b"" for number in range(2100)}), BOMB),
]


@pytest.mark.parametrize(("name", "data", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_hostile_files_are_refused_with_the_right_sentence(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(UploadRefused, match=sentence) as refusal:
        take(name, data)
    assert str(refusal.value).endswith("niz.")
    assert not StoredFile.objects.exists()


def test_pages_full_of_brackets_are_judged_in_seconds() -> None:
    body = b"%PDF-1.4\n" + b"<<" * 4_000_000 + b"\n"
    began = time.monotonic()
    assert take("belge.pdf", body + b"xref\nstartxref\n%d\n%%%%EOF" % len(body)).size > 8_000_000
    assert time.monotonic() - began < 5


def test_office_part_that_unpacks_to_more_than_it_declares_is_refused() -> None:
    data = bytearray(docx(**{"word/media/a.xml": b"A" * 4000}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.rindex(signature)
        data[at + offset : at + offset + 4] = struct.pack("<I", 10)
    with pytest.raises(UploadRefused, match=f"{BOMB}|{BROKEN}"):
        take("yazi.docx", bytes(data))


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP")])
def test_images_are_kept_without_metadata_and_upright(name: str, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Kamera Sahibi"
    tail = b"<script>alert(1)</script>" if kind != "WEBP" else b""
    data = image_bytes(kind, (40, 20), exif=exif, comment=b"gizli yorum", xmp=b"<x>gizli</x>") + tail
    kept = take(name, data).content.read()
    for secret in (b"Kamera", b"Exif", b"EXIF", b"eXIf", b"gizli", b"script"):
        assert secret not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.size, dict(picture.getexif()), picture.format) == ((20, 40), {}, kind)


def test_size_limit_is_told_in_megabytes() -> None:
    with pytest.raises(UploadRefused, match="Dosya 1 MB sınırını aşıyor; küçültüp ya da bölerek yeniden yükleyiniz"):
        take("belge.pdf", PDF + b" " * 1024 * 1024, limit_mb=1)


def test_csv_is_taken_only_where_tables_are_wanted() -> None:
    kinds = ("xlsx", "csv")
    assert take("okullar.csv", "kod;ad\n1;İvrindi".encode("cp1254"), kinds=kinds).content_type == "text/csv"
    for disguised in (PDF, PNG, b"a;b\0c"):
        with pytest.raises(UploadRefused, match=MISMATCH):
            take("okullar.csv", disguised, kinds=kinds)
    with pytest.raises(UploadRefused, match="XLSX, CSV dosyası yükleyiniz"):
        take("belge.pdf", PDF, kinds=kinds)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\rapor.pdf", "rapor.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("rapor\r\nSet-Cookie: x.pdf", "raporSet-Cookie x.pdf"),
        ("gpj.\u202eexe.pdf", "gpj.exe.pdf"),
        ("CON.pdf", "_CON.pdf"),
        (".htaccess", "htaccess"),
        ("  Öğrenme   Şenliği 🎉 .pdf ", "Öğrenme Şenliği 🎉.pdf"),
        ("I\u0307zin.pdf", "İzin.pdf"),
        ("...", "dosya"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_shown_names_are_clean(given: str, shown: str) -> None:
    assert clean_name(given) == shown


def test_download_is_an_attachment_that_runs_nothing() -> None:
    stored = store_bytes(name="İzin şartı.html", data=b"<b>", content_type="text/html", by=None, purpose="report")
    for inline in (False, True):
        answer = files.serve(stored, inline=inline)
        assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%C4%B0zin%20%C5%9Fart%C4%B1.html"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'self'"
        assert answer["Cache-Control"] == "private, no-store"
        assert b"".join(answer.streaming_content) == b"<b>"


def test_pictures_and_pdf_open_in_the_page_when_asked() -> None:
    picture, paper = take("a.png", PNG), take("a.pdf", PDF)
    assert files.serve(picture, inline=True)["Content-Disposition"] == 'inline; filename="a.png"'
    assert "sandbox" in files.serve(picture, inline=True)["Content-Security-Policy"]
    assert files.serve(paper, inline=True)["Content-Disposition"] == 'inline; filename="a.pdf"'
    assert "sandbox" not in files.serve(paper, inline=True)["Content-Security-Policy"]
    assert files.serve(paper)["Content-Disposition"] == 'attachment; filename="a.pdf"'


def test_missing_content_is_not_found() -> None:
    stored = take("a.pdf", PDF)
    Path(stored.content.path).unlink()
    with pytest.raises(Http404):
        files.serve(stored)


def test_media_folder_has_no_address(client: Client, settings: Any) -> None:
    stored = take("a.pdf", PDF)
    for guess in (f"/media/{stored.content.name}", f"/{stored.content.name}", f"/static/{stored.content.name}"):
        assert client.get(guess).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_discarded_file_stays_until_the_commit() -> None:
    stored = take("a.pdf", PDF)
    path = Path(stored.content.path)
    with failing_transaction():
        files.discard(stored)
    assert path.exists()
    assert StoredFile.objects.count() == 1
    files.discard(StoredFile.objects.get())
    assert not path.exists()


def test_accept_attribute_lists_the_extensions() -> None:
    assert files.accept_attribute() == ".pdf,.png,.jpg,.jpeg,.webp,.docx,.xlsx"
