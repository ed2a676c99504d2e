import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.schools import (
    CommissionFactory,
    DistrictFactory,
    InstitutionFactory,
    SeatFactory,
    StaffFactory,
    StudentFactory,
    seat_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def technical(client):
    user = seat_user(CommissionKind.TECHNICAL)
    client.force_login(user)
    return user


def fill(district):
    """One school with a full commission, a member of staff more and a student."""
    school = InstitutionFactory(district=district)
    commission = CommissionFactory(kind=CommissionKind.SCHOOL, institution=school)
    SeatFactory(commission=commission, staff=StaffFactory(institution=school), role=SeatRole.COORDINATOR)
    StaffFactory(institution=school, title="counsellor", branch="Rehberlik")
    StudentFactory(institution=school)
    return school


PAGES = ["institutions", "staff", "students", "commissions", "year_settings", "my_account"]


@pytest.mark.parametrize("name", PAGES)
def test_list_pages_ask_as_much_of_the_database_for_three_rows_as_for_one(
    client, technical, name, django_assert_num_queries
):
    district = DistrictFactory(name="Edremit")
    url = reverse(f"schools:{name}")
    fill(district)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        assert client.get(url).status_code == 200
    fill(DistrictFactory(name="Gönen"))
    fill(district)
    with django_assert_num_queries(len(one)):
        assert client.get(url).status_code == 200
    assert len(one) <= 14, [query["sql"] for query in one.captured_queries]


def test_cards_ask_as_much_for_three_people_as_for_one(client, technical):
    school = fill(DistrictFactory(name="Edremit"))
    commission = school.commissions.get()
    urls = [f"/kurumlar/{school.code}/", f"/kurullar/{commission.pk}/"]

    def counts():
        numbers = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            numbers.append(len(queries))
        return numbers

    counts()
    before = counts()
    for _ in range(2):
        SeatFactory(commission=commission, staff=StaffFactory(institution=school))
    assert counts() == before
    assert max(before) <= 16
