"""Writes on projects: the only code that changes them."""

from projects.services.copying import TitleTaken, copy_project
from projects.services.drafts import FieldRefused, FieldsChanged, Saved, autosave_field, create_project
from projects.services.evidence import add_evidence, attach_stored, remove_evidence
from projects.services.handover import hand_over, name_coordinator
from projects.services.questions import answer_question
from projects.services.review import (
    approve_claim,
    claim_for_review,
    mark_good_example,
    reject_claim,
    release,
    return_claim,
)
from projects.services.staging import announce, stage_decision, take_back
from projects.services.submission import NotReady, add_claim, resubmit, submit_project, withdraw
from projects.services.teams import update_partners, update_team
from projects.services.transition import transition, true_state

__all__ = [
    "FieldRefused",
    "FieldsChanged",
    "NotReady",
    "Saved",
    "TitleTaken",
    "add_claim",
    "add_evidence",
    "announce",
    "answer_question",
    "approve_claim",
    "attach_stored",
    "autosave_field",
    "claim_for_review",
    "copy_project",
    "create_project",
    "hand_over",
    "mark_good_example",
    "name_coordinator",
    "reject_claim",
    "release",
    "remove_evidence",
    "resubmit",
    "return_claim",
    "stage_decision",
    "submit_project",
    "take_back",
    "transition",
    "true_state",
    "update_partners",
    "update_team",
    "withdraw",
]
