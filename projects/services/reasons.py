"""The wording of the ready-made reasons. Their codes never change: statistics count by code."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.text import clean, clean_lines
from projects.models import ReviewReason
from projects.rules import may


@transaction.atomic
def edit_reason(
    *, reason: ReviewReason, label: str, sentence: str, is_active: bool, seen: str, by: User
) -> ReviewReason:
    """Change how a reason reads and whether it is offered; what was sent before keeps its words.

    ``seen`` is the ``wording_mark`` of what the person had before them; ``Conflict`` when it has changed since.
    """
    current = _locked(reason, by)
    if seen != wording_mark(current):
        raise Conflict(_("Siz düzenlerken bu gerekçe değişti; güncel hâlini okuyup değişikliğinizi yeniden yapınız."))
    label, sentence = clean(label), clean_lines(sentence).strip()
    if not label:
        raise UserError(_("Gerekçeye kısa bir ad veriniz."))
    if len(label) > 80 or len(sentence) > 600:
        raise UserError(_("Gerekçenin adı en çok 80, hazır cümlesi en çok 600 karakter olabilir; kısaltınız."))
    if not is_active and not _others_active(current):
        raise UserError(_("Bu kararın en az bir gerekçesi kullanımda kalmalıdır."))
    before = _in_audit(current)
    current.label, current.sentence, current.is_active = label, sentence, is_active
    current.save(update_fields=["label", "sentence", "is_active"])
    record(action="reason.edit", target=current, by=by, before=before, after=_in_audit(current))
    return current


@transaction.atomic
def move_reason(*, reason: ReviewReason, up: bool, by: User) -> None:
    """Change places with the reason above or below of the same decision; at the end of the list nothing happens."""
    current = _locked(reason, by)
    listed = list(ReviewReason.objects.filter(decision=current.decision).order_by("order", "pk"))
    place = [one.pk for one in listed].index(current.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(listed):
        return
    listed[place], listed[other] = listed[other], listed[place]
    for order, one in enumerate(listed, start=1):
        one.order = order
    ReviewReason.objects.bulk_update(listed, ["order"])
    record(
        action="reason.move",
        target=current,
        by=by,
        before={"order": place + 1},
        after={"order": other + 1},
    )


def wording_mark(reason: ReviewReason) -> str:
    """What a form carries to notice that somebody else changed the reason meanwhile."""
    return sha256(f"{reason.is_active:d}|{reason.label}|{reason.sentence}".encode()).hexdigest()


def _locked(reason: ReviewReason, by: User) -> ReviewReason:
    if not may(by, "projects.view_queue"):
        raise PermissionDenied
    locked = ReviewReason.objects.select_for_update(of=("self",)).filter(decision=reason.decision).order_by("pk")
    return {one.pk: one for one in locked}[reason.pk]


def _others_active(reason: ReviewReason) -> bool:
    others = ReviewReason.objects.filter(decision=reason.decision, is_active=True).exclude(pk=reason.pk)
    return others.exists()


def _in_audit(reason: ReviewReason) -> dict[str, Any]:
    return {"label": reason.label, "sentence": reason.sentence, "is_active": reason.is_active}
