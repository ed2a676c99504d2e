"""Offering a decided list to the mülki amir, and the answer: granted or declined, whole, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from awards.models import AwardLine, AwardList
from awards.services.decisions import DecisionResult
from awards.services.states import locked_list, require_status, transition
from awards.workflow import AuthorityKind, LineStatus, ListStatus
from common.audit import record
from common.errors import UserError
from common.outbox import notify, notify_many
from common.text import clean, clean_lines
from schools.authority import governors, seats_over
from schools.models import District, Seat
from schools.models.commissions import CommissionKind, SeatRole


@transaction.atomic
def offer_list(*, award_list: AwardList, reason: str, version: object, by: User) -> AwardList:
    """Offer a decided list to the Kaymakam or Vali in office, with the reason; the evidence are the list's own rows."""
    text = clean_lines(reason)
    if not text:
        raise UserError(_("Teklifin gerekçesini yazınız; makam bu gerekçeyi görür."))
    locked = locked_list(award_list.pk, version)
    before = transition(locked, "offer")
    if not AwardLine.objects.filter(list=locked, status=LineStatus.AWARDED).exists():
        raise UserError(_("“%(list)s” listesinde kimse olmadığı için makama sunulamaz.") % {"list": locked})
    chairs = list(governors(locked.round.year, _district_of_authority(locked)))
    if not chairs:
        raise UserError(
            _("%(authority)s makamında bugün görevde görünen kimse yok; önce kurul başkanlığını kaydediniz.")
            % {"authority": locked.get_authority_display()}
        )
    locked.offered_at, locked.offer_reason = timezone.now(), text[:2000]
    locked.save(update_fields=["status", "version", "offered_at", "offer_reason"])
    record(
        action="award_list.offer",
        target=locked,
        by=by,
        before={"status": before},
        after={"status": locked.status},
        note=locked.offer_reason,
    )
    notify_many(
        recipients=[seat.staff.user for seat in chairs if seat.staff.user is not None],
        kind="award_list.offered",
        subject=_("Onayınıza sunulan ödül listesi: %(list)s") % {"list": locked},
        body=locked.offer_reason,
        url=reverse("awards:list", args=[locked.pk]),
    )
    return locked


def offer_lists(*, lists: Iterable[tuple[AwardList, object]], reason: str, by: User) -> DecisionResult:
    """Offer several (list, version) with one reason; each by itself, refusals are given back with reasons."""
    result = DecisionResult()
    for award_list, version in sorted(lists, key=lambda pair: pair[0].pk):
        try:
            result.done.append(offer_list(award_list=award_list, reason=reason, version=version, by=by))
        except UserError as refusal:
            result.refused.append((award_list, str(refusal)))
    return result


@transaction.atomic
def grant_list(
    *, award_list: AwardList, grant_number: str, grant_date: dt.date, version: object, by: User
) -> AwardList:
    """Grant the whole list: only by the mülki amir in office of its district or province, today and on ``grant_date``.

    ``grant_number`` is the EBYS number (may follow later). The seat becomes the signatory of the certificates.
    """
    locked = locked_list(award_list.pk, version)
    before = transition(locked, "grant")
    seat = seat_of_authority(locked, by, grant_date)
    if grant_date > timezone.localdate():
        raise UserError(_("Onay tarihi ileri bir gün olamaz."))
    if locked.decision_date is not None and grant_date < locked.decision_date:
        raise UserError(
            _("Onay tarihi, kurul kararının tarihi olan %(date)s gününden önce olamaz.")
            % {"date": locked.decision_date.strftime("%d.%m.%Y")}
        )
    locked.grant_number, locked.grant_date = clean(grant_number)[:40], grant_date
    locked.granted_by, locked.signatory = by, seat
    locked.save(update_fields=["status", "version", "grant_number", "grant_date", "granted_by", "signatory"])
    record(
        action="award_list.grant",
        target=locked,
        by=by,
        before={"status": before},
        after={
            "status": locked.status,
            "grant_number": locked.grant_number,
            "grant_date": grant_date.isoformat(),
            "signatory": str(seat),
        },
    )
    _tell_proposer(locked, "award_list.granted", _("Uygun görülen ödül listesi: %(list)s") % {"list": locked}, "")
    return locked


@transaction.atomic
def decline_list(*, award_list: AwardList, reason: str, version: object, by: User) -> AwardList:
    """Decline the whole list with a reason; nobody on it counts as rewarded."""
    text = clean_lines(reason)
    if not text:
        raise UserError(_("Listeyi uygun görmeme gerekçesini yazınız."))
    locked = locked_list(award_list.pk, version)
    before = transition(locked, "decline")
    seat_of_authority(locked, by, timezone.localdate())
    locked.decline_reason = text[:1000]
    locked.save(update_fields=["status", "version", "decline_reason"])
    AwardLine.objects.filter(list=locked, status=LineStatus.AWARDED).update(status=LineStatus.DECLINED)
    record(
        action="award_list.decline",
        target=locked,
        by=by,
        before={"status": before},
        after={"status": locked.status},
        note=locked.decline_reason,
    )
    _tell_proposer(locked, "award_list.declined", _("Uygun görülmeyen ödül listesi: %(list)s") % {"list": locked}, text)
    return locked


@transaction.atomic
def set_grant_number(*, award_list: AwardList, grant_number: str, version: object, by: User) -> AwardList:
    """Record the EBYS number of a granted list before its certificates are issued."""
    number = clean(grant_number)
    if not number:
        raise UserError(_("EBYS sayısını yazınız."))
    locked = locked_list(award_list.pk, version)
    require_status(locked, ListStatus.GRANTED)
    before, locked.grant_number = locked.grant_number, number[:40]
    locked.save(update_fields=["version", "grant_number"])
    record(
        action="award_list.set_grant_number",
        target=locked,
        by=by,
        before={"grant_number": before},
        after={"grant_number": locked.grant_number},
    )
    return locked


def seat_of_authority(award_list: AwardList, user: User, on: dt.date) -> Seat:
    """The user's chair of the granting board, held today and on that day; ``UserError`` says what is missing."""
    kind = CommissionKind.EXECUTIVE
    if award_list.authority == AuthorityKind.DISTRICT_GOVERNOR:
        kind = CommissionKind.DISTRICT
    place = _district_of_authority(award_list) or award_list.round.year
    today = seats_over(user, place, {kind}, {SeatRole.CHAIR})
    then = {seat.pk for seat in seats_over(user, place, {kind}, {SeatRole.CHAIR}, on)}
    held = [seat for seat in today if seat.pk in then]
    if not held:
        raise UserError(
            _("%(date)s günü bu makamda görevde görünmüyorsunuz; listeyi görevdeki mülki amir sonuçlandırır.")
            % {"date": on.strftime("%d.%m.%Y")}
        )
    if not clean(held[0].signs_as):
        raise UserError(
            _("Kurul başkanlığınızda imza unvanı (Vali, Kaymakam) yok; önce üyelik kaydınızı tamamlatınız.")
        )
    return held[0]


def _district_of_authority(award_list: AwardList) -> District | None:
    return award_list.district if award_list.authority == AuthorityKind.DISTRICT_GOVERNOR else None


def _tell_proposer(award_list: AwardList, kind: str, subject: str, body: str) -> None:
    if award_list.decided_by is not None:
        notify(
            recipient=award_list.decided_by,
            kind=kind,
            subject=subject,
            body=body,
            url=reverse("awards:list", args=[award_list.pk]),
        )
