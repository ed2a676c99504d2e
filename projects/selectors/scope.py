"""Which projects a user may look at."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from projects.models import Project, TeamTeacher
from schools.authority import scope_of


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


def _own(user: Any, institutions: frozenset[int]) -> Q:
    own = Q(pk__in=TeamTeacher.objects.filter(staff__user=user.pk).values("project"))
    own |= Q(responsible_manager__user=user.pk)
    if institutions:
        partnered = Project.partner_institutions.through.objects.filter(institution__in=institutions)
        own |= Q(pk__in=partnered.values("project"))
    return own
