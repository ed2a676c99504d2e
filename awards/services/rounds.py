"""Computing a round: the year's rules of a cadence, applied in order of precedence, frozen into lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from awards.models import AwardLine, AwardList, AwardRound, AwardRule
from awards.precedence import ACHIEVEMENT_DOCUMENT, Outcome, Place, Result, award
from awards.services.states import transition
from awards.sources import RankingSource, rule_with_candidates, source_of
from awards.workflow import STANDING, AuthorityKind, DocumentKind, LineStatus, ListStatus
from common.audit import record
from common.errors import UserError
from schools import year_settings
from schools.models import AcademicYear, Posting
from schools.models.people import Employment
from scoring.models import RankingRow, RankingRun
from scoring.services import compute_run
from scoring.workflow import RunStatus

Progress = Callable[[int, int, str], None]

NO_MEASURE = "Bu kuralın ölçüsü modülde henüz yok."
WITHOUT_ACHIEVEMENT = frozenset({Employment.HOURLY, Employment.PRIVATE})


@dataclass(frozen=True)
class _Part:
    """A rule that can be computed, with the ranking it reads."""

    rule: AwardRule
    source: RankingSource
    run: RankingRun


def compute_round(
    *,
    year: AcademicYear,
    cadence: str,
    by: User | None,
    progress: Progress | None = None,
    allow_fresh: bool = False,
) -> AwardRound:
    """Compute the rules of a cadence into lists from published rankings whose objection window is closed.

    Earlier lists of the cadence that no board has decided are discarded; decided ones stand, and their people count as
    taken. With ``allow_fresh`` a ranking that is not ready is computed anew and marked in the round (its lists can't be
    decided until that run is published and its window is closed). Raises ``UserError`` when nothing can be computed.
    """
    tell = progress or (lambda done, total, text: None)
    tell(0, 4, _("Sıralamalar okunuyor"))
    parts, skipped, fresh = _parts(year, cadence, by, allow_fresh)
    if not parts:
        raise UserError(_("Bu sıklıkta hesaplanabilecek bir kural yok; kural kataloğunu denetleyiniz."))
    with transaction.atomic():
        AcademicYear.objects.select_for_update().get(pk=year.pk)
        tell(1, 4, _("Önceki kararlar okunuyor"))
        discarded = _discard_undecided(year, cadence)
        settings = year_settings.all_of(year)
        tell(2, 4, _("Kurallar uygulanıyor"))
        standing = _standing_units(year, cadence)
        results = award(
            [
                rule_with_candidates(part.rule, part.source, part.run, standing.get(part.rule.pk, set()))
                for part in parts
            ],
            taken=taken_people(year),
            struck=struck_people(year),
            backfill=settings["backfill"] == "on",
        )
        number = AwardRound.objects.filter(year=year, cadence=cadence).aggregate(Max("number"))["number__max"] or 0
        new = AwardRound.objects.create(
            year=year,
            cadence=cadence,
            number=number + 1,
            used_settings={
                "backfill": settings["backfill"],
                "award_authority": settings["award_authority"],
                "one_award": settings["one_award"],
                "runs": {part.rule.code: part.run.pk for part in parts},
                "fresh_runs": fresh,
            },
            skipped_rules=skipped,
            computed_by=by,
        )
        tell(3, 4, _("Listeler yazılıyor"))
        lists = _write_lists(new, parts, results, settings["award_authority"])
        record(
            action="award_round.compute",
            target=new,
            by=by,
            after={"lists": lists, "rules": [part.rule.code for part in parts], "discarded_lists": discarded},
        )
    tell(4, 4, "")
    return new


def taken_people(year: AcademicYear) -> dict[tuple[str, Hashable], str]:
    """(group, staff id) -> rule code of everybody on a list of the year that a board has decided."""
    lines = AwardLine.objects.filter(
        list__round__year=year, list__status__in=STANDING, status=LineStatus.AWARDED, staff__isnull=False
    ).order_by("list__round__computed_at", "pk")
    taken: dict[tuple[str, Hashable], str] = {}
    for group, staff, code in lines.values_list("list__rule__group", "staff_id", "list__rule__code"):
        taken.setdefault((group, staff), code)
    return taken


def struck_people(year: AcademicYear) -> set[tuple[str, Hashable]]:
    """(rule code, staff id) of everybody whom a board has struck off a list of that rule this year."""
    return set(
        AwardLine.objects.filter(list__round__year=year, status=LineStatus.STRUCK, staff__isnull=False)
        .exclude(list__status=ListStatus.DISCARDED)
        .values_list("list__rule__code", "staff_id")
    )


def usable_run(year: AcademicYear, source: RankingSource) -> RankingRun:
    """The published run of a measure whose objection window is closed; raises ``UserError`` saying what is missing."""
    run = (
        RankingRun.objects.filter(
            year=year, measure=source.measure, partition=source.partition, status=RunStatus.PUBLISHED
        )
        .order_by("-published_at", "-pk")
        .first()
    )
    if run is None:
        raise UserError(_("Proje puanı sıralaması yayımlanmamış; önce sıralamayı hesaplayıp yayımlayınız."))
    require_closed_window(run)
    return run


def require_closed_window(run: RankingRun) -> None:
    """Raise ``UserError`` while schools may still object to the run."""
    if run.objections_until is not None and timezone.localdate() <= run.objections_until:
        raise UserError(
            _("Sıralamanın itiraz süresi %(date)s günü doluyor; liste ertesi günden başlayarak hazırlanabilir.")
            % {"date": run.objections_until.strftime("%d.%m.%Y")}
        )


def _parts(
    year: AcademicYear, cadence: str, by: User | None, allow_fresh: bool
) -> tuple[list[_Part], list[dict[str, str]], list[int]]:
    parts: list[_Part] = []
    skipped: list[dict[str, str]] = []
    fresh: list[int] = []
    for rule in AwardRule.objects.filter(year=year, cadence=cadence, is_active=True).order_by("order", "pk"):
        source = source_of(rule)
        if source is None:
            skipped.append({"rule": rule.code, "reason": NO_MEASURE})
            continue
        try:
            run = usable_run(year, source)
        except UserError:
            if not allow_fresh:
                raise
            run = compute_run(year=year, measure=source.measure, partition=source.partition, by=by)
            fresh.append(run.pk)
        parts.append(_Part(rule, source, run))
    return parts, skipped, fresh


def _discard_undecided(year: AcademicYear, cadence: str) -> int:
    """Take back the proposals of earlier rounds of the cadence; a round without any other list is discarded whole."""
    lists = list(
        AwardList.objects.select_for_update(of=("self",))
        .filter(round__year=year, round__cadence=cadence, status=ListStatus.PROPOSED)
        .order_by("pk")
    )
    for award_list in lists:
        transition(award_list, "discard")
        award_list.bump()
    AwardList.objects.bulk_update(lists, ["status", "version"], batch_size=500)
    emptied = AwardRound.objects.filter(year=year, cadence=cadence, is_discarded=False).exclude(
        lists__in=AwardList.objects.filter(round__year=year).exclude(status=ListStatus.DISCARDED)
    )
    emptied.update(is_discarded=True)
    return len(lists)


def _standing_units(year: AcademicYear, cadence: str) -> dict[int, set[int | None]]:
    """By rule the districts (None: the province) whose list a board has decided: they are not computed again."""
    lists = AwardList.objects.filter(round__year=year, round__cadence=cadence, status__in=STANDING)
    units: defaultdict[int, set[int | None]] = defaultdict(set)
    for rule, district in lists.order_by("pk").values_list("rule_id", "district_id"):
        units[rule].add(district)
    return dict(units)


def _write_lists(new: AwardRound, parts: list[_Part], results: list[Result], authority: str) -> int:
    written = 0
    for part in parts:
        found = [result for result in results if result.rule == part.rule.code]
        rows = _rows_of(part.run, found)
        groups: defaultdict[int | None, list[tuple[Result, RankingRow]]] = defaultdict(list)
        for result in found:
            row = rows[result.person]
            groups[row.district_id if part.source.place is not Place.PROVINCE else None].append((result, row))
        for own in groups.values():
            own.sort(key=lambda pair: pair[1].position)
        lists = AwardList.objects.bulk_create(
            AwardList(
                round=new,
                rule=part.rule,
                run=part.run,
                district_id=unit,
                authority=authority_for(unit, authority),
            )
            for unit in groups
        )
        postings = postings_of(new.year, (result.person for result in found))
        AwardLine.objects.bulk_create(
            (
                _line(award_list, position, result, row, postings.get(row.staff_id or 0))
                for award_list in lists
                for position, (result, row) in enumerate(groups[award_list.district_id], start=1)
            ),
            batch_size=1000,
        )
        written += len(lists)
    return written


def _rows_of(run: RankingRun, results: Iterable[Result]) -> dict[Hashable, RankingRow]:
    people = {int(str(result.person)) for result in results}
    rows = RankingRow.objects.filter(run=run, staff__in=people).defer("evidence").select_related("institution")
    return {row.staff_id: row for row in rows.order_by("position")}


def postings_of(year: AcademicYear, staff: Iterable[object]) -> dict[int, Posting]:
    """The year's postings of these people, with institution, by staff id."""
    postings = Posting.objects.filter(year=year, staff__in=set(staff)).select_related("institution")
    return {posting.staff_id: posting for posting in postings.order_by("staff_id")}


