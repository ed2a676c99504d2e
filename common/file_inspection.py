"""Full check of one uploaded file; runs in the sandbox child, so nothing here may import Django.

``inspect`` answers with the checked kind, or with the code of a refusal that ``common.files`` turns into a sentence.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

PIXEL_LIMIT = 40_000_000
ZIP_ENTRIES = 2000
ZIP_UNPACKED = 200 * 1024 * 1024
ZIP_RATIO = 100
ZIP_RATIO_FROM = 1024 * 1024
PDF_OBJECT_STREAMS = 64 * 1024 * 1024

SIGNATURES = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpeg": (b"\xff\xd8\xff",),
    "webp": (b"RIFF",),
    "docx": (b"PK\x03\x04",),
    "xlsx": (b"PK\x03\x04",),
}
IMAGE_FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
# Modes kept as they are, the mode for all others, and how to save.
IMAGE_SAVING: dict[str, tuple[frozenset[str], str, dict[str, Any]]] = {
    "png": (frozenset({"1", "L", "LA", "RGB", "RGBA"}), "RGBA", {}),
    "jpeg": (frozenset({"L", "RGB"}), "RGB", {"quality": 90}),
    "webp": (frozenset({"RGB", "RGBA"}), "RGBA", {"quality": 90, "method": 2}),
}
OFFICE_PARTS = {
    "docx": ("word/document.xml", b"wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", b"spreadsheetml.sheet.main+xml"),
}
OFFICE_ACTIVE = re.compile(r"(vbaproject|activex|/embeddings/|\.bin$|\.exe$|\.js$|\.vbs$)", re.IGNORECASE)
PRINTER_SETTINGS = re.compile(r"printersettings\d*\.bin$", re.IGNORECASE)

PDF_ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Rendition)(?![A-Za-z0-9])"
)
PDF_ACTIVE_LONG = re.compile(rb"/(JavaScript|EmbeddedFiles?|RichMedia|SubmitForm)(?![A-Za-z0-9])")
PDF_STREAM = re.compile(rb"stream\r?\n")
PDF_HEADER_LIMIT = 4000
PDF_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF[\s\0]*\Z")
PDF_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


class Refused(Exception):
    """The file may not be taken; the argument is the code of the reason."""


def inspect(path: str, kind: str, clean_path: str) -> dict[str, Any]:
    """Check the file against ``kind``; an image is written anew, without metadata, to ``clean_path``."""
    try:
        _check_signature(Path(path), kind)
        return {"rewritten": CHECKS[kind](Path(path), kind, Path(clean_path))}
    except Refused as refusal:
        return {"refused": str(refusal)}


def _check_signature(path: Path, kind: str) -> None:
    with path.open("rb") as file:
        start = file.read(16)
    if not start:
        raise Refused("empty")
    if kind in SIGNATURES and not start.startswith(SIGNATURES[kind]):
        raise Refused("mismatch")
    if kind == "webp" and start[8:12] != b"WEBP":
        raise Refused("mismatch")


def _image(path: Path, kind: str, clean_path: Path) -> bool:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = PIXEL_LIMIT
    try:
        with Image.open(path, formats=[IMAGE_FORMATS[kind]]) as picture:
            if picture.width * picture.height > PIXEL_LIMIT:
                raise Refused("pixels")
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
            _save_image(picture, kind, clean_path)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("pixels") from None
    except (OSError, ValueError, SyntaxError, IndexError, struct.error, zlib.error):
        raise Refused("broken") from None
    return True


def _save_image(picture: Any, kind: str, clean_path: Path) -> None:
    modes, fallback, options = IMAGE_SAVING[kind]
    picture.info = {}
    bare = picture if picture.mode in modes else picture.convert(fallback)
    bare.save(clean_path, IMAGE_FORMATS[kind], exif=b"", **options)


def _pdf(path: Path, kind: str, clean_path: Path) -> bool:
    data = path.read_bytes()
    end = PDF_END.search(data[-2048:])
    if end is None:
        raise Refused("broken")
    target = data[int(end[1]) : int(end[1]) + 32].lstrip() if int(end[1]) < len(data) else b""
    if not (target.startswith(b"xref") or re.match(rb"\d+\s+\d+\s+obj", target)):
        raise Refused("broken")
    if b"/Encrypt" in data:
        raise Refused("encrypted")
    structure, streams = _split_pdf(data)
    if PDF_ACTIVE_LONG.search(_plain_names(data)) or PDF_ACTIVE.search(_plain_names(structure)):
        raise Refused("active")
    budget = PDF_OBJECT_STREAMS
    for header, content in streams:
        plain_header = _plain_names(header)
        if b"/ObjStm" not in plain_header:
            continue
        unpacked = _unpack(content, plain_header, budget)
        budget -= len(unpacked)
        if PDF_ACTIVE.search(_plain_names(unpacked)):
            raise Refused("active")
    return False


def _split_pdf(data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """What stands outside the streams, and each stream with the dictionary before it."""
    outside, streams, at = [], [], 0
    while found := PDF_STREAM.search(data, at):
        end = data.find(b"endstream", found.end())
        if end < 0:
            break
        between = data[at : found.start()]
        outside.append(between)
        streams.append((between[max(0, between.rfind(b" obj")) :][-PDF_HEADER_LIMIT:], data[found.end() : end]))
        at = end + len(b"endstream")
    outside.append(data[at:])
    return b"\n".join(outside), streams


def _unpack(content: bytes, header: bytes, budget: int) -> bytes:
    """An object stream in clear; one that can't be read can't be judged, so it is refused."""
    if b"/Filter" not in header:
        return content
    filters = header.count(b"Decode") - header.count(b"/DecodeParms")
    if b"/FlateDecode" not in header or filters > 1 or b"/Predictor" in header:
        raise Refused("active")
    decoder = zlib.decompressobj()
    try:
        unpacked = decoder.decompress(content, budget + 1)
    except zlib.error:
        raise Refused("broken") from None
    if len(unpacked) > budget:
        raise Refused("bomb")
    if not decoder.eof:
        raise Refused("broken")
    return unpacked


def _plain_names(data: bytes) -> bytes:
    """Names with their ``#xx`` escapes resolved (``/J#61vaScript``)."""
    return PDF_NAME_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data) if b"#" in data else data


