"""Use of EBA for tests; ``make_criteria`` gives the year the published seven criteria."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from eba.models import (
    SCALE,
    CriteriaTable,
    Criterion,
    CriterionWeight,
    Platform,
    StaffUse,
    StaffUseValue,
    StudentUse,
)
from schools.models import AcademicYear, StaffMember, Student
from tests.factories.schools import current_year


def make_criteria(
    year: AcademicYear, *, coefficients: Mapping[str, str] | None = None, caps: Mapping[str, int] | None = None
) -> CriteriaTable:
    """The approved table of the year with the criteria of ``fixtures/eba_criteria.csv``; made once a year.

    ``coefficients`` and ``caps`` replace the published ones, by criterion code.
    """
    platform, _created = Platform.objects.get_or_create(code="EBA", defaults={"name": "EBA"})
    found = CriteriaTable.objects.filter(year=year, platform=platform, status=CriteriaTable.Status.APPROVED).first()
    if found is not None:
        return found
    table = CriteriaTable.objects.create(year=year, platform=platform, version=1, status=CriteriaTable.Status.APPROVED)
    with Path(settings.BASE_DIR, "fixtures", "eba_criteria.csv").open(encoding="utf-8", newline="") as file:
        for order, row in enumerate(csv.DictReader(file), start=1):
            criterion, _created = Criterion.objects.get_or_create(
                platform=platform,
                code=row["code"],
                defaults={"name": row["criterion"], "unit": row["unit"], "order": order},
            )
            CriterionWeight.objects.create(
                table=table,
                criterion=criterion,
                coefficient=Decimal((coefficients or {}).get(row["code"], row["coefficient"])),
                cap=(caps or {}).get(row["code"]),
            )
    return table


def make_use(
    staff: StaffMember,
    values: Mapping[str, Decimal | str | int] | None = None,
    *,
    term: int = 1,
    year: AcademicYear | None = None,
) -> StaffUse:
    """A record of a term with these values by criterion code, in hours or pieces; criteria left out have no data."""
    own_year = year or current_year(staff.province)
    platform = make_criteria(own_year).platform
    criteria = {criterion.code: criterion for criterion in Criterion.objects.filter(platform=platform)}
    use = StaffUse.objects.create(platform=platform, year=own_year, term=term, staff=staff)
    StaffUseValue.objects.bulk_create(
        StaffUseValue(use=use, criterion=criteria[code], value_units=_units(value))
        for code, value in (values or {}).items()
    )
    return use


def make_student_use(
    student: Student,
    hours: Decimal | str | int,
    *,
    term: int = 1,
    class_rank: int | None = None,
    year: AcademicYear | None = None,
) -> StudentUse:
    own_year = year or current_year(student.province)
    return StudentUse.objects.create(
        platform=make_criteria(own_year).platform,
        year=own_year,
        term=term,
        student=student,
        time_units=_units(hours),
        class_rank=class_rank,
    )


def _units(value: Decimal | str | int) -> int:
    return int(Decimal(value) * SCALE)
