"""Exam results as offices send them.

The lists below are the table: each file has a name, what is nasty about it, and what must come of it.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.imports.files import DOT, NBSP, Nasty, book, csv, html, ods, solved
from tests.imports.old_workbooks import xls, xlsb
from tests.imports.world import TC, World, check

HEAD = ["T.C. Kimlik No", "Türkçe D", "Türkçe Y", "Matematik D", "Matematik Y"]
A, B, C = TC[10:13]
ROWS = [HEAD, [A, 18, 2, 15, 3], [B, 10, 0, 0, 20]]
STORED = {10: ((18, 2), (15, 3)), 11: ((10, 0), (0, 20))}
GROUPED = ["", "", "", "", ""]

ACCEPTED = [
    Nasty(
        "utf8-bom", "UTF-8 with a byte order mark, Windows line ends", csv(ROWS, encoding="utf-8-sig"), stored=STORED
    ),
    Nasty(
        "windows-1254",
        "Windows-1254, commas, every cell in quotation marks",
        csv(ROWS, separator=",", encoding="cp1254", quoted=True),
        stored=STORED,
    ),
    Nasty(
        "utf-16-tabs",
        "Unicode text of a spreadsheet: UTF-16 with tabs",
        csv(ROWS, separator="\t", encoding="utf-16"),
        "liste.txt",
        STORED,
    ),
    Nasty("old-line-ends", "line ends of an old Macintosh", csv(ROWS, line="\r"), stored=STORED),
    Nasty(
        "separator-line",
        "a line that names the separator, and separators hanging at the end of each line",
        b"sep=,\r\n" + csv([[*row, "", ""] for row in [*ROWS, GROUPED]], separator=","),
        stored=STORED,
    ),
    Nasty(
        "decimal-commas",
        "comma as separator and as decimal comma, numbers in quotation marks",
        csv(
            [[*HEAD, "Puan", "Yüzdelik Dilim"], [A, 18, 2, 15, 3, '"412,5031"', '"0,75"']],
            separator=",",
        ),
        stored={10: ((18, 2), (15, 3), Decimal("412.5031"), Decimal("0.75"))},
    ),
    Nasty(
        "titles-above",
        "the letterhead of the office, a date and empty rows above the header",
        csv(
            [
                ["T.C."],
                ["BALIKESİR VALİLİĞİ"],
                ["İl Millî Eğitim Müdürlüğü;;;"],
                [],
                ["2020-2021 LGS SONUÇLARI", "", "", "", "28.06.2021"],
                [],
                *ROWS,
            ]
        ),
        stored=STORED,
    ),
    Nasty(
        "merged-header",
        "a subject merged over its D and Y, the number merged downwards",
        book(
            [[], ["", "D", "Y", "D", "Y"], *ROWS[1:]],
            merged={"A1:A2": "T.C. Kimlik No", "B1:C1": "TÜRKÇE", "D1:E1": "MATEMATİK"},
        ),
        "liste.xlsx",
        STORED,
    ),
    Nasty(
        "three-row-header",
        "a header over three merged rows",
        book(
            [[], [], ["", "Doğru", "Yanlış", "Doğru", "Yanlış"], *ROWS[1:]],
            merged={
                "A1:A3": "T.C. Kimlik No",
                "B1:E1": "LGS 2021 Ders Sonuçları",
                "B2:C2": "Türkçe",
                "D2:E2": "Matematik",
            },
        ),
        "liste.xlsx",
        STORED,
    ),
    Nasty(
        "page-breaks",
        "the header again on each printed page, page numbers between",
        csv([*ROWS[:2], ["", "", "", "Sayfa 1/2", ""], *[ROWS[0], ROWS[2]], ["", "", "", "Sayfa 2/2", ""]]),
        stored=STORED,
    ),
    Nasty(
        "group-titles",
        "the name of the school and of the section as a row of its own above each group",
        csv([HEAD, ["EDREMİT ATATÜRK ORTAOKULU"], ["8/A Şubesi"], ROWS[1], [], ["8/B Şubesi"], ROWS[2]]),
        stored=STORED,
    ),
    Nasty(
        "totals",
        "TOPLAM and ORTALAMA rows at the end of a group and of the file",
        csv(
            [
                ROWS[0],
                ROWS[1],
                ["Ara Toplam", 18, 2, 15, 3],
                ROWS[2],
                ["GENEL TOPLAM", 28, 2, 15, 23],
                ["ORTALAMA", "14", "1", "7,5", "11,5"],
            ]
        ),
        stored=STORED,
    ),
    Nasty(
        "html-xls",
        "an HTML page in Windows-1254 that says it is .xls",
        html(ROWS, title="LGS Şube Çizelgesi"),
        "rapor.xls",
        STORED,
    ),
    Nasty(
        "ods",
        "an ODS whose numbers are number cells",
        ods([HEAD, [int(A), 18, 2, 15, 3.0], [B, *ROWS[2][1:]]]),
        "liste.ods",
        STORED,
    ),
    Nasty(
        "excel-97",
        "a workbook of Excel 97 whose numbers are number cells",
        xls([["LGS SONUÇLARI"], HEAD, [int(A), 18, 2, 15, 3], [int(B), "10", 0, "0", 20]]),
        "liste.xls",
        STORED,
    ),
    Nasty(
        "binary-workbook",
        "a binary workbook of a newer Excel",
        xlsb([HEAD, [int(A), 18, 2, 15, 3], [B, 10, 0, 0, 20]]),
        "liste.xlsb",
        STORED,
    ),
    Nasty(
        "float-numbers",
        "T.C. numbers and counts that went through a program with floats",
        csv([HEAD, [f"{A}.0", "18.0", "2.0", "15,0", "3"], [f"{B},00", 10, 0, 0, 20]]),
        stored=STORED,
    ),
    Nasty(
        "numbers-with-spaces",
        "spaces, hard spaces and zero-width characters in T.C. numbers and counts",
        csv(
            [
                HEAD,
                [f"{A[:3]}{NBSP}{A[3:7]} {A[7:]}", f" 18{NBSP}", "2 ", "\u200b15", 3],
                [f"\u200e{B}\u200e", 10, 0, 0, 20],
            ]
        ),
        stored=STORED,
    ),
    Nasty(
        "not-taken",
        "every way to say that somebody was not there",
        csv(
            [
                HEAD,
                [A, "G", "g", "GİRMEDİ", "girmedi"],
                [B, "YOK", "-", 0, 0],
                [C, "", "", f"GI{DOT}RMEDI{DOT}", "–"],
            ]
        ),
        stored={10: (None, None), 11: (None, (0, 0)), 12: (None, None)},
    ),
    Nasty(
        "decomposed-letters",
        "headers whose i and ü came apart into letter and mark",
        csv(
            [
                [
                    "T.C. Ki\u0307mli\u0307k No",
                    "Tu\u0308rkc\u0327e D",
                    "Türkc\u0327e Y",
                    f"MATEMATI{DOT}K D",
                    "Matemati\u0307k Y",
                ],
                *ROWS[1:],
            ]
        ),
        stored=STORED,
    ),
    Nasty(
        "other-casing",
        "headers in capitals, in small letters and without Turkish letters",
        csv([["TC KIMLIK NO", "TÜRKÇE D", "turkce y", "MATEMATIK d", "matematik Y"], *ROWS[1:]]),
        stored=STORED,
    ),
    Nasty(
        "other-names",
        "other names of columns, other order, columns that nobody asked for",
        csv(
            [
                [
                    "Sıra No",
                    "Matematik Yanlış",
                    "Matematik Doğru",
                    "Adı Soyadı",
                    "Türkçe (D)",
                    "Türkçe (Y)",
                    "TCKN",
                    "Şube",
                ],
                [1, 3, 15, "Işıl ÇIĞIR", 18, 2, A, "8/A"],
                [2, 20, 0, "Oğuz, Öz", 10, 0, B, "8/A"],
            ]
        ),
        stored=STORED,
    ),
    Nasty(
        "later-sheet",
        "a cover sheet first, the list on the second one",
        book([], sheets={"Kapak": [["LGS sonuçları ekte sunulmuştur."]], "Liste": ROWS}),
        "liste.xlsx",
        STORED,
    ),
    Nasty(
        "hidden-sheet",
        "the results of last year on a hidden sheet",
        book([], sheets={"2021": ROWS, "2020": [HEAD, [A, 1, 1, 1, 1]]}, hidden=["2020"]),
        "liste.xlsx",
        STORED,
    ),
    Nasty(
        "formulas",
        "nets as formulas with their stored results",
        solved(
            [[*HEAD[:3], "Türkçe N", *HEAD[3:]], [A, 18, 2, 0, 15, 3], [B, 10, 0, 0, 0, 20]],
            {(1, 3): ("=B2-C2/3", 18 - 2 / 3), (2, 3): ("=B3-C3/3", 10)},
        ),
        "liste.xlsx",
        STORED,
    ),
    Nasty(
        "nets-agree",
        "nets rounded to two decimals, one of them negative",
        csv([[*HEAD, "Türkçe N", "Matematik N"], [*ROWS[1], "17,33", "14"], [*ROWS[2], "10", "-6,67"]]),
        stored=STORED,
    ),
    Nasty(
        "one-subject",
        "no columns of Matematik: nobody took it",
        csv([row[:3] for row in ROWS]),
        stored={10: ((18, 2), None), 11: ((10, 0), None)},
    ),
    Nasty(
        "score-only",
        "scores, ranks with a thousands point and percentiles with a percent sign, no subjects",
        csv(
            [
                ["T.C. Kimlik No", "Puan", "Genel Sıra", "Yüzdelik Dilim"],
                [A, "487,1234", "12.345", "% 0,61"],
                [B, "G", "", "-"],
            ]
        ),
        stored={10: (None, None, Decimal("487.1234"), 12345, Decimal("0.61")), 11: (None, None)},
    ),
    Nasty(
        "tiny-percentile",
        "a percentile so small that the workbook keeps it as 5E-05",
        book([[*HEAD, "Yüzdelik Dilim"], [int(A), 18, 2, 15, 3, 0.00005], [int(B), 10, 0, 0, 20, 100]]),
        "liste.xlsx",
        {10: ((18, 2), (15, 3), Decimal("0.00005")), 11: ((10, 0), (0, 20), Decimal(100))},
    ),
    Nasty(
        "line-breaks-in-headers",
        "headers broken into lines inside their cells",
        book([["T.C.\nKimlik No", "Türkçe\nD", "Türkçe\nY", "Matematik\nD", "Matematik\nY"], *ROWS[1:]]),
        "liste.xlsx",
        STORED,
    ),
]


@pytest.mark.parametrize("nasty", ACCEPTED, ids=lambda each: each.name)
def test_results(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("exam_results", nasty, tmp_path)
