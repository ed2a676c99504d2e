"""What waits for somebody, by seat: the list of a home page and of the page of tasks."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from awards.models import AwardList, AwardRound
from awards.workflow import ListStatus
from eba.models import CriteriaTable
from portal.selectors.clerk import clerk_tasks
from portal.selectors.district import district_tasks
from portal.selectors.exams import exam_tasks
from portal.selectors.reading import Reading
from portal.selectors.review import review_tasks
from portal.selectors.school import school_tasks
from portal.selectors.task import Task
from schools.authority import MONITORING_KINDS
from schools.models import AcademicYear, Seat
from schools.models.commissions import CommissionKind, SeatRole
from scoring.inputs import MEASURES
from scoring.models import Objection, PointsTable, RankingRun
from scoring.selectors.runs import OUTDATED
from scoring.selectors.sources import outdated_keys
from scoring.workflow import ObjectionStatus, RunStatus


def tasks_of(user: Any, seats: Sequence[Seat], year: AcademicYear, reading: Reading | None = None) -> list[Task]:
    """Everything that waits for a user with these seats: overdue first, then by due day, then the rest.

    A fixed number of queries whatever the amount of data. ``reading`` is what the caller has read already.
    """
    reading = reading or Reading(user, seats, year)
    found = list(_tasks(reading))
    return sorted(found, key=lambda task: (not task.is_overdue, task.due or datetime.date.max))


def _tasks(reading: Reading) -> Iterator[Task]:
    seats, year, kinds = reading.seats, reading.year, reading.kinds
    if CommissionKind.SCHOOL in kinds:
        yield from school_tasks(reading)
    if CommissionKind.DISTRICT in kinds:
        yield from district_tasks(reading)
    if CommissionKind.TECHNICAL in kinds:
        yield from review_tasks(reading)
    if kinds & MONITORING_KINDS:
        yield from _monitoring_tasks(year, kinds)
    if CommissionKind.EXECUTIVE in kinds:
        yield from _executive_tasks(year)
    if CommissionKind.MEASUREMENT_CENTRE in kinds:
        yield from clerk_tasks(reading)
    yield from _granting_tasks(seats, year)
    yield from exam_tasks(reading)


def _monitoring_tasks(year: AcademicYear, kinds: set[str]) -> Iterator[Task]:
    """Rankings of the boards' own measures: to compute, to publish, outdated; and objections to answer."""
    codes = [measure.code for measure in MEASURES.values() if measure.board in kinds]
    runs = RankingRun.objects.filter(year=year, measure__in=codes)
    by_status = dict(runs.order_by().values_list("status").annotate(Count("pk")))
    address = reverse("scoring:rankings")
    areas = {measure.area for measure in MEASURES.values() if measure.board in kinds}
    own = f"&alan={areas.pop()}" if len(areas) == 1 else ""
    if CommissionKind.MONITORING_PROJECT in kinds and not by_status:
        yield Task(
            _("Proje puanı sıralaması henüz hesaplanmadı"), address,
            _("Onaylanan taleplerden öğretmen sıralamasını hesaplayınız."), icon="chart-bar", tone="info",
        )  # fmt: skip
    if computed := by_status.get(RunStatus.COMPUTED):
        yield Task(
            _("Yayımlanmayı bekleyen sıralamalar"), f"{address}?durum={RunStatus.COMPUTED}{own}",
            _("Yayımlanınca itiraz süresi başlar."),
            computed, icon="chart-bar", tone="info",
        )  # fmt: skip
    if RunStatus.PUBLISHED in by_status and (outdated := len(outdated_keys(runs))):
        yield Task(
            _("Verisi değişen yayımlanmış sıralamalar"), f"{address}?durum={OUTDATED}{own}",
            _("Farka bakıp gerekiyorsa yeniden hesaplayınız."),
            outdated, icon="refresh", tone="warning",
        )  # fmt: skip
    open_ones = Objection.objects.filter(row__run__in=runs, status=ObjectionStatus.OPEN).count()
    if open_ones:
        yield Task(
            _("Cevap bekleyen itirazlar"), reverse("scoring:objections"), "", open_ones, icon="scale", tone="warning"
        )


