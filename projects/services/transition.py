"""The one place where the status of a claim changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.text import clean_lines
from projects.models import Claim, ClaimEvent, Project, ReviewReason, StagedDecision
from projects.rules import may
from projects.services.notices import tell_school
from projects.workflow import TRANSITIONS, ClaimStatus, Transition, project_status

DECISIONS = frozenset({"approve", "return", "reject"})

ModelT = TypeVar("ModelT", bound=models.Model)


def locked(rows: models.QuerySet[ModelT], pk: int) -> ModelT:
    """The row of the queryset, locked until the transaction ends."""
    return rows.select_for_update(of=("self",)).get(pk=pk)


def locked_project(project_id: int) -> Project:
    """The project, locked. Always the first lock: project before claim."""
    return locked(Project.objects.select_related("institution", "year", "item__programme"), project_id)


def locked_claim_of(claim_id: int) -> Claim:
    """The claim, locked after its project; ``Conflict`` when it has been deleted meanwhile."""
    project_id = Claim.objects.filter(pk=claim_id).values_list("project", flat=True).first()
    if project_id is None:
        raise Conflict(_("Bu talep artık yok; işleminiz yapılmadı."))
    return locked_claim(claim_id, locked_project(project_id))


def locked_staged(staged_id: int) -> StagedDecision | None:
    """The staged decision of a locked claim, locked; None when it is gone."""
    rows = StagedDecision.objects.select_related("by", "reason", "level__programme")
    try:
        return locked(rows, staged_id)
    except StagedDecision.DoesNotExist:
        return None


def locked_claim(claim_id: int, project: Project) -> Claim:
    """The claim of a locked project, locked."""
    claim = locked(Claim.objects.select_related("item__programme", "reviewer"), claim_id)
    claim.project = project
    return claim


@transaction.atomic
def transition(
    *,
    claim: Claim,
    action: str,
    by: User,
    reason: ReviewReason | None = None,
    text: str = "",
    fields: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    decided_by: User | None = None,
) -> Claim:
    """Move a claim by the table of ``projects.workflow`` and write its history; returns the claim as saved.

    Locks the project and the claim, so of two people who decide at once one wins and the other gets ``Conflict`` with
    the true state. ``fields`` are further columns of the claim that the step sets. A decision that ``by`` announces for
    a colleague names that colleague as ``decided_by``: the history shows who decided, the audit who announced. Any step
    ends a decision that was staged for the claim. ``PermissionDenied`` for people whom the table does not allow.
    """
    step = TRANSITIONS[action]
    text = clean_lines(text)
    decider = decided_by or by
    project = locked_project(claim.project_id)
    current = locked_claim(claim.pk, project)
    require_step(current, step, by, decider)
    require_reason(step, reason, text)
    before = current.status
    values = dict(fields or {}) | _marks(current, step, decider, reason, text) | {"status": step.target}
    if not _written(current, values):
        raise Conflict(true_state(Claim.objects.get(pk=current.pk)))
    current.refresh_from_db()
    current.project = project
    log(project, action, decider, claim=current, before=before, reason=reason, text=text, changes=changes)
    follow_claims(project)
    after = {"status": step.target, "item": current.item_id, "points": str(current.independent_points or "")}
    record(
        action=f"claim.{action}",
        target=current,
        by=by,
        before={"status": before} | _ended_staging(current),
        after=after | ({"decided_by": decider.pk} if decider.pk != by.pk else {}),
        note=text,
    )
    tell_school(current, action, by=by, text=text)
    return current


def require_step(claim: Claim, step: Transition, by: User, decider: User) -> None:
    """Refuse a step of a locked claim: ``PermissionDenied`` for ``by``, ``Conflict`` with the true state."""
    if not may(by, step.permission, claim):
        raise PermissionDenied
    if claim.status not in step.sources:
        raise Conflict(true_state(claim))
    if step.action in DECISIONS and claim.reviewer_id not in (None, decider.pk):
        raise Conflict(true_state(claim))


def require_reason(step: Transition, reason: ReviewReason | None, text: str) -> None:
    """Refuse a return or a rejection that says nothing."""
    if step.needs_reason and (reason is None or not text.strip()):
        raise UserError(_("Bu karar için bir gerekçe seçip açıklamasını yazınız."))


def _written(claim: Claim, values: Mapping[str, Any]) -> bool:
    """Save the values unless the claim has moved since it was read."""
    unmoved = Claim.objects.filter(pk=claim.pk, status=claim.status, version=claim.version)
    return bool(unmoved.update(**values, version=claim.version + 1))


def _ended_staging(claim: Claim) -> dict[str, str]:
    """Remove the decision that was staged for a claim that has moved; what the audit says of it."""
    staged = StagedDecision.objects.filter(claim=claim)
    action = staged.values_list("action", flat=True).first()
    if action is None:
        return {}
    staged.delete()
    return {"staged": action}


def _marks(claim: Claim, step: Transition, by: User, reason: ReviewReason | None, text: str) -> dict[str, Any]:
    """Who and when, as the target status asks for it."""
    now = timezone.now()
    if step.action == "claim":
        return {"reviewer": by, "claimed_at": now}
    if step.action == "assign":
        return {"claimed_at": now}
    if step.action == "release":
        return {"reviewer": None, "claimed_at": None}
    if step.action == "resubmit":
        undecided = {"decided_by": None, "decided_at": None, "reason": None, "decision_text": ""}
        return {"submitted_at": now, "reviewer": None, "claimed_at": None} | undecided
    if step.action in DECISIONS:
        return {"decided_by": by, "decided_at": now, "reason": reason, "decision_text": text.strip()}
    return {"reviewer": None, "claimed_at": None}


def log(
    project: Project,
    action: str,
    by: User,
    *,
    claim: Claim | None = None,
    before: str = "",
    reason: ReviewReason | None = None,
    text: str = "",
    changes: Mapping[str, Any] | None = None,
) -> ClaimEvent:
    """One line of the project's timeline."""
    return ClaimEvent.objects.create(
        project=project,
        claim=claim,
        action=action,
        from_status=before,
        to_status="" if claim is None else claim.status,
        by=by,
        reason=reason,
        text=text.strip(),
        changes=dict(changes or {}),
    )


