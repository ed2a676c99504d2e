"""Figures about reviewing: how long claims wait, how soon they are decided, why they come back.

Whole numbers and fractions only. Days are calendar days of the site's time zone. Nothing here counts by school or by
reviewer, and nothing depends on a decision that was not announced: decided is what the history says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Claim, ClaimEvent, ClaimQuestion
from projects.selectors.lists import midnight
from projects.workflow import AWAITING_REVIEW, ClaimStatus, Decision
from schools.models import AcademicYear

AGES: tuple[tuple[int, int | None], ...] = ((0, 3), (4, 7), (8, 14), (15, None))
"""Days of waiting that are counted together, both ends inclusive."""

LOOKED_BACK = 90
"""Days over which the share of timely decisions is taken."""

_PROGRAMME = ("claim__item__programme__order", "claim__item__programme__name")
SENDINGS = ("submit", "add_claim", "resubmit")


@dataclass(frozen=True)
class AgeBand:
    """Claims that have waited from ``first`` to ``last`` whole days; ``last`` is None for the oldest ones."""

    first: int
    last: int | None
    count: int


@dataclass(frozen=True)
class QueueFacts:
    """What waits in somebody's queue. ``waiting``: nobody has it and no question to the school is open;
    ``mine``: taken and not decided; ``staged``: decided by them and not announced. Each with its oldest moment."""

    waiting: int
    oldest_waiting: dt.datetime | None
    mine: int
    oldest_mine: dt.datetime | None
    staged: int
    oldest_staged: dt.datetime | None
    ages: tuple[AgeBand, ...]


@dataclass(frozen=True)
class Timeliness:
    """Of ``total`` decisions ``within`` came within ``days`` days of the sending."""

    within: int
    total: int
    days: int

    @property
    def percent(self) -> Fraction | None:
        """Exact; None where nothing was decided."""
        return Fraction(self.within * 100, self.total) if self.total else None

    @property
    def shown(self) -> int | None:
        """Whole percent, rounded half up."""
        return None if self.percent is None else half_up(self.percent)


@dataclass(frozen=True)
class ReasonRow:
    """How often a reason was given, by programme in the order of the table."""

    decision: str
    label: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True)
class ReasonTable:
    """Reasons of returns and rejections by programme; only programmes and reasons that occur."""

    programmes: tuple[str, ...]
    rows: tuple[ReasonRow, ...]

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(row.counts[place] for row in self.rows) for place in range(len(self.programmes)))

    @property
    def total(self) -> int:
        return sum(self.totals)

    @property
    def most(self) -> int:
        return max((row.total for row in self.rows), default=0)


def half_up(value: Fraction) -> int:
    """The nearest whole number of a value that is not negative; a half goes up."""
    return (value + Fraction(1, 2)).__floor__()


def queue_facts(queue: QuerySet[Claim], user: Any, today: dt.date | None = None) -> QueueFacts:
    """What waits among the claims of a queue (``review_queue``), for this user; one query.

    The ages are of all claims without a decision, announced or not, whoever has them; a question does not stop them.
    """
    today = today or timezone.localdate()
    asked = Q(pk__in=ClaimQuestion.objects.filter(answered_at=None).order_by().values("claim"))
    waiting = Q(status=ClaimStatus.SUBMITTED) & ~asked
    mine = Q(status=ClaimStatus.IN_REVIEW, reviewer=user.pk, staged__isnull=True)
    staged = Q(staged__by=user.pk)
    undecided = Q(staged__isnull=True)
    bands = {
        f"band{place}": Count("pk", filter=undecided & _waited(first, last, today))
        for place, (first, last) in enumerate(AGES)
    }
    facts = (
        queue.filter(status__in=AWAITING_REVIEW)
        .order_by()
        .aggregate(
            waiting=Count("pk", filter=waiting),
            oldest_waiting=Min("submitted_at", filter=waiting),
            mine=Count("pk", filter=mine),
            oldest_mine=Min("claimed_at", filter=mine),
            own_staged=Count("pk", filter=staged),
            oldest_staged=Min("staged__at", filter=staged),
            **bands,
        )
    )
    ages = tuple(AgeBand(first, last, facts.pop(f"band{place}")) for place, (first, last) in enumerate(AGES))
    return QueueFacts(staged=facts.pop("own_staged"), ages=ages, **facts)


def decided_within(year: AcademicYear, days: int, now: dt.datetime | None = None) -> Timeliness:
    """Of the decisions of the last ``LOOKED_BACK`` days, those that came within ``days`` of the last sending.

    A returned claim that is sent again counts anew. Imported decisions have no sending and are left out. One query.
    """
    now = now or timezone.now()
    sent = ClaimEvent.objects.filter(claim=OuterRef("claim"), action__in=SENDINGS, at__lte=OuterRef("at"))
    decisions = ClaimEvent.objects.filter(
        claim__year=year, action__in=Decision.values, at__gt=now - dt.timedelta(days=LOOKED_BACK), at__lte=now
    )
    rows = decisions.order_by("pk").annotate(sent=Subquery(sent.order_by("-at", "-pk").values("at")[:1]))
    within = total = 0
    for decided_at, sent_at in rows.values_list("at", "sent"):
        if sent_at is None:
            continue
        total += 1
        within += (timezone.localdate(decided_at) - timezone.localdate(sent_at)).days <= days
    return Timeliness(within, total, days)


def reasons_by_programme(year: AcademicYear) -> ReasonTable:
    """Why claims of the year were returned and rejected, by programme; every decision counts. One query.

    Returns first; within a decision by the reason's order, decisions without a reason last.
    """
    counts: dict[tuple[str, int, str], dict[tuple[int, str], int]] = {}
    rows = (
        ClaimEvent.objects.filter(claim__year=year, action__in=(Decision.RETURN, Decision.REJECT))
        .order_by()
        .values_list("action", "reason__order", "reason__label", *_PROGRAMME)
        .annotate(Count("pk"))
    )
    for action, order, label, place, name, count in rows:
        key = (action, 0 if order is None else order, label or "")
        counts.setdefault(key, {})[place, name] = count
    programmes = sorted({programme for row in counts.values() for programme in row})
    return ReasonTable(
        tuple(name for _place, name in programmes),
        tuple(
            ReasonRow(
                key[0],
                key[2] or _("Gerekçe kodu yok"),
                tuple(counts[key].get(programme, 0) for programme in programmes),
            )
            for key in sorted(counts, key=_reason_order)
        ),
    )


def _waited(first: int, last: int | None, today: dt.date) -> Q:
    waited = Q() if first == 0 else Q(submitted_at__lt=midnight(today - dt.timedelta(days=first - 1)))
    return waited if last is None else waited & Q(submitted_at__gte=midnight(today - dt.timedelta(days=last)))


def _reason_order(key: tuple[str, int, str]) -> tuple[bool, bool, Sequence[Any]]:
    action, order, label = key
    return action != Decision.RETURN, not label, (order, label)
