import datetime

import pytest
from django.utils import timezone

from common.errors import Conflict, UserError
from common.models import AuditEntry, Notification
from schools import services
from schools.authority import governors, seats_of
from schools.models import Commission, Seat, StaffMember
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.accounts import UserFactory
from tests.factories.schools import (
    CommissionFactory,
    DistrictFactory,
    InstitutionFactory,
    ProvinceFactory,
    SeatFactory,
    StaffFactory,
    YearFactory,
    seat_user,
)

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
DAY = datetime.timedelta(days=1)


@pytest.fixture
def by():
    return UserFactory()


@pytest.fixture
def commission():
    return CommissionFactory(kind=CommissionKind.SCHOOL, institution=InstitutionFactory())


def last_action():
    return AuditEntry.objects.order_by("pk").last().action


def test_a_commission_is_formed_once_a_year_at_its_unit(by):
    school = InstitutionFactory()
    year = YearFactory(province=school.province)
    commission = services.form_commission(year=year, kind=CommissionKind.SCHOOL, institution=school, by=by)
    assert commission.label == f"Okul Proje Yürütme Komisyonu – {school.name}"
    assert last_action() == "commission.form"
    with pytest.raises(Conflict, match="zaten kurulmuş"):
        services.form_commission(year=year, kind=CommissionKind.SCHOOL, institution=school, by=by)
    later = YearFactory(province=school.province, name="2021-2022", is_current=False)
    services.form_commission(year=later, kind=CommissionKind.SCHOOL, institution=school, by=by)
    assert Commission.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "unit", "sentence"),
    [
        (CommissionKind.SCHOOL, {}, "Okul komisyonu için bir okul seçiniz"),
        (CommissionKind.DISTRICT, {}, "İlçe kurulu için bir ilçe seçiniz"),
        (CommissionKind.EXECUTIVE, {"institution": InstitutionFactory}, "Okul komisyonu için"),
        (CommissionKind.TECHNICAL, {"district": DistrictFactory}, "İlçe kurulu için"),
    ],
)
def test_a_commission_stands_at_the_unit_of_its_kind(kind, unit, sentence, by):
    year = YearFactory()
    with pytest.raises(UserError, match=sentence):
        services.form_commission(year=year, kind=kind, by=by, **{name: make() for name, make in unit.items()})
    assert not Commission.objects.exists()


def test_a_unit_of_another_province_is_refused(by):
    year = YearFactory()
    elsewhere = DistrictFactory(province=ProvinceFactory(plate_code=63))
    with pytest.raises(UserError, match="bu ilde değil"):
        services.form_commission(year=year, kind=CommissionKind.DISTRICT, district=elsewhere, by=by)


def test_seating_gives_authority_from_the_first_day(commission, by):
    user = UserFactory()
    staff = StaffFactory(institution=commission.institution, user=user)
    seat = services.seat_person(
        commission=commission, staff=staff, role=SeatRole.COORDINATOR, start_date=TODAY(), by=by
    )
    assert seats_of(user) == (seat,)
    assert last_action() == "seat.give"


def test_only_the_schools_own_staff_sits_on_its_commission(commission, by):
    with pytest.raises(UserError, match="bu okulda görevli değil"):
        services.seat_person(
            commission=commission,
            staff=StaffFactory(institution=InstitutionFactory()),
            role=SeatRole.MEMBER,
            start_date=TODAY(),
            by=by,
        )
    assert not Seat.objects.exists()


def test_a_role_that_the_commission_lacks_is_refused(commission, by):
    staff = StaffFactory(institution=commission.institution)
    with pytest.raises(UserError, match="bu görev yok"):
        services.seat_person(commission=commission, staff=staff, role=SeatRole.IT, start_date=TODAY(), by=by)


def test_people_of_another_province_are_refused(by):
    board = CommissionFactory(kind=CommissionKind.TECHNICAL)
    staff = StaffFactory(province=ProvinceFactory(plate_code=63))
    with pytest.raises(UserError, match="başka bir ilde"):
        services.seat_person(commission=board, staff=staff, role=SeatRole.IT, start_date=TODAY(), by=by)


@pytest.mark.parametrize("role", [SeatRole.CHAIR, SeatRole.COORDINATOR])
def test_one_chair_and_one_coordinator_at_a_time(commission, role, by):
    first = SeatFactory(commission=commission, staff=StaffFactory(institution=commission.institution), role=role)
    second = StaffFactory(institution=commission.institution)
    with pytest.raises(Conflict, match=first.staff.full_name):
        services.seat_person(commission=commission, staff=second, role=role, start_date=TODAY(), by=by)
    services.end_seat(seat=first, end_date=TODAY(), by=by)
    with pytest.raises(Conflict):
        services.seat_person(commission=commission, staff=second, role=role, start_date=TODAY(), by=by)
    services.seat_person(commission=commission, staff=second, role=role, start_date=TODAY() + DAY, by=by)


def test_a_person_has_one_seat_at_a_time_on_a_commission(commission, by):
    staff = StaffFactory(institution=commission.institution)
    services.seat_person(commission=commission, staff=staff, role=SeatRole.MEMBER, start_date=TODAY(), by=by)
    with pytest.raises(Conflict, match="süren bir üyeliği var"):
        services.seat_person(commission=commission, staff=staff, role=SeatRole.COORDINATOR, start_date=TODAY(), by=by)


