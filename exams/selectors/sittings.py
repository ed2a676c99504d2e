"""Finding exams, and the sitting that another one is compared with."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.errors import UserError
from exams.models import Exam
from schools.authority import scope_of, seats_of
from schools.models import AcademicYear, StaffMember

LISTED_CODES = 12


def exam_of(year: AcademicYear, code: str) -> Exam:
    """The exam of that code in the year, with its family; ``UserError`` names the codes that there are."""
    exam = Exam.objects.filter(year=year, code=code.strip()).select_related("family").first()
    if exam is not None:
        exam.year = year
        return exam
    known = list(Exam.objects.filter(year=year).order_by("-date", "code").values_list("code", flat=True))
    if not known:
        raise UserError(
            _("%(year)s yılında tanımlı sınav yok; önce sınavı tanımlayıp sonuçlarını aktarınız.") % {"year": year.name}
        )
    raise UserError(
        _("%(year)s yılında “%(code)s” kodlu bir sınav yok; bilinen sınavlar: %(known)s.")
        % {
            "year": year.name,
            "code": code[:40],
            "known": ", ".join(known[:LISTED_CODES]) + (" …" if len(known) > LISTED_CODES else ""),
        }
    )


def last_year_exam(exam: Exam) -> Exam | None:
    """The exam of the same family and kind in the year before, of the same province; its last sitting by date."""
    start = int(exam.year.name[:4]) - 1
    rows = _same_family(exam).filter(year__name__startswith=f"{start}-")
    return rows.order_by("-date", "-code", "-pk").first()


def newest_published(year: AcademicYear) -> list[Exam]:
    """The newest published exam of the year and, where there is one, the last published of its family and kind in the
    year before; one query.
    """
    before = f"{int(year.name[:4]) - 1}-"
    rows = Exam.objects.filter(
        Q(year=year) | Q(year__name__startswith=before), year__province=year.province_id, published_at__isnull=False
    )
    found = list(rows.select_related("family", "year__province").order_by("-date", "-code", "-pk"))
    newest = next((exam for exam in found if exam.year_id == year.pk), None)
    if newest is None:
        return []
    alike = (newest.family_id, newest.kind, newest.level)
    earlier = (exam for exam in found if exam.year_id != year.pk and (exam.family_id, exam.kind, exam.level) == alike)
    return [newest, *islice(earlier, 1)]


def previous_sitting(exam: Exam) -> Exam | None:
    """The sitting of the same family and province just before this one by (date, code), of this year or an earlier."""
    earlier = Q(date__lt=exam.date) | Q(date=exam.date, code__lt=exam.code)
    return _same_family(exam).filter(earlier).order_by("-date", "-code", "-pk").first()


def exams_visible_to(user: Any, year: AcademicYear) -> QuerySet[Exam]:
    """Exams of the year whose results the user may look at, newest first.

    Province boards see each one at once; other people of the province (a seat or a staff record) once it is published.
    """
    rows = Exam.objects.filter(year=year).select_related("family", "year__province").order_by("-date", "code")
    if year.province_id in scope_of(user).provinces:
        return rows
    if not _belongs_to(user, year):
        return rows.none()
    return rows.filter(published_at__isnull=False)


def _same_family(exam: Exam) -> QuerySet[Exam]:
    """The others of its family, kind and level in the province: a trial exam is no sitting of the central one."""
    rows = Exam.objects.filter(
        family=exam.family_id, kind=exam.kind, level=exam.level, year__province=exam.year.province_id
    ).exclude(pk=exam.pk)
    return rows.select_related("family", "year__province")


def _belongs_to(user: Any, year: AcademicYear) -> bool:
    if not user.is_authenticated or not user.is_active:
        return False
    if any(seat.commission.year.province_id == year.province_id for seat in seats_of(user)):
        return True
    return StaffMember.objects.filter(user=user.pk, province=year.province_id).exists()
