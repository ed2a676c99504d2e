"""The measures of exams and EBA use on cases worked out by hand, among them the example of docs/scoring.md."""

import io
import random
from fractions import Fraction

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams.models import Exam, ExamVersion, StudentResult, SubjectResult
from schools.models import Enrolment, Posting, TeachingAssignment, YearSetting
from schools.models.units import Category
from scoring.inputs import Query
from scoring.selectors import runs
from scoring.selectors.comparisons import compare_lines, lines_of_run
from scoring.selectors.rankings import rank_measure, rank_partitions
from scoring.services import compute_run
from tests.factories.eba import make_criteria, make_student_use, make_use
from tests.factories.exams import make_exam, make_result, make_teaching
from tests.factories.schools import DistrictFactory, InstitutionFactory, StaffFactory, StudentFactory, YearFactory

SUBJECTS = (("Türkçe", 20), ("Matematik", 20))


class Case:
    """One middle school with Oya and Umut, LGS of two years, and whatever a test adds."""

    def __init__(self):
        self.year = YearFactory()
        self.before = YearFactory(province=self.year.province, name="2019-2020", is_current=False)
        district = DistrictFactory(province=self.year.province, name="Edremit")
        self.school, self.other = (
            InstitutionFactory(district=district, name=name, category=Category.MIDDLE) for name in ("Işık", "Çınarlı")
        )
        for school in (self.school, self.other):
            school.years.create(year=self.before, category=Category.MIDDLE)
        self.oya = StaffFactory(institution=self.school, first_name="Oya", last_name="Işık")
        self.umut = StaffFactory(institution=self.school, first_name="Umut", last_name="Ak")
        self.exam = make_exam(self.year, "LGS-2021", family="LGS", subjects=SUBJECTS)
        self.last = make_exam(self.before, "LGS-2020", family="LGS", subjects=SUBJECTS)

    def sit(self, exam, count, answers, *, section="A", school=None, grade=8, **result):
        """``count`` students of a section with the same answers."""
        students = [
            StudentFactory(institution=school or self.school, year=exam.year, grade=grade, section_name=section)
            for _number in range(count)
        ]
        for student in students:
            make_result(exam, student, answers, **result)
        return students

    def teach(self, teacher, *sections, subject="Matematik", year=None, school=None):
        for section in sections:
            make_teaching(school or self.school, teacher, subject, section_name=section, year=year or self.year)

    def values(self, measure, **asked):
        """(holder, subject) -> exact value, as text, of everybody with a place in the ranking."""
        if "eba" not in measure:
            asked.setdefault("exam", "LGS-2021")
        found = rank_measure(year=self.year, measure=measure, partition="", **asked)
        return {(row.holder.name, row.subject): found.exact_text(row) for row in found.rows}

    def run(self, measure="teacher_exam_progress", **asked):
        if "eba" not in measure:
            asked.setdefault("exam", "LGS-2021")
        return compute_run(year=self.year, measure=measure, by=None, **asked)

    def set(self, key, value):
        YearSetting.objects.update_or_create(year=self.year, key=key, defaults={"value": value})


@pytest.fixture
def case(db):
    return Case()


@pytest.fixture
def example(case):
    """The worked example of docs/scoring.md."""
    case.teach(case.oya, "A", "B")
    case.teach(case.umut, "B")
    case.teach(case.oya, "A", year=case.before)
    case.sit(case.exam, 10, {"Matematik": (12, 3)})
    case.sit(case.exam, 9, {"Matematik": (6, 0)}, section="B")
    case.sit(case.exam, 1, {"Türkçe": (9, 0)}, section="B")
    case.sit(case.last, 10, {"Matematik": (8, 3)})
    return case