def _executive_tasks(year: AcademicYear) -> Iterator[Task]:
    drafts, criteria, proposed, decided, computed = _waiting_for_the_board(year)
    if criteria:
        yield Task(
            _("Onayınızı bekleyen EBA ölçütleri"), reverse("eba:criteria"),
            _("Ölçütler, ölçtükleri dönemden önce okullara duyurulur."), criteria, icon="list-check", tone="warning",
        )  # fmt: skip
    if drafts:
        yield Task(
            _("Onayınızı bekleyen puan tablosu"), reverse("scoring:points_tables"),
            _("Onaylanan tablo değişmez; değişiklik yeni sürüm olur."), drafts, icon="table", tone="warning",
        )  # fmt: skip
    address = reverse("awards:rounds")
    if proposed:
        yield Task(
            _("Karar bekleyen ödül listeleri"), address,
            _("Karar sayısı ve tarihi bütün listeler için bir kez girilir."),
            proposed, icon="gavel", tone="warning",
        )  # fmt: skip
    if decided:
        yield Task(_("Makama sunulacak listeler"), address, "", decided, icon="send", tone="info")
    rankings = reverse("scoring:rankings")
    if computed:
        yield Task(
            _("Kurulların yayımlamadığı sıralamalar"), f"{rankings}?durum={RunStatus.COMPUTED}",
            _("Hesaplandı; izleme ve değerlendirme kurulunun yayımlaması bekleniyor."),
            computed, icon="chart-bar", tone="info",
        )  # fmt: skip
    if outdated := len(outdated_keys(RankingRun.objects.filter(year=year))):
        yield Task(
            _("Verisi değişen yayımlanmış sıralamalar"), f"{rankings}?durum={OUTDATED}",
            _("Ödül listeleri karara bağlanmadan kurulun yeniden hesaplaması beklenir."),
            outdated, icon="refresh", tone="warning",
        )  # fmt: skip


def _waiting_for_the_board(year: AcademicYear) -> tuple[int, int, int, int, int]:
    """Points tables and criteria in draft, lists proposed and lists decided, rankings not published of a year: one
    statement, in plain SQL."""
    tables, criteria_tables, lists, rounds, runs = (
        model._meta.db_table for model in (PointsTable, CriteriaTable, AwardList, AwardRound, RankingRun)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT (SELECT count(*) FROM {tables} WHERE year_id = %s AND status = %s),
            (SELECT count(*) FROM {criteria_tables} WHERE year_id = %s AND status = %s),
            count(CASE WHEN list.status = %s THEN 1 END), count(CASE WHEN list.status = %s THEN 1 END),
            (SELECT count(*) FROM {runs} WHERE year_id = %s AND status = %s)
            FROM {lists} list JOIN {rounds} round ON round.id = list.round_id
            WHERE round.year_id = %s AND NOT round.is_discarded""",  # noqa: S608
            (
                year.pk,
                PointsTable.Status.DRAFT,
                year.pk,
                CriteriaTable.Status.DRAFT,
                ListStatus.PROPOSED,
                ListStatus.DECIDED,
                year.pk,
                RunStatus.COMPUTED,
                year.pk,
            ),
        )
        drafts, criteria, proposed, decided, computed = cursor.fetchone()
    return drafts, criteria, proposed, decided, computed


def _granting_tasks(seats: Sequence[Seat], year: AcademicYear) -> Iterator[Task]:
    chairs = [seat.commission for seat in seats if seat.role == SeatRole.CHAIR]
    district_ids = [commission.district_id for commission in chairs if commission.kind == CommissionKind.DISTRICT]
    governor = any(commission.kind == CommissionKind.EXECUTIVE for commission in chairs)
    if not district_ids and not governor:
        return
    mine = Q(authority="district_governor", district__in=district_ids)
    if governor:
        mine |= Q(authority="governor")
    offered = AwardList.objects.filter(mine, round__year=year, status=ListStatus.OFFERED).count()
    if offered:
        yield Task(
            _("Uygun görüşünüzü bekleyen listeler"), reverse("awards:offered"),
            _("Liste bir bütün olarak uygun görülür; dayanağı her satırda açılır."),
            offered, icon="gavel", tone="warning",
        )  # fmt: skip
