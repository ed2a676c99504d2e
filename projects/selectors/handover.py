"""Projects whose coordinator teacher works at another school this year."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, F, OuterRef

from projects.models import Project, TeamTeacher
from projects.selectors.detail import Member, post_of
from schools.models import Posting


def place_of_coordinator(project: Project) -> Posting | None:
    """This year's posting of the project's coordinator teacher; None without a coordinator or a posting."""
    leads = TeamTeacher.objects.filter(project=project, is_coordinator=True).values("staff")
    postings = Posting.objects.filter(year=project.year_id, staff__in=leads)
    return postings.select_related("staff", "institution__district").first()


def moved_away(project: Project) -> Posting | None:
    """The coordinator's posting, if it is at a school that neither runs the project nor takes part in it."""
    place = place_of_coordinator(project)
    if place is None or place.institution_id == project.institution_id:
        return None
    takes_part = project.partner_institutions.filter(pk=place.institution_id).exists()
    return None if takes_part else place


def moved_projects(projects: Collection[int]) -> dict[int, str]:
    """Of these projects, by key, those whose coordinator works elsewhere, with that school's name; one query."""
    leads = TeamTeacher.objects.filter(
        project__in=projects, is_coordinator=True, staff__postings__year=F("project__year")
    )
    partners = Project.partner_institutions.through.objects.filter(project=OuterRef("project"))
    takes_part = Exists(partners.filter(institution=OuterRef("staff__postings__institution")))
    rows = leads.annotate(takes_part=takes_part).values_list(
        "project",
        "project__institution",
        "staff__postings__institution",
        "staff__postings__institution__name",
        "takes_part",
    )
    return {project: name for project, school, place, name, part in rows if place != school and not part}


def coordinators_to_name(project: Project) -> list[Member]:
    """Teachers of the team who work at the project's school this year and do not coordinate it."""
    postings = Posting.objects.filter(
        year=project.year_id,
        institution=project.institution_id,
        staff__in=project.team_teachers.filter(is_coordinator=False).values("staff"),
    )
    rows = postings.select_related("staff", "institution").order_by("staff__name_key", "pk")
    return [Member(row.staff_id, row.staff.full_name, post_of(row)) for row in rows]
