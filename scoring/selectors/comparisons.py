"""What changed between two runs of the same ranking, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scoring.inputs import MEASURES
from scoring.models import RankingRow, RankingRun
from scoring.selectors.rankings import Ranking
from scoring.selectors.reasons import group_label, reasons_between

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
    old = rows_by_holder(run.previous, listed) if run.previous else {}
    return explained(listed, old, rows_by_holder(run, listed))


def explained(
    changes: Iterable[Change], old: Mapping[HolderKey, RankingRow], new: Mapping[HolderKey, RankingRow]
) -> list[ExplainedChange]:
    """The changes with their rows before and after and why they differ; nothing is read."""
    result = []
    for change in changes:
        before, after = old.get(change.holder), new.get(change.holder)
        row = after or before
        if row is not None:
            reasons = reasons_between(before, after)
            result.append(ExplainedChange(change.kind, row.holder_name, group_label(row), before, after, reasons))
    return result


def rows_by_holder(run: RankingRun, changes: Sequence[Change]) -> dict[HolderKey, RankingRow]:
    """The run's rows of those who changed (one query)."""
    field = {"staff": "staff_id", "student": "student_id"}.get(MEASURES[run.measure].holder, "institution_id")
    rows = run.rows.filter(**{f"{field}__in": {change.holder[0] for change in changes}}).order_by("position")
    return {(row.staff_id or row.student_id or row.institution_id or 0, row.subject): row for row in rows}
