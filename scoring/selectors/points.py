"""How a teacher's points come about as things stand now, and the points tables as pages show them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from common.text import sort_key
from projects.models import Project, TeamTeacher
from schools.models import AcademicYear, StaffMember
from schools.selectors.year_tables import Cells, Difference, differences, versions_shown
from scoring.engine.points import Claim, project_points
from scoring.engine.working import ProjectFacts, Workings
from scoring.inputs.projects import Tariff, approved_claims, approved_table, rules_of, tariff_of
from scoring.models import PointsTable


@dataclass(frozen=True)
class StaffPoints:
    """A teacher's project points now: the working (see ``Workings``) and the table."""

    staff: StaffMember
    tariff: Tariff
    working: dict[str, Any]


def points_of_staff(year: AcademicYear, staff: StaffMember) -> StaffPoints:
    """How the points of one person come about in a year, in a fixed number of queries. Raises ``NoPointsTable``."""
    tariff = tariff_of(approved_table(year))
    rules = rules_of(year)
    claims = approved_claims(year, project__team_teachers__staff=staff)
    worth = project_points(claims, tariff.scale, rules.project_points)
    team = TeamTeacher.objects.filter(project__in=worth).order_by().values_list("project_id", flat=True)
    sizes = Counter(team)
    claims_of: defaultdict[int, list[Claim]] = defaultdict(list)
    for claim in map(Claim._make, claims):
        claims_of[claim.project].append(claim)
    projects = Project.objects.filter(pk__in=worth).order_by("pk").values_list("pk", "title", "institution__name")
    facts = [
        ProjectFacts(pk, title, institution, sort_key(title), claims_of[pk], worth[pk], sizes[pk])
        for pk, title, institution in projects
    ]
    return StaffPoints(staff, tariff, Workings(tariff.scale, rules, tariff.names).of_teacher(facts))


def waiting_projects(year: AcademicYear, staff: StaffMember) -> QuerySet[Project]:
    """The person's projects that bring no points yet, because no claim of theirs is approved."""
    mine = Project.objects.filter(year=year, team_teachers__staff=staff)
    return mine.exclude(claims__status="approved").select_related("institution").order_by("title_key", "pk")


@dataclass(frozen=True)
class TableProgramme:
    """A programme's lines with the product of each stage, as a points table shows them."""

    name: str
    percent: Decimal
    lines: list[TableLine]


@dataclass(frozen=True)
class TableLine:
    code: str
    name: str
    independent: bool
    preparing: Decimal | None
    success: Decimal | None
    percent: Decimal

    @property
    def preparing_product(self) -> Decimal:
        return (self.preparing or Decimal(0)) * self.percent / 100

    @property
    def success_product(self) -> Decimal:
        return (self.success or Decimal(0)) * self.percent / 100


def table_programmes(table: PointsTable) -> list[TableProgramme]:
    """The table by programme, in catalogue order (two queries)."""
    programmes: dict[int, TableProgramme] = {}
    coefficients = table.coefficients.select_related("programme").order_by("programme__order", "pk")
    for coefficient in coefficients:
        programmes[coefficient.programme_id] = TableProgramme(coefficient.programme.name, coefficient.percent, [])
    for line in table.lines.select_related("item").order_by("item__order", "pk"):
        programme = programmes[line.item.programme_id]
        programme.lines.append(
            TableLine(
                line.item.code,
                line.item.name,
                line.item.independent,
                line.preparing_points,
                line.success_points,
                programme.percent,
            )
        )
    return list(programmes.values())


def table_differences(before: PointsTable, after: PointsTable) -> list[Difference]:
    """Every coefficient and point that differs, in catalogue order."""
    return differences(_cells(before), _cells(after))


def _cells(table: PointsTable) -> Cells:
    cells: dict[tuple[str, str], Decimal | None] = {}
    for programme in table_programmes(table):
        cells[programme.name, "Katsayı yüzdesi"] = programme.percent
        for line in programme.lines:
            label = f"{programme.name} – {line.name}"
            cells[label, "Hazırlayan puanı"] = line.preparing
            cells[label, "Başarı puanı"] = line.success
    return cells


def tables_visible_to(year: AcademicYear, *, drafts: bool) -> QuerySet[PointsTable]:
    """The versions of a year, newest first; drafts only for those who may see them."""
    return versions_shown(PointsTable.objects.filter(year=year), drafts=drafts)
