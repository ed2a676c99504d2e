"""The ready-made reasons and their wording. Their codes never change: statistics count by code."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.text import clean, clean_lines, fold
from projects.models import ReviewReason
from projects.rules import may
from projects.workflow import Decision

MOST_REASONS = 20
"""So many reasons a decision may have, those not offered any more included: a list is chosen from at a glance."""


@transaction.atomic
def add_reason(*, decision: str, label: str, sentence: str, seen: str, by: User) -> ReviewReason:
    """Add a reason at the end of a decision's list; its code is made here.

    ``seen`` is the ``list_mark`` of what the person had before them; ``Conflict`` when the list has changed since.
    """
    if decision not in Decision.values:
        raise UserError(_("Gerekçenin hangi karara ait olduğunu seçiniz."))
    listed = _locked_list(decision, by)
    if seen != list_mark(listed):
        raise Conflict(_("Siz yazarken bu kararın gerekçeleri değişti; listeyi okuyup gerekiyorsa yeniden ekleyiniz."))
    label, sentence = _checked(label, sentence)
    if fold(label) in {fold(one.label) for one in listed}:
        raise UserError(_("Bu kararın aynı adlı bir gerekçesi var; onu düzenleyiniz ya da başka bir ad veriniz."))
    if len(listed) >= MOST_REASONS:
        raise UserError(
            _("Bir kararın en çok %(most)s gerekçesi olabilir; kullanılmayan birini yeniden adlandırınız.")
            % {"most": MOST_REASONS}
        )
    codes = {one.code for one in listed}
    number = next(number for number in range(1, MOST_REASONS + 1) if f"{decision}-{number}" not in codes)
    added = ReviewReason.objects.create(
        decision=decision,
        code=f"{decision}-{number}",
        label=label,
        sentence=sentence,
        order=max((one.order for one in listed), default=0) + 1,
    )
    record(action="reason.add", target=added, by=by, after=_in_audit(added) | {"code": added.code})
    return added


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
    label, sentence = _checked(label, sentence)
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


def list_mark(reasons: Iterable[ReviewReason]) -> str:
    """What the form of a new reason carries to notice that the list of its decision has changed meanwhile."""
    marks = sorted(f"{one.pk}:{wording_mark(one)}" for one in reasons)
    return sha256("|".join(marks).encode()).hexdigest()


def _checked(label: str, sentence: str) -> tuple[str, str]:
    label, sentence = clean(label), clean_lines(sentence).strip()
    if not label:
        raise UserError(_("Gerekçeye kısa bir ad veriniz."))
    if len(label) > 80 or len(sentence) > 600:
        raise UserError(_("Gerekçenin adı en çok 80, hazır cümlesi en çok 600 karakter olabilir; kısaltınız."))
    return label, sentence


def _locked(reason: ReviewReason, by: User) -> ReviewReason:
    return {one.pk: one for one in _locked_list(reason.decision, by)}[reason.pk]


def _locked_list(decision: str, by: User) -> list[ReviewReason]:
    if not may(by, "projects.view_queue"):
        raise PermissionDenied
    return list(ReviewReason.objects.select_for_update(of=("self",)).filter(decision=decision).order_by("pk"))


def _others_active(reason: ReviewReason) -> bool:
    others = ReviewReason.objects.filter(decision=reason.decision, is_active=True).exclude(pk=reason.pk)
    return others.exists()


def _in_audit(reason: ReviewReason) -> dict[str, Any]:
    return {"label": reason.label, "sentence": reason.sentence, "is_active": reason.is_active}
