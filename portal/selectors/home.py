"""A home page: what waits for its reader, and a glance at their unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from common.caching import remembered
from common.text import turkish_order
from portal.selectors.tasks import Task, tasks_of
from portal.tiles import Tile, tile_map
from projects.models import Claim, Project
from projects.workflow import AWAITING_REVIEW, ProjectStatus
from schools.models import AcademicYear, District, Institution, Seat
from schools.models.commissions import CommissionKind


@dataclass(frozen=True)
class Stat:
    label: str
    value: int
    url: str = ""
    hint: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Home:
    """Everything on a home page. ``map`` is for readers of the whole province."""

    tasks: list[Task]
    stats: list[Stat]
    tiles: list[Tile]
    map_width: int
    map_height: int


def home_of(user: Any, seats: Sequence[Seat], year: AcademicYear) -> Home:
    """The home page of a user with these seats; a fixed number of queries whatever the amount of data."""
    kinds = {seat.commission.kind for seat in seats}
    tasks = tasks_of(user, seats, year)
    stats = list(_stats(user, seats, kinds, year))
    tiles, width, height = (
        tile_map(year.province.plate_code, remembered(f"glance:{year.pk}", lambda: district_glance(year)))
        if kinds & {CommissionKind.EXECUTIVE, CommissionKind.TECHNICAL, CommissionKind.MONITORING_PROJECT}
        else ([], 0, 0)
    )
    return Home(tasks, stats, tiles, width, height)


def district_glance(year: AcademicYear) -> list[tuple[str, int, int, int]]:
    """Per district in Turkish order: name, institutions, those with an approved project, claims that wait."""
    active = dict(
        Project.objects.filter(year=year, status=ProjectStatus.APPROVED)
        .order_by()
        .values("institution__district")
        .annotate(schools=Count("institution", distinct=True))
        .values_list("institution__district", "schools")
    )
    waiting = dict(
        Claim.objects.filter(year=year, status__in=AWAITING_REVIEW)
        .order_by()
        .values("project__institution__district")
        .annotate(claims=Count("pk"))
        .values_list("project__institution__district", "claims")
    )
    schools = dict(
        Institution.objects.filter(years__year=year)
        .order_by()
        .values("district")
        .annotate(schools=Count("pk"))
        .values_list("district", "schools")
    )
    districts = District.objects.filter(province=year.province_id).order_by(turkish_order("name"), "pk")
    return [(d.name, schools.get(d.pk, 0), active.get(d.pk, 0), waiting.get(d.pk, 0)) for d in districts]


def _by_status(projects: QuerySet[Project]) -> dict[str, int]:
    return dict(projects.order_by().values("status").annotate(n=Count("pk")).values_list("status", "n"))


def _stats(user: Any, seats: Sequence[Seat], kinds: set[str], year: AcademicYear) -> Iterator[Stat]:
    projects = Project.objects.filter(year=year)
    if not kinds:
        mine = projects.filter(team_teachers__staff__user=user)
        yield Stat(_("Ekibinde olduğunuz projeler"), mine.count(), reverse("projects:list"), icon="rocket")
        return
    if kinds == {CommissionKind.SCHOOL}:
        projects = projects.filter(institution__in=[seat.commission.institution_id for seat in seats])
    elif kinds <= {CommissionKind.SCHOOL, CommissionKind.DISTRICT}:
        projects = projects.filter(
            institution__district__in=[s.commission.district_id for s in seats if s.commission.district_id]
        )
    whole = bool(kinds - {CommissionKind.SCHOOL, CommissionKind.DISTRICT})
    by_status = remembered(f"statuses:{year.pk}", lambda: _by_status(projects)) if whole else _by_status(projects)
    address = reverse("projects:list")
    for status, icon in (
        (ProjectStatus.APPROVED, "circle-check"),
        (ProjectStatus.SUBMITTED, "send"),
        (ProjectStatus.RETURNED, "arrow-back-up"),
        (ProjectStatus.DRAFT, "pencil"),
    ):
        yield Stat(str(status.label), by_status.get(status, 0), f"{address}?durum={status}", icon=icon)
