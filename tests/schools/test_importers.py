"""Institutions, staff and students from files: what is written, what is refused, and the same file twice."""

import csv
from pathlib import Path
from typing import Any

import pytest

from common.identity import complete_tc, parse_identity
from common.models import AuditEntry, ImportBatch
from schools.models import Enrolment, Institution, InstitutionYear, Posting, Section, StaffMember, Student
from tests.common import workbook_files as files
from tests.common.sending import counts, import_table, write_csv
from tests.factories.schools import DistrictFactory, InstitutionFactory, StaffFactory, YearFactory

pytestmark = pytest.mark.django_db

INSTITUTIONS = "Kurum Kodu;Kurum Adı;İlçe;Kategori"
STAFF = "T.C. Kimlik No;Ad;Soyad;Unvan;Branş;Kurum Kodu;E-posta;İstihdam"
STUDENTS = "T.C. Kimlik No;Ad;Soyad;Okul No;Kurum Kodu;Sınıf;Şube"
TC = [complete_tc(str(300_000_000 + n)) for n in range(10)]


@pytest.fixture
def year() -> Any:
    year = YearFactory()
    for name in ("Edremit", "Sındırgı"):
        DistrictFactory(province=year.province, name=name)
    return year


@pytest.fixture
def school(year: Any) -> Any:
    return InstitutionFactory(code="712345")


def test_institutions_created_changed_and_same(year: Any, tmp_path: Path) -> None:
    first = write_csv(
        tmp_path / "a.csv",
        INSTITUTIONS,
        ["712345", "Sındırgı  İlkokulu", "SINDIRGI", "İLKOKUL"],
        ["0712346", "Özel Işık Anaokulu", "edremit", "okul öncesi"],
        ["712347", "Özel Eğitim Uygulama Okulu", "", "özel eğitim"],
        ["712348", "Edremit Mesleki ve Teknik Anadolu Lisesi", "", "Proje Lise"],
    )
    answer, code = import_table("institutions", first)
    assert (counts(answer), answer["errors"], code) == ((4, 4, 0, 0, 0), [], 0)
    written = Institution.objects.order_by("code").values_list(
        "code", "name", "district__name", "is_private", "is_vocational"
    )
    assert list(written) == [
        ("0712346", "Özel Işık Anaokulu", "Edremit", True, False),
        ("712345", "Sındırgı İlkokulu", "Sındırgı", False, False),
        ("712347", "Özel Eğitim Uygulama Okulu", "Edremit", False, False),
        ("712348", "Edremit Mesleki ve Teknik Anadolu Lisesi", "Edremit", False, True),
    ]
    of_year = InstitutionYear.objects.order_by("institution__code").values_list("category", flat=True)
    assert list(of_year) == ["preschool", "primary", "special", "project_high"]
    assert counts(import_table("institutions", first)[0]) == (4, 0, 0, 4, 0)
    second = write_csv(
        tmp_path / "b.csv",
        INSTITUTIONS,
        ["712345", "Sındırgı Atatürk İlkokulu", "Sındırgı", "İlkokul"],
        ["712348", "Edremit Mesleki ve Teknik Anadolu Lisesi", "Edremit", "Lise"],
        ["0712346", "Özel Işık Anaokulu", "Edremit", "Okul öncesi"],
    )
    assert counts(import_table("institutions", second)[0]) == (3, 0, 2, 1, 0)
    assert InstitutionYear.objects.get(institution__code="712348").category == "high"


