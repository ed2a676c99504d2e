"""Exam results that are wrong: no wrong number gets in, and every refusal says where and what to do.

The lists below are the table: each file has a name, what is nasty about it, and what must come of it.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.imports.files import Nasty, book, csv
from tests.imports.world import SCHOOL, TC, World, check

HEAD = ["T.C. Kimlik No", "Türkçe D", "Türkçe Y", "Matematik D", "Matematik Y"]
A, B, C = TC[10:13]
ROWS = [HEAD, [A, 18, 2, 15, 3], [B, 10, 0, 0, 20]]
STORED = {10: ((18, 2), (15, 3)), 11: ((10, 0), (0, 20))}

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
            (4, "Matematik D", "Hücrede hesaplama hatası var"),
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


@pytest.mark.parametrize("nasty", [*REFUSED, *WHOLE], ids=lambda each: each.name)
def test_results(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("exam_results", nasty, tmp_path)