def test_the_worked_example_of_the_documentation(example):
    assert example.values("teacher_exam_progress") == {("Oya Işık", "Matematik"): "31/19"}
    assert example.values("teacher_exam_success") == {("Oya Işık", "Matematik"): "820/19"}
    assert example.values("school_exam_progress") == {("Işık", ""): "1.65"}
    scores = rank_measure(year=example.year, measure="student_exam_score", exam="LGS-2021")
    assert [(row.rank, scores.exact_text(row)) for row in scores.rows] == (
        [(1, "11")] * 10 + [(11, "9")] + [(12, "6")] * 9
    )
    row = example.run().rows.get()
    assert (row.value_exact, str(row.value), row.subject) == ("31/19", "1.6316", "Matematik")
    assert row.evidence["working"] == "8,6316 − 7 = 1,6316 net"
    this, last = row.evidence["years"]
    assert (this["mean"], this["students"], this["applied"], this["enrolled"]) == ("164/19", 19, 20, 20)
    assert (last["mean"], last["students"], last["exam"]) == ("7", 10, "LGS-2020")
    assert [(one["section"], one["sat"], one["applied"], one.get("mean")) for one in this["sections"]] == [
        ("8/A", 10, 10, "11"),
        ("8/B", 9, 10, "6"),
    ]
    success = example.run("teacher_exam_success").rows.get()
    assert success.evidence["working"] == "8,6316 / 20 × 100 = 43,1579"
    school = example.run("school_exam_progress").rows.get()
    assert school.evidence["working"] == "8,65 − 7 = 1,65 net"
    assert [(one["sat"], one["applied"], one["enrolled"]) for one in school.evidence["years"]] == [
        (20, 20, 20),
        (10, 10, 10),
    ]


def test_the_worked_example_of_eba_use(case):
    make_use(case.oya, {"TIME_IN_SYSTEM": "12.5", "WORK_SENT": 4, "QUESTIONS_WRITTEN": 2}, term=1)
    make_use(case.oya, {"TIME_IN_SYSTEM": 20, "WORK_SENT": 10, "COURSES_ATTENDED": 1}, term=2)
    make_use(case.umut, {"TIME_IN_SYSTEM": 10}, term=1)
    StaffFactory(institution=case.school)
    assert case.values("teacher_eba_points", term=1) == {("Oya Işık", ""): "30.5", ("Umut Ak", ""): "10"}
    assert case.values("teacher_eba_progress") == {("Oya Işık", ""): "19.5"}
    assert case.values("school_eba_points", term=1) == {("Işık", ""): "20.25"}
    case.set("school_eba", "mean_all_staff")
    assert case.values("school_eba_points", term=1) == {("Işık", ""): "13.5"}
    case.set("time_unit", "minutes")
    assert case.values("teacher_eba_points", term=1)["Oya Işık", ""] == "768"
    case.set("time_unit", "hours")
    rows = case.run("teacher_eba_points", term=1)
    assert rows.criteria_table.version == 1
    row = rows.rows.get(staff=case.oya)
    assert row.evidence["working"] == "12,5 + 8 + 10 = 30,5 puan"
    assert [one["working"] for one in row.evidence["criteria"]] == [
        "12,5 × 1 = 12,5 puan",
        "4 × 2 = 8 puan",
        "2 × 5 = 10 puan",
    ]
    assert case.run("teacher_eba_progress").rows.get().evidence["working"] == "50 − 30,5 = 19,5 puan"


def test_a_cap_counts_at_most_so_many_units_and_the_working_says_so(case):
    make_criteria(case.year, caps={"TIME_IN_SYSTEM": 10}, coefficients={"TIME_IN_SYSTEM": "0.25"})
    make_use(case.oya, {"TIME_IN_SYSTEM": "12.5"}, term=1)
    row = case.run("teacher_eba_points", term=1).rows.get()
    assert row.value_exact == "2.5"
    assert row.evidence["criteria"][0]["working"] == "12,5 (üst sınır 10) × 0,25 = 2,5 puan"


def test_students_are_ranked_by_their_hours(case):
    for hours in ("3", "1.5", "0"):
        make_student_use(StudentFactory(institution=case.school), hours, term=2)
    run = case.run("student_eba_usage", term=2)
    assert [(row.rank, row.value_exact) for row in run.rows.order_by("position")] == [(1, "3"), (2, "1.5")]


@pytest.mark.parametrize(("this", "last", "ranked"), [(10, 10, True), (9, 10, False), (10, 9, False), (9, 9, False)])
def test_a_group_of_ten_counts_and_one_of_nine_does_not(case, this, last, ranked):
    case.teach(case.oya, "A")
    case.teach(case.oya, "A", year=case.before)
    case.sit(case.exam, this, {"Matematik": (10, 0)})
    case.sit(case.exam, 3, {"Türkçe": (10, 0)})
    case.sit(case.last, last, {"Matematik": (9, 0)})
    assert bool(case.values("teacher_exam_progress")) is ranked
    assert bool(case.values("teacher_exam_success")) is (this >= 10)


