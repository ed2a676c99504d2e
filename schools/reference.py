"""Reference data of a province, and the opening of a year by copying."""

from __future__ import annotations

import csv
import datetime
import re
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import UserError
from common.text import fold
from schools.models import AcademicYear, Commission, District, InstitutionYear, Province, Seat, YearSetting

BATCH = 1000


def load(plate: int, year_name: str) -> AcademicYear:
    """The province with its districts and one academic year; safe to repeat, changes nothing that is there.

    The year becomes current where the province has no current year yet. Raises ``UserError`` for a province without
    reference data or a name that is no academic year.
    """
    start, second_term, end = dates_of(year_name)
    names = {int(row["plate_code"]): row["name"] for row in _rows("provinces.csv")}
    if plate not in names:
        raise UserError(
            _("%(plate)s plaka kodlu ilin ilçe listesi yok; bilinen iller: %(known)s.")
            % {"plate": plate, "known": ", ".join(f"{code} {name}" for code, name in sorted(names.items()))}
        )
    with transaction.atomic():
        province, _created = Province.objects.get_or_create(plate_code=plate, defaults={"name": names[plate]})
        known = set(District.objects.filter(province=province).values_list("name_key", flat=True))
        District.objects.bulk_create(
            District(province=province, name=row["name"], name_key=fold(row["name"]))
            for row in _rows("districts.csv")
            if int(row["plate_code"]) == plate and fold(row["name"]) not in known
        )
        is_first = not AcademicYear.objects.filter(province=province, is_current=True).exists()
        year, _created = AcademicYear.objects.get_or_create(
            province=province,
            name=year_name,
            defaults={
                "start_date": start,
                "second_term_date": second_term,
                "end_date": end,
                "is_current": is_first,
            },
        )
    return year


def dates_of(year_name: str) -> tuple[datetime.date, datetime.date, datetime.date]:
    """First day, first day of the second term and last day of "2020-2021"; the office may correct them later.

    The school year begins on the second Monday of September, its second term on the second Monday of February; the
    year's work (festival, awards) goes on until the end of August.
    """
    found = re.fullmatch(r"(20[0-9]{2})-(20[0-9]{2})", year_name)
    if found is None or int(found[2]) != int(found[1]) + 1:
        raise UserError(
            _("“%(name)s” bir eğitim-öğretim yılı değil; 2020-2021 biçiminde yazınız.") % {"name": year_name[:20]}
        )
    first, second = int(found[1]), int(found[2])
    return _second_monday(first, 9), _second_monday(second, 2), datetime.date(second, 8, 31)


def _second_monday(year: int, month: int) -> datetime.date:
    first = datetime.date(year, month, 1)
    return first + datetime.timedelta(days=-first.weekday() % 7 + 7)


@transaction.atomic
def copy_year(from_year: AcademicYear, year_name: str, by: User | None) -> AcademicYear:
    """Open ``year_name`` as the current year: settings, categories, commissions and open seats come along.

    Records stay in their year. The new seats begin on the first day of the year, or today where that is later than
    today; the old ones end on the day before.
    """
    start, second_term, end = dates_of(year_name)
    begins = min(start, timezone.localdate())
    AcademicYear.objects.filter(province=from_year.province_id, is_current=True).update(is_current=False)
    year = AcademicYear.objects.create(
        province_id=from_year.province_id,
        name=year_name,
        start_date=start,
        second_term_date=second_term,
        end_date=end,
        is_current=True,
    )
    YearSetting.objects.bulk_create(
        YearSetting(year=year, key=row.key, value=row.value)
        for row in YearSetting.objects.filter(year=from_year).order_by("key")
    )
    InstitutionYear.objects.bulk_create(
        (
            InstitutionYear(year=year, institution_id=institution, category=category)
            for institution, category in InstitutionYear.objects.filter(year=from_year, institution__successor=None)
            .order_by("pk")
            .values_list("institution", "category")
        ),
        batch_size=BATCH,
    )
    copied = _copy_seats(from_year, year, begins)
    record(action="year.copy_seats", target=year, by=by, after={"from": from_year.name, "seats": copied})
    return year


def _copy_seats(from_year: AcademicYear, year: AcademicYear, begins: datetime.date) -> int:
    old = list(Commission.objects.filter(year=from_year, institution__successor=None).order_by("pk"))
    new = Commission.objects.bulk_create(
        (
            Commission(year=year, kind=row.kind, district_id=row.district_id, institution_id=row.institution_id)
            for row in old
        ),
        batch_size=BATCH,
    )
    successor = {before.pk: after.pk for before, after in zip(old, new, strict=True)}
    seats = list(Seat.objects.filter(commission__in=successor, end_date=None).order_by("pk"))
    Seat.objects.bulk_create(
        (
            Seat(
                commission_id=successor[seat.commission_id],
                staff_id=seat.staff_id,
                role=seat.role,
                signs_as=seat.signs_as,
                start_date=max(begins, seat.start_date),
            )
            for seat in seats
        ),
        batch_size=BATCH,
    )
    for seat in seats:
        seat.end_date = max(begins - datetime.timedelta(days=1), seat.start_date)
    Seat.objects.bulk_update(seats, ["end_date"], batch_size=500)
    return len(seats)


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(settings.BASE_DIR) / "fixtures" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
