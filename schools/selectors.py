"""Reads of units, people and commissions; scope lives here."""

from __future__ import annotations

from typing import Any

from schools.authority import seats_of
from schools.models import AcademicYear, StaffMember


def current_year_of(user: Any) -> AcademicYear | None:
    """The current year of the user's province: by seats, else by staff record, else of the lowest plate code.

    The last is for system administrators and for accounts without a staff record.
    """
    if not user.is_authenticated:
        return None
    for seat in seats_of(user):
        return seat.commission.year
    years = AcademicYear.objects.filter(is_current=True).select_related("province")
    mine = StaffMember.objects.filter(user=user.pk).values("province")
    return years.filter(province__in=mine).first() or years.order_by("province__plate_code").first()
