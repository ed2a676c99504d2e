"""Writes of imported projects, teams and claims: in sets, inside the import's transaction.

A file says how claims stand elsewhere, so statuses are set as given and not moved step by step; a line in the
history names the import. The import batch is the audit row (``common.imports.services``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Case, IntegerField, Model, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.imports.bulk import Outcome, Target, Written, chunks, insert, remove, upsert
from common.imports.kinds import Applied
from common.imports.undo import TableUndo
from common.text import fold
from projects.models import Claim, ClaimEvent, Project, SecondOpinion, StagedDecision, TeamStudent, TeamTeacher
from projects.models.projects import search_key_of
from projects.workflow import AWAITING_REVIEW, ClaimStatus, project_status
from schools.models import AcademicYear

DRAFT = "draft"
"""Status of a line whose project has not been sent: it makes no claim."""

_KEPT = {
    ClaimStatus.SUBMITTED: frozenset({ClaimStatus.IN_REVIEW, ClaimStatus.RETURNED}),
}
"""For a status in a file the further steps of it that the module knows; a claim that stands there stays there."""

_DECIDED = frozenset({ClaimStatus.APPROVED, ClaimStatus.REJECTED})


class ProjectLine(NamedTuple):
    """One row of the file. ``status`` is ``DRAFT`` or a status of a claim; people are given by id."""

    institution_id: int
    title: str
    item_id: int
    stage: str
    status: str
    points: Decimal | None
    teachers: tuple[int, ...]
    students: tuple[int, ...]

    @property
    def project_key(self) -> tuple[int, str]:
        return self.institution_id, fold(self.title)


@dataclass
class _Group:
    """The lines of one project, in file order, by their places."""

    places: list[int] = field(default_factory=list)
    teachers: dict[int, None] = field(default_factory=dict)
    students: dict[int, None] = field(default_factory=dict)


def write_projects(
    *, year: AcademicYear, lines: Sequence[ProjectLine], with_teachers: bool, with_students: bool, by: Any
) -> Applied:
    """Write projects by school and title, their teams and claims. The key of a line is the project's id.

    A team is replaced by the one in the file where the file has the column and names somebody.
    """
    groups = _groups(lines)
    claims_before = _claims_of(year, groups)
    lines = [_kept(line, claims_before.get(line.project_key, {})) for line in lines]
    projects = _write_projects(year, lines, groups, claims_before)
    project_ids = dict(zip(groups, projects.ids, strict=True))
    new = {pk for pk, outcome in zip(projects.ids, projects.outcomes, strict=True) if outcome == Outcome.CREATED}
    claims, claim_places = _write_claims(year, lines, project_ids, by)
    _end_review(claims)
    outcomes = _outcomes(lines, groups, projects, claims, claim_places)
    applied = Applied(
        outcomes,
        [projects, claims],
        [str(project_ids[line.project_key]) for line in lines],
        [[group.places[0] for group in groups.values()], claim_places],
    )
    if with_teachers:
        teams = {project_ids[key]: group.teachers for key, group in groups.items() if group.teachers}
        _write_team(TeamTeacher, "staff_id", teams, new, groups, project_ids, applied)
    if with_students:
        teams = {project_ids[key]: group.students for key, group in groups.items() if group.students}
        _write_team(TeamStudent, "student_id", teams, new, groups, project_ids, applied)
    if by is not None:
        _write_events(claims, lines, claim_places, project_ids, by, applied)
    return applied


def _groups(lines: Sequence[ProjectLine]) -> dict[tuple[int, str], _Group]:
    groups: dict[tuple[int, str], _Group] = defaultdict(_Group)
    for place, line in enumerate(lines):
        group = groups[line.project_key]
        group.places.append(place)
        group.teachers.update(dict.fromkeys(line.teachers))
        group.students.update(dict.fromkeys(line.students))
    return dict(groups)


ClaimKey = tuple[int, str]


def _claims_of(
    year: AcademicYear, groups: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], dict[ClaimKey, list[str]]]:
    """Statuses of the claims that the projects of the file have already, by project and by item and stage."""
    wanted = set(groups)
    found: dict[tuple[int, str], dict[ClaimKey, list[str]]] = {}
    rows = Claim.objects.filter(year=year).order_by("pk")
    for institution, title, item, stage, status in rows.values_list(
        "project__institution_id", "project__title_key", "item_id", "stage", "status"
    ):
        if (institution, title) in wanted:
            found.setdefault((institution, title), {}).setdefault((item, stage), []).append(status)
    return found


def _kept(line: ProjectLine, claims: Mapping[ClaimKey, list[str]]) -> ProjectLine:
    further = _KEPT.get(ClaimStatus(line.status)) if line.status != DRAFT else None
    if further is None:
        return line
    standing = further.intersection(claims.get((line.item_id, line.stage), ()))
    return line._replace(status=min(standing)) if standing else line


def _write_projects(
    year: AcademicYear,
    lines: Sequence[ProjectLine],
    groups: Mapping[tuple[int, str], _Group],
    claims_before: Mapping[tuple[int, str], Mapping[ClaimKey, list[str]]],
) -> Written:
    rows = []
    for key, group in groups.items():
        first = lines[group.places[0]]
        statuses = _statuses_after([lines[place] for place in group.places], claims_before.get(key, {}))
        rows.append(
            (
                first.institution_id,
                first.title,
                key[1],
                search_key_of(first.title),
                first.item_id,
                first.stage,
                project_status(statuses).value,
            )
        )
    return upsert(
        Target(
            model=Project,
            scope={"year_id": year.pk},
            columns=("institution_id", "title", "title_key", "search_key", "item_id", "first_stage", "status"),
            key=("institution_id", "title_key"),
            update=("status",),
            touch={"updated_at": timezone.now()},
        ),
        rows,
    )


def _statuses_after(lines: Sequence[ProjectLine], before: Mapping[ClaimKey, list[str]]) -> list[str]:
    """Statuses of all claims of a project once its lines are written."""
    after = {key: list(statuses) for key, statuses in before.items()}
    for line in lines:
        if line.status == DRAFT:
            continue
        statuses = after.setdefault((line.item_id, line.stage), [])
        replaced = next((status for status in statuses if status not in _CLOSED), None)
        if replaced is None and ClaimStatus.REJECTED in statuses:
            replaced = ClaimStatus.REJECTED
        if replaced is not None:
            statuses.remove(replaced)
        statuses.append(line.status)
    return [status for statuses in after.values() for status in statuses]


_CLOSED = frozenset({ClaimStatus.REJECTED, ClaimStatus.WITHDRAWN})


def _write_claims(
    year: AcademicYear, lines: Sequence[ProjectLine], project_ids: Mapping[tuple[int, str], int], by: Any
) -> tuple[Written, list[int]]:
    now = timezone.now()
    places = [place for place, line in enumerate(lines) if line.status != DRAFT]
    rows = [_claim_row(lines[place], project_ids[lines[place].project_key], year, by, now) for place in places]
    target = Target(
        model=Claim,
        columns=(
            "project_id",
            "year_id",
            "item_id",
            "stage",
            "status",
            "independent_points",
            "submitted_at",
            "decided_at",
            "decided_by_id",
            "reviewer_id",
            "independent_reason",
            "decision_text",
        ),
        key=("project_id", "item_id", "stage"),
        update=("status", "independent_points"),
        also=("decided_at", "decided_by_id", "reviewer_id", "independent_reason", "decision_text"),
        condition=~Q(status=ClaimStatus.WITHDRAWN) & Q(year=year),
        order=(
            Case(When(status=ClaimStatus.REJECTED, then=Value(0)), default=Value(1), output_field=IntegerField()),
            "pk",
        ),
        labels={
            "status": (gettext_lazy("Durum"), lambda code: str(ClaimStatus(code).label)),
            "independent_points": (gettext_lazy("Bağımsız Puan"), lambda points: str(points or "").replace(".", ",")),
        },
    )
    return upsert(target, rows), places


def _claim_row(line: ProjectLine, project_id: int, year: AcademicYear, by: Any, now: datetime) -> tuple[Any, ...]:
    decided = line.status in _DECIDED
    words = _("Karar, içe aktarılan dosyadan alınmıştır.") if decided else ""
    return (
        project_id,
        year.pk,
        line.item_id,
        line.stage,
        line.status,
        line.points,
        now,
        now if decided else None,
        by.pk if decided and by is not None else None,
        None,
        words if line.points is not None else "",
        words,
    )


def _end_review(claims: Written) -> None:
    """A claim that the file moves has no decision to announce any more, and where it decides, no opinion to give."""
    for chunk in chunks([change.pk for change in claims.changes]):
        StagedDecision.objects.filter(claim__in=chunk).delete()
        open_ones = SecondOpinion.objects.filter(claim__in=chunk, answered_at=None)
        open_ones.exclude(claim__status__in=AWAITING_REVIEW).update(answered_at=timezone.now())


def _outcomes(
    lines: Sequence[ProjectLine],
    groups: Mapping[tuple[int, str], _Group],
    projects: Written,
    claims: Written,
    claim_places: Sequence[int],
) -> list[Outcome]:
    """A new project counts for its first line, everything else for the line that says it."""
    outcomes = [Outcome.UNCHANGED] * len(lines)
    for outcome, place in zip(claims.outcomes, claim_places, strict=True):
        outcomes[place] = outcome
    for outcome, group in zip(projects.outcomes, groups.values(), strict=True):
        if outcome == Outcome.CREATED:
            for place in group.places:
                outcomes[place] = Outcome.CREATED
    return outcomes


def _write_team(
    model: type[Model],
    person: str,
    teams: Mapping[int, Iterable[int]],
    new_projects: set[int],
    groups: Mapping[tuple[int, str], _Group],
    project_ids: Mapping[tuple[int, str], int],
    applied: Applied,
) -> None:
    """Bring the teams in line with the file; a changed team counts for the first line of its project."""
    led = model is TeamTeacher
    columns = ("project_id", person, "is_coordinator") if led else ("project_id", person)
    rows = [
        (project, member, led and place == 0 and project in new_projects) if led else (project, member)
        for project, members in teams.items()
        for place, member in enumerate(members)
    ]
    target = Target(model=model, columns=columns, key=("project_id", person), update=())
    gone = _left_out(model, person, teams, new_projects)
    removed = remove(target, list(gone))
    written = upsert(target, rows)
    line_of = {project_ids[key]: group.places[0] for key, group in groups.items()}
    touched = {row[0] for row, outcome in zip(rows, written.outcomes, strict=True) if outcome == Outcome.CREATED}
    for project in touched | set(gone.values()):
        place = line_of[project]
        applied.outcomes[place] = max(applied.outcomes[place], Outcome.UPDATED)
    _touch(touched | set(gone.values()))
    applied.written += [removed, written]
    applied.line_of += [None, None]


def _touch(projects: set[int]) -> None:
    """A project whose team changed has changed: remembered pages see it by that."""
    for chunk in chunks(sorted(projects)):
        Project.objects.filter(pk__in=chunk).update(updated_at=timezone.now())


def mark_changed(tables: Iterable[TableUndo]) -> None:
    """Mark the projects that an import wrote to, or to whose teams or claims it did, as changed by taking it back.

    Must run before the written rows go, which name their projects, and inside the same transaction.
    """
    projects: set[int] = set()
    for table in tables:
        if table.model is Project:
            projects.update(table.before)
        elif "project_id" in table.columns:
            place = table.columns.index("project_id")
            projects.update(row[place] for _pk, row in table.removed)
            for chunk in chunks([*table.created, *table.before]):
                rows = table.model._base_manager.filter(pk__in=chunk).order_by()
                projects.update(rows.values_list("project_id", flat=True))
    _touch(projects)


def _left_out(
    model: type[Model], person: str, teams: Mapping[int, Iterable[int]], new_projects: set[int]
) -> dict[int, int]:
    """Members that the file no longer names: id of the membership -> id of the project."""
    gone: dict[int, int] = {}
    for chunk in chunks([project for project in teams if project not in new_projects]):
        rows = model._base_manager.filter(project__in=chunk).order_by("pk").values_list("pk", "project_id", person)
        for pk, project, member in rows:
            if member not in teams[project]:
                gone[pk] = project
    return gone


def _write_events(
    claims: Written,
    lines: Sequence[ProjectLine],
    claim_places: Sequence[int],
    project_ids: Mapping[tuple[int, str], int],
    by: Any,
    applied: Applied,
) -> None:
    """A line in the history of each new or changed claim."""
    before = {change.place: change.before[0] for change in claims.changes}
    words = _("Dosyadan aktarıldı.")
    rows = [
        (project_ids[lines[place].project_key], pk, "import", before.get(row, ""), lines[place].status, by.pk, words)
        for row, (pk, outcome, place) in enumerate(zip(claims.ids, claims.outcomes, claim_places, strict=True))
        if outcome != Outcome.UNCHANGED
    ]
    columns = ("project_id", "claim_id", "action", "from_status", "to_status", "by_id", "text")
    applied.written.append(insert(Target(model=ClaimEvent, columns=columns, key=(), update=()), rows))
    applied.line_of.append(None)
