"""Teaching assignments, class guides and coaching from files."""

from pathlib import Path
from typing import Any

import pytest

from common.errors import Conflict
from common.identity import complete_tc
from common.imports.services import start_undo, undo_batch
from common.models import ImportBatch
from schools.models import Coaching, Section, TeachingAssignment
from tests.common.sending import counts, import_table, write_csv
from tests.factories.accounts import UserFactory
from tests.factories.schools import InstitutionFactory, SectionFactory, StaffFactory, StudentFactory, YearFactory

pytestmark = pytest.mark.django_db

TEACHING = "Kurum Kodu;Sınıf;Şube;Ders;Öğretmen T.C. Kimlik No"
COACHING = "Öğretmen T.C. Kimlik No;Öğrenci T.C. Kimlik No"
TC = [complete_tc(str(310_000_000 + n)) for n in range(10)]


@pytest.fixture
def school() -> Any:
    return InstitutionFactory(code="712345")


@pytest.fixture
def teachers(school: Any) -> list[Any]:
    return [
        StaffFactory(tc=TC[n], institution=school, first_name=name, last_name="Ak")
        for n, name in enumerate(("Ece", "Can"))
    ]


def assignments() -> list[tuple[Any, ...]]:
    return list(
        TeachingAssignment.objects.order_by("section__grade", "section__name", "subject_key", "teacher").values_list(
            "section__grade", "section__name", "subject", "subject_key", "teacher__first_name"
        )
    )


def undo(kind: str) -> None:
    batch = ImportBatch.objects.get(kind=kind)
    by = UserFactory()
    start_undo(batch=batch, by=by)
    undo_batch(batch_id=batch.pk, by=by)


def test_assignments_and_guides_are_written_and_missing_sections_made(
    school: Any, teachers: Any, tmp_path: Path
) -> None:
    SectionFactory(institution=school, grade=8, name="A")
    path = write_csv(
        tmp_path / "a.csv",
        TEACHING,
        ["712345", "8", "A", "Türkçe", TC[0]],
        ["712345", "8. Sınıf", "8/b", "MATEMATİK", TC[1]],
        ["712345", "8", "A", "sınıf rehberliği", TC[1]],
        ["712345", "8", "B", "Sınıf Rehberliği", TC[0]],
    )
    answer, code = import_table("teaching", path)
    assert (counts(answer), answer["errors"], code) == ((4, 4, 0, 0, 0), [], 0)
    assert assignments() == [(8, "A", "Türkçe", "turkce", "Ece"), (8, "B", "MATEMATİK", "matematik", "Can")]
    guides = Section.objects.order_by("name").values_list("grade", "name", "class_guide__first_name")
    assert list(guides) == [(8, "A", "Can"), (8, "B", "Ece")]
    assert counts(import_table("teaching", path)[0]) == (4, 0, 0, 4, 0)


def test_another_guide_is_a_change_and_a_second_teacher_of_the_subject_is_new(
    school: Any, teachers: Any, tmp_path: Path
) -> None:
    rows = [["712345", "8", "A", "Türkçe", TC[0]], ["712345", "8", "A", "Sınıf Rehberliği", TC[0]]]
    import_table("teaching", write_csv(tmp_path / "a.csv", TEACHING, *rows))
    second = [[*row[:4], TC[1]] for row in rows]
    assert counts(import_table("teaching", write_csv(tmp_path / "b.csv", TEACHING, *second))[0]) == (2, 1, 1, 0, 0)
    assert [name for *_rest, name in assignments()] == ["Ece", "Can"]
    assert Section.objects.get().class_guide == teachers[1]


def test_the_same_assignment_twice_in_a_file_is_written_once(school: Any, teachers: Any, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        TEACHING,
        ["712345", "8", "A", "Türkçe", TC[0]],
        ["712345", "8", "A", "TÜRKÇE", TC[0]],
        ["712345", "8", "A", "Sınıf Rehberliği", TC[0]],
        ["712345", "8", "A", "Sınıf Rehberliği", TC[0]],
    )
    assert counts(import_table("teaching", path)[0]) == (4, 2, 0, 2, 0)
    assert (TeachingAssignment.objects.count(), Section.objects.count()) == (1, 1)


def test_refused_assignments_are_named(school: Any, teachers: Any, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        TEACHING,
        ["999999", "8", "A", "Türkçe", TC[0]],
        ["712345", "13", "A", "Türkçe", TC[0]],
        ["712345", "8", "", "Türkçe", TC[0]],
        ["712345", "8", "A", "", TC[0]],
        ["712345", "8", "A", "Türkçe", TC[5]],
        ["712345", "8", "A", "Sınıf Rehberliği", TC[0]],
        ["712345", "8", "A", "Sınıf Rehberliği", TC[1]],
        ["712345", "8", "A", "***", TC[1]],
    )
    answer, code = import_table("teaching", path)
    assert code == 1
    assert [(error["row"], error["column"], error["message"]) for error in answer["errors"]] == [
        (2, "Kurum Kodu", "Bu ilde 999999 kodlu kurum yok; kodu düzeltiniz ya da önce kurumu ekleyiniz."),
        (3, "Sınıf", "Sınıf 1-12 arasında bir sayı ya da “Ana sınıfı” olmalıdır."),
        (4, "Şube", "Boş bırakılamaz; değeri yazınız."),
        (5, "Ders", "Boş bırakılamaz; değeri yazınız."),
        (
            6,
            "Öğretmen T.C. Kimlik No",
            "Bu ilde bu numarayla öğretmen kaydı yok; numarayı düzeltiniz ya da önce öğretmeni ekleyiniz.",
        ),
        (
            8,
            "Öğretmen T.C. Kimlik No",
            "Bu şubenin sınıf rehber öğretmeni 7. satırda başka biri; birini siliniz.",
        ),
        (9, "Ders", "Bir ders adı değil; Türkçe ya da Sınıf Rehberliği gibi yazınız."),
    ]
    assert not any(number in str(answer) for number in TC)
    assert (TeachingAssignment.objects.count(), Section.objects.count()) == (0, 0)


