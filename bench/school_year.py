"""A province's year of exams and EBA use, as big as asked for; the same at every call."""

from __future__ import annotations

import random
from dataclasses import dataclass

from django.db import connection

from common.imports.bulk import Target, insert
from common.text import fold
from eba import reference as eba_reference
from eba.models import SCALE, Criterion, StaffUse, StaffUseValue, StudentUse
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
)
from schools.models.units import Category
from schools.subjects import subject_key

DISTRICTS, INSTITUTIONS, STAFF, EXAMINEES, STUDENTS = 20, 1_200, 15_000, 30_000, 196_000
SECTION_SIZE, MONITORED = 25, 3
SUBJECTS = ("Türkçe", "Matematik", "Fen Bilimleri", "İnkılap Tarihi", "Yabancı Dil", "Din Kültürü")
FIRST = ("Ayşe", "Çağla", "Işık", "İpek", "Ömer", "Şule", "Ümit", "Zeki", "Gül", "Güneş", "Can", "Deniz", "Ece")
LAST = ("Ilgaz", "İnce", "Çelik", "Cengiz", "Öz", "Ozan", "Şahin", "Sarı", "Uysal", "Ünal", "Yıldız", "Ak", "Kara")


@dataclass
class SchoolYear:
    """A filled year; ``share`` is its part of a whole province."""

    year: AcademicYear
    before: AcademicYear
    share: float


