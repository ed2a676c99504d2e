"""How a row's value came about, as its page shows it: which partial draws it, and its figures in Turkish notation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from common.disclosure import parts
from common.numbers import format_number
from scoring.engine.exact import DISPLAY_PLACES, exact, turkish
from scoring.engine.exam_working import shown
from scoring.exports import PROGRESS, TOO_FEW, places_of, value_head, working_words
from scoring.exports import unit_of as run_unit
from scoring.models import RankingRow, RankingRun
from scoring.selectors.readers import Reader, facts_of, reader_of

Evidence = Mapping[str, Any]

PARTIALS = {
    "teacher_project_points": "projects",
    "teacher_exam_progress": "groups",
    "teacher_exam_success": "groups",
    "school_exam_progress": "groups",
    "school_monitoring_progress": "groups",
    "student_exam_score": "student",
    "student_monitoring_exam": "student",
    "student_exam_rank": "student",
    "teacher_eba_points": "use",
    "teacher_eba_progress": "use",
    "school_eba_points": "school_use",
    "student_eba_usage": "time",
}


def working_context(row: RankingRow, user: Any) -> dict[str, Any]:
    """What ``templates/scoring/parts/working_*.html`` need for a row, and which of them it is.

    ``sees_answers``: of a student's result more than value, rank and where it is from.
    """
    evidence, reader, facts = row.evidence, reader_of(user, row.run), facts_of(row)
    kind = PARTIALS.get(row.run.measure, "projects")
    context: dict[str, Any] = {
        "working": evidence,
        "working_template": f"scoring/parts/working_{kind}.html",
        "value_words": value_words(row, reader),
        "working_words": working_words(facts, reader),
        "sees_figures": reader.sees_figures(facts),
        "sees_answers": reader.sees_answers(facts),
    }
    if not (context["sees_figures"] and context["sees_answers"]):
        return context
    if kind == "groups":
        years = evidence.get("years", [])
        context |= {
            "figures": group_figures(years),
            "sections": sections_of(years, reader, whole=reader.sees_whole(facts)),
        }
    elif kind == "use":
        context["terms"] = terms_of(evidence)
    elif kind == "student":
        context["subjects"] = [
            dict(subject) | {"net_words": fixed(subject.get("net"))} for subject in evidence["subjects"]
        ]
    elif kind == "school_use":
        context["total_words"] = exact_words(evidence["sum"])
    return context


def terms_of(evidence: Evidence) -> list[dict[str, Any]]:
    """The terms of a working of EBA use, the criteria with their values in words."""
    units = {"hour": _("saat"), "minute": _("dakika"), "count": _("adet")}
    return [
        {
            "term": term["term"],
            "working": term["working"],
            "criteria": [
                {**row, "value_words": f"{shown(exact(row['value']))} {units[row['unit']]}"} for row in term["criteria"]
            ],
        }
        for term in evidence.get("terms") or [evidence]
    ]


def unit_of(row: RankingRow) -> str:
    """The unit of the row's value: that of its run, but nets where the exam has no score."""
    if row.evidence.get("basis") == "net" and row.run.used_settings.get("progress") != "standardised":
        return _("net")
    if row.run.measure in {"student_exam_score", "student_monitoring_exam"} and row.evidence.get("score") is None:
        return _("net")
    return run_unit(row.run)


def value_words(row: RankingRow, reader: Reader | None = None) -> str:
    """The row's value with its unit: "gelişim 12,5000 net", "%62,2500", "Genel Sıra: 600".

    With a ``reader``, the figures of small groups only for those with a seat over them.
    """
    if reader is not None and not reader.sees_figures_of(row):
        return str(TOO_FEW)
    number = format_number(row.value, places_of(row.run))
    if "tier_scope" in row.run.used_settings:
        return f"{value_head(row.run)}: {number}"
    if row.run.measure == "teacher_exam_success":
        return f"%{number}"
    if row.run.measure in PROGRESS:
        return _("gelişim %(value)s %(unit)s") % {"value": number, "unit": unit_of(row)}
    return f"{number} {unit_of(row)}"


def with_groups(run: RankingRun) -> bool:
    """Whether the run's values are means of groups of students."""
    return PARTIALS.get(run.measure) == "groups"


def mean_of(row: RankingRow) -> Evidence | None:
    """The newest group behind a row with its mean and how many sat, applied and are enrolled; None without groups."""
    if not with_groups(row.run):
        return None
    years = row.evidence.get("years", [])
    return years[0] | {"mean_words": fixed(years[0].get("mean"))} if years else None


def fixed(text: str | None) -> str:
    """An exact value of a working as columns show it, with the same number of decimals in each row; "–" for None."""
    return format_number(None if text is None else exact(text), DISPLAY_PLACES)


def exact_words(text: str) -> str:
    """An exact value of a working: "12,8", and "32/3 (≈ 10,6667)" where no finite decimal exists."""
    return f"{text} (≈ {turkish(exact(text))})" if "/" in text else turkish(exact(text))


def group_figures(years: Sequence[Evidence]) -> list[tuple[str, list[str]]]:
    """The figures of the groups side by side: a label and one value for each sitting."""
    rows: list[tuple[str, list[str]]] = [
        (_("Sınava giren"), [_count(year.get("sat")) for year in years]),
        (_("Başvuran"), [_count(year.get("applied")) for year in years]),
        (_("Kayıtlı"), [_count(year.get("enrolled")) for year in years]),
    ]
    if any(year.get("students") != year.get("sat") for year in years):
        rows.append((_("Ortalamaya giren öğrenci"), [_count(year.get("students")) for year in years]))
    if any("correct" in year for year in years):
        rows.append((_("Doğru"), [_count(year.get("correct")) for year in years]))
        rows.append((_("Yanlış"), [_count(year.get("wrong")) for year in years]))
    rows.append((_("Toplam"), [fixed(year["sum"]) for year in years]))
    rows.append((_("Ortalama"), [fixed(year["mean"]) for year in years]))
    if any("/" in year["mean"] for year in years):
        rows.append(
            (_("Yuvarlanmamış ortalama"), [year["mean"].replace(".", ",").replace("/", " / ") for year in years])
        )
    if any("province" in year for year in years):
        rows.append((_("İlin ortalaması"), [fixed(year["province"]["mean"]) for year in years]))
        rows.append((_("İlin standart sapması"), [year["province"]["deviation"] for year in years]))
        rows.append((_("Standart puan (il ortalamasına uzaklık)"), [fixed(year["distance"]) for year in years]))
    return rows


def _count(value: Any) -> str:
    return "–" if value is None else turkish(value)


def sections_of(years: Sequence[Evidence], reader: Reader, *, whole: bool) -> list[dict[str, Any]]:
    """The sections of a teacher by sitting; the figures of small ones only for those with a seat over them, or who see
    the ``whole`` working.

    The group's total stands above them: where it would give a small section away, another one is hidden with it.
    """
    listed = []
    for year in years:
        sections = year.get("sections", [])
        seen = [whole or reader.is_over_section(one) for one in sections]
        open_ones = parts([(one["sat"], one["sat"] if known else 0) for one, known in zip(sections, seen, strict=True)])
        shown_sections = [
            dict(one) | {"hidden": not is_open, "mean_words": fixed(one.get("mean"))}
            for one, is_open in zip(sections, open_ones, strict=True)
        ]
        if shown_sections:
            listed.append({"exam": year, "sections": shown_sections})
    return listed
