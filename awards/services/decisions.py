"""What the board does with a proposed list: strike and add names, confirm, decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from awards.models import AwardLine, AwardList, ListConfirmation
from awards.selectors import category_of, runs_of
from awards.services.rounds import document_for, postings_of, require_closed_window, taken_people
from awards.services.states import locked_list, require_status, transition
from awards.workflow import LineStatus, ListStatus
from common.audit import record
from common.errors import UserError
from common.text import clean, clean_lines
from schools.authority import institutions_led_by
from schools.models import Posting, StaffMember
from scoring.models import Objection, RankingRow, RankingRun
from scoring.workflow import ObjectionStatus, RunStatus


@dataclass
class DecisionResult:
    """What became of each list of a bulk action, in the order given."""

    done: list[AwardList] = field(default_factory=list)
    refused: list[tuple[AwardList, str]] = field(default_factory=list)


@transaction.atomic
def strike_line(*, line: AwardLine, reason: str, version: object, by: User) -> AwardLine:
    """Take a name off a proposed list. It never comes back by backfill; its place stays empty."""
    award_list = locked_list(line.list_id, version)
    require_status(award_list, ListStatus.PROPOSED)
    locked = AwardLine.objects.select_for_update(of=("self",)).get(pk=line.pk, list=award_list)
    if locked.status != LineStatus.AWARDED:
        raise UserError(_("Bu ad zaten listede değil; sayfayı yenileyiniz."))
    locked.status, locked.reason = LineStatus.STRUCK, _required(reason, _("Adı çıkarma gerekçesini yazınız."))
    locked.save(update_fields=["status", "reason"])
    award_list.save(update_fields=["version"])
    record(
        action="award_line.strike",
        target=locked,
        by=by,
        before={"status": LineStatus.AWARDED},
        after={"status": LineStatus.STRUCK},
        note=locked.reason,
    )
    return locked


@transaction.atomic
def restore_line(*, line: AwardLine, version: object, by: User) -> AwardLine:
    """Put a struck name back on a list that is not decided yet."""
    award_list = locked_list(line.list_id, version)
    require_status(award_list, ListStatus.PROPOSED)
    locked = AwardLine.objects.select_for_update(of=("self",)).get(pk=line.pk, list=award_list)
    if locked.status != LineStatus.STRUCK:
        raise UserError(_("Yalnızca listeden çıkarılmış bir ad geri alınabilir."))
    before = locked.reason
    locked.status, locked.reason = LineStatus.AWARDED, ""
    locked.save(update_fields=["status", "reason"])
    award_list.save(update_fields=["version"])
    record(
        action="award_line.restore",
        target=locked,
        by=by,
        before={"status": LineStatus.STRUCK, "reason": before},
        after={"status": LineStatus.AWARDED},
    )
    return locked


@transaction.atomic
def add_line(*, award_list: AwardList, staff: StaffMember, reason: str, version: object, by: User) -> AwardLine:
    """Add a name that the ranking did not bring, with a reason; the line has no rank."""
    locked = locked_list(award_list.pk, version)
    require_status(locked, ListStatus.PROPOSED)
    posting = _posting_for(locked, staff)
    _require_free(locked, staff)
    row = RankingRow.objects.filter(run=locked.run, staff=staff).first() if locked.run_id is not None else None
    category = row.category if row else category_of(posting)
    position = (AwardLine.objects.filter(list=locked).aggregate(Max("position"))["position__max"] or 0) + 1
    line = AwardLine.objects.create(
        list=locked,
        position=position,
        staff=staff,
        ranking_row=row,
        partition_key=row.partition_key if row else "",
        category=category,
        value=row.value if row else None,
        holder_name=staff.full_name,
        title=str(posting.get_title_display()),
        branch=posting.branch,
        institution=posting.institution,
        institution_name=posting.institution.name,
        document=document_for(locked.rule, posting),
        status=LineStatus.AWARDED,
        reason=_required(reason, _("Adı ekleme gerekçesini yazınız.")),
    )
    locked.save(update_fields=["version"])
    record(action="award_line.add", target=line, by=by, after={"list": str(locked)}, note=line.reason)
    return line


@transaction.atomic
def confirm_list(*, award_list: AwardList, version: object, by: User) -> ListConfirmation:
    """A second member's word that the list as it stands is right; any later change of the list voids it.

    Refused to members who are on the list, or whose own school is.
    """
    locked = AwardList.objects.select_for_update(of=("self",)).get(pk=award_list.pk)
    require_status(locked, ListStatus.PROPOSED)
    if str(version) != str(locked.version):
        raise UserError(_("Liste bu arada değişti; güncel halini inceleyip yeniden teyit ediniz."))
    if is_interested(locked, by):
        raise UserError(_("Listede siz ya da okulunuz yer aldığı için bu listeyi teyit edemezsiniz."))
    confirmation, created = ListConfirmation.objects.get_or_create(
        list=locked, list_version=locked.version, confirmed_by=by
    )
    if created:
        record(action="award_list.confirm", target=locked, by=by, after={"version": locked.version})
    return confirmation


@transaction.atomic
def decide_list(
    *, award_list: AwardList, decision_number: str, decision_date: dt.date, version: object, by: User
) -> AwardList:
    """Decide on a list as it stands, with the board's decision number and date."""
    number = _required(decision_number, _("Kurul kararının sayısını yazınız."))
    locked = locked_list(award_list.pk, version)
    confirmed = _confirmed_by_others(locked, locked.version - 1, by)
    before = transition(locked, "decide")
    _require_ready(locked, decision_date)
    if is_interested(locked, by) and not confirmed:
        raise UserError(
            _(
                "“%(list)s” listesinde siz ya da okulunuz yer alıyor; önce kuruldan başka bir üyenin listeyi "
                "teyit etmesi gerekir."
            )
            % {"list": locked}
        )
    locked.decision_number, locked.decision_date, locked.decided_by = number[:40], decision_date, by
    locked.save(update_fields=["status", "version", "decision_number", "decision_date", "decided_by"])
    record(
        action="award_list.decide",
        target=locked,
        by=by,
        before={"status": before},
        after={"status": locked.status, "decision_number": number, "decision_date": decision_date.isoformat()},
    )
    return locked


