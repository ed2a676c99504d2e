"""The page of what waits: grouped by due day, with ages, one's own alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.workflow import ClaimStatus
from schools.models import AcademicYear
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.accounts import UserFactory
from tests.factories.projects import ClaimFactory, ProjectFactory
from tests.factories.schools import InstitutionFactory, YearFactory, seat_user

pytestmark = pytest.mark.django_db

ADDRESS = "/yapilacaklar/"


def groups(client: Client) -> list[tuple[str, list[str]]]:
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    return [(str(title), [task.title for task in tasks]) for title, tasks in answer.context["groups"]]


def test_overdue_tasks_stand_first_then_those_with_a_last_day(client: Client) -> None:
    school = InstitutionFactory()
    client.force_login(seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school))
    returned = ProjectFactory(institution=school, title="Geri Gelen")
    ClaimFactory(project=returned, status=ClaimStatus.RETURNED, decided_at=timezone.now() - dt.timedelta(days=9))
    ProjectFactory(institution=school, title="Taslak")
    AcademicYear.objects.update(submission_deadline=timezone.now() + dt.timedelta(days=3))
    with_days = groups(client)
    assert "Son günü belli olanlar" in [title for title, _tasks in with_days]
    assert "9 gündür bekliyor" in " ".join(client.get(ADDRESS).content.decode().split())
    AcademicYear.objects.update(submission_deadline=timezone.now() - dt.timedelta(days=3))
    overdue = groups(client)
    assert [title for title, _tasks in overdue] == sorted(
        (title for title, _tasks in overdue),
        key=["Süresi geçenler", "Son günü belli olanlar", "Bekleyen işler"].index,
    )
    assert "Geri Gelen" in [task for _title, tasks in overdue for task in tasks]


def test_everybody_sees_their_own_tasks_alone(client: Client) -> None:
    school, other = InstitutionFactory(), InstitutionFactory()
    for place, title in ((school, "Bizim Bahçe"), (other, "Onların Bahçesi")):
        ClaimFactory(
            project=ProjectFactory(institution=place, title=title), status=ClaimStatus.RETURNED,
            decided_at=timezone.now(),
        )  # fmt: skip
    client.force_login(seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school))
    page = client.get(ADDRESS).content.decode()
    assert "Bizim Bahçe" in page
    assert "Onların Bahçesi" not in page


def test_nothing_to_do_is_said_in_words(client: Client) -> None:
    YearFactory()
    client.force_login(UserFactory())
    assert "Bekleyen iş yok" in client.get(ADDRESS).content.decode()


def test_without_a_year_the_page_says_so(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get(ADDRESS).status_code == 200


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    assert "/hesap/login" in client.get(ADDRESS)["Location"]


@pytest.mark.parametrize("kind", [CommissionKind.SCHOOL, CommissionKind.TECHNICAL, CommissionKind.EXECUTIVE])
def test_queries_do_not_grow_with_what_waits(client: Client, kind: Any) -> None:
    school = InstitutionFactory()
    unit = school if kind == CommissionKind.SCHOOL else school.province
    client.force_login(seat_user(kind, SeatRole.CHAIR, unit))
    client.get(ADDRESS)
    taken = []
    for more in (1, 2):
        for _number in range(more):
            ClaimFactory(
                project=ProjectFactory(institution=school), status=ClaimStatus.RETURNED, decided_at=timezone.now()
            )
            ClaimFactory(project=ProjectFactory(institution=school))
            ProjectFactory(institution=school)
        with CaptureQueriesContext(connection) as seen:
            client.get(ADDRESS)
        taken.append(len(seen))
    assert taken[0] == taken[1] <= 15
