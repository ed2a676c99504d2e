"""Files that rankings were computed from: taking them back, and what came after."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from common.errors import Conflict, UserError
from common.imports.services import start_undo, undo_batch
from common.models import ImportBatch
from eba import reference
from eba.models import Criterion
from schools.models import Enrolment, TeachingAssignment
from scoring.models import RankingRun
from scoring.selectors.sources import in_force, outdated_by, outdated_published, outdated_runs, with_sources
from scoring.services import publish_run
from tests.common.sending import SCOPE, import_table, write_csv
from tests.exams.sending import TC
from tests.factories.accounts import UserFactory
from tests.factories.schools import StaffFactory
from tests.scoring.exam_case import ExamCase, exam_case

pytestmark = pytest.mark.django_db

TEACHING = "Kurum Kodu;Sınıf;Şube;Ders;Öğretmen T.C. Kimlik No"


@pytest.fixture
def case() -> ExamCase:
    return exam_case()


def take_back() -> None:
    batch, by = ImportBatch.objects.order_by("-applied_at").first(), UserFactory()
    assert batch is not None
    start_undo(batch=batch, by=by)
    undo_batch(batch_id=batch.pk, by=by)


def teach(case: ExamCase, folder: Path, number: int, section: str = "A") -> None:
    StaffFactory(institution=case.school, tc=TC[number])
    path = write_csv(folder / "ders.csv", TEACHING, [case.school.code, 8, section, "Matematik", TC[number]])
    assert import_table("teaching", path)[1] == 0


def outdated(run: RankingRun) -> list[str]:
    """What all the doors say of the run: the same."""
    fresh = with_sources(RankingRun.objects.filter(pk=run.pk)).get()
    found = outdated_by(fresh, in_force(fresh.year, [fresh]))
    assert outdated_runs([run.pk]).get(run.pk, []) == found
    assert outdated_published(RankingRun.objects.filter(pk=run.pk)).exists() is bool(found)
    return found


def test_teaching_on_which_a_published_ranking_stands_stays(case: ExamCase, tmp_path: Path) -> None:
    teach(case, tmp_path, 0)
    run = case.run("teacher_exam_success")
    publish_run(run=run, by=case.academic)
    with pytest.raises(Conflict, match=r"Öğretmenlerin merkezi sınavda başarı oranı.*hesaplandı"):
        take_back()
    assert TeachingAssignment.objects.count() == 5
    assert outdated(run) == []


def test_use_of_a_term_on_which_a_published_ranking_stands_stays(case: ExamCase, tmp_path: Path) -> None:
    reference.load(case.year)
    names = list(Criterion.objects.order_by("order").values_list("name", flat=True))
    StaffFactory(institution=case.school, tc=TC[0])
    path = write_csv(tmp_path / "eba.csv", ";".join(["T.C. Kimlik No", *names]), [TC[0], 10, *[1] * (len(names) - 1)])
    assert import_table("eba_staff", path, "--term", "1")[1] == 0
    publish_run(run=case.run("teacher_eba_points", term=1), by=case.eba)
    assert import_table("eba_staff", path, "--term", "2")[1] == 0
    take_back()
    ImportBatch.objects.filter(state="undone").delete()
    with pytest.raises(Conflict, match="Öğretmenlerin EBA puanı"):
        take_back()


def test_a_ranking_that_nobody_published_hinders_nothing(case: ExamCase, tmp_path: Path) -> None:
    teach(case, tmp_path, 0)
    case.run("teacher_exam_success")
    take_back()
    assert TeachingAssignment.objects.count() == 4


def test_a_file_that_came_later_marks_the_ranking(case: ExamCase, tmp_path: Path) -> None:
    run = case.run("teacher_exam_success")
    other = case.run("student_exam_score")
    for each in (run, other):
        publish_run(run=each, by=case.academic)
    assert outdated(run) == []
    teach(case, tmp_path, 0)
    assert outdated(run) == ["“Ders görevleri” dosyası bu hesaptan sonra aktarıldı."]
    assert outdated(other) == []
    take_back()
    assert outdated(run) == []


def test_a_file_that_was_taken_back_later_marks_the_ranking(case: ExamCase, tmp_path: Path) -> None:
    teach(case, tmp_path, 0)
    run = case.run("teacher_exam_success")
    take_back()
    RankingRun.objects.filter(pk=run.pk).update(status="published")
    assert outdated(run) == ["“Ders görevleri” dosyası bu hesaptan sonra geri alındı."]


def test_a_file_that_changed_nothing_marks_nothing(case: ExamCase, tmp_path: Path) -> None:
    teach(case, tmp_path, 0)
    run = case.run("teacher_exam_success")
    publish_run(run=run, by=case.academic)
    path: Any = tmp_path / "ders.csv"
    assert import_table("teaching", path)[0]["unchanged"] == 1
    assert outdated(run) == []


def test_a_ranking_says_whose_results_it_could_not_count(case: ExamCase, capsys: Any) -> None:
    run = case.run("teacher_exam_progress")
    assert run.inputs["notes"] == []
    Enrolment.objects.filter(year=case.before).delete()
    sentence = "LGS-2020 (2019-2020): sonucu olan 20 öğrencinin o yıl okul kaydı yok, sayılmadılar;"
    for measure in ("teacher_exam_progress", "school_exam_progress"):
        run = case.run(measure)
        (note,) = run.inputs["notes"]
        assert run.rows.count() == 0
        assert note["name"].startswith(sentence)
        assert (note["reason"], note["count"]) == ("not_enrolled", 20)
        call_command("rank", measure, *SCOPE, "--exam", case.exam.code)
        printed = capsys.readouterr()
        assert sentence in printed.err
        assert sentence not in printed.out


def test_a_rate_is_refused_while_results_hold_more_answers_than_questions(case: ExamCase) -> None:
    case.exam.subjects.filter(name="Matematik").update(questions=14)
    with pytest.raises(UserError, match="Matematik dersinde 14 soru var, kayıtlı sonuçlarda daha fazlası"):
        case.run("teacher_exam_success")
    case.exam.subjects.filter(name="Matematik").update(questions=15)
    assert case.row(case.run("teacher_exam_success"), case.oya).value == Decimal("73.3333")
