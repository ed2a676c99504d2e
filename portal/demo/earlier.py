"""The year before the demo's: who finished school then, where, and a few of its projects.

Last year's eighth grade are this year's ninth grade as far as the district's high schools took them; the others, and
the whole twelfth grade, have left the province's schools.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from django.db.models import Count

from accounts.models import User
from common.identity import Identity
from common.text import fold
from portal.demo.people import LAST_STEM, SECTION_NAMES, SECTION_SIZE, full_name, identities
from portal.demo.units import School
from projects.models import Claim, ProgrammeItem, Project, TeamTeacher
from projects.models.projects import search_key_of
from projects.workflow import ClaimStage, ClaimStatus, ProjectStatus
from schools.models import (
    AcademicYear,
    Enrolment,
    Institution,
    InstitutionYear,
    Posting,
    Student,
)
from schools.models.people import Title
from schools.models.units import Category

FINAL_GRADE = {Category.MIDDLE: 8, Category.HIGH: 12, Category.PROJECT_HIGH: 12}
PROJECTS = (
    ("Zeytin Günlüğü", "Öğrenciler bir zeytin ağacını yıl boyunca izleyip gözlemlerini yayımladı."),
    ("Körfezin Kuşları", "Göçmen kuşlar sayıldı, sonuçlar üniversitenin veri tabanına işlendi."),
)


class _Place(NamedTuple):
    """A final-year student's place before the student is known."""

    institution: Institution
    grade: int
    section: str
    number: int


def build_earlier_year(
    *, year: AcademicYear, current: AcademicYear, schools: list[School], postings: list[Posting], rng: Random
) -> int:
    """Fill ``year`` with institutions, postings and last year's final grades; returns how many students left since."""
    InstitutionYear.objects.bulk_create(
        [InstitutionYear(institution=school.institution, year=year, category=school.category) for school in schools],
        batch_size=500,
    )
    Posting.objects.bulk_create(
        [
            Posting(
                staff=posting.staff,
                year=year,
                institution=posting.institution,
                title=posting.title,
                branch=posting.branch,
                employment=posting.employment,
            )
            for posting in postings
        ],
        batch_size=2000,
    )
    return _enrol(year, current, _places(current, schools, rng), rng)


def build_earlier_projects(*, year: AcademicYear, institution: Institution, reviewer: User) -> None:
    """Finished projects of a school, from which this year's can be begun."""
    item = ProgrammeItem.objects.get(code="LOCAL-2")
    postings = Posting.objects.filter(year=year, institution=institution).select_related("staff").order_by("pk")
    manager = postings.filter(title=Title.PRINCIPAL)[0].staff
    coordinator = postings.filter(title=Title.TEACHER)[0].staff
    at = datetime.combine(year.second_term_date, time(9), UTC)
    for title, summary in PROJECTS:
        project = Project.objects.create(
            year=year,
            institution=institution,
            title=title,
            title_key=fold(title),
            search_key=search_key_of(title, summary),
            item=item,
            summary=summary,
            aims="Öğrencilerin çevresini tanıması",
            start_date=year.start_date,
            end_date=date(year.end_date.year, 5, 28),
            responsible_manager=manager,
            status=ProjectStatus.APPROVED,
            created_at=at,
        )
        TeamTeacher.objects.create(project=project, staff=coordinator, is_coordinator=True)
        Claim.objects.create(
            project=project,
            year=year,
            item=item,
            stage=ClaimStage.PREPARING,
            status=ClaimStatus.APPROVED,
            submitted_at=at,
            decided_at=at + timedelta(days=6),
            decided_by=reviewer,
        )


def _places(current: AcademicYear, schools: list[School], rng: Random) -> list[_Place]:
    """Each school's final grade of last year: about as large as this year's."""
    final = Enrolment.objects.filter(year=current, grade__in=set(FINAL_GRADE.values())).order_by()
    counted = final.values_list("institution_id", "grade").annotate(size=Count("pk"))
    sizes = {(institution, grade): size for institution, grade, size in counted}
    places: list[_Place] = []
    for school in schools:
        grade = FINAL_GRADE.get(school.category, 0)
        size = sizes.get((school.institution.pk, grade), 0)
        if not size:
            continue
        size = max(1, size + rng.randrange(-size // 10, size // 10 + 1))
        letters = SECTION_NAMES[: -(-size // SECTION_SIZE)]
        places += [
            _Place(school.institution, grade, letters[place % len(letters)], grade * 100 + place + 1)
            for place in range(size)
        ]
    return places


def _enrol(year: AcademicYear, current: AcademicYear, places: list[_Place], rng: Random) -> int:
    ninth = _ninth_grade_by_district(current)
    found = [ninth[place.institution.district_id] if place.grade == 8 else deque() for place in places]
    students = [line.popleft() if line else None for line in found]
    missing = sum(student is None for student in students)
    left = iter(_leavers(year, missing, rng))
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                student_id=student or next(left),
                year=year,
                institution=place.institution,
                grade=place.grade,
                section_name=place.section,
                school_number=str(place.number),
            )
            for place, student in zip(places, students, strict=True)
        ],
        batch_size=2000,
    )
    return missing


def _ninth_grade_by_district(current: AcademicYear) -> dict[int, deque[int]]:
    lines: dict[int, deque[int]] = defaultdict(deque)
    rows = Enrolment.objects.filter(year=current, grade=9).order_by("section_name", "pk")
    for district, student in rows.values_list("institution__district_id", "student_id"):
        lines[district].append(student)
    return lines


def _leavers(year: AcademicYear, count: int, rng: Random) -> Iterator[int]:
    """Ids of so many new students who are enrolled nowhere this year."""
    students = [_leaver(year, identity, rng) for identity in identities(count, rng, low=LAST_STEM, high=1_000_000_000)]
    Student.objects.bulk_create(students, batch_size=2000)
    return iter([student.pk for student in students])


def _leaver(year: AcademicYear, identity: Identity, rng: Random) -> Student:
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
