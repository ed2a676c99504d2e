"""Permissions on projects and their claims: predicates that read as claims on top, one table at the bottom.

Ask through ``may`` and not through ``user.has_perm``: the system administrator, who passes every ``has_perm``, holds
no seat and therefore neither edits nor reviews.
"""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Q

from projects.models import Claim, Project
from projects.workflow import ProjectStatus
from schools.authority import institutions_led_by
from schools.models import Posting
from schools.rules import (
    has_any_seat,
    has_seat_at,
    is_school_commission,
    is_signed_in,
    is_technical,
    sees_institution,
    sees_province,
)


def project_of(target: Project | Claim) -> Project:
    return target.project if isinstance(target, Claim) else target


@rules.predicate
def runs_the_school(user: Any, target: Project | Claim | None = None) -> bool:
    """A seat on the commission of the project's school; without a project, of any school."""
    return bool(is_school_commission(user, None if target is None else project_of(target).institution))


@rules.predicate
def coordinates_project(user: Any, target: Project | Claim | None = None) -> bool:
    """The coordinator teacher of this very project."""
    if target is None:
        return False
    team = project_of(target).team_teachers
    return bool(user.is_authenticated and team.filter(staff__user=user.pk, is_coordinator=True).exists())


@rules.predicate
def is_in_team(user: Any, target: Project | Claim | None = None) -> bool:
    """A teacher of the team, or the manager responsible for the project."""
    if target is None or not user.is_authenticated:
        return False
    project = project_of(target)
    mine = Q(team_teachers__staff__user=user.pk) | Q(responsible_manager__user=user.pk)
    return Project.objects.filter(mine, pk=project.pk).exists()


@rules.predicate
def is_partner_school(user: Any, target: Project | Claim | None = None) -> bool:
    """A seat on the commission of an institution that takes part in the project as a partner."""
    if target is None:
        return False
    partners = project_of(target).partner_institutions.all()
    return any(has_seat_at(user, institution) for institution in partners)


@rules.predicate
def belongs_to_a_school_of(user: Any, target: Project | Claim | None = None) -> bool:
    """A seat at, or a posting in, the project's school or one of its partners, or a place in its team."""
    if target is None:
        return False
    project = project_of(target)
    if has_seat_at(user, project.institution) or is_partner_school(user, project) or is_in_team(user, project):
        return True
    schools = Q(institution=project.institution_id) | Q(institution__partner_projects=project.pk)
    return Posting.objects.filter(schools, staff__user=user.pk, year=project.year_id).exists()


@rules.predicate
def is_technical_there(user: Any, target: Project | Claim | None = None) -> bool:
    return bool(is_technical(user, None if target is None else project_of(target).institution))


@rules.predicate
def sees_its_school(user: Any, target: Project | Claim | None = None) -> bool:
    return bool(sees_institution(user, None if target is None else project_of(target).institution))


@rules.predicate
def is_of_current_year(user: Any, target: Project | Claim | None = None) -> bool:
    return target is None or project_of(target).year.is_current


@rules.predicate
def is_approved(user: Any, target: Project | Claim | None = None) -> bool:
    return target is None or project_of(target).status == ProjectStatus.APPROVED


@rules.predicate
def goes_on_at_their_school(user: Any, target: Project | Claim | None = None) -> bool:
    """A seat on the commission of the project's school, or of the one that took its place."""
    if target is None:
        return bool(is_school_commission(user))
    school = project_of(target).institution_id
    return any(school in (mine.pk, mine.predecessor_id) for mine in institutions_led_by(user))


PERMISSIONS: dict[str, Any] = {
    "projects.list_projects": is_signed_in,
    "projects.view_project": is_signed_in & (sees_its_school | is_in_team | is_partner_school),
    "projects.add_project": is_school_commission,
    "projects.edit_project": is_of_current_year & (runs_the_school | coordinates_project),
    "projects.copy_project": goes_on_at_their_school & ~is_of_current_year,
    "projects.hand_over": is_of_current_year & (runs_the_school | is_technical_there),
    "projects.view_queue": is_technical,
    "projects.review_claim": is_technical_there & ~belongs_to_a_school_of,
    "projects.mark_good_example": is_approved & is_technical_there & ~belongs_to_a_school_of,
    "projects.view_reading": sees_province | has_any_seat,
}

for _name, _predicate in PERMISSIONS.items():
    rules.add_perm(_name, _predicate)


def may(user: Any, permission: str, target: object = None) -> bool:
    """Whether this permission follows from the user's seats; knows no administrator's shortcut."""
    return bool(rules.has_perm(permission, user, target))
