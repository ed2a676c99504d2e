"""What lies beside a claim on the review screen: notes, questions, opinions, a staged decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Q, Value, When

from projects.models import (
    Claim,
    ClaimEvent,
    ClaimQuestion,
    ReviewNote,
    ReviewReason,
    SecondOpinion,
    StagedDecision,
)
from projects.workflow import Decision
from schools.models import AcademicYear


@dataclass(frozen=True)
class Beside:
    """``staged`` is the claim's own decision, ``last`` the user's newest staged decision on another claim."""

    notes: list[ReviewNote]
    questions: list[ClaimQuestion]
    opinions: list[SecondOpinion]
    staged: StagedDecision | None
    last: StagedDecision | None
    user: int

    @property
    def asked_of_me(self) -> SecondOpinion | None:
        """The request for an opinion that the user has still to answer."""
        asked = [one for one in self.opinions if one.answered_at is None and one.asked_of_id == self.user]
        return asked[0] if asked else None


def beside(claim: Claim, user: Any) -> Beside:
    """Everything that reviewers keep beside the claim, oldest first; four queries."""
    staged = (
        StagedDecision.objects.filter(Q(claim=claim) | Q(by=user.pk, claim__year=claim.year_id))
        .select_related("claim__project", "by", "reason", "level")
        .order_by(Case(When(claim=claim, then=Value(0)), default=Value(1)), "-at", "-pk")[:2]
    )
    own = [one for one in staged if one.claim_id == claim.pk]
    others = [one for one in staged if one.claim_id != claim.pk]
    return Beside(
        notes=list(ReviewNote.objects.filter(claim=claim).select_related("by").order_by("at", "pk")),
        questions=list(
            ClaimQuestion.objects.filter(claim=claim)
            .select_related("asked_by", "answered_by")
            .order_by("asked_at", "pk")
        ),
        opinions=list(
            SecondOpinion.objects.filter(claim=claim).select_related("asked_by", "asked_of").order_by("asked_at", "pk")
        ),
        staged=own[0] if own else None,
        last=others[0] if others else None,
        user=user.pk,
    )


def last_staged(user: Any, year: AcademicYear, shown: int = 0) -> StagedDecision | None:
    """The user's newest decision that waits for its announcement, or the one with the key ``shown``."""
    mine = StagedDecision.objects.filter(by=user.pk, claim__year=year)
    if shown:
        mine = mine.filter(pk=shown)
    return mine.select_related("claim__project").order_by("-at", "-pk").first()


def reasons_with_use(year: AcademicYear) -> list[dict[str, Any]]:
    """Every reason by decision in its order, with how often it was given in the year: ``decision``, ``rows``."""
    used = dict(
        ClaimEvent.objects.filter(project__year=year, action__in=Decision.values, reason__isnull=False)
        .order_by()
        .values_list("reason")
        .annotate(count=Count("pk"))
    )
    rows = list(ReviewReason.objects.order_by("order", "pk"))
    return [
        {
            "decision": decision,
            "rows": [{"reason": one, "used": used.get(one.pk, 0)} for one in rows if one.decision == decision],
        }
        for decision in (Decision.APPROVE, Decision.RETURN, Decision.REJECT)
    ]