def test_institutions_refused_rows_are_named(year: Any, tmp_path: Path) -> None:
    other = InstitutionFactory(district=DistrictFactory(province=YearFactory(province__plate_code=63).province))
    path = write_csv(
        tmp_path / "a.csv",
        INSTITUTIONS,
        ["712345", "A Okulu", "Edremit", "Lise"],
        ["12345", "B Okulu", "Edremit", "Lise"],
        ["712346", "", "Edremit", "Lise"],
        ["712347", "C Okulu", "Paris", "Lise"],
        ["712348", "D Okulu", "Edremit", "Kolej"],
        ["712345", "E Okulu", "Edremit", "Lise"],
        [other.code, "F Okulu", "Edremit", "Lise"],
    )
    answer, code = import_table("institutions", path)
    assert (counts(answer), code) == ((7, 0, 0, 0, 6), 1)
    assert [(error["row"], error["column"], error["value"]) for error in answer["errors"]] == [
        (3, "Kurum Kodu", "12345"),
        (4, "Kurum Adı", ""),
        (5, "İlçe", "Paris"),
        (6, "Kategori", "Kolej"),
        (7, "Kurum Kodu", "712345"),
        (8, "Kurum Kodu", other.code),
    ]
    assert answer["errors"][4]["message"] == "Bu kurum kodu 2. satırda da var; birini siliniz."
    assert not Institution.objects.filter(code="712345").exists()
    answer, code = import_table("institutions", path, "--skip-refused")
    assert (counts(answer), code) == ((7, 1, 0, 0, 6), 0)
    assert Institution.objects.get(code="712345").name == "A Okulu"


def test_staff_written_with_posting_and_keys(school: Any, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        STAFF,
        [TC[0], "AYŞE", "ÇIĞIR", "MÜDÜR", "", "712345", "Ayse@Okul.Example", ""],
        [TC[1], "I\u0307rem", "Öz ", "öğretmen", "Türkçe", "712345", "", "Sözleşmeli"],
        [TC[2], "Can", "Ak", "Müdür Yrd.", "Tarih", "712345.0", "", "ÜCRETLİ"],
    )
    keys = tmp_path / "keys.csv"
    answer, code = import_table("staff", path, "--keys", str(keys))
    assert (counts(answer), code) == ((3, 3, 0, 0, 0), 0)
    written = Posting.objects.order_by("pk").values_list(
        "staff__first_name", "staff__last_name", "staff__name_key", "staff__email", "title", "branch", "employment"
    )
    assert list(written) == [
        ("AYŞE", "ÇIĞIR", "ayse cigir", "ayse@okul.example", "principal", "", "permanent"),
        ("İrem", "Öz", "irem oz", "", "teacher", "Türkçe", "contracted"),
        ("Can", "Ak", "can ak", "", "deputy", "Tarih", "hourly"),
    ]
    ids = [StaffMember.objects.get(identity_digest=parse_identity(TC[n]).digest).pk for n in range(3)]
    assert list(csv.reader(keys.open())) == [["row", "key"], *([str(n + 2), str(pk)] for n, pk in enumerate(ids))]
    assert StaffMember.objects.get(pk=ids[0]).identity_mask == f"{TC[0][:2]}*******{TC[0][-2:]}"


def test_staff_same_file_changes_nothing_and_other_school_moves(school: Any, tmp_path: Path) -> None:
    InstitutionFactory(code="712346")
    row = [TC[0], "Ayşe", "Öz", "Öğretmen", "Tarih", "712345", "a@b.tr", "Kadrolu"]
    path = write_csv(tmp_path / "a.csv", STAFF, row)
    import_table("staff", path)
    assert counts(import_table("staff", path)[0]) == (1, 0, 0, 1, 0)
    moved = write_csv(tmp_path / "b.csv", "T.C. Kimlik No;Ad;Soyad;Unvan;Kurum Kodu", [*row[:4], "712346"])
    assert counts(import_table("staff", moved)[0]) == (1, 0, 1, 0, 0)
    posting = Posting.objects.get()
    assert (posting.institution.code, posting.branch, posting.staff.email) == ("712346", "Tarih", "a@b.tr")
    without_mail = write_csv(tmp_path / "c.csv", STAFF, [*row[:5], "712346", "", "Kadrolu"])
    assert counts(import_table("staff", without_mail)[0]) == (1, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("10000000147", "Kimlik numarası geçerli değil; rakamları kontrol ediniz."),
        ("1,23457E+10", "Kimlik numarası hücrede kısalmış; hücreyi metin yapıp 11 haneyi yeniden yazınız."),
        ("", "Kimlik numarası boş; numarayı yazınız ya da satırı siliniz."),
    ],
)
def test_staff_wrong_number_writes_nothing_and_is_masked(
    school: Any, tmp_path: Path, number: str, message: str
) -> None:
    good = [TC[0], "Ayşe", "Öz", "Öğretmen", "", "712345", "", ""]
    path = write_csv(tmp_path / "a.csv", STAFF, good, [number, "Ali", "Ak", "Öğretmen", "", "712345", "", ""])
    answer, code = import_table("staff", path)
    assert (counts(answer), code) == ((2, 0, 0, 0, 1), 1)
    (error,) = answer["errors"]
    assert (error["row"], error["column"], error["message"]) == (3, "T.C. Kimlik No", message)
    assert number not in str(answer) or not number
    assert not StaffMember.objects.exists()
    assert not ImportBatch.objects.exists()