def follow_claims(project: Project) -> None:
    """Bring the stored status of a locked project in line with its claims."""
    statuses = Claim.objects.filter(project=project).values_list("status", flat=True)
    project.status = project_status(statuses)
    project.bump()
    project.save(update_fields=["status", "version", "updated_at"])


_WAS = {
    ClaimStatus.SUBMITTED: gettext_lazy("gönderildi"),
    ClaimStatus.IN_REVIEW: gettext_lazy("incelemeye alındı"),
    ClaimStatus.APPROVED: gettext_lazy("onaylandı"),
    ClaimStatus.RETURNED: gettext_lazy("düzeltilmek üzere okula geri gönderildi"),
    ClaimStatus.REJECTED: gettext_lazy("reddedildi"),
    ClaimStatus.WITHDRAWN: gettext_lazy("geri çekildi"),
}


def true_state(claim: Claim) -> str:
    """What somebody who came too late is told: who brought the claim to its state, or was given it, and when."""
    event = (
        ClaimEvent.objects.filter(claim=claim, to_status=claim.status)
        .select_related("by")
        .order_by("-at", "-pk")
        .first()
    )
    state = str(_WAS[ClaimStatus(claim.status)])
    if event is None:
        return _("Bu talep bu arada %(state)s; işleminiz yapılmadı.") % {"state": state}
    at = timezone.localtime(event.at)
    person = claim.reviewer if event.action == "assign" and claim.reviewer is not None else event.by
    return _("Bu talep %(at)s itibarıyla %(name)s tarafından %(state)s; işleminiz yapılmadı.") % {
        "at": at.strftime("%d.%m.%Y %H:%M"),
        "name": person.full_name,
        "state": state,
    }
