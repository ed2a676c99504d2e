"""Computing a ranking run: read on one view of the data, rank, store frozen."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.imports.bulk import Target, chunks, insert
from common.jobs import create_job
from common.models import Job
from schools.models import AcademicYear
from scoring.inputs import Partition, Query, measure_of, one_view
from scoring.inputs.measures import digest_of
from scoring.models import RankingRow, RankingRun
from scoring.rules import may
from scoring.selectors.comparisons import Comparison, compare_lines, lines_of_ranking, lines_of_run
from scoring.selectors.rankings import RankedRow, Ranking, check_need, collector_paused, rank_reading
from scoring.selectors.runs import latest_run
from scoring.selectors.teaching import TeachingState, teaching_of

JOB_KIND = "scoring.compute_run"
BATCH = 2_000
ROW_COLUMNS = (
    "staff_id",
    "student_id",
    "institution_id",
    "district_id",
    "category",
    "subject",
    "partition_key",
    "position",
    "rank",
    "tied",
    "holder_name",
    "value_exact",
    "value",
    "evidence",
)

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class RunDraft:
    """A ranking as read and computed, not stored yet. ``read_at`` is the moment of its view of the data."""

    year: AcademicYear
    ranking: Ranking
    parameters: dict[str, Any]
    input_digest: str
    result_digest: str
    read_at: datetime
    teaching: list[TeachingState]


def compute_run(
    *,
    year: AcademicYear,
    measure: str,
    partition: str | None = None,
    by: User | None,
    term: int | None = None,
    exam: str = "",
    progress: Progress | None = None,
    job_id: uuid.UUID | None = None,
) -> RankingRun:
    """Compute and store one frozen run; ``by`` None is the system itself.

    Call it outside a transaction, so that the data are read on one consistent view. Two computations of the same thing
    at the same time give one run. ``PermissionDenied`` unless ``by`` sits on the measure's board; ``UserError`` when
    the measure cannot be computed.
    """
    draft = draft_run(year=year, measure=measure, partition=partition, by=by, term=term, exam=exam, progress=progress)
    return store_run(draft=draft, by=by, progress=progress, job_id=job_id)


def request_run(
    *, year: AcademicYear, measure: str, partition: str, by: User, term: int | None = None, exam: str = ""
) -> Job:
    """The job that computes the run; an unfinished one for the same thing is returned instead."""
    _require(year, measure, by)
    chosen = measure_of(measure)
    parts = Partition.parse(partition or chosen.default_partition, chosen.partitions)
    check_need(chosen, Query(year, term, exam))
    params = {"year": year.pk, "measure": measure, "partition": ",".join(parts.parts), "term": term, "exam": exam}
    return create_job(
        kind=JOB_KIND,
        params=params,
        by=by,
        label=_("Sıralama hesabı: %(label)s") % {"label": chosen.label},
        once_key=f"{year.pk}:{measure}:{parts.code}:{term or ''}:{exam}",
    )


def draft_run(
    *,
    year: AcademicYear,
    measure: str,
    partition: str | None,
    by: User | None,
    term: int | None = None,
    exam: str = "",
    progress: Progress | None = None,
) -> RunDraft:
    """Read everything on one view and rank it; writes nothing."""
    _require(year, measure, by)
    tell = progress or _silent
    chosen = measure_of(measure)
    query = Query(year, term, exam, with_evidence=True)
    check_need(chosen, query)
    parts = Partition.parse(chosen.default_partition if partition is None else partition, chosen.partitions)
    tell(0, 4, _("Veriler okunuyor"))
    parameters = {key: value for key, value in (("term", term), ("exam", exam)) if value}
    with collector_paused():
        with one_view():
            read_at = timezone.now()
            reading = chosen.read(query)
            teaching = teaching_of(reading.exam_versions) if "teaching" in chosen.files else []
        tell(1, 4, _("Sıralanıyor"))
        ranking = rank_reading(chosen, parts, reading)
        result_digest = digest_of(_result_lines(ranking))
        return RunDraft(year, ranking, parameters, reading.digest(), result_digest, read_at, teaching)


@transaction.atomic
def store_run(
    *, draft: RunDraft, by: User | None, progress: Progress | None = None, job_id: uuid.UUID | None = None
) -> RankingRun:
    """Write the run and its rows with their evidence; the same run (same job, or computed meanwhile) is returned."""
    tell = progress or _silent
    AcademicYear.objects.select_for_update(no_key=True, of=("self",)).get(pk=draft.year.pk)
    previous = latest_run(draft.year, draft.ranking.measure.code, draft.ranking.partition.code, draft.parameters)
    if previous is not None and _is_same(previous, draft, job_id):
        return previous
    comparison = compare_lines(lines_of_run(previous), lines_of_ranking(draft.ranking)) if previous else None
    run = _write_run(draft, by, job_id, previous, comparison)
    tell(2, 4, _("Satırlar yazılıyor"))
    _write_rows(run, draft, tell)
    record(
        action="ranking.compute",
        target=run,
        by=by,
        after={
            "measure": run.measure,
            "partition": run.partition,
            "rows": len(draft.ranking.rows),
            "input_digest": run.input_digest,
            "result_digest": run.result_digest,
        },
    )
    tell(4, 4, _("Tamamlandı"))
    return run


def _require(year: AcademicYear, measure: str, by: User | None) -> None:
    target = RankingRun(year=year, measure=measure_of(measure).code)
    if by is not None and not may(by, "scoring.compute_run", target):
        raise PermissionDenied


def _is_same(run: RankingRun, draft: RunDraft, job_id: uuid.UUID | None) -> bool:
    if job_id is not None and run.job_id == job_id:
        return True
    same = (run.input_digest, run.result_digest) == (draft.input_digest, draft.result_digest)
    return same and run.computed_at >= draft.read_at


def _write_run(
    draft: RunDraft,
    by: User | None,
    job_id: uuid.UUID | None,
    previous: RankingRun | None,
    comparison: Comparison | None,
) -> RankingRun:
    reading = draft.ranking.reading
    run = RankingRun.objects.create(
        year=draft.year,
        measure=draft.ranking.measure.code,
        partition=draft.ranking.partition.code,
        parameters=draft.parameters,
        points_table=reading.points_table,
        criteria_table=reading.criteria_table,
        used_settings=dict(reading.used_settings),
        inputs={
            "read_at": draft.read_at.isoformat(),
            "counts": {**reading.counts, "rows": len(draft.ranking.rows)},
            "notes": [dict(note) for note in reading.notes],
            "comparison": comparison.summary() if comparison else {},
            "basis": _basis(draft.ranking),
            "teaching": [list(state) for state in draft.teaching],
        },
        input_digest=draft.input_digest,
        result_digest=draft.result_digest,
        computed_by=by,
        job_id=job_id,
        previous=previous,
    )
    run.exam_versions.set(reading.exam_versions)
    return run


def _basis(ranking: Ranking) -> str:
    """What the values of an exam are made of where that is not the measure's own unit: "net" for want of a score."""
    if ranking.measure.needs != "exam" or not ranking.rows:
        return ""
    evidence = ranking.reading.evidence(ranking.rows[0].holder_id, ranking.rows[0].subject)
    without_score = "score" in evidence and evidence["score"] is None and "tier_scope" not in evidence
    return "net" if evidence.get("basis") == "net" or without_score else ""


