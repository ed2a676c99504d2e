import datetime

import pytest
from django.utils import timezone

from common.errors import UserError
from common.text import sort_key
from schools import reference, year_settings
from schools.authority import governors, seats_of
from schools.models import AcademicYear, Commission, District, InstitutionYear, Posting, Seat
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.units import Category
from schools.services import set_year_setting
from tests.factories.schools import (
    InstitutionFactory,
    SeatFactory,
    StaffFactory,
    StudentFactory,
    seat_user,
)

pytestmark = pytest.mark.django_db


def test_loading_gives_the_province_its_districts_and_a_current_year():
    year = reference.load(10, "2020-2021")
    names = [district.name for district in District.objects.filter(province=year.province)]
    assert len(names) == 20
    assert {"Sındırgı", "Susurluk", "İvrindi", "Havran", "Karesi", "Altıeylül", "Marmara"} <= set(names)
    assert (year.province.name, year.is_current) == ("Balıkesir", True)
    assert (year.start_date, year.second_term_date, year.end_date) == (
        datetime.date(2020, 9, 14),
        datetime.date(2021, 2, 8),
        datetime.date(2021, 8, 31),
    )


def test_districts_in_turkish_order():
    reference.load(10, "2020-2021")
    names = sorted(District.objects.values_list("name", flat=True), key=sort_key)
    assert names.index("Havran") < names.index("İvrindi") < names.index("Karesi")
    assert names.index("Sındırgı") < names.index("Susurluk")
    assert names.index("Gömeç") < names.index("Gönen")


def test_loading_again_changes_nothing_and_provinces_do_not_mix():
    first = reference.load(10, "2020-2021")
    assert reference.load(10, "2020-2021") == first
    other = reference.load(63, "2020-2021")
    assert (District.objects.count(), AcademicYear.objects.count()) == (33, 2)
    assert other.province.districts.count() == 13
    assert first.is_current
    assert other.is_current


def test_a_second_year_does_not_become_current_by_loading():
    reference.load(10, "2020-2021")
    assert not reference.load(10, "2021-2022").is_current


@pytest.mark.parametrize("name", ["2020", "2020-2022", "2021-2020", "20-21", "", "2020-2021 "])
def test_a_name_that_is_no_year_is_refused(name):
    with pytest.raises(UserError, match="bir eğitim-öğretim yılı değil"):
        reference.load(10, name)
    assert not AcademicYear.objects.exists()


def test_an_unknown_province_is_refused():
    with pytest.raises(
        UserError, match="6 plaka kodlu ilin ilçe listesi yok; bilinen iller: 10 Balıkesir, 63 Şanlıurfa"
    ):
        reference.load(6, "2020-2021")


@pytest.fixture
def last_year():
    year = reference.load(10, "2020-2021")
    district = District.objects.get(name="Sındırgı")
    school = InstitutionFactory(district=district, category=Category.HIGH)
    set_year_setting(year=year, key="team_share", value="split", by=None)
    governor = seat_user(CommissionKind.DISTRICT, SeatRole.CHAIR, district, signs_as="Kaymakam V.")
    coordinator = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)
    commission = Commission.objects.get(kind=CommissionKind.SCHOOL)
    gone = StaffFactory(institution=school)
    SeatFactory(commission=commission, staff=gone, end_date=datetime.date(2021, 1, 31))
    StudentFactory(institution=school)
    return year, governor, coordinator


def test_opening_copies_settings_categories_commissions_and_open_seats(last_year):
    old, governor, coordinator = last_year
    new = reference.copy_year(old, "2021-2022", None)
    assert (new.is_current, AcademicYear.objects.get(pk=old.pk).is_current) == (True, False)
    assert year_settings.get(new, "team_share") == "split"
    assert InstitutionYear.objects.get(year=new).category == Category.HIGH
    assert Commission.objects.filter(year=new).count() == Commission.objects.filter(year=old).count() == 2
    seats = Seat.objects.filter(commission__year=new).order_by("pk")
    assert {(seat.staff.user, seat.role, seat.signs_as, seat.start_date, seat.end_date) for seat in seats} == {
        (governor, "chair", "Kaymakam V.", datetime.date(2021, 9, 13), None),
        (coordinator, "coordinator", "", datetime.date(2021, 9, 13), None),
    }


def test_opening_leaves_the_records_where_they_are(last_year):
    old, _governor, _coordinator = last_year
    new = reference.copy_year(old, "2021-2022", None)
    assert not Posting.objects.filter(year=new).exists()
    assert not new.enrolments.exists()
    assert old.enrolments.count() == 1


def test_authority_goes_on_in_the_new_year(last_year):
    old, governor, _coordinator = last_year
    new = reference.copy_year(old, "2021-2022", None)
    (seat,) = seats_of(governor)
    assert seat.commission.year == new
    assert list(governors(old, seat.commission.district)) == [seat]


def test_seats_of_the_old_year_end_the_day_before(last_year):
    old, _governor, _coordinator = last_year
    reference.copy_year(old, "2021-2022", None)
    ends = set(Seat.objects.filter(commission__year=old).values_list("end_date", flat=True))
    assert ends == {datetime.date(2021, 9, 12), datetime.date(2021, 1, 31)}


def test_a_year_opened_ahead_gives_authority_at_once(last_year):
    old, governor, _coordinator = last_year
    ahead = timezone.localdate().year + 1
    new = reference.copy_year(old, f"{ahead}-{ahead + 1}", None)
    assert new.start_date > timezone.localdate()
    assert [seat.commission.year for seat in seats_of(governor)] == [new]


def test_closed_institutions_stay_behind(last_year):
    old, _governor, _coordinator = last_year
    school = InstitutionYear.objects.get(year=old).institution
    InstitutionFactory(district=school.district, predecessor=school, category=None)
    new = reference.copy_year(old, "2021-2022", None)
    assert not InstitutionYear.objects.filter(year=new).exists()
    assert set(Commission.objects.filter(year=new).values_list("kind", flat=True)) == {"district"}
