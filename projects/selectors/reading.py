"""Which schools have not yet recorded what every school should: a reading project, or any project at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from common.text import fold, turkish_order
from projects.models import Project
from projects.workflow import ProjectStatus
from schools.authority import Scope, scope_of
from schools.models import AcademicYear, Institution, InstitutionYear

READING, ANY = "kitap", "proje"
KINDS = (READING, ANY)

NONE, DRAFT, SENT = 0, 1, 2
"""What a school has: nothing, a draft that was never sent (or was sent back to being one), something sent."""

_GONE = (ProjectStatus.REJECTED, ProjectStatus.WITHDRAWN)


@dataclass(frozen=True)
class MissingFilter:
    """What the address of the page asks for. ``kind`` is one of ``KINDS``."""

    kind: str = READING
    district: int | None = None
    category: str = ""
    search: str = ""


@dataclass(frozen=True)
class DistrictCount:
    """Institutions of a district in the year, those that sent one, and those that have a draft only."""

    pk: int
    name: str
    schools: int
    sent: int
    drafts: int

    @property
    def missing(self) -> int:
        return self.schools - self.sent


def schools_lacking(user: Any, year: AcademicYear, wanted: MissingFilter) -> QuerySet[Any]:
    """Institutions that the user's district and province seats reach and that have sent none, with ``state``.

    In Turkish order of district and name; ``state`` is ``NONE`` or ``DRAFT``.
    """
    rows = _asked_for(user, year, wanted).filter(state__lt=SENT)
    return rows.select_related("institution__district").order_by(
        turkish_order("institution__district__name"), turkish_order("institution__name"), "pk"
    )


def counts_by_district(user: Any, year: AcademicYear, wanted: MissingFilter) -> list[DistrictCount]:
    """How many institutions of each district, of those that are asked for, have sent one; in Turkish order."""
    rows = (
        _asked_for(user, year, wanted)
        .values("institution__district", district_name=F("institution__district__name"))
        .annotate(
            schools=Count("pk"), sent=Count("pk", filter=Q(state=SENT)), drafts=Count("pk", filter=Q(state=DRAFT))
        )
        .order_by(turkish_order("district_name"), "institution__district")
    )
    return [
        DistrictCount(row["institution__district"], row["district_name"], row["schools"], row["sent"], row["drafts"])
        for row in rows
    ]


def _asked_for(user: Any, year: AcademicYear, wanted: MissingFilter) -> QuerySet[Any]:
    """The institutions within reach that pass the filter, with their state."""
    rows = _with_state(year, wanted.kind).filter(_reached(user))
    if wanted.district:
        rows = rows.filter(institution__district=wanted.district)
    if wanted.category:
        rows = rows.filter(category=wanted.category)
    for word in fold(wanted.search).split():
        rows = rows.filter(Q(institution__name_key__contains=word) | Q(institution__code=word))
    return rows


def missing_counts(user: Any, year: AcademicYear) -> dict[str, int]:
    """How many of the schools that the user's district and province seats reach have sent none, by kind; one query."""
    rows = InstitutionYear.objects.filter(_reached(user), year=year)
    return rows.aggregate(**{kind: Count("pk", filter=~Q(institution__in=_sent(year, kind))) for kind in KINDS})


def lacking_schools(institutions: Sequence[int], year: AcademicYear) -> list[tuple[Institution, int]]:
    """Of these institutions those without a sent reading project, with their state, by code."""
    own = Project.objects.filter(institution__in=institutions)
    rows = _with_state(year, READING, own).filter(institution__in=institutions, state__lt=SENT)
    return [(row.institution, row.state) for row in rows.select_related("institution").order_by("institution__code")]


def standing_reading_project(institution: Institution, year: AcademicYear) -> Project | None:
    """The school's reading project of the year that was neither rejected nor taken back; the furthest first."""
    projects = Project.objects.filter(institution=institution, year=year, is_reading=True).exclude(status__in=_GONE)
    draft_last = Case(When(status=ProjectStatus.DRAFT, then=Value(1)), default=Value(0), output_field=IntegerField())
    return projects.order_by(draft_last, "pk").first()


def _with_state(year: AcademicYear, kind: str, projects: QuerySet[Project] | None = None) -> QuerySet[Any]:
    """Institutions of the year with ``state``; only ``projects`` are looked at, which saves reading all of a year's."""
    drafts = _all_or(projects).filter(year=year, status=ProjectStatus.DRAFT).order_by()
    if kind == READING:
        drafts = drafts.filter(is_reading=True)
    state = Case(
        When(institution__in=_sent(year, kind, projects), then=Value(SENT)),
        When(institution__in=drafts.values("institution"), then=Value(DRAFT)),
        default=Value(NONE),
        output_field=IntegerField(),
    )
    return InstitutionYear.objects.filter(year=year).annotate(state=state)


def _sent(year: AcademicYear, kind: str, projects: QuerySet[Project] | None = None) -> QuerySet[Project, Any]:
    """Institutions that sent one which stands."""
    sent = _all_or(projects).filter(year=year).exclude(status__in=(*_GONE, ProjectStatus.DRAFT)).order_by()
    return (sent.filter(is_reading=True) if kind == READING else sent).values("institution")


def _all_or(projects: QuerySet[Project] | None) -> QuerySet[Project]:
    return Project.objects.all() if projects is None else projects


def _reached(user: Any) -> Q:
    scope = scope_of(user)
    return Scope(provinces=scope.provinces, districts=scope.districts).of_institutions("institution")
