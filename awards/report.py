"""What the printed report of a list says: rule, source, dates, notes, state of objections, places for signatures."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from awards.models import AwardLine, AwardList
from awards.selectors import Part, lines_of, part_name, parts_of, runs_of
from awards.wording import authority_words, post_words
from awards.workflow import LineStatus
from common.templatetags.ui import format_number
from common.text import turkish_upper
from schools.authority import in_office
from schools.models import Seat
from schools.models.commissions import CommissionKind, SeatRole
from scoring.inputs import MEASURES
from scoring.models import Objection, RankingRun
from scoring.workflow import ObjectionStatus

SIGNATURES_PER_LINE = 3
MOST_SIGNATURES = 12


def list_report(award_list: AwardList) -> dict[str, Any]:
    """The report as plain data (``templates/pdf/list_report.html``)."""
    lines = list(lines_of(award_list))
    parts = parts_of(lines)
    year = award_list.round.year
    return {
        "reference": " · ".join(
            (
                award_list.rule.code,
                str(award_list.district or year.province),
                year.name,
                f"{award_list.round.number}. tur",
            )
        ),
        "office": [
            "T.C.",
            f"{turkish_upper(year.province.name)} VALİLİĞİ",
            _("İl Millî Eğitim Müdürlüğü"),
            str(CommissionKind.EXECUTIVE.label),
        ],
        "title": _("ÖDÜL LİSTESİ"),
        "subtitle": award_list.rule.text,
        "facts": facts_of(award_list),
        "parts": [
            {"title": part.title, "rows": rows}
            for part in parts
            if (rows := [_row(line) for line in part.lines if line.status in {LineStatus.AWARDED, LineStatus.DECLINED}])
        ],
        "notes": _notes(parts, lines),
        "signatures": _signatures(award_list),
    }


def facts_of(award_list: AwardList) -> list[tuple[str, str]]:
    """Label and value of what every list must say about itself."""
    facts = [
        (_("Kural"), f"{award_list.rule.code} ({award_list.round.get_cadence_display()})"),
        (_("Yer"), str(award_list.district or award_list.round.year.province)),
        (_("Eğitim-öğretim yılı"), award_list.round.year.name),
        (_("Veren makam"), authority_words(award_list)),
        (_("Listenin hesaplanması"), _moment(award_list.round.computed_at)),
    ]
    for run in runs_of(award_list):
        facts.append((_("Kaynak"), _source(run)))
        if run.points_table is not None:
            facts.append((_("Puan tablosu"), str(run.points_table)))
        if run.criteria_table is not None:
            facts.append((_("EBA ölçüt tablosu"), str(run.criteria_table)))
        facts.append((_("İtiraz süresi"), objection_words(run)))
    if award_list.decision_date is not None:
        facts.append((_("Kurul kararı"), f"{award_list.decision_date:%d.%m.%Y} / {award_list.decision_number}"))
    if award_list.grant_date is not None:
        facts.append((_("Makam onayı"), f"{award_list.grant_date:%d.%m.%Y}" + _suffix(award_list.grant_number)))
    facts.append((_("Durum"), str(award_list.get_status_display())))
    return facts


def objection_words(run: RankingRun) -> str:
    """Where the run's objection window stands, in one sentence."""
    if run.published_at is None:
        return _("Sıralama yayımlanmadı.")
    waiting = Objection.objects.filter(row__run=run, status=ObjectionStatus.OPEN).count()
    answered = (
        _("cevap bekleyen itiraz yok") if not waiting else _("%(count)s itiraz cevap bekliyor") % {"count": waiting}
    )
    if run.objections_until is None:
        return _("İtiraz süresi yok; %(answered)s.") % {"answered": answered}
    day = f"{run.objections_until:%d.%m.%Y}"
    if timezone.localdate() <= run.objections_until:
        return _("%(day)s günü sonuna kadar sürüyor; %(answered)s.") % {"day": day, "answered": answered}
    return _("%(day)s günü doldu; %(answered)s.") % {"day": day, "answered": answered}


def passed_over_sentence(line: AwardLine) -> str:
    return _("%(name)s (%(category)s, %(rank)s. sıra): bu yıl %(rule)s kuralıyla ödül aldığı için atlandı.") % {
        "name": line.holder_name,
        "category": part_name(line),
        "rank": line.rank,
        "rule": line.passed_over_for,
    }


def _source(run: RankingRun) -> str:
    return _("%(ranking)s (%(number)s), %(moment)s") % {
        "ranking": run_words(run),
        "number": f"no {run.pk}",
        "moment": _moment(run.computed_at),
    }


def run_words(run: RankingRun) -> str:
    """What was ranked: the measure, and the exam or term of the run."""
    measure = MEASURES.get(run.measure)
    words = [str(measure.label) if measure else run.measure]
    if run.parameters.get("exam"):
        words.append(run.parameters["exam"])
    if run.parameters.get("term"):
        words.append(_("%(term)s. dönem") % {"term": run.parameters["term"]})
    return ", ".join(words)


def _notes(parts: list[Part], lines: list[AwardLine]) -> list[dict[str, Any]]:
    named = [
        (
            _("Eşitlikler"),
            [f"{part.title}: {part.tie}" for part in parts if part.tie],
            _("Kesme sırasında eşitlik yok."),
        ),
        (
            _("Atlananlar"),
            [passed_over_sentence(line) for line in lines if line.status == LineStatus.PASSED_OVER],
            _("Aynı yıl başka ödül aldığı için atlanan kimse yok."),
        ),
        (
            _("Kurulun çıkardıkları"),
            [f"{line.holder_name}: {line.reason}" for line in lines if line.status == LineStatus.STRUCK],
            "",
        ),
        (
            _("Kurulun ekledikleri"),
            [
                f"{line.holder_name}: {line.reason}"
                for line in lines
                if line.rank is None and line.status == LineStatus.AWARDED
            ],
            "",
        ),
    ]
    return [{"title": title, "items": items, "empty": empty} for title, items, empty in named if items or empty]


def _row(line: AwardLine) -> dict[str, str]:
    notes = []
    if line.rank is None:
        notes.append(_("Kurul ekledi"))
    if line.tied_at_cut:
        notes.append(_("Kesme sırasında eşit"))
    return {
        "rank": "–" if line.rank is None else str(line.rank),
        "name": line.holder_name,
        "post": post_words(line.title, line.branch),
        "institution": line.institution_name,
        "document": str(line.get_document_display()),
        "value": format_number(line.value),
        "note": ", ".join(notes),
    }


def _signatures(award_list: AwardList) -> list[list[dict[str, str]]]:
    """Places for the members of the deciding board on the day of the decision, the chair first."""
    day = award_list.decision_date or timezone.localdate()
    seats = sorted(
        Seat.objects.filter(
            in_office(day), commission__year=award_list.round.year, commission__kind=CommissionKind.EXECUTIVE
        )
        .select_related("staff")
        .order_by("pk")[:MOST_SIGNATURES],
        key=lambda seat: (seat.role != SeatRole.CHAIR, seat.pk),
    )
    people = [
        {
            "name": f"{seat.staff.first_name} {turkish_upper(seat.staff.last_name)}",
            "title": ", ".join(word for word in (seat.signs_as, str(seat.get_role_display())) if word),
        }
        for seat in seats
    ]
    return [people[start : start + SIGNATURES_PER_LINE] for start in range(0, len(people), SIGNATURES_PER_LINE)]


def _moment(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%d.%m.%Y %H:%M")


def _suffix(number: str) -> str:
    return f" / {number}" if number else ""
