"""How a row's value came about, as its page shows it: which partial draws it, and its figures in Turkish notation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from common.disclosure import SMALLEST_GROUP
from schools.rules import is_school_commission, sees_district
from scoring.engine.exact import exact, turkish
from scoring.engine.exam_working import shown
from scoring.exports import unit_of as run_unit
from scoring.exports import value_head
from scoring.models import RankingRow

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
    """What ``templates/scoring/parts/working_*.html`` need for a row, and which of them it is."""
    evidence = row.evidence
    kind = PARTIALS.get(row.run.measure, "projects")
    context: dict[str, Any] = {
        "working": evidence,
        "working_template": f"scoring/parts/working_{kind}.html",
        "value_words": value_words(row),
    }
    if kind == "groups":
        years = evidence.get("years", [])
        context |= {"figures": group_figures(years), "sections": sections_of(years, row, user)}
    elif kind == "use":
        context["terms"] = terms_of(evidence)
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


def value_words(row: RankingRow) -> str:
    """The row's value with its unit: "12,5 net", "%62,25", "Genel Sıra: 600"."""
    if "tier_scope" in row.run.used_settings:
        return f"{value_head(row.run)}: {turkish(row.value)}"
    if row.run.measure == "teacher_exam_success":
        return f"%{turkish(row.value)}"
    return f"{turkish(row.value)} {unit_of(row)}"


def mean_of(row: RankingRow) -> Evidence | None:
    """The newest group behind a row with its mean and how many sat, applied and are enrolled; None without groups."""
    if PARTIALS.get(row.run.measure) != "groups":
        return None
    years = row.evidence.get("years", [])
    return years[0] if years else None


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
    rows.append((_("Toplam"), [exact_words(year["sum"]) for year in years]))
    rows.append((_("Ortalama"), [exact_words(year["mean"]) for year in years]))
    if any("province" in year for year in years):
        rows.append((_("İlin ortalaması"), [year["province"]["shown"] for year in years]))
        rows.append((_("İlin standart sapması"), [year["province"]["deviation"] for year in years]))
        rows.append((_("İl ortalamasına uzaklık (standart sapma)"), [year["distance_shown"] for year in years]))
    return rows


def _count(value: Any) -> str:
    return "–" if value is None else turkish(value)


def sections_of(years: Sequence[Evidence], row: RankingRow, user: Any) -> list[dict[str, Any]]:
    """The sections of a teacher by sitting; the figures of small ones only for those with a seat over them."""
    over_all = row.district is not None and bool(sees_district(user, row.district))
    own = row.institution is not None and bool(is_school_commission(user, row.institution))
    listed = []
    for year in years:
        sections = [
            dict(section)
            | {
                "hidden": section["sat"] < SMALLEST_GROUP
                and not over_all
                and not (own and section["institution"] == row.evidence.get("institution"))
            }
            for section in year.get("sections", [])
        ]
        if sections:
            listed.append({"exam": year, "sections": sections})
    return listed
