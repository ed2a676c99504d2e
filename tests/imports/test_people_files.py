"""Institutions, staff, students and projects as offices send them.

The lists below are the table: each file has a name, what is nasty about it, and what must come of it.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.imports.files import DOT, NBSP, Nasty, book, csv, html, ods
from tests.imports.world import OTHER_SCHOOL, SCHOOL, TC, World, check

A, B = TC[20:22]
INSTITUTIONS = ["Kurum Kodu", "Kurum Adı", "İlçe", "Kategori"]
STAFF = ["T.C. Kimlik No", "Ad", "Soyad", "Unvan", "Branş", "Kurum Kodu"]
PROJECTS = [
    "Kurum Kodu",
    "Proje Adı",
    "Program",
    "Kalem",
    "Aşama",
    "Durum",
    "Bağımsız Puan",
    "Öğretmen TC",
    "Öğrenci TC",
]
STUDENTS = ["T.C. Kimlik No", "Ad", "Soyad", "Okul No", "Kurum Kodu", "Sınıf", "Şube"]
MIDDLE, HIGH = "Atatürk Ortaokulu", "Sındırgı Anadolu Lisesi"
TWO_SCHOOLS = {"722201": (MIDDLE, "Edremit", "middle"), "722202": (HIGH, "Sındırgı", "high")}
TEACHER = ("Işıl", "Çığır", "teacher", "Türkçe", SCHOOL)
PUPIL = ("İrem", "Güneş", 8, "A", SCHOOL)

INSTITUTION_FILES = [
    Nasty(
        "district-once",
        "the district on the first row of its group only, a total under each group",
        csv(
            [
                ["İLÇE", "KURUM KODU", "KURUM ADI", "KATEGORİ"],
                ["EDREMİT", "722201", MIDDLE, "Ortaokul"],
                ["", "722203", "Cumhuriyet İlkokulu", "İLKOKUL"],
                ["EDREMİT TOPLAMI", "2", "", ""],
                [f"Sındırgı{NBSP}", "722202", HIGH, "lise"],
                ["TOPLAM", "3", "", ""],
            ],
            encoding="cp1254",
        ),
        stored={**TWO_SCHOOLS, "722203": ("Cumhuriyet İlkokulu", "Edremit", "primary")},
    ),
    Nasty(
        "district-as-title",
        "the district merged over its group as a title row",
        book(
            [INSTITUTIONS, [], ["722201", MIDDLE, "", "Ortaokul"], [], ["722202", HIGH, "", "Lise"]],
            merged={"C2:D2": "Edremit", "C4:D4": "SINDIRGI"},
        ),
        "liste.xlsx",
        TWO_SCHOOLS,
    ),
    Nasty(
        "codes-as-floats",
        "codes and categories that went through a program with floats",
        csv([INSTITUTIONS, ["722201.0", MIDDLE, "edremit", "ortaokul"], ["722 202", HIGH, "SINDIRGI", "LİSE"]]),
        stored=TWO_SCHOOLS,
    ),
    Nasty(
        "lost-zero",
        "a code that lost the zeros before it, a district of another province, a category of one's own",
        csv(
            [
                INSTITUTIONS,
                ["22201", MIDDLE, "Edremit", "Ortaokul"],
                ["722202", HIGH, "Haliliye", "Lise"],
                ["722203", "Işık Koleji", "Edremit", "Kolej"],
            ]
        ),
        refused=[
            (2, "Kurum Kodu", "Kurum kodu 6-8 rakam olmalıdır; baştaki sıfırlar silinmişse ekleyiniz"),
            (3, "İlçe", "Bu ilde Haliliye ilçesi yok"),
            (4, "Kategori", "“Kolej” bir kategori değil"),
        ],
        corrected={2: {"Kurum Kodu": "00022201"}, 3: {"İlçe": "Sındırgı"}, 4: {"Kategori": "Lise"}},
        stored={
            "00022201": (MIDDLE, "Edremit", "middle"),
            "722202": TWO_SCHOOLS["722202"],
            "722203": ("Işık Koleji", "Edremit", "high"),
        },
    ),
]

STAFF_FILES = [
    Nasty(
        "merged-titles",
        "a header over three rows, names taken apart into letters and marks, numbers as number cells",
        book(
            [
                [],
                ["", "", "", "", "", "Kurum"],
                ["T.C. Kimlik No", "Adı", "Soyadı", "Ünvanı", "Branşı", "Kodu"],
                [int(A), f"Işıl{NBSP}", "Çığır", "OGRETMEN", "Türkçe", int(SCHOOL)],
                [B, f"I{DOT}rem", "Gu\u0308nes\u0327", "müdür  yardımcısı", "", OTHER_SCHOOL],
            ],
            merged={"A1:F1": "PERSONEL LİSTESİ", "A2:C2": "Kişi Bilgileri", "D2:E2": "Görevi"},
        ),
        "liste.xlsx",
        {20: TEACHER, 21: ("İrem", "Güneş", "deputy", "", OTHER_SCHOOL)},
    ),
    Nasty(
        "html-report",
        "a report of a web site in Windows-1254 with a title and entities, named .xls",
        html([STAFF, [A, "Işıl", "Çığır", "Öğretmen", "Türkçe", SCHOOL]], title="Personel <Listesi> & Görev"),
        "rapor.xls",
        {20: TEACHER},
    ),
    Nasty(
        "columns-exchanged",
        "number and name in each other's columns, a title nobody has, a school of nobody",
        csv(
            [
                STAFF,
                ["Işıl", A, "Çığır", "Öğretmen", "Türkçe", SCHOOL],
                [B, "=HYPERLINK(1)", "Güneş", "Kaptan", "", "999999"],
            ]
        ),
        refused=[
            (2, "T.C. Kimlik No", "Kimlik numarası yalnız rakamlardan oluşmalıdır"),
            (3, "Ad", "Hücre formül gibi başlıyor"),
            (3, "Unvan", "“Kaptan” tanınan bir unvan değil"),
            (3, "Kurum Kodu", "Bu ilde 999999 kodlu kurum yok"),
        ],
        corrected={
            2: {"T.C. Kimlik No": A, "Ad": "Işıl"},
            3: {"Ad": "İrem", "Unvan": "Müdür Yrd.", "Kurum Kodu": OTHER_SCHOOL},
        },
        stored={20: TEACHER, 21: ("İrem", "Güneş", "deputy", "", OTHER_SCHOOL)},
    ),
    Nasty(
        "missing-columns",
        "a list without titles and schools",
        csv([STAFF[:3], [A, "Işıl", "Çığır"]]),
        sentence="Dosyada şu sütunlar yok: Unvan, Kurum Kodu",
    ),
]

STUDENT_FILES = [
    Nasty(
        "sections-of-all-kinds",
        "grade and section written in one cell, in both cells, with words, as floats",
        csv(
            [
                STUDENTS,
                [A, "İrem", "Güneş", "101", SCHOOL, "8", "8/A"],
                [B, "Çınar", "Ilgaz", "102.0", SCHOOL, "8. Sınıf / A Şubesi", "a şubesi"],
                [TC[22], "Şule", "Kaya", "", SCHOOL, "8.0", " A "],
                [TC[23], "Ümit", "İnce", "", SCHOOL, "Ana Sınıfı", "B"],
            ]
        ),
        stored={
            20: PUPIL,
            21: ("Çınar", "Ilgaz", 8, "A", SCHOOL),
            22: ("Şule", "Kaya", 8, "A", SCHOOL),
            23: ("Ümit", "İnce", 0, "B", SCHOOL),
        },
    ),
    Nasty(
        "ods-with-titles",
        "an ODS with a title, an empty first column and page numbers",
        ods(
            [
                ["", "ÖĞRENCİ LİSTESİ"],
                ["", *STUDENTS],
                ["", int(A), "İrem", "Güneş", 101, int(SCHOOL), 8, "A"],
                ["", "", "", "", "Sayfa 1"],
            ]
        ),
        "liste.ods",
        {20: PUPIL},
    ),
    Nasty(
        "section-became-date",
        "a section that the spreadsheet turned into a day, a grade that no school has, a number used twice",
        csv(
            [
                STUDENTS,
                [A, "İrem", "Güneş", "", SCHOOL, "8", "08.Oca.2021 00:00"],
                [B, "Çınar", "Ilgaz", "", SCHOOL, "13", "A"],
                [A, "Şule", "Kaya", "", SCHOOL, "8", "A"],
            ]
        ),
        refused=[
            (2, "Şube", "Şube en çok 12 harf olmalıdır"),
            (3, "Sınıf", "Sınıf 1-12 arasında"),
            (4, "T.C. Kimlik No", "Bu numara 2. satırda da var"),
        ],
        corrected={2: {"Şube": "A"}, 3: {"Sınıf": "12"}, 4: {"T.C. Kimlik No": TC[22]}},
        stored={20: PUPIL, 21: ("Çınar", "Ilgaz", 12, "A", SCHOOL), 22: ("Şule", "Kaya", 8, "A", SCHOOL)},
    ),
]

PROJECT_FILES = [
    Nasty(
        "teams-in-cells",
        "teams in one cell with strokes, spaces and a stroke too many; the name of the project in other letters",
        csv(
            [
                ["2020-2021 PROJE ÇİZELGESİ"],
                PROJECTS,
                [
                    SCHOOL,
                    f"Işık{NBSP} ve Su",
                    "AB PROJELERİ",
                    "ka210",
                    "hazırlayan",
                    "ONAYLANDI",
                    "",
                    f"{TC[0]} | {TC[1]}|",
                    f"{TC[10]}.0",
                ],
                [SCHOOL, "IŞIK VE SU", "ab", "KA2", "BAŞARI", "Gönderildi", "", "", ""],
                [SCHOOL, "Deniz", "AB", "Diğer", "Başarı", "Onaylandı", "85,5", TC[2], ""],
                ["TOPLAM", "2 proje"],
            ],
            separator="\t",
            encoding="cp1254",
        ),
        "proje.txt",
        {
            "Işık ve Su": (("KA2", "preparing", "approved", None), ("KA2", "success", "submitted", None), [0, 1], [10]),
            "Deniz": (("AB-OTHER", "success", "approved", Decimal("85.5")), [2], []),
        },
    ),
    Nasty(
        "claims-in-conflict",
        "a claim twice, points for an item that has its own, a cut number in a team, an item of another programme",
        csv(
            [
                PROJECTS,
                [SCHOOL, "Işık", "AB", "KA2", "Hazırlayan", "Onaylandı", "", TC[0], ""],
                [SCHOOL, "IŞIK", "AB", "KA2", "Hazırlayan", "Onaylandı", "", TC[0], ""],
                [SCHOOL, "Su", "AB", "KA1", "Başarı", "Onaylandı", "90", TC[1], ""],
                [SCHOOL, "Hava", "AB", "KA1", "Başarı", "Onaylandı", "", f"{TC[1]}|3,3E+10", ""],
                [SCHOOL, "Toprak", "TÜBİTAK", "KA1", "Başarı", "Onaylandı", "", TC[1], ""],
            ]
        ),
        refused=[
            (3, "Kalem", "Bu projenin aynı kalem ve aşaması 2. satırda da var"),
            (4, "Bağımsız Puan", "Bu kalem bağımsız puanlanmaz; hücreyi boş bırakınız"),
            (5, "Öğretmen T.C. Kimlik No", "Kimlik numarası hücrede kısalmış"),
            (6, "Kalem", "Bu programda böyle bir kalem yok"),
        ],
        kept={"Işık": (("KA2", "preparing", "approved", None), [0], [])},
        corrected={
            3: {"Aşama": "Başarı"},
            4: {"Bağımsız Puan": ""},
            5: {"Öğretmen T.C. Kimlik No": f"{TC[1]}|{TC[2]}"},
            6: {"Program": "AB"},
        },
        stored={
            "Işık": (("KA2", "preparing", "approved", None), ("KA2", "success", "approved", None), [0], []),
            "Su": (("KA1", "success", "approved", None), [1], []),
            "Hava": (("KA1", "success", "approved", None), [1, 2], []),
            "Toprak": (("KA1", "success", "approved", None), [1], []),
        },
    ),
]


@pytest.mark.parametrize("nasty", PROJECT_FILES, ids=lambda each: each.name)
def test_projects(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("projects", nasty, tmp_path)


@pytest.mark.parametrize("nasty", INSTITUTION_FILES, ids=lambda each: each.name)
def test_institutions(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("institutions", nasty, tmp_path)


@pytest.mark.parametrize("nasty", STAFF_FILES, ids=lambda each: each.name)
def test_staff(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("staff", nasty, tmp_path)


@pytest.mark.parametrize("nasty", STUDENT_FILES, ids=lambda each: each.name)
def test_students(world: World, tmp_path: Path, nasty: Nasty) -> None:
    check("students", nasty, tmp_path)
