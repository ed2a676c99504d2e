"""What waits for a school or a district: unfinished drafts, returned claims, questions without an answer.

Read by people of the school: nothing here looks at decisions that were not announced.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from projects.models import Claim, ClaimEvent, ClaimQuestion, Evidence, Project, TeamTeacher
from projects.selectors.submission import stage_problem
from projects.workflow import AWAITING_REVIEW, ClaimStatus, ProjectStatus
from schools.models import AcademicYear


def drafts_of(schools: Collection[int], year: AcademicYear) -> QuerySet[Any]:
    """The drafts of these schools, last changed first, with what ``missing_in`` looks at."""
    team = TeamTeacher.objects.filter(project=OuterRef("pk"))
    return (
        Project.objects.filter(institution__in=schools, year=year, status=ProjectStatus.DRAFT)
        .select_related("item")
        .annotate(
            has_team=Exists(team),
            has_coordinator=Exists(team.filter(is_coordinator=True)),
            has_evidence=Exists(Evidence.objects.filter(project=OuterRef("pk"), claim=None)),
        )
        .order_by("-updated_at", "pk")
    )


def missing_in(draft: Any) -> list[str]:
    """What a draft of ``drafts_of`` still lacks, in a word or two each: one for each of its submission problems."""
    wrong_item = draft.item is not None and draft.is_reading and not draft.item.is_local_level
    wrong_stage = draft.item is not None and not wrong_item and stage_problem(draft.item, draft.first_stage)
    lacks = (
        (not draft.title, _("ad")),
        (draft.item is None, _("program kalemi")),
        (wrong_item, _("yerel proje kalemi")),
        (wrong_stage, _("uygun aşama")),
        (draft.responsible_manager_id is None, _("sorumlu yönetici")),
        (not draft.summary, _("özet")),
        (draft.start_date is None, _("başlangıç tarihi")),
        (draft.end_date is None, _("bitiş tarihi")),
        (not draft.has_team, _("ekip")),
        (draft.has_team and not draft.has_coordinator, _("koordinatör öğretmen")),
        (not draft.has_evidence, _("kanıt")),
    )
    return [words for is_missing, words in lacks if is_missing]


def returned_of(schools: Collection[int], districts: Collection[int], year: AcademicYear) -> QuerySet[Claim]:
    """Claims of these schools and districts that were returned and not sent again, longest first."""
    where = Q(project__institution__in=schools) | Q(project__institution__district__in=districts)
    claims = Claim.objects.filter(where, year=year, status=ClaimStatus.RETURNED)
    return claims.select_related("project__institution", "reason").order_by("decided_at", "pk")


def open_questions_of(schools: Collection[int], year: AcademicYear) -> QuerySet[ClaimQuestion]:
    """Questions of reviewers that wait for an answer of these schools, longest first."""
    questions = ClaimQuestion.objects.filter(
        claim__year=year, claim__project__institution__in=schools, answered_at=None, claim__status__in=AWAITING_REVIEW
    )
    return questions.select_related("claim__project").order_by("asked_at", "pk")


def last_change(schools: Collection[int], year: AcademicYear) -> str:
    """Changes with every project of these schools that is written, with its files, and with every step, question and
    answer about its claims. One statement, in plain SQL: every school's home page asks it.
    """
    if not schools:
        return ""
    projects, claims, files, steps, questions = (
        model._meta.db_table for model in (Project, Claim, Evidence, ClaimEvent, ClaimQuestion)
    )
    stamp = f"""SELECT count(DISTINCT project.id), max(project.updated_at), count(DISTINCT file.id), max(file.id),
        max(step.id), max(question.id), max(question.answered_at)
        FROM {projects} project
        LEFT JOIN {claims} claim ON claim.project_id = project.id
        LEFT JOIN {files} file ON file.project_id = project.id
        LEFT JOIN {steps} step ON step.claim_id = claim.id
        LEFT JOIN {questions} question ON question.claim_id = claim.id
        WHERE project.year_id = %s AND project.institution_id IN ({", ".join(["%s"] * len(schools))})
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(stamp, [year.pk, *schools])
        known = cursor.fetchone()
    return ":".join(str(value).replace(" ", "T") for value in known)
