"""What the parser would lose of a workbook: errors in cells, percents, hidden rows. Runs in the child after the limits.

An error is an empty cell to the parser, and 0,61 % is 0.0061; both are written into the workbook as the text that a
person sees, before the parser reads it.
"""

import html
import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal, InvalidOperation

from common.spreadsheets.limits import MAX_ROWS

Hidden = dict[str, list[int]]
"""Numbers of hidden rows by the name of their sheet."""

_STYLES = "xl/styles.xml"
_CONTENT = "content.xml"
_PERCENT_FORMATS = frozenset({b"9", b"10"})
_ATTRIBUTE = re.compile(rb"""\b([\w:-]+)=["']([^"']*)["']""")
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b([^>]*)>")
_CELL_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.S)
_STYLE = re.compile(rb"<(?:\w+:)?xf\b([^>]*)>")
_VALUE = re.compile(rb"(<(?:\w+:)?v>)([^<]*)(?=<)")
_TYPE = re.compile(rb"""\st=["']\w*["']""")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ODS_CELL = re.compile(rb"<table:table-cell\b([^>]*?)(/?)>")
_ODS_VALUES = re.compile(rb"""\soffice:(?:value-type|value|string-value)=["'][^"']*["']""")
_ODS_ROWS = re.compile(rb"<table:(table|table-row)(?=[\s>/])([^>]*)>")


def restored(data: bytes, kind: str, marked: Collection[str]) -> tuple[bytes, Hidden]:
    """The workbook with errors and percents as texts, and its hidden rows; ``marked`` are the parts that the check of
    the limits found to hold errors or hidden rows, or, of an ODS, percents."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if kind == "ods":
            if _CONTENT not in marked:
                return data, {}
            text = archive.read(_CONTENT)
            return _with_parts(archive, {_CONTENT: _ODS_CELL.sub(_ods_cell, text)}), _hidden_in_ods(text)
        percents = _percent_styles(archive)
        parts = [name for name in archive.namelist() if is_sheet(name) and (percents or name in marked)]
        texts = {name: archive.read(name) for name in parts}
        marks = b"|".join([rb"""t=["']e["']""", *(rb"""s=["']%s["']""" % style for style in sorted(percents))])
        cells = re.compile(rb"<((?:\w+:)?c)\b([^>]*\s(?:%s)[^>]*)(?<!/)>(.*?)</\1>" % marks, re.S)
        write = _cell_writer(percents)
        changed = {name: new for name, text in texts.items() if (new := cells.sub(write, text)) != text}
        hidden = {name: rows for name in parts if name in marked and (rows := _hidden_in(texts[name]))}
        found = {sheet: hidden[part] for sheet, part in _sheet_parts(archive) if part in hidden} if hidden else {}
        return _with_parts(archive, changed) if changed else data, found


def is_sheet(name: str) -> bool:
    return name.endswith(".xml") and "/worksheets/" in name


def _with_parts(archive: zipfile.ZipFile, parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for entry in archive.infolist():
            copy.writestr(entry.filename, parts.get(entry.filename) or archive.read(entry))
    return target.getvalue()


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return dict(_ATTRIBUTE.findall(tag))


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[bytes]:
    """Numbers of the cell styles that show a number as percent."""
    if _STYLES not in archive.namelist():
        return frozenset()
    text = archive.read(_STYLES)
    formats = {
        each[b"numFmtId"]
        for each in map(_attributes, _FORMAT.findall(text))
        if b"%" in each.get(b"formatCode", b"") and b"numFmtId" in each
    }
    styles = _CELL_STYLES.search(text)
    if styles is None:
        return frozenset()
    return frozenset(
        str(number).encode()
        for number, style in enumerate(_STYLE.findall(styles[0]))
        if _attributes(style).get(b"numFmtId") in formats | _PERCENT_FORMATS
    )


def _cell_writer(percents: frozenset[bytes]) -> Callable[[re.Match[bytes]], bytes]:
    def written(cell: re.Match[bytes]) -> bytes:
        name, tag, body = cell.groups()
        given = _attributes(tag)
        kind = given.get(b"t", b"n")
        if kind == b"n" and given.get(b"s") in percents:
            body = _VALUE.sub(lambda value: value[1] + _percent(value[2]), body)
        elif kind != b"e":
            return cell[0]
        return b'<%s%s t="str">%s</%s>' % (name, _TYPE.sub(b"", tag), body, name)

    return written


def _percent(value: bytes) -> bytes:
    """``0,61%`` for ``6.1E-3``: a hundred times the number at the 15 digits that a spreadsheet shows."""
    try:
        number = Decimal(format(float(value), ".15g")) * 100
    except (ValueError, InvalidOperation):
        return value
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",").encode() + b"%"


def _hidden_in(text: bytes) -> list[int]:
    found = []
    for given in map(_attributes, _ROW.findall(text)):
        if given.get(b"hidden") in (b"1", b"true") and given.get(b"r", b"").isdigit():
            found.append(int(given[b"r"]))
    return found


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Names of the sheets with the parts of the archive that hold them."""
    relations = [_attributes(tag) for tag in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))]
    targets = {each.get(b"Id", b""): each.get(b"Target", b"").decode() for each in relations}
    for tag in _SHEET.findall(archive.read("xl/workbook.xml")):
        given = _attributes(tag)
        relation = next((value for name, value in given.items() if name.endswith(b":id")), b"")
        target = targets.get(relation, "")
        yield (
            html.unescape(given.get(b"name", b"").decode()),
            target.removeprefix("/") if target[:1] == "/" else f"xl/{target}",
        )


def _ods_cell(cell: re.Match[bytes]) -> bytes:
    tag, end = cell.groups()
    given = _attributes(tag)
    if given.get(b"calcext:value-type") == b"error":
        return b'<table:table-cell office:value-type="string"%s%s>' % (_ODS_VALUES.sub(b"", tag), end)
    if given.get(b"office:value-type") == b"percentage":
        shown = b' office:value-type="string" office:string-value="%s"' % _percent(given.get(b"office:value", b""))
        return b"<table:table-cell%s%s%s>" % (shown, _ODS_VALUES.sub(b"", tag), end)
    return cell[0]


def _hidden_in_ods(text: bytes) -> Hidden:
    found: Hidden = {}
    rows: list[int] = []
    number = 0
    for element, tag in _ODS_ROWS.findall(text):
        given = _attributes(tag)
        if element == b"table":
            rows, number = found.setdefault(html.unescape(given.get(b"table:name", b"").decode()), []), 0
            continue
        first, repeat = number, int(given.get(b"table:number-rows-repeated", b"1"))
        number = min(number + repeat, MAX_ROWS)
        if given.get(b"table:visibility") in (b"collapse", b"filter"):
            rows.extend(range(first + 1, number + 1))
    return found