def _office(path: Path, kind: str, clean_path: Path) -> bool:
    main_part, main_type = OFFICE_PARTS[kind]
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_zip(entries, path.stat().st_size)
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" not in names or main_part not in names:
                raise Refused("mismatch")
            if any(OFFICE_ACTIVE.search(name) and not PRINTER_SETTINGS.search(name) for name in names):
                raise Refused("active")
            types = b""
            for entry in entries:
                with archive.open(entry) as part:
                    content = _read_at_most(part.read, entry.file_size)
                if entry.filename == "[Content_Types].xml":
                    types = content
            if main_type not in types or b"macroEnabled" in types:
                raise Refused("mismatch")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise Refused("broken") from None
    return False


def _check_zip(entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ZIP_ENTRIES or unpacked > ZIP_UNPACKED:
        raise Refused("bomb")
    if unpacked > ZIP_RATIO_FROM and unpacked > ZIP_RATIO * packed:
        raise Refused("bomb")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("encrypted")


def _read_at_most(read: Callable[[int], bytes], declared: int) -> bytes:
    """The real bytes of a part: one that unpacks to more than it declares is refused."""
    content = read(declared + 1)
    if len(content) > declared:
        raise Refused("bomb")
    return content


def _text(path: Path, kind: str, clean_path: Path) -> bool:
    start = path.read_bytes()[:4096]
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    known = any(start.startswith(sign) for signs in SIGNATURES.values() for sign in signs)
    if known or (b"\0" in start and not wide):
        raise Refused("mismatch")
    return False


CHECKS: dict[str, Callable[[Path, str, Path], bool]] = {
    "pdf": _pdf,
    "png": _image,
    "jpeg": _image,
    "webp": _image,
    "docx": _office,
    "xlsx": _office,
    "csv": _text,
}
