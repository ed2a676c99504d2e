"""Teaching, coaching and use of EBA as offices send them.

The lists below are the table: each file has a name, what is nasty about it, and what must come of it.
"""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from tests.imports.files import DOT, NBSP, Nasty, book, csv, html, ods
from tests.imports.world import OTHER_SCHOOL, SCHOOL, TC, World, check

TEACHING = ["Kurum Kodu", "Sınıf", "Şube", "Ders", "Öğretmen T.C. Kimlik No"]
COACHING = ["Öğretmen T.C. Kimlik No", "Öğrenci T.C. Kimlik No"]
CRITERIA = [
    "Sistemde Kalma Süresi",
    "Gönderilen Çalışmaların Sayısı",
    "Üretilen Soruların Sayısı",
    "Oluşturulan Sınav Sayısı",
    "İçerik Paylaşımları (Üretilen İçerik Sayısı)",
    "EBA Sisteminde Katıldığı Kurslar/Seminerlerin Sayısı",
    "Okulda Sınıf Bazlı Sıralamada İlk 10'da Bulunan Her Bir Öğrenci İçin",
]
USE = ["T.C. Kimlik No", *CRITERIA]
TIME = ["T.C. Kimlik No", "Sistemde Kalma Süresi", "Sınıf Sırası"]
NOTHING = [""] * 6
UNKNOWN_TEACHER = "Bu ilde bu numarayla öğretmen kaydı yok"


def hours(value: str) -> dict[str, Fraction]:
    return {"TIME_IN_SYSTEM": Fraction(value)}


TEACHING_FILES = [
    Nasty(
        "guides-in-capitals",
        "the class guide in capitals with a dotted I taken apart, subjects with hard spaces",
        csv(
            [
                TEACHING,
                [SCHOOL, "8", "A", f"SINIF REHBERLI{DOT}G\u0306I{DOT}", TC[0]],
                [SCHOOL, "8", "A", f"Türkçe{NBSP}", TC[1]],
                [f"{SCHOOL}.0", "8/A", "8/A", "Türkçe", TC[1]],
            ]
        ),
        stored={(SCHOOL, 8, "A", "guide", 0), (SCHOOL, 8, "A", "Türkçe", 1)},
    ),
    Nasty(
        "section-as-title",
        "the section as a title row above its teachers, a total of lessons below",
        html(
            [
                TEACHING,
                ["8/A SINIFI", "", "", "", ""],
                [SCHOOL, 8, "A", "Matematik", TC[0]],
                ["TOPLAM", "1", "", "", ""],
            ]
        ),
        "dersler.xls",
        {(SCHOOL, 8, "A", "Matematik", 0)},
    ),
    Nasty(
        "merged-school",
        "the school written once for its rows, which only a district may be",
        book([TEACHING, [SCHOOL, 8, "A", "Türkçe", TC[0]], ["", 8, "A", "Matematik", TC[1]]]),
        "liste.xlsx",
        refused=[(3, "Kurum Kodu", "Boş bırakılamaz")],
        kept={(SCHOOL, 8, "A", "Türkçe", 0)},
        corrected={3: {"Kurum Kodu": SCHOOL}},
        stored={(SCHOOL, 8, "A", "Türkçe", 0), (SCHOOL, 8, "A", "Matematik", 1)},
    ),
    Nasty(
        "two-guides",
        "two class guides of one section, a teacher nobody knows, a pupil as teacher",
        csv(
            [
                TEACHING,
                [SCHOOL, "8", "A", "Sınıf Rehberliği", TC[0]],
                [SCHOOL, "8", "A", "Sınıf Rehberliği", TC[1]],
                [OTHER_SCHOOL, "8", "A", "Türkçe", TC[18]],
                [OTHER_SCHOOL, "8", "A", "Matematik", TC[10]],
            ]
        ),
        refused=[
            (3, "Öğretmen T.C. Kimlik No", "Bu şubenin sınıf rehber öğretmeni 2. satırda başka biri"),
            (4, "Öğretmen T.C. Kimlik No", UNKNOWN_TEACHER),
            (5, "Öğretmen T.C. Kimlik No", UNKNOWN_TEACHER),
        ],
        kept={(SCHOOL, 8, "A", "guide", 0)},
        corrected={3: {"Şube": "B"}, 4: {COACHING[0]: TC[2]}, 5: {COACHING[0]: TC[2]}},
        stored={
            (SCHOOL, 8, "A", "guide", 0),
            (SCHOOL, 8, "B", "guide", 1),
            (OTHER_SCHOOL, 8, "A", "Türkçe", 2),
            (OTHER_SCHOOL, 8, "A", "Matematik", 2),
        },
    ),
]

