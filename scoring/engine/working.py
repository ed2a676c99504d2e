"""How a value came about, as data and sentences: what a frozen row keeps and every points screen shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from scoring.engine.exact import as_text, plain, turkish
from scoring.engine.points import UNIT, Claim, ProjectPoints, Rules, Scale


class Names(NamedTuple):
    """The words of the catalogue as they were when the value was computed."""

    items: Mapping[int, str]
    programmes: Mapping[int, str]


class ProjectFacts(NamedTuple):
    """A project as a teacher's working shows it. ``title_order`` sorts equals; ``claims`` are all approved ones."""

    id: int
    title: str
    institution: str
    title_order: Any
    claims: Sequence[Claim]
    points: ProjectPoints
    team_size: int


@lru_cache(maxsize=1 << 12)
def product_sentence(points: Decimal, coefficient: Decimal) -> str:
    """``90 × %32 = 28,8 puan``."""
    product = Fraction(points) * Fraction(coefficient) / 100
    return f"{turkish(points)} × %{turkish(coefficient)} = {turkish(product)} puan"


def claim_working(claim: Claim, scale: Scale, names: Names, *, counted: bool) -> dict[str, Any]:
    """One claim: item, stage, points, coefficient, product, the sentence, and whether it counts."""
    item = scale.items.get(claim.item)
    coefficient = scale.coefficient(item) if item else Decimal(0)
    points = scale.points(claim)
    return {
        "id": claim.id,
        "item": names.items.get(claim.item, ""),
        "stage": claim.stage,
        "points": plain(points),
        "coefficient": plain(coefficient),
        "product": as_text(Fraction(scale.units(claim), UNIT)),
        "working": product_sentence(points, coefficient),
        "independent": bool(item and item.independent),
        "counted": counted,
    }


class Workings:
    """Workings of many teachers of one year; what a project is worth is worked out once for all its team."""

    def __init__(self, scale: Scale, rules: Rules, names: Names) -> None:
        self._scale, self._rules, self._names = scale, rules, names
        self._rows: dict[int, tuple[Fraction, dict[str, Any]]] = {}

    def of_teacher(self, projects: Iterable[ProjectFacts]) -> dict[str, Any]:
        """Each project with its claims, what was left out, the caps met, and the sum."""
        rules = self._rules
        weighed = [(facts, *self._share_and_row(facts)) for facts in projects]
        weighed.sort(key=lambda one: (-one[1], one[0].title_order, one[0].id))
        listed = [(facts, share) for facts, share, _row in weighed]
        rows = [dict(row) for _facts, _share, row in weighed]
        programmes = _programme_rows(listed, rows, self._scale, rules, self._names)
        if rules.project_sum == "all":
            parts = [share for _facts, share in listed]
        else:
            parts = [Fraction(row["counts_as"]) for row in programmes]
        total = sum(parts, Fraction(0)) if len(parts) != 1 else parts[0]
        return {
            "value": as_text(total),
            "working": _sum_sentence(parts, total),
            "projects": rows,
            "programmes": programmes,
        }

    def _share_and_row(self, facts: ProjectFacts) -> tuple[Fraction, dict[str, Any]]:
        known = self._rows.get(facts.id)
        if known is None:
            share = _share(facts, self._rules)
            known = self._rows[facts.id] = share, _project_row(facts, share, self._scale, self._rules, self._names)
        return known


def _share(facts: ProjectFacts, rules: Rules) -> Fraction:
    return Fraction(facts.points.units, UNIT * (facts.team_size if rules.team_share == "split" else 1))


def _project_row(facts: ProjectFacts, share: Fraction, scale: Scale, rules: Rules, names: Names) -> dict[str, Any]:
    whole = Fraction(facts.points.units, UNIT)
    counted = {claim[1] for claim in facts.points.counted}
    row: dict[str, Any] = {
        "id": facts.id,
        "title": facts.title,
        "institution": facts.institution,
        "programme": names.programmes.get(facts.points.programme, ""),
        "team_size": facts.team_size,
        "points": as_text(whole),
        "share": as_text(share),
        "shown": f"{turkish(share)} puan",
        "counted": True,
        "claims": [
            claim_working(claim, scale, names, counted=claim.id in counted)
            for claim in sorted(facts.claims, key=lambda claim: (claim.id not in counted, claim.id))
        ],
    }
    if rules.team_share == "split" and facts.team_size > 1:
        row["share_working"] = f"{turkish(whole)} / {facts.team_size} öğretmen = {turkish(share)} puan"
    return row


def _programme_rows(
    listed: Sequence[tuple[ProjectFacts, Fraction]],
    rows: Sequence[dict[str, Any]],
    scale: Scale,
    rules: Rules,
    names: Names,
) -> list[dict[str, Any]]:
    """Per programme what is taken of it; marks the projects that do not count under ``best_per_programme``."""
    if rules.project_sum == "all":
        return []
    sums: dict[int, Fraction] = {}
    best: dict[int, Fraction] = {}
    for (facts, share), row in zip(listed, rows, strict=True):
        programme = facts.points.programme
        if rules.project_sum == "best_per_programme" and programme in best:
            row["counted"] = False
        best.setdefault(programme, share)
        sums[programme] = sums.get(programme, Fraction(0)) + share
    result = []
    for programme in sorted(sums):
        entry = {"programme": names.programmes.get(programme, ""), "sum": as_text(sums[programme])}
        if rules.project_sum == "best_per_programme":
            taken = best[programme]
            sentence = f"en yüksek puanlı proje: {turkish(taken)} puan"
        else:
            cap = Fraction(scale.cap(programme), UNIT)
            taken = min(sums[programme], cap)
            entry["cap"] = as_text(cap)
            sentence = f"toplam {turkish(sums[programme])}, üst sınır {turkish(cap)}: {turkish(taken)} puan"
        result.append(entry | {"counts_as": as_text(taken), "working": sentence})
    return result


def _sum_sentence(parts: Sequence[Fraction], total: Fraction) -> str:
    if len(parts) < 2:
        return f"{turkish(total)} puan"
    return f"{' + '.join(turkish(part) for part in parts)} = {turkish(total)} puan"
