"""Staff and students of the demo: invented names, numbers that pass the check and belong to nobody on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from common.identity import Identity, complete_tc, parse_identities
from common.text import fold
from portal.demo import names
from portal.demo.sizes import GRADES, STAFF_WEIGHTS, STUDENT_WEIGHTS, Size, shares
from portal.demo.units import School
from schools.models import AcademicYear, Enrolment, Posting, Section, StaffMember, Student
from schools.models.people import Employment, Title
from schools.models.units import Category

LAST_STEM = 969_999_999
"""The first nine digits of a number of this year's people lie below."""
SECTION_SIZE = 28
SECTION_NAMES = "ABCDEFGHIJKLMNOPRSTUVYZ"


def identities(count: int, rng: Random, *, low: int = 100_000_000, high: int = LAST_STEM) -> Iterator[Identity]:
    """``count`` different valid numbers with stems from ``low`` to below ``high``, as what the module keeps of them."""
    stems = rng.sample(range(low, high), count)
    for found in parse_identities(complete_tc(str(stem)) for stem in stems):
        if not isinstance(found, Identity):
            raise AssertionError("a completed number must pass its own check")
        yield found


def full_name(rng: Random) -> tuple[str, str]:
    return rng.choice(names.FIRST_NAMES), rng.choice(names.LAST_NAMES)


def build_staff(*, year: AcademicYear, schools: list[School], size: Size, rng: Random) -> list[Posting]:
    """Create staff and their postings; each school has a principal first, then deputies, a counsellor, teachers."""
    counts = shares(size.staff, [STAFF_WEIGHTS[school.category] for school in schools], least=4)
    numbers = identities(size.staff, rng)
    staff: list[StaffMember] = []
    postings: list[Posting] = []
    for school, count in zip(schools, counts, strict=True):
        for place in range(count):
            person = _staff_member(year, next(numbers), rng)
            staff.append(person)
            postings.append(_posting(year, school, person, place, count, rng))
    StaffMember.objects.bulk_create(staff, batch_size=2000)
    Posting.objects.bulk_create(postings, batch_size=2000)
    return postings


def _staff_member(year: AcademicYear, identity: Identity, rng: Random) -> StaffMember:
    first, last = full_name(rng)
    return StaffMember(
        province=year.province,
        first_name=first,
        last_name=last,
        name_key=fold(f"{first} {last}"),
        identity_kind=identity.kind,
        identity_digest=identity.digest,
        identity_mask=identity.mask,
    )


def _posting(year: AcademicYear, school: School, person: StaffMember, place: int, count: int, rng: Random) -> Posting:
    branches = names.BRANCHES[school.category]
    branch = rng.choice(branches)
    if school.institution.is_vocational and place % 3 == 2:
        branch = rng.choice(names.VOCATIONAL_BRANCHES)
    title = _title(place, count, branch, school.category)
    if title == Title.COUNSELLOR:
        branch = "Rehberlik"
    if school.institution.is_private:
        employment = Employment.PRIVATE
    elif title in (Title.PRINCIPAL, Title.DEPUTY, Title.RESPONSIBLE_DEPUTY):
        employment = Employment.PERMANENT
    else:
        employment = rng.choices((Employment.PERMANENT, Employment.CONTRACTED, Employment.HOURLY), weights=(80, 13, 7))[
            0
        ]
    return Posting(
        staff=person, year=year, institution=school.institution, title=title, branch=branch, employment=employment
    )


def _title(place: int, count: int, branch: str, category: Category) -> Title:
    if place == 0:
        return Title.PRINCIPAL
    if place == 1 and count >= 8:
        return Title.RESPONSIBLE_DEPUTY
    if place == 2 and count >= 14:
        return Title.DEPUTY
    if place == 3 and count >= 12:
        return Title.COUNSELLOR
    if category == Category.PRESCHOOL:
        return Title.PRESCHOOL_TEACHER
    if branch == "Sınıf Öğretmenliği":
        return Title.CLASS_TEACHER
    return Title.TEACHER


def build_students(
    *, year: AcademicYear, schools: list[School], postings: list[Posting], size: Size, rng: Random
) -> int:
    """Create students, enrolments and sections with a class guide; returns how many students."""
    teachers: dict[int, list[StaffMember]] = {}
    for posting in postings:
        if posting.title in (Title.TEACHER, Title.CLASS_TEACHER, Title.PRESCHOOL_TEACHER):
            teachers.setdefault(posting.institution_id, []).append(posting.staff)
    counts = shares(size.students, [STUDENT_WEIGHTS[school.category] for school in schools])
    numbers = identities(size.students, rng)
    students: list[Student] = []
    enrolments: list[Enrolment] = []
    sections: list[Section] = []
    for school, count in zip(schools, counts, strict=True):
        guides = teachers.get(school.institution.pk, [])
        grades = GRADES[school.category]
        for grade, in_grade in zip(grades, shares(count, [1] * len(grades)) if grades else (), strict=True):
            letters = SECTION_NAMES[: -(-in_grade // SECTION_SIZE)] or "A"
            for letter in letters:
                guide = guides[len(sections) % len(guides)] if guides else None
                sections.append(
                    Section(year=year, institution=school.institution, grade=grade, name=letter, class_guide=guide)
                )
            for place in range(in_grade):
                student = _student(year, next(numbers), rng)
                students.append(student)
                enrolments.append(
                    Enrolment(
                        student=student,
                        year=year,
                        institution=school.institution,
                        grade=grade,
                        section_name=letters[place % len(letters)],
                        school_number=str(grade * 100 + place + 1),
                    )
                )
    Section.objects.bulk_create(sections, batch_size=2000)
    Student.objects.bulk_create(students, batch_size=2000)
    Enrolment.objects.bulk_create(enrolments, batch_size=2000)
    return len(students)


def _student(year: AcademicYear, identity: Identity, rng: Random) -> Student:
    first, last = full_name(rng)
    return Student(
        province=year.province,
        first_name=first,
        last_name=last,
        name_key=fold(f"{first} {last}"),
        identity_kind=identity.kind,
        identity_digest=identity.digest,
        identity_mask=identity.mask,
    )