def authority_for(district: int | None, setting: str) -> AuthorityKind:
    """Who grants: by the year's setting ``award_authority`` (``by_level`` or ``province``)."""
    if district is None or setting == "province":
        return AuthorityKind.GOVERNOR
    return AuthorityKind.DISTRICT_GOVERNOR


def document_for(rule: AwardRule, posting: Posting | None) -> DocumentKind:
    """Başarı Belgesi for kadrolu and sözleşmeli staff of state schools, teşekkür belgesi for the others."""
    if rule.document != ACHIEVEMENT_DOCUMENT:
        return DocumentKind.PRIZE
    if posting is None or posting.employment in WITHOUT_ACHIEVEMENT or posting.institution.is_private:
        return DocumentKind.THANKS
    return DocumentKind.ACHIEVEMENT


def _line(award_list: AwardList, position: int, result: Result, row: RankingRow, posting: Posting | None) -> AwardLine:
    institution = row.institution or (posting.institution if posting else None)
    return AwardLine(
        list=award_list,
        position=position,
        staff_id=row.staff_id,
        ranking_row=row,
        partition_key=row.partition_key,
        category=row.category,
        rank=result.rank,
        tied_at_cut=result.tied_at_cut,
        value=row.value,
        holder_name=row.holder_name,
        title=str(posting.get_title_display()) if posting else "",
        branch=posting.branch if posting else "",
        institution=institution,
        institution_name=institution.name if institution else "",
        document=document_for(award_list.rule, posting),
        status=LineStatus.PASSED_OVER if result.outcome is Outcome.PASSED_OVER else LineStatus.AWARDED,
        passed_over_for=result.passed_over_for,
    )