def test_younger_students_and_students_of_another_section_do_not_count(case):
    case.set("min_students", "1")
    case.teach(case.oya, "A")
    case.teach(case.oya, "A", year=case.before)
    case.sit(case.exam, 2, {"Matematik": (10, 0)})
    case.sit(case.exam, 5, {"Matematik": (20, 0)}, grade=7)
    case.sit(case.exam, 5, {"Matematik": (20, 0)}, section="B")
    case.sit(case.last, 2, {"Matematik": (8, 0)})
    assert case.values("teacher_exam_progress") == {("Oya Işık", "Matematik"): "2"}
    scores = rank_measure(year=case.year, measure="student_exam_score", exam="LGS-2021")
    assert [scores.exact_text(row) for row in scores.rows] == ["20"] * 5 + ["10"] * 2


def test_a_subject_spelled_otherwise_last_year_is_the_same_subject(case):
    case.set("min_students", "1")
    last = make_exam(case.before, "LGS-B", family="LGS", subjects=(("MATEMATİK", 10),), date=case.last.date)
    case.teach(case.oya, "A", subject="matematik")
    case.teach(case.oya, "A", subject="Matematik ", year=case.before)
    case.sit(case.exam, 1, {"Matematik": (10, 0)})
    case.sit(last, 1, {"MATEMATİK": (7, 0)})
    assert case.values("teacher_exam_progress") == {("Oya Işık", "Matematik"): "3"}


@pytest.fixture
def two_groups(case):
    """Oya 4 -> 8 and Umut 6 -> 4, ten each, in a province of twenty."""
    for year in (case.year, case.before):
        case.teach(case.oya, "A", year=year)
        case.teach(case.umut, "B", year=year)
    case.sit(case.exam, 10, {"Matematik": (8, 0)})
    case.sit(case.exam, 10, {"Matematik": (4, 0)}, section="B")
    case.sit(case.last, 10, {"Matematik": (4, 0)})
    case.sit(case.last, 10, {"Matematik": (6, 0)}, section="B")
    return case


def test_standardised_progress_is_the_difference_of_distances_to_the_province(two_groups):
    """This year's mean is 6 and the deviation 2, last year's 5 and 1: Oya stands at + 1 and stood at - 1."""
    two_groups.set("progress", "standardised")
    run = two_groups.run()
    row = run.rows.get()
    assert (row.staff, row.value_exact) == (two_groups.oya, "2")
    assert row.evidence["working"] == "1 − (−1) = 2 standart puan"
    assert row.evidence["years"][0]["province"] == {"students": 20, "mean": "6", "shown": "6", "deviation": "2"}
    assert run.used_settings == {"min_students": 10, "progress": "standardised"}


def test_without_any_deviation_nobody_is_compared(two_groups):
    two_groups.set("progress", "standardised")
    SubjectResult.objects.filter(result__exam=two_groups.last, correct__isnull=False).update(correct=5, wrong=0)
    assert two_groups.values("teacher_exam_progress") == {}
    two_groups.set("progress", "difference")
    assert two_groups.values("teacher_exam_progress") == {("Oya Işık", "Matematik"): "3"}


def test_standardised_scores_do_not_meet_the_limits_of_the_database(case):
    case.set("progress", "standardised")
    for exam, high, low in ((case.exam, "500", "100.00000001"), (case.last, "400", "399.99999999")):
        case.sit(exam, 3, score=high, answers={})
        case.sit(exam, 3, score=low, answers={}, school=case.other)
    StudentResult.objects.filter(exam=case.last).update(score_units=40_000_000_000)
    assert case.values("school_exam_progress") == {}
    StudentResult.objects.filter(exam=case.last, student__enrolments__institution=case.other).update(
        score_units=40_000_000_001
    )
    assert case.values("school_exam_progress") == {("Işık", ""): "2"}


def test_a_score_is_taken_only_where_both_years_have_one(case):
    case.sit(case.exam, 2, {"Matematik": (10, 0)}, score="450")
    case.sit(case.last, 2, {"Matematik": (4, 0)}, score="300.5")
    assert case.values("school_exam_progress") == {("Işık", ""): "149.5"}
    StudentResult.objects.filter(exam=case.last).update(score_units=None)
    assert case.values("school_exam_progress") == {("Işık", ""): "6"}
    assert set(case.values("student_exam_score").values()) == {"450"}


