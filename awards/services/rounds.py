"""Computing a round: the year's rules of a cadence, applied in order of precedence, frozen into lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from awards.models import AwardLine, AwardList, AwardRound, AwardRule
from awards.precedence import ACHIEVEMENT_DOCUMENT, Outcome, Place, Result, award
from awards.services.states import transition
from awards.sources import Part, RankingSource, parameters_of, rule_with_candidates, sources_of, why_not
from awards.workflow import STANDING, AuthorityKind, DocumentKind, LineStatus, ListStatus
from common.audit import record
from common.errors import UserError
from schools import year_settings
from schools.models import AcademicYear, Posting
from schools.models.people import Employment
from scoring.inputs import measure_of
from scoring.models import RankingRow, RankingRun
from scoring.selectors.runs import published_run
from scoring.services import compute_run

Progress = Callable[[int, int, str], None]

WITHOUT_ACHIEVEMENT = frozenset({Employment.HOURLY, Employment.PRIVATE})


@dataclass(frozen=True)
class _Reading:
    """A rule that can be computed, with the rankings it reads."""

    rule: AwardRule
    parts: tuple[Part, ...]

    @property
    def runs(self) -> int | list[int]:
        """The keys of the runs, one alone as a number."""
        keys = [part.run.pk for part in self.parts]
        return keys[0] if len(keys) == 1 else keys


def compute_round(
    *,
    year: AcademicYear,
    cadence: str,
    by: User | None,
    progress: Progress | None = None,
    allow_fresh: bool = False,
) -> AwardRound:
    """Compute the rules of a cadence into lists from published rankings whose objection window is closed.

    A rule whose rankings are not ready is left out, with the reason. Earlier lists of the same rules, terms and exams
    that no board has decided are discarded; decided ones stand, and their people count as taken. With ``allow_fresh`` a
    ranking that is not ready is computed anew and marked in the round (its lists can't be decided until that run is
    published and its window is closed). Raises ``UserError`` when nothing can be computed.
    """
    tell = progress or (lambda done, total, text: None)
    tell(0, 4, _("Sıralamalar okunuyor"))
    readings, skipped, fresh = _readings(year, cadence, by, allow_fresh)
    with transaction.atomic():
        AcademicYear.objects.select_for_update().get(pk=year.pk)
        tell(1, 4, _("Önceki kararlar okunuyor"))
        discarded = _discard_undecided(year, cadence, readings)
        settings = year_settings.all_of(year)
        tell(2, 4, _("Kurallar uygulanıyor"))
        standing = _standing_units(year, readings)
        results = award(
            [rule_with_candidates(one.rule, one.parts, standing.get(one.rule.pk, set())) for one in readings],
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
                "runs": {one.rule.code: one.runs for one in readings},
                "fresh_runs": fresh,
            },
            skipped_rules=skipped,
            computed_by=by,
        )
        tell(3, 4, _("Listeler yazılıyor"))
        lists = _write_lists(new, readings, results, settings["award_authority"])
        record(
            action="award_round.compute",
            target=new,
            by=by,
            after={"lists": lists, "rules": [one.rule.code for one in readings], "discarded_lists": discarded},
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


def usable_run(year: AcademicYear, source: RankingSource, parameters: Mapping[str, object]) -> RankingRun:
    """The published run of a ranking whose objection window is closed; raises ``UserError`` saying what is missing."""
    run = published_run(year, source.measure, source.partition, parameters)
    if run is None:
        raise UserError(
            _("“%(ranking)s” sıralaması yayımlanmamış; önce sıralamayı hesaplayıp yayımlayınız.")
            % {"ranking": measure_of(source.measure).label}
        )
    require_closed_window(run)
    return run


def require_closed_window(run: RankingRun) -> None:
    """Raise ``UserError`` while schools may still object to the run."""
    if run.objections_until is not None and timezone.localdate() <= run.objections_until:
        raise UserError(
            _("Sıralamanın itiraz süresi %(date)s günü doluyor; liste ertesi günden başlayarak hazırlanabilir.")
            % {"date": run.objections_until.strftime("%d.%m.%Y")}
        )


def _readings(
    year: AcademicYear, cadence: str, by: User | None, allow_fresh: bool
) -> tuple[list[_Reading], list[dict[str, str]], list[int]]:
    """The rules that can be computed, those that can't with the reason, and the runs computed for this round."""
    readings: list[_Reading] = []
    skipped: list[dict[str, str]] = []
    refusals: list[UserError] = []
    fresh: list[int] = []
    for rule in AwardRule.objects.filter(year=year, cadence=cadence, is_active=True).order_by("order", "pk"):
        sources = sources_of(rule)
        if not sources:
            skipped.append({"rule": rule.code, "reason": why_not(rule)})
            continue
        try:
            parts = tuple(_part(year, source, by, fresh if allow_fresh else None) for source in sources)
        except UserError as refusal:
            refusals.append(refusal)
            skipped.append({"rule": rule.code, "reason": str(refusal)})
        else:
            readings.append(_Reading(rule, parts))
    if not readings and refusals:
        raise UserError(" ".join(dict.fromkeys(str(refusal) for refusal in refusals)))
    if not readings:
        raise UserError(_("Bu sıklıkta hesaplanabilecek bir kural yok; kural kataloğunu denetleyiniz."))
    return readings, skipped, fresh


