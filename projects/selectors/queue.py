"""The review queue: oldest first, filtered by the address, never one's own school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery, Value
from django.utils import timezone

from common.text import fold
from projects.models import Claim, ClaimEvent, Project, ReviewReason, StagedDecision, TeamTeacher
from projects.workflow import ClaimStatus, Decision
from schools.authority import institutions_led_by
from schools.models import AcademicYear, Posting

ROW = (
    "pk",
    "status",
    "stage",
    "submitted_at",
    "item__name",
    "project__title",
    "project__institution__name",
    "project__institution__district__name",
    "item__programme__name",
    "reviewer__full_name",
)
WAITING, MINE, OTHERS, STAGED, ALL = "waiting", "mine", "in_review", "staged", "all"
STATUS_VIEWS = (WAITING, MINE, OTHERS, STAGED, ClaimStatus.RETURNED, ClaimStatus.APPROVED, ClaimStatus.REJECTED, ALL)


@dataclass(frozen=True)
class QueueFilter:
    """What the address of the queue asks for. ``view`` is one of ``STATUS_VIEWS``; ``older_than`` counts days."""

    view: str = WAITING
    programme: int | None = None
    district: int | None = None
    category: str = ""
    older_than: int | None = None
    search: str = ""


@dataclass(frozen=True)
class Place:
    """Where a claim stands in the filtered queue: ``number`` of ``total``, and its neighbours' keys."""

    number: int
    total: int
    previous: int | None
    next: int | None


def review_queue(user: Any, year: AcademicYear, wanted: QueueFilter) -> QuerySet[Claim]:
    """The claims of the year that pass every filter but the view and that the user may review, unordered."""
    found = Claim.objects.filter(year=year)
    schools, projects = _own(user, year)
    if schools:
        found = found.exclude(project__institution__in=schools)
        partnered = Project.partner_institutions.through.objects.filter(institution__in=schools)
        found = found.exclude(project__in=partnered.values("project"))
    if projects:
        found = found.exclude(project__in=projects)
    if wanted.programme:
        found = found.filter(item__programme=wanted.programme)
    if wanted.district:
        found = found.filter(project__institution__district=wanted.district)
    if wanted.category:
        found = found.filter(
            project__institution__years__year=year, project__institution__years__category=wanted.category
        )
    if wanted.older_than:
        found = found.filter(submitted_at__lt=timezone.now() - dt.timedelta(days=wanted.older_than))
    for word in fold(wanted.search).split():
        found = found.filter(Q(project__title_key__contains=word) | Q(project__institution__name_key__contains=word))
    return found


def last_change() -> str:
    """Changes whenever a claim is made or moved or a decision staged, and at midnight (ages are counted in days)."""
    newest = Claim.objects.order_by("-pk").annotate(
        event=Subquery(ClaimEvent.objects.order_by("-pk").values("pk")[:1]),
        newest_staged=Subquery(StagedDecision.objects.order_by("-pk").values("pk")[:1]),
        staged_count=Subquery(
            StagedDecision.objects.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
        ),
    )
    marks = newest.values_list("pk", "event", "newest_staged", "staged_count").first() or ()
    return ":".join(map(str, (*marks, timezone.localdate())))


def in_view(claims: QuerySet[Claim], wanted: QueueFilter, user: Any) -> QuerySet[Claim]:
    """Only the claims of the chosen view, oldest first."""
    condition = _views(user).get(wanted.view)
    return (claims if condition is None else claims.filter(condition)).order_by("submitted_at", "pk")


def rows_of(keys: Sequence[int]) -> list[dict[str, Any]]:
    """What the queue shows of these claims, in the order of the keys."""
    found = {row["pk"]: row for row in Claim.objects.filter(pk__in=keys).values(*ROW)}
    return [found[key] for key in keys]


def counts_per_view(claims: QuerySet[Claim], user: Any) -> dict[str, int]:
    """How many claims each view holds; one index tells, without the rows."""
    by_status = dict(claims.order_by().values_list("status").annotate(count=Count("pk")))
    taken = claims.order_by().filter(status=ClaimStatus.IN_REVIEW)
    undecided = taken.aggregate(mine=Count("pk", filter=_mine(user)), staged=Count("staged"))
    counts = {view: by_status.get(view, 0) for view in STATUS_VIEWS}
    counts[ALL] = sum(by_status.values()) - by_status.get(ClaimStatus.WITHDRAWN, 0)
    counts[MINE], counts[STAGED] = undecided["mine"], undecided["staged"]
    counts[WAITING] = by_status.get(ClaimStatus.SUBMITTED, 0) + counts[MINE]
    return counts


def place_of(claim: Claim, shown: QuerySet[Claim]) -> Place:
    """The place of a claim among the shown ones, which need not hold it (any more)."""
    earlier = Q(submitted_at__lt=claim.submitted_at) | Q(submitted_at=claim.submitted_at, pk__lt=claim.pk)
    later = Q(submitted_at__gt=claim.submitted_at) | Q(submitted_at=claim.submitted_at, pk__gt=claim.pk)
    others = shown.exclude(pk=claim.pk)
    counts = others.order_by().aggregate(before=Count("pk", filter=earlier), rest=Count("pk"))
    previous = others.filter(earlier).order_by("-submitted_at", "-pk").values_list("pk", flat=True).first()
    following = others.filter(later).values_list("pk", flat=True).first()
    return Place(counts["before"] + 1, counts["rest"] + 1, previous, following)


def next_after(claim: Claim, shown: QuerySet[Claim]) -> int | None:
    """The claim to turn to after this one: the next in the queue, else its first."""
    later = Q(submitted_at__gt=claim.submitted_at) | Q(submitted_at=claim.submitted_at, pk__gt=claim.pk)
    others = shown.exclude(pk=claim.pk).values_list("pk", flat=True)
    return others.filter(later).first() or others.first()


def ready_reasons() -> dict[str, list[ReviewReason]]:
    """The active reasons of each decision, in their order."""
    found: dict[str, list[ReviewReason]] = {decision: [] for decision in Decision.values}
    for reason in ReviewReason.objects.filter(is_active=True).order_by("decision", "order"):
        found[reason.decision].append(reason)
    return found


def _mine(user: Any) -> Q:
    """Taken by the user and not decided yet."""
    return Q(status=ClaimStatus.IN_REVIEW, reviewer=user.pk, staged__isnull=True)


def _views(user: Any) -> dict[str, Q]:
    mine = _mine(user)
    return {
        WAITING: Q(status=ClaimStatus.SUBMITTED) | mine,
        MINE: mine,
        OTHERS: Q(status=ClaimStatus.IN_REVIEW),
        STAGED: Q(staged__isnull=False),
        ClaimStatus.RETURNED: Q(status=ClaimStatus.RETURNED),
        ClaimStatus.APPROVED: Q(status=ClaimStatus.APPROVED),
        ClaimStatus.REJECTED: Q(status=ClaimStatus.REJECTED),
        ALL: ~Q(status=ClaimStatus.WITHDRAWN),
    }


def _own(user: Any, year: AcademicYear) -> tuple[list[int], list[int]]:
    """Institutions where the user sits or works this year, and projects in whose team they are."""
    schools = {institution.pk for institution in institutions_led_by(user)}
    schools.update(Posting.objects.filter(staff__user=user.pk, year=year).values_list("institution", flat=True))
    in_team = TeamTeacher.objects.filter(staff__user=user.pk, project__year=year).order_by().values_list("project")
    managed = Project.objects.filter(responsible_manager__user=user.pk, year=year).order_by().values_list("pk")
    return sorted(schools), sorted(pk for (pk,) in in_team.union(managed))
