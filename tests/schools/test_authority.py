import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User
from schools.authority import provinces_of, scope_of, seats_of, unit_of, unit_scope_of
from schools.models import AcademicYear, Institution, Seat
from schools.models.commissions import CommissionKind, SeatRole
from schools.selectors import students_visible_to
from tests.factories.accounts import SystemAdminFactory
from tests.factories.schools import (
    CommissionFactory,
    DistrictFactory,
    InstitutionFactory,
    ProvinceFactory,
    StudentFactory,
    YearFactory,
    seat_user,
    staff_user,
)

pytestmark = pytest.mark.django_db


def again(user):
    """The same account on the next request."""
    return User.objects.get(pk=user.pk)


def test_seats_are_read_once_for_a_user_object(django_assert_num_queries):
    user = seat_user(CommissionKind.TECHNICAL)
    with django_assert_num_queries(1):
        (seat,) = seats_of(user)
        assert seats_of(user) == (seat,)
        assert seat.commission.unit.name == "Balıkesir"


def test_seats_below_the_province_cost_one_query_more_for_their_units(django_assert_num_queries):
    user = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR)
    with django_assert_num_queries(2):
        (seat,) = seats_of(user)
        assert seats_of(user) == (seat,)
        assert seat.commission.institution.district.name
        assert seat.commission.year.province.name == "Balıkesir"


def test_no_seats_are_remembered_too(django_assert_num_queries):
    user = staff_user()
    with django_assert_num_queries(1):
        assert seats_of(user) == ()
        assert seats_of(user) == ()


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [(0, None, True), (0, 0, True), (-5, 0, True), (1, None, False), (-5, -1, False)],
    ids=["from today", "today only", "until today", "from tomorrow", "until yesterday"],
)
def test_a_seat_counts_from_its_first_to_its_last_day(start, end, counts):
    user = seat_user(CommissionKind.TECHNICAL)
    today = timezone.localdate()
    dates = {
        "start_date": today + datetime.timedelta(start),
        "end_date": None if end is None else today + datetime.timedelta(end),
    }
    Seat.objects.filter(staff__user=user).update(**dates)
    assert bool(seats_of(user)) is counts


def test_a_seat_of_a_past_year_gives_nothing():
    user = seat_user(CommissionKind.EXECUTIVE, SeatRole.CHAIR)
    AcademicYear.objects.update(is_current=False)
    assert seats_of(user) == ()


def test_anonymous_and_deactivated_people_have_no_seats(django_assert_num_queries):
    user = seat_user(CommissionKind.TECHNICAL)
    user.is_active = False
    with django_assert_num_queries(0):
        assert seats_of(AnonymousUser()) == ()
        assert seats_of(user) == ()
    assert scope_of(AnonymousUser()).is_empty


def visible_codes(user):
    return set(Institution.objects.filter(scope_of(user).of_institutions()).values_list("code", flat=True))


@pytest.fixture
def two_provinces():
    edremit, gonen = DistrictFactory(name="Edremit"), DistrictFactory(name="Gönen")
    urfa = DistrictFactory(name="Birecik", province=ProvinceFactory(plate_code=63))
    return {
        "a": InstitutionFactory(district=edremit, code="700001"),
        "b": InstitutionFactory(district=edremit, code="700002"),
        "c": InstitutionFactory(district=gonen, code="700003"),
        "u": InstitutionFactory(district=urfa, code="700004"),
    }


@pytest.mark.parametrize(
    ("kind", "unit", "sees"),
    [
        (CommissionKind.EXECUTIVE, lambda s: s["a"].province, {"700001", "700002", "700003"}),
        (CommissionKind.MEASUREMENT_CENTRE, lambda s: s["u"].province, {"700004"}),
        (CommissionKind.DISTRICT, lambda s: s["a"].district, {"700001", "700002"}),
        (CommissionKind.SCHOOL, lambda s: s["c"], {"700003"}),
    ],
)
def test_a_seat_sees_what_lies_under_its_commission(two_provinces, kind, unit, sees):
    user = seat_user(kind, unit=unit(two_provinces))
    assert visible_codes(user) == sees
    scope = scope_of(user)
    assert {s.code for s in two_provinces.values() if scope.covers(s)} == sees


def test_people_without_a_seat_see_no_institution(two_provinces):
    assert visible_codes(staff_user(two_provinces["a"])) == set()
    assert visible_codes(SystemAdminFactory()) == set()


def test_administrator_sees_every_unit_but_no_student(two_provinces):
    StudentFactory(institution=two_provinces["a"])
    admin, year = SystemAdminFactory(), AcademicYear.objects.get(province__plate_code=10)
    assert unit_scope_of(admin).covers(two_provinces["a"])
    assert not students_visible_to(admin, year).exists()


def test_scope_filters_rows_that_point_at_an_institution(two_provinces):
    StudentFactory(institution=two_provinces["a"])
    StudentFactory(institution=two_provinces["c"])
    user = seat_user(CommissionKind.SCHOOL, unit=two_provinces["a"])
    rows = two_provinces["a"].enrolments.model.objects.filter(scope_of(user).of_institutions("institution"))
    assert [row.institution.code for row in rows] == ["700001"]


def test_unit_is_found_through_the_object(two_provinces):
    school = two_provinces["a"]
    year = YearFactory(province=school.province)
    assert unit_of(CommissionFactory(kind="school", institution=school)) == unit_of(school)
    assert unit_of(CommissionFactory(kind="district", district=school.district)) == unit_of(school.district)
    assert unit_of(CommissionFactory(kind="executive", year=year)) == unit_of(school.province) == unit_of(year)
    with pytest.raises(TypeError, match="belongs to no unit"):
        unit_of(object())


def test_provinces_of_a_user(two_provinces):
    user = seat_user(CommissionKind.SCHOOL, unit=two_provinces["u"])
    assert [p.name for p in provinces_of(user)] == ["Şanlıurfa"]
    assert [p.plate_code for p in provinces_of(SystemAdminFactory())] == [10, 63]
    assert provinces_of(AnonymousUser()) == ()
