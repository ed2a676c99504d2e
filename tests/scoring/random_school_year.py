"""Random provinces with exams of two years, monitoring sittings and EBA use that meet every corner of their measures.

Sets of rows only. Values come from small ranges, so that equal ones are frequent.
"""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from common.text import fold
from eba import reference as eba_reference
from eba.models import (
    SCALE,
    Criterion,
    CriterionWeight,
    StaffUse,
    StaffUseValue,
    StudentUse,
)
from exams.models import Exam, ExamFamily, ExamSubject, ExamVersion, StudentResult, SubjectResult
from schools.models import (
    AcademicYear,
    District,
    Enrolment,
    Institution,
    InstitutionYear,
    Posting,
    Province,
    Section,
    StaffMember,
    Student,
    TeachingAssignment,
    YearSetting,
)
from schools.subjects import subject_key
from tests.scoring.random_province import DISTRICTS, FIRST, LAST, add_year

LEVELS = {
    "middle": (8, "LGS", 3, ("middle", "middle", "middle", "special", "preschool")),
    "high": (12, "TYT", 4, ("high", "high", "project_high", "provincial")),
}
SUBJECTS = ("Türkçe", "Matematik", "Fen Bilimleri", "İnkılap Tarihi", "Yabancı Dil (İngilizce)")
SPELLINGS = {"Matematik": "MATEMATİK", "Fen Bilimleri": "Fen  bilimleri", "İnkılap Tarihi": "İNKILAP TARİHİ"}
SECTIONS = ("A", "B", "C", "Ç")
FILLED = (
    Institution,
    InstitutionYear,
    StaffMember,
    Posting,
    Student,
    Enrolment,
    Section,
    TeachingAssignment,
    ExamSubject,
    StudentResult,
    SubjectResult,
    StaffUse,
    StaffUseValue,
    StudentUse,
)


@dataclass
class SchoolYear:
    """A made province. ``exams`` by role: this, last, sitting, before; a role that was left out is missing."""

    province: Province
    year: AcademicYear
    last_year: AcademicYear
    level: str
    settings: dict[str, str]
    exams: dict[str, Exam] = field(default_factory=dict)

    def code(self, role: str) -> str:
        return self.exams[role].code


@dataclass
class _Maker:
    plan: random.Random
    order: random.Random
    made: SchoolYear
    institutions: list[Institution] = field(default_factory=list)
    staff: list[StaffMember] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)

    def insert(self, model, rows):
        """The rows in a random order of insertion."""
        rows = list(rows)
        self.order.shuffle(rows)
        return model.objects.bulk_create(rows)

    @property
    def years(self):
        return self.made.last_year, self.made.year


def make(seed: int, *, shuffle: int | None = None, plate_code: int | None = None, **settings: str) -> SchoolYear:
    """The province of a seed. ``shuffle`` only changes the order in which its rows are inserted."""
    plan = random.Random(seed)
    order = random.Random(seed if shuffle is None else shuffle)
    plate = plate_code or 1000 + seed
    province = Province.objects.create(plate_code=plate, name=f"İl {plate}")
    last_year, year = (add_year(province, name, name == "2020-2021") for name in ("2019-2020", "2020-2021"))
    chosen = {
        "min_students": str(plan.choice((2, 3, 3, 10))),
        "progress": plan.choice(("difference", "difference", "standardised")),
        "tier_scope": plan.choice(("national", "province")),
        "time_unit": plan.choice(("hours", "hours", "minutes")),
        "school_eba": plan.choice(("mean_with_record", "mean_all_staff")),
    } | settings
    YearSetting.objects.bulk_create(YearSetting(year=year, key=key, value=value) for key, value in chosen.items())
    maker = _Maker(plan, order, SchoolYear(province, year, last_year, plan.choice(tuple(LEVELS)), chosen))
    _institutions(maker, plate)
    _staff(maker)
    _students(maker)
    _teaching(maker)
    _exams(maker)
    _eba(maker)
    _analyse()
    return maker.made