def _write_rows(run: RankingRun, draft: RunDraft, tell: Progress) -> None:
    ranking = draft.ranking
    target = Target(model=RankingRow, columns=ROW_COLUMNS, key=(), update=(), scope={"run_id": run.pk})
    total = max(1, len(ranking.rows))
    done = 0
    for chunk in chunks(ranking.rows, BATCH):
        insert(target, [_row(ranking, row) for row in chunk])
        done += len(chunk)
        tell(2 * total + 2 * done, 4 * total, _("Satırlar yazılıyor"))


def _row(ranking: Ranking, row: RankedRow) -> tuple[Any, ...]:
    """The values of ``ROW_COLUMNS``."""
    place, kind = row.holder.place, ranking.measure.holder
    return (
        row.holder_id if kind == "staff" else None,
        row.holder_id if kind == "student" else None,
        place.institution_id,
        place.district_id,
        place.category,
        row.subject,
        row.partition_key,
        row.position,
        row.rank,
        row.tied,
        row.holder.name,
        ranking.exact_text(row),
        ranking.value(row),
        row_facts(ranking, row) | ranking.reading.evidence(row.holder_id, row.subject),
    )


def row_facts(ranking: Ranking, row: RankedRow) -> dict[str, Any]:
    """What a frozen row says about its holder, in words as they were."""
    place = row.holder.place
    return {
        "title": row.holder.description,
        "institution": place.institution,
        "institution_code": place.code,
        "district": place.district,
        "group": " / ".join(row.labels),
        "partition": {part: value.label for part, value in zip(ranking.partition.parts, row.parts, strict=True)},
    } | ({"subject": row.subject} if row.subject else {})


def _result_lines(ranking: Ranking) -> list[str]:
    """The result in a form that does not depend on names or on the order of display."""
    return sorted(
        f"{row.partition_key} {row.rank} {row.holder_id} {row.subject} {ranking.exact_text(row)}"
        for row in ranking.rows
    )


def _silent(_done: int, _total: int, _text: str) -> None:
    return None
