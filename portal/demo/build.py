"""Puts a demo province together; the same size and seed give the same province.

Rows are written in bulk and not through the services: none of them is anybody's act. One audit row says so.
"""

from __future__ import annotations

from random import Random

from django.db import transaction

from accounts.models import User
from common.audit import record
from common.database import count_anew
from common.errors import UserError
from exams.models import Exam
from portal.demo.accounts import build_accounts, build_author, build_reviewers, home_school
from portal.demo.earlier import build_earlier_projects, build_earlier_year
from portal.demo.eba import build_eba
from portal.demo.evidence import build_evidence
from portal.demo.exams import ExamBuilder
from portal.demo.people import build_staff, build_students
from portal.demo.projects import ProjectBuilder
from portal.demo.seats import build_seats
from portal.demo.sizes import SIZES
from portal.demo.teaching import build_coaching, build_teaching, teachers_by_school
from portal.demo.units import School, build_institutions
from portal.services import install_province
from schools.models import AcademicYear, Institution, Posting, YearSetting

PLATE, YEAR, EARLIER_YEAR = 10, "2025-2026", "2024-2025"


def build_demo(*, size: str, seed: int) -> dict[str, int]:
    """Build the demo into an empty database; returns the counts. Raises ``UserError`` where data is already there."""
    plan = SIZES[size]
    rng = Random(seed)  # noqa: S311  a repeatable source is the point
    year = install_province(plate=PLATE, year_name=YEAR, by=None)
    earlier = install_province(plate=PLATE, year_name=EARLIER_YEAR, by=None)
    if Institution.objects.exists():
        raise UserError("Veri tabanında kurumlar var; deneme verisi yalnız boş veri tabanına yüklenir.")
    with transaction.atomic():
        YearSetting.objects.create(year=year, key="objection_days", value="0")
        schools = build_institutions(year=year, size=plan, rng=rng)
        postings = build_staff(year=year, schools=schools, size=plan, rng=rng)
        students = build_students(year=year, schools=schools, postings=postings, size=plan, rng=rng)
        build_seats(year=year, schools=schools, postings=postings, rng=rng)
        reviewers, author = build_reviewers(year), build_author()
        builder = ProjectBuilder(
            year=year, schools=schools, postings=postings, reviewers=reviewers, author=author, rng=rng
        )
        builder.build(plan)
        build_evidence(year=year, count=plan.evidence, by=author)
        build_accounts(year)
        counts = _build_academic(year, earlier, schools, postings, author, seed)
        build_earlier_projects(year=earlier, institution=home_school(), reviewer=reviewers[0])
        count_anew()
        record(action="demo.build", target=year, by=None, after={"size": size, "seed": seed})
    return {
        "institutions": Institution.objects.filter(province=year.province).count(),
        "staff": year.postings.count(),
        "students": students,
        "projects": year.projects.count(),
        **counts,
    }


def _build_academic(
    year: AcademicYear,
    earlier: AcademicYear,
    schools: list[School],
    postings: list[Posting],
    author: User,
    seed: int,
) -> dict[str, int]:
    """Last year, teaching, exams and EBA, each from its own random source, so that none moves the others."""

    def source(part: str) -> Random:
        return Random(f"{seed} {part}")  # noqa: S311  a repeatable source is the point

    left = build_earlier_year(
        year=earlier, current=year, schools=schools, postings=postings, rng=source("earlier year")
    )
    teachers = teachers_by_school(postings)
    for each in (earlier, year):
        build_teaching(year=each, schools=schools, teachers=teachers)
    build_coaching(year=year, schools=schools, teachers=teachers)
    results = ExamBuilder(year=year, earlier=earlier, rng=source("exams")).build(author=author, silent=home_school())
    staff_use, student_use = build_eba(year=year, rng=source("eba"))
    return {
        "former_students": left,
        "exams": Exam.objects.filter(year__in=(earlier, year)).count(),
        "results": results,
        "staff_use": staff_use,
        "student_use": student_use,
    }
