"""Who teaches the final grades in the subjects of their exams, and who coaches their students."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from django.db.models import Q

from common.imports.bulk import Target, insert
from portal.demo.earlier import FINAL_GRADE
from portal.demo.units import School
from schools.models import AcademicYear, Coaching, Enrolment, Posting, Section, StaffMember, TeachingAssignment
from schools.models.people import Title
from schools.models.units import Category
from schools.subjects import subject_key

SUBJECTS: dict[int, dict[str, tuple[str, ...]]] = {
    8: {
        "Türkçe": ("Türkçe",),
        "T.C. İnkılap Tarihi ve Atatürkçülük": ("Sosyal Bilgiler",),
        "Din Kültürü ve Ahlak Bilgisi": ("Din Kültürü ve Ahlak Bilgisi",),
        "Yabancı Dil": ("İngilizce",),
        "Matematik": ("Matematik",),
        "Fen Bilimleri": ("Fen Bilimleri",),
    },
    12: {
        "Türkçe": ("Türk Dili ve Edebiyatı",),
        "Tarih": ("Tarih",),
        "Coğrafya": ("Coğrafya",),
        "Felsefe": ("Felsefe",),
        "Matematik": ("Matematik",),
        "Fizik": ("Fizik",),
        "Kimya": ("Kimya",),
        "Biyoloji": ("Biyoloji",),
    },
}
"""Grade -> subject of the central exam -> branches that teach it. A school without one gives it to somebody else."""


def teachers_by_school(postings: list[Posting]) -> dict[int, list[Posting]]:
    """Teachers who stand before classes, in the order of their postings; those with a sign-in come first, so that
    their pages have something to show."""
    found: dict[int, list[Posting]] = defaultdict(list)
    for posting in postings:
        if posting.title == Title.TEACHER:
            found[posting.institution_id].append(posting)
    signing_in = set(StaffMember.objects.exclude(user=None).values_list("pk", flat=True))
    return {
        school: sorted(own, key=lambda posting: posting.staff_id not in signing_in) for school, own in found.items()
    }


def build_teaching(*, year: AcademicYear, schools: list[School], teachers: dict[int, list[Posting]]) -> None:
    """Give every section of a final grade a teacher in each subject; sections that are missing are made."""
    category = {school.institution.pk: school.category for school in schools}
    final = Q(grade__in=SUBJECTS) & Q(institution__in=_final_schools(category))
    enrolled = Enrolment.objects.filter(final, year=year).order_by("institution__code", "grade", "section_name")
    wanted = list(enrolled.values_list("institution_id", "grade", "section_name").distinct())
    known = set(Section.objects.filter(final, year=year).values_list("institution_id", "grade", "name"))
    Section.objects.bulk_create(
        [
            Section(
                year=year,
                institution_id=school,
                grade=grade,
                name=name,
                class_guide=teachers[school][place % len(teachers[school])].staff,
            )
            for place, (school, grade, name) in enumerate(wanted)
            if (school, grade, name) not in known and school in teachers
        ],
        batch_size=2000,
    )
    rows = Section.objects.filter(final, year=year).order_by("institution__code", "grade", "name")
    taught = [row for row in rows.values_list("pk", "institution_id", "grade") if row[1] in teachers]
    places: dict[int, Iterator[int]] = defaultdict(count)
    insert(
        Target(TeachingAssignment, ("section_id", "teacher_id", "subject", "subject_key"), (), ()),
        [
            (section, teacher, subject, subject_key(subject))
            for section, school, grade in taught
            for place in [next(places[school])]
            for subject, teacher in _of_section(grade, place, teachers[school])
        ],
    )


def build_coaching(*, year: AcademicYear, schools: list[School], teachers: dict[int, list[Posting]]) -> None:
    """Deal the students of the final grades to the teachers of their schools."""
    category = {school.institution.pk: school.category for school in schools}
    students = (
        Enrolment.objects.filter(year=year, grade__in=SUBJECTS, institution__in=_final_schools(category))
        .order_by("institution__code", "pk")
        .values_list("institution_id", "student_id")
    )
    insert(
        Target(Coaching, ("teacher_id", "student_id"), (), (), scope={"year_id": year.pk}),
        [
            (teachers[school][place % len(teachers[school])].staff_id, student)
            for place, (school, student) in enumerate(students)
            if school in teachers
        ],
    )


def _final_schools(category: dict[int, Category]) -> list[int]:
    return [pk for pk, kind in category.items() if kind in FINAL_GRADE]


def _of_section(grade: int, place: int, teachers: list[Posting]) -> list[tuple[str, int]]:
    """Subject and teacher: several teachers of a branch take turns by section."""
    found: list[tuple[str, int]] = []
    for order, (subject, branches) in enumerate(SUBJECTS[grade].items()):
        able = [posting for posting in teachers if posting.branch in branches] or [teachers[order % len(teachers)]]
        found.append((subject, able[place % len(able)].staff_id))
    return found
