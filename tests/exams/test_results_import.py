"""Results from files: what is written, what is refused with which words, and what is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exams.models import Exam, ExamTopic, ExamVersion, StudentResult
from tests.common.sending import counts, import_table, write_csv
from tests.exams.sending import HEADER, TC, make_students, send, stored, stored_topics, told_of
from tests.factories.exams import make_exam
from tests.factories.schools import InstitutionFactory, ProvinceFactory, StudentFactory, YearFactory

pytestmark = pytest.mark.django_db

NOTHING = [None, None, None, None]
NOT_TAKEN = (None, None)


@pytest.fixture
def school() -> Any:
    return InstitutionFactory(code="712345", district__province=YearFactory().province)


@pytest.fixture
def exam(school: Any) -> Exam:
    return make_exam(YearFactory(), "LGS", subjects=[("Türkçe", 20), ("Matematik", 20), ("Fen Bilimleri", 10)])


def versions(exam: Exam) -> list[tuple[int, str, dict[str, int]]]:
    rows = ExamVersion.objects.filter(exam=exam).order_by("number")
    return list(rows.values_list("number", "source", "counts"))


def test_results_written_with_scores_and_ranks(exam: Exam, school: Any, tmp_path: Path) -> None:
    one, two, three = make_students(school, 3)
    header = f"{HEADER};Fen Bilimleri D;Fen Bilimleri Y;Puan;Genel Sıra;İl Sırası;Yüzdelik Dilim"
    answer, code = send(
        tmp_path,
        header,
        [TC[0], 18, 2, "15,0", "0", 10, 0, "412,12345678", "12.345", "98", "1,25"],
        [f" {TC[1]}.0 ", "G", "GİRMEDİ", "", "-", "YOK", "yok", "", "-", "", ""],
        [TC[2], "0", "0", "20", "0", "", "", "500.000", "1", "1", "0,01"],
    )
    assert (counts(answer), answer["errors"], code) == ((3, 3, 0, 0, 0), [], 0)
    assert stored(exam) == {
        one.pk: (
            [41_212_345_678, 12_345, 98, 125_000_000],
            {"Türkçe": (18, 2), "Matematik": (15, 0), "Fen Bilimleri": (10, 0)},
        ),
        two.pk: (NOTHING, dict.fromkeys(("Türkçe", "Matematik", "Fen Bilimleri"), NOT_TAKEN)),
        three.pk: (
            [50_000_000_000, 1, 1, 1_000_000],
            {"Türkçe": (0, 0), "Matematik": (20, 0), "Fen Bilimleri": NOT_TAKEN},
        ),
    }
    exam.refresh_from_db()
    assert exam.version == 2
    assert versions(exam) == [(1, "definition", {}), (2, "import", {"created": 3, "updated": 0})]
    frozen = ExamVersion.objects.get(exam=exam, number=2).definition
    assert (frozen["divisor"], frozen["subjects"]) == (3, [["Türkçe", 20], ["Matematik", 20], ["Fen Bilimleri", 10]])


def test_same_file_again_writes_nothing(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 2)
    rows = [[TC[0], 18, 2, 15, 0], [TC[1], "G", "G", 3, 4]]
    send(tmp_path, HEADER, *rows)
    before = stored(exam)
    answer, code = send(tmp_path, HEADER, *rows)
    assert (counts(answer), code) == ((2, 0, 0, 2, 0), 0)
    exam.refresh_from_db()
    assert (exam.version, stored(exam), len(versions(exam))) == (2, before, 2)


def test_what_the_file_does_not_hold_is_left_alone(exam: Exam, school: Any, tmp_path: Path) -> None:
    one, two, three = make_students(school, 3)
    send(tmp_path, f"{HEADER};Puan", [TC[0], 18, 2, 15, 0, "400"], [TC[1], 1, 1, 1, 1, "300"])
    answer, _code = send(
        tmp_path, "TCKN;Matematik Doğru;Matematik Yanlış", [TC[0], 15, 0], [TC[2], 5, 5], [TC[1], "", ""]
    )
    assert counts(answer) == (3, 1, 1, 1, 0)
    both = {"Fen Bilimleri": NOT_TAKEN}
    assert stored(exam) == {
        one.pk: ([40_000_000_000, None, None, None], {"Türkçe": (18, 2), "Matematik": (15, 0), **both}),
        two.pk: ([30_000_000_000, None, None, None], {"Türkçe": (1, 1), "Matematik": NOT_TAKEN, **both}),
        three.pk: (NOTHING, {"Türkçe": NOT_TAKEN, "Matematik": (5, 5), **both}),
    }
    assert versions(exam)[2:] == [(3, "import", {"created": 1, "updated": 1})]


def test_scores_alone_are_enough(exam: Exam, school: Any, tmp_path: Path) -> None:
    (one,) = make_students(school, 1)
    answer, _code = send(tmp_path, "T.C. Kimlik No;Puan", [TC[0], "350,5"])
    assert counts(answer) == (1, 1, 0, 0, 0)
    assert stored(exam)[one.pk][0] == [35_050_000_000, None, None, None]


@pytest.mark.parametrize(
    ("header", "cells", "column", "sentence"),
    [
        (HEADER, [15, 8, 1, 1], "Türkçe D", "15 doğru ve 8 yanlış toplam 23 eder; Türkçe dersinde 20 soru var."),
        (HEADER, [1, 1, -1, 1], "Matematik D", "Eksi olamaz"),
        (HEADER, [1, 1, 1, "1,5"], "Matematik Y", "Tam sayı olmalıdır"),
        (HEADER, [1, "bir", 1, 1], "Türkçe Y", "Sayı olmalıdır; girmeyen öğrenci için G yazınız"),
        (HEADER, [1, "", 1, 1], "Türkçe Y", "Doğru ve yanlış sayısından yalnız biri yazılmış"),
        (HEADER, ["G", 3, 1, 1], "Türkçe D", "Doğru ve yanlış sayısından yalnız biri yazılmış"),
        (f"{HEADER};Türkçe N", [15, 5, 1, 1, "13,34"], "Türkçe N", "15 doğru ve 5 yanlışın neti 13,33 olmalıdır"),
        (f"{HEADER};Türkçe N", [15, 5, 1, 1, "13,3"], "Türkçe N", "neti 13,33 olmalıdır"),
        (f"{HEADER};Türkçe N", [1, 9, 1, 1, "2"], "Türkçe N", "neti -2 olmalıdır"),
        (f"{HEADER};Türkçe N", ["", "", 1, 1, "5"], "Türkçe N", "sayısı yok ama net yazılmış"),
        (f"{HEADER};Türkçe N", [1, 1, 1, 1, "#DEĞER!"], "Türkçe N", "hesaplama hatası var"),
        (f"{HEADER};Puan", [1, 1, 1, 1, "1000,1"], "Puan", "0 ile 1000 arasında olmalıdır"),
        (f"{HEADER};Puan", [1, 1, 1, 1, "412,123456789"], "Puan", "En çok 8 ondalık basamak"),
        (f"{HEADER};Puan", [1, 1, 1, 1, "1.000"], "Puan", "virgül kullanınız"),
        (f"{HEADER};Puan", [1, 1, 1, 1, "-1"], "Puan", "0 ile 1000 arasında olmalıdır"),
        (f"{HEADER};Puan", [1, 1, 1, 1, "#N/A"], "Puan", "hesaplama hatası var"),
        (f"{HEADER};Genel Sıra", [1, 1, 1, 1, 0], "Genel Sıra", "Sıra 1 ile"),
        (f"{HEADER};İl Sırası", [1, 1, 1, 1, "1,5"], "İl Sırası", "Sıra tam sayı olmalıdır"),
        (f"{HEADER};Yüzdelik Dilim", [1, 1, 1, 1, "100,01"], "Yüzdelik Dilim", "0 ile 100 arasında olmalıdır"),
        (f"{HEADER};Kurum Kodu", [1, 1, 1, 1, "999999"], "Kurum Kodu", "bu yıl 712345 kodlu kurumda kayıtlı"),
    ],
)
def test_a_wrong_cell_is_named(
    exam: Exam, school: Any, tmp_path: Path, header: str, cells: list[Any], column: str, sentence: str
) -> None:
    make_students(school, 2)
    good = [1] * len(cells)
    if column == "Kurum Kodu":
        good[-1] = 712345
    if column == "Türkçe N":
        good[-1] = "0,67"
    answer, code = send(tmp_path, header, [TC[0], *good], [TC[1], *cells])
    assert (counts(answer), code) == ((2, 0, 0, 0, 1), 1)
    (error,) = answer["errors"]
    assert (error["row"], error["column"]) == (3, column)
    assert sentence in error["message"]
    assert not StudentResult.objects.exists()


@pytest.mark.parametrize("net", ["13,33", "13.333", "13,3333333333333", "", "-"])
def test_a_net_that_agrees(exam: Exam, school: Any, tmp_path: Path, net: str) -> None:
    make_students(school, 1)
    assert counts(send(tmp_path, f"{HEADER};Türkçe N", [TC[0], 15, 5, 1, 1, net])[0]) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("answers", "net"),
    [
        ((15, 5), "13.333333333333334"),
        ((10, 1), "9.666666666666666"),
        ((10, 1), "9,6666666666666661"),
        ((0, 1), "-0.3333333333333333"),
        ((0, 1), "\u22120,33"),
    ],
)
def test_a_calculated_net_agrees(exam: Exam, school: Any, tmp_path: Path, answers: tuple[int, int], net: str) -> None:
    make_students(school, 1)
    assert counts(send(tmp_path, f"{HEADER};Türkçe N", [TC[0], *answers, 1, 1, net])[0]) == (1, 1, 0, 0, 0)


def test_a_calculated_net_that_is_another_one_is_refused(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 1)
    assert counts(send(tmp_path, f"{HEADER};Türkçe N", [TC[0], 15, 5, 1, 1, "13.333333433333334"])[0])[4] == 1


def test_the_tail_of_a_formula_is_rounded(exam: Exam, school: Any, tmp_path: Path) -> None:
    one, two = make_students(school, 2)
    header = "T.C. Kimlik No;Puan;Yüzdelik Dilim"
    rows = [TC[0], "58,3333333333333", "33.33333333333333"], [TC[1], "412.66666666666669", "0,00000000500000001"]
    assert counts(send(tmp_path, header, *rows)[0]) == (2, 2, 0, 0, 0)
    found = stored(exam)
    assert found[one.pk][0] == [5_833_333_333, None, None, 3_333_333_333]
    assert found[two.pk][0] == [41_266_666_667, None, None, 1]


def test_without_penalty_the_net_is_what_is_correct(school: Any, tmp_path: Path) -> None:
    make_exam(YearFactory(), "IZL", divisor=0, subjects=[("Türkçe", 20)])
    make_students(school, 2)
    header = "T.C. Kimlik No;Türkçe D;Türkçe Y;Türkçe Net"
    answer, _code = send(tmp_path, header, [TC[0], 15, 5, 15], [TC[1], 15, 5, "13,33"], exam="IZL")
    assert [(error["row"], error["column"]) for error in answer["errors"]] == [(3, "Türkçe N")]


def test_people_are_matched_by_number_alone(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 2)
    StudentFactory(province=ProvinceFactory(plate_code=63), tc=TC[2])
    StudentFactory(province=school.province, tc=TC[3])
    rows = [[number, 1, 1, 1, 1] for number in (TC[0], TC[1], TC[0], TC[2], TC[3], "12345678901", "1,23457E+10", "")]
    answer, code = send(tmp_path, HEADER, *rows)
    assert code == 1
    assert [(error["row"], error["message"]) for error in answer["errors"]] == [
        (4, "Bu numara 2. satırda da var; birini siliniz."),
        (5, "Bu numarayla kayıtlı öğrenci yok; önce öğrencileri aktarınız."),
        (7, "Kimlik numarası geçerli değil; rakamları kontrol ediniz."),
        (8, "Kimlik numarası hücrede kısalmış; hücreyi metin yapıp 11 haneyi yeniden yazınız."),
        (9, "Kimlik numarası boş; numarayı yazınız ya da satırı siliniz."),
    ]
    assert not any(number in str(answer) for number in TC)
    answer, code = send(tmp_path, HEADER, *rows, options=["--skip-refused"])
    assert (counts(answer), code) == ((8, 3, 0, 0, 5), 0)


def test_a_school_is_compared_with_the_enrolment_of_the_year(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 1)
    StudentFactory(province=school.province, tc=TC[1])
    header = f"{HEADER};Okul Kodu"
    answer, _code = send(tmp_path, header, [TC[0], 1, 1, 1, 1, "712345.0"], [TC[1], 1, 1, 1, 1, "700000"])
    assert counts(answer) == (2, 2, 0, 0, 0)
    assert counts(send(tmp_path, header, [TC[0], 1, 1, 1, 1, ""])[0]) == (1, 0, 0, 1, 0)


def test_totals_and_means_at_the_end_are_no_students(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 1)
    rows = [["TOPLAM", 1, 1, 1, 1], ["", 1, 1, 1, 1], ["ORTALAMA", "1,5", 1, 1, 1]]
    answer, _code = send(tmp_path, HEADER, [TC[0], 1, 1, 1, 1], rows[0], rows[2])
    assert (counts(answer), answer["errors"]) == ((1, 1, 0, 0, 0), [])
    answer, _code = send(tmp_path, f"Sıra;{HEADER}", ["1", TC[0], 1, 1, 1, 1], ["İl Ortalaması", *rows[1]])
    assert (counts(answer), answer["errors"]) == ((1, 0, 0, 1, 0), [])


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("T.C. Kimlik No;Türkçe D;Puan", "“Türkçe D” sütunu var, “Türkçe Y” sütunu yok"),
        ("T.C. Kimlik No;Türkçe Y;Puan", "“Türkçe Y” sütunu var, “Türkçe D” sütunu yok"),
        ("T.C. Kimlik No;Türkçe N;Puan", "“Türkçe N” sütunu var, “Türkçe D” sütunu yok"),
        ("T.C. Kimlik No;Ad;Soyad", "hiçbirinin sütunu ve Puan sütunu yok; “Türkçe D”, “Türkçe Y” gibi"),
        (f"{HEADER};Tarih D;Tarih Y", "bu sınavda olmayan bir ders var (“Tarih D”)"),
        ("Ad;Türkçe D;Türkçe Y", "“T.C. Kimlik No” sütunu yok"),
    ],
)
def test_headers_that_do_not_fit_the_exam(exam: Exam, tmp_path: Path, header: str, sentence: str) -> None:
    answer, code = send(tmp_path, header, ["1"] * (header.count(";") + 1))
    assert code == 1
    assert sentence in answer["errors"][0]["message"]


def test_sums_over_all_subjects_are_ignored(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 1)
    header = f"{HEADER};Türkçe Boş;Toplam D;Toplam Y;Toplam Net"
    assert counts(send(tmp_path, header, [TC[0], 1, 1, 1, 1, 18, 2, 2, "x"])[0]) == (1, 1, 0, 0, 0)


def test_merged_headers_over_two_rows(exam: Exam, school: Any, tmp_path: Path) -> None:
    (one,) = make_students(school, 1)
    path = write_csv(
        tmp_path / "a.csv",
        "LGS 2021 İL SONUÇLARI;;;;;;;;;",
        ["Sıra", "T.C. KİMLİK NO", "TÜRKÇE", "", "", "fen", "", "", "TOPLAM", "", ""],
        ["", "", "D", "Y", "N", "Doğru", "Yanlış", "Net", "D", "Y", "N"],
        [1, TC[0], 12, 3, 11, 9, 1, "8,67", 21, 4, "19,67"],
    )
    answer, _code = import_table("exam_results", path, "--exam", "LGS")
    assert (counts(answer), answer["errors"]) == ((1, 1, 0, 0, 0), [])
    assert stored(exam)[one.pk][1] == {"Türkçe": (12, 3), "Fen Bilimleri": (9, 1), "Matematik": NOT_TAKEN}


def test_topics_come_with_the_file(exam: Exam, school: Any, tmp_path: Path) -> None:
    one, two = make_students(school, 2)
    topics = "Türkçe / Sözcükte Anlam D;Türkçe / Sözcükte Anlam Y;TÜRKÇE/Paragraf Doğru;TÜRKÇE/Paragraf Yanlış"
    header = f"T.C. Kimlik No;Türkçe D;Türkçe Y;{topics}"
    send(tmp_path, HEADER, [TC[1], 1, 1, 1, 1])
    answer, _code = send(tmp_path, header, [TC[0], 9, 3, 4, 1, 5, 2], [TC[1], 1, 1, "G", "G", 1, 1])
    assert (counts(answer), answer["errors"]) == ((2, 1, 1, 0, 0), [])
    assert stored_topics(exam) == {
        (one.pk, "Sözcükte Anlam", 4, 1),
        (one.pk, "Paragraf", 5, 2),
        (two.pk, "Sözcükte Anlam", None, None),
        (two.pk, "Paragraf", 1, 1),
    }
    of_topic = ExamTopic.objects.order_by("order").values_list("subject__name", "name", "order", "questions")
    assert list(of_topic) == [("Türkçe", "Sözcükte Anlam", 1, None), ("Türkçe", "Paragraf", 2, None)]
    assert counts(send(tmp_path, header, [TC[0], 9, 3, 4, 1, 5, 2])[0]) == (1, 0, 0, 1, 0)
    answer, _code = send(tmp_path, header, [TC[0], 9, 3, 4, 1, 5, 16])
    assert "5 doğru ve 16 yanlış toplam 21 eder; Türkçe / Paragraf" in answer["errors"][0]["message"]


def test_answers_of_a_topic_stay_within_its_questions(school: Any, tmp_path: Path) -> None:
    exam = make_exam(YearFactory(), "LGS", subjects=[("Türkçe", 20)], topics={"Türkçe": [("Paragraf", 3)]})
    make_students(school, 1)
    header = "T.C. Kimlik No;Türkçe D;Türkçe Y;Türkçe / Paragraf D;Türkçe / Paragraf Y"
    answer, _code = send(tmp_path, header, [TC[0], 15, 5, 3, 1])
    assert [(error["row"], error["column"], error["message"]) for error in answer["errors"]] == [
        (
            2,
            "Türkçe / Paragraf D",
            "3 doğru ve 1 yanlış toplam 4 eder; Türkçe / Paragraf konusunda 3 soru var. Sayıları düzeltiniz.",
        )
    ]
    assert counts(send(tmp_path, header, [TC[0], 15, 5, 2, 1])[0]) == (1, 1, 0, 0, 0)
    assert ExamTopic.objects.get(subject__exam=exam).questions == 3


def test_an_unknown_exam_names_those_that_are_there(exam: Exam, tmp_path: Path) -> None:
    answer, code = send(tmp_path, HEADER, [TC[0], 1, 1, 1, 1], exam="TYT")
    assert code == 1
    assert answer["errors"][0]["message"] == "2020-2021 yılında “TYT” kodlu bir sınav yok; bilinen sınavlar: LGS."


def test_a_dry_run_counts_and_writes_nothing(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 2)
    answer, _code = send(tmp_path, HEADER, [TC[0], 1, 1, 1, 1], [TC[1], 1, 1, 1, 1], options=["--dry-run"])
    assert counts(answer) == (2, 2, 0, 0, 0)
    exam.refresh_from_db()
    assert (exam.version, StudentResult.objects.count()) == (1, 0)


@pytest.mark.parametrize("header", ["TYT Puanı", "TYT-2021 Puanı", "Tyt puan", "Puan"])
def test_a_score_may_bear_the_name_of_its_exam(school: Any, tmp_path: Path, header: str) -> None:
    exam = make_exam(YearFactory(), "TYT-2021", family="TYT", subjects=[("Türkçe", 40)])
    (one,) = make_students(school, 1)
    headers = f"T.C. Kimlik No;{header};TYT Başarı Sırası"
    assert told_of(tmp_path, headers, [TC[0], "400", "12"], exam="TYT-2021") == ((1, 1, 0, 0, 0), [])
    assert stored(exam)[one.pk][0] == [40_000_000_000, 12, None, None]


@pytest.mark.parametrize("header", ["Yerleştirme Puanı", "Toplam Puan", "Türkiye Geneli Sırası", "Yüzdelik Oranı"])
def test_a_value_is_never_left_out_silently(exam: Exam, school: Any, tmp_path: Path, header: str) -> None:
    make_students(school, 1)
    answer, code = send(tmp_path, f"{HEADER};{header}", [TC[0], 1, 1, 1, 1, "4"])
    assert (code, counts(answer)[1]) == (1, 0)
    assert f"“{header}” sütunu okunamadı; puan ise başlığını “Puan”" in answer["errors"][0]["message"]


def test_what_was_not_read_is_listed(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 1)
    header = f"Sıra No;Sıra;Baba Adı;{HEADER};Okul Sırası;Puan;Diploma Puanı;Türkçe Puanı"
    sentence = "Okunmayan sütunlar: Sıra No, Sıra, Baba Adı, Okul Sırası, Diploma Puanı, Türkçe Puanı."
    told = told_of(tmp_path, header, [1, 1, "Deniz Ak", TC[0], 1, 1, 1, 1, 3, 400, 80, 5])
    assert told == ((1, 1, 0, 0, 0), [sentence])


def test_students_without_an_enrolment_of_the_year_are_counted(exam: Exam, school: Any, tmp_path: Path) -> None:
    make_students(school, 1)
    StudentFactory(province=school.province, tc=TC[1])
    written, (notice,) = told_of(tmp_path, HEADER, [TC[0], 1, 1, 1, 1], [TC[1], 1, 1, 1, 1])
    assert written == (2, 2, 0, 0, 0)
    assert notice.startswith("1 öğrencinin 2020-2021 yılında okul kaydı yok; o yılın öğrenci dosyası aktarılana kadar")
