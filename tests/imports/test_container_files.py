"""Files that are not what they seem, or not whole: refused in one sentence, nothing is written.

The list below is the table: each file has a name, what is nasty about it, and the sentence that refuses it.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from common.errors import UserError
from common.imports.kinds import Scope, kind_of
from common.imports.services import start_import
from common.models import ImportBatch, StoredFile
from tests.common import workbook_files as files
from tests.imports.files import Nasty, book, csv, html, solved
from tests.imports.old_workbooks import xls
from tests.imports.world import TC, World, check

HEAD = ["Öğretmen T.C. Kimlik No", "Öğrenci T.C. Kimlik No"]
ROWS = [HEAD, [TC[0], TC[10]]]
GOOD = book(ROWS)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def packed(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def without(data: bytes, part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return packed({name: archive.read(name) for name in archive.namelist() if name != part})


def broken_inside(data: bytes, part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return packed(parts | {part: parts[part][: len(parts[part]) // 2]})


FILES = [
    Nasty("nothing", "a file of 0 bytes", b"", sentence="Dosya boş"),
    Nasty("blank", "nothing but a byte order mark and empty lines", b"\xef\xbb\xbf\r\n \r\n", sentence="Dosya boş"),
    Nasty("only-header", "a header and no row", csv([HEAD]), sentence="Tabloda hiç veri satırı yok"),
    Nasty(
        "header-and-total",
        "a header and a TOPLAM row",
        csv([HEAD, ["TOPLAM", ""]]),
        sentence="Tabloda hiç veri satırı yok",
    ),
    Nasty("no-header", "rows without a header", csv(ROWS[1:]), sentence="Dosyada başlık satırı bulunamadı"),
    Nasty(
        "deep-header",
        "a header below forty rows of text",
        csv([["Açıklama"]] * 40 + ROWS),
        sentence="Dosyada başlık satırı bulunamadı",
    ),
    Nasty(
        "two-tables",
        "the same table on two sheets",
        book([], sheets={"Ocak": ROWS, "Şubat": ROWS}),
        "liste.xlsx",
        sentence="Dosyada birden çok sayfada tablo var (Ocak, Şubat)",
    ),
    Nasty(
        "all-hidden",
        "the table is on a hidden sheet alone",
        book([], sheets={"Kapak": [["Liste gizlidir."]], "Liste": ROWS}, hidden=["Liste"]),
        "liste.xlsx",
        sentence="Dosyada başlık satırı bulunamadı",
    ),
    Nasty("cut-short", "a workbook whose upload broke off", GOOD[:-60], "liste.xlsx", sentence="Dosya bozuk görünüyor"),
    Nasty(
        "half-a-sheet",
        "a workbook whose sheet breaks off inside",
        broken_inside(GOOD, "xl/worksheets/sheet1.xml"),
        "liste.xlsx",
        sentence="Dosya güvenle okunamadı",
    ),
    Nasty(
        "excel-97-cut-short",
        "a workbook of Excel 97 whose upload broke off",
        xls([HEAD, *ROWS[1:] * 200])[:6000],
        "liste.xls",
        sentence="Dosya",
    ),
    Nasty(
        "no-sheet",
        "a workbook without its sheet",
        without(GOOD, "xl/worksheets/sheet1.xml"),
        "liste.xlsx",
        sentence="Dosya",
    ),
    Nasty(
        "macros",
        "a workbook with a macro inside, named .xlsx",
        files.raw_xlsx("", extra={"xl/vbaProject.bin": b"x"}),
        "liste.xlsx",
        sentence="Dosyada makro var",
    ),
    Nasty("xlsm", "a workbook for macros by its name", GOOD, "liste.xlsm", sentence="Dosyada makro var"),
    Nasty(
        "password",
        "a workbook with a password",
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "liste.xlsx",
        sentence="Dosya parolalı",
    ),
    Nasty(
        "zip-bomb",
        "a workbook of 150 kB that unpacks to 150 MB",
        lambda: files.padding_bomb(150),
        "liste.xlsx",
        sentence="Dosya olağan dışı sıkıştırılmış",
    ),
    Nasty(
        "corner-cells",
        "1.4 kB that claims seventeen billion cells",
        files.two_corner_cells(),
        "liste.xlsx",
        sentence="Tablo 200.000 satırdan uzun",
    ),
    Nasty(
        "unsolved-formula",
        "a formula whose result is not stored",
        files.raw_xlsx('<row r="1"><c r="A1"><f>B1+1</f></c></row>'),
        "liste.xlsx",
        sentence="A1 hücresinde sonucu kayıtlı olmayan bir formül var",
    ),
    Nasty(
        "picture", "a photo of the list, named .xlsx", b"\x89PNG\r\n\x1a\n\x00\x00", "liste.xlsx", sentence="Bu dosya"
    ),
    Nasty("pdf", "a PDF, named .xls", b"%PDF-1.7\n1 0 obj\n", "liste.xls", sentence="Bu dosya bir hesap tablosu değil"),
    Nasty(
        "letter",
        "a letter of a word processor, named .xlsx",
        packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}),
        "liste.xlsx",
        sentence="Bu dosya bir hesap tablosu değil",
    ),
    Nasty("archive", "a ZIP with the list in it", packed({"liste.xlsx": GOOD}), "liste.zip", sentence="Bu dosya türü"),
    Nasty(
        "xml-2003",
        "a workbook of Excel 2003 in XML",
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
        "liste.xls",
        sentence="Dosya XML 2003 biçiminde",
    ),
    Nasty(
        "sign-in-page",
        "the sign-in page that a web site gave instead of the list",
        b"<!DOCTYPE html><html><body><form>Parola <input type=password></form></body></html>",
        "liste.xls",
        sentence="Dosyada başlık satırı bulunamadı",
    ),
    Nasty(
        "open-quote",
        "CSV with a quotation mark that is never closed",
        csv([HEAD, [f'"{TC[0]}', TC[10]], *[[TC[0], TC[11]]] * 2000]),
        sentence="Dosyanın satırları ayrıştırılamadı",
    ),
    Nasty(
        "too-wide",
        "a stray cell far to the right",
        book([HEAD, [TC[0], TC[10], *[""] * 400, "x"]]),
        "liste.xlsx",
        sentence="Tablo 200 sütundan geniş",
    ),
    Nasty(
        "too-long",
        "more rows than a province has people",
        lambda: csv([HEAD, *[[TC[0], TC[10]]] * 200_001]),
        sentence="Tablo 200.000 satırdan uzun",
    ),
]

READABLE = [
    Nasty("xlsx-named-xls", "a workbook with the old ending", GOOD, "liste.xls", stored={(0, 10)}),
    Nasty("csv-named-xls", "text with semicolons that says it is .xls", csv(ROWS), "liste.xls", stored={(0, 10)}),
    Nasty("html-named-csv", "an HTML page that says it is .csv", html(ROWS), "liste.csv", stored={(0, 10)}),
    Nasty(
        "number-cells",
        "numbers of people as number cells and as results of formulas",
        solved([HEAD, [int(TC[0]), 0], [int(TC[1]), int(TC[11])]], {(1, 1): ("=A1+1", int(TC[10]))}),
        "liste.xlsx",
        {(0, 10), (1, 11)},
    ),
    Nasty(
        "pipes",
        "text with upright strokes between the cells",
        csv(ROWS, separator="|"),
        "liste.txt",
        {(0, 10)},
    ),
]


@pytest.mark.parametrize("nasty", [*FILES, *READABLE], ids=lambda each: each.name)
def test_coaching(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("coaching", nasty, tmp_path)


@pytest.mark.parametrize("name", ["nothing", "xlsm", "archive"])
def test_the_wizard_refuses_at_once_what_it_can_see_from_outside(world: World, name: str) -> None:
    nasty = next(each for each in FILES if each.name == name)
    with pytest.raises(UserError, match=nasty.sentence):
        start_import(
            kind=kind_of("coaching").code, scope=Scope(10, "2020-2021"), name=nasty.file, data=nasty.bytes(), by=None
        )
    assert not ImportBatch.objects.exists()
    assert not StoredFile.objects.exists()
