"""The parent's side: a file in, sheets of text out, or one sentence that says why not."""

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import UserError
from common.sandbox import run_limited

ALLOWED_EXTENSIONS = ("xlsx", "xls", "xlsb", "ods", "csv", "tsv", "txt", "htm", "html")
MAX_FILE_BYTES = 25 * 1024 * 1024
MAX_ROWS_MB = 256
PARSER = "common.spreadsheets.parsing:parse_file"
MEMORY_MB = 768
SECONDS = 90

SENTENCES: dict[str, Any] = {
    "empty": _("Dosya boş; içinde tablo olan bir dosya seçiniz."),
    "not_a_table": _(
        "Bu dosya bir hesap tablosu değil; XLSX, XLS, XLSB, ODS veya CSV olarak kaydedip yeniden gönderiniz."
    ),
    "extension": _("Bu dosya türü alınmıyor; XLSX, XLS, XLSB, ODS veya CSV olarak kaydedip yeniden gönderiniz."),
    "macros": _("Dosyada makro var; “Excel Çalışma Kitabı (.xlsx)” olarak kaydedip yeniden gönderiniz."),
    "encrypted": _("Dosya parolalı; parolasını kaldırıp yeniden gönderiniz."),
    "xml_2003": _("Dosya XML 2003 biçiminde; “Excel Çalışma Kitabı (.xlsx)” olarak kaydedip yeniden gönderiniz."),
    "damaged": _("Dosya bozuk görünüyor; hesap tablosu programında açıp yeniden kaydediniz."),
    "csv": _("Dosyanın satırları ayrıştırılamadı; tırnak işaretlerini kontrol ediniz ya da XLSX olarak kaydediniz."),
    "formula": _(
        "%(cell)s hücresinde sonucu kayıtlı olmayan bir formül var; dosyayı hesap tablosu programında açıp kaydediniz."
    ),
    "entries": _("Dosya %(limit)s parçadan fazlasını içeriyor; tabloyu yeni bir dosyaya kopyalayıp gönderiniz."),
    "unpacked": _("Dosya açılınca %(limit)s MB'ı aşıyor; daha küçük parçalara bölünüz."),
    "ratio": _("Dosya olağan dışı sıkıştırılmış; tabloyu yeni bir dosyaya kopyalayıp gönderiniz."),
    "rows": _("Tablo %(limit)s satırdan uzun; dosyayı bölünüz ya da boş satırların biçimini temizleyiniz."),
    "columns": _("Tablo %(limit)s sütundan geniş; tablonun dışında kalan hücreleri siliniz."),
    "cells": _("Tabloda %(limit)s hücreden fazlası dolu; dosyayı bölünüz."),
    "size": _("Dosya %(limit)s MB'tan büyük; daha küçük parçalara bölünüz."),
    "stopped": _("Dosya güvenle okunamadı ve reddedildi; tabloyu yeni bir dosyaya kopyalayıp gönderiniz."),
}


@dataclass
class Sheet:
    """Rows of text from the first row on; trailing empty cells are left out, so rows differ in length.

    ``separator`` is that of a text file; between commas all cells are kept. ``hidden``: numbers of hidden rows.
    """

    name: str
    rows: list[list[str]] = field(default_factory=list)
    separator: str = ""
    hidden: frozenset[int] = frozenset()


def read_workbook(path: Path, name: str, headers: Iterable[str] = ()) -> list[Sheet]:
    """The visible sheets of the file at ``path``, which its sender called ``name``. ``headers`` that are expected help
    to tell what separates the cells of a text file.

    Raises ``UserError`` with one sentence for whatever is not a table within the limits.
    """
    check_before_reading(name, path.stat().st_size)
    with tempfile.TemporaryDirectory(prefix="bigep-table-") as folder:
        target = Path(folder) / "rows.jsonl"
        answer = _parse(path, target, headers)
        if "refused" in answer:
            raise refusal(answer["refused"], answer.get("params") or {})
        return _sheets_in(target)


def check_before_reading(name: str, size: int) -> None:
    """What can be said of an upload without opening it: extension and size. Raises ``UserError``."""
    extension = name.rpartition(".")[2].lower()
    if extension in ("xlsm", "xltm", "xlam"):
        raise refusal("macros", {})
    if extension not in ALLOWED_EXTENSIONS:
        raise refusal("extension", {})
    if size == 0:
        raise refusal("empty", {})
    if size > MAX_FILE_BYTES:
        raise refusal("size", {"limit": MAX_FILE_BYTES // (1024 * 1024)})


def refusal(code: str, params: dict[str, Any]) -> UserError:
    """The error with the sentence of ``code``; numbers are written the Turkish way (200.000)."""
    shown = {
        key: f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)[:20]
        for key, value in params.items()
    }
    sentence = SENTENCES.get(code, SENTENCES["stopped"])
    return UserError(str(sentence) % shown if shown else str(sentence))


def _parse(path: Path, target: Path, headers: Iterable[str]) -> dict[str, Any]:
    payload = {"source": str(path.resolve()), "target": str(target), "headers": list(headers)}
    answer: dict[str, Any] = run_limited(PARSER, payload, memory_mb=MEMORY_MB, seconds=SECONDS, output_mb=MAX_ROWS_MB)
    return answer


def _sheets_in(target: Path) -> list[Sheet]:
    sheets: list[Sheet] = []
    with target.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            part = json.loads(line)
            if isinstance(part, dict):
                hidden = frozenset(map(int, part.get("hidden", ())))
                sheets.append(Sheet(str(part["sheet"]), separator=str(part.get("separator", "")), hidden=hidden))
            else:
                sheets[-1].rows.extend(part)
    return sheets
