"""The predicates, each asked about places inside and outside the seat's reach."""

import pytest
import rules
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from schools import rules as claims
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.accounts import SystemAdminFactory
from tests.factories.schools import (
    CommissionFactory,
    DistrictFactory,
    InstitutionFactory,
    ProvinceFactory,
    StaffFactory,
    current_year,
    seat_user,
    staff_user,
)

pytestmark = pytest.mark.django_db

K, R = CommissionKind, SeatRole


@pytest.fixture
def here():
    return InstitutionFactory(district=DistrictFactory(name="Edremit"))


@pytest.fixture
def abroad():
    return InstitutionFactory(district=DistrictFactory(name="Birecik", province=ProvinceFactory(plate_code=63)))


SEATS = [
    (K.EXECUTIVE, R.CHAIR, {"is_executive", "is_executive_chair", "has_province_seat"}),
    (K.EXECUTIVE, R.DIRECTOR, {"is_executive", "has_province_seat"}),
    (K.TECHNICAL, R.CHAIR, {"is_technical", "has_province_seat"}),
    (K.MONITORING_PROJECT, R.MEMBER, {"is_monitor", "is_project_monitor", "has_province_seat"}),
    (K.MONITORING_ARTS, R.MEMBER, {"is_monitor", "is_arts_monitor", "has_province_seat"}),
    (K.MEASUREMENT_CENTRE, R.DATA_CLERK, {"is_data_clerk", "has_province_seat"}),
    (K.DISTRICT, R.CHAIR, {"is_district_board", "is_district_governor"}),
    (K.DISTRICT, R.BUREAU, {"is_district_board"}),
    (K.SCHOOL, R.CHAIR, {"is_school_commission", "is_school_chair", "has_seat_at"}),
    (K.SCHOOL, R.COORDINATOR, {"is_school_commission", "is_school_coordinator", "has_seat_at"}),
    (K.SCHOOL, R.MEMBER, {"is_school_commission", "has_seat_at"}),
]
CLAIMS = sorted(set().union(*(true for _kind, _role, true in SEATS)))


@pytest.mark.parametrize(("kind", "role", "true"), SEATS)
def test_claims_hold_in_the_reach_of_the_seat_and_nowhere_else(here, abroad, kind, role, true):
    unit = {K.SCHOOL: here, K.DISTRICT: here.district}.get(kind, here.province)
    user = seat_user(kind, role, unit)
    assert {name for name in CLAIMS if getattr(claims, name)(user, here)} == true
    assert {name for name in CLAIMS if getattr(claims, name)(user)} == true
    assert not {name for name in CLAIMS if getattr(claims, name)(user, abroad)}


def test_a_school_seat_does_not_reach_up(here):
    user = seat_user(K.SCHOOL, R.CHAIR, here)
    assert claims.is_school_chair(user, here)
    assert not claims.is_school_chair(user, here.district)
    assert not claims.is_school_chair(user, current_year(here.province))
    assert not claims.sees_district(user, here)
    assert not claims.sees_institution(user, InstitutionFactory(district=here.district))


def test_a_district_seat_covers_its_schools_and_not_the_province(here):
    user = seat_user(K.DISTRICT, R.MEMBER, here.district)
    assert claims.sees_institution(user, here)
    assert claims.sees_district(user, here.district)
    assert not claims.sees_province(user, here.province)
    assert not claims.sees_institution(user, InstitutionFactory(district=DistrictFactory(name="Gönen")))


def test_being_administrator_opens_only_what_a_rule_names(here):
    admin = SystemAdminFactory()
    assert admin.has_perm("schools.form_commission", here)
    assert not admin.has_perm("schools.approve_settings", here)
    assert not admin.has_perm("schools.no_such_permission")
    admin.is_active = False
    assert not admin.has_perm("schools.form_commission", here)


def test_strangers_and_people_without_a_seat_may_nothing(here):
    nobody = [AnonymousUser(), staff_user(here)]
    person = StaffFactory(institution=here)
    commission = CommissionFactory(kind=K.SCHOOL, institution=here)
    about_commissions = ("schools.seat_person", "schools.seat_chair", "schools.invite")
    targets = dict.fromkeys(about_commissions, commission) | {"schools.view_person": person}
    open_to_all = {"schools.view_own_account"}
    for name in claims.PERMISSIONS:
        for user in nobody:
            allowed = user.has_perm(name, targets.get(name, here))
            assert allowed is (name in open_to_all and user.is_authenticated), (name, user)


def test_the_own_record_is_open(here):
    user = staff_user(here)
    assert user.has_perm("schools.view_person", user.staff_member)


def test_second_factor_rule(here):
    assert rules.test_rule("needs_second_factor", seat_user(K.TECHNICAL))
    assert rules.test_rule("needs_second_factor", SystemAdminFactory())
    assert not rules.test_rule("needs_second_factor", seat_user(K.SCHOOL, R.CHAIR, here))


def test_losing_the_seat_takes_the_permission_on_the_next_request(here):
    user = seat_user(K.TECHNICAL)
    assert user.has_perm("schools.import_data", here)
    user.staff_member.seats.all().delete()
    assert not User.objects.get(pk=user.pk).has_perm("schools.import_data", here)