def _analyse():
    """PostgreSQL's own look at a table does not see rows of a test's transaction and would plan for empty ones."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in FILLED)}")


def _institutions(maker, plate):
    plan, province = maker.plan, maker.made.province
    districts = District.objects.bulk_create(
        District(province=province, name=name, name_key=fold(name))
        for name in plan.sample(DISTRICTS, plan.randint(1, 3))
    )
    rows = []
    for number in range(plan.randint(3, 5)):
        name = f"{plan.choice(FIRST)} Okulu"
        rows.append(
            Institution(
                province=province,
                district=plan.choice(districts),
                code=f"{plate:05}{number:03}",
                name=name,
                name_key=fold(name),
            )
        )
    maker.institutions = Institution.objects.bulk_create(rows)
    categories = [plan.choice(LEVELS[maker.made.level][3]) for _row in rows]
    if plan.random() < 0.3:
        renewed, old = maker.institutions[-1], maker.institutions[0]
        renewed.predecessor = old
        renewed.save(update_fields=["predecessor"])
    maker.insert(
        InstitutionYear,
        (
            InstitutionYear(institution=institution, year=year, category=category)
            for year in maker.years
            for place, (institution, category) in enumerate(zip(maker.institutions, categories, strict=True))
            if plan.random() > (0.5 if place == 0 and year == maker.made.year else 0.08)
        ),
    )


def _person(model, plan, province):
    first, last = plan.choice(FIRST), plan.choice(LAST)
    return model(
        province=province,
        first_name=first,
        last_name=last,
        name_key=fold(f"{first} {last}"),
        identity_kind="none",
    )


def _staff(maker):
    plan = maker.plan
    maker.staff = StaffMember.objects.bulk_create(
        [_person(StaffMember, plan, maker.made.province) for _number in range(plan.randint(6, 9))]
    )
    maker.insert(
        Posting,
        (
            Posting(staff=person, year=year, institution=plan.choice(maker.institutions), title="teacher")
            for year in maker.years
            for person in maker.staff
            if plan.random() > 0.07
        ),
    )


def _students(maker):
    """Two cohorts of the final grade in sections around the smallest size, and younger ones who come a year later."""
    plan, made = maker.plan, maker.made
    grade = LEVELS[made.level][0]
    least = int(made.settings["min_students"])
    students, enrolments = [], []
    for year in maker.years:
        for institution in maker.institutions:
            for section in SECTIONS[: plan.randint(1, 2)]:
                for _number in range(plan.choice((least - 1, least, least, least + 1, 1, 0))):
                    student = _person(Student, plan, made.province)
                    students.append(student)
                    if plan.random() < 0.95:
                        enrolments.append(_enrolment(student, year, institution, grade, section))
                    if year == made.year and plan.random() < 0.3:
                        earlier = plan.choice(maker.institutions)
                        younger = plan.choice((grade - 1, grade - 1, grade))
                        enrolments.append(_enrolment(student, made.last_year, earlier, younger, plan.choice(SECTIONS)))
    for _number in range(4):
        student = _person(Student, plan, made.province)
        students.append(student)
        enrolments.append(_enrolment(student, made.year, plan.choice(maker.institutions), grade - 1, "A"))
    Student.objects.bulk_create(students)
    known = set()
    unique = []
    for one in enrolments:
        key = id(one.student), one.year_id
        if key not in known:
            known.add(key)
            unique.append(one)
    maker.enrolments = maker.insert(Enrolment, unique)


def _enrolment(student, year, institution, grade, section):
    return Enrolment(student=student, year=year, institution=institution, grade=grade, section_name=section)


def _teaching(maker):
    """Each section and subject has none, one or two teachers out of a few; some also teach lower grades."""
    plan = maker.plan
    grade = LEVELS[maker.made.level][0]
    sections = Section.objects.bulk_create(
        Section(year=year, institution=institution, grade=one, name=name)
        for year in maker.years
        for institution in maker.institutions
        for one in (grade - 1, grade)
        for name in SECTIONS
    )
    pool = plan.sample(maker.staff, 4)
    rows = []
    for section in sections:
        for subject in SUBJECTS[:4]:
            for teacher in plan.sample(pool, plan.choice((0, 1, 1, 1, 2))):
                spelled = plan.choice((subject, SPELLINGS.get(subject, subject)))
                rows.append(
                    TeachingAssignment(
                        section=section, teacher=teacher, subject=spelled, subject_key=subject_key(spelled)
                    )
                )
    maker.insert(TeachingAssignment, rows)


def _exams(maker):
    plan, made = maker.plan, maker.made
    _grade, family, divisor, _categories = LEVELS[made.level]
    names = plan.sample(SUBJECTS[:4], 3)
    scores = plan.choice(((True, True), (True, True), (True, False), (False, True), (False, False)))
    central = ExamFamily.objects.get_or_create(code=family)[0]
    monitoring = ExamFamily.objects.get_or_create(code=f"IZLEME-{_grade}")[0]
    spring, autumn = datetime.date(2021, 6, 6), datetime.date(2020, 11, 20)
    _exam(maker, "this", made.year, central, "central", spring, divisor, names, scores[0])
    if plan.random() > 0.08:
        before = [plan.choice((name, SPELLINGS.get(name, name))) for name in names[: plan.randint(2, 3)]]
        other = plan.choice((divisor, divisor, 0, 5))
        _exam(maker, "last", made.last_year, central, "central", datetime.date(2020, 6, 20), other, before, scores[1])
        if plan.random() < 0.1:
            _exam(maker, "older", made.last_year, central, "central", datetime.date(2020, 5, 1), 3, before, True)
    _exam(maker, "sitting", made.year, monitoring, "monitoring", spring, 4, names[:2], plan.random() < 0.5)
    if plan.random() > 0.08:
        year, day = plan.choice(((made.year, autumn), (made.last_year, datetime.date(2020, 3, 2)), (made.year, spring)))
        _exam(maker, "before", year, monitoring, "monitoring", day, 3, names[:2], plan.random() < 0.7)


def _exam(maker, role, year, family, kind, date, divisor, names, with_scores):
    plan, made = maker.plan, maker.made
    code = f"{'B' if role == 'sitting' else 'A'}-{role}"
    exam = Exam.objects.create(
        year=year,
        code=code,
        name=f"{family.code} {date.year}",
        family=family,
        kind=kind,
        level=made.level,
        date=date,
        divisor=divisor,
        version=plan.randint(1, 3),
    )
    ExamVersion.objects.bulk_create(
        ExamVersion(exam=exam, number=number + 1, source="import") for number in range(exam.version)
    )
    subjects = ExamSubject.objects.bulk_create(
        ExamSubject(exam=exam, order=order, name=name, key=subject_key(name), questions=plan.choice((10, 20)))
        for order, name in enumerate(names, start=1)
    )
    made.exams[role] = exam
    _results(maker, exam, subjects, with_scores)


def _results(maker, exam, subjects, with_scores):
    """Most enrolled students of the year, younger ones among them, and somebody enrolled in the other year only."""
    plan = maker.plan
    takers = [one.student for one in maker.enrolments if one.year_id == exam.year_id and plan.random() < 0.9]
    known = {one.pk for one in takers}
    strangers = {one.student_id: one.student for one in maker.enrolments if one.student_id not in known}
    takers += plan.sample(list(strangers.values()), min(2, len(strangers)))
    same = {subject.pk: (plan.randint(1, 5), 1) for subject in subjects if plan.random() < 0.12}
    all_alike = plan.random() < 0.1
    results, rows = [], []
    for student in takers:
        absent = plan.random() < 0.06
        score = plan.choice((40_000_000_000, 41_212_345_678, 39_999_999_999, 30_000_000_001))
        has_score = with_scores and not absent and plan.random() < 0.92
        result = StudentResult(
            exam=exam,
            student=student,
            score_units=(40_000_000_000 if all_alike else score) if has_score else None,
            national_rank=plan.choice((None, plan.randint(1, 12), plan.randint(1, 9999))),
            province_rank=plan.choice((None, plan.randint(1, 9))),
        )
        results.append(result)
        for subject in subjects:
            correct, wrong = same.get(subject.pk) or (plan.randint(0, 5), plan.choice((0, 0, 1, 3, 5)))
            missing = absent or plan.random() < 0.1
            rows.append(
                SubjectResult(
                    result=result,
                    subject=subject,
                    correct=None if missing else correct,
                    wrong=None if missing else wrong,
                )
            )
    maker.insert(StudentResult, results)
    maker.insert(SubjectResult, rows)


def _eba(maker):
    plan, made = maker.plan, maker.made
    table = eba_reference.load(made.year)
    criteria = list(Criterion.objects.filter(platform__code="EBA").order_by("order"))
    for weight in CriterionWeight.objects.filter(table=table).order_by("criterion__order"):
        if plan.random() < 0.4:
            weight.cap = plan.choice((1, 2, 100))
            weight.coefficient = plan.choice((weight.coefficient, Decimal("0.25"), Decimal("1.5")))
            weight.save()
    uses, values, student_uses = [], [], []
    for year in maker.years:
        for term in (1, 2):
            for person in maker.staff:
                if plan.random() < 0.8:
                    use = StaffUse(platform=table.platform, year=year, term=term, staff=person)
                    uses.append(use)
                    values += [
                        StaffUseValue(use=use, criterion=criterion, value_units=_amount(plan, criterion))
                        for criterion in criteria
                        if plan.random() < 0.5
                    ]
            student_uses += [
                StudentUse(
                    platform=table.platform,
                    year=year,
                    term=term,
                    student=one.student,
                    time_units=plan.choice((0, SCALE, SCALE * 3 // 2, plan.randint(0, 5) * 3600 * 10_000 + 12)),
                )
                for one in maker.enrolments
                if one.year_id == made.year.pk and plan.random() < 0.4
            ]
    maker.insert(StaffUse, uses)
    maker.insert(StaffUseValue, values)
    maker.insert(StudentUse, student_uses)


def _amount(plan, criterion):
    if criterion.unit == Criterion.Unit.HOUR:
        return plan.choice((0, SCALE, 2 * SCALE, SCALE * 5 // 4, plan.randint(1, 20) * 600_000))
    return plan.randint(0, 3) * SCALE
