"""Project points of teachers: approved claims of the year, weighed by the year's points table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any, cast

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.errors import UserError
from common.text import sort_key
from projects.models import Claim as ClaimRow
from projects.models import Project, TeamTeacher
from projects.workflow import ClaimStatus
from schools import year_settings
from schools.models import AcademicYear, Posting
from schools.models.commissions import CommissionKind
from scoring.engine.points import Claim, Item, ProjectPoints, Rules, Scale, project_points, teacher_points
from scoring.engine.working import Names, ProjectFacts, Workings
from scoring.inputs.holders import staff_holders, staff_without_place
from scoring.inputs.measures import Amount, Holder, Query, Reading, measure, not_read, place_lines
from scoring.inputs.partitions import places_of
from scoring.models import PointsLine, PointsTable, ProgrammeCoefficient

RULE_KEYS = Rules._fields


class NoPointsTable(UserError):
    """The year has no approved points table, so nothing can be weighed."""


@dataclass(frozen=True)
class Tariff:
    """An approved points table ready for the engine, with the words of its lines."""

    table: PointsTable
    scale: Scale
    names: Names


def approved_table(year: AcademicYear) -> PointsTable:
    """The points table in force; raises ``NoPointsTable``."""
    table = PointsTable.objects.filter(year=year, status=PointsTable.Status.APPROVED).first()
    if table is None:
        raise NoPointsTable(
            _now(
                "%(year)s yılının onaylı puan tablosu yok; İl Proje Yürütme Kurulu tabloyu onayladıktan sonra "
                "hesaplayınız."
            )
            % {"year": year.name}
        )
    table.year = year
    return table


def tariff_of(table: PointsTable) -> Tariff:
    """Coefficients and lines of a table, of any status (two queries)."""
    coefficients: dict[int, Decimal] = {}
    programmes: dict[int, str] = {}
    rows = ProgrammeCoefficient.objects.filter(table=table).order_by("programme__order", "pk")
    for programme, name, percent in rows.values_list("programme_id", "programme__name", "percent"):
        coefficients[programme], programmes[programme] = percent, name
    lines = PointsLine.objects.filter(table=table).select_related("item").order_by("item__order", "pk")
    items = [
        Item(
            id=line.item_id,
            programme=line.item.programme_id,
            order=line.item.order,
            preparing=line.preparing_points,
            success=line.success_points,
            independent=line.item.independent,
            ladder=line.item.ladder,
            step=line.item.ladder_step or 0,
        )
        for line in lines
    ]
    return Tariff(
        table, Scale(coefficients, items), Names({line.item_id: line.item.name for line in lines}, programmes)
    )


def rules_of(year: AcademicYear) -> Rules:
    """The year's decisions about points."""
    settings = year_settings.all_of(year)
    return Rules(*(settings[key] for key in RULE_KEYS))


def approved_claims(year: AcademicYear, **narrowed: Any) -> list[Claim]:
    """The approved claims of the year's projects as plain tuples; ``narrowed`` are further filters."""
    rows = ClaimRow.objects.filter(year=year, status=ClaimStatus.APPROVED, **narrowed).order_by()
    found = rows.values_list("project_id", "pk", "item_id", "stage", "independent_points")
    return cast("list[Claim]", list(found))


def teams(year: AcademicYear) -> list[tuple[int, int]]:
    """(project, teacher) of the year's projects, whatever the teacher's title."""
    return list(TeamTeacher.objects.filter(project__year=year).order_by().values_list("project_id", "staff_id"))


