"""What changed between two runs of the same ranking, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from scoring.engine.exact import exact, turkish
from scoring.inputs import MEASURES
from scoring.models import RankingRow, RankingRun
from scoring.selectors.rankings import Ranking

HolderKey = tuple[int, str]


class Line(NamedTuple):
    """A holder's place in one run."""

    partition: str
    rank: int
    value: str


Lines = Mapping[HolderKey, Line]


class Change(NamedTuple):
    """``kind``: appeared, left, moved (rank or group differs) or changed (only the value differs)."""

    kind: str
    holder: HolderKey
    before: Line | None
    after: Line | None


@dataclass(frozen=True)
class Comparison:
    changes: Sequence[Change]
    unchanged: int

    def summary(self) -> dict[str, int]:
        """How many of each kind."""
        counts = {"appeared": 0, "left": 0, "moved": 0, "changed": 0}
        for change in self.changes:
            counts[change.kind] += 1
        return counts | {"unchanged": self.unchanged}


def lines_of_run(run: RankingRun) -> Lines:
    rows = run.rows.order_by("position").values_list(
        "staff_id", "student_id", "institution_id", "partition_key", "rank", "value_exact", "subject"
    )
    return {
        (staff or student or institution, subject): Line(key, rank, value)
        for staff, student, institution, key, rank, value, subject in rows
    }


def lines_of_ranking(ranking: Ranking) -> Lines:
    return {
        (row.holder_id, row.subject): Line(row.partition_key, row.rank, ranking.exact_text(row)) for row in ranking.rows
    }


def compare_lines(before: Lines, after: Lines) -> Comparison:
    """Every holder whose place or value differs, in the order of the new run; who left comes last, by key."""
    changes = []
    unchanged = 0
    for holder, line in after.items():
        old = before.get(holder)
        if old == line:
            unchanged += 1
        else:
            changes.append(Change(_kind(old, line), holder, old, line))
    changes += [Change("left", holder, before[holder], None) for holder in sorted(set(before) - set(after))]
    return Comparison(changes, unchanged)


def _kind(old: Line | None, new: Line) -> str:
    if old is None:
        return "appeared"
    return "changed" if (old.partition, old.rank) == (new.partition, new.rank) else "moved"


@dataclass(frozen=True)
class ExplainedChange:
    """One change as the page shows it; ``reasons`` are sentences."""

    kind: str
    name: str
    where: str
    before: RankingRow | None
    after: RankingRow | None
    reasons: list[str]


def explained_changes(run: RankingRun, changes: Iterable[Change]) -> list[ExplainedChange]:
    """The given changes with the rows of both runs and why they differ (two queries)."""
    listed = list(changes)
    old = _rows_by_holder(run.previous, listed) if run.previous else {}
    new = _rows_by_holder(run, listed)
    result = []
    for change in listed:
        before, after = old.get(change.holder), new.get(change.holder)
        row = after or before
        if row is not None:
            reasons = reasons_between(before, after)
            result.append(ExplainedChange(change.kind, row.holder_name, group_label(row), before, after, reasons))
    return result


def group_label(row: RankingRow) -> str:
    """The row's group in words: "Edremit / Lise"."""
    return str(row.evidence.get("group", ""))


def _rows_by_holder(run: RankingRun, changes: Sequence[Change]) -> dict[HolderKey, RankingRow]:
    field = {"staff": "staff_id", "student": "student_id"}.get(MEASURES[run.measure].holder, "institution_id")
    rows = run.rows.filter(**{f"{field}__in": {change.holder[0] for change in changes}}).order_by("position")
    return {(row.staff_id or row.student_id or row.institution_id or 0, row.subject): row for row in rows}


def reasons_between(before: RankingRow | None, after: RankingRow | None) -> list[str]:
    """Sentences that say what in the working differs; without any, others moved around the holder."""
    old, new = (row.evidence if row else {} for row in (before, after))
    reasons = []
    if before and after and before.partition_key != after.partition_key:
        reasons.append(
            _("%(old)s grubundan %(new)s grubuna geçti.") % {"old": group_label(before), "new": group_label(after)}
        )
    reasons += _frame_reasons(old, new)
    reasons += _project_reasons(_projects(old), _projects(new))
    if not reasons and before and after and before.value_exact == after.value_exact:
        reasons.append(_("Kendi puanı değişmedi; grubundaki başka puanlar değişti."))
    return reasons


def _frame_reasons(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    if not old or not new:
        return []
    reasons = []
    if old.get("version") != new.get("version"):
        reasons.append(
            _("Puan tablosunun %(old)s. sürümü yerine %(new)s. sürümü kullanıldı.")
            % {"old": old.get("version"), "new": new.get("version")}
        )
    if old.get("rules") != new.get("rules"):
        reasons.append(_("Yılın puanlama ayarları değişti."))
    return reasons


def _projects(evidence: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    return {project["id"]: project for project in evidence.get("projects", [])}


def _project_reasons(old: Mapping[int, Mapping[str, Any]], new: Mapping[int, Mapping[str, Any]]) -> list[str]:
    reasons = []
    for key, project in new.items():
        share = turkish(exact(project["share"]))
        if key not in old:
            reasons.append(_("“%(title)s” projesi eklendi: %(new)s puan.") % {"title": project["title"], "new": share})
        elif old[key]["share"] != project["share"]:
            reasons.append(
                _("“%(title)s” projesinin puanı %(old)s iken %(new)s oldu.")
                % {"title": project["title"], "old": turkish(exact(old[key]["share"])), "new": share}
            )
    reasons += [
        _("“%(title)s” projesi artık sayılmıyor.") % {"title": old[key]["title"]} for key in old if key not in new
    ]
    return reasons
