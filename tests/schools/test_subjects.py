"""One subject under its several names."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from common.errors import UserError
from exams.services import define_exam
from schools.subjects import names_of, subject_key
from scoring.services import compute_run
from tests.common.sending import import_table, write_csv
from tests.exams.sending import TC
from tests.factories.exams import make_exam, make_result
from tests.factories.schools import InstitutionFactory, StaffFactory, StudentFactory, YearFactory


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("İngilizce", "Yabancı Dil"),
        ("YABANCI DİL (İNGİLİZCE)", "yabancı dil"),
        ("T.C. İnkılap Tarihi", "T.C. İnkılap Tarihi ve Atatürkçülük"),
        ("Din Kültürü", "Din Kültürü ve Ahlak Bilgisi"),
        ("Temel Matematik", "Matematik"),
    ],
)
def test_names_of_one_subject_have_one_key(name: str, same: str) -> None:
    assert subject_key(name) == subject_key(same) != ""


def test_a_subject_without_other_names_keeps_its_own_key() -> None:
    assert (subject_key("Tarih-1"), names_of("Tarih-1")) == ("tarih1", ("Tarih-1",))
    assert subject_key("Fizik") != subject_key("Kimya")
    assert names_of("İngilizce") == ("İngilizce", "Yabancı Dil", "Yabancı Dil (İngilizce)", "Y. Dil")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("duty", "asked"),
    [
        ("İngilizce", "Yabancı Dil"),
        ("Din Kültürü", "Din Kültürü ve Ahlak Bilgisi"),
        ("T.C. İnkılap Tarihi", "T.C. İnkılap Tarihi ve Atatürkçülük"),
    ],
)
def test_a_duty_is_matched_with_the_subject_of_the_exam(tmp_path: Path, duty: str, asked: str) -> None:
    year = YearFactory()
    school = InstitutionFactory(district__province=year.province)
    teacher = StaffFactory(institution=school, tc=TC[0])
    exam = make_exam(year, "LGS", subjects=[(asked, 10)], published=True)
    for _number in range(10):
        make_result(exam, StudentFactory(institution=school), {asked: (5, 0)})
    header = "Kurum Kodu;Sınıf;Şube;Ders;Öğretmen T.C. Kimlik No"
    path = write_csv(tmp_path / "ders.csv", header, [school.code, 8, "A", duty, TC[0]])
    assert import_table("teaching", path)[1] == 0
    run = compute_run(year=year, measure="teacher_exam_success", by=None, exam="LGS")
    assert list(run.rows.values_list("staff", "subject", "value")) == [(teacher.pk, asked, Decimal(50))]


@pytest.mark.django_db
def test_an_exam_asks_a_subject_once() -> None:
    exam = make_exam(YearFactory(), "LGS")
    with pytest.raises(UserError, match="İngilizce dersi iki kez yazılmış"):
        define_exam(
            year=exam.year,
            code="YENI",
            family="LGS",
            kind=exam.kind,
            level=exam.level,
            date=exam.date,
            divisor=3,
            subjects=[("Yabancı Dil", 10), ("İngilizce", 10)],
            by=None,
        )
