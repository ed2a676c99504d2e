"""Which projects a user may look at."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from projects.models import Project, TeamTeacher
from schools.authority import institutions_led_by, scope_of
from schools.models import Posting


def visible_to(user: Any) -> QuerySet[Project]:
    """Projects of the schools that the user's seats reach, those where their school is a partner, and their own.

    Province seats reach their province, district seats their district, school seats their school. People without a seat
    see the projects in whose team they are.
    """
    scope = scope_of(user)
    if not user.is_authenticated:
        return Project.objects.none()
    reached = scope.of_institutions("institution")
    if scope.provinces:
        return Project.objects.filter(reached)
    return Project.objects.filter(reached | _own(user, scope.institutions))


def schools_for_students(user: Any, project: Project) -> list[int]:
    """The schools of a project (its own and its partners) whose children the user may look up and put into its team.

    Naming a partner opens nothing: children are shown by name only to people of their own school, who sit on its
    commission or work there this year.
    """
    schools = {project.institution_id, *project.partner_institutions.values_list("pk", flat=True)}
    own = {institution.pk for institution in institutions_led_by(user)}
    own.update(Posting.objects.filter(staff__user=user.pk, year=project.year_id).values_list("institution", flat=True))
    return sorted(schools & own)


def _own(user: Any, institutions: frozenset[int]) -> Q:
    own = Q(pk__in=TeamTeacher.objects.filter(staff__user=user.pk).values("project"))
    own |= Q(responsible_manager__user=user.pk)
    if institutions:
        partnered = Project.partner_institutions.through.objects.filter(institution__in=institutions)
        own |= Q(pk__in=partnered.values("project"))
    return own
