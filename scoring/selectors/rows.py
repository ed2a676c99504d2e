"""Rows of a stored run: who sees which, and what a page of them filters by."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from common.text import fold, sort_key
from schools.authority import scope_of
from schools.models import StaffMember
from schools.selectors.teaching import coaching_in_force
from scoring.models import RankingRow, RankingRun
from scoring.selectors.readers import answered_by
from scoring.workflow import RunStatus


def rows_visible_to(user: Any, run: RankingRun) -> QuerySet[RankingRow]:
    """All rows for the province's boards; else those of the user's districts and schools, their own, and those of the
    students whom they coach. Before the run is published all or none (``answered_by``)."""
    rows = RankingRow.objects.filter(run=run)
    if run.status == RunStatus.COMPUTED:
        return rows if run.measure in answered_by(user, run.year) else rows.none()
    scope = scope_of(user)
    if run.year.province_id in scope.provinces:
        return rows
    mine = StaffMember.objects.filter(user=user.pk).values("pk")
    coached = coaching_in_force().filter(year=run.year_id, teacher__in=mine).values("student")
    return rows.filter(
        Q(district__in=scope.districts)
        | Q(institution__in=scope.institutions)
        | Q(staff__in=mine)
        | Q(student__in=coached)
    )


def with_places(rows: QuerySet[RankingRow]) -> QuerySet[RankingRow]:
    """The rows with ``institution_name`` and ``district_name`` as they were when the run was computed."""
    return rows.annotate(institution_name=KT("evidence__institution"), district_name=KT("evidence__district"))


def filtered_rows(
    rows: QuerySet[RankingRow],
    *,
    district: int | None = None,
    category: str = "",
    subject: str = "",
    search: str = "",
    top: int = 0,
    best: int = 0,
) -> QuerySet[RankingRow]:
    """Rows of one district, category, subject or name, with rank <= top, or with a value <= best, in list order."""
    if district:
        rows = rows.filter(district=district)
    if category:
        rows = rows.filter(category=category)
    if subject:
        rows = rows.filter(subject=subject)
    if search:
        key = fold(search)
        rows = rows.filter(
            Q(staff__name_key__contains=key)
            | Q(student__name_key__contains=key)
            | Q(staff=None, student=None, institution__name_key__contains=key)
        )
    if top:
        rows = rows.filter(rank__lte=top)
    if best:
        rows = rows.filter(value__lte=best)
    return rows.order_by("position")


def subjects_of(run: RankingRun) -> list[str]:
    """The subjects that the run has rows for, in Turkish order; empty for measures without subjects."""
    names = RankingRow.objects.filter(run=run).exclude(subject="").order_by().values_list("subject", flat=True)
    return sorted(names.distinct(), key=sort_key)


def row_of_holder(run: RankingRun, like: RankingRow) -> RankingRow | None:
    """The row in which the run has the holder of another run's row, in the same subject."""
    rows = RankingRow.objects.filter(run=run, staff=like.staff_id, student=like.student_id, subject=like.subject)
    if like.staff_id is None and like.student_id is None:
        rows = rows.filter(institution=like.institution_id)
    return rows.order_by("position").first()