def test_officers_are_recorded_without_a_number_and_sign_by_their_office(by):
    board = CommissionFactory(kind=CommissionKind.DISTRICT, district=DistrictFactory(name="İvrindi"))
    seat = services.seat_officer(
        commission=board,
        first_name="  Şükrü ",
        last_name="Ilgaz",
        email="Kaymakam@Ivrindi.example",
        role=SeatRole.CHAIR,
        start_date=TODAY(),
        by=by,
    )
    assert (seat.staff.full_name, seat.staff.name_key, seat.staff.identity_digest) == (
        "Şükrü Ilgaz",
        "sukru ilgaz",
        None,
    )
    assert seat.staff.email == "kaymakam@ivrindi.example"
    assert seat.label == "Kaymakam, İlçe Proje Yürütme Kurulu – İvrindi"
    assert list(governors(board.year, board.district)) == [seat]
    assert not governors(board.year).exists()


def test_an_officer_needs_a_name(by):
    board = CommissionFactory(kind=CommissionKind.EXECUTIVE)
    with pytest.raises(UserError, match="adını ve soyadını"):
        services.seat_officer(
            commission=board, first_name=" ", last_name="Kaya", role=SeatRole.CHAIR, start_date=TODAY(), by=by
        )
    assert not StaffMember.objects.exists()


def test_ending_a_seat_keeps_its_last_day_and_takes_the_authority_after_it(commission, by):
    user = UserFactory()
    staff = StaffFactory(institution=commission.institution, user=user)
    seat = SeatFactory(commission=commission, staff=staff)
    services.end_seat(seat=seat, end_date=TODAY() - DAY, by=by)
    assert seats_of(user) == ()
    assert last_action() == "seat.end"
    with pytest.raises(Conflict, match="daha önce bitirilmiş"):
        services.end_seat(seat=seat, end_date=TODAY(), by=by)


def test_a_seat_cannot_end_before_it_began(commission, by):
    staff = StaffFactory(institution=commission.institution)
    seat = SeatFactory(commission=commission, staff=staff, start_date=datetime.date(2021, 3, 5))
    with pytest.raises(UserError, match=r"05\.03\.2021"):
        services.end_seat(seat=seat, end_date=datetime.date(2021, 3, 4), by=by)


def test_a_seat_given_by_mistake_today_is_withdrawn(commission, by):
    staff = StaffFactory(institution=commission.institution)
    seat = SeatFactory(commission=commission, staff=staff, start_date=TODAY())
    services.withdraw_seat(seat=seat, by=by)
    assert not Seat.objects.exists()
    assert last_action() == "seat.withdraw"
    old = SeatFactory(commission=commission, staff=staff, start_date=TODAY() - DAY)
    with pytest.raises(UserError, match="Başlamış bir üyelik"):
        services.withdraw_seat(seat=old, by=by)


def test_the_holder_of_an_account_is_told_of_a_seat_that_others_give_end_or_take(commission, by):
    user = UserFactory()
    staff = StaffFactory(institution=commission.institution, user=user)
    seat = services.seat_person(commission=commission, staff=staff, role=SeatRole.MEMBER, start_date=TODAY(), by=by)
    label = f"Üye, {commission.label}"
    services.withdraw_seat(seat=seat, by=by)
    seat = services.seat_person(commission=commission, staff=staff, role=SeatRole.MEMBER, start_date=TODAY(), by=None)
    services.end_seat(seat=seat, end_date=TODAY() + DAY, by=by)
    last = f"{TODAY() + DAY:%d.%m.%Y}"
    told = Notification.objects.filter(recipient=user, url="/hesabim/").order_by("pk")
    assert list(told.values_list("kind", "subject")) == [
        ("security.seat_given", f"Size kurul görevi verildi: {label}"),
        ("security.seat_withdrawn", f"Size verilen kurul görevi geri alındı: {label}"),
        ("security.seat_given", f"Size kurul görevi verildi: {label}"),
        ("security.seat_ended", f"Kurul görevinizin son günü {last}: {label}"),
    ]
    assert Notification.objects.count() == 4


def test_nobody_is_told_of_what_they_do_themselves_or_without_an_account(commission):
    user = UserFactory()
    principal = StaffFactory(institution=commission.institution, user=user)
    without = StaffFactory(institution=commission.institution)
    for staff, role in ((principal, SeatRole.CHAIR), (without, SeatRole.MEMBER)):
        seat = services.seat_person(commission=commission, staff=staff, role=role, start_date=TODAY(), by=user)
        services.end_seat(seat=seat, end_date=TODAY(), by=user)
    assert not Notification.objects.exists()


def test_whoever_chairs_today_is_the_governor_also_for_a_past_year():
    seat_user(CommissionKind.EXECUTIVE, SeatRole.CHAIR, signs_as="Vali")
    (seat,) = Seat.objects.all()
    past = YearFactory(name="2019-2020", is_current=False)
    assert list(governors(past)) == [seat]
    assert not governors(past, on=seat.start_date - DAY).exists()