def test_staff_unknown_institution_and_words_are_refused(school: Any, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        STAFF,
        [TC[0], "Ayşe", "Öz", "Öğretmen", "", "999999", "", ""],
        [TC[1], "Ali", "Ak", "Pilot", "", "712345", "", ""],
        [TC[2], "=1+1", "Ak", "Öğretmen", "", "712345", "x@", ""],
        [TC[3], TC[4], "Ak", "Öğretmen", "", "712345", "", "Gönüllü"],
        [TC[5], "Can", "Ak", "Öğretmen", "", "712345", "", ""],
        [TC[5], "Can", "Ak", "Öğretmen", "", "712345", "", ""],
    )
    answer, code = import_table("staff", path)
    assert code == 1
    assert [(error["row"], error["column"]) for error in answer["errors"]] == [
        (2, "Kurum Kodu"),
        (3, "Unvan"),
        (4, "Ad"),
        (4, "E-posta"),
        (5, "İstihdam"),
        (7, "T.C. Kimlik No"),
    ]
    assert (
        answer["errors"][0]["message"] == "Bu ilde 999999 kodlu kurum yok; kodu düzeltiniz ya da önce kurumu ekleyiniz."
    )
    assert answer["errors"][5]["message"] == "Bu numara 6. satırda da var; birini siliniz."
    assert not any(number in str(answer) for number in TC)


def test_staff_of_another_province_is_not_touched(school: Any, tmp_path: Path) -> None:
    other = YearFactory(province__plate_code=63)
    stranger = StaffFactory(province=other.province, tc=TC[0], first_name="Başka")
    path = write_csv(tmp_path / "a.csv", STAFF, [TC[0], "Ayşe", "Öz", "Öğretmen", "", "712345", "", ""])
    assert counts(import_table("staff", path)[0]) == (1, 1, 0, 0, 0)
    stranger.refresh_from_db()
    assert stranger.first_name == "Başka"


def test_students_with_sections_grades_and_temporary_numbers(school: Any, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        STUDENTS,
        [TC[0], "Çınar", "Ak", "12", "712345", "8", "a"],
        ["G-1234567", "Işıl", "Öz", "", "712345", "8. Sınıf", "8/A"],
        [TC[2], "Ece", "Su", "5.0", "712345", "Ana Sınıfı", "B Şubesi"],
    )
    answer, code = import_table("students", path)
    assert (counts(answer), code) == ((3, 3, 0, 0, 0), 0)
    written = Enrolment.objects.order_by("pk").values_list(
        "student__identity_kind", "grade", "section_name", "school_number"
    )
    assert list(written) == [("tc", 8, "A", "12"), ("temporary", 8, "A", ""), ("tc", 0, "B", "5")]
    assert list(Section.objects.order_by("grade").values_list("grade", "name")) == [(0, "B"), (8, "A")]
    assert counts(import_table("students", path)[0]) == (3, 0, 0, 3, 0)
    assert Section.objects.count() == 2