def test_a_school_under_a_new_code_is_compared_with_what_it_was(case):
    case.sit(case.exam, 2, {"Matematik": (10, 0)}, school=case.other)
    case.sit(case.last, 2, {"Matematik": (4, 0)}, school=case.school)
    assert case.values("school_exam_progress") == {}
    case.other.predecessor = case.school
    case.other.save()
    assert case.values("school_exam_progress") == {}
    case.school.years.filter(year=case.year).delete()
    assert case.values("school_exam_progress") == {("Çınarlı", ""): "6"}


def test_a_run_names_what_it_read_and_keeps_the_subject_of_each_row(case):
    case.set("min_students", "1")
    for subject in ("Matematik", "Türkçe"):
        case.teach(case.oya, "A", subject=subject)
        case.teach(case.oya, "A", subject=subject, year=case.before)
    case.sit(case.exam, 1, {"Matematik": (10, 0), "Türkçe": (9, 0)})
    case.sit(case.last, 1, {"Matematik": (7, 0), "Türkçe": (6, 0)})
    first = case.run(partition="subject")
    assert [(row.subject, row.rank) for row in first.rows.order_by("position")] == [("Türkçe", 1), ("Matematik", 1)]
    assert {(one.exam.code, one.number) for one in first.exam_versions.all()} == {("LGS-2021", 1), ("LGS-2020", 1)}
    assert first.parameters == {"exam": "LGS-2021"}
    SubjectResult.objects.filter(result__exam=case.exam, subject__name="Türkçe").update(correct=10)
    Exam.objects.filter(pk=case.exam.pk).update(version=2)
    ExamVersion.objects.create(exam=case.exam, number=2, source="import")
    second = case.run(partition="subject")
    changes = compare_lines(lines_of_run(first), lines_of_run(second)).changes
    assert [(change.kind, change.holder) for change in changes] == [("changed", (case.oya.pk, "Türkçe"))]
    assert second.previous == first
    assert second.inputs["counts"] == {"groups": 2, "people": 1, "sat": 1, "applied": 1, "enrolled": 1, "rows": 2}


@pytest.mark.parametrize("change", ["result", "version", "posting", "section", "teaching", "setting", "category"])
def test_every_kind_of_input_makes_a_run_stale(two_groups, change):
    run = two_groups.run()
    assert runs.is_fresh(run)
    if change == "result":
        SubjectResult.objects.filter(result__exam=two_groups.last, correct=4).update(correct=5)
    elif change == "version":
        Exam.objects.filter(pk=two_groups.last.pk).update(version=2)
    elif change == "posting":
        Posting.objects.filter(staff=two_groups.oya).update(institution=two_groups.other)
    elif change == "section":
        Enrolment.objects.filter(pk=Enrolment.objects.filter(year=two_groups.year).first().pk).update(section_name="Z")
    elif change == "teaching":
        TeachingAssignment.objects.filter(teacher=two_groups.umut).first().delete()
    elif change == "setting":
        two_groups.set("progress", "standardised")
    else:
        two_groups.school.years.filter(year=two_groups.year).update(category=Category.SPECIAL)
    assert not runs.is_fresh(run)


def test_rows_written_in_another_order_give_the_same_digests(two_groups):
    first = two_groups.run()
    rows = list(SubjectResult.objects.order_by("pk").values())
    taught = list(TeachingAssignment.objects.order_by("pk").values())
    SubjectResult.objects.all().delete()
    TeachingAssignment.objects.all().delete()
    for model, values in ((SubjectResult, rows), (TeachingAssignment, taught)):
        random.Random(3).shuffle(values)
        model.objects.bulk_create(model(**row) for row in values)
    second = two_groups.run()
    assert (first.input_digest, first.result_digest) == (second.input_digest, second.result_digest)


