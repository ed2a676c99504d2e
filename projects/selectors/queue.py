"""The review queue: oldest first, filtered by the address, never one's own school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from common.text import fold
from projects.models import (
    Claim,
    ClaimEvent,
    ClaimQuestion,
    Project,
    ReviewReason,
    SavedFilter,
    SecondOpinion,
    StagedDecision,
)
from projects.selectors.lists import midnight
from projects.selectors.scope import stamp
from projects.workflow import AWAITING_REVIEW, ClaimStatus, Decision
from schools.authority import institutions_led_by, seats_over
from schools.models import AcademicYear, Posting
from schools.models.commissions import CommissionKind

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
    "staged__action",
    "staged__by__full_name",
)
WAITING, MINE, OTHERS, STAGED, ALL = "waiting", "mine", "in_review", "staged", "all"
ASKED, OPINIONS = "answers", "opinions"
STATUS_VIEWS = (
    WAITING,
    MINE,
    ASKED,
    OPINIONS,
    OTHERS,
    STAGED,
    ClaimStatus.RETURNED,
    ClaimStatus.APPROVED,
    ClaimStatus.REJECTED,
    ALL,
)


@dataclass(frozen=True)
class QueueFilter:
    """What the address of the queue asks for. ``view`` is one of ``STATUS_VIEWS``; ``older_than`` counts
    calendar days, as the ages of the rows do.
    """

    view: str = WAITING
    programme: int | None = None
    district: int | None = None
    category: str = ""
    older_than: int | None = None
    search: str = ""


@dataclass(frozen=True)
class Place:
    """Where a claim stands in the filtered queue: ``number`` of ``total``, and its neighbours' keys.

    ``number`` is None for a claim that the filter does not show; its neighbours are those of its moment of sending.
    """

    number: int | None
    total: int
    previous: int | None
    next: int | None


def review_queue(user: Any, year: AcademicYear, wanted: QueueFilter) -> QuerySet[Claim]:
    """The claims of the year that pass every filter but the view and that the user may review, unordered."""
    if not seats_over(user, year, {CommissionKind.TECHNICAL}):
        return Claim.objects.none()
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
        found = found.filter(submitted_at__lt=midnight(timezone.localdate() - dt.timedelta(days=wanted.older_than)))
    for word in fold(wanted.search).split():
        found = found.filter(Q(project__title_key__contains=word) | Q(project__institution__name_key__contains=word))
    return found


def last_change(user: Any) -> str:
    """Changes with everything that the user's queue shows: claims, decisions staged and taken back, questions,
    opinions, saved filters, what is the user's own; and at midnight, because ages are counted in days.

    Keys only grow, so the newest key with the count tells of every row added or removed. One statement, in plain SQL:
    put together by the ORM it took a third of the page's time.
    """
    events, claims, staged, questions, opinions, filters = (
        model._meta.db_table for model in (ClaimEvent, Claim, StagedDecision, ClaimQuestion, SecondOpinion, SavedFilter)
    )
    figures = f"""SELECT
        (SELECT max(id) FROM {events}), (SELECT max(id) FROM {claims}),
        (SELECT max(id) FROM {staged}), (SELECT count(*) FROM {staged}),
        (SELECT max(id) FROM {questions}), (SELECT max(answered_at) FROM {questions}),
        (SELECT max(id) FROM {opinions}), (SELECT max(answered_at) FROM {opinions}),
        (SELECT max(id) FROM {filters} WHERE user_id = %s), (SELECT count(*) FROM {filters} WHERE user_id = %s)
    """  # noqa: S608
    return f"{stamp(figures, [user.pk, user.pk], user)}:{timezone.localdate()}"


def _number(rows: QuerySet[Any]) -> Subquery:
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(count=Count("pk"))
    return Subquery(counted.values("count"))


def in_view(claims: QuerySet[Claim], wanted: QueueFilter, user: Any) -> QuerySet[Claim]:
    """Only the claims of the chosen view, oldest first."""
    condition = _views(user).get(wanted.view)
    return (claims if condition is None else claims.filter(condition)).order_by("submitted_at", "pk")


def rows_of(keys: Sequence[int], user: Any) -> list[dict[str, Any]]:
    """What the queue shows of these claims, in the order of the keys, with the marks that concern the user.

    Marks: ``asked`` (a question waits for the school), ``answered``, ``my_opinion`` (one is asked of the user),
    ``resubmitted``, ``since_me`` (sent again after the user's last decision).
    """
    events = ClaimEvent.objects.filter(claim=OuterRef("pk")).order_by("-pk").values("pk")
    sent_again = Subquery(events.filter(action="resubmit")[:1])
    decided = Subquery(events.filter(action__in=Decision.values, by=user.pk)[:1])
    questions = ClaimQuestion.objects.filter(claim=OuterRef("pk"))
    marks = {
        "asked": Exists(questions.filter(answered_at=None)),
        "answered": Exists(questions.filter(answered_at__isnull=False)),
        "my_opinion": Exists(SecondOpinion.objects.filter(claim=OuterRef("pk"), asked_of=user.pk, answered_at=None)),
        "resubmitted": sent_again,
        "since_me": decided,
    }
    found = {row["pk"]: row for row in Claim.objects.filter(pk__in=keys).values(*ROW, **marks)}
    for row in found.values():
        row["since_me"] = bool(row["since_me"] and row["resubmitted"] and row["resubmitted"] > row["since_me"])
    return [found[key] for key in keys]


def counts_per_view(claims: QuerySet[Claim], user: Any) -> dict[str, int]:
    """How many claims each view holds: one query over an index for the statuses, one for the rest."""
    by_status = dict(claims.order_by().values_list("status").annotate(count=Count("pk")))
    mine, asked = _mine(user), Q(pk__in=_asked())
    undecided = claims.order_by().filter(status__in=AWAITING_REVIEW)
    counted = undecided.aggregate(
        mine=Count("pk", filter=mine),
        to_announce=Count("pk", filter=Q(staged__isnull=False)),
        asked=Count("pk", filter=asked),
        kept=Count("pk", filter=asked & (Q(status=ClaimStatus.SUBMITTED) | mine)),
        opinions=Count("pk", filter=Q(pk__in=_opinions_of(user))),
    )
    counts = {view: by_status.get(view, 0) for view in STATUS_VIEWS}
    counts[ALL] = sum(by_status.values()) - by_status.get(ClaimStatus.WITHDRAWN, 0)
    counts[MINE] = counted["mine"]
    counts[STAGED] = counted["to_announce"]
    counts[ASKED] = counted["asked"]
    counts[OPINIONS] = counted["opinions"]
    counts[WAITING] = by_status.get(ClaimStatus.SUBMITTED, 0) + counted["mine"] - counted["kept"]
    return counts


def place_of(claim: Claim, shown: QuerySet[Claim]) -> Place:
    """The place of a claim among the shown ones, which need not hold it (any more). One query."""
    others = shown.exclude(pk=claim.pk).order_by()
    earlier, later = others.filter(_before(claim)), others.filter(_after(claim))
    asked = AcademicYear.objects.filter(pk=claim.year_id).order_by()
    inside, before, after, previous, following = asked.values_list(
        _number(shown.filter(pk=claim.pk)),
        _number(earlier),
        _number(later),
        Subquery(earlier.order_by("-submitted_at", "-pk").values("pk")[:1]),
        Subquery(later.order_by("submitted_at", "pk").values("pk")[:1]),
    ).get()
    rank = (before or 0) + (inside or 0)
    return Place(rank if inside else None, rank + (after or 0), previous, following)


def next_after(claim: Claim, shown: QuerySet[Claim]) -> int | None:
    """The claim to turn to after this one: the next in the queue, else its first."""
    others = shown.exclude(pk=claim.pk).values_list("pk", flat=True)
    return others.filter(_after(claim)).first() or others.first()


def waiting_keys(claims: QuerySet[Claim], most: int) -> list[int]:
    """The oldest of these claims that nobody has taken, for sharing out."""
    waiting = claims.filter(status=ClaimStatus.SUBMITTED).order_by("submitted_at", "pk")
    return list(waiting.values_list("pk", flat=True)[:most])


def saved_filters(user: Any, place: str) -> list[dict[str, Any]]:
    """The filters that the user keeps for a page: ``pk``, ``name``, ``query``, by name."""
    kept = SavedFilter.objects.filter(user=user.pk, place=place).order_by("name", "pk")
    return [dict(row) for row in kept.values("pk", "name", "query")]


def ready_reasons() -> dict[str, list[ReviewReason]]:
    """The active reasons of each decision, in their order."""
    found: dict[str, list[ReviewReason]] = {decision: [] for decision in Decision.values}
    for reason in ReviewReason.objects.filter(is_active=True).order_by("decision", "order"):
        found[reason.decision].append(reason)
    return found


def _mine(user: Any) -> Q:
    """Taken by the user and not decided yet."""
    return Q(status=ClaimStatus.IN_REVIEW, reviewer=user.pk, staged__isnull=True)


def _asked() -> QuerySet[ClaimQuestion, Any]:
    """Claims with a question that waits for the school."""
    return ClaimQuestion.objects.filter(answered_at=None).order_by().values("claim")


def _opinions_of(user: Any) -> QuerySet[SecondOpinion, Any]:
    """Claims on which the user's opinion is asked."""
    return SecondOpinion.objects.filter(asked_of=user.pk, answered_at=None).order_by().values("claim")


def _before(claim: Claim) -> Q:
    return Q(submitted_at__lt=claim.submitted_at) | Q(submitted_at=claim.submitted_at, pk__lt=claim.pk)


def _after(claim: Claim) -> Q:
    return Q(submitted_at__gt=claim.submitted_at) | Q(submitted_at=claim.submitted_at, pk__gt=claim.pk)


def _views(user: Any) -> dict[str, Q]:
    mine, asked = _mine(user), Q(pk__in=_asked())
    undecided = Q(status__in=AWAITING_REVIEW)
    return {
        WAITING: (Q(status=ClaimStatus.SUBMITTED) | mine) & ~asked,
        MINE: mine,
        ASKED: undecided & asked,
        OPINIONS: undecided & Q(pk__in=_opinions_of(user)),
        OTHERS: Q(status=ClaimStatus.IN_REVIEW),
        STAGED: Q(staged__isnull=False),
        ClaimStatus.RETURNED: Q(status=ClaimStatus.RETURNED),
        ClaimStatus.APPROVED: Q(status=ClaimStatus.APPROVED),
        ClaimStatus.REJECTED: Q(status=ClaimStatus.REJECTED),
        ALL: ~Q(status=ClaimStatus.WITHDRAWN),
    }


def _own(user: Any, year: AcademicYear) -> tuple[list[int], list[int]]:
    """Institutions where the user sits or works this year, and projects in whose team they are; one query."""

    def keys(kind: str, rows: QuerySet[Any], path: str) -> QuerySet[Any]:
        return rows.filter(year=year).order_by().values_list(Value(kind, output_field=CharField()), path)

    posted = keys("school", Posting.objects.filter(staff__user=user.pk), "institution")
    in_team = keys("project", Project.objects.filter(team_teachers__staff__user=user.pk), "pk")
    managed = keys("project", Project.objects.filter(responsible_manager__user=user.pk), "pk")
    schools, projects = {institution.pk for institution in institutions_led_by(user)}, set[int]()
    for kind, key in posted.union(in_team, managed):
        (schools if kind == "school" else projects).add(key)
    return sorted(schools), sorted(projects)
