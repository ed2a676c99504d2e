"""Lists of projects: filters, counts and the few columns that a row shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from common.text import turkish_order
from projects.models import Claim, ClaimEvent, Programme, ProgrammeItem, Project
from projects.selectors.scope import stamp, visible_to
from projects.selectors.search import matching
from projects.workflow import ClaimStage, ClaimStatus, ProjectStatus
from schools.models import AcademicYear, District, Seat
from schools.models.commissions import CommissionKind

ROW = (
    "pk",
    "title",
    "status",
    "updated_at",
    "is_good_example",
    "is_reading",
    "item__name",
    "item__programme__name",
    "institution__name",
    "institution__district__name",
)


@dataclass(frozen=True)
class ProjectFilter:
    """What the address of a project list asks for; empty values filter nothing.

    ``stage`` success: a project that was sent as a success or claims one since; ``preparing``: the others. Days are
    inclusive and count the sending of any of its claims. ``reviewer``: who has, or decided, one of its claims.
    """

    status: str = ""
    programme: int | None = None
    item: int | None = None
    district: int | None = None
    category: str = ""
    stage: str = ""
    search: str = ""
    reading: bool = False
    good: bool = False
    sent_from: dt.date | None = None
    sent_to: dt.date | None = None
    reviewer: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values for the parameters of a job; ``from_json`` reads them back."""
        return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ProjectFilter:
        days = {name: dt.date.fromisoformat(values[name]) for name in ("sent_from", "sent_to") if values[name]}
        return cls(**{**values, **days})


def keys_of(user: Any, year: AcademicYear, wanted: ProjectFilter) -> list[int]:
    """The keys of all visible projects that pass every filter, in the order of the list."""
    return list(_ordered(projects_of_year(user, year, wanted), wanted).values_list("pk", flat=True))


def projects_of_year(user: Any, year: AcademicYear, wanted: ProjectFilter) -> QuerySet[Project]:
    """The visible projects of a year that pass every filter but the status, unordered."""
    found = visible_to(user).filter(year=year)
    if wanted.programme:
        found = found.filter(item__programme=wanted.programme)
    if wanted.item:
        found = found.filter(item=wanted.item)
    if wanted.district:
        found = found.filter(institution__district=wanted.district)
    if wanted.category:
        found = found.filter(institution__years__year=year, institution__years__category=wanted.category)
    if wanted.reading:
        found = found.filter(is_reading=True)
    if wanted.good:
        found = found.filter(is_good_example=True)
    if wanted.stage in ClaimStage.values:
        success = at_success(year)
        found = found.filter(success if wanted.stage == ClaimStage.SUCCESS else ~success)
    if wanted.sent_from or wanted.sent_to or wanted.reviewer:
        found = found.filter(pk__in=_claims(year, wanted).values("project"))
    return matching(found, wanted.search)


def at_success(year: AcademicYear) -> Q:
    """Projects that say of themselves that they succeeded: at their first sending, or by a claim that still stands."""
    claims = Claim.objects.filter(year=year, stage=ClaimStage.SUCCESS)
    standing = claims.exclude(status__in=[ClaimStatus.REJECTED, ClaimStatus.WITHDRAWN])
    return Q(first_stage=ClaimStage.SUCCESS) | Q(pk__in=standing.order_by().values("project"))


def _claims(year: AcademicYear, wanted: ProjectFilter) -> QuerySet[Claim]:
    claims = Claim.objects.filter(year=year).order_by()
    if wanted.sent_from:
        claims = claims.filter(submitted_at__gte=midnight(wanted.sent_from))
    if wanted.sent_to:
        claims = claims.filter(submitted_at__lt=midnight(wanted.sent_to + dt.timedelta(days=1)))
    if wanted.reviewer:
        claims = claims.filter(Q(reviewer=wanted.reviewer) | Q(decided_by=wanted.reviewer))
    return claims


def midnight(day: dt.date) -> dt.datetime:
    """The first moment of a day in the site's time zone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def counts_by_status(projects: QuerySet[Project]) -> dict[str, int]:
    """How many projects stand in each status; statuses without any are left out."""
    return dict(projects.order_by().values_list("status").annotate(Count("pk")))


def project_rows(projects: QuerySet[Project], wanted: ProjectFilter) -> QuerySet[Project, dict[str, Any]]:
    """The rows of a list, last changed first."""
    rows: QuerySet[Project, dict[str, Any]] = _ordered(projects, wanted).values(*ROW)
    return rows


def found_by_words(user: Any, year: AcademicYear, wanted: ProjectFilter) -> list[tuple[int, str]]:
    """Key and status of every project that a search finds, whatever its status, last changed first.

    Reading words is the dear part of a search: it is done once for the chips and for the page.
    """
    every = replace(wanted, status="")
    return list(_ordered(projects_of_year(user, year, every), every).values_list("pk", "status"))


def rows_of(keys: Sequence[int]) -> list[dict[str, Any]]:
    """What a list shows of these projects, in the order of the keys."""
    found = {row["pk"]: row for row in Project.objects.filter(pk__in=keys).order_by().values(*ROW)}
    return [found[key] for key in keys if key in found]


def last_change(year: AcademicYear, user: Any = None) -> str:
    """Changes with every project of the year that is written or added, with every draft that goes, with every step of
    a claim, and with what is the user's own, where there is one.

    Looks up the last change in each status, where an index ends: reading the year's projects for it took the database
    longer than all other statements of the page.
    """
    events, projects = ClaimEvent._meta.db_table, Project._meta.db_table
    statuses = " UNION ALL ".join(["SELECT %s AS status"] * len(ProjectStatus.values))
    figures = f"""SELECT (SELECT count(*) FROM {projects} WHERE year_id = %s AND status = %s),
        max((SELECT max(updated_at) FROM {projects} WHERE year_id = %s AND status = known.status)),
        (SELECT max(id) FROM {events}) FROM ({statuses}) known
    """  # noqa: S608
    return stamp(figures, [year.pk, str(ProjectStatus.DRAFT), year.pk, *ProjectStatus.values], user)


def _ordered(projects: QuerySet[Project], wanted: ProjectFilter) -> QuerySet[Project]:
    if wanted.status in ProjectStatus.values:
        projects = projects.filter(status=wanted.status)
    return projects.order_by("-updated_at", "pk")


def programmes() -> QuerySet[Programme]:
    return Programme.objects.order_by("order")


def items() -> QuerySet[ProgrammeItem]:
    """The catalogue with its programmes, in its order."""
    return ProgrammeItem.objects.select_related("programme").order_by("order")


def districts_of(year: AcademicYear) -> QuerySet[District]:
    return District.objects.filter(province=year.province_id).order_by(turkish_order("name"), "pk")


def reviewers_of(year: AcademicYear) -> QuerySet[User]:
    """Everybody who held a seat of the technical team in that year, by name."""
    seats = Seat.objects.filter(commission__kind=CommissionKind.TECHNICAL, commission__year=year)
    team = User.objects.filter(staff_member__in=seats.order_by().values("staff"))
    return team.order_by(turkish_order("full_name"), "pk")


def approved_projects_with_claims(year: AcademicYear) -> QuerySet[Claim, tuple[Any, ...]]:
    """Every approved claim of the year as (claim, project, institution, item, stage, independent points), by keys."""
    return (
        Claim.objects.filter(year=year, status=ClaimStatus.APPROVED)
        .order_by("project", "pk")
        .values_list("pk", "project", "project__institution", "item", "stage", "independent_points")
    )
