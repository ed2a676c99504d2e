"""The life of a claim as plain data: states, who may move them, and what the buttons say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ClaimStage(models.TextChoices):
    PREPARING = "preparing", _("Hazırlayan")
    SUCCESS = "success", _("Başarı")


class ClaimStatus(models.TextChoices):
    SUBMITTED = "submitted", _("Gönderildi")
    IN_REVIEW = "in_review", _("İncelemede")
    APPROVED = "approved", _("Onaylandı")
    RETURNED = "returned", _("Düzeltme istendi")
    REJECTED = "rejected", _("Reddedildi")
    WITHDRAWN = "withdrawn", _("Geri çekildi")


class ProjectStatus(models.TextChoices):
    DRAFT = "draft", _("Taslak")
    SUBMITTED = "submitted", _("Gönderildi")
    IN_REVIEW = "in_review", _("İncelemede")
    APPROVED = "approved", _("Onaylandı")
    RETURNED = "returned", _("Düzeltme istendi")
    REJECTED = "rejected", _("Reddedildi")
    WITHDRAWN = "withdrawn", _("Geri çekildi")


class Decision(models.TextChoices):
    APPROVE = "approve", _("Onay")
    RETURN = "return", _("Düzeltme isteme")
    REJECT = "reject", _("Ret")


AWAITING_REVIEW = frozenset({ClaimStatus.SUBMITTED, ClaimStatus.IN_REVIEW})
OPEN = AWAITING_REVIEW | {ClaimStatus.RETURNED}
FINAL = frozenset({ClaimStatus.APPROVED, ClaimStatus.REJECTED, ClaimStatus.WITHDRAWN})


@dataclass(frozen=True)
class Transition:
    """``action`` moves a claim from one of ``sources`` to ``target`` for whoever holds ``permission``."""

    action: str
    sources: frozenset[ClaimStatus]
    target: ClaimStatus
    permission: str
    label: str | Promise
    needs_reason: bool = False


SCHOOL = "projects.edit_project"
REVIEWER = "projects.review_claim"
HOLDER = "projects.hand_over"

TRANSITIONS: dict[str, Transition] = {
    t.action: t
    for t in (
        Transition("resubmit", frozenset({ClaimStatus.RETURNED}), ClaimStatus.SUBMITTED, SCHOOL, _("Yeniden gönder")),
        Transition("withdraw", frozenset(OPEN), ClaimStatus.WITHDRAWN, SCHOOL, _("Geri çek")),
        Transition("claim", frozenset({ClaimStatus.SUBMITTED}), ClaimStatus.IN_REVIEW, REVIEWER, _("İncelemeye al")),
        Transition("assign", frozenset({ClaimStatus.SUBMITTED}), ClaimStatus.IN_REVIEW, REVIEWER, _("İncelemeye ver")),
        Transition("release", frozenset({ClaimStatus.IN_REVIEW}), ClaimStatus.SUBMITTED, REVIEWER, _("Bırak")),
        Transition("free", frozenset({ClaimStatus.IN_REVIEW}), ClaimStatus.SUBMITTED, HOLDER, _("İnceleyenden al")),
        Transition("approve", AWAITING_REVIEW, ClaimStatus.APPROVED, REVIEWER, _("Onayla")),
        Transition("return", AWAITING_REVIEW, ClaimStatus.RETURNED, REVIEWER, _("Düzeltme iste"), True),
        Transition("reject", AWAITING_REVIEW, ClaimStatus.REJECTED, REVIEWER, _("Reddet"), True),
    )
}

EDITABLE = frozenset({ProjectStatus.DRAFT, ProjectStatus.RETURNED, ProjectStatus.WITHDRAWN, ProjectStatus.REJECTED})
"""Statuses in which the school may change the project itself; in the others what was sent stands."""

SUBMITTABLE = frozenset({ProjectStatus.DRAFT, ProjectStatus.WITHDRAWN, ProjectStatus.REJECTED})
"""Statuses without an open or approved claim, in which sending makes a new first claim."""

_FURTHEST_FIRST = (
    ClaimStatus.APPROVED,
    ClaimStatus.IN_REVIEW,
    ClaimStatus.SUBMITTED,
    ClaimStatus.RETURNED,
    ClaimStatus.REJECTED,
    ClaimStatus.WITHDRAWN,
)


def project_status(claim_statuses: Iterable[str]) -> ProjectStatus:
    """The status of a project that has these claims: the furthest of them; without any it is a draft."""
    present = set(claim_statuses)
    for status in _FURTHEST_FIRST:
        if status in present:
            return ProjectStatus(status.value)
    return ProjectStatus.DRAFT
