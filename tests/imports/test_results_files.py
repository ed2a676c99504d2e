"""Exam results as offices send them.

The lists below are the table: each file has a name, what is nasty about it, and what must come of it.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.imports.files import DOT, NBSP, Nasty, book, csv, html, ods, solved
from tests.imports.world import SCHOOL, TC, World, check

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

WRONG_NUMBER = "Kimlik numarası"
REFUSED = [
    Nasty(
        "cut-number",
        "one T.C. number cut to 1,23457E+10 by the spreadsheet",
        csv([HEAD, ROWS[1], ["1,23457E+10", 10, 0, 0, 20]]),
        refused=[(3, "T.C. Kimlik No", "Kimlik numarası hücrede kısalmış")],
        kept={10: STORED[10]},
        corrected={3: {"T.C. Kimlik No": B}},
        stored=STORED,
    ),
    Nasty(
        "lost-digit",
        "a T.C. number that lost a digit, and one whose last digits changed places",
        csv([HEAD, [A[:-1], 18, 2, 15, 3], [B[:-2] + B[-1] + B[-2], 10, 0, 0, 20]]),
        refused=[
            (2, "T.C. Kimlik No", "Kimlik numarası 11 haneli olmalıdır; 10 hane yazılmış"),
            (3, "T.C. Kimlik No", "Kimlik numarası geçerli değil"),
        ],
        corrected={2: {"T.C. Kimlik No": A}, 3: {"T.C. Kimlik No": B}},
        stored=STORED,
    ),
    Nasty(
        "too-many-answers",
        "more correct and wrong answers than the subject has questions",
        csv([HEAD, [A, 18, 3, 15, 3], ROWS[2]]),
        refused=[(2, "Türkçe D", "18 doğru ve 3 yanlış toplam 21 eder; Türkçe dersinde 20 soru var.")],
        kept={11: STORED[11]},
        corrected={2: {"Türkçe Y": "2"}},
        stored=STORED,
    ),
    Nasty(
        "net-contradicts",
        "a net that counts four wrong answers for a correct one",
        csv([[*HEAD, "Matematik N"], [*ROWS[1], "14,25"], [*ROWS[2], "-6,67"]]),
        refused=[(2, "Matematik N", "15 doğru ve 3 yanlışın neti 14 olmalıdır")],
        kept={11: STORED[11]},
        corrected={2: {"Matematik N": "14"}},
        stored=STORED,
    ),
    Nasty(
        "half-a-pair",
        "wrong answers without the correct ones",
        csv([HEAD, [A, 18, 2, "", 3], ROWS[2]]),
        refused=[(2, "Matematik D", "Doğru ve yanlış sayısından yalnız biri yazılmış")],
        kept={11: STORED[11]},
        corrected={2: {"Matematik D": "15"}},
        stored=STORED,
    ),
    Nasty(
        "twice",
        "a student twice, with different results",
        csv([HEAD, ROWS[1], [A, 19, 1, 15, 3], ROWS[2]]),
        refused=[(3, "T.C. Kimlik No", "Bu numara 2. satırda da var")],
        kept=STORED,
        corrected={3: {"T.C. Kimlik No": C}},
        stored={**STORED, 12: ((19, 1), (15, 3))},
    ),
    Nasty(
        "strangers",
        "a student of another province and one whom nobody knows",
        csv([HEAD, ROWS[1], [TC[17], 10, 0, 0, 20], [TC[18], 10, 0, 0, 20]]),
        refused=[
            (3, "T.C. Kimlik No", "Bu numarayla kayıtlı öğrenci yok"),
            (4, "T.C. Kimlik No", "Bu numarayla kayıtlı öğrenci yok"),
        ],
        kept={10: STORED[10]},
        corrected={3: {"T.C. Kimlik No": B}, 4: {"T.C. Kimlik No": C}},
        stored={**STORED, 12: STORED[11]},
    ),
    Nasty(
        "another-school",
        "a student of another school in a school's file",
        csv([["Kurum Kodu", *HEAD], [SCHOOL, *ROWS[1]], [SCHOOL, TC[16], 10, 0, 0, 20]]),
        refused=[(3, "Kurum Kodu", "Bu öğrenci bu yıl 712346 kodlu kurumda kayıtlı")],
        kept={10: STORED[10]},
        corrected={3: {"Kurum Kodu": "712346"}},
        stored={10: STORED[10], 16: STORED[11]},
    ),
    Nasty(
        "odd-counts",
        "half an answer, a negative one, a word and a calculation error",
        csv([HEAD, [A, "3,5", 2, 15, 3], [B, 10, -1, 0, 20], [C, "on", 0, "#YOK", 0]]),
        refused=[
            (2, "Türkçe D", "Tam sayı olmalıdır"),
            (3, "Türkçe Y", "Eksi olamaz"),
            (4, "Türkçe D", "Sayı olmalıdır"),
            (4, "Matematik D", "Sayı olmalıdır"),
        ],
        corrected={2: {"Türkçe D": "18"}, 3: {"Türkçe Y": "0"}, 4: {"Türkçe D": "10", "Matematik D": "20"}},
        stored={**STORED, 12: ((10, 0), (20, 0))},
    ),
    Nasty(
        "number-became-date",
        "a count that the spreadsheet turned into a day",
        csv([HEAD, [A, "18.02.2021", 2, 15, 3], ROWS[2]]),
        refused=[(2, "Türkçe D", "Sayı olmalıdır")],
        kept={11: STORED[11]},
        corrected={2: {"Türkçe D": "18"}},
        stored=STORED,
    ),
    Nasty(
        "scientific-score",
        "a score in scientific notation and one that lost its comma",
        csv([[*HEAD, "Puan"], [*ROWS[1], "4,125E+02"], [*ROWS[2], "3981254"]]),
        refused=[(2, "Puan", "Sayı olmalıdır"), (3, "Puan", "0 ile 1000 arasında olmalıdır")],
        corrected={2: {"Puan": "412,5"}, 3: {"Puan": "398,1254"}},
        stored={10: (*STORED[10], Decimal("412.5")), 11: (*STORED[11], Decimal("398.1254"))},
    ),
    Nasty(
        "odd-ranks",
        "rank 0, half a rank and a percentile above a hundred",
        csv([[*HEAD, "Genel Sıra", "Yüzdelik Dilim"], [*ROWS[1], 0, 1], [*ROWS[2], "1,5", 101]]),
        refused=[
            (2, "Genel Sıra", "Sıra 1 ile"),
            (3, "Genel Sıra", "Sıra tam sayı olmalıdır"),
            (3, "Yüzdelik Dilim", "0 ile 100 arasında olmalıdır"),
        ],
        corrected={2: {"Genel Sıra": ""}, 3: {"Genel Sıra": "7", "Yüzdelik Dilim": "1,01"}},
        stored={10: (*STORED[10], Decimal(1)), 11: (*STORED[11], 7, Decimal("1.01"))},
    ),
    Nasty(
        "row-numbers",
        "an error below titles, empty rows and a header over two rows: the row is the one that the person sees",
        book(
            [[], ["LGS"], [], [], ["", "D", "Y", "D", "Y"], [], ROWS[1], [], [B, 10, 0, 0, 21]],
            merged={"A4:A5": "T.C. Kimlik No", "B4:C4": "Türkçe", "D4:E4": "Matematik"},
        ),
        "liste.xlsx",
        refused=[(9, "Matematik D", "0 doğru ve 21 yanlış")],
        kept={10: STORED[10]},
        corrected={9: {"Matematik Y": "20"}},
        stored=STORED,
    ),
]

WHOLE = [
    Nasty(
        "unknown-exam",
        "a code that no exam of the year has",
        csv(ROWS),
        sentence="2020-2021 yılında “TYT-2021” kodlu bir sınav yok; bilinen sınavlar: LGS-2021.",
        options=("--exam", "TYT-2021"),
    ),
    Nasty(
        "half-a-subject",
        "the column of the wrong answers is missing",
        csv([HEAD[:4], *(row[:4] for row in ROWS[1:])]),
        sentence="Dosyada “Matematik D” sütunu var, “Matematik Y” sütunu yok",
    ),
    Nasty(
        "another-exam",
        "the results of another exam",
        csv([[*HEAD, "Fizik D", "Fizik Y"], [*ROWS[1], 1, 1]]),
        sentence="Dosyada bu sınavda olmayan bir ders var (“Fizik D”); LGS-2021 sınavının dersleri: Türkçe, Matematik.",
    ),
    Nasty(
        "only-names",
        "numbers and names without any result",
        csv([["T.C. Kimlik No", "Adı", "Soyadı"], [A, "Işıl", "Öz"]]),
        sentence="Dosyada LGS-2021 sınavının derslerinden hiçbirinin sütunu ve Puan sütunu yok",
    ),
    Nasty(
        "a-column-twice",
        "two columns of the same name",
        csv([[*HEAD, "Türkçe D"], [*ROWS[1], 12]]),
        sentence="“Türkçe D” sütunu dosyada iki kez var",
    ),
]


@pytest.mark.parametrize("nasty", [*ACCEPTED, *REFUSED, *WHOLE], ids=lambda each: each.name)
def test_results(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("exam_results", nasty, tmp_path)
