"""Files whose numbers say something else than they seem to: no wrong number gets in by itself."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import xlsxwriter

from common.identity import parse_identity
from common.text import fold
from exams import reference as exam_reference
from schools.models import Student
from tests.common import workbook_files as files
from tests.common.sending import import_table, import_table_told
from tests.imports.files import book, csv
from tests.imports.old_workbooks import NOT_FOUND, xls, xlsb
from tests.imports.test_duty_and_use_files import USE
from tests.imports.world import KINDS, SCHOOL, TC, World

HEAD = ["T.C. Kimlik No", "Türkçe D", "Türkçe Y", "Matematik D", "Matematik Y"]
A, B = TC[10:12]
ROWS = [HEAD, [A, 18, 2, 15, 3], [B, 10, 0, 0, 20]]
TEACHING = ["Kurum Kodu", "Sınıf", "Şube", "Ders", "Öğretmen T.C. Kimlik No"]
TIME = ["T.C. Kimlik No", "Sistemde Kalma Süresi", "Sınıf Sırası"]


TITLES = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{h}</t></is></c>' for c, h in zip("ABCDE", HEAD, strict=True))


def raw(row: str) -> bytes:
    return files.raw_xlsx(f'<row r="1">{TITLES}</row><row r="2">{row}</row>')


def cells(*numbers: object) -> str:
    return "".join(f'<c r="{c}2"><v>{n}</v></c>' for c, n in zip("ABCDE", numbers, strict=False) if n is not None)


ERROR = '<c r="B2" t="e"><f>VLOOKUP(A2,X:Y,2,0)</f><v>#N/A</v></c><c r="C2" t="e"><v>#N/A</v></c>'

ODS_ERROR = (
    '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" '
    'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
)

REFUSED = {
    "rank-1,000": ("exam_results", "l.csv", csv([[*HEAD, "Genel Sıra"], [*ROWS[1], "1,000"]])),
    "rank-0.123": ("exam_results", "l.csv", csv([[*HEAD, "Genel Sıra"], [*ROWS[1], "0.123"]])),
    "count-0.005": ("exam_results", "l.csv", csv([HEAD, [A, 3, "0.005", 15, 3]])),
    "loose-decimal-comma": (
        "exam_results",
        "l.csv",
        csv([[*HEAD, "Puan"], [*ROWS[1], "412,5031"], [*ROWS[2], "398,25"]], separator=","),
    ),
    "loose-decimal-comma-inside": (
        "exam_results",
        "l.csv",
        csv([["T.C. Kimlik No", "Puan", *HEAD[1:3]], [A, "412,5", 8, 2], [B, "390,4", 7, 1]], separator=","),
    ),
    "loose-hours": ("eba_students", "l.csv", csv([TIME[:2], [A, "12,5"], [B, "3,75"]], separator=",")),
    "heads-over-the-middle": (
        "exam_results",
        "l.csv",
        csv(
            [
                ["T.C. Kimlik No", "", "TÜRKÇE", "", "", "MATEMATİK", "", "", "TOPLAM", ""],
                ["", *("D", "Y", "B") * 3],
                [A, 5, 2, 13, 6, 3, 11, 11, 5, 24],
            ]
        ),
    ),
    "score-of-a-subject": (
        "exam_results",
        "l.xlsx",
        book(
            [[], ["", "D", "Y", "Puan", "D", "Y"], [A, 18, 2, "87,5", 15, 3]],
            merged={"A1:A2": "T.C. Kimlik No", "B1:D1": "TÜRKÇE", "E1:F1": "MATEMATİK"},
        ),
    ),
    "error-cells": (
        "exam_results",
        "l.xlsx",
        raw(f'<c r="A2"><v>{A}</v></c>{ERROR}<c r="D2"><v>15</v></c><c r="E2"><v>3</v></c>'),
    ),
    "hours-and-minutes": ("eba_students", "l.csv", csv([[*TIME[:2], "Dakika"], [A, 12, 45]])),
    "pieces-1,000": ("eba_staff", "l.csv", csv([USE, [TC[0], "1", "1,000", *[""] * 5]])),
    "mixed-points": ("eba_students", "l.csv", csv([TIME, [A, "1.250", "1"], [B, "12.5", "2"]])),
    "another-grade": ("teaching", "l.csv", csv([TEACHING, [SCHOOL, 8, "9/A", "Türkçe", TC[0]]])),
    "another-section-beside": ("teaching", "l.csv", csv([TEACHING, [SCHOOL, "8/B", "A", "Türkçe", TC[0]]])),
    "section-became-date": ("teaching", "l.csv", csv([TEACHING, [SCHOOL, 8, "08.Oca", "Türkçe", TC[0]]])),
    "section-became-date-cell": (
        "teaching",
        "l.xlsx",
        book([TEACHING, [SCHOOL, 8, dt.date(2021, 1, 8), "Türkçe", TC[0]]], formats={(1, 2): "dd.mmm"}),
    ),
    "error-cells-xls": ("exam_results", "l.xls", xls([HEAD, [A, NOT_FOUND, NOT_FOUND, 15, 3]])),
    "error-cells-xlsb": ("exam_results", "l.xlsb", xlsb([HEAD, [A, NOT_FOUND, NOT_FOUND, 15, 3]])),
    "error-cells-ods": (
        "exam_results",
        "l.ods",
        files.ods(
            f"<table:table-row>{''.join(map(files.ods_cell, HEAD))}</table:table-row><table:table-row>"
            f"{files.ods_cell(A)}{ODS_ERROR * 2}{files.ods_cell('15')}{files.ods_cell('3')}</table:table-row>"
        ),
    ),
    "percent-of-hours": ("eba_students", "l.xlsx", book([TIME[:2], [A, 0.5]], formats={(1, 1): "0%"})),
    "percent-head": (
        "exam_results",
        "l.csv",
        csv([["T.C. Kimlik No", "Türkçe D %", "Türkçe Y %"], [A, 15, 5]]),
    ),
    "decimal-comma-before-an-empty-cell": (
        "exam_results",
        "l.csv",
        csv([["T.C. Kimlik No", "Puan", "Türkçe D", "Türkçe Y", "Not"], [A, "412,5", 8, 2, ""]], separator=","),
    ),
    "subject-of-high-schools": (
        "exam_results",
        "l.csv",
        csv([["T.C. Kimlik No", "Türkçe D", "Türkçe Y", "Temel Matematik D", "Temel Matematik Y"], [A, 18, 2, 12, 3]]),
    ),
    "name-without-number": (
        "exam_results",
        "l.csv",
        csv([["T.C. Kimlik No", "Adı", *HEAD[1:]], [A, "Ali", 18, 2, 15, 3], ["", "Ayşe", "", "", "", ""]]),
    ),
    "school-mean": (
        "exam_results",
        "l.xlsx",
        book(
            [[], ["", "Türkçe D", "Türkçe Y", "Puan", "Genel Sıra"], [A, 18, 2, "320,5", 7]],
            merged={"A1:A2": "T.C. Kimlik No", "B1:C1": "ÖĞRENCİ", "D1:E1": "OKUL ORTALAMASI"},
        ),
    ),
    "score-of-another-year": (
        "exam_results",
        "l.csv",
        csv([["", "", "", "2019 LGS"], ["T.C. Kimlik No", "Türkçe D", "Türkçe Y", "Puan"], [A, 18, 2, "320,5"]]),
    ),
    "second-table-with-other-titles": (
        "exam_results",
        "l.csv",
        csv(
            [
                ["T.C. Kimlik No", "Türkçe", "", "Matematik", ""],
                ["", *("D", "Y") * 2],
                ROWS[1],
                ["", "", "", "Türkçe", ""],
                ["", *("D", "Y") * 2],
                [B, 0, 20, 10, 0],
            ]
        ),
    ),
}

GOOD = {
    "errors-that-nobody-reads": (
        "exam_results",
        "l.xlsx",
        files.raw_xlsx(
            f'<row r="1">{TITLES}<c r="F1" t="inlineStr"><is><t>Oran</t></is></c></row>'
            f'<row r="2">{cells(A, 18, 2, 15, 3)}<c r="F2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        ),
        {10: ((18, 2), (15, 3))},
    ),
    "formulas-drawn-down-below-the-last-row": (
        "exam_results",
        "l.xlsx",
        files.raw_xlsx(
            f'<row r="1">{TITLES}</row><row r="2">{cells(A, 18, 2, 15, 3)}</row>'
            '<row r="3"><c r="B3" t="e"><v>#N/A</v></c><c r="C3" t="e"><v>#N/A</v></c></row>'
        ),
        {10: ((18, 2), (15, 3))},
    ),
    "percents": (
        "exam_results",
        "l.xlsx",
        book(
            [[*HEAD, "Yüzdelik Dilim"], [*ROWS[1], 0.0061], [*ROWS[2], 0.853]],
            formats={(1, 5): "0.00%", (2, 5): "0%"},
        ),
        {10: ((18, 2), (15, 3), Decimal("0.61")), 11: ((10, 0), (0, 20), Decimal("85.3"))},
    ),
    "percents-ods": (
        "exam_results",
        "l.ods",
        files.ods(
            f"<table:table-row>{''.join(map(files.ods_cell, [*HEAD, 'Yüzdelik Dilim']))}</table:table-row>"
            f"<table:table-row>{''.join(map(files.ods_cell, map(str, ROWS[1])))}<table:table-cell "
            'office:value-type="percentage" office:value="0.0061"><text:p>1%</text:p></table:table-cell>'
            "</table:table-row>"
        ),
        {10: ((18, 2), (15, 3), Decimal("0.61"))},
    ),
    "titles-full-of-commas": (
        "exam_results",
        "l.csv",
        "\r\n".join([*["Balıkesir, Edremit, Altınoluk, Zeytinli, Güre"] * 6, csv(ROWS).decode()]).encode(),
        {10: ((18, 2), (15, 3)), 11: ((10, 0), (0, 20))},
    ),
    "score-after-the-last-subject": (
        "exam_results",
        "l.xlsx",
        book(
            [["LGS 2021 İL SONUÇLARI"], [], ["", *("D", "Y") * 2, "Puan"], [*ROWS[1], "412,5"]],
            merged={"A2:A3": "T.C. Kimlik No", "B2:C2": "Türkçe", "D2:E2": "Matematik"},
        ),
        {10: ((18, 2), (15, 3), Decimal("412.5"))},
    ),
    "sections": (
        "teaching",
        "l.csv",
        csv(
            [
                TEACHING,
                *([SCHOOL, "8", text, "Türkçe", TC[0]] for text in ("8A", "8 a", "8-A", "8/A", "8. Sınıf / A Şubesi")),
            ]
        ),
        {(SCHOOL, 8, "A", "Türkçe", 0)},
    ),
    "hours-below-one": ("eba_students", "l.csv", csv([TIME, [A, "0.750", "1"]]), {10: (Fraction(3, 4), 1)}),
    "empty-text-of-a-formula": (
        "exam_results",
        "l.xlsx",
        files.raw_xlsx(
            f'<row r="1">{TITLES}<c r="F1" t="inlineStr"><is><t>Türkçe N</t></is></c></row><row r="2">'
            f'{cells(A, None, None, 15, 3)}<c r="F2" t="str"><f>IF(B2="","",B2-C2/3)</f><v></v></c></row>'
        ),
        {10: (None, (15, 3))},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(world: World, tmp_path: Path, name: str) -> None:
    kind, file, data = REFUSED[name]
    read, options = KINDS[kind]
    path = tmp_path / file
    path.write_bytes(data)
    before = read()
    answer, code = import_table(kind, path, *options)
    assert (code, read()) == (1, before), answer
    assert all(error["message"].endswith(".") for error in answer["errors"])


@pytest.mark.parametrize("name", GOOD)
def test_read_rightly(world: World, tmp_path: Path, name: str) -> None:
    kind, file, data, stored = GOOD[name]
    read, options = KINDS[kind]
    path = tmp_path / file
    path.write_bytes(data)
    answer, code = import_table(kind, path, *options)
    assert (answer["errors"], code) == ([], 0)
    assert read() == stored


def test_an_error_names_its_cell(world: World, tmp_path: Path) -> None:
    for name in ("error-cells", "error-cells-xls", "error-cells-xlsb", "error-cells-ods"):
        kind, file, data = REFUSED[name]
        path = tmp_path / file
        path.write_bytes(data)
        (error,) = import_table(kind, path, *KINDS[kind][1])[0]["errors"]
        assert error == {
            "row": 2,
            "column": "Türkçe D",
            "value": "#N/A",
            "message": "Hücrede hesaplama hatası var; değerini yazınız.",
        }


def told(path: Path, data: bytes) -> list[str]:
    path.write_bytes(data)
    answer, code, sentences = import_table_told("exam_results", path, "--exam", "LGS-2021")
    assert (answer["errors"], code) == ([], 0)
    return sentences


def test_students_of_other_grades_are_told_of(world: World, tmp_path: Path) -> None:
    rows = [HEAD, [TC[14], 18, 2, 15, 3], [TC[15], 10, 0, 0, 20], ROWS[1]]
    (sentence,) = told(tmp_path / "l.csv", csv(rows))
    assert sentence.startswith("2 öğrenci 8. sınıfta değil")


def test_scores_that_nobody_reaches_are_told_of(world: World, tmp_path: Path) -> None:
    scored = [[*HEAD, "Puan"], [*ROWS[1], "500,0001"], [*ROWS[2], "900"]]
    sentence = "2 satırda puan, LGS sınavında ulaşılabilecek 500 puanın üstünde; kontrol ediniz."
    assert told(tmp_path / "l.csv", csv(scored)) == [sentence]
    assert told(tmp_path / "l.csv", csv([scored[0], [*ROWS[1], "500"], [*ROWS[2], "499,9"]])) == []


def test_another_familys_name_is_told_of(world: World, tmp_path: Path) -> None:
    exam_reference.load()
    (sentence,) = told(tmp_path / "l.csv", csv([["2021 TYT sonuçları"], *ROWS]))
    assert sentence.startswith("Dosyada TYT sınavının adı geçiyor; sonuçların LGS-2021 sınavına ait")
    assert told(tmp_path / "l.csv", csv([["2021 LGS sonuçları, TYT değil"], *ROWS])) == []


def with_names(names: list[str]) -> bytes:
    rows = [[TC[10 + place], name, 18, 2, 15, 3] for place, name in enumerate(names)]
    return csv([["T.C. Kimlik No", "Adı Soyadı", *HEAD[1:]], *rows])


def test_shifted_names_are_told_of(world: World, tmp_path: Path) -> None:
    for place, name in enumerate(("Ali Ak", "Işıl Öz", "Can Er", "Ece Su")):
        first, last = name.split()
        digest = parse_identity(TC[10 + place]).digest
        Student.objects.filter(identity_digest=digest).update(first_name=first, last_name=last, name_key=fold(name))
    names = ["AK ALİ", "ÖZ IŞIL", "ER CAN", "SU ECE"]
    assert told(tmp_path / "l.csv", with_names(names)) == []
    (sentence,) = told(tmp_path / "l.csv", with_names([names[0], "Bambaşka Biri", *names[2:]]))
    assert sentence == "1 satırda ad, numaranın sahibinin adından farklı (satır: 3); numarayı kontrol ediniz."
    (sentence,) = told(tmp_path / "l.csv", with_names([*names[1:], names[0]]))
    assert sentence.startswith(
        "4 satırda ad, numaranın sahibinin adından farklı (ilk satırlar: 2, 3, 4, 5); satırlar kay"
    )
    assert told(tmp_path / "l.csv", with_names(["M** A**"] * 4)) == []


def test_hidden_rows_are_told_of(world: World, tmp_path: Path) -> None:
    target = io.BytesIO()
    out = xlsxwriter.Workbook(target)
    sheet = out.add_worksheet("8 & 9")
    for place, row in enumerate(ROWS):
        sheet.write_row(place, 0, row)
    sheet.set_row(2, None, None, {"hidden": True})
    out.close()
    sentence = "Dosyada gizli ya da süzülmüş 1 satır var; onlar da okundu."
    assert told(tmp_path / "l.xlsx", target.getvalue()) == [sentence]
    hidden = '<table:table-row table:visibility="filter">'
    rows = [f"{''.join(files.ods_cell(str(cell)) for cell in row)}</table:table-row>" for row in ROWS]
    data = files.ods(f"<table:table-row>{rows[0]}<table:table-row>{rows[1]}{hidden}{rows[2]}")
    assert told(tmp_path / "l.ods", data) == [sentence]