@dataclass
class _ProjectReading:
    """The rows of one reading and what the engine made of them."""

    query: Query
    tariff: Tariff
    rules: Rules
    claims: list[Claim]
    team: list[tuple[int, int]]
    projects: dict[int, ProjectPoints]

    def holders(self, wanted: Container[int]) -> dict[int, Holder]:
        """Who is wanted, where their posting of the year is."""
        in_team = TeamTeacher.objects.filter(staff=OuterRef("staff"))
        postings = Posting.objects.filter(Exists(in_team), year=self.query.year)
        return staff_holders(postings, wanted, places_of(self.query.year))

    def canonical(self, holders: dict[int, Holder]) -> list[str]:
        table = self.tariff.table
        scale = self.tariff.scale
        lines = [f"rules {'|'.join(self.rules)}", f"table {table.pk} {table.version}"]
        lines += [f"coefficient {key} {value}" for key, value in sorted(scale.coefficients.items())]
        lines += [f"line {item.id} {item.preparing} {item.success}" for _id, item in sorted(scale.items.items())]
        lines += [
            f"claim {project} {claim} {item} {stage} {'' if points is None else points}"
            for project, claim, item, stage, points in sorted(self.claims, key=itemgetter(0, 1))
        ]
        lines += [f"team {project} {teacher}" for project, teacher in sorted(self.team)]
        return lines + place_lines(holders)

    def explainer(self) -> Callable[[int, str], dict[str, Any]]:
        """A function from a teacher to the working of their value; reads the projects' names once."""
        claims_of: defaultdict[int, list[Claim]] = defaultdict(list)
        projects_of: defaultdict[int, list[int]] = defaultdict(list)
        sizes: defaultdict[int, int] = defaultdict(int)
        for claim in map(Claim._make, self.claims):
            claims_of[claim.project].append(claim)
        for project, teacher in self.team:
            projects_of[teacher].append(project)
            sizes[project] += 1
        rows = Project.objects.filter(year=self.query.year, pk__in=_approved_projects()).order_by()
        named = {
            key: (title, institution, sort_key(title))
            for key, title, institution in rows.values_list("pk", "title", "institution__name")
        }
        version = {"table": self.tariff.table.pk, "version": self.tariff.table.version, "rules": self.rules._asdict()}

        facts = {
            key: ProjectFacts(key, *name, claims_of[key], self.projects[key], sizes[key]) for key, name in named.items()
        }
        workings = Workings(self.tariff.scale, self.rules, self.tariff.names)

        def explain(teacher: int, _subject: str) -> dict[str, Any]:
            return version | workings.of_teacher(facts[key] for key in projects_of[teacher])

        return explain


def _approved_projects() -> Any:
    return ClaimRow.objects.filter(status=ClaimStatus.APPROVED).values("project")


@measure(
    code="teacher_project_points",
    label=_("Öğretmenlerin proje puanı"),
    area="project",
    holder="staff",
    partitions=("province", "district", "institution", "category"),
    default_partition="district,category",
    unit=_("puan"),
    board=CommissionKind.MONITORING_PROJECT,
)
def teacher_project_points(query: Query) -> Reading:
    """Points of everybody who is in a team as a teacher, ranked where their posting of the year is.

    Who has no posting, or is posted at an institution without a category in the year, is noted and not ranked.
    """
    tariff = tariff_of(approved_table(query.year))
    rules = rules_of(query.year)
    claims = approved_claims(query.year)
    projects = project_points(claims, tariff.scale, rules.project_points)
    team = [pair for pair in teams(query.year) if pair[0] in projects]
    reading = _ProjectReading(query, tariff, rules, claims, team, projects)
    totals = teacher_points(projects, team, tariff.scale, rules)
    holders = reading.holders(totals.values)
    return Reading(
        amounts=[Amount(staff, value) for staff, value in totals.values.items() if staff in holders],
        denominator=totals.denominator,
        holders=holders,
        used_settings=rules._asdict(),
        canonical=lambda: reading.canonical(holders),
        evidence=reading.explainer() if query.with_evidence else not_read,
        counts={"claims": len(claims), "projects": len(projects), "team": len(team), "people": len(totals.values)},
        notes=staff_without_place(totals.values.keys() - holders.keys()),
        points_table=tariff.table,
    )
