"""Questions of the reviewers to the school, and the school's answers, inside the project."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.outbox import notify
from projects.models import Claim, ClaimEvent, ClaimQuestion, StagedDecision
from projects.rules import may
from projects.services.desk import worded
from projects.services.notices import tell
from projects.services.transition import locked_claim, locked_project, true_state
from projects.workflow import AWAITING_REVIEW, REVIEWER


@transaction.atomic
def ask_question(*, claim: Claim, text: str, by: User) -> ClaimQuestion:
    """Ask the school about a claim that waits for a decision; the school is told, the claim keeps its status.

    ``Conflict`` when the claim is decided meanwhile; ``UserError`` for an empty text or while a decision is staged.
    """
    current = locked_claim(claim.pk, locked_project(claim.project_id))
    if not may(by, REVIEWER, current):
        raise PermissionDenied
    if current.status not in AWAITING_REVIEW:
        raise Conflict(true_state(current))
    if StagedDecision.objects.filter(claim=current).exists():
        raise UserError(_("Bu talebin kararı duyurulmayı bekliyor; soru sormadan önce kararı geri alınız."))
    text = worded(text, _("Okula soracağınız soruyu yazınız."))
    question = ClaimQuestion.objects.create(claim=current, asked_by=by, text=text)
    add_line(current, "question", by, text)
    record(action="claim.question", target=current, by=by, after={"question": question.pk}, note=text)
    tell(current.project, "question", by=by, body=text)
    return question


@transaction.atomic
def answer_question(*, question: ClaimQuestion, text: str, by: User) -> ClaimQuestion:
    """Answer a question for the school; whoever asked is told. Possible once, while the claim waits for a decision.

    ``Conflict`` when it has been answered or the claim decided meanwhile; ``UserError`` for an empty or overlong text.
    """
    text = worded(text, _("Cevabınızı yazınız; boş cevap gönderilemez."))
    project = locked_project(question.claim.project_id)
    claim = locked_claim(question.claim_id, project)
    current = ClaimQuestion.objects.select_related("asked_by", "answered_by").get(pk=question.pk)
    if not may(by, "projects.edit_project", claim):
        raise PermissionDenied
    if current.answered_at is not None:
        raise Conflict(_already_answered(current))
    if claim.status not in AWAITING_REVIEW:
        raise Conflict(
            _("Talep artık incelemede değil (%(status)s); soruyu cevaplamanız gerekmiyor.")
            % {"status": claim.get_status_display()}
        )
    current.answer, current.answered_by, current.answered_at = text, by, timezone.now()
    current.save(update_fields=["answer", "answered_by", "answered_at"])
    add_line(claim, "answer", by, text)
    record(action="claim.answer", target=claim, by=by, after={"question": current.pk}, note=text)
    notify(
        recipient=current.asked_by,
        kind="project.answer",
        subject=_("Sorunuz cevaplandı: %(title)s") % {"title": project.title},
        body=_("Soru: %(question)s\n\nCevap: %(answer)s") % {"question": current.text, "answer": text},
        url=reverse("projects:review", args=[claim.pk]),
    )
    return current


def add_line(claim: Claim, action: str, by: User, text: str) -> ClaimEvent:
    """A line of the timeline that moves nothing: it bears no status, so it is never read as a step of the claim."""
    return ClaimEvent.objects.create(project=claim.project, claim=claim, action=action, by=by, text=text)


def _already_answered(question: ClaimQuestion) -> str:
    name = question.answered_by.full_name if question.answered_by else _("başka biri")
    at = timezone.localtime(question.answered_at).strftime("%d.%m.%Y %H:%M")
    return _("Bu soru %(at)s itibarıyla %(name)s tarafından cevaplandı; sizin cevabınız kaydedilmedi.") % {
        "at": at,
        "name": name,
    }