def test_a_teacher_of_another_school_may_teach_and_one_of_another_province_not(school: Any, tmp_path: Path) -> None:
    StaffFactory(tc=TC[0], institution=InstitutionFactory())
    StaffFactory(tc=TC[1], province=YearFactory(province__plate_code=63).province)
    rows = [["712345", "8", "A", "Türkçe", TC[n]] for n in range(2)]
    answer, _code = import_table("teaching", write_csv(tmp_path / "a.csv", TEACHING, *rows), "--skip-refused")
    assert counts(answer) == (2, 1, 0, 0, 1)
    assert answer["errors"][0]["row"] == 3


def test_assignments_taken_back_leave_the_guide_that_was_there(school: Any, teachers: Any, tmp_path: Path) -> None:
    SectionFactory(institution=school, grade=8, name="A", class_guide=teachers[0])
    path = write_csv(
        tmp_path / "a.csv",
        TEACHING,
        ["712345", "8", "A", "Türkçe", TC[1]],
        ["712345", "8", "A", "Sınıf Rehberliği", TC[1]],
    )
    import_table("teaching", path)
    undo("teaching")
    assert (TeachingAssignment.objects.count(), Section.objects.get().class_guide) == (0, teachers[0])


def test_a_guide_that_was_changed_since_is_not_taken_back(school: Any, teachers: Any, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", TEACHING, ["712345", "8", "A", "Sınıf Rehberliği", TC[1]])
    import_table("teaching", path)
    Section.objects.update(class_guide=teachers[0])
    with pytest.raises(Conflict, match="sonradan değişti"):
        undo("teaching")


def test_coaching_of_the_final_years(school: Any, teachers: Any, tmp_path: Path) -> None:
    for n, grade in ((2, 8), (3, 12)):
        StudentFactory(tc=TC[n], institution=school, grade=grade)
    path = write_csv(tmp_path / "a.csv", COACHING, [TC[0], TC[2]], [TC[0], TC[3]], [TC[1], TC[2]], [TC[0], TC[2]])
    assert counts(import_table("coaching", path)[0]) == (4, 3, 0, 1, 0)
    assert counts(import_table("coaching", path)[0]) == (4, 0, 0, 4, 0)
    assert Coaching.objects.count() == 3


def test_coaching_of_other_grades_is_refused_with_the_grade(school: Any, teachers: Any, tmp_path: Path) -> None:
    StudentFactory(tc=TC[2], institution=school, grade=7)
    StudentFactory(tc=TC[3], institution=school, grade=0)
    StudentFactory(tc=TC[4])
    StudentFactory(tc=TC[5], institution=school, grade=8)
    path = write_csv(
        tmp_path / "a.csv",
        COACHING,
        *([TC[0], TC[n]] for n in (2, 3, 4, 6)),
        [TC[7], TC[5]],
        [TC[5], TC[5]],
    )
    answer, code = import_table("coaching", path)
    assert code == 1
    assert [(error["row"], error["column"], error["message"]) for error in answer["errors"]] == [
        (
            2,
            "Öğrenci T.C. Kimlik No",
            "Öğrenci 7. sınıfta; danışman yalnız 8. ve 12. sınıf öğrencilerine verilir, satırı siliniz.",
        ),
        (
            3,
            "Öğrenci T.C. Kimlik No",
            "Öğrenci okul öncesinde; danışman yalnız 8. ve 12. sınıf öğrencilerine verilir, satırı siliniz.",
        ),
        (
            4,
            "Öğrenci T.C. Kimlik No",
            "Öğrencinin 2020-2021 yılında okul kaydı yok; önce öğrenci dosyasıyla ekleyiniz.",
        ),
        (
            5,
            "Öğrenci T.C. Kimlik No",
            "Bu ilde bu numarayla öğrenci kaydı yok; numarayı düzeltiniz ya da önce öğrenciyi ekleyiniz.",
        ),
        *(
            (
                row,
                "Öğretmen T.C. Kimlik No",
                "Bu ilde bu numarayla öğretmen kaydı yok; numarayı düzeltiniz ya da önce öğretmeni ekleyiniz.",
            )
            for row in (6, 7)
        ),
    ]
    assert not Coaching.objects.exists()


def test_coaching_is_taken_back_as_a_whole(school: Any, teachers: Any, tmp_path: Path) -> None:
    StudentFactory(tc=TC[2], institution=school, grade=8)
    import_table("coaching", write_csv(tmp_path / "a.csv", COACHING, [TC[0], TC[2]]))
    undo("coaching")
    assert not Coaching.objects.exists()
