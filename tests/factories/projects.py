"""Projects, teams and claims for tests; ``item`` needs the loaded catalogue (``projects.reference.load``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from common.text import fold
from projects.models import Claim, Programme, ProgrammeItem, Project, TeamStudent, TeamTeacher
from projects.workflow import ClaimStage, ClaimStatus, project_status
from schools.models import AcademicYear, StaffMember, Student


class ProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Programme
        django_get_or_create = ("code",)

    code = "AB"
    name = "AB projeleri"
    order = 1


class ItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProgrammeItem
        django_get_or_create = ("code",)

    programme = factory.SubFactory(ProgrammeFactory)
    code = "KA2"
    name = "KA2"
    order = 2


def item(code: str) -> ProgrammeItem:
    """An item of the loaded catalogue."""
    return ProgrammeItem.objects.select_related("programme").get(code=code)


class ProjectFactory(factory.django.DjangoModelFactory):
    """A complete draft without team and evidence; the year is the current one of the institution's province."""

    class Meta:
        model = Project

    institution = factory.SubFactory("tests.factories.schools.InstitutionFactory")
    year = factory.LazyAttribute(
        lambda project: AcademicYear.objects.get(province=project.institution.province_id, is_current=True)
    )
    title = factory.Sequence(lambda number: f"Işık Projesi {number}")
    title_key = factory.LazyAttribute(lambda project: fold(project.title))
    item = factory.SubFactory(ItemFactory)
    summary = "Öğrenciler yenilenebilir enerjiyi araştırır."
    aims = "Enerji bilinci kazandırmak."
    start_date = dt.date(2020, 10, 1)
    end_date = dt.date(2021, 5, 31)


class ClaimFactory(factory.django.DjangoModelFactory):
    """A claim in any state, put there without its history; the project's status follows."""

    class Meta:
        model = Claim

    project = factory.SubFactory(ProjectFactory)
    item = factory.LazyAttribute(lambda claim: claim.project.item)
    stage = ClaimStage.PREPARING
    status = ClaimStatus.SUBMITTED
    submitted_at = factory.LazyFunction(timezone.now)
    independent_points: Decimal | None = None

    @classmethod
    def _create(cls, model_class: type[Claim], *args: Any, **kwargs: Any) -> Claim:
        claim: Claim = super()._create(model_class, *args, **kwargs)
        statuses = claim.project.claims.values_list("status", flat=True)
        claim.project.status = project_status(statuses)
        Project.objects.filter(pk=claim.project_id).update(status=claim.project.status)
        return claim


def team(
    project: Project,
    *,
    coordinator: StaffMember | None = None,
    teachers: Iterable[StaffMember] = (),
    students: Iterable[Student] = (),
) -> Project:
    """Put these people into the project's team."""
    rows = [TeamTeacher(project=project, staff=staff) for staff in teachers]
    if coordinator is not None:
        rows.insert(0, TeamTeacher(project=project, staff=coordinator, is_coordinator=True))
    TeamTeacher.objects.bulk_create(rows)
    TeamStudent.objects.bulk_create(TeamStudent(project=project, student=student) for student in students)
    return project
