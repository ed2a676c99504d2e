"""Reads of stored runs, their rows and objections; who sees which rows lives here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from schools.authority import scope_of
from schools.models import AcademicYear
from scoring.inputs import MEASURES, Query, one_view
from scoring.models import Objection, RankingRun
from scoring.selectors.readers import answered_by
from scoring.selectors.sources import outdated_published
from scoring.workflow import ObjectionStatus, RunStatus

OUTDATED = "outdated"


def latest_run(
    year: AcademicYear, measure: str, partition: str, parameters: Mapping[str, Any] | None = None
) -> RankingRun | None:
    """The newest run of a ranking, of any status."""
    rows = RankingRun.objects.filter(year=year, measure=measure, partition=partition, parameters=dict(parameters or {}))
    return rows.order_by("-computed_at", "-pk").first()


def published_run(
    year: AcademicYear, measure: str, partition: str, parameters: Mapping[str, Any] | None = None
) -> RankingRun | None:
    """The run of a ranking that is published now: what award lists point at."""
    rows = RankingRun.objects.filter(
        year=year, measure=measure, partition=partition, parameters=dict(parameters or {}), status=RunStatus.PUBLISHED
    )
    return rows.select_related("points_table", "year__province").order_by("-published_at", "-pk").first()


def is_window_open(run: RankingRun, on: date | None = None) -> bool:
    """Whether schools may still object; both the first and the last day count."""
    return (
        run.status == RunStatus.PUBLISHED
        and run.objections_until is not None
        and (on or timezone.localdate()) <= run.objections_until
    )


def had_window(run: RankingRun) -> bool:
    """Whether publishing opened a window at all: a year with 0 objection days has none."""
    if run.objections_until is None or run.published_at is None:
        return False
    return run.objections_until >= timezone.localdate(run.published_at)


def open_objections(run: RankingRun) -> QuerySet[Objection]:
    return Objection.objects.filter(row__run=run, status=ObjectionStatus.OPEN).order_by("made_at", "pk")


def is_settled(run: RankingRun, on: date | None = None) -> bool:
    """Whether lists may be decided on this run: published, its window closed, no objection unanswered."""
    return run.status == RunStatus.PUBLISHED and not is_window_open(run, on) and not open_objections(run).exists()


def is_fresh(run: RankingRun) -> bool:
    """Whether the data still are what the run read; reads all inputs again (a moment, not for every page)."""
    measure = MEASURES[run.measure]
    with one_view():
        reading = measure.read(query_of(run))
        return reading.digest() == run.input_digest


def query_of(run: RankingRun) -> Query:
    return Query(run.year, run.parameters.get("term"), run.parameters.get("exam", ""))


def runs_visible_to(user: Any, year: AcademicYear) -> QuerySet[RankingRun]:
    """Those that are or were published; the others too for those who answer for them (``answered_by``)."""
    out = Q(status__in=(RunStatus.PUBLISHED, RunStatus.SUPERSEDED))
    rows = RankingRun.objects.filter(out | Q(measure__in=answered_by(user, year)), year=year)
    return rows.select_related("points_table", "computed_by").order_by("-computed_at", "-pk")


def filtered_runs(
    runs: QuerySet[RankingRun], *, area: str = "", measure: str = "", status: str = ""
) -> QuerySet[RankingRun]:
    """Runs of one area or measure, in one status (``OUTDATED``: published, on older versions), in the list's order."""
    if area:
        runs = runs.filter(measure__in=[known.code for known in MEASURES.values() if known.area == area])
    if measure:
        runs = runs.filter(measure=measure)
    if status == OUTDATED:
        return outdated_published(runs)
    return runs.filter(status=status) if status else runs


def objections_visible_to(user: Any, year: AcademicYear) -> QuerySet[Objection]:
    """The province's boards see all of the year, schools their own."""
    rows = Objection.objects.filter(row__run__year=year)
    scope = scope_of(user)
    if year.province_id not in scope.provinces:
        rows = rows.filter(institution__in=scope.institutions)
    return rows.select_related("row__run__year", "row__district", "institution", "made_by", "answered_by").order_by(
        "-made_at", "pk"
    )


def objection_counts(objections: QuerySet[Objection]) -> dict[str, int]:
    counted = objections.order_by().values_list("status").annotate(count=Count("pk"))
    return {status.value: dict(counted).get(status.value, 0) for status in ObjectionStatus}
