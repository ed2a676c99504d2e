"""A school with its people, a reviewer, and a project that is ready to be sent."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common.files import store_bytes
from projects import reference
from projects.models import Evidence, Project
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.common import pdf_bytes
from tests.factories.projects import ProjectFactory, item, team
from tests.factories.schools import DistrictFactory, InstitutionFactory, StaffFactory, StudentFactory, seat_user

_numbers = itertools.count(1)


def add_file(project: Project, name: str = "basvuru.pdf", claim: Any = None) -> Evidence:
    """Evidence that has passed the checks of uploading before."""
    stored = store_bytes(
        name=name, data=f"%PDF-1.4 {next(_numbers)}".encode(), content_type="application/pdf", by=None, purpose="test"
    )
    return Evidence.objects.create(project=project, claim=claim, file=stored)


def ready_project(school: Any, **values: Any) -> Project:
    """A draft without a problem: item, dates, responsible manager, a team of two teachers and two students, a file."""
    project = ProjectFactory(
        institution=school,
        item=values.pop("item", None) or item("KA2"),
        responsible_manager=StaffFactory(institution=school, title="deputy"),
        **values,
    )
    team(
        project,
        coordinator=StaffFactory(institution=school),
        teachers=[StaffFactory(institution=school)],
        students=StudentFactory.create_batch(2, institution=school),
    )
    add_file(project)
    return project


@pytest.fixture
def catalogue(db: None) -> None:
    reference.load()


@pytest.fixture
def school(catalogue: None) -> Any:
    return InstitutionFactory(district=DistrictFactory(name="Edremit"), name="Edremit Işık Ortaokulu")


@pytest.fixture
def coordinator(school: Any) -> Any:
    return seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school, full_name="Ayşe Yılmaz")


@pytest.fixture
def principal(school: Any) -> Any:
    return seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, school, full_name="Oğuz Çığır")


@pytest.fixture
def reviewer(school: Any) -> Any:
    return seat_user(CommissionKind.TECHNICAL, SeatRole.RND, full_name="İrem Şahin")


@pytest.fixture
def second_reviewer(school: Any) -> Any:
    return seat_user(CommissionKind.TECHNICAL, SeatRole.MEASUREMENT, full_name="Ümit Kaya")


@pytest.fixture
def stranger(catalogue: None) -> Any:
    """The coordinator of another school in the same district."""
    other = InstitutionFactory(district=DistrictFactory(name="Edremit"), name="Edremit Deniz Ortaokulu")
    return seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, other, full_name="Gökhan İnce")


@pytest.fixture
def project(school: Any) -> Project:
    return ready_project(school)


@pytest.fixture
def pdf_upload() -> Any:
    """Makes an upload that the checks take: a one-page PDF."""

    def make(name: str = "belge.pdf") -> SimpleUploadedFile:
        return SimpleUploadedFile(name, pdf_bytes(), content_type="application/pdf")

    return make
