"""A home page: what waits for its reader, and a glance at their unit."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.caching import remembered
from common.text import turkish_order
from portal.selectors.areas import eba_stats, exam_stats
from portal.selectors.district import returned_in
from portal.selectors.newest_exam import ExamGlance, newest_exam
from portal.selectors.reading import Reading
from portal.selectors.review import ReviewPanel, review_panel
from portal.selectors.stat import Stat
from portal.selectors.task import Task
from portal.selectors.tasks import tasks_of
from portal.tiles import Tile, tile_map
from projects.models import Claim, Project
from projects.workflow import AWAITING_REVIEW, ProjectStatus
from schools.models import AcademicYear, District, Institution, Seat
from schools.models.commissions import CommissionKind

LISTED = 8


@dataclass(frozen=True)
class ReturnedLine:
    """A returned claim that its school has not sent again."""

    title: str
    url: str
    school: str
    reason: str
    since: datetime.date | None


@dataclass(frozen=True)
class Home:
    """Everything on a home page. The tiles are for readers of the whole province, ``review`` for the technical team,
    ``returned`` for a district's board: the longest ones, of ``returned_count``; ``exam`` for the executive board.

    Homes that look alike are equal.
    """

    tasks: tuple[Task, ...]
    stats: tuple[Stat, ...]
    tiles: tuple[Tile, ...]
    map_width: int
    map_height: int
    review: ReviewPanel | None
    returned: tuple[ReturnedLine, ...]
    returned_count: int
    stats_title: str
    exam: ExamGlance | None


def home_of(user: Any, seats: Sequence[Seat], year: AcademicYear) -> Home:
    """The home page of a user with these seats; a fixed number of queries whatever the amount of data.

    That of a school, a district or the technical team is remembered until something of its projects or reviews
    changes, a minute where only people move. Who grants lists reads anew, for a list that was granted is gone at once.
    """
    reading = Reading(user, seats, year)
    if reading.stamp:
        return remembered(f"home:{reading.stamp}", lambda: _home_of(reading))
    return _home_of(reading)


def _home_of(reading: Reading) -> Home:
    user, seats, year = reading.user, reading.seats, reading.year
    tiles, width, height = (
        remembered(f"glance:{year.pk}", lambda: tile_map(year.province.plate_code, district_glance(year)))
        if reading.kinds & {CommissionKind.EXECUTIVE, CommissionKind.TECHNICAL, CommissionKind.MONITORING_PROJECT}
        else ([], 0, 0)
    )
    returned = returned_in(reading) if reading.districts else []
    return Home(
        tuple(tasks_of(user, seats, year, reading)),
        tuple(_stats(user, seats, reading.kinds, year)),
        tuple(tiles),
        width,
        height,
        review_panel(reading) if CommissionKind.TECHNICAL in reading.kinds else None,
        tuple(_returned_line(claim) for claim in returned[:LISTED]),
        len(returned),
        str(_title_of_stats(reading.kinds)),
        newest_exam(year) if CommissionKind.EXECUTIVE in reading.kinds else None,
    )


def _title_of_stats(kinds: set[str]) -> Any:
    if kinds == {CommissionKind.MONITORING_ACADEMIC}:
        return _("Sınavlar")
    if kinds == {CommissionKind.MONITORING_INNOVATION_EBA}:
        return _("EBA kullanımı")
    if kinds == {CommissionKind.MEASUREMENT_CENTRE}:
        return _("Sınav ve EBA verisi")
    return _("Projeler") if kinds else _("Projeleriniz")


def _returned_line(claim: Claim) -> ReturnedLine:
    return ReturnedLine(
        str(claim.project),
        reverse("projects:detail", args=[claim.project_id]),
        claim.project.institution.name,
        str(claim.reason or claim.decision_text[:80]),
        timezone.localdate(claim.decided_at) if claim.decided_at else None,
    )


def district_glance(year: AcademicYear) -> list[tuple[str, int, int, int]]:
    """Per district in Turkish order: name, institutions, those with an approved project, claims that wait.

    One query.
    """
    institutions = Institution.objects.filter(district=OuterRef("pk"))
    approved = Project.objects.filter(
        institution__district=OuterRef("pk"), year=year, status=ProjectStatus.APPROVED
    ).values("institution__district")
    waiting = Claim.objects.filter(
        project__institution__district=OuterRef("pk"), year=year, status__in=AWAITING_REVIEW
    ).values("project__institution__district")
    rows = District.objects.filter(province=year.province_id).annotate(
        schools=_number(institutions.filter(years__year=year).values("district"), Count("pk")),
        active=_number(approved, Count("institution", distinct=True)),
        waiting=_number(waiting, Count("pk")),
    )
    ordered = rows.order_by(turkish_order("name"), "pk")
    return [(d.name, d.schools, d.active, d.waiting) for d in ordered]


def _number(grouped: QuerySet[Any, Any], count: Count) -> Coalesce:
    counted = grouped.order_by().annotate(number=count).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _by_status_where_seated(seats: Sequence[Seat], kinds: set[str], year: AcademicYear) -> dict[str, int]:
    """How many projects stand in each status: of their schools or districts; of the province, a minute old."""
    if kinds == {CommissionKind.SCHOOL}:
        return _by_status(year, institution__in=[seat.commission.institution_id for seat in seats])
    if kinds <= {CommissionKind.SCHOOL, CommissionKind.DISTRICT}:
        districts = [seat.commission.district_id for seat in seats if seat.commission.district_id]
        return _by_status(year, institution__district__in=districts)
    return remembered(f"statuses:{year.pk}", lambda: _by_status(year))


def _by_status(year: AcademicYear, **where: Any) -> dict[str, int]:
    projects = Project.objects.filter(year=year, **where)
    return dict(projects.order_by().values("status").annotate(n=Count("pk")).values_list("status", "n"))


def _stats(user: Any, seats: Sequence[Seat], kinds: set[str], year: AcademicYear) -> Iterator[Stat]:
    address = reverse("projects:list")
    if not kinds:
        mine = Project.objects.filter(year=year, team_teachers__staff__user=user)
        yield Stat(_("Ekibinde olduğunuz projeler"), mine.count(), address, icon="rocket")
        return
    if kinds == {CommissionKind.MONITORING_ACADEMIC}:
        yield from exam_stats(year)
        return
    if kinds == {CommissionKind.MONITORING_INNOVATION_EBA}:
        yield from eba_stats(year)
        return
    if kinds == {CommissionKind.MEASUREMENT_CENTRE}:
        yield from exam_stats(year)
        yield from eba_stats(year)
        return
    by_status = _by_status_where_seated(seats, kinds, year)
    for status, icon in (
        (ProjectStatus.APPROVED, "circle-check"),
        (ProjectStatus.SUBMITTED, "send"),
        (ProjectStatus.IN_REVIEW, "eye"),
        (ProjectStatus.RETURNED, "arrow-back-up"),
        (ProjectStatus.DRAFT, "pencil"),
    ):
        yield Stat(str(status.label), by_status.get(status, 0), f"{address}?durum={status}", icon=icon)
