"""Files as offices send them, and files made to hurt: bytes for the reader's tests."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(rows: Sequence[Sequence[Any]], *, sheets: dict[str, Sequence[Sequence[Any]]] | None = None) -> bytes:
    """A workbook written by a spreadsheet library; a value that begins with ``=`` becomes a solved formula."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": True, "default_date_format": "dd.mm.yyyy"})
    for name, content in (sheets or {"Sayfa1": rows}).items():
        sheet = book.add_worksheet(name)
        for place, row in enumerate(content):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(place, column, value)
    book.close()
    return target.getvalue()


def raw_xlsx(sheet_data: str, *, extra: dict[str, bytes] | None = None) -> bytes:
    """The smallest workbook around hand-written sheet data."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr(
            "_rels/.rels",
            relation("officeDocument", "xl/workbook.xml"),
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
            "</workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            relation("worksheet", "worksheets/sheet1.xml"),
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>'
        )
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return target.getvalue()


def relation(kind: str, target: str) -> str:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{RELATIONS}/{kind}" Target="{target}"/></Relationships>'
    )


def two_corner_cells() -> bytes:
    """1.4 kB that claims 1,048,576 rows by 16,384 columns."""
    return raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def padding_bomb(megabytes: int) -> bytes:
    """A workbook with an entry of blanks that unpacks to so many megabytes."""
    return raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row>', extra={"xl/pad.xml": b" " * (megabytes << 20)})


def ods(rows: str) -> bytes:
    """An ODS around hand-written table rows."""
    namespaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {namespaces}><office:body>'
            f'<office:spreadsheet><table:table table:name="Sayfa1">{rows}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>",
        )
    return target.getvalue()


def ods_cell(text: str, repeat: int = 1) -> str:
    return (
        f'<table:table-cell table:number-columns-repeated="{repeat}" office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )
