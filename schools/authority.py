"""Who may act where: the seats a person holds on a day, and the units these seats reach.

Authority comes from dated seats on the commissions of the current year and from nothing else; predicates that read
as claims stand in ``schools.rules``.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from common.database import instances
from schools.models import AcademicYear, Commission, District, Institution, Province, Seat, StaffMember
from schools.models.commissions import CommissionKind, SeatRole

PROVINCE_KINDS = frozenset(CommissionKind) - {CommissionKind.DISTRICT, CommissionKind.SCHOOL}
"""Commissions whose members see the whole province."""

MONITORING_KINDS = frozenset(
    {
        CommissionKind.MONITORING_ACADEMIC,
        CommissionKind.MONITORING_PROJECT,
        CommissionKind.MONITORING_ARTS,
        CommissionKind.MONITORING_INNOVATION_EBA,
    }
)

_CACHE = "_seats_by_day"


def in_office(on: datetime.date) -> Q:
    """Filter of seats that are held on that day."""
    return Q(start_date__lte=on) & (Q(end_date=None) | Q(end_date__gte=on))


def seats_of(user: Any, on: datetime.date | None = None) -> tuple[Seat, ...]:
    """The seats a user holds on a day (today in the site's time zone), of current years only, in a fixed order.

    One query per user object and day, and one more for people who sit below the province; the rows come with
    commission, year, province, district and institution. Empty for anonymous and deactivated users.
    """
    if not user.is_authenticated or not user.is_active:
        return ()
    day = on or timezone.localdate()
    cache: dict[datetime.date, tuple[Seat, ...]] = getattr(user, _CACHE, None) or {}
    if not cache:
        setattr(user, _CACHE, cache)
    if day not in cache:
        cache[day] = tuple(sorted(_read_seats(user, day), key=lambda seat: (seat.commission.kind, seat.pk)))
    return cache[day]


def _read_seats(user: Any, day: datetime.date) -> list[Seat]:
    found = instances(
        f"""{_table(Seat)} seat
        JOIN {_table(Commission)} commission ON commission.id = seat.commission_id
        JOIN {_table(AcademicYear)} year ON year.id = commission.year_id
        JOIN {_table(Province)} province ON province.id = year.province_id
        WHERE seat.staff_id = (SELECT id FROM {_table(StaffMember)} WHERE user_id = %s) AND year.is_current
        AND seat.start_date <= %s AND (seat.end_date IS NULL OR seat.end_date >= %s)""",  # noqa: S608
        (user.pk, day, day),
        seat=Seat,
        commission=Commission,
        year=AcademicYear,
        province=Province,
    )
    for seat, commission, year, province in found:
        seat.commission, commission.year, year.province = commission, year, province
    _add_units([commission for _seat, commission, _year, _province in found])
    return [seat for seat, *_rest in found]


def _add_units(commissions: Collection[Commission]) -> None:
    """Gives commissions below the province their unit.

    A statement of its own: joining two more tables to the seats costs the database more, and most people who come
    often sit in the province.
    """
    schools = sorted({commission.institution_id for commission in commissions if commission.institution_id})
    institutions, districts = {}, {}
    if schools:
        for institution, district in instances(
            f"""{_table(Institution)} institution JOIN {_table(District)} district
            ON district.id = institution.district_id WHERE institution.id IN ({", ".join(["%s"] * len(schools))})""",
            schools,
            institution=Institution,
            district=District,
        ):
            institution.district = district
            institutions[institution.pk], districts[district.pk] = institution, district
    boards = {commission.district_id for commission in commissions if commission.district_id}
    districts |= District.objects.in_bulk(boards - districts.keys())
    for commission in commissions:
        if commission.institution_id:
            commission.institution = institutions[commission.institution_id]
        if commission.district_id:
            commission.district = districts[commission.district_id]


def _table(model: type[Model]) -> str:
    return model._meta.db_table


def forget_seats(user: Any) -> None:
    """Drop what this user object remembers, so that a change made in the same request counts."""
    if hasattr(user, _CACHE):
        delattr(user, _CACHE)


@dataclass(frozen=True)
class Unit:
    """Where something belongs. ``district_id`` and ``institution_id`` are None above those levels."""

    province_id: int
    district_id: int | None = None
    institution_id: int | None = None


def unit_of(scope: object) -> Unit:
    """The unit of an institution, district, province, year, or of anything that has one of them.

    Looks at ``institution``, ``district``, ``commission``, ``year`` and ``province``, in this order; the first that is
    set counts. Raises ``TypeError`` for an object without any.
    """
    if isinstance(scope, Institution):
        return Unit(scope.province_id, scope.district_id, scope.pk)
    if isinstance(scope, District):
        return Unit(scope.province_id, scope.pk)
    if isinstance(scope, Province):
        return Unit(scope.pk)
    if isinstance(scope, AcademicYear):
        return Unit(scope.province_id)
    if isinstance(scope, Unit):
        return scope
    for name in ("institution", "district", "commission", "year", "province"):
        inner = getattr(scope, name, None)
        if inner is not None:
            return unit_of(inner)
    raise TypeError(f"{type(scope).__name__} belongs to no unit")


def seat_reaches(seat: Seat, unit: Unit) -> bool:
    """Whether the seat's commission stands at the unit or above it."""
    commission = seat.commission
    if commission.institution_id is not None:
        return commission.institution_id == unit.institution_id
    if commission.district_id is not None:
        return commission.district_id == unit.district_id
    return commission.year.province_id == unit.province_id


def seats_over(
    user: Any,
    scope: object | None,
    kinds: Collection[str] | None = None,
    roles: Collection[str] | None = None,
    on: datetime.date | None = None,
) -> tuple[Seat, ...]:
    """The user's seats of these kinds and roles whose commission reaches ``scope`` (anywhere when None)."""
    unit = None if scope is None else unit_of(scope)
    return tuple(
        seat
        for seat in seats_of(user, on)
        if (kinds is None or seat.commission.kind in kinds)
        and (roles is None or seat.role in roles)
        and (unit is None or seat_reaches(seat, unit))
    )


def provinces_of(user: Any) -> tuple[Province, ...]:
    """The provinces in which the user holds any seat, by plate code; all provinces for a system administrator."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return tuple(Province.objects.order_by("plate_code"))
    found = {seat.commission.year.province_id: seat.commission.year.province for seat in seats_of(user)}
    return tuple(sorted(found.values(), key=lambda province: province.plate_code))


def institutions_led_by(user: Any) -> tuple[Institution, ...]:
    """The institutions on whose commission the user sits, by code."""
    found = {s.commission.institution_id: s.commission.institution for s in seats_of(user) if s.commission.institution}
    return tuple(sorted(found.values(), key=lambda institution: institution.code))


@dataclass(frozen=True)
class Scope:
    """What a user may look at: provinces, districts, single institutions. Empty for people without a seat."""

    everything: bool = False
    provinces: frozenset[int] = frozenset()
    districts: frozenset[int] = frozenset()
    institutions: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.everything or self.provinces or self.districts or self.institutions)

    def covers(self, target: object) -> bool:
        """Whether the target's unit lies inside. A district seat covers its district, not the province."""
        unit = unit_of(target)
        return (
            self.everything
            or unit.province_id in self.provinces
            or unit.district_id in self.districts
            or unit.institution_id in self.institutions
        )

    def of_institutions(self, path: str = "") -> Q:
        """Filter of rows by institution; ``path`` leads to it ("institution", "project__institution"; "" is itself)."""
        if self.everything:
            return Q()
        prefix = f"{path}__" if path else ""
        chosen = Q(pk__in=())
        if self.provinces:
            chosen |= Q(**{f"{prefix}province__in": self.provinces})
        if self.districts:
            chosen |= Q(**{f"{prefix}district__in": self.districts})
        if self.institutions:
            chosen |= Q(**{f"{prefix}pk__in" if not path else f"{path}__in": self.institutions})
        return chosen


def scope_of(user: Any) -> Scope:
    """Everything the user's seats let them see; costs the one query of ``seats_of``.

    A system administrator without a seat sees nothing here: records of children, projects and rankings are the boards'.
    """
    provinces, districts, institutions = set(), set(), set()
    for seat in seats_of(user):
        commission = seat.commission
        if commission.institution_id is not None:
            institutions.add(commission.institution_id)
        elif commission.district_id is not None:
            districts.add(commission.district_id)
        else:
            provinces.add(commission.year.province_id)
    return Scope(False, frozenset(provinces), frozenset(districts), frozenset(institutions))


def unit_scope_of(user: Any) -> Scope:
    """The units, boards and staff that a user may look at: the system administrator administers all of them."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return Scope(everything=True)
    return scope_of(user)


def governors(year: AcademicYear, district: District | None = None, on: datetime.date | None = None) -> QuerySet[Seat]:
    """The mülki amir in office on that day: the Kaymakam of the district, or the Vali of the year's province.

    Whoever is in office that day signs, also for a year that is over: the seat may be of a later year. Newest first.
    """
    if district is not None:
        chairs = Seat.objects.filter(commission__kind=CommissionKind.DISTRICT, commission__district=district)
    else:
        chairs = Seat.objects.filter(
            commission__kind=CommissionKind.EXECUTIVE, commission__year__province=year.province_id
        )
    return (
        chairs.filter(in_office(on or timezone.localdate()), role=SeatRole.CHAIR)
        .select_related("staff__user", "commission__district", "commission__year__province")
        .order_by("-start_date", "-pk")
    )