def _part(year: AcademicYear, source: RankingSource, by: User | None, fresh: list[int] | None) -> Part:
    """The ranking that is ready, else with ``fresh`` a new one whose key is noted there. Raises ``UserError``."""
    parameters = parameters_of(source, year)
    try:
        return Part(source, usable_run(year, source, parameters))
    except UserError:
        if fresh is None:
            raise
    run = compute_run(year=year, measure=source.measure, partition=source.partition, by=by, **parameters)
    fresh.append(run.pk)
    return Part(source, run)


def _discard_undecided(year: AcademicYear, cadence: str, readings: Sequence[_Reading]) -> int:
    """Take back the proposals of earlier rounds of the cadence; a round without any other list is discarded whole.

    Lists of another term or exam than the one that is computed now stay: nothing new takes their place.
    """
    lists = [
        award_list
        for award_list in AwardList.objects.select_for_update(of=("self",))
        .filter(round__year=year, round__cadence=cadence, status=ListStatus.PROPOSED)
        .select_related("run")
        .order_by("pk")
        if not _is_of_another_time(award_list, readings)
    ]
    for award_list in lists:
        transition(award_list, "discard")
        award_list.bump()
    AwardList.objects.bulk_update(lists, ["status", "version"], batch_size=500)
    emptied = AwardRound.objects.filter(year=year, cadence=cadence, is_discarded=False).exclude(
        lists__in=AwardList.objects.filter(round__year=year).exclude(status=ListStatus.DISCARDED)
    )
    emptied.update(is_discarded=True)
    return len(lists)


def _is_of_another_time(award_list: AwardList, readings: Iterable[_Reading]) -> bool:
    """Whether the list stands on a ranking of another term or exam than its rule reads now."""
    own = [one for one in readings if one.rule.pk == award_list.rule_id]
    if award_list.run is None or not own:
        return False
    return all(part.run.parameters != award_list.run.parameters for one in own for part in one.parts)


def _standing_units(year: AcademicYear, readings: Sequence[_Reading]) -> dict[int, set[int | None]]:
    """By rule the districts (None: the province) whose list a board has decided: they are not computed again."""
    rules = [one.rule.pk for one in readings]
    lists = AwardList.objects.filter(round__year=year, rule__in=rules, status__in=STANDING).select_related("run")
    units: defaultdict[int, set[int | None]] = defaultdict(set)
    for award_list in lists.order_by("pk"):
        if not _is_of_another_time(award_list, readings):
            units[award_list.rule_id].add(award_list.district_id)
    return dict(units)


Placed = tuple[Result, RankingRow, Part]


def _write_lists(new: AwardRound, readings: Sequence[_Reading], results: list[Result], authority: str) -> int:
    written = 0
    for one in readings:
        found = [result for result in results if result.rule == one.rule.code]
        groups = _by_unit(one, found)
        lists = AwardList.objects.bulk_create(
            AwardList(
                round=new,
                rule=one.rule,
                run=_only_run(own),
                district_id=unit,
                authority=authority_for(unit, authority),
            )
            for unit, own in groups.items()
        )
        postings = postings_of(new.year, (result.person for result in found))
        AwardLine.objects.bulk_create(
            (
                _line(award_list, position, result, row, postings.get(row.staff_id or 0))
                for award_list in lists
                for position, (result, row, _part) in enumerate(groups[award_list.district_id], start=1)
            ),
            batch_size=1000,
        )
        written += len(lists)
    return written


def _by_unit(one: _Reading, results: Sequence[Result]) -> dict[int | None, list[Placed]]:
    """The results of a rule by list: the district's or (None) the province's, in the order of the rankings.

    A person stands in a list once: with the award, else with the first note of having been passed over.
    """
    groups: defaultdict[int | None, dict[Hashable, Placed]] = defaultdict(dict)
    for part in one.parts:
        rows = _rows_of(part, results)
        for result in results:
            row = rows.get((result.partition, result.person))
            if row is None:
                continue
            unit = row.district_id if part.source.place is not Place.PROVINCE else None
            known = groups[unit].get(result.person)
            if known is None or result.outcome is not Outcome.PASSED_OVER:
                groups[unit][result.person] = (result, row, part)
    order = {part.run.pk: number for number, part in enumerate(one.parts)}
    return {unit: sorted(own.values(), key=lambda placed: _list_order(placed, order)) for unit, own in groups.items()}


def _list_order(placed: Placed, order: Mapping[int, int]) -> tuple[int, int, int]:
    """By ranking, then by place in it; where candidates were ranked again, by that rank."""
    result, row, part = placed
    return order[part.run.pk], result.rank if part.source.nominees else 0, row.position


def _only_run(placed: Iterable[Placed]) -> RankingRun | None:
    """The run of a list that stands on one; None where it stands on several (its lines name them)."""
    runs = {part.run.pk: part.run for _result, _row, part in placed}
    return next(iter(runs.values())) if len(runs) == 1 else None


def _rows_of(part: Part, results: Iterable[Result]) -> dict[tuple[str, Hashable], RankingRow]:
    """The rows behind these results by partition and person; those of other rankings are not among them."""
    people = {int(str(result.person)) for result in results}
    rows = RankingRow.objects.filter(run=part.run, staff__in=people).defer("evidence").select_related("institution")
    return {
        (part.name_of(part.source.key_of(row.partition_key, row.district_id)), row.staff_id): row
        for row in rows.order_by("position")
    }


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
