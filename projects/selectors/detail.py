"""One project: its team, its claims, its files, its timeline, and the people who could join it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.text import fold
from projects.models import Claim, ClaimEvent, ClaimQuestion, Evidence, ProgrammeItem, Project, TeamStudent, TeamTeacher
from projects.selectors.scope import schools_for_students
from projects.workflow import AWAITING_REVIEW, ClaimStage
from schools.models import Enrolment, Institution, Posting, StaffMember, Student

FOUND_PEOPLE = 12

LOOKS: dict[str, tuple[Any, str, str]] = {
    "create": (_("Taslak oluşturuldu"), "neutral", "pencil"),
    "copy": (_("Önceki yılın projesinden başlandı"), "neutral", "copy"),
    "hand_over": (_("Proje devredildi"), "info", "school"),
    "coordinator": (_("Koordinatör öğretmen değişti"), "info", "user"),
    "free": (_("Talep sıraya döndü: inceleyen artık projenin okulunda"), "neutral", "arrow-back-up"),
    "submit": (_("Proje gönderildi"), "info", "send"),
    "add_claim": (_("Yeni puan talebi gönderildi"), "info", "send"),
    "resubmit": (_("Talep düzeltilip yeniden gönderildi"), "info", "send"),
    "withdraw": (_("Talep geri çekildi"), "neutral", "arrow-back-up"),
    "claim": (_("Talep incelemeye alındı"), "progress", "eye"),
    "assign": (_("Talep incelemeye verildi"), "progress", "eye"),
    "release": (_("Talep sıraya geri bırakıldı"), "neutral", "arrow-back-up"),
    "question": (_("Okula soru soruldu"), "warning", "message-circle"),
    "answer": (_("Okul soruyu cevapladı"), "info", "message-circle"),
    "approve": (_("Talep onaylandı"), "success", "circle-check"),
    "return": (_("Düzeltme istendi"), "warning", "arrow-back-up"),
    "reject": (_("Talep reddedildi"), "danger", "circle-x"),
    "good_example": (_("İyi örnek olarak işaretlendi"), "success", "star"),
    "not_good_example": (_("İyi örnek işareti kaldırıldı"), "neutral", "star"),
}
TEAM_LABELS = {
    "teachers": _("ekipteki öğretmenler"),
    "coordinator": _("koordinatör öğretmen"),
    "students": _("ekipteki öğrenciler"),
    "files": _("eklenen dosyalar"),
    "note": _("okulun açıklaması"),
}


@dataclass(frozen=True)
class TimelineEvent:
    """A line of the timeline as the page's component shows it."""

    at: Any
    title: str
    by: str
    note: str
    tone: str
    icon: str
    changes: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Member:
    """Somebody of the team, or somebody who could join it."""

    pk: int
    name: str
    detail: str
    is_coordinator: bool = False


@dataclass(frozen=True)
class Question:
    """A question to the school; ``waits`` while it has no answer and its claim no decision."""

    row: ClaimQuestion
    waits: bool


def project_page(projects: QuerySet[Project]) -> QuerySet[Project]:
    """The project with all that its pages name."""
    return projects.select_related(
        "institution__district",
        "institution__province",
        "year",
        "item__programme",
        "responsible_manager",
        "copied_from__year",
    )


def claims_of(project: Project) -> list[Claim]:
    """The claims of a project, oldest first, with item, reviewer, decider and reason."""
    claims = project.claims.select_related("item__programme", "reviewer", "decided_by", "reason").order_by("pk")
    return list(claims)


def questions_of(project: Project) -> list[Question]:
    """The reviewers' questions about the project's claims, oldest first."""
    asked = ClaimQuestion.objects.filter(claim__project=project).select_related(
        "claim__item", "asked_by", "answered_by"
    )
    return [
        Question(row, row.answered_at is None and row.claim.status in AWAITING_REVIEW)
        for row in asked.order_by("asked_at", "pk")
    ]


def files_of(project: Project) -> list[Evidence]:
    return list(project.evidence.select_related("file").order_by("pk"))


def team_of(project: Project) -> tuple[list[Member], list[Member]]:
    """Teachers (the coordinator first) and students of the team, with where they work or learn this year."""
    teachers = list(project.team_teachers.select_related("staff").order_by("-is_coordinator", "pk"))
    students = list(project.team_students.select_related("student").order_by("pk"))
    postings = _postings(project, [row.staff_id for row in teachers])
    enrolments = _enrolments(project, [row.student_id for row in students])
    return (
        [Member(t.staff_id, t.staff.full_name, postings.get(t.staff_id, ""), t.is_coordinator) for t in teachers],
        [Member(s.student_id, s.student.full_name, enrolments.get(s.student_id, "")) for s in students],
    )


def teachers_to_add(project: Project, search: str) -> list[Member]:
    """Staff of the province by name, the project's own school first; people of the team are left out."""
    words = fold(search).split()
    if not words:
        return []
    postings = Posting.objects.filter(year=project.year_id, institution__province=project.institution.province_id)
    for word in words:
        postings = postings.filter(staff__name_key__contains=word)
    postings = postings.exclude(staff__in=TeamTeacher.objects.filter(project=project).values("staff"))
    own = postings.filter(institution=project.institution_id)
    rows = _posting_rows(own)
    if len(rows) < FOUND_PEOPLE:
        rows += _posting_rows(postings.exclude(institution=project.institution_id))
    return rows[:FOUND_PEOPLE]


