"""What a file really is, by its bytes and not by its name. Runs in the child."""

import io
import re
import zipfile
from typing import Literal

from common.spreadsheets.limits import RefusedError

Format = Literal["xlsx", "xlsb", "ods", "xls", "html", "text"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|style|table|div|center)\b",
    re.I | re.S,
)
_OTHER_TEXT = ("%PDF", "{\\rtf", "<svg", "<?php", "#!/")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_META_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_TURKISH_CHARSETS = {"windows-1254", "cp1254", "iso-8859-9", "latin5", "x-cp1254"}


def format_of(data: bytes) -> Format:
    """The format of these bytes; raises ``RefusedError`` for anything that is not a table."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise RefusedError("empty")
    if data.startswith(b"PK"):
        return _format_of_archive(data)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise RefusedError("encrypted")
        if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
            raise RefusedError("not_a_table")
        return "xls"
    head = decode(data)[:65_536].lstrip("\ufeff")
    if _BINARY.search(head) or head.lstrip().startswith(_OTHER_TEXT):
        raise RefusedError("not_a_table")
    if "urn:schemas-microsoft-com:office:spreadsheet" in head and "<Workbook" in head:
        raise RefusedError("xml_2003")
    return "html" if _HTML.match(head) else "text"


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The ZIP in ``data``; raises ``RefusedError`` when it is damaged."""
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise RefusedError("damaged") from error


def decode(data: bytes) -> str:
    """Text of a CSV or HTML file: by byte order mark, declared Turkish charset, UTF-8, then Windows-1254."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16")
    if data.startswith(b"\xef\xbb\xbf"):
        return _decoded(data, "utf-8-sig")
    if b"\x00" in data[:200]:
        return _decoded(data, "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be")
    declared = _META_CHARSET.search(data[:2048])
    if declared and declared[1].decode().lower() in _TURKISH_CHARSETS:
        return _decoded(data, "cp1254")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp1254")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise RefusedError("not_a_table") from error


def _format_of_archive(data: bytes) -> Format:
    with open_archive(data) as archive:
        names = set(archive.namelist())
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise RefusedError("macros")
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    raise RefusedError("not_a_table")
