"""What a stored run would be if it were computed now; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scoring.inputs import MEASURES, Partition, Query, one_view
from scoring.models import RankingRow, RankingRun
from scoring.selectors.comparisons import (
    Change,
    Comparison,
    ExplainedChange,
    compare_lines,
    explained,
    lines_of_ranking,
    lines_of_run,
    rows_by_holder,
)
from scoring.selectors.rankings import RankedRow, Ranking, collector_paused, rank_reading


@dataclass(frozen=True)
class WhatIf:
    """The ranking as the data are now, beside the stored run."""

    run: RankingRun
    ranking: Ranking
    comparison: Comparison

    def explained(self, changes: Iterable[Change]) -> list[ExplainedChange]:
        """The given changes with the stored row, the row as it would be (not stored), and why they differ."""
        listed = list(changes)
        wanted = {change.holder for change in listed}
        new = {key: self._row(row) for row in self.ranking.rows if (key := (row.holder_id, row.subject)) in wanted}
        return explained(listed, rows_by_holder(self.run, listed), new)

    def _row(self, row: RankedRow) -> RankingRow:
        facts: Mapping[str, object] = {"group": " / ".join(row.labels)}
        return RankingRow(
            partition_key=row.partition_key,
            rank=row.rank,
            tied=row.tied,
            subject=row.subject,
            holder_name=row.holder.name,
            value_exact=self.ranking.exact_text(row),
            value=self.ranking.value(row),
            evidence={**facts, **self.ranking.reading.evidence(row.holder_id, row.subject)},
        )


def what_if(run: RankingRun) -> WhatIf:
    """Reads everything again on one view and ranks it. Raises ``UserError`` when it cannot be computed any more."""
    measure = MEASURES[run.measure]
    query = Query(run.year, run.parameters.get("term"), run.parameters.get("exam", ""), with_evidence=True)
    partition = Partition.parse(run.partition, measure.partitions)
    with collector_paused(), one_view():
        reading = measure.read(query)
        ranking = rank_reading(measure, partition, reading)
    return WhatIf(run, ranking, compare_lines(lines_of_run(run), lines_of_ranking(ranking)))
