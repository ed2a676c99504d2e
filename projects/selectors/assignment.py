"""Who of the team could review which claims, and how waiting claims are shared out: least loaded first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from common.text import sort_key
from projects.models import Claim, Project, TeamTeacher
from projects.workflow import ClaimStatus
from schools.authority import in_office
from schools.models import AcademicYear, Posting, Seat
from schools.models.commissions import CommissionKind


@dataclass
class Share:
    """What one member of the team gets: ``open`` claims in review before, ``claims`` (keys) on top."""

    user: User
    open: int
    claims: list[int] = field(default_factory=list)

    @property
    def load(self) -> int:
        return self.open + len(self.claims)


@dataclass(frozen=True)
class Plan:
    """Who gets what; ``left`` are claims that nobody chosen may review."""

    shares: list[Share]
    left: list[int]

    @property
    def given(self) -> int:
        return sum(len(share.claims) for share in self.shares)


def team_members(year: AcademicYear) -> QuerySet[User]:
    """The accounts of the province's technical team who hold their seat today, by key."""
    seats = Seat.objects.filter(
        in_office(timezone.localdate()), commission__kind=CommissionKind.TECHNICAL, commission__year=year
    )
    return User.objects.filter(is_active=True, staff_member__in=seats.values("staff")).order_by("pk").distinct()


def open_claims(users: Collection[User], year: AcademicYear) -> dict[int, int]:
    """How many claims of the year each of them has in review without a decision taken."""
    counted = (
        Claim.objects.filter(year=year, status=ClaimStatus.IN_REVIEW, staged__isnull=True, reviewer__in=users)
        .order_by()
        .values_list("reviewer")
        .annotate(count=Count("pk"))
    )
    return dict(counted)


def kept_from(claims: Collection[int], users: Collection[User], year: AcademicYear) -> dict[int, set[int]]:
    """Claim -> users who belong to one of its project's schools or to its team, as ``belongs_to_a_school_of`` says.

    In sets: the number of queries depends neither on the claims nor on the people.
    """
    projects = dict(Claim.objects.filter(pk__in=claims).values_list("pk", "project"))
    wanted = set(projects.values())
    schools_of: dict[int, set[int]] = {}
    for project, school in Project.objects.filter(pk__in=wanted).values_list("pk", "institution"):
        schools_of.setdefault(project, set()).add(school)
    partners = Project.partner_institutions.through.objects.filter(project__in=wanted)
    for project, school in partners.values_list("project", "institution"):
        schools_of[project].add(school)
    people_at = _people_at({school for found in schools_of.values() for school in found}, users, year)
    kept: dict[int, set[int]] = {project: set() for project in wanted}
    for project, schools in schools_of.items():
        for school in schools:
            kept[project] |= people_at.get(school, set())
    in_team = TeamTeacher.objects.filter(project__in=wanted, staff__user__in=users)
    managers = Project.objects.filter(pk__in=wanted, responsible_manager__user__in=users)
    for project, user in (
        *in_team.values_list("project", "staff__user"),
        *managers.values_list("pk", "responsible_manager__user"),
    ):
        kept[project].add(user)
    return {claim: kept[project] for claim, project in projects.items()}


def colleagues_for(claim: Claim, but: User) -> list[tuple[User, int]]:
    """Who else of the team may review the claim, with their open claims: least loaded first, then by name."""
    year = claim.project.year
    users = [user for user in team_members(year) if user.pk != but.pk]
    kept = kept_from([claim.pk], users, year)[claim.pk]
    loads = open_claims(users, year)
    free = [(user, loads.get(user.pk, 0)) for user in users if user.pk not in kept]
    return sorted(free, key=lambda row: (row[1], sort_key(row[0].full_name), row[0].pk))


def balanced(claims: Sequence[int], users: Sequence[User], year: AcademicYear) -> Plan:
    """Share out the claims in their order: each to the least loaded who may review it, ties by key."""
    loads = open_claims(users, year)
    kept = kept_from(claims, users, year)
    shares = [Share(user, loads.get(user.pk, 0)) for user in sorted(users, key=lambda user: user.pk)]
    left = []
    for claim in claims:
        free = [share for share in shares if share.user.pk not in kept.get(claim, ())]
        if not free or claim not in kept:
            left.append(claim)
            continue
        min(free, key=lambda share: (share.load, share.user.pk)).claims.append(claim)
    return Plan(shares, left)


def _people_at(schools: Collection[int], users: Collection[User], year: AcademicYear) -> dict[int, set[int]]:
    """School -> users who sit on its commission of a current year or are posted there this year."""
    today = timezone.localdate()
    seats = Seat.objects.filter(
        in_office(today),
        Q(commission__kind=CommissionKind.SCHOOL),
        commission__institution__in=schools,
        commission__year__is_current=True,
        staff__user__in=users,
    ).values_list("commission__institution", "staff__user")
    postings = Posting.objects.filter(institution__in=schools, year=year, staff__user__in=users).values_list(
        "institution", "staff__user"
    )
    found: dict[int, set[int]] = {}
    for school, user in (*seats, *postings):
        found.setdefault(school, set()).add(user)
    return found
