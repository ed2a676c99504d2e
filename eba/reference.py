"""Reference data of platform use: EBA, its criteria, and the first table of what they are worth in a year."""

from __future__ import annotations

import csv
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.models import User
from common.audit import record
from eba.models import PLATFORM, CriteriaTable, Criterion, CriterionWeight, Platform
from schools.models import AcademicYear
from schools.services.year_tables import add_approved

SOURCE = "fixtures/eba_criteria.csv"
PLATFORM_NAME = "Eğitim Bilişim Ağı (EBA)"

ALIASES: dict[str, tuple[str, ...]] = {
    "TIME_IN_SYSTEM": ("Sistemde Kalma Süresi (Saat)", "Sistemde Kaldığı Süre", "Sistemde Geçirilen Süre"),
    "WORK_SENT": ("Gönderilen Çalışma Sayısı", "Gönderdiği Çalışma Sayısı"),
    "QUESTIONS_WRITTEN": ("Üretilen Soru Sayısı", "Ürettiği Soru Sayısı"),
    "EXAMS_CREATED": ("Oluşturulan Sınavların Sayısı", "Oluşturduğu Sınav Sayısı"),
    "CONTENT_SHARED": ("İçerik Paylaşımları", "Üretilen İçerik Sayısı", "İçerik Paylaşım Sayısı"),
    "COURSES_ATTENDED": (
        "EBA Sisteminde Katıldığı Kurslar",
        "Katıldığı Kurs/Seminer Sayısı",
        "Katıldığı Kurslar/Seminerlerin Sayısı",
    ),
    "TOP10_STUDENTS": (
        "Okulda Sınıf Bazlı Sıralamada İlk 10'da Bulunan Öğrenci Sayısı",
        "İlk 10'da Bulunan Öğrenci Sayısı",
    ),
}
"""Criterion code -> other headers under which files carry it. More can be added in the administration."""


@transaction.atomic
def load(year: AcademicYear, by: User | None = None) -> CriteriaTable:
    """The year's table: version 1 from the published figures, approved, unless the year already has one.

    The platform and its criteria come with it; safe to repeat, edited names stay.
    """
    with (settings.BASE_DIR / SOURCE).open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    platform, criteria = _catalogue(rows)
    present = CriteriaTable.objects.filter(year=year, platform=platform).order_by("-version").first()
    if present is not None:
        return present
    table = add_approved(CriteriaTable(year=year, platform=platform), by=by)
    CriterionWeight.objects.bulk_create(
        CriterionWeight(table=table, criterion=criteria[row["code"]], coefficient=Decimal(row["coefficient"]))
        for row in rows
    )
    record(action="criteria_table.load", target=table, by=by, after={"version": 1, "source": SOURCE})
    return table


@transaction.atomic
def copy_year(from_year: AcademicYear, to_year: AcademicYear, by: User | None = None) -> int:
    """The approved table of each platform as version 1 of ``to_year``, approved; returns how many were copied.

    A platform that has a table in ``to_year`` already keeps it.
    """
    ready = set(CriteriaTable.objects.filter(year=to_year).values_list("platform", flat=True))
    sources = CriteriaTable.objects.filter(year=from_year, status=CriteriaTable.Status.APPROVED)
    copied = 0
    for source in sources.exclude(platform__in=ready).select_related("platform").order_by("platform__code"):
        table = add_approved(CriteriaTable(year=to_year, platform=source.platform), by=by)
        copy_weights(source, table)
        record(action="criteria_table.copy", target=table, by=by, after={"from": str(source)})
        copied += 1
    return copied


def copy_weights(source: CriteriaTable, target: CriteriaTable) -> None:
    """All weights of one table into an empty one."""
    CriterionWeight.objects.bulk_create(
        CriterionWeight(table=target, criterion_id=criterion, coefficient=coefficient, cap=cap)
        for criterion, coefficient, cap in source.weights.order_by("criterion__order", "pk").values_list(
            "criterion_id", "coefficient", "cap"
        )
    )


def _catalogue(rows: list[dict[str, str]]) -> tuple[Platform, dict[str, Criterion]]:
    platform, _created = Platform.objects.get_or_create(code=PLATFORM, defaults={"name": PLATFORM_NAME})
    known = set(platform.criteria.values_list("code", flat=True))
    Criterion.objects.bulk_create(
        Criterion(
            platform=platform,
            code=row["code"],
            name=row["criterion"],
            unit=row["unit"],
            order=order,
            aliases="\n".join(ALIASES.get(row["code"], ())),
        )
        for order, row in enumerate(rows, start=1)
        if row["code"] not in known
    )
    return platform, {criterion.code: criterion for criterion in platform.criteria.order_by("order")}
