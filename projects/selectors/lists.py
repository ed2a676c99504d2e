"""Lists of projects: filters, counts and the few columns that a row shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from common.text import fold, turkish_order
from projects.models import Claim, Programme, Project
from projects.selectors.scope import visible_to
from projects.workflow import ClaimStatus, ProjectStatus
from schools.models import AcademicYear, District

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
    """What the address of a project list asks for; empty values filter nothing."""

    status: str = ""
    programme: int | None = None
    district: int | None = None
    search: str = ""
    reading: bool = False
    good: bool = False


def projects_of_year(user: Any, year: AcademicYear, wanted: ProjectFilter) -> QuerySet[Project]:
    """The visible projects of a year that pass every filter but the status, unordered."""
    found = visible_to(user).filter(year=year)
    if wanted.programme:
        found = found.filter(item__programme=wanted.programme)
    if wanted.district:
        found = found.filter(institution__district=wanted.district)
    if wanted.reading:
        found = found.filter(is_reading=True)
    if wanted.good:
        found = found.filter(is_good_example=True)
    for word in fold(wanted.search).split():
        found = found.filter(title_key__contains=word)
    return found


def counts_by_status(projects: QuerySet[Project]) -> dict[str, int]:
    """How many projects stand in each status; statuses without any are left out."""
    return dict(projects.order_by().values_list("status").annotate(Count("pk")))


def project_rows(projects: QuerySet[Project], wanted: ProjectFilter) -> QuerySet[Project, dict[str, Any]]:
    """The rows of a list, last changed first."""
    if wanted.status in ProjectStatus.values:
        projects = projects.filter(status=wanted.status)
    rows: QuerySet[Project, dict[str, Any]] = projects.order_by("-updated_at", "pk").values(*ROW)
    return rows


def programmes() -> QuerySet[Programme]:
    return Programme.objects.order_by("order")


def districts_of(year: AcademicYear) -> QuerySet[District]:
    return District.objects.filter(province=year.province_id).order_by(turkish_order("name"), "pk")


def approved_projects_with_claims(year: AcademicYear) -> QuerySet[Claim, tuple[Any, ...]]:
    """Every approved claim of the year as (claim, project, institution, item, stage, independent points), by keys."""
    return (
        Claim.objects.filter(year=year, status=ClaimStatus.APPROVED)
        .order_by("project", "pk")
        .values_list("pk", "project", "project__institution", "item", "stage", "independent_points")
    )
