"""Puts a demo province together; the same size and seed give the same province.

Rows are written in bulk and not through the services: none of them is anybody's act. One audit row says so.
"""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from django.db import transaction

from common.audit import record
from common.errors import UserError
from portal.demo.accounts import build_accounts, build_author, build_reviewers
from portal.demo.evidence import build_evidence
from portal.demo.people import build_staff, build_students
from portal.demo.projects import ProjectBuilder
from portal.demo.seats import build_seats
from portal.demo.sizes import SIZES
from portal.demo.units import build_institutions
from portal.services import install_province
from schools.models import AcademicYear, Institution, YearSetting

PLATE, YEAR = 10, "2026-2027"
SUBMISSION_DEADLINE = datetime(2027, 5, 28, 20, 59, tzinfo=UTC)


def build_demo(*, size: str, seed: int) -> dict[str, int]:
    """Build the demo into an empty database; returns the counts. Raises ``UserError`` where data is already there."""
    plan = SIZES[size]
    rng = Random(seed)  # noqa: S311  a repeatable source is the point
    year = install_province(plate=PLATE, year_name=YEAR, by=None)
    if Institution.objects.exists():
        raise UserError("Veri tabanında kurumlar var; deneme verisi yalnız boş veri tabanına yüklenir.")
    with transaction.atomic():
        year.submission_deadline = SUBMISSION_DEADLINE
        year.save(update_fields=["submission_deadline"])
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
        record(action="demo.build", target=year, by=None, after={"size": size, "seed": seed})
    return _counts(year, students)


def _counts(year: AcademicYear, students: int) -> dict[str, int]:
    return {
        "institutions": Institution.objects.filter(province=year.province).count(),
        "staff": year.postings.count(),
        "students": students,
        "projects": year.projects.count(),
    }
