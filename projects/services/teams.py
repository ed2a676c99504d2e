"""Who is in a project's team."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import UserError
from projects.models import Project, TeamStudent, TeamTeacher
from projects.selectors.scope import schools_for_students
from projects.services.drafts import require_editable
from projects.services.transition import locked_project
from schools.models import Enrolment, Institution, Posting

LARGEST_TEAM = 60


@transaction.atomic
def update_team(
    *,
    project_id: int,
    by: User,
    add_teachers: Collection[int] = (),
    remove_teachers: Collection[int] = (),
    coordinator: int | None = None,
    add_students: Collection[int] = (),
    remove_students: Collection[int] = (),
) -> Project:
    """Add and remove people by their keys; ``coordinator`` names the teacher who leads the team from now on.

    The first teacher of a team becomes its coordinator. Teachers must have a posting in the province this year,
    students an enrolment at one of the project's schools that is ``by``'s own. Adding somebody twice changes nothing.
    """
    project = locked_project(project_id)
    require_editable(project)
    before = _members(project)
    project.team_teachers.filter(staff__in=remove_teachers).delete()
    project.team_students.filter(student__in=remove_students).delete()
    _add_teachers(project, set(add_teachers) | ({coordinator} if coordinator is not None else set()))
    _add_students(project, set(add_students), by)
    _name_coordinator(project, coordinator)
    after = _members(project)
    if len(after["teachers"]) + len(after["students"]) > LARGEST_TEAM:
        raise UserError(_("Bir ekipte en çok %(limit)s kişi olabilir.") % {"limit": LARGEST_TEAM})
    if before != after:
        project.bump()
        project.save(update_fields=["version", "updated_at"])
        record(action="project.team", target=project, by=by, before=before, after=after)
    return project


@transaction.atomic
def update_partners(*, project_id: int, by: User, add: Collection[int] = (), remove: Collection[int] = ()) -> Project:
    """Add and remove partner institutions of the same province by their keys."""
    project = locked_project(project_id)
    require_editable(project)
    before = _partners(project)
    wanted = set(add) - {project.institution_id}
    known = Institution.objects.filter(pk__in=wanted, province=project.institution.province_id)
    if known.count() != len(wanted):
        raise UserError(_("Ortak olarak yalnız bu ildeki kurumlar seçilebilir; başka ortakları metin alanına yazınız."))
    project.partner_institutions.add(*wanted)
    project.partner_institutions.remove(*remove)
    after = _partners(project)
    if before != after:
        project.bump()
        project.save(update_fields=["version", "updated_at"])
        names = "partner_institutions"
        record(action="project.partners", target=project, by=by, before={names: before}, after={names: after})
    return project


def _partners(project: Project) -> list[int]:
    return list(project.partner_institutions.order_by("pk").values_list("pk", flat=True))


def _add_teachers(project: Project, wanted: set[int]) -> None:
    wanted -= set(project.team_teachers.values_list("staff", flat=True))
    if not wanted:
        return
    here = Posting.objects.filter(year=project.year_id, staff__in=wanted).values_list("staff", flat=True)
    if wanted - set(here):
        raise UserError(_("Seçilen öğretmenin bu yıl ilde bir görev yeri yok; personel kaydını denetleyiniz."))
    TeamTeacher.objects.bulk_create(TeamTeacher(project=project, staff_id=staff) for staff in sorted(wanted))


def _add_students(project: Project, wanted: set[int], by: User) -> None:
    wanted -= set(project.team_students.values_list("student", flat=True))
    if not wanted:
        return
    schools = schools_for_students(by, project)
    here = Enrolment.objects.filter(institution__in=schools, year=project.year_id, student__in=wanted)
    if wanted - set(here.values_list("student", flat=True)):
        raise UserError(_("Ekibe yalnız kendi okulunuzda kayıtlı öğrencileri ekleyebilirsiniz."))
    TeamStudent.objects.bulk_create(TeamStudent(project=project, student_id=student) for student in sorted(wanted))


def _name_coordinator(project: Project, coordinator: int | None) -> None:
    team = project.team_teachers
    if coordinator is None:
        if team.filter(is_coordinator=True).exists():
            return
        coordinator = team.order_by("pk").values_list("staff", flat=True).first()
    team.filter(is_coordinator=True).exclude(staff=coordinator).update(is_coordinator=False)
    team.filter(staff=coordinator).update(is_coordinator=True)


def _members(project: Project) -> dict[str, list[int]]:
    teachers = list(project.team_teachers.order_by("staff").values_list("staff", "is_coordinator"))
    return {
        "teachers": [staff for staff, _leads in teachers],
        "coordinator": [staff for staff, leads in teachers if leads],
        "students": list(project.team_students.order_by("student").values_list("student", flat=True)),
    }
