"""Projects of the years before, from which a new one can be begun, and what of them still fits this year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from common.text import fold
from projects.models import ProgrammeItem, Project
from projects.selectors.detail import Member, class_of, post_of
from schools.models import AcademicYear, Enrolment, Institution, Posting, StaffMember
from schools.models.people import Title

MANAGER_TITLES = (Title.PRINCIPAL, Title.RESPONSIBLE_DEPUTY, Title.DEPUTY)
LONGEST_TITLE = 200

ROW = ("pk", "title", "status", "year__name", "institution__name", "item__name", "item__programme__name")


@dataclass(frozen=True)
class Carried:
    """What a copy takes over from an earlier project, as this year stands; ``left`` names who is no longer there."""

    item: ProgrammeItem | None
    manager: StaffMember | None
    start_date: dt.date | None
    end_date: dt.date | None
    teachers: list[Member]
    students: list[Member]
    partners: list[Member]
    left: list[str]


def earlier_projects(
    schools: Iterable[Institution], year: AcademicYear, search: str
) -> QuerySet[Project, dict[str, Any]]:
    """The rows of these schools' projects of the years before ``year``, their predecessors' too, newest year first."""
    own = {school.pk for school in schools}
    own |= {school.predecessor_id for school in schools if school.predecessor_id is not None}
    found = Project.objects.filter(
        institution__in=own, year__province=year.province_id, year__start_date__lt=year.start_date
    )
    for word in fold(search).split():
        found = found.filter(title_key__contains=word)
    rows: QuerySet[Project, dict[str, Any]] = found.order_by("-year__start_date", "title_key", "pk").values(*ROW)
    return rows


def school_that_goes_on(source: Project, schools: Iterable[Institution]) -> Institution | None:
    """Which of these schools may begin anew from the project: its own school, or the one that took its place."""
    schools = list(schools)
    for school in schools:
        if school.pk == source.institution_id:
            return school
    return next((school for school in schools if school.predecessor_id == source.institution_id), None)


def carried_over(source: Project, institution: Institution, year: AcademicYear) -> Carried:
    """What still fits in ``year``: people with a posting or an enrolment at the school, dates moved by whole years."""
    postings = Posting.objects.filter(year=year, institution=institution).select_related("staff", "institution")
    posted = {row.staff_id: row for row in postings.filter(staff__team_memberships__project=source)}
    enrolments = Enrolment.objects.filter(year=year, institution=institution).select_related("student")
    enrolled = {row.student_id: row for row in enrolments.filter(student__team_memberships__project=source)}
    teachers, students, left = [], [], []
    for lead in source.team_teachers.select_related("staff").order_by("-is_coordinator", "pk"):
        name = lead.staff.full_name
        if lead.staff_id in posted:
            teachers.append(Member(lead.staff_id, name, post_of(posted[lead.staff_id]), lead.is_coordinator))
        else:
            left.append(name)
    for row in source.team_students.select_related("student").order_by("pk"):
        name = row.student.full_name
        if row.student_id in enrolled:
            students.append(Member(row.student_id, name, class_of(enrolled[row.student_id])))
        else:
            left.append(name)
    partners = source.partner_institutions.exclude(pk=institution.pk).filter(province=institution.province_id)
    named = partners.select_related("district").order_by("name_key", "pk")
    years = year.start_date.year - source.year.start_date.year
    return Carried(
        item=offered_item(source.item),
        manager=_manager(source, postings),
        start_date=moved(source.start_date, years),
        end_date=moved(source.end_date, years),
        teachers=teachers,
        students=students,
        partners=[Member(row.pk, row.name, row.district.name) for row in named],
        left=left,
    )


def offered_item(item: ProgrammeItem | None) -> ProgrammeItem | None:
    """The item as a new project may choose it: of a local project the first level, for the level is decided anew."""
    if item is None or not item.is_local_level:
        return item
    return ProgrammeItem.objects.select_related("programme").filter(is_local_level=True).order_by("order").first()


def moved(day: dt.date | None, years: int) -> dt.date | None:
    """The same day so many years later; 29 February becomes the 28th where there is none."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def free_title(institution: Institution, year: AcademicYear, title: str, note: str = "") -> str:
    """``title`` if the school has not used it in the year; else with ``note`` (the year's name) and a number behind."""
    used = set(Project.objects.filter(institution=institution, year=year).values_list("title_key", flat=True))
    if fold(title) not in used:
        return title
    note = note or year.name
    number = 1
    while True:
        end = f" ({note})" if number == 1 else f" ({note}, {number})"
        proposal = title[: LONGEST_TITLE - len(end)].rstrip() + end
        if fold(proposal) not in used:
            return proposal
        number += 1


def only_principal(institution: Institution, year: AcademicYear) -> StaffMember | None:
    """The school's principal of the year; None where there is none or more than one."""
    postings = Posting.objects.filter(institution=institution, year=year, title=Title.PRINCIPAL)
    found = list(postings.select_related("staff").order_by("pk")[:2])
    return found[0].staff if len(found) == 1 else None


def _manager(source: Project, postings: QuerySet[Posting]) -> StaffMember | None:
    """Last year's manager if they still manage this school, else its principal."""
    managers = list(postings.filter(title__in=MANAGER_TITLES).order_by("pk"))
    for posting in managers:
        if posting.staff_id == source.responsible_manager_id:
            return posting.staff
    principals = [posting.staff for posting in managers if posting.title == Title.PRINCIPAL]
    return principals[0] if len(principals) == 1 else None
