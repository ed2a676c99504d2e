"""A school and its neighbour over two years of one central exam, with their teachers, coach, boards and use of EBA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.text import fold
from exams.models import Exam
from schools.models import AcademicYear, Institution, StaffMember, Student
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.units import Category
from scoring.models import RankingRow, RankingRun
from scoring.services import compute_run
from tests.factories.exams import make_coaching, make_exam, make_result, make_teaching
from tests.factories.schools import (
    DistrictFactory,
    InstitutionFactory,
    StaffFactory,
    StudentFactory,
    YearFactory,
    seat_user,
    staff_user,
)

SUBJECTS = (("Matematik", 20), ("Türkçe", 20))


@dataclass
class ExamCase:
    """Oya teaches Matematik in 8/A of Işık: ten students, 10 correct last year, 12 this year and 3 wrong: + 1 net.

    Umut teaches it in 8/A of Çınarlı: 10 last year, 11 this year, nothing wrong: + 1 net too. Türkçe nobody teaches.
    """

    year: AcademicYear
    before: AcademicYear
    exam: Exam
    last: Exam
    school: Institution
    other: Institution
    oya: StaffMember
    umut: StaffMember
    students: list[Student]
    neighbours: list[Student]
    academic: Any
    eba: Any
    coordinator: Any
    neighbour: Any
    district_board: Any
    coach: Any

    def run(self, measure: str, partition: str | None = None, **asked: Any) -> RankingRun:
        if measure.startswith(("teacher_exam", "student_exam", "school_exam")):
            asked.setdefault("exam", self.exam.code)
        return compute_run(year=self.year, measure=measure, partition=partition, by=None, **asked)

    def row(self, run: RankingRun, holder: Any) -> RankingRow:
        field = {StaffMember: "staff", Student: "student", Institution: "institution"}[type(holder)]
        return run.rows.get(**{field: holder})


def exam_case(size: int = 10) -> ExamCase:
    """Build it; ``size`` students sit the exam at each school in each year."""
    year = YearFactory()
    before = YearFactory(province=year.province, name="2019-2020", is_current=False)
    district = DistrictFactory(province=year.province, name="Edremit")
    school, other = (
        InstitutionFactory(district=district, name=name, category=Category.MIDDLE)
        for name in ("Edremit Işık Ortaokulu", "Edremit Çınarlı Ortaokulu")
    )
    oya_user = staff_user(school, full_name="Oya Işık")
    oya = _named(oya_user.staff_member, "Oya", "Işık")
    umut = StaffFactory(institution=other, first_name="Umut", last_name="Ak")
    for one in (year, before):
        make_teaching(school, oya, "Matematik", year=one)
        make_teaching(other, umut, "Matematik", year=one)
    last = make_exam(before, "LGS-2020", family="LGS", subjects=SUBJECTS, published=True)
    exam = make_exam(year, "LGS-2021", family="LGS", subjects=SUBJECTS, published=True)
    for place in (school, other):
        _sit(last, place, before, size, (10, 0))
    students = _sit(exam, school, year, size, (12, 3), score=400)
    neighbours = _sit(exam, other, year, size, (11, 0), score=300)
    coach = staff_user(school, full_name="Kerem Koç")
    _named(coach.staff_member, "Kerem", "Koç")
    make_coaching(coach.staff_member, students[0])
    province = year.province
    return ExamCase(
        year=year,
        before=before,
        exam=exam,
        last=last,
        school=school,
        other=other,
        oya=oya,
        umut=umut,
        students=students,
        neighbours=neighbours,
        academic=seat_user(CommissionKind.MONITORING_ACADEMIC, unit=province, full_name="Akın Ölçer"),
        eba=seat_user(CommissionKind.MONITORING_INNOVATION_EBA, unit=province, full_name="Eda Başar"),
        coordinator=seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school, full_name="Ayşe Yılmaz"),
        neighbour=seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, other, full_name="Nur Ilgaz"),
        district_board=seat_user(CommissionKind.DISTRICT, unit=district, full_name="Kaya Su"),
        coach=coach,
    )


def _named(person: StaffMember, first: str, last: str) -> StaffMember:
    person.first_name, person.last_name, person.name_key = first, last, fold(f"{first} {last}")
    person.save()
    return person


def _sit(
    exam: Exam, school: Institution, year: AcademicYear, size: int, answers: tuple[int, int], score: int | None = None
) -> list[Student]:
    """Students of 8/A with these answers in Matematik; scores fall by one from student to student."""
    students = [
        StudentFactory(institution=school, year=year, first_name="Deniz", last_name=f"Öğrenci{number + 1}")
        for number in range(size)
    ]
    for number, student in enumerate(students):
        make_result(
            exam,
            student,
            {"Matematik": answers},
            score=None if score is None else score - number,
            national_rank=None if score is None else 1000 - score + number,
        )
    return students
