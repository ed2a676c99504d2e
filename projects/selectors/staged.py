"""Staged decisions as the team may read them before anything goes out."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from common.text import turkish_order
from projects.models import ClaimQuestion, StagedDecision
from projects.selectors.queue import QueueFilter, review_queue
from schools.models import AcademicYear, Province


def staged_decisions(user: Any, year: AcademicYear, *, whole_team: bool) -> QuerySet[Any]:
    """Decisions of the year that wait for their announcement, by school and then oldest first.

    One's own, or those of the whole team; never those about one's own schools. ``answered``: the school has answered a
    question since the decision was taken.
    """
    answers = ClaimQuestion.objects.filter(claim=OuterRef("claim"), answered_at__gt=OuterRef("at"))
    claims = review_queue(user, year, QueueFilter())
    found = StagedDecision.objects.filter(claim__in=claims).annotate(answered=Exists(answers))
    if not whole_team:
        found = found.filter(by=user.pk)
    return found.select_related(
        "claim__item__programme",
        "claim__project__institution__district",
        "reason",
        "level__programme",
        "by",
    ).order_by(turkish_order("claim__project__institution__name"), "claim__project__institution", "at", "pk")


def staged_counts(user: Any, year: AcademicYear) -> dict[str, int]:
    """How many decisions wait: ``own``, ``team``, for how many schools (``own_schools``, ``team_schools``), and the
    newest row's key (``newest``, 0 without any).
    """
    found = staged_decisions(user, year, whole_team=True).select_related(None).order_by()
    school, own = "claim__project__institution", Q(by=user.pk)
    counts = found.aggregate(
        own=Count("pk", filter=own),
        team=Count("pk"),
        own_schools=Count(school, filter=own, distinct=True),
        team_schools=Count(school, distinct=True),
        newest=Max("pk"),
    )
    return counts | {"newest": counts["newest"] or 0}


def unannounced(province: Province) -> int:
    """How many decisions wait in all years of a province, whoever took them."""
    return StagedDecision.objects.filter(claim__year__province=province).count()