def test_students_wrong_grade_and_section(school: Any, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        STUDENTS,
        [TC[0], "Çınar", "Ak", "12", "712345", "13", "A"],
        [TC[1], "Işıl", "Öz", "", "712345", "8", ""],
        [TC[2], "Ece", "Su", "", "712345", "8", "Çok uzun bir şube adı"],
    )
    answer, _code = import_table("students", path)
    assert [(error["row"], error["column"]) for error in answer["errors"]] == [(2, "Sınıf"), (3, "Şube"), (4, "Şube")]
    assert not Student.objects.exists()


def test_xlsx_with_number_cells(school: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        files.xlsx(
            [
                ["PERSONEL LİSTESİ"],
                ["T.C. KİMLİK NO", "ADI", "SOYADI", "ÜNVANI", "BRANŞI", "KURUM KODU"],
                [int(TC[0]), "Ayşe", "Öz", "Öğretmen", "Tarih", 712345],
                ["TOPLAM", 1],
            ]
        )
    )
    answer, code = import_table("staff", path)
    assert (counts(answer), code) == ((1, 1, 0, 0, 0), 0)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.xlsx", b"\x89PNG\r\n\x1a\n\x00\x00", "Bu dosya bir hesap tablosu değil"),
        ("a.xlsx", b"", "Dosya boş"),
        ("a.xlsx", files.two_corner_cells(), "Tablo 200.000 satırdan uzun"),
        ("a.xlsx", files.raw_xlsx('<row r="1"><c r="XFD1"><v>1</v></c></row>'), "Tablo 200 sütundan geniş"),
        ("a.xlsx", files.padding_bomb(150), "Dosya olağan dışı sıkıştırılmış"),
        ("a.csv", STAFF.encode(), "Tabloda hiç veri satırı yok"),
        ("a.csv", b"a;b\n1;2\n", "Dosyada başlık satırı bulunamadı"),
    ],
)
def test_unreadable_file_says_one_sentence_and_writes_nothing(
    school: Any, tmp_path: Path, name: str, data: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    answer, code = import_table("staff", path)
    assert code == 1
    assert (counts(answer), len(answer["errors"])) == ((0, 0, 0, 0, 0), 1)
    assert answer["errors"][0]["message"].startswith(sentence)
    assert not StaffMember.objects.exists()


def test_dry_run_writes_nothing(school: Any, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", STAFF, [TC[0], "Ayşe", "Öz", "Öğretmen", "", "712345", "", ""])
    before = AuditEntry.objects.count()
    assert import_table("staff", path, "--dry-run") == (
        {"rows": 1, "created": 1, "updated": 0, "unchanged": 0, "refused": 0, "errors": []},
        0,
    )
    assert not StaffMember.objects.exists()
    assert not ImportBatch.objects.exists()
    assert AuditEntry.objects.count() == before


def test_one_audit_row_per_import(school: Any, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", STAFF, [TC[0], "Ayşe", "Öz", "Öğretmen", "", "712345", "", ""])
    import_table("staff", path)
    (entry,) = AuditEntry.objects.filter(action__startswith="import.")
    assert entry.after["created"] == 1
    assert TC[0] not in str(entry.after)


def test_html_table_named_xls(school: Any, tmp_path: Path) -> None:
    path = tmp_path / "rapor.xls"
    head = "".join(f"<td>{header}</td>" for header in STAFF.split(";"))
    cells = "".join(f"<td>{cell}</td>" for cell in [TC[0], "Şule", "Ağ", "Öğretmen", "", "712345", "", ""])
    path.write_bytes(f"<html><body><table><tr>{head}</tr><tr>{cells}</tr></table></body></html>".encode("cp1254"))
    assert counts(import_table("staff", path)[0]) == (1, 1, 0, 0, 0)
    assert StaffMember.objects.get().first_name == "Şule"


def test_unknown_province_or_year_is_one_sentence(year: Any, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", STAFF, [TC[0], "Ayşe", "Öz", "Öğretmen", "", "712345", "", ""])
    answer, code = import_table("staff", path, "--year", "2031-2032")
    assert code == 1
    assert answer["errors"][0]["message"] == "10 plaka kodlu ilde 2031-2032 yılı açılmamış; önce yılı açınız."
