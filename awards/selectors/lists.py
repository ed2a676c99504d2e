"""Reads of rounds and lists; ``lists_visible_to`` is where scope lives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from awards.models import AwardLine, AwardList, AwardListReport, AwardRound, AwardRule, ListConfirmation
from awards.models.rules import AREA_BOARDS
from awards.sources import sources_of, why_not
from awards.workflow import AuthorityKind, LineStatus, ListStatus
from common.text import sort_key, turkish_order
from schools.authority import seats_of
from schools.models import AcademicYear, InstitutionYear, Posting, StaffMember
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.units import Category
from scoring.models import RankingRun
from scoring.selectors.sources import outdated_runs

_CATEGORY_ORDER = {category: order for order, category in enumerate(Category.values)}


def rounds_of(year: AcademicYear) -> QuerySet[AwardRound]:
    """The rounds of a year, newest first, each with its numbers of lists."""
    return (
        AwardRound.objects.filter(year=year)
        .select_related("computed_by", "year")
        .annotate(
            list_count=Count("lists"),
            waiting_count=Count("lists", filter=Q(lists__status=ListStatus.PROPOSED)),
            issued_count=Count("lists", filter=Q(lists__status=ListStatus.ISSUED)),
        )
        .order_by("-computed_at", "-pk")
    )


def lists_visible_to(user: Any) -> QuerySet[AwardList]:
    """Lists that a seat lets the user read: the province's boards theirs, a district's board its own once decided."""
    chosen = Q(pk__in=())
    for seat in seats_of(user):
        commission = seat.commission
        in_province = Q(round__year__province=commission.year.province_id)
        if commission.kind in {CommissionKind.EXECUTIVE, CommissionKind.TECHNICAL}:
            chosen |= in_province
        elif commission.kind in AREA_BOARDS.values():
            areas = [area for area, board in AREA_BOARDS.items() if board == commission.kind]
            chosen |= in_province & ~Q(rule__area__in=[area for area in AREA_BOARDS if area not in areas])
        elif commission.kind == CommissionKind.DISTRICT:
            chosen |= Q(district=commission.district_id) & ~Q(status__in=[ListStatus.PROPOSED, ListStatus.DISCARDED])
    return AwardList.objects.filter(chosen).select_related("rule", "round__year__province", "district")


def with_counts(lists: QuerySet[AwardList]) -> QuerySet[AwardList]:
    """Each list with how many names, passed-over notes and ties it has; districts in Turkish order."""
    return lists.annotate(
        name_count=Count("lines", filter=Q(lines__status=LineStatus.AWARDED)),
        passed_count=Count("lines", filter=Q(lines__status=LineStatus.PASSED_OVER)),
        tie_count=Count("lines", filter=Q(lines__status=LineStatus.AWARDED, lines__tied_at_cut=True)),
        struck_count=Count("lines", filter=Q(lines__status=LineStatus.STRUCK)),
    ).order_by("rule__order", turkish_order("district__name"), "pk")


def mark_outdated(lists: Iterable[AwardList]) -> bool:
    """Gives each list ``outdated``: why its ranking no longer stands on the newest data, in sentences; whether any is.

    Discarded lists have nothing to be warned about.
    """
    shown = list(lists)
    runs = run_keys_of([one for one in shown if one.status != ListStatus.DISCARDED])
    found = outdated_runs(key for keys in runs.values() for key in keys)
    for one in shown:
        sentences = [words for key in runs.get(one.pk, ()) for words in found.get(key, [])]
        one.outdated = list(dict.fromkeys(sentences))  # type: ignore[attr-defined]
    return bool(found)


def run_keys_of(lists: Sequence[AwardList]) -> dict[int, list[int]]:
    """By list the rankings on which it stands: its own, or those that its lines name (one query for all of these)."""
    found = {one.pk: [one.run_id] for one in lists if one.run_id is not None}
    several = [one.pk for one in lists if one.run_id is None]
    if several:
        lines = AwardLine.objects.filter(list__in=several, ranking_row__isnull=False).order_by("ranking_row__run")
        for pk, run in lines.values_list("list_id", "ranking_row__run_id").distinct():
            found.setdefault(pk, []).append(run)
    return found


def runs_of(award_list: AwardList) -> list[RankingRun]:
    """The rankings on which a list stands, oldest first."""
    keys = run_keys_of([award_list]).get(award_list.pk, [])
    runs = RankingRun.objects.filter(pk__in=keys).select_related("points_table", "criteria_table", "year")
    return list(runs.order_by("pk"))


def lists_offered_to(user: Any) -> QuerySet[AwardList]:
    """Lists that wait for the user as mülki amir, or that they have answered."""
    chosen = Q(pk__in=())
    for seat in seats_of(user):
        commission = seat.commission
        if seat.role != SeatRole.CHAIR:
            continue
        if commission.kind == CommissionKind.DISTRICT:
            chosen |= Q(authority=AuthorityKind.DISTRICT_GOVERNOR, district=commission.district_id)
        elif commission.kind == CommissionKind.EXECUTIVE:
            chosen |= Q(authority=AuthorityKind.GOVERNOR, round__year__province=commission.year.province_id)
    return (
        AwardList.objects.filter(chosen)
        .exclude(status__in=[ListStatus.PROPOSED, ListStatus.DECIDED, ListStatus.DISCARDED])
        .select_related("rule", "round__year__province", "district")
    )


@dataclass
class Part:
    """The lines of one partition of a list."""

    title: str
    lines: list[AwardLine] = field(default_factory=list)
    tie: str = ""


def parts_of(lines: Iterable[AwardLine]) -> list[Part]:
    """Lines grouped as they were ranked: by subject in the list's order, or by category in catalogue order.

    Added names that no ranking holds come last; ties at the cut as a sentence.
    """
    groups: dict[tuple[int, str], list[AwardLine]] = {}
    for line in sorted(lines, key=lambda line: line.position):
        groups.setdefault(part_of(line), []).append(line)
    by_category = all(not run for run, _words in groups)
    ordered = (
        sorted(groups.items(), key=lambda pair: _CATEGORY_ORDER.get(pair[0][1], len(_CATEGORY_ORDER)))
        if by_category
        else groups.items()
    )
    return [Part(title=_title_of(*key), lines=own, tie=tie_sentence(own)) for key, own in ordered]


def part_of(line: AwardLine) -> tuple[int, str]:
    """What a line was ranked by: a ranking (its key) and a subject in it, or 0 and a category."""
    row = line.ranking_row
    return (row.run_id, row.subject) if row is not None and row.subject else (0, line.category)


def part_name(line: AwardLine) -> str:
    """The subject or the category in which a line was ranked; empty for a name that the board added without one."""
    run, name = part_of(line)
    return _title_of(run, name) if name else ""


def _title_of(run: int, name: str) -> str:
    if run:
        return name
    return str(Category(name).label) if name else _("Diğer")


def tie_sentence(lines: Iterable[AwardLine]) -> str:
    """What the board must know about a tie at the cut; empty without one."""
    tied = [line for line in lines if line.tied_at_cut and line.status == LineStatus.AWARDED]
    if not tied:
        return ""
    return _("%(rank)s. sırada %(count)s kişi eşit puanda; hepsi listeye alındı.") % {
        "rank": tied[0].rank,
        "count": len(tied),
    }


def lines_of(award_list: AwardList) -> QuerySet[AwardLine]:
    return AwardLine.objects.filter(list=award_list).select_related("institution", "ranking_row").order_by("position")


def category_of(posting: Posting) -> str:
    """The category of the posting's institution in that year; empty where none is recorded."""
    found = InstitutionYear.objects.filter(institution=posting.institution_id, year=posting.year_id)
    return found.values_list("category", flat=True).first() or ""


