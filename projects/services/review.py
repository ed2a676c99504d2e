"""What the technical team does with claims."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.text import clean_lines
from projects.models import Claim, ProgrammeItem, Project, ReviewReason
from projects.rules import may
from projects.selectors.submission import standing_claim
from projects.services.notices import tell
from projects.services.transition import locked_project, log, transition, true_state
from projects.workflow import Decision

LOWEST, HIGHEST = Decimal(0), Decimal(100)


def claim_for_review(*, claim: Claim, by: User) -> Claim:
    """Take a waiting claim; others see who has it and can't decide it."""
    return transition(claim=claim, action="claim", by=by)


def release(*, claim: Claim, by: User) -> Claim:
    """Put a claim back into the queue; any member of the team may, so that nobody's absence blocks one."""
    return transition(claim=claim, action="release", by=by)


def approve_claim(
    *,
    claim: Claim,
    by: User,
    text: str = "",
    reason: ReviewReason | None = None,
    points: Decimal | None = None,
    justification: str = "",
    level: ProgrammeItem | None = None,
    decided_by: User | None = None,
) -> Claim:
    """Approve a claim; ``decided_by`` where ``by`` announces a colleague's decision.

    An item with independent points needs ``points`` (0-100, at most two decimals) and their ``justification``; a local
    project needs ``level``, the item Düzey 1-3 to which claim and project move.
    """
    with transaction.atomic():
        project = locked_project(claim.project_id)
        item = Claim.objects.select_related("item").get(pk=claim.pk).item
        fields = approval_fields(project, claim, item, points=points, justification=justification, level=level)
        approved = transition(
            claim=claim,
            action="approve",
            by=by,
            reason=reason_of(reason, Decision.APPROVE),
            text=text,
            fields=fields,
            changes={"item": [item.pk, fields["item"].pk]} if item.is_local_level else {},
            decided_by=decided_by,
        )
        if item.is_local_level:
            Project.objects.filter(pk=project.pk).update(item=fields["item"])
        return approved


def return_claim(
    *, claim: Claim, by: User, reason: ReviewReason | None, text: str, decided_by: User | None = None
) -> Claim:
    """Ask the school to correct the claim; needs a reason and a text that says what."""
    reason = reason_of(reason, Decision.RETURN)
    return transition(claim=claim, action="return", by=by, reason=reason, text=text, decided_by=decided_by)


def reject_claim(
    *, claim: Claim, by: User, reason: ReviewReason | None, text: str, decided_by: User | None = None
) -> Claim:
    """Refuse the claim for good; needs a reason and a text."""
    reason = reason_of(reason, Decision.REJECT)
    return transition(claim=claim, action="reject", by=by, reason=reason, text=text, decided_by=decided_by)


@transaction.atomic
def mark_good_example(*, project: Project, good: bool, by: User) -> Project:
    """Choose an approved project for the year-end festival, or take the choice back."""
    current = locked_project(project.pk)
    if not may(by, "projects.mark_good_example", current):
        raise PermissionDenied
    if current.is_good_example == good:
        return current
    current.is_good_example = good
    current.bump()
    current.save(update_fields=["is_good_example", "version", "updated_at"])
    action = "good_example" if good else "not_good_example"
    log(current, action, by)
    record(action=f"project.{action}", target=current, by=by, before={"good": not good}, after={"good": good})
    tell(current, action, by=by, body=_("Projeniz Öğrenme Şenliği için iyi örnek olarak işaretlendi."))
    return current


def approval_fields(
    project: Project,
    claim: Claim,
    item: ProgrammeItem,
    *,
    points: Decimal | None,
    justification: str,
    level: ProgrammeItem | None,
) -> dict[str, Any]:
    """The columns that an approval of this item sets: independent points with their reason, or the decided level."""
    if item.is_local_level:
        return {"item": _level(project, claim, item, level)}
    return _independent(points, justification) if item.independent else {}


def _independent(points: Decimal | None, justification: str) -> dict[str, Any]:
    if points is None or not LOWEST <= points <= HIGHEST or points != points.quantize(Decimal("0.01")):
        raise UserError(_("Bu kalem bağımsız puanlanır; 0 ile 100 arasında, en çok iki ondalıklı bir puan veriniz."))
    if not justification.strip():
        raise UserError(_("Verdiğiniz puanın gerekçesini yazınız."))
    return {"independent_points": points, "independent_reason": clean_lines(justification)}


def _level(project: Project, claim: Claim, item: ProgrammeItem, level: ProgrammeItem | None) -> ProgrammeItem:
    if level is None or not level.is_local_level:
        raise UserError(_("Yerel projenin düzeyini (Düzey 1-3) seçiniz."))
    standing = standing_claim(project, item, claim.stage)
    if standing is not None and standing.pk != claim.pk:
        raise Conflict(true_state(standing))
    return level


def reason_of(reason: ReviewReason | None, decision: Decision) -> ReviewReason | None:
    """The reason, if it belongs to this decision."""
    if reason is not None and reason.decision != decision:
        raise UserError(_("Seçilen gerekçe bu karara ait değil; karara uygun bir gerekçe seçiniz."))
    return reason
