"""The one place where the status of a claim changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.text import clean_lines
from projects.models import Claim, ClaimEvent, Project, ReviewReason
from projects.rules import may
from projects.services.notices import tell_school
from projects.workflow import TRANSITIONS, ClaimStatus, Transition, project_status

DECISIONS = frozenset({"approve", "return", "reject"})


def locked_project(project_id: int) -> Project:
    """The project, locked until the transaction ends. Always the first lock: project before claim."""
    return (
        Project.objects.select_for_update(of=("self",))
        .select_related("institution", "year", "item__programme")
        .get(pk=project_id)
    )


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
) -> Claim:
    """Move a claim by the table of ``projects.workflow`` and write its history; returns the claim as saved.

    Locks the project and the claim, so of two people who decide at once one wins and the other gets ``Conflict`` with
    the true state. ``fields`` are further columns of the claim that the step sets. ``PermissionDenied`` for people whom
    the table does not allow.
    """
    step = TRANSITIONS[action]
    text = clean_lines(text)
    project = locked_project(claim.project_id)
    current = (
        Claim.objects.select_for_update(of=("self",)).select_related("item__programme", "reviewer").get(pk=claim.pk)
    )
    current.project = project
    if not may(by, step.permission, current):
        raise PermissionDenied
    _require_state(current, step, by)
    if step.needs_reason and (reason is None or not text.strip()):
        raise UserError(_("Bu karar için bir gerekçe seçip açıklamasını yazınız."))
    before = current.status
    values = dict(fields or {}) | _marks(current, step, by, reason, text) | {"status": step.target}
    saved = Claim.objects.filter(pk=current.pk, status=before, version=current.version).update(
        **values, version=current.version + 1
    )
    if not saved:
        raise Conflict(true_state(Claim.objects.get(pk=current.pk)))
    current.refresh_from_db()
    current.project = project
    log(project, action, by, claim=current, before=before, reason=reason, text=text, changes=changes)
    follow_claims(project)
    record(
        action=f"claim.{action}",
        target=current,
        by=by,
        before={"status": before},
        after={"status": step.target, "item": current.item_id, "points": str(current.independent_points or "")},
        note=text,
    )
    tell_school(current, action, by=by, text=text)
    return current


def _require_state(claim: Claim, step: Transition, by: User) -> None:
    if claim.status not in step.sources:
        raise Conflict(true_state(claim))
    if step.action in DECISIONS and claim.reviewer_id not in (None, by.pk):
        raise Conflict(true_state(claim))


def _marks(claim: Claim, step: Transition, by: User, reason: ReviewReason | None, text: str) -> dict[str, Any]:
    """Who and when, as the target status asks for it."""
    now = timezone.now()
    if step.action == "claim":
        return {"reviewer": by, "claimed_at": now}
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
    """What somebody who came too late is told: who brought the claim to its state, and when."""
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
    return _("Bu talep %(at)s itibarıyla %(name)s tarafından %(state)s; işleminiz yapılmadı.") % {
        "at": at.strftime("%d.%m.%Y %H:%M"),
        "name": event.by.full_name,
        "state": state,
    }
