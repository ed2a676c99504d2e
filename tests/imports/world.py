"""The invented province that the files of these tests are about, and what is stored of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from common.identity import complete_tc, parse_identity
from common.imports.exports import refused_rows
from common.imports.kinds import Scope, kind_of
from common.imports.running import prepare
from common.models import ImportBatch
from eba import reference
from eba.models import SCALE, StaffUseValue, StudentUse
from exams.models import StudentResult, SubjectResult
from projects import reference as project_reference
from projects.models import Project
from schools.models import (
    AcademicYear,
    Coaching,
    Enrolment,
    Institution,
    InstitutionYear,
    Posting,
    Section,
    TeachingAssignment,
)
from tests.common.sending import counts, import_table
from tests.factories.exams import make_exam
from tests.factories.schools import (
    DistrictFactory,
    InstitutionFactory,
    ProvinceFactory,
    StaffFactory,
    StudentFactory,
    YearFactory,
)
from tests.imports.files import Nasty

TC = [complete_tc(str(330_000_000 + n)) for n in range(40)]
SCHOOL, OTHER_SCHOOL = "712345", "712346"
GRADES = {10: 8, 11: 8, 12: 8, 13: 8, 14: 12, 15: 7}
"""Grades of the students of ``SCHOOL`` by the place of their number in ``TC``; 0-2 are its staff."""

AT_OTHER_SCHOOL, IN_OTHER_PROVINCE, UNKNOWN = 16, 17, 18


@dataclass
class World:
    year: AcademicYear


def make_world() -> World:
    """A province with two schools, three of staff, students, the exam LGS-2021 and the criteria of EBA."""
    year = YearFactory()
    edremit = DistrictFactory(province=year.province, name="Edremit")
    DistrictFactory(province=year.province, name="Sındırgı")
    school = InstitutionFactory(code=SCHOOL, district=edremit)
    other = InstitutionFactory(code=OTHER_SCHOOL, district=edremit)
    for n in range(3):
        StaffFactory(tc=TC[n], institution=school)
    for n, grade in GRADES.items():
        StudentFactory(tc=TC[n], institution=school, grade=grade)
    StudentFactory(tc=TC[AT_OTHER_SCHOOL], institution=other, grade=8)
    StudentFactory(tc=TC[IN_OTHER_PROVINCE], province=ProvinceFactory(plate_code=63))
    make_exam(year, "LGS-2021", family="LGS", subjects=(("Türkçe", 20), ("Matematik", 20)))
    reference.load(year)
    project_reference.load()
    return World(year)


def who() -> dict[str, int]:
    """Places in ``TC`` by digest."""
    return {parse_identity(number).digest: n for n, number in enumerate(TC)}


def institutions() -> dict[str, Any]:
    known = dict(InstitutionYear.objects.values_list("institution__code", "category"))
    rows = Institution.objects.exclude(code__in=(SCHOOL, OTHER_SCHOOL)).values_list("code", "name", "district__name")
    return {code: (name, district, known[code]) for code, name, district in rows}


def staff() -> dict[int, Any]:
    people, fields = who(), ("staff__first_name", "staff__last_name", "title", "branch", "institution__code")
    rows = Posting.objects.values_list("staff__identity_digest", *fields)
    return {people[digest]: tuple(rest) for digest, *rest in rows if people[digest] >= UNKNOWN}


def students() -> dict[int, Any]:
    people, fields = who(), ("student__first_name", "student__last_name", "grade", "section_name", "institution__code")
    rows = Enrolment.objects.values_list("student__identity_digest", *fields)
    return {people[digest]: tuple(rest) for digest, *rest in rows if people[digest] >= UNKNOWN}


def teaching() -> set[Any]:
    people = who()
    taught = TeachingAssignment.objects.values_list(
        "section__institution__code", "section__grade", "section__name", "subject", "teacher__identity_digest"
    )
    guided = Section.objects.exclude(class_guide=None).values_list(
        "institution__code", "grade", "name", "class_guide__identity_digest"
    )
    return {(*rest, people[digest]) for *rest, digest in taught} | {
        (*rest, "guide", people[digest]) for *rest, digest in guided
    }


def coaching() -> set[Any]:
    people = who()
    pairs = Coaching.objects.values_list("teacher__identity_digest", "student__identity_digest")
    return {(people[teacher], people[student]) for teacher, student in pairs}


def results() -> dict[int, Any]:
    """Student -> Türkçe and Matematik as (correct, wrong), then score, national rank and percentile where there."""
    people, found = who(), {}
    for result in StudentResult.objects.select_related("student"):
        answers = SubjectResult.objects.filter(result=result).order_by("subject__order")
        pairs = [
            None if correct is None else (correct, wrong) for correct, wrong in answers.values_list("correct", "wrong")
        ]
        assert len(pairs) == 2
        rest = (result.score, result.national_rank, result.percentile)
        found[people[result.student.identity_digest or ""]] = (*pairs, *(each for each in rest if each is not None))
    return found


def projects() -> dict[str, Any]:
    """Title -> (item, stage, status, points) of each claim, then teachers and students."""
    people, found = who(), {}
    for project in Project.objects.order_by("pk"):
        claims = project.claims.order_by("pk").values_list("item__code", "stage", "status", "independent_points")
        teachers = project.team_teachers.values_list("staff__identity_digest", flat=True)
        pupils = project.team_students.values_list("student__identity_digest", flat=True)
        teams = [sorted(people[digest or ""] for digest in digests) for digests in (teachers, pupils)]
        found[project.title] = (*claims, *teams)
    return found


def staff_use() -> dict[int, Any]:
    """Person -> hours, then pieces by criterion code."""
    people: dict[int, dict[str, Fraction]] = {}
    rows = StaffUseValue.objects.values_list("use__staff__identity_digest", "criterion__code", "value_units")
    numbers = who()
    for digest, code, units in rows:
        people.setdefault(numbers[digest], {})[code] = Fraction(units, SCALE)
    return people


def student_use() -> dict[int, Any]:
    people = who()
    rows = StudentUse.objects.values_list("student__identity_digest", "time_units", "class_rank")
    return {people[digest]: (Fraction(units, SCALE), rank) for digest, units, rank in rows}


KINDS: dict[str, tuple[Callable[[], Any], tuple[str, ...]]] = {
    "institutions": (institutions, ()),
    "staff": (staff, ()),
    "students": (students, ()),
    "teaching": (teaching, ()),
    "coaching": (coaching, ()),
    "projects": (projects, ()),
    "exam_results": (results, ("--exam", "LGS-2021")),
    "eba_staff": (staff_use, ("--term", "1")),
    "eba_students": (student_use, ("--term", "1")),
}
"""For each kind what reads it back, and the options of the command."""


def check(kind: str, nasty: Nasty, folder: Path) -> None:
    """Send the file and see that what must come of it does, and nothing else."""
    read, options = KINDS[kind]
    path = folder / nasty.file
    path.write_bytes(nasty.bytes())
    before = read()
    answer, code = import_table(kind, path, *options, *nasty.options)
    shown = str(answer["errors"])
    assert not any(number in shown for number in TC)
    if nasty.sentence or nasty.refused:
        assert (code, read(), ImportBatch.objects.count()) == (1, before, 0), shown
    if nasty.sentence:
        (error,) = answer["errors"]
        assert error["message"].startswith(nasty.sentence), shown
        assert error["message"].endswith(".")
        return
    if nasty.refused:
        found = [(error["row"], error["column"], error["message"]) for error in answer["errors"]]
        assert [each[:2] for each in found] == [each[:2] for each in nasty.refused], shown
        for (_row, _column, message), (_r, _c, expected) in zip(found, nasty.refused, strict=True):
            assert message.startswith(expected)
            assert message.endswith(".")
        _send_refused_rows_again(kind, nasty, path)
        return
    assert (answer["errors"], code) == ([], 0), shown
    assert read() == nasty.stored
    again = import_table(kind, path, *options)[0]
    assert counts(again) == (answer["rows"], 0, 0, answer["rows"], 0)


def _send_refused_rows_again(kind: str, nasty: Nasty, path: Path) -> None:
    """Leave the refused rows out, then correct the file of refused rows and send that."""
    read, options = KINDS[kind]
    exam = options[1] if "--exam" in options else ""
    scope = Scope(10, "2020-2021", exam, 1 if "--term" in options else None)
    sheet = load_workbook(io.BytesIO(refused_rows(prepare(kind_of(kind), scope, path, path.name)))).active
    if nasty.kept is not None:
        assert import_table(kind, path, *options, "--skip-refused")[1] == 0
        assert read() == nasty.kept
    headers = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        number = int(sheet.cell(row, headers["Dosyadaki Satır"]).value)
        for header, value in nasty.corrected[number].items():
            sheet.cell(row, headers[header]).value = value
    corrected = path.with_name("düzeltilmiş.xlsx")
    sheet.parent.save(corrected)
    answer, code = import_table(kind, corrected, *options)
    assert (answer["errors"], code) == ([], 0)
    assert read() == nasty.stored
