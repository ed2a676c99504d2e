"""Beginning a project from one of the years before."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import UserError
from common.text import clean, fold
from projects.models import Project, TeamStudent, TeamTeacher
from projects.rules import may
from projects.selectors.earlier import Carried, carried_over, free_title, school_that_goes_on
from projects.services.drafts import save_named
from projects.services.transition import log
from schools.authority import institutions_led_by
from schools.models import AcademicYear


class TitleTaken(UserError):
    """The school has a project of that name this year; ``proposal`` is a name that is free."""

    def __init__(self, proposal: str) -> None:
        super().__init__(
            _("Okulunuzun bu yıl aynı adla bir projesi var; başka bir ad yazınız, örneğin “%(proposal)s”.")
            % {"proposal": proposal}
        )
        self.proposal = proposal


@transaction.atomic
def copy_project(*, source: Project, year: AcademicYear, title: str, by: User) -> Project:
    """Start a draft of ``year`` from a project of an earlier year of the person's own school or its predecessor.

    Taken over: item, reading project, summary, aims, partners, budget source, links, dates moved by whole years, and
    the people who still work or learn at the school. Never evidence, claims, amounts or a consent. ``TitleTaken``
    proposes a free name.
    """
    institution = school_that_goes_on(source, institutions_led_by(by))
    if institution is None or not may(by, "projects.copy_project", source):
        raise PermissionDenied
    if source.year.province_id != year.province_id or source.year.start_date >= year.start_date:
        raise UserError(_("Yalnız önceki yılların projelerinden başlanabilir; listeden bir proje seçiniz."))
    title = clean(title)
    if not title:
        raise UserError(_("Projenin adını yazınız."))
    proposal = free_title(institution, year, title)
    if proposal != title:
        raise TitleTaken(proposal)
    carried = carried_over(source, institution, year)
    project = Project(
        institution=institution,
        year=year,
        title=title,
        title_key=fold(title),
        item=carried.item,
        summary=source.summary,
        aims=source.aims,
        start_date=carried.start_date,
        end_date=carried.end_date,
        partners=source.partners,
        budget_currency=source.budget_currency,
        budget_source=source.budget_source,
        responsible_manager=carried.manager,
        links=source.links,
        is_reading=source.is_reading,
        copied_from=source,
    )
    save_named(project)
    _take_people(project, carried)
    log(project, "copy", by, text=_("%(year)s: “%(title)s”") % {"year": source.year.name, "title": source.title})
    record(
        action="project.copy",
        target=project,
        by=by,
        after={"title": title, "institution": institution.code, "copied_from": source.pk},
    )
    return project


def _take_people(project: Project, carried: Carried) -> None:
    leads = [member.pk for member in carried.teachers if member.is_coordinator]
    coordinator = leads[0] if leads else next((member.pk for member in carried.teachers), None)
    TeamTeacher.objects.bulk_create(
        TeamTeacher(project=project, staff_id=member.pk, is_coordinator=member.pk == coordinator)
        for member in carried.teachers
    )
    TeamStudent.objects.bulk_create(TeamStudent(project=project, student_id=member.pk) for member in carried.students)
    project.partner_institutions.add(*(member.pk for member in carried.partners))
