"""What concerns all apps at once: preparing a province and opening a year."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

import awards.reference
import eba.reference
import exams.reference
import projects.reference
import schools.reference
import scoring.reference
from accounts.models import User
from common.audit import record
from common.errors import UserError
from projects.selectors.staged import unannounced
from schools.models import AcademicYear


@transaction.atomic
def install_province(*, plate: int, year_name: str, by: User | None) -> AcademicYear:
    """Load the reference data of a province and year; safe to repeat. Raises ``UserError`` for an unknown province."""
    year = schools.reference.load(plate, year_name)
    projects.reference.load(by=by)
    exams.reference.load(by)
    eba.reference.load(year, by)
    scoring.reference.load(year, by)
    awards.reference.load(year, by)
    record(action="province.install", target=year, by=by, after={"province": plate, "year": year_name})
    return year


@transaction.atomic
def make_administrator(*, email: str, by: User | None) -> bool:
    """An administrator's account without a password, to be set over "parolamı unuttum"; False where it exists."""
    address = email.strip().lower()
    if User.objects.filter(email=address).exists():
        return False
    user = User.objects.create_superuser(address, full_name="Sistem Yöneticisi")
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    record(action="administrator.make", target=user, by=by)
    return True


@transaction.atomic
def open_year(*, plate: int, year_name: str, from_name: str | None, by: User | None) -> AcademicYear:
    """Open a year by copying settings, points and criteria tables, award rules, commissions and seats, not the records.

    ``from_name`` defaults to the latest year before it. Raises ``UserError`` where there is nothing to copy from, the
    year is already open, or decisions of the province wait for their announcement: they could not be announced then.
    """
    years = AcademicYear.objects.select_for_update().filter(province__plate_code=plate)
    if years.filter(name=year_name).exists():
        raise UserError(f"{year_name} yılı zaten açık.")
    source = (
        years.filter(name=from_name).first()
        if from_name
        else years.filter(name__lt=year_name).order_by("-name").first()
    )
    if source is None:
        raise UserError("Kopyalanacak önceki yıl bulunamadı; önce o yılı açınız.")
    if waiting := unannounced(source.province):
        raise UserError(
            f"Duyurulmayı bekleyen {waiting} karar var; teknik ekip bunları duyurduktan ya da geri aldıktan sonra "
            "yılı yeniden açınız."
        )
    year = schools.reference.copy_year(source, year_name, by)
    eba.reference.copy_year(source, year, by)
    scoring.reference.copy_year(source, year, by)
    awards.reference.copy_year(source, year, by)
    record(action="year.open", target=year, by=by, after={"from": source.name, "year": year_name})
    return year