COACHING_FILES = [
    Nasty(
        "number-under-both",
        "the same header twice under two merged titles",
        book(
            [[], ["Adı", "T.C. Kimlik No", "Adı", "T.C. Kimlik No"], ["Ece", TC[0], "İrem", int(TC[10])]],
            merged={"A1:B1": "ÖĞRETMEN", "C1:D1": "ÖĞRENCİ"},
        ),
        "liste.xlsx",
        {(0, 10)},
    ),
    Nasty(
        "wrong-grade",
        "a pupil of the 7th grade, one without a school this year, teacher and pupil exchanged",
        csv([COACHING, [TC[0], TC[10]], [TC[0], TC[15]], [TC[0], TC[17]], [TC[11], TC[1]]]),
        refused=[
            (3, COACHING[1], "Öğrenci 7. sınıfta; danışman yalnız 8. ve 12. sınıf öğrencilerine verilir"),
            (4, COACHING[1], "Bu ilde bu numarayla öğrenci kaydı yok"),
            (5, COACHING[0], UNKNOWN_TEACHER),
            (5, COACHING[1], "Bu ilde bu numarayla öğrenci kaydı yok"),
        ],
        kept={(0, 10)},
        corrected={
            3: {COACHING[1]: TC[14]},
            4: {COACHING[1]: TC[16]},
            5: {COACHING[0]: TC[1], COACHING[1]: TC[11]},
        },
        stored={(0, 10), (0, 14), (0, 16), (1, 11)},
    ),
]

STAFF_USE_FILES = [
    Nasty(
        "duration-cells",
        "time in system as duration cells, above a day too, and as a time of day",
        book(
            [
                USE,
                [TC[0], datetime.timedelta(hours=137, minutes=5), *[3] * 6],
                [TC[1], datetime.time(2, 30), *NOTHING],
                [TC[2], 740 / 60, *NOTHING],
            ],
            formats={(1, 1): "[h]:mm:ss", (2, 1): "hh:mm"},
        ),
        "liste.xlsx",
        {
            0: hours("1645/12")
            | dict.fromkeys(
                (
                    "WORK_SENT",
                    "QUESTIONS_WRITTEN",
                    "EXAMS_CREATED",
                    "CONTENT_SHARED",
                    "COURSES_ATTENDED",
                    "TOP10_STUDENTS",
                ),
                Fraction(3),
            ),
            1: hours("5/2"),
            2: hours("37/3"),
        },
    ),
    Nasty(
        "curly-headers",
        "criteria in capitals, with a curly apostrophe, a line break and other brackets",
        book(
            [
                [each.upper().replace("'", "’").replace("(", "[").replace(" SAYISI", "\nSAYISI") for each in USE],
                [TC[0], "12,5", *NOTHING],
            ]
        ),
        "liste.xlsx",
        {0: hours("25/2")},
    ),
    Nasty(
        "criteria-under-a-title",
        "criteria under a merged title, means and totals below",
        book(
            [[], USE, [int(TC[0]), "1.234,5", *NOTHING], ["ORTALAMA", 1234.5], ["TOPLAM", 1234.5]],
            merged={"B1:H1": "EBA KULLANIM ÖLÇÜTLERİ (1. DÖNEM)"},
        ),
        "liste.xlsx",
        {0: hours("2469/2")},
    ),
    Nasty(
        "words-and-dashes",
        "durations in words, dashes where nothing is known, one person with dashes alone",
        csv([USE, [TC[0], "12 saat 30 dakika", *"-–—", "", "", "-"], [TC[1], "45 dk", *NOTHING], [TC[2], *"-------"]]),
        stored={0: hours("25/2"), 1: hours("3/4")},
    ),
    Nasty(
        "odd-amounts",
        "a minute that no hour has, half a piece, a negative one, more hours than a term, the same person twice",
        csv(
            [
                USE,
                [TC[0], "12:75", *NOTHING],
                [TC[1], "12", "2,5", "-1", "", "", "", "yok"],
                [TC[2], "8213", *NOTHING],
                [TC[2], "1", *NOTHING],
            ],
            encoding="utf-16",
        ),
        "liste.csv",
        refused=[
            (2, CRITERIA[0], "Süre olmalıdır; 12,5 ya da 12:30 biçiminde yazınız"),
            (3, CRITERIA[1], "0 ya da daha büyük bir tam sayı olmalıdır"),
            (3, CRITERIA[2], "0 ya da daha büyük bir tam sayı olmalıdır"),
            (3, CRITERIA[6], "0 ya da daha büyük bir tam sayı olmalıdır"),
            (4, CRITERIA[0], "Bir dönemde 0 ile 5.000 saat arasında olabilir"),
            (5, "T.C. Kimlik No", "Bu numara 4. satırda da var"),
        ],
        corrected={
            2: {CRITERIA[0]: "13:15"},
            3: {CRITERIA[1]: "2", CRITERIA[2]: "", CRITERIA[6]: "-"},
            4: {CRITERIA[0]: "82,13"},
            5: {"T.C. Kimlik No": "", CRITERIA[0]: ""},
        },
        stored={0: hours("53/4"), 1: hours("12") | {"WORK_SENT": Fraction(2)}, 2: hours("82.13")},
    ),
    Nasty(
        "criterion-missing",
        "a criterion without its column",
        csv([USE[:-1], [TC[0], *"123456"]]),
        sentence=f"Dosyada “{CRITERIA[6]}” sütunu yok",
    ),
]

