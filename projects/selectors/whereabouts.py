"""Where a claim stands: who has it, what comes next, and how long a decision usually takes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models import Claim, ClaimEvent
from projects.selectors.detail import Question
from projects.workflow import AWAITING_REVIEW, ClaimStatus

LATEST_DECISIONS = 200
FEWEST_DECISIONS = 10
"""Below this many decisions a usual time would be chance, so none is named."""

PACES = (25, 50, 90)
DECIDED = (ClaimStatus.APPROVED, ClaimStatus.RETURNED, ClaimStatus.REJECTED)
DECISIONS = ("approve", "return", "reject")


@dataclass(frozen=True)
class Paces:
    """Days from sending to decision: a quick, a usual and a long wait, out of ``count`` decisions."""

    quick: int
    usual: int
    long: int
    count: int


@dataclass(frozen=True)
class Whereabouts:
    """One claim's place: ``holder`` has it now, ``following`` says what comes next; ``paces`` None when too few."""

    claim: Claim
    holder: str
    since: Any
    following: str
    waits_for_school: bool
    paces: Paces | None
    decided: int
    is_waiting: bool


def whereabouts(claims: list[Claim], questions: list[Question], *, own: bool = True) -> list[Whereabouts]:
    """The claims that stand, oldest first, in words to the school (``own``) or about it to anybody else.

    One query for each programme among those that wait for a decision.
    """
    asked: dict[int, dt.datetime] = {}
    for question in questions:
        if question.waits:
            asked.setdefault(question.row.claim_id, question.row.asked_at)
    known: dict[int, tuple[Paces | None, int]] = {}
    found = []
    for claim in claims:
        if claim.status == ClaimStatus.WITHDRAWN:
            continue
        waiting = claim.status in AWAITING_REVIEW
        paces, decided = None, 0
        if waiting:
            programme = claim.item.programme_id
            if programme not in known:
                days = days_to_decision(claim)
                known[programme] = paces_of(days), len(days)
            paces, decided = known[programme]
        holder, since, following = _standing(claim, asked=asked.get(claim.pk) if waiting else None, own=own)
        school_side = claim.status == ClaimStatus.RETURNED or (waiting and claim.pk in asked)
        found.append(Whereabouts(claim, holder, since, following, school_side, paces, decided, waiting))
    return found


def days_to_decision(claim: Claim) -> list[int]:
    """Whole days from sending to decision of the latest announced decisions on the claim's programme in its province.

    Decisions that only a file reports are left out: the module does not know when they were asked for.
    """
    decided_here = ClaimEvent.objects.filter(claim=OuterRef("pk"), action__in=DECISIONS)
    decided = Claim.objects.filter(
        Exists(decided_here),
        item__programme=claim.item.programme_id,
        year__province=claim.project.year.province_id,
        status__in=DECIDED,
        decided_at__isnull=False,
        submitted_at__isnull=False,
    )
    moments = decided.order_by("-decided_at", "-pk").values_list("submitted_at", "decided_at")[:LATEST_DECISIONS]
    return [
        max(0, (timezone.localdate(decided_at) - timezone.localdate(submitted_at)).days)
        for submitted_at, decided_at in moments
    ]


def paces_of(days: list[int]) -> Paces | None:
    """The 25th, 50th and 90th percentile by nearest rank, in whole numbers; None for fewer than ten decisions."""
    if len(days) < FEWEST_DECISIONS:
        return None
    ordered = sorted(days)
    quick, usual, long = (ordered[_rank(percent, len(ordered)) - 1] for percent in PACES)
    return Paces(quick, usual, long, len(ordered))


def _rank(percent: int, count: int) -> int:
    """The smallest rank at or below which ``percent`` of a hundred of ``count`` values lie."""
    return (percent * count + 99) // 100


_AFTER_DECISION = {
    ClaimStatus.APPROVED: gettext_lazy(
        "Puanı sıralamalara girer. Proje hibe, final, derece ya da etiket alırsa başarı talebi ekleyebilirsiniz."
    ),
    ClaimStatus.REJECTED: gettext_lazy(
        "Gerekçesi talebin altında yazılıdır; eksikleri giderirseniz yeniden talepte bulunabilirsiniz."
    ),
}
_TOLD_TO_OTHERS = {
    ClaimStatus.APPROVED: gettext_lazy(
        "Puanı sıralamalara girer. Proje hibe, final, derece ya da etiket alırsa okul başarı talebi ekleyebilir."
    ),
    ClaimStatus.REJECTED: gettext_lazy(
        "Gerekçesi talebin altında yazılıdır; okul eksikleri giderirse yeniden talepte bulunabilir."
    ),
}


def _standing(claim: Claim, *, asked: dt.datetime | None, own: bool) -> tuple[str, Any, str]:
    """Who has the claim, since when, and what comes next; ``asked``: since when a question waits for the school."""
    if claim.status == ClaimStatus.RETURNED:
        if own:
            return _("Okulunuzda"), claim.decided_at, _("İstenen düzeltmeyi yapıp talebi yeniden gönderiniz.")
        return _("Okulda"), claim.decided_at, _("Okul istenen düzeltmeyi yapıp talebi yeniden gönderir.")
    if claim.status in DECIDED:
        after = _AFTER_DECISION if own else _TOLD_TO_OTHERS
        return _("Karar verildi"), claim.decided_at, str(after[ClaimStatus(claim.status)])
    reviewer = claim.reviewer.full_name if claim.status == ClaimStatus.IN_REVIEW and claim.reviewer else ""
    if asked is not None:
        return claim.project.institution.name, asked, _while_asked(reviewer, own=own)
    if reviewer:
        outcomes = _(
            "Onaylanır, düzeltilmek üzere geri gönderilir ya da gerekçesiyle reddedilir; sonuç okula bildirilir."
        )
        return reviewer, claim.claimed_at, outcomes
    following = _("Ekipten biri talebi incelemeye alır; talepler geliş sırasıyla incelenir.")
    return _("İl Proje Hazırlama ve Teknik Ekibi"), claim.submitted_at, following


def _while_asked(reviewer: str, *, own: bool) -> str:
    by = reviewer or _("İl Proje Hazırlama ve Teknik Ekibi")
    if own:
        return _("Soruyu bu sayfadan cevaplayınız; cevabınızdan sonra inceleme sürer. İnceleyen: %(by)s") % {"by": by}
    return _("Okulun cevabı bekleniyor; cevaptan sonra inceleme sürer. İnceleyen: %(by)s") % {"by": by}
