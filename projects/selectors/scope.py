"""Which projects a user may look at."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from projects.models import Project, TeamTeacher
from schools.authority import Scope, institutions_led_by, scope_of, seats_of
from schools.models import Posting, StaffMember


def visible_to(user: Any) -> QuerySet[Project]:
    """Projects of the schools that the user's seats reach, those where their school is a partner, and their own.

    Province seats reach their province, district seats their district, school seats their school. People without a seat
    see the projects in whose team they are.
    """
    scope = scope_of(user)
    if not user.is_authenticated:
        return Project.objects.none()
    if scope.provinces:
        return Project.objects.filter(scope.of_institutions("institution"))
    return Project.objects.filter(pk__in=_ways(user, scope))


def stamp(figures: str, values: Sequence[Any], user: Any) -> str:
    """The one row that the SQL ``figures`` selects, with the user's own seats, postings and projects, as one word.

    Without a user the row alone.

    Remembered pages have it in their key: what is somebody's own decides what they see. One statement in plain SQL, for
    every hit of a remembered page pays for it; the keys themselves, for sums of keys could be equal by chance.
    """
    postings, staff, teams, projects = (model._meta.db_table for model in (Posting, StaffMember, TeamTeacher, Project))
    me = f"(SELECT id FROM {staff} WHERE user_id = %s)"  # noqa: S608
    own = f"""SELECT 'posting' AS kind, year_id AS year, institution_id AS unit FROM {postings} WHERE staff_id = {me}
        UNION ALL SELECT 'team', 0, project_id FROM {teams} WHERE staff_id = {me}
        UNION ALL SELECT 'managed', 0, id FROM {projects} WHERE responsible_manager_id = {me}
    """  # noqa: S608
    statement = (
        f"SELECT own.kind, own.year, own.unit, figures.* FROM ({figures}) figures LEFT JOIN ({own}) own ON 1 = 1"  # noqa: S608
    )
    key = None if user is None else user.pk
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, key, key, key])
        rows = cursor.fetchall()
    mine = sorted({row[:3] for row in rows if row[0] is not None})
    known = ":".join(str(value).replace(" ", "T") for value in rows[0][3:])
    about = (mine, [] if user is None else [seat.pk for seat in seats_of(user)])
    return f"{known}:{sha256(repr(about).encode()).hexdigest()}"


def schools_for_students(user: Any, project: Project) -> list[int]:
    """The schools of a project (its own and its partners) whose children the user may look up and put into its team.

    Naming a partner opens nothing: children are shown by name only to people of their own school, who sit on its
    commission or work there this year.
    """
    schools = {project.institution_id, *project.partner_institutions.values_list("pk", flat=True)}
    own = {institution.pk for institution in institutions_led_by(user)}
    own.update(Posting.objects.filter(staff__user=user.pk, year=project.year_id).values_list("institution", flat=True))
    return sorted(schools & own)


def _ways(user: Any, scope: Scope) -> QuerySet[Project, Any]:
    """Keys by each way that leads to a project, put together: a single OR of them would read every project."""
    own = (
        Project.objects.filter(scope.of_institutions("institution")),
        Project.objects.filter(team_teachers__staff__user=user.pk),
        Project.objects.filter(responsible_manager__user=user.pk),
        Project.objects.filter(partner_institutions__in=scope.institutions),
    )
    first, *others = (way.order_by().values("pk") for way in own)
    return first.union(*others)
