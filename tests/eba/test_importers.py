"""Use of EBA from files: exact values, what has no data, what is refused, and the same file twice."""

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from common.identity import complete_tc
from common.imports.services import start_undo, undo_batch
from common.jobs import run_now
from common.models import ImportBatch
from eba import reference
from eba.importers.amounts import hours_of
from eba.models import SCALE, Criterion, StaffUse, StaffUseValue, StudentUse
from schools.models.commissions import CommissionKind, SeatRole
from schools.services import set_year_setting
from tests.common.sending import counts, import_table, write_csv
from tests.factories.accounts import UserFactory
from tests.factories.schools import StaffFactory, StudentFactory, YearFactory, seat_user

pytestmark = pytest.mark.django_db

TC = [complete_tc(str(320_000_000 + n)) for n in range(6)]
CRITERIA = (
    "Sistemde Kalma Süresi",
    "Gönderilen Çalışmaların Sayısı",
    "Üretilen Soruların Sayısı",
    "Oluşturulan Sınav Sayısı",
    "İçerik Paylaşımları (Üretilen İçerik Sayısı)",
    "EBA Sisteminde Katıldığı Kurslar/Seminerlerin Sayısı",
    "Okulda Sınıf Bazlı Sıralamada İlk 10'da Bulunan Her Bir Öğrenci İçin",
)
STAFF = ";".join(("T.C. Kimlik No", *CRITERIA))
STUDENTS = "T.C. Kimlik No;Sistemde Kalma Süresi;Sınıf Sırası"
TERM = ("--term", "1")


@pytest.fixture
def year() -> Any:
    year = YearFactory()
    reference.load(year)
    return year


@pytest.fixture
def staff(year: Any) -> list[Any]:
    return [StaffFactory(tc=TC[n]) for n in range(3)]


@pytest.fixture
def students(year: Any) -> list[Any]:
    return [StudentFactory(tc=TC[n]) for n in range(3)]


def values_of(person: Any, term: int = 1) -> list[tuple[str, int]]:
    found = StaffUseValue.objects.filter(use__staff=person, use__term=term).order_by("criterion__order")
    return list(found.values_list("criterion__code", "value_units"))


def undo(number: int = 0) -> None:
    batch = ImportBatch.objects.order_by("-applied_at")[number]
    by = UserFactory()
    start_undo(batch=batch, by=by)
    undo_batch(batch_id=batch.pk, by=by)


