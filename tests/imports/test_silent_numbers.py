"""Files whose numbers say something else than they seem to: no wrong number gets in by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.common import workbook_files as files
from tests.common.sending import import_table
from tests.imports.files import book, csv
from tests.imports.test_duty_and_use_files import USE
from tests.imports.world import KINDS, TC, World

HEAD = ["T.C. Kimlik No", "Türkçe D", "Türkçe Y", "Matematik D", "Matematik Y"]
A, B = TC[10:12]
ROWS = [HEAD, [A, 18, 2, 15, 3], [B, 10, 0, 0, 20]]
TIME = ["T.C. Kimlik No", "Sistemde Kalma Süresi", "Sınıf Sırası"]


def raw(row: str) -> bytes:
    head = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{h}</t></is></c>' for c, h in zip("ABCDE", HEAD, strict=True))
    return files.raw_xlsx(f'<row r="1">{head}</row><row r="2">{row}</row>')


def cells(*numbers: object) -> str:
    return "".join(f'<c r="{c}2"><v>{n}</v></c>' for c, n in zip("ABCDE", numbers, strict=False) if n is not None)


ERROR = '<c r="B2" t="e"><f>VLOOKUP(A2,X:Y,2,0)</f><v>#N/A</v></c><c r="C2" t="e"><v>#N/A</v></c>'

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
        csv([["T.C. Kimlik No", "Puan", "Türkçe D", "Türkçe Y"], [A, "412,5", 8, 2], [B, "390,4", 7, 1]], separator=","),
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
    "another-grade": (
        "teaching",
        "l.csv",
        csv([["Kurum Kodu", "Sınıf", "Şube", "Ders", "Öğretmen T.C. Kimlik No"], ["712345", 8, "9/A", "Türkçe", TC[0]]]),
    ),
    "section-became-date": (
        "teaching",
        "l.csv",
        csv([["Kurum Kodu", "Sınıf", "Şube", "Ders", "Öğretmen T.C. Kimlik No"], ["712345", 8, "08.Oca", "Türkçe", TC[0]]]),
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


def test_hours_below_one_with_a_point(world: World, tmp_path: Path) -> None:
    from fractions import Fraction

    path = tmp_path / "l.csv"
    path.write_bytes(csv([TIME, [A, "0.750", "1"]]))
    import_table("eba_students", path, "--term", "1")
    assert KINDS["eba_students"][0]() == {10: (Fraction(3, 4), 1)}


def test_a_formula_whose_result_is_an_empty_text(world: World, tmp_path: Path) -> None:
    head = [*HEAD, "Türkçe N"]
    text = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{h}</t></is></c>' for c, h in zip("ABCDEF", head, strict=True))
    row = f'{cells(A, None, None, 15, 3)}<c r="F2" t="str"><f>IF(B2="","",B2-C2/3)</f><v></v></c>'
    path = tmp_path / "l.xlsx"
    path.write_bytes(files.raw_xlsx(f'<row r="1">{text}</row><row r="2">{row}</row>'))
    answer, code = import_table("exam_results", path, "--exam", "LGS-2021")
    assert (answer["errors"], code) == ([], 0)