def test_who_has_no_place_is_noted_by_name(two_groups):
    Posting.objects.filter(staff=two_groups.oya).delete()
    run = two_groups.run()
    assert run.rows.count() == 0
    assert run.inputs["notes"][0] == {"staff": two_groups.oya.pk, "name": "Oya Işık", "reason": "no_place"}
    stranger = StudentFactory(first_name="Yeri", last_name="Yok")
    Enrolment.objects.filter(student=stranger).delete()
    make_result(two_groups.exam, stranger, {"Matematik": (1, 0)})
    noted = two_groups.run("student_exam_score").inputs["notes"]
    assert noted == [{"student": stranger.pk, "name": "Yeri Yok", "reason": "no_place"}]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("teacher_exam_progress",), 2, "sınavın kodunu"),
        (("teacher_exam_progress", "--exam=LGS-1999"), 1, "LGS-2021"),
        (("teacher_exam_progress", "--exam=LGS-2021", "--term=1"), 2, "dönem"),
        (("teacher_exam_progress", "--exam=IZLEME"), 1, "Merkezi sınav"),
        (("school_monitoring_progress", "--exam=LGS-2021"), 1, "İzleme"),
        (("school_monitoring_progress", "--exam=IZLEME"), 1, "önceki oturumu"),
        (("teacher_exam_progress", "--exam=TYT"), 1, "geçen yılın sınavını"),
        (("teacher_eba_points", "--term=1"), 1, "ölçüt tablosu"),
        (("teacher_eba_points",), 2, "dönem"),
        (("student_exam_score", "--exam=LGS-2021", "--partition=subject"), 2, "institution"),
    ],
)
def test_what_cannot_be_ranked_is_refused_in_a_sentence(case, arguments, code, words):
    make_exam(case.year, "IZLEME", kind="monitoring")
    make_exam(case.year, "TYT", level="high")
    with pytest.raises(CommandError) as refused:
        call_command("rank", *arguments, "--province=10", "--year=2020-2021")
    assert refused.value.returncode == code
    assert words in str(refused.value)


def test_the_subject_is_always_a_column_of_an_exam_measure(two_groups):
    text = io.StringIO()
    call_command(
        "rank",
        "teacher_exam_progress",
        "--province=10",
        "--year=2020-2021",
        "--exam=LGS-2021",
        "--partition=district,branch",
        stdout=text,
    )
    assert text.getvalue().splitlines() == [
        "district,subject,rank,holder_id,holder,value",
        f"Edremit,Matematik,1,{two_groups.oya.pk},Oya Işık,4.0000",
    ]


@pytest.mark.parametrize(
    ("measure", "asked", "limit"),
    [
        ("teacher_exam_progress", {"exam": "LGS-2021"}, 14),
        ("student_exam_score", {"exam": "LGS-2021"}, 8),
        ("school_exam_progress", {"exam": "LGS-2021"}, 14),
        ("teacher_eba_points", {"term": 1}, 8),
        ("school_eba_points", {"term": 1}, 8),
    ],
)
def test_the_number_of_queries_does_not_grow_with_the_rows(two_groups, measure, asked, limit):
    make_use(two_groups.oya, {"WORK_SENT": 1}, term=1)
    counted = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rankings = list(
                rank_partitions(
                    measure=measure,
                    query=Query(two_groups.year, asked.get("term"), asked.get("exam", "")),
                    partitions=["", "district"],
                )
            )
        assert len(rankings) == 2
        counted.append(len(queries))
        third = StaffFactory(institution=two_groups.other)
        two_groups.teach(third, "C", school=two_groups.other)
        two_groups.sit(two_groups.exam, 10, {"Matematik": (8, 0)}, section="C", school=two_groups.other)
        make_use(third, {"WORK_SENT": 1}, term=1)
    assert counted[0] == counted[1] <= limit


def test_means_of_groups_of_different_size_are_compared_exactly(case):
    """8/3 and 16/6 are the same mean: both teachers share the first rank."""
    case.set("min_students", "1")
    case.teach(case.oya, "A")
    case.teach(case.umut, "B")
    for section, numbers in (("A", (3, 3, 2)), ("B", (3, 3, 3, 3, 2, 2))):
        for correct in numbers:
            case.sit(case.exam, 1, {"Matematik": (correct, 0)}, section=section)
    found = rank_measure(year=case.year, measure="teacher_exam_success", partition="subject", exam="LGS-2021")
    assert [(row.rank, row.tied, found.exact(row)) for row in found.rows] == [(1, True, Fraction(40, 3))] * 2