def filled(share: float, plate: int = 10) -> SchoolYear:
    """Two years of LGS in six subjects, two monitoring sittings, two terms of EBA use of staff and students."""
    plan = random.Random(11)
    province = Province.objects.create(plate_code=plate, name="Balıkesir")
    before, year = (
        AcademicYear.objects.create(
            province=province, name=name, start_date=f"{name[:4]}-09-14", second_term_date=f"{name[5:]}-02-15",
            end_date=f"{name[5:]}-08-31", is_current=name == "2020-2021",
        )
        for name in ("2019-2020", "2020-2021")
    )  # fmt: skip
    made = SchoolYear(year, before, share)
    schools = _institutions(made, plan)
    staff = _people(StaffMember, province, plan, int(STAFF * share))
    _write(
        Posting,
        ("staff_id", "institution_id", "title"),
        [(one, plan.choice(schools), "teacher") for one in staff],
        year_id=year.pk,
    )
    examined = schools[: max(1, len(schools) // 3)]
    this = _cohort(made, plan, year, examined, staff)
    last = _cohort(made, plan, before, examined, staff)
    others = _people(Student, province, plan, int((STUDENTS - EXAMINEES) * share))
    _write(
        Enrolment,
        ("student_id", "institution_id", "grade", "section_name"),
        [(one, plan.choice(schools), plan.randint(1, 7), plan.choice("ABC")) for one in others],
        year_id=year.pk,
    )
    _exam(plan, year, this, "LGS", "central", "2021-06-06", SUBJECTS)
    _exam(plan, before, last, "LGS", "central", "2020-06-20", SUBJECTS)
    for code, day in (("1", "2020-11-20"), ("2", "2021-03-05")):
        _exam(plan, year, this, f"IZLEME-{code}", "monitoring", day, SUBJECTS[:MONITORED])
    _use(plan, year, staff, [*this, *others])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


def _write(model, columns, rows, **scope):
    return insert(Target(model=model, columns=columns, key=(), update=(), scope=scope), rows).ids


def _institutions(made, plan):
    province = made.year.province
    districts = District.objects.bulk_create(
        District(province=province, name=f"İlçe {n:02}", name_key=f"ilce {n:02}") for n in range(DISTRICTS)
    )
    codes = [(plan.choice(districts).pk, f"{700000 + n}", f"Okul {n}", f"okul {n}") for n in range(
        max(DISTRICTS, int(INSTITUTIONS * made.share))
    )]  # fmt: skip
    schools = _write(Institution, ("district_id", "code", "name", "name_key"), codes, province_id=province.pk)
    categories = [category.value for category in Category]
    kinds = ["middle" if n < len(schools) // 3 else categories[n % 7] for n in range(len(schools))]
    for one in (made.before, made.year):
        _write(InstitutionYear, ("institution_id", "category"), list(zip(schools, kinds, strict=True)), year_id=one.pk)
    return schools


def _people(model, province, plan, count):
    names = [(plan.choice(FIRST), f"{plan.choice(LAST)}{chr(97 + n % 26)}") for n in range(count)]
    rows = [(first, last, fold(f"{first} {last}"), "none") for first, last in names]
    columns = ("first_name", "last_name", "name_key", "identity_kind")
    return _write(model, columns, rows, province_id=province.pk)


def _cohort(made, plan, year, schools, staff):
    """Final-year students in sections, each section and subject with one teacher, now and then two."""
    students = _people(Student, made.year.province, plan, int(EXAMINEES * made.share))
    per_school = max(1, -(-len(students) // (len(schools) * SECTION_SIZE)))
    places = [(school, chr(65 + n)) for school in schools for n in range(per_school)]
    sections = _write(Section, ("institution_id", "name"), places, year_id=year.pk, grade=8)
    rows = [(student, *places[n % len(places)]) for n, student in enumerate(students)]
    _write(Enrolment, ("student_id", "institution_id", "section_name"), rows, year_id=year.pk, grade=8)
    taught = []
    teachers = staff[: max(12, len(sections) * 3)]
    for number, section in enumerate(sections):
        for place, subject in enumerate(SUBJECTS):
            first = teachers[(number // 2 * len(SUBJECTS) + place) % len(teachers)]
            taught.append((section, first, subject, subject_key(subject)))
            if plan.random() < 0.05:
                second = teachers[(number * 7 + place + 1) % len(teachers)]
                if second != first:
                    taught.append((section, second, subject, subject_key(subject)))
    _write(TeachingAssignment, ("section_id", "teacher_id", "subject", "subject_key"), taught)
    return students


def _exam(plan, year, students, code, kind, day, names):
    family = ExamFamily.objects.get_or_create(code="LGS" if kind == "central" else "IZLEME-8")[0]
    exam = Exam.objects.create(
        year=year, code=code, name=code, family=family, kind=kind, level="middle", date=day, divisor=3
    )
    ExamVersion.objects.create(exam=exam, number=1, source="import")
    subjects = ExamSubject.objects.bulk_create(
        ExamSubject(exam=exam, order=order, name=name, key=subject_key(name), questions=20)
        for order, name in enumerate(names, start=1)
    )
    results = _write(
        StudentResult,
        ("student_id", "score_units", "national_rank", "province_rank"),
        [
            (student, plan.randint(100, 500) * 10**8 + plan.randint(0, 9_999) * 10**4, plan.randint(1, 900_000), None)
            for student in students
        ],
        exam_id=exam.pk,
    )
    rows = []
    for result in results:
        for subject in subjects:
            correct = plan.randint(0, 20)
            taken = plan.random() > 0.02
            wrong = plan.randint(0, 20 - correct)
            rows.append((result, subject.pk, correct if taken else None, wrong if taken else None))
    _write(SubjectResult, ("result_id", "subject_id", "correct", "wrong"), rows)


def _use(plan, year, staff, students):
    table = eba_reference.load(year)
    criteria = [(one.pk, one.unit) for one in Criterion.objects.filter(platform=table.platform).order_by("order")]
    for term in (1, 2):
        uses = _write(
            StaffUse,
            ("staff_id",),
            [(one,) for one in staff],
            year_id=year.pk,
            term=term,
            platform_id=table.platform_id,
        )
        values = [
            (use, criterion, plan.randint(0, 40) * SCALE // 4 if unit == "hour" else plan.randint(0, 9) * SCALE)
            for use in uses
            for criterion, unit in criteria
        ]
        _write(StaffUseValue, ("use_id", "criterion_id", "value_units"), values)
        _write(
            StudentUse,
            ("student_id", "time_units"),
            [(one, plan.randint(0, 6_000) * SCALE // 60) for one in students],
            year_id=year.pk,
            term=term,
            platform_id=table.platform_id,
        )