def students_to_add(project: Project, search: str, by: User) -> list[Member]:
    """Students by name or school number, of the project's schools that are the person's own; the team is left out."""
    words = fold(search).split()
    if not words:
        return []
    found = Enrolment.objects.filter(institution__in=schools_for_students(by, project), year=project.year_id)
    for word in words:
        found = found.filter(Q(student__name_key__contains=word) | Q(school_number=word))
    found = found.exclude(student__in=TeamStudent.objects.filter(project=project).values("student"))
    rows = found.select_related("student").order_by("student__name_key", "pk").distinct()[:FOUND_PEOPLE]
    return [Member(row.student_id, row.student.full_name, class_of(row)) for row in rows]


def partners_of(project: Project) -> list[Member]:
    partners = project.partner_institutions.select_related("district").order_by("name_key", "pk")
    return [Member(row.pk, row.name, row.district.name) for row in partners]


def partners_to_add(project: Project, search: str) -> list[Member]:
    """Institutions of the province by name or code; the project's own and its partners are left out."""
    words = fold(search).split()
    if not words:
        return []
    found = Institution.objects.filter(province=project.institution.province_id).exclude(pk=project.institution_id)
    for word in words:
        found = found.filter(Q(name_key__contains=word) | Q(code=word))
    found = found.exclude(partner_projects=project.pk).select_related("district").order_by("name_key", "pk")
    return [Member(row.pk, row.name, row.district.name) for row in found[:FOUND_PEOPLE]]


def managers_of(project: Project) -> QuerySet[StaffMember]:
    """Who may be the manager responsible: the school's principal and deputies, and whoever is already."""
    managers = Q(
        postings__year=project.year_id,
        postings__institution=project.institution_id,
        postings__title__in=["principal", "responsible_deputy", "deputy"],
    )
    return (
        StaffMember.objects.filter(managers | Q(pk=project.responsible_manager_id))
        .order_by("name_key", "pk")
        .distinct()
    )


def events_of(project: Project) -> list[ClaimEvent]:
    """The history of a project as stored, newest first."""
    return list(project.events.select_related("by", "reason", "claim__item").order_by("-at", "-pk"))


def timeline(project: Project, events: Sequence[ClaimEvent] | None = None) -> list[TimelineEvent]:
    """The history of a project, newest first, in words; ``events`` where they have been read already."""
    events = events_of(project) if events is None else events
    names = _names([event.changes for event in events])
    return [_event(event, names) for event in events]


def changes_in_words(
    changes: Mapping[str, Any], names: dict[tuple[str, Any], str] | None = None
) -> list[dict[str, str]]:
    """Stored changes (field -> [before, after]) as ``label``, ``before``, ``after``, by field."""
    known = _names([changes]) if names is None else names
    return [
        {"label": _label(key), "before": _in_words(key, before, known), "after": _in_words(key, after, known)}
        for key, (before, after) in sorted(changes.items())
    ]


def _event(event: ClaimEvent, names: dict[tuple[str, Any], str]) -> TimelineEvent:
    title, tone, icon = LOOKS.get(event.action, (event.action, "neutral", "point"))
    if event.claim is not None:
        title = f"{title}: {event.claim.item.name}, {event.claim.get_stage_display()}"
    note = "\n".join(filter(None, (event.reason.label if event.reason else "", event.text)))
    changes = changes_in_words(event.changes, names)
    return TimelineEvent(event.at, str(title), event.by.full_name, note, tone, icon, changes)


def _label(key: str) -> str:
    return str(TEAM_LABELS.get(key) or Project._meta.get_field(key).verbose_name)  # type: ignore[union-attr]


def _in_words(key: str, value: Any, names: dict[tuple[str, Any], str]) -> str:
    if isinstance(value, list):
        return ", ".join(names.get((key, item), str(item)) for item in value)
    if isinstance(value, bool):
        return str(_("Evet") if value else _("Hayır"))
    if key in ("start_date", "end_date") and value:
        return dt.date.fromisoformat(value).strftime("%d.%m.%Y")
    if key == "first_stage" and value:
        return str(ClaimStage(value).label)
    return names.get((key, value), "" if value is None else str(value))


def _names(all_changes: Sequence[Mapping[str, Any]]) -> dict[tuple[str, Any], str]:
    """(key, stored key of a row) -> its name, for all related rows that the changes mention; one query a kind."""
    kinds: dict[str, type[Any]] = {
        "item": ProgrammeItem,
        "responsible_manager": StaffMember,
        "teachers": StaffMember,
        "coordinator": StaffMember,
        "students": Student,
        "partner_institutions": Institution,
    }
    found: dict[tuple[str, Any], str] = {}
    for key, model in kinds.items():
        keys: set[int] = set()
        for changes in all_changes:
            for value in changes.get(key, ()):
                keys.update(value if isinstance(value, list) else [value] if value else [])
        if keys:
            found |= {(key, row.pk): str(row) for row in model._default_manager.filter(pk__in=keys)}
    return found


def _postings(project: Project, staff: list[int]) -> dict[int, str]:
    rows = Posting.objects.filter(year=project.year_id, staff__in=staff).select_related("institution")
    return {row.staff_id: post_of(row) for row in rows}


def _enrolments(project: Project, students: list[int]) -> dict[int, str]:
    rows = Enrolment.objects.filter(year=project.year_id, student__in=students)
    return {row.student_id: class_of(row) for row in rows}


def _posting_rows(postings: QuerySet[Posting]) -> list[Member]:
    rows = postings.select_related("staff", "institution").order_by("staff__name_key", "pk")[:FOUND_PEOPLE]
    return [Member(row.staff_id, row.staff.full_name, post_of(row)) for row in rows]


def post_of(posting: Posting) -> str:
    return ", ".join(filter(None, (str(posting.get_title_display()), posting.branch, posting.institution.name)))


def class_of(enrolment: Enrolment) -> str:
    number = f" · {enrolment.school_number}" if enrolment.school_number else ""
    return f"{enrolment.grade}/{enrolment.section_name}{number}"