def test_values_are_exact_and_the_same_file_changes_nothing(staff: Any, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv", STAFF, [TC[0], "12,5", "3", "0", "1.200", "4", "5", "6"], [TC[1], "12:30:15", *"-" * 6]
    )
    answer, code = import_table("eba_staff", path, *TERM)
    assert (counts(answer), answer["errors"], code) == ((2, 2, 0, 0, 0), [], 0)
    assert [(code, units / SCALE) for code, units in values_of(staff[0])] == [
        ("TIME_IN_SYSTEM", 12.5),
        ("WORK_SENT", 3),
        ("QUESTIONS_WRITTEN", 0),
        ("EXAMS_CREATED", 1200),
        ("CONTENT_SHARED", 4),
        ("COURSES_ATTENDED", 5),
        ("TOP10_STUDENTS", 6),
    ]
    assert values_of(staff[1]) == [("TIME_IN_SYSTEM", 12 * SCALE + 30 * SCALE // 60 + 15 * SCALE // 3600)]
    assert counts(import_table("eba_staff", path, *TERM)[0]) == (2, 0, 0, 2, 0)
    assert counts(import_table("eba_staff", path, "--term", "2")[0]) == (2, 2, 0, 0, 0)


def test_without_data_there_is_no_record_and_what_goes_from_the_file_goes(staff: Any, tmp_path: Path) -> None:
    first = write_csv(tmp_path / "a.csv", STAFF, [TC[0], *"1234567"], [TC[1], *"1234567"], [TC[2], *[""] * 7])
    assert counts(import_table("eba_staff", first, *TERM)[0]) == (3, 2, 0, 1, 0)
    second = write_csv(tmp_path / "b.csv", STAFF, [TC[0], "1", "9", *[""] * 5], [TC[1], *"-" * 7])
    assert counts(import_table("eba_staff", second, *TERM)[0]) == (2, 0, 2, 0, 0)
    assert values_of(staff[0]) == [("TIME_IN_SYSTEM", SCALE), ("WORK_SENT", 9 * SCALE)]
    assert StaffUse.objects.get().staff == staff[0]
    undo()
    assert [len(values_of(person)) for person in staff] == [7, 7, 0]
    undo(1)
    assert (StaffUse.objects.count(), StaffUseValue.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("12", "12"),
        ("12,25", "12.25"),
        ("1.234,5", "1234.5"),
        ("0,0001", "0.0001"),
        ("0:20", "1/3"),
        ("137:05", "1645/12"),
        ("12,3333333333333", "37/3"),
        ("12 saat 30 dakika", "12.5"),
        ("45 DK", "0.75"),
        ("2 sa. 15 sn", "481/240"),
    ],
)
def test_durations(text: str, hours: str) -> None:
    assert hours_of(text, in_minutes=False) == Fraction(hours) * SCALE


def test_a_bare_number_is_in_the_unit_of_the_setting(year: Any, staff: Any, tmp_path: Path) -> None:
    set_year_setting(year=year, key="time_unit", value="minutes", by=None)
    path = write_csv(tmp_path / "a.csv", STAFF, [TC[0], "90", *[""] * 6], [TC[1], "1:30", *[""] * 6])
    import_table("eba_staff", path, *TERM)
    assert {values_of(person)[0][1] / SCALE for person in staff[:2]} == {1.5}


def test_refused_rows_are_named_with_the_criterion(staff: Any, tmp_path: Path) -> None:
    rows = [
        [TC[0], "12:75", *[""] * 6],
        [TC[1], "-3", *[""] * 6],
        [TC[2], "1", "2,5", *[""] * 5],
        [TC[2], "1", "beş", *[""] * 5],
        [TC[4], "1", *[""] * 6],
        [TC[3][:10] + "9", "1", *[""] * 6],
        [TC[0], "20000", *[""] * 6],
        [TC[1], "1,00000001", *[""] * 6],
    ]
    answer, code = import_table("eba_staff", write_csv(tmp_path / "a.csv", STAFF, *rows), *TERM)
    assert code == 1
    whole = "0 ya da daha büyük bir tam sayı olmalıdır; bilgi yoksa hücreyi boş bırakınız."
    limit = "Bir dönemde 0 ile 5.000 saat arasında olabilir; değeri ve birimini (saat) kontrol ediniz."
    assert [(error["row"], error["column"], error["message"]) for error in answer["errors"]] == [
        (2, CRITERIA[0], "Süre olmalıdır; 12,5 ya da 12:30 biçiminde yazınız."),
        (3, CRITERIA[0], limit),
        (4, CRITERIA[1], whole),
        (5, "T.C. Kimlik No", "Bu numara 4. satırda da var; birini siliniz."),
        (5, CRITERIA[1], whole),
        (
            6,
            "T.C. Kimlik No",
            "Bu ilde bu numarayla personel kaydı yok; numarayı düzeltiniz ya da önce personeli ekleyiniz.",
        ),
        (7, "T.C. Kimlik No", "Kimlik numarası geçerli değil; rakamları kontrol ediniz."),
        (8, "T.C. Kimlik No", "Bu numara 2. satırda da var; birini siliniz."),
        (8, CRITERIA[0], limit),
        (9, "T.C. Kimlik No", "Bu numara 3. satırda da var; birini siliniz."),
        (
            9,
            CRITERIA[0],
            "En çok 4 ondalık basamak olabilir; süreyi 12:30:15 biçiminde de yazabilirsiniz.",
        ),
    ]
    assert not StaffUse.objects.exists()


def test_a_criterion_that_gives_points_must_have_its_column(staff: Any, tmp_path: Path) -> None:
    header = ";".join(("T.C. Kimlik No", *CRITERIA[:6]))
    answer, code = import_table("eba_staff", write_csv(tmp_path / "a.csv", header, [TC[0], *"123456"]), *TERM)
    assert code == 1
    assert answer["errors"][0]["message"] == (
        f"Dosyada “{CRITERIA[6]}” sütunu yok; başlığını ekleyip yeniden gönderiniz."
    )


def test_a_criterion_outside_the_table_of_the_year_may_be_missing_and_then_stays(staff: Any, tmp_path: Path) -> None:
    platform = Criterion.objects.first().platform  # type: ignore[union-attr]
    Criterion.objects.create(platform=platform, code="LIVE", name="Canlı Ders", unit="count", order=8)
    import_table("eba_staff", write_csv(tmp_path / "a.csv", f"{STAFF};Canlı Ders", [TC[0], *"12345678"]), *TERM)
    shorter = write_csv(tmp_path / "b.csv", STAFF, [TC[0], *"-" * 7])
    assert counts(import_table("eba_staff", shorter, *TERM)[0]) == (1, 0, 1, 0, 0)
    assert values_of(staff[0]) == [("LIVE", 8 * SCALE)]


def test_other_names_of_a_criterion(staff: Any, tmp_path: Path) -> None:
    header = STAFF.replace(CRITERIA[0], "SİSTEMDE KALMA SÜRESİ (SAAT)").replace(
        CRITERIA[1], "Gönderilen Çalışma Sayısı"
    )
    assert counts(import_table("eba_staff", write_csv(tmp_path / "a.csv", header, [TC[0], *"1234567"]), *TERM)[0]) == (
        1,
        1,
        0,
        0,
        0,
    )


def test_students_time_and_rank(students: Any, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", STUDENTS, [TC[0], "40:30", "3"], [TC[1], "0", ""], [TC[2], "-", "-"])
    assert counts(import_table("eba_students", path, *TERM)[0]) == (3, 2, 0, 1, 0)
    found = StudentUse.objects.order_by("student").values_list("time_units", "class_rank")
    assert list(found) == [(SCALE * 81 // 2, 3), (0, None)]
    assert counts(import_table("eba_students", path, *TERM)[0]) == (3, 0, 0, 3, 0)
    later = write_csv(tmp_path / "b.csv", "T.C. Kimlik No;Sistemde Kalma Süresi", [TC[0], "41"], [TC[1], ""])
    assert counts(import_table("eba_students", later, *TERM)[0]) == (2, 0, 2, 0, 0)
    assert list(found.all()) == [(41 * SCALE, 3)]
    undo()
    assert list(found.all()) == [(SCALE * 81 // 2, 3), (0, None)]


def test_students_refused(students: Any, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv", STUDENTS, [TC[0], "", "3"], [TC[1], "1", "0"], [TC[2], "1", "1,5"], [TC[5], "1", "2"]
    )
    answer, _code = import_table("eba_students", path, *TERM)
    rank = "Sınıf sırası 1 ile 1.000 arasında bir tam sayı olmalıdır; bilinmiyorsa hücreyi boş bırakınız."
    assert [(error["row"], error["column"], error["message"]) for error in answer["errors"]] == [
        (
            2,
            "Sistemde Kalma Süresi",
            "Sınıf sırası yazılmış ama süre boş; süreyi yazınız ya da sırayı siliniz.",
        ),
        (3, "Sınıf Sırası", rank),
        (4, "Sınıf Sırası", rank),
        (
            5,
            "T.C. Kimlik No",
            "Bu ilde bu numarayla öğrenci kaydı yok; numarayı düzeltiniz ya da önce öğrenciyi ekleyiniz.",
        ),
    ]
    assert not StudentUse.objects.exists()


@pytest.fixture
def clerk(year: Any) -> Client:
    client = Client()
    client.force_login(seat_user(CommissionKind.TECHNICAL, SeatRole.IT, year.province))
    return client


def test_the_template_of_staff_use_has_the_criteria_and_can_be_sent_filled_in(
    clerk: Client, staff: Any, tmp_path: Path
) -> None:
    answer = clerk.get(reverse("common:import_template", args=["eba_staff"]))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[1]] == ["T.C. Kimlik No", *CRITERIA]
    for column, value in enumerate([TC[0], *"1234567"], 1):
        sheet.cell(2, column, value)
    path = tmp_path / "dolu.xlsx"
    sheet.parent.save(path)
    assert counts(import_table("eba_staff", path, *TERM)[0]) == (1, 1, 0, 0, 0)


def test_the_wizard_asks_for_the_term(clerk: Client, students: Any) -> None:
    def send(**form: str) -> Any:
        upload = SimpleUploadedFile("süre.csv", f"{STUDENTS}\n{TC[0]};2;1\n".encode())
        return clerk.post(reverse("common:import_new"), {"kind": "eba_students", "file": upload, **form})

    refused = send()
    assert refused.status_code == 422
    assert "Dosyanın ait olduğu dönemi seçiniz." in refused.content.decode()
    assert send(term="2").status_code == 302
    batch = ImportBatch.objects.get()
    run_now(batch.job)
    batch.refresh_from_db()
    assert (batch.state, batch.scope["term"], batch.counts["created"]) == ("preview", 2, 1)


def test_the_command_without_a_term_is_wrong_use(students: Any, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", STUDENTS, [TC[0], "2", "1"])
    with pytest.raises(CommandError, match="--term") as wrong:
        import_table("eba_students", path)
    assert wrong.value.returncode == 2
