"""Reference data of scoring: the first points table of a year, and its copy into the next one."""

from __future__ import annotations

import csv
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.models import User
from common.audit import record
from projects.models import Programme, ProgrammeItem
from schools.models import AcademicYear
from schools.services.year_tables import add_approved
from scoring.models import PointsLine, PointsTable, ProgrammeCoefficient

SOURCE = "fixtures/points.csv"


@transaction.atomic
def load(year: AcademicYear, by: User | None = None) -> PointsTable:
    """The year's points table: version 1 from the published figures, approved, unless the year already has one.

    The catalogue of programmes and items must be loaded before (``projects.reference.load``).
    """
    present = PointsTable.objects.filter(year=year).order_by("-version").first()
    if present is not None:
        return present
    with (settings.BASE_DIR / SOURCE).open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    programmes = {programme.code: programme for programme in Programme.objects.order_by("pk")}
    items = {item.code: item for item in ProgrammeItem.objects.order_by("pk")}
    table = add_approved(PointsTable(year=year), by=by)
    ProgrammeCoefficient.objects.bulk_create(
        ProgrammeCoefficient(table=table, programme=programmes[code], percent=Decimal(percent))
        for code, percent in {row["programme_code"]: row["coefficient_percent"] for row in rows}.items()
    )
    PointsLine.objects.bulk_create(
        PointsLine(
            table=table,
            item=items[row["item_code"]],
            preparing_points=_points(row["preparing_points"]),
            success_points=_points(row["success_points"]),
        )
        for row in rows
    )
    record(action="points_table.load", target=table, by=by, after={"version": 1, "source": SOURCE})
    return table


@transaction.atomic
def copy_year(from_year: AcademicYear, to_year: AcademicYear, by: User | None = None) -> PointsTable | None:
    """The approved table of ``from_year`` as version 1 of ``to_year``, approved; None without one to copy.

    A table that ``to_year`` already has stays as it is.
    """
    present = PointsTable.objects.filter(year=to_year).order_by("-version").first()
    source = PointsTable.objects.filter(year=from_year, status=PointsTable.Status.APPROVED).first()
    if present is not None or source is None:
        return present
    table = add_approved(PointsTable(year=to_year), by=by)
    copy_lines(source, table)
    record(action="points_table.copy", target=table, by=by, after={"from": str(source)})
    return table


def copy_lines(source: PointsTable, target: PointsTable) -> None:
    """All coefficients and lines of one table into an empty one."""
    ProgrammeCoefficient.objects.bulk_create(
        ProgrammeCoefficient(table=target, programme_id=programme, percent=percent)
        for programme, percent in source.coefficients.order_by("pk").values_list("programme_id", "percent")
    )
    PointsLine.objects.bulk_create(
        PointsLine(table=target, item_id=item, preparing_points=preparing, success_points=success)
        for item, preparing, success in source.lines.order_by("pk").values_list(
            "item_id", "preparing_points", "success_points"
        )
    )


def _points(text: str) -> Decimal | None:
    return Decimal(text) if text else None