def people_to_add(award_list: AwardList, key: str, limit: int = 20) -> QuerySet[Posting]:
    """Postings of the list's district (or province) whose person's folded name contains ``key``."""
    postings = Posting.objects.filter(year=award_list.round.year_id, staff__name_key__contains=key)
    if award_list.district_id is not None:
        postings = postings.filter(institution__district=award_list.district_id)
    return postings.select_related("staff", "institution").order_by("staff__name_key", "staff_id")[:limit]


def catalogue_of(year: AcademicYear) -> QuerySet[AwardRule]:
    return AwardRule.objects.filter(year=year).order_by("order", "pk")


def catalogue_with_sources(year: AcademicYear) -> list[tuple[AwardRule, str]]:
    """The year's rules in catalogue order, each with why no round computes it; empty where one does."""
    return [(rule, "" if sources_of(rule) else why_not(rule)) for rule in catalogue_of(year)]


def status_counts(lists: QuerySet[AwardList]) -> dict[str, int]:
    """How many lists stand in each status."""
    return dict(lists.order_by().values_list("status").annotate(Count("pk")))


def offered_order(lists: QuerySet[AwardList]) -> QuerySet[AwardList]:
    """Lists that wait for an answer first, then the newest."""
    waiting = Case(When(status=ListStatus.OFFERED, then=Value(0)), default=Value(1), output_field=IntegerField())
    return lists.order_by(waiting, "-offered_at", "-pk")


def confirmations_of(award_list: AwardList) -> list[ListConfirmation]:
    """Who confirmed the list as it stands now."""
    found = ListConfirmation.objects.filter(list=award_list, list_version=award_list.version)
    return list(found.select_related("confirmed_by").order_by("pk"))


def current_report(award_list: AwardList) -> AwardListReport | None:
    """The printed report of the list as it stands now, once it has been made."""
    found = AwardListReport.objects.filter(list=award_list, list_version=award_list.version)
    return found.select_related("file").first()


def staff_of_province(award_list: AwardList) -> QuerySet[StaffMember]:
    return StaffMember.objects.filter(province=award_list.round.year.province_id)


@dataclass(frozen=True)
class RoundRow:
    """A line of a round as ``award_round`` prints it."""

    rule: str
    group: str
    partition: str
    rank: int | None
    holder_id: str
    holder: str
    value: Decimal | None
    document: str
    authority: str
    status: str
    passed_over_for: str


def round_rows(award_round: AwardRound) -> list[RoundRow]:
    """All lines of a round: by rule in catalogue order, district in Turkish order, category in theirs, then rank."""
    lines = (
        AwardLine.objects.filter(list__round=award_round)
        .select_related("list__rule", "list__district", "ranking_row")
        .defer("ranking_row__evidence")
    )
    ordered = sorted(
        lines,
        key=lambda line: (
            line.list.rule.order,
            sort_key(line.list.district.name) if line.list.district else "",
            0 if part_of(line)[0] else _CATEGORY_ORDER.get(line.category, len(_CATEGORY_ORDER)),
            line.position,
        ),
    )
    return [
        RoundRow(
            rule=line.list.rule.code,
            group=line.list.rule.group,
            partition=partition_label(line),
            rank=line.rank,
            holder_id=str(line.staff_id or line.student_id),
            holder=line.holder_name,
            value=line.value,
            document=str(line.get_document_display()),
            authority=str(line.list.get_authority_display()),
            status=line.status,
            passed_over_for=line.passed_over_for,
        )
        for line in ordered
    ]


def partition_label(line: AwardLine) -> str:
    """``Edremit / Ortaokul``, ``Edremit / Matematik``."""
    words = [line.list.district.name] if line.list.district else []
    if name := part_name(line):
        words.append(name)
    return " / ".join(words)
