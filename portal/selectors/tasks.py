"""What waits for somebody, by seat: the list of a home page and of the page of tasks."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.models import AwardList, Certificate
from awards.workflow import ListStatus
from projects.models import Claim, Project
from projects.workflow import ClaimStatus, ProjectStatus
from schools.models import AcademicYear, Seat
from schools.models.commissions import CommissionKind, SeatRole
from scoring.models import Objection, PointsTable, RankingRun
from scoring.models.points import PointsTableStatus
from scoring.workflow import ObjectionStatus, RunStatus


@dataclass(frozen=True)
class Task:
    """One line of the list of what waits; ``due`` is a day, ``tone`` a status tone.

    ``since`` is the day on which it began to wait, where that is known.
    """

    title: str
    url: str
    text: str = ""
    count: int | None = None
    due: datetime.date | None = None
    icon: str = "checklist"
    tone: str = "neutral"
    since: datetime.date | None = None

    @property
    def is_overdue(self) -> bool:
        return self.due is not None and self.due < timezone.localdate()

    @property
    def age(self) -> int | None:
        """Whole days since it waits; None where nobody knows."""
        return None if self.since is None else (timezone.localdate() - self.since).days


def tasks_of(user: Any, seats: Sequence[Seat], year: AcademicYear) -> list[Task]:
    """Everything that waits for a user with these seats: overdue first, then by due day, then the rest.

    A fixed number of queries whatever the amount of data.
    """
    kinds = {seat.commission.kind for seat in seats}
    found = list(_tasks(user, seats, kinds, year))
    return sorted(found, key=lambda task: (not task.is_overdue, task.due or datetime.date.max))


def _tasks(user: Any, seats: Sequence[Seat], kinds: set[str], year: AcademicYear) -> Iterator[Task]:
    if CommissionKind.SCHOOL in kinds:
        yield from _school_tasks([seat.commission.institution_id for seat in seats], year)
    if CommissionKind.TECHNICAL in kinds:
        yield from _technical_tasks(user, year)
    if CommissionKind.MONITORING_PROJECT in kinds:
        yield from _monitoring_tasks(year)
    if CommissionKind.EXECUTIVE in kinds:
        yield from _executive_tasks(year)
    yield from _granting_tasks(seats, year)
    certificates = Certificate.objects.filter(line__staff__user=user).count()
    if certificates:
        yield Task(
            _("Belgeleriniz"), reverse("awards:own"), _("Adınıza düzenlenen belgeleri indirebilirsiniz."),
            certificates, icon="certificate", tone="success",
        )  # fmt: skip


def _school_tasks(institutions: list[int | None], year: AcademicYear) -> Iterator[Task]:
    own = Project.objects.filter(year=year, institution__in=[pk for pk in institutions if pk])
    counts = own.aggregate(
        drafts=Count("pk", filter=Q(status=ProjectStatus.DRAFT)),
    )
    due = timezone.localdate(year.submission_deadline) if year.submission_deadline else None
    address = reverse("projects:list")
    returned = (
        Claim.objects.filter(project__in=own, status=ClaimStatus.RETURNED)
        .select_related("project", "reason")
        .order_by("decided_at", "pk")[:6]
    )
    for claim in returned:
        yield Task(
            claim.project.title,
            reverse("projects:detail", args=[claim.project_id]),
            _("Düzeltme istendi: %(reason)s") % {"reason": claim.reason or claim.decision_text[:80]},
            due=due, icon="arrow-back-up", tone="warning",
        )  # fmt: skip
    if counts["drafts"]:
        yield Task(
            ngettext("%(n)s taslak gönderilmeyi bekliyor", "%(n)s taslak gönderilmeyi bekliyor", counts["drafts"])
            % {"n": counts["drafts"]},
            f"{address}?durum=draft", _("Tamamlanan taslakları gönderiniz."),
            counts["drafts"], due, "pencil", "info",
        )  # fmt: skip


def _technical_tasks(user: Any, year: AcademicYear) -> Iterator[Task]:
    queue = Claim.objects.filter(year=year)
    facts = queue.aggregate(
        waiting=Count("pk", filter=Q(status=ClaimStatus.SUBMITTED)),
        mine=Count("pk", filter=Q(status=ClaimStatus.IN_REVIEW, reviewer=user)),
        oldest=Min("submitted_at", filter=Q(status=ClaimStatus.SUBMITTED)),
    )
    address = reverse("projects:queue")
    if facts["mine"]:
        yield Task(
            _("İncelemeye aldığınız talepler"), f"{address}?durum=mine",
            _("Karar vermediğiniz talepleri bırakabilirsiniz."),
            facts["mine"], icon="eye", tone="progress",
        )  # fmt: skip
    if facts["waiting"]:
        days = (timezone.now() - facts["oldest"]).days
        yield Task(
            _("İnceleme sırası"), address,
            _("En eskisi %(days)s gündür bekliyor.") % {"days": days},
            facts["waiting"], icon="clipboard-check", tone="warning" if days > 14 else "info",
        )  # fmt: skip


def _monitoring_tasks(year: AcademicYear) -> Iterator[Task]:
    runs = RankingRun.objects.filter(year=year)
    computed = runs.filter(status=RunStatus.COMPUTED).count()
    address = reverse("scoring:rankings")
    if not runs.exists():
        yield Task(
            _("Proje puanı sıralaması henüz hesaplanmadı"), address,
            _("Onaylanan taleplerden öğretmen sıralamasını hesaplayınız."), icon="chart-bar", tone="info",
        )  # fmt: skip
    if computed:
        yield Task(
            _("Yayımlanmayı bekleyen sıralamalar"), address, _("Yayımlanınca itiraz süresi başlar."),
            computed, icon="chart-bar", tone="info",
        )  # fmt: skip
    open_ones = Objection.objects.filter(row__run__year=year, status=ObjectionStatus.OPEN).count()
    if open_ones:
        yield Task(
            _("Cevap bekleyen itirazlar"), reverse("scoring:objections"), "", open_ones, icon="scale", tone="warning"
        )


def _executive_tasks(year: AcademicYear) -> Iterator[Task]:
    drafts = PointsTable.objects.filter(year=year, status=PointsTableStatus.DRAFT).count()
    if drafts:
        yield Task(
            _("Onayınızı bekleyen puan tablosu"), reverse("scoring:points_tables"),
            _("Onaylanan tablo değişmez; değişiklik yeni sürüm olur."), drafts, icon="table", tone="warning",
        )  # fmt: skip
    lists = AwardList.objects.filter(round__year=year, round__is_discarded=False).aggregate(
        proposed=Count("pk", filter=Q(status=ListStatus.PROPOSED)),
        decided=Count("pk", filter=Q(status=ListStatus.DECIDED)),
    )
    address = reverse("awards:rounds")
    if lists["proposed"]:
        yield Task(
            _("Karar bekleyen ödül listeleri"), address,
            _("Karar sayısı ve tarihi bütün listeler için bir kez girilir."),
            lists["proposed"], icon="gavel", tone="warning",
        )  # fmt: skip
    if lists["decided"]:
        yield Task(_("Makama sunulacak listeler"), address, "", lists["decided"], icon="send", tone="info")


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
