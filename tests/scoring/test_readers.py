"""How much of a ranking each reader sees: before publication, of a student's result, of who was ranked elsewhere."""

import io

import pytest
from openpyxl import load_workbook

from exams.models import StudentResult
from schools.models import Enrolment, Institution, Posting
from schools.models.commissions import CommissionKind, SeatRole
from scoring.models import RankingRun
from scoring.rules import may
from scoring.selectors.rows import rows_visible_to
from scoring.selectors.runs import runs_visible_to
from scoring.services import publish_run
from tests.factories.schools import seat_user
from tests.scoring.exam_case import exam_case
from tests.scoring.test_pages import get, text_of

ANSWERS = ("Derslere göre sonuç", "Girmedi", "Genel Sıra", "Yüzdelik Dilim", "4,2178", "Şubesi")
"""What stands on the row of a student's score besides value and rank."""


@pytest.fixture
def case(db):
    case = exam_case()
    StudentResult.objects.filter(exam=case.exam, student=case.students[0]).update(percentile_units=421780000)
    return case


def published(case, measure):
    return publish_run(run=case.run(measure), by=case.academic)


def file_of(user, run, kind="csv"):
    body = b"".join(get(user, "export", run.pk, kind).streaming_content)
    if kind == "csv":
        return body.decode("utf-8-sig")
    rows = load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)
    return "\n".join(";".join(map(str, row)) for row in rows)


def readers_of(case):
    """Who sees the rows of Işık's students, and whether with their answers."""
    province, district = case.year.province, case.school.district
    return {
        "board": (case.academic, True),
        "executive": (seat_user(CommissionKind.EXECUTIVE, unit=province), True),
        "governor": (seat_user(CommissionKind.EXECUTIVE, SeatRole.CHAIR, province), True),
        "school": (case.coordinator, True),
        "coach": (case.coach, True),
        "district": (case.district_board, False),
        "district governor": (seat_user(CommissionKind.DISTRICT, SeatRole.CHAIR, district), False),
        "EBA board": (case.eba, False),
        "project board": (seat_user(CommissionKind.MONITORING_PROJECT, unit=province), False),
        "technical team": (seat_user(CommissionKind.TECHNICAL, unit=province), False),
        "clerk": (seat_user(CommissionKind.MEASUREMENT_CENTRE, unit=province), False),
    }


def test_a_students_answers_are_for_their_school_their_coach_and_the_boards_that_answer_for_the_list(case):
    run = published(case, "student_exam_score")
    row = case.row(run, case.students[0])
    for name, (user, sees) in readers_of(case).items():
        page = text_of(get(user, "row", row.pk))
        for told in ANSWERS:
            assert (told in page) is sees, (name, told)
        assert "400,0000 puan" in page, name
        assert "1.</strong> sıra" in page, name
        assert ("Değer, LGS-2021 sonuçlarının 1. sürümünden alındı." in page) is not sees, name


def test_a_coach_who_works_elsewhere_by_now_sees_no_row(case):
    run = published(case, "student_exam_score")
    row = case.row(run, case.students[0])
    assert get(case.coach, "row", row.pk).status_code == 200
    Posting.objects.filter(staff=case.coach.staff_member).update(institution=case.other)
    assert get(case.coach, "row", row.pk).status_code == 404
    assert not rows_visible_to(case.coach, run).exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_download_tells_no_more_of_students_than_the_page(case, kind):
    StudentResult.objects.filter(exam=case.exam).update(score_units=None)
    run = published(case, "student_exam_score")
    own, district = file_of(case.coordinator, run, kind), file_of(case.district_board, run, kind)
    assert own.count(";11 net") == 10
    assert "LGS-2021 sonuçlarının" not in own
    assert district.count("Değer, LGS-2021 sonuçlarının 1. sürümünden alındı.") == 20
    assert ";11 net" not in district


def test_the_exam_of_a_rank_is_named_without_the_score(case):
    run = published(case, "student_exam_rank")
    page = text_of(get(case.district_board, "row", case.row(run, case.students[0]).pk))
    assert "Genel Sıra: 600" in page
    assert "400" not in page
    assert "400" in text_of(get(case.coordinator, "row", case.row(run, case.students[0]).pk))


def test_a_student_who_moved_stands_where_they_were_ranked(case):
    """The school of then keeps value and rank, the school of today has the card of the exam."""
    run = published(case, "student_exam_score")
    row = case.row(run, case.students[0])
    Enrolment.objects.filter(student=case.students[0]).update(institution=case.other)
    page = text_of(get(case.coordinator, "row", row.pk))
    assert "400,0000 puan" in page
    assert not any(told in page for told in ANSWERS)
    assert "Değer, LGS-2021 sonuçlarının 1. sürümünden alındı." in file_of(case.coordinator, run)
    assert "Girmedi" in text_of(get(case.coordinator, "row", case.row(run, case.students[1]).pk))
    assert get(case.neighbour, "row", row.pk).status_code == 404


@pytest.mark.parametrize(
    ("measure", "team"), [("teacher_exam_success", True), ("school_exam_progress", True), ("student_exam_score", False)]
)
def test_a_ranking_before_publication_is_for_those_who_answer_for_it(case, measure, team):
    run = case.run(measure)
    row = run.rows.order_by("position")[0]
    for name, (user, _sees) in readers_of(case).items():
        sees = name in {"board", "executive", "governor"} or (team and name == "technical team")
        assert rows_visible_to(user, RankingRun.objects.get(pk=run.pk)).exists() is sees, name
        assert runs_visible_to(user, case.year).exists() is sees, name
        for page, address in (("run", [run.pk]), ("row", [row.pk]), ("export", [run.pk, "csv"])):
            assert get(user, page, *address).status_code == (200 if sees else 404), (name, page)
        assert may(user, "scoring.compare_runs", run) is sees, name


def test_what_it_would_be_now_is_for_those_who_answer_for_it_after_publication_too(case):
    first = published(case, "student_exam_score")
    for name, (user, _sees) in readers_of(case).items():
        sees = name in {"board", "executive", "governor"}
        assert get(user, "what_if", first.pk).status_code == (200 if sees else 404), name
        assert get(user, "run", first.pk).status_code == 200


def test_a_list_names_schools_as_they_were(case):
    runs = [published(case, measure) for measure in ("student_exam_score", "teacher_exam_success")]
    Institution.objects.filter(pk=case.school.pk).update(name="Yepyeni Ortaokulu")
    for run in runs:
        listed, file = text_of(get(case.academic, "run", run.pk)), file_of(case.academic, run)
        for words in (listed, file):
            assert "Edremit Işık Ortaokulu" in words
            assert "Yepyeni" not in words


def test_rows_are_kept_by_no_cache(case):
    run = published(case, "student_exam_score")
    for page, address in (("run", [run.pk]), ("row", [run.rows.all()[0].pk]), ("export", [run.pk, "csv"])):
        assert "no-store" in get(case.academic, page, *address)["Cache-Control"]
