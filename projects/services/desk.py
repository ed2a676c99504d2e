"""What reviewers write beside a claim: notes among themselves, and opinions asked of a colleague.

Nothing of it enters the timeline, which the school reads; the audit keeps all of it.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.outbox import notify
from common.text import clean_lines
from projects.models import Claim, ReviewNote, SecondOpinion
from projects.rules import may
from projects.services.transition import locked_claim, locked_project, true_state
from projects.workflow import AWAITING_REVIEW, REVIEWER, Decision

LONGEST = 2000
"""Characters of a note, a question or an opinion."""


@transaction.atomic
def add_note(*, claim: Claim, text: str, by: User) -> ReviewNote:
    """Write a note that only reviewers read."""
    current = _locked(claim, by)
    text = worded(text, _("Notunuzu yazınız."))
    note = ReviewNote.objects.create(claim=current, by=by, text=text)
    record(action="claim.note", target=current, by=by, after={"note": note.pk})
    return note


@transaction.atomic
def ask_opinion(*, claim: Claim, of: User, text: str, by: User) -> SecondOpinion:
    """Ask a colleague who may review the claim for an opinion, and tell them."""
    current = _locked(claim, by)
    _require_open(current)
    if of.pk == by.pk:
        raise UserError(_("Görüşü kendinizden isteyemezsiniz; ekipten bir arkadaşınızı seçiniz."))
    if not (of.is_active and may(of, REVIEWER, current)):
        raise UserError(_("Seçtiğiniz kişi bu talebi inceleyemez; ekipten başka birini seçiniz."))
    asked = worded(text, _("Ne hakkında görüş istediğinizi yazınız."))
    try:
        with transaction.atomic():
            opinion = SecondOpinion.objects.create(claim=current, asked_by=by, asked_of=of, text=asked)
    except IntegrityError:
        raise Conflict(_("%(name)s adlı kişiden bu talep için zaten görüş istendi.") % {"name": of.full_name}) from None
    record(action="claim.ask_opinion", target=current, by=by, after={"opinion": opinion.pk, "asked_of": of.pk})
    notify(
        recipient=of,
        kind="claim.ask_opinion",
        subject=_("İkinci görüşünüz isteniyor: %(title)s") % {"title": current.project.title},
        body="\n\n".join(filter(None, (_("%(name)s görüşünüzü istiyor.") % {"name": by.full_name}, opinion.text))),
        url=reverse("projects:review", args=[current.pk]),
    )
    return opinion


@transaction.atomic
def give_opinion(*, opinion: SecondOpinion, advice: str, text: str, by: User) -> SecondOpinion:
    """Answer a request: what the colleague would decide, in their own words.

    Whoever asked is told, while they may review the claim themselves.
    """
    current = _locked(opinion.claim, by)
    standing = SecondOpinion.objects.select_related("asked_by").get(pk=opinion.pk, claim=current)
    if standing.asked_of_id != by.pk:
        raise PermissionDenied
    if standing.answered_at is not None:
        raise Conflict(_("Bu görüş isteği artık açık değil; talebe karar verilmiş ya da görüşünüz kaydedilmiş."))
    if advice not in Decision.values:
        raise UserError(_("Hangi kararı önerdiğinizi seçiniz."))
    text = worded(text, _("Görüşünüzün gerekçesini yazınız."))
    standing.advice, standing.answer, standing.answered_at = advice, text, timezone.now()
    standing.save(update_fields=["advice", "answer", "answered_at"])
    record(action="claim.give_opinion", target=current, by=by, after={"opinion": standing.pk, "advice": advice})
    if not may(standing.asked_by, REVIEWER, current):
        return standing
    notify(
        recipient=standing.asked_by,
        kind="claim.give_opinion",
        subject=_("İkinci görüş verildi: %(title)s") % {"title": current.project.title},
        body=_("%(name)s: %(advice)s. %(text)s")
        % {"name": by.full_name, "advice": standing.get_advice_display(), "text": text},
        url=reverse("projects:review", args=[current.pk]),
    )
    return standing


def close_opinions(*, claim: Claim, by: User) -> int:
    """End the requests that are still open because ``by`` decides or withdraws; part of that transaction.

    They stay without advice, so that everybody sees that the answer was no longer needed. Returns how many.
    """
    closed = SecondOpinion.objects.filter(claim=claim, answered_at=None).update(answered_at=timezone.now())
    if closed:
        record(action="claim.close_opinions", target=claim, by=by, after={"closed": closed})
    return closed


def _locked(claim: Claim, by: User) -> Claim:
    """The claim, locked, if the person may review it."""
    current = locked_claim(claim.pk, locked_project(claim.project_id))
    if not may(by, REVIEWER, current):
        raise PermissionDenied
    return current


def worded(text: str, missing: str) -> str:
    """The text, cleaned; refused where it is empty (``missing`` says what to write) or too long to keep."""
    text = clean_lines(text).strip()
    if not text:
        raise UserError(missing)
    if len(text) > LONGEST:
        raise UserError(_("Metin en çok %(limit)d karakter olabilir; kısaltınız.") % {"limit": LONGEST})
    return text


def _require_open(claim: Claim) -> None:
    if claim.status not in AWAITING_REVIEW:
        raise Conflict(true_state(claim))
