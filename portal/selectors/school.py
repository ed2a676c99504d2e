"""What waits for the people of a school commission."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.selectors.reading import Reading
from portal.selectors.task import Task
from projects.models import Project
from projects.selectors.handover import moved_projects
from projects.selectors.reading import DRAFT, lacking_schools
from projects.selectors.submission import is_open_for_sending
from projects.selectors.waiting import drafts_of, missing_in, open_questions_of
from projects.workflow import ProjectStatus

LISTED = 6
"""So many of a kind are listed one by one; a line says that there are more."""

_ENDED = (ProjectStatus.REJECTED, ProjectStatus.WITHDRAWN)


def school_tasks(reading: Reading) -> Iterator[Task]:
    """Returned claims, questions, drafts, a reading project that is missing, coordinators who moved away."""
    yield from _returned(reading)
    yield from _questions(reading)
    yield from _drafts(reading)
    yield from _reading_project(reading)
    yield from _moved(reading)


def _returned(reading: Reading) -> Iterator[Task]:
    own = [claim for claim in reading.returned if claim.project.institution_id in reading.schools]
    for claim in own[:LISTED]:
        yield Task(
            claim.project.title,
            reverse("projects:detail", args=[claim.project_id]),
            _("Düzeltme istendi: %(reason)s") % {"reason": claim.reason or claim.decision_text[:80]},
            icon="arrow-back-up", tone="warning",
            since=timezone.localdate(claim.decided_at) if claim.decided_at else None,
        )  # fmt: skip
    if len(own) > LISTED:
        yield Task(
            _("Düzeltme istenen diğer talepler"), reverse("projects:list") + "?durum=returned",
            count=len(own) - LISTED, icon="arrow-back-up", tone="warning",
        )  # fmt: skip


def _questions(reading: Reading) -> Iterator[Task]:
    for question in open_questions_of(reading.schools, reading.year)[:LISTED]:
        yield Task(
            _("Soru soruldu: %(title)s") % {"title": question.claim.project.title},
            reverse("projects:detail", args=[question.claim.project_id]),
            question.text[:120], icon="message-question", tone="warning", since=timezone.localdate(question.asked_at),
        )  # fmt: skip


def _drafts(reading: Reading) -> Iterator[Task]:
    drafts = list(drafts_of(reading.schools, reading.year)[: LISTED + 1])
    address = reverse("projects:list") + "?durum=draft"
    if not drafts:
        return
    if not is_open_for_sending(reading.year):
        yield Task(
            _("Gönderilmemiş taslaklarınız var"), address,
            _("Gönderme süresi doldu; ek süre için teknik ekibe başvurunuz."), icon="pencil",
        )  # fmt: skip
        return
    deadline = reading.year.submission_deadline
    due = timezone.localdate(deadline) if deadline else None
    for draft in drafts[:LISTED]:
        missing = missing_in(draft)
        yield Task(
            str(draft),
            reverse("projects:edit", args=[draft.pk]) if missing else reverse("projects:submit", args=[draft.pk]),
            _("Taslak; eksik: %(missing)s.") % {"missing": ", ".join(missing)} if missing
            else _("Taslak tamam; gönderebilirsiniz."),
            due=due, icon="pencil", tone="info", since=timezone.localdate(draft.updated_at) if due is None else None,
        )  # fmt: skip
    if len(drafts) > LISTED:
        yield Task(_("Diğer taslaklarınız"), address, due=due, icon="pencil", tone="info")


def _reading_project(reading: Reading) -> Iterator[Task]:
    for school, state in lacking_schools(reading.schools, reading.year):
        if state == DRAFT:
            continue
        yield Task(
            _("Kitap okuma projeniz yok"), reverse("projects:reading"),
            _("%(school)s için bir kitap okuma projesi hazırlayınız.") % {"school": school.name},
            icon="book-2", tone="info",
        )  # fmt: skip


def _moved(reading: Reading) -> Iterator[Task]:
    projects = Project.objects.filter(institution__in=reading.schools, year=reading.year).exclude(status__in=_ENDED)
    moved = moved_projects(cast("Collection[int]", projects.order_by().values("pk")))
    if not moved:
        return
    (first, school), count = min(moved.items()), len(moved)
    yield Task(
        ngettext(
            "%(n)s projenin koordinatör öğretmeni başka okula geçti",
            "%(n)s projenin koordinatör öğretmeni başka okula geçti",
            count,
        ) % {"n": count},
        reverse("projects:detail", args=[first]),
        _("Yeni okulu: %(school)s. Projeyi devrediniz ya da yeni koordinatör belirleyiniz.") % {"school": school},
        count if count > 1 else None, icon="users", tone="warning",
    )  # fmt: skip