STUDENT_USE_FILES = [
    Nasty(
        "ods-times",
        "an ODS with time cells and numbers as texts",
        ods([TIME, [TC[10], "PT12H30M00S", 3], [TC[11], "7,25", "4"]]),
        "liste.ods",
        {10: (Fraction(25, 2), 3), 11: (Fraction(29, 4), 4)},
    ),
    Nasty(
        "class-lists",
        "classes under each other with their titles, headers again, pupils without a record",
        csv(
            [
                ["8/A SINIFI EBA RAPORU"],
                TIME,
                [TC[10], "1:05:30", "1"],
                [TC[11], "-", "-"],
                [],
                ["12/A SINIFI EBA RAPORU"],
                TIME,
                [TC[14], "0", ""],
            ],
            separator="\t",
            encoding="cp1254",
        ),
        "rapor.txt",
        {10: (Fraction(3930, 3600), 1), 14: (Fraction(0), None)},
    ),
    Nasty(
        "rank-without-time",
        "a rank without its time, a rank in words, a pupil of nobody",
        csv([TIME, [TC[10], "", "3"], [TC[11], "2", "3."], [TC[18], "1", "1"]]),
        refused=[
            (2, TIME[1], "Sınıf sırası yazılmış ama süre boş"),
            (3, TIME[2], "Sınıf sırası 1 ile 1.000 arasında bir tam sayı olmalıdır"),
            (4, "T.C. Kimlik No", "Bu ilde bu numarayla öğrenci kaydı yok"),
        ],
        corrected={2: {TIME[1]: "0,5"}, 3: {TIME[2]: "3"}, 4: {"T.C. Kimlik No": TC[12]}},
        stored={10: (Fraction(1, 2), 3), 11: (Fraction(2), 3), 12: (Fraction(1), 1)},
    ),
]


@pytest.mark.parametrize("nasty", TEACHING_FILES, ids=lambda each: each.name)
def test_teaching(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("teaching", nasty, tmp_path)


@pytest.mark.parametrize("nasty", COACHING_FILES, ids=lambda each: each.name)
def test_coaching(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("coaching", nasty, tmp_path)


@pytest.mark.parametrize("nasty", STAFF_USE_FILES, ids=lambda each: each.name)
def test_staff_use(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("eba_staff", nasty, tmp_path)


@pytest.mark.parametrize("nasty", STUDENT_USE_FILES, ids=lambda each: each.name)
def test_student_use(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("eba_students", nasty, tmp_path)