def decide_lists(
    *, lists: Iterable[tuple[AwardList, object]], decision_number: str, decision_date: dt.date, by: User
) -> DecisionResult:
    """Decide on several (list, version) with one number and date; each by itself, refusals come back with reasons."""
    result = DecisionResult()
    for award_list, version in sorted(lists, key=lambda pair: pair[0].pk):
        try:
            result.done.append(
                decide_list(
                    award_list=award_list,
                    decision_number=decision_number,
                    decision_date=decision_date,
                    version=version,
                    by=by,
                )
            )
        except UserError as refusal:
            result.refused.append((award_list, str(refusal)))
    return result


def is_interested(award_list: AwardList, user: User) -> bool:
    """Whether the user is on the list, or works at or sits on the commission of a school on it."""
    lines = AwardLine.objects.filter(list=award_list, status=LineStatus.AWARDED)
    if lines.filter(staff__user=user.pk).exists():
        return True
    schools = {institution.pk for institution in institutions_led_by(user)}
    schools.update(
        Posting.objects.filter(staff__user=user.pk, year=award_list.round.year_id).values_list(
            "institution_id", flat=True
        )
    )
    return bool(schools) and lines.filter(institution__in=schools).exists()


def _confirmed_by_others(award_list: AwardList, version: int, by: User) -> bool:
    """Whether another member confirmed the list as it stood in that version."""
    confirmations = ListConfirmation.objects.filter(list=award_list, list_version=version)
    return confirmations.exclude(confirmed_by=by.pk).exists()


def _require_ready(award_list: AwardList, decision_date: dt.date) -> None:
    """Lists are decided on a published ranking, after the objection window, with every objection answered."""
    if decision_date > timezone.localdate():
        raise UserError(_("Kurul kararının tarihi ileri bir gün olamaz."))
    for run in runs_of(award_list):
        _require_settled(award_list, run, decision_date)


def _require_settled(award_list: AwardList, run: RankingRun, decision_date: dt.date) -> None:
    if run.status == RunStatus.COMPUTED:
        raise UserError(
            _("Bu listenin sıralaması yayımlanmamış; önce sıralama yayımlanmalı ve itiraz süresi dolmalıdır.")
        )
    require_closed_window(run)
    if run.objections_until is not None and decision_date <= run.objections_until:
        raise UserError(
            _("Kurul kararının tarihi, itiraz süresinin dolduğu %(date)s gününden sonra olmalıdır.")
            % {"date": run.objections_until.strftime("%d.%m.%Y")}
        )
    waiting = Objection.objects.filter(row__run=run, status=ObjectionStatus.OPEN)
    if award_list.district_id is not None:
        waiting = waiting.filter(row__district=award_list.district_id)
    if waiting.exists():
        raise UserError(
            _("“%(list)s” listesinin sıralamasına yapılmış ve cevaplanmamış itiraz var; önce itirazı cevaplayınız.")
            % {"list": award_list}
        )


def _posting_for(award_list: AwardList, staff: StaffMember) -> Posting:
    posting = postings_of(award_list.round.year, [staff.pk]).get(staff.pk)
    if posting is None:
        raise UserError(_("Bu kişinin bu yıl bir görev yeri yok; önce personel kaydını tamamlayınız."))
    if award_list.district_id is not None and posting.institution.district_id != award_list.district_id:
        raise UserError(_("Bu kişi başka bir ilçede görevli; onu kendi ilçesinin listesine ekleyiniz."))
    return posting


def _require_free(award_list: AwardList, staff: StaffMember) -> None:
    present = AwardLine.objects.filter(list=award_list, staff=staff).first()
    if present is not None and present.status == LineStatus.STRUCK:
        raise UserError(_("Bu kişi listeden çıkarılmış; eklemek yerine adını geri alınız."))
    if present is not None and present.status == LineStatus.AWARDED:
        raise UserError(_("Bu kişi zaten listede."))
    earlier = taken_people(award_list.round.year).get((award_list.rule.group, staff.pk))
    if present is not None:
        earlier = earlier or present.passed_over_for
    same_round = AwardLine.objects.filter(
        list__round=award_list.round_id, list__rule__group=award_list.rule.group, staff=staff, status=LineStatus.AWARDED
    ).values_list("list__rule__code", flat=True)
    code = earlier or same_round.first()
    if code:
        raise UserError(
            _("Bu kişi bu yıl %(rule)s kuralıyla ödül alıyor; kimse bir yılda iki kez ödüllendirilmez.")
            % {"rule": code}
        )


def _required(text: str, sentence: str) -> str:
    value = clean_lines(text) if "\n" in text else clean(text)
    if not value:
        raise UserError(sentence)
    return value[:1000]
