"""Decisions that wait for their announcement: taken, read once more, taken back, announced.

A staged decision is a row beside the claim. The claim itself is only taken into review, so nothing of the decision can
be seen at the school until ``announce`` carries it out by the service of the single decision.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record, trail_of
from common.errors import Conflict, UserError
from common.text import clean_lines
from projects.models import Claim, ProgrammeItem, ReviewReason, StagedDecision
from projects.rules import may
from projects.services.desk import close_opinions
from projects.services.review import (
    approval_fields,
    approve_claim,
    claim_for_review,
    reason_of,
    reject_claim,
    return_claim,
)
from projects.services.transition import (
    locked_claim,
    locked_claim_of,
    locked_project,
    locked_staged,
    require_reason,
    require_step,
    true_state,
)
from projects.workflow import AWAITING_REVIEW, REVIEWER, TRANSITIONS, ClaimStatus, Decision


@transaction.atomic
def stage_decision(
    *,
    claim: Claim,
    action: str,
    by: User,
    reason: ReviewReason | None = None,
    text: str = "",
    points: Decimal | None = None,
    justification: str = "",
    level: ProgrammeItem | None = None,
) -> StagedDecision:
    """Take a decision that is announced later; takes the claim into review and replaces one's own staged decision.

    The checks are those of the decision itself. ``Conflict`` with the true state when somebody else has the claim or it
    is decided; ``UserError`` for a claim of a year that is over, whose decisions nobody could announce.
    """
    decision = Decision(action)
    step = TRANSITIONS[decision]
    project = locked_project(claim.project_id)
    current = locked_claim(claim.pk, project)
    require_step(current, step, by, by)
    if not project.year.is_current:
        raise UserError(_("%(year)s yılı kapandı; bu talebe artık karar verilemez.") % {"year": project.year.name})
    reason = reason_of(reason, decision)
    require_reason(step, reason, text)
    fields: dict[str, Any] = {}
    if decision == Decision.APPROVE:
        fields = approval_fields(
            project, current, current.item, points=points, justification=justification, level=level
        )
    if current.status == ClaimStatus.SUBMITTED:
        current = claim_for_review(claim=current, by=by)
    close_opinions(claim=current, by=by)
    replaced = StagedDecision.objects.filter(claim=current).first()
    if replaced is not None:
        replaced.delete()
    staged = StagedDecision.objects.create(
        claim=current,
        action=decision,
        reason=reason,
        text=clean_lines(text).strip(),
        points=fields.get("independent_points"),
        justification=fields.get("independent_reason", ""),
        level=fields.get("item"),
        by=by,
    )
    record(
        action="claim.stage",
        target=current,
        by=by,
        before=None if replaced is None else _in_audit(replaced),
        after=_in_audit(staged),
        note=staged.text,
    )
    return staged


@transaction.atomic
def take_back(*, staged: StagedDecision, by: User) -> Claim:
    """Take a decision back before it is announced; the claim stays in review with whoever had decided.

    Any member of the team may who may review the claim. ``Conflict`` when it has been announced or changed meanwhile.
    """
    standing = _standing(staged, by)
    claim = standing.claim
    before = _in_audit(standing)
    standing.delete()
    record(action="claim.take_back", target=claim, by=by, before=before, after={"status": claim.status})
    return claim


@transaction.atomic
def announce(*, staged: StagedDecision, by: User) -> Claim:
    """Carry out a staged decision in the name of whoever took it; the school is told now.

    ``Conflict`` when it has been announced, changed or taken back meanwhile, ``UserError`` when the person who decided
    may no longer decide, ``PermissionDenied`` when ``by`` may not.
    """
    standing = _standing(staged, by)
    claim, decider = standing.claim, standing.by
    if not (decider.is_active and may(decider, REVIEWER, claim)):
        raise UserError(
            _("Kararı veren %(name)s artık bu talebe karar veremiyor; kararı geri alıp talebi sıraya bırakınız.")
            % {"name": decider.full_name}
        )
    given: dict[str, Any] = {
        "claim": claim,
        "by": by,
        "reason": standing.reason,
        "text": standing.text,
        "decided_by": decider,
    }
    if standing.action == Decision.APPROVE:
        return approve_claim(
            **given, points=standing.points, justification=standing.justification, level=standing.level
        )
    if standing.action == Decision.RETURN:
        return return_claim(**given)
    return reject_claim(**given)


def _standing(staged: StagedDecision, by: User) -> StagedDecision:
    """The staged decision as it stands, its project and claim locked."""
    claim = locked_claim_of(staged.claim_id)
    if not may(by, REVIEWER, claim):
        raise PermissionDenied
    found = locked_staged(staged.pk)
    if found is None or found.claim_id != claim.pk:
        raise Conflict(_fate(claim))
    found.claim = claim
    return found


def _fate(claim: Claim) -> str:
    """What became of a staged decision that is no longer there."""
    if claim.status not in AWAITING_REVIEW:
        return true_state(claim)
    newer = StagedDecision.objects.filter(claim=claim).select_related("by").first()
    if newer is not None:
        return _("%(name)s bu talebin kararını %(at)s itibarıyla değiştirdi; yeni kararı okuyup yeniden deneyiniz.") % {
            "name": newer.by.full_name,
            "at": timezone.localtime(newer.at).strftime("%d.%m.%Y %H:%M"),
        }
    entry = trail_of(claim).filter(action="claim.take_back").order_by("-id").first()
    if entry is None or entry.actor is None or claim.status != ClaimStatus.IN_REVIEW:
        return true_state(claim)
    return _("Bu karar %(at)s itibarıyla %(name)s tarafından geri alındı; işleminiz yapılmadı.") % {
        "at": timezone.localtime(entry.at).strftime("%d.%m.%Y %H:%M"),
        "name": entry.actor.full_name,
    }


def _in_audit(staged: StagedDecision) -> dict[str, Any]:
    return {
        "staged": staged.action,
        "reason": None if staged.reason is None else staged.reason.code,
        "points": "" if staged.points is None else str(staged.points),
        "level": None if staged.level is None else staged.level.code,
    }
