"""What people change on pages, and files that move people: each marks the rankings that it would change, and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.imports.services import start_undo, undo_batch
from common.models import ImportBatch
from eba.models import CriterionWeight
from eba.services import approve_table, change_draft, new_version
from eba.services.criteria import Edit
from schools.models import Institution, Posting, TeachingAssignment
from schools.models.commissions import CommissionKind
from schools.services.assignments import assign_teacher, unassign_teacher
from schools.services.year_settings import set_year_setting
from scoring.models import RankingRun
from scoring.selectors.sources import in_force, outdated_by, outdated_published, outdated_runs, with_sources
from scoring.services import publish_run
from tests.common.sending import import_table, write_csv
from tests.exams.sending import TC
from tests.factories.accounts import UserFactory
from tests.factories.eba import make_criteria, make_use
from tests.factories.schools import StaffFactory, seat_user
from tests.scoring.exam_case import ExamCase, exam_case

pytestmark = pytest.mark.django_db

STAFF = "T.C. Kimlik No;Ad;Soyad;Unvan;Branş;Kurum Kodu"


@pytest.fixture
def case() -> ExamCase:
    return exam_case()


def published(case: ExamCase, measure: str, **asked: int) -> RankingRun:
    return publish_run(run=case.run(measure, **asked), by=case.eba if "eba" in measure else case.academic)


def outdated(run: RankingRun) -> list[str]:
    """What all the doors say of the run: the same."""
    fresh = with_sources(RankingRun.objects.filter(pk=run.pk)).get()
    found = outdated_by(fresh, in_force(fresh.year, [fresh]))
    assert outdated_runs([run.pk]).get(run.pk, []) == found
    assert outdated_published(RankingRun.objects.filter(pk=run.pk)).exists() is bool(found)
    return found


def test_a_teacher_assigned_by_hand_marks_the_rankings_of_that_subject(case: ExamCase) -> None:
    runs = [published(case, measure) for measure in ("teacher_exam_progress", "teacher_exam_success")]
    other = published(case, "student_exam_score")
    section = TeachingAssignment.objects.filter(section__year=case.year).order_by("pk")[0].section
    added = assign_teacher(section=section, teacher=StaffFactory(institution=case.school), subject="Matematik", by=None)
    sentence = "2020-2021 yılının ders görevleri bu hesaptan sonra değişti: Matematik."
    assert [outdated(run) for run in (*runs, other)] == [[sentence], [sentence], []]
    unassign_teacher(assignment=added, by=None)
    assert [outdated(run) for run in runs] == [[], []]


def test_a_teacher_taken_away_last_year_marks_progress_alone(case: ExamCase) -> None:
    progress, success = published(case, "teacher_exam_progress"), published(case, "teacher_exam_success")
    taught = TeachingAssignment.objects.filter(section__year=case.before, subject="Matematik").order_by("pk")[0]
    unassign_teacher(assignment=taught, by=None)
    assert outdated(progress) == ["2019-2020 yılının ders görevleri bu hesaptan sonra değişti: Matematik."]
    assert outdated(success) == []


def test_a_subject_that_the_exam_does_not_ask_marks_nothing(case: ExamCase) -> None:
    run = published(case, "teacher_exam_success")
    section = TeachingAssignment.objects.filter(section__year=case.year).order_by("pk")[0].section
    assign_teacher(section=section, teacher=StaffFactory(institution=case.school), subject="Müzik", by=None)
    assert outdated(run) == []


def staff_file(case: ExamCase, folder: Path, school: Institution, title: str = "Öğretmen") -> None:
    rows = [TC[5], "Oya", "Işık", title, "Matematik", school.code]
    assert import_table("staff", write_csv(folder / "personel.csv", STAFF, rows))[1] == 0


def test_a_member_of_staff_who_moved_by_a_file_marks_the_rankings_with_them(case: ExamCase, tmp_path: Path) -> None:
    staff_file(case, tmp_path, case.school)
    make_criteria(case.year)
    person = Posting.objects.order_by("-pk")[0].staff
    make_use(person, {"WORK_SENT": 3})
    run, schools = (published(case, measure, term=1) for measure in ("teacher_eba_points", "school_eba_points"))
    exam = published(case, "teacher_exam_success")
    other = Institution.objects.exclude(pk=case.school.pk).filter(years__year=case.year).order_by("pk")[0]
    staff_file(case, tmp_path, case.school, "Müdür Yardımcısı")
    assert [outdated(each) for each in (run, exam)] == [[], []]
    staff_file(case, tmp_path, other)
    moved = "Sıralamadaki 1 satırda kişinin görev yeri ya da kurumunun kategorisi bu hesaptan sonra değişti."
    assert [outdated(each) for each in (run, exam)] == [[moved], []]
    assert outdated(schools) == ["“Personel” dosyası bu hesaptan sonra aktarıldı."]
    batch, by = ImportBatch.objects.order_by("-applied_at").first(), UserFactory()
    assert batch is not None
    start_undo(batch=batch, by=by)
    undo_batch(batch_id=batch.pk, by=by)
    assert outdated(run) == []


def test_criteria_approved_later_mark_the_rankings_that_weigh_by_them(case: ExamCase) -> None:
    make_criteria(case.year)
    make_use(case.oya, {"WORK_SENT": 3})
    run = published(case, "teacher_eba_points", term=1)
    draft = new_version(
        year=case.year, reason="Yeni katsayı", by=seat_user(CommissionKind.TECHNICAL, unit=case.year.province)
    )
    line = CriterionWeight.objects.filter(table=draft).order_by("pk")[0]
    change_draft(
        table=draft,
        edits=[Edit(line.pk, "coefficient", line.coefficient, line.coefficient + 1)],
        by=seat_user(CommissionKind.TECHNICAL, unit=case.year.province),
    )
    assert outdated(run) == []
    approve_table(table=draft, by=seat_user(CommissionKind.EXECUTIVE, unit=case.year.province))
    old, new = draft.version - 1, draft.version
    assert outdated(run) == [f"Bu sıralama EBA ölçüt tablosunun {old}. sürümüyle hesaplandı; {new}. sürüm yürürlükte."]


def test_a_decision_of_the_year_marks_the_rankings_that_follow_it(case: ExamCase) -> None:
    progress, score = published(case, "teacher_exam_progress"), published(case, "student_exam_score")
    set_year_setting(year=case.year, key="progress", value="standardised", by=None)
    (sentence,) = outdated(progress)
    assert sentence.endswith("ayarı bu hesaptan sonra değişti.")
    assert outdated(score) == []


def test_the_cost_does_not_grow_with_the_rankings(case: ExamCase, tmp_path: Path) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            outdated_published(RankingRun.objects.filter(year=case.year)).count()
        return len(queries)

    published(case, "teacher_exam_success")
    staff_file(case, tmp_path, case.school)
    one = cost()
    for partition in ("district,subject", "subject"):
        publish_run(run=case.run("teacher_exam_progress", partition), by=case.academic)
    staff_file(case, tmp_path, case.school, "Müdür")
    assert cost() == one <= 10
