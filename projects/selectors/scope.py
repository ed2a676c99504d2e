"""Which projects a user may look at."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from projects.models import Project
from schools.authority import Scope, institutions_led_by, scope_of
from schools.models import Posting


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
