"""Pages of use: figures against a calculation by hand, who gets in, what is hidden, how many queries they cost."""

from fractions import Fraction

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eba.models import CriterionWeight
from eba.selectors import criteria, figures, points
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.units import Category
from schools.services import set_year_setting
from tests.factories.eba import make_criteria, make_student_use, make_use
from tests.factories.schools import (
    CommissionFactory,
    DistrictFactory,
    InstitutionFactory,
    ProvinceFactory,
    SeatFactory,
    StaffFactory,
    StudentFactory,
    YearFactory,
    seat_user,
    staff_user,
)

pytestmark = pytest.mark.django_db


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def get(user, name, *arguments, query=""):
    return client_of(user).get(reverse(f"eba:{name}", args=arguments) + query)


def text_of(response):
    return " ".join(response.content.decode().split())


def teacher(school, last_name, **values):
    return StaffFactory(institution=school, first_name="Öğretmen", last_name=last_name, **values)


class Place:
    """Two schools of Edremit, one of Havran. At Işık the first term's points are 12,5 + 12,5 + 7 + 2."""

    def __init__(self):
        self.year = YearFactory()
        make_criteria(self.year, caps={"WORK_SENT": 5})
        self.edremit = DistrictFactory(province=self.year.province, name="Edremit")
        self.havran = DistrictFactory(province=self.year.province, name="Havran")
        self.isik = InstitutionFactory(district=self.edremit, name="Işık Ortaokulu")
        self.deniz = InstitutionFactory(district=self.edremit, name="Deniz Lisesi", category=Category.HIGH)
        self.zeytin = InstitutionFactory(district=self.havran, name="Zeytin Ortaokulu")
        self.people = {name: teacher(self.isik, name) for name in ("Ak", "Boz", "Can", "Dal", "Er")}
        make_use(self.people["Ak"], {"TIME_IN_SYSTEM": "2.5", "WORK_SENT": 7})  # 2,5 + 5 × 2
        make_use(self.people["Boz"], {"TIME_IN_SYSTEM": "2.5", "COURSES_ATTENDED": 1})
        make_use(self.people["Can"], {"TIME_IN_SYSTEM": 7})
        make_use(self.people["Dal"], {"TIME_IN_SYSTEM": 2})
        make_use(self.people["Er"], {})
        make_use(self.people["Ak"], {"TIME_IN_SYSTEM": 20}, term=2)
        self.sailor = teacher(self.deniz, "Deniz")
        make_use(self.sailor, {"TIME_IN_SYSTEM": 40})
        self.school = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, self.isik)
        self.neighbour = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, self.zeytin)
        self.board = seat_user(CommissionKind.DISTRICT, unit=self.edremit)
        self.monitor = seat_user(CommissionKind.MONITORING_INNOVATION_EBA, unit=self.year.province)


@pytest.fixture
def place():
    return Place()


def rows_of(place, term=1):
    rows = points.staff_rows(criteria.tariff_of(place.year), place.isik, place.year, term)
    return [(r.posting.staff.last_name, r.found and r.found.points, r.rank, r.is_proposed) for r in rows]


def test_points_are_exact_cut_at_the_cap_and_ranked_with_ties(place):
    assert rows_of(place)[:5] == [
        ("Ak", Fraction(25, 2), 1, True),
        ("Boz", Fraction(25, 2), 1, True),
        ("Can", 7, 3, True),
        ("Dal", 2, 4, False),
        ("Er", 0, None, False),
    ]
    assert rows_of(place)[5][1:] == (None, None, False)


def test_minutes_count_sixty_times_and_the_cap_is_in_minutes(place):
    CriterionWeight.objects.filter(criterion__code="TIME_IN_SYSTEM").update(cap=400)
    set_year_setting(year=place.year, key="time_unit", value="minutes", by=None)
    cells = points.own_terms(criteria.tariff_of(place.year), place.people["Can"])[1].cells
    assert (cells[0].value, cells[0].counted, cells[0].points, cells[0].is_cut) == (420, 400, 400, True)
    own = figures.schools_of(criteria.tariff_of(place.year))
    isik = next(row for row in own if row.pk == place.isik.pk)
    assert isik.figures.mean(1) == Fraction(150 + 10 + 150 + 10 + 400 + 120, 5)


def by_school(place):
    return {row.name: row.figures for row in figures.schools_of(criteria.tariff_of(place.year))}


def test_means_and_gains_of_schools_and_groups(place):
    schools = by_school(place)
    isik = schools["Işık Ortaokulu"]
    assert (isik.mean(1), isik.mean(2), isik.mean_gain) == (Fraction(34, 5), 20, Fraction(15, 2))
    assert (isik.first.people, isik.second.people, isik.both, isik.staff) == (5, 1, 1, 6)
    assert (schools["Zeytin Ortaokulu"].mean(1), schools["Zeytin Ortaokulu"].has_data) == (None, False)
    both = isik + schools["Deniz Lisesi"]
    assert both.mean(1) == Fraction(34 + 40, 6)


def test_a_school_without_a_record_of_some_counts_all_its_staff_where_the_year_says_so(place):
    set_year_setting(year=place.year, key="school_eba", value="mean_all_staff", by=None)
    assert by_school(place)["Işık Ortaokulu"].mean(1) == Fraction(34, 6)


def test_the_figures_follow_new_records_at_once(place):
    assert by_school(place)["Zeytin Ortaokulu"].first.people == 0
    make_use(teacher(place.zeytin, "Zeytin"), {"TIME_IN_SYSTEM": 3})
    assert by_school(place)["Zeytin Ortaokulu"].mean(1) == 3


def test_the_school_reads_its_staff_with_values_and_proposals(place):
    page = text_of(get(place.school, "school", place.isik.code))
    assert page.count("Okulun ilk üçü") == 3
    for words in ("12,50", "üst sınırla 5 sayıldı", "Bu dönem kaydı yok", "Kaydı olan: 5 / 6", "2,50 × 1 + 5 × 2"):
        assert words in page
    assert "20,00" in text_of(get(place.school, "school", place.isik.code, query="?donem=2"))


HIDDEN = ">gizli<"


def test_groups_under_ten_are_hidden_from_readers_without_a_seat_over_them(place):
    """Of the second term the only record is Işık's own."""
    page = text_of(get(place.school, "school", place.isik.code))
    assert page.count(HIDDEN) == 2  # the first term of the district and of the province
    assert HIDDEN not in text_of(get(place.monitor, "school", place.isik.code))
    assert HIDDEN not in text_of(get(place.board, "school", place.isik.code))
    assert "Edremit</a>" not in text_of(get(place.school, "province"))
    for number in range(4):
        make_use(teacher(place.deniz, f"Y{number}"), {"TIME_IN_SYSTEM": 1})
    assert text_of(get(place.school, "school", place.isik.code)).count(HIDDEN) == 2  # ten without one's own five
    for number in range(5):
        make_use(teacher(place.deniz, f"Z{number}"), {"TIME_IN_SYSTEM": 1})
    assert HIDDEN not in text_of(get(place.school, "school", place.isik.code))


def test_each_term_and_the_progress_are_hidden_for_themselves(place):
    pupils = [teacher(place.zeytin, f"T{number}") for number in range(12)]
    for one in pupils:
        make_use(one, {"TIME_IN_SYSTEM": 5})
    make_use(pupils[0], {"TIME_IN_SYSTEM": 77}, term=2)
    page = get(place.board, "province")
    havran = next(group for group in page.context["districts"] if group.label == "Havran")
    assert havran.hidden == {"second", "gain"}
    assert (havran.first_mean, havran.second_mean, havran.mean_gain) == (5, None, None)
    assert "77,00" not in text_of(page)


def test_a_small_group_does_not_follow_from_the_total_and_its_neighbours(place):
    """Havran has three people, Edremit and Burhaniye plenty: the smaller of the two is hidden with Havran."""
    burhaniye = InstitutionFactory(district=DistrictFactory(province=place.year.province, name="Burhaniye"))
    for school, people in ((place.zeytin, 3), (place.isik, 20), (burhaniye, 12)):
        for number in range(people):
            make_use(teacher(school, f"S{number}"), {"TIME_IN_SYSTEM": 5})
    context = get(place.neighbour, "province").context
    firsts = {group.label: "first" in group.hidden for group in context["districts"]}
    assert firsts == {"Burhaniye": False, "Edremit": False, "Havran": False}  # Havran is the neighbour's own school
    firsts = {group.label: "first" in group.hidden for group in get(place.school, "province").context["districts"]}
    assert firsts == {"Burhaniye": True, "Edremit": True, "Havran": True}  # one more in Edremit than the own 25
    assert "first" not in context["total"].hidden


def test_who_gets_in_where(place):
    expected = {
        "school": ("province", "school"),
        "neighbour": ("province",),
        "board": ("province", "district", "school"),
        "monitor": ("province", "district", "school"),
    }
    pages = {
        "province": (),
        "district": (place.edremit.pk,),
        "school": (place.isik.code,),
    }
    for who, opens in expected.items():
        for name, arguments in pages.items():
            status = get(getattr(place, who), name, *arguments).status_code
            assert (who, name, status) == (who, name, 200 if name in opens else 404)
    plain = staff_user(place.isik)
    for name, arguments in pages.items():
        assert get(plain, name, *arguments).status_code == 404


def test_a_seat_in_another_province_does_not_hide_ones_own_home():
    far = DistrictFactory(province=ProvinceFactory(plate_code=63))
    place = Place()
    commission = CommissionFactory(year=YearFactory(province=far.province), kind=CommissionKind.DISTRICT, district=far)
    SeatFactory(commission=commission, staff=place.board.staff_member)
    assert far.pk < place.edremit.pk
    assert get(place.board, "home").context["district"] == place.edremit


def test_home_shows_everybody_their_own_page(place):
    titles = {"school": "Okulun EBA kullanımı", "board": "İlçede EBA kullanımı", "monitor": "İlde EBA kullanımı"}
    for who, title in titles.items():
        assert f"<h1>{title}" in text_of(get(getattr(place, who), "home"))
    assert "EBA puanım nasıl oluştu" in text_of(get(staff_user(place.isik), "home"))


def test_a_teacher_reads_their_own_working_and_nobody_elses(place):
    user = staff_user(place.isik)
    make_use(user.staff_member, {"TIME_IN_SYSTEM": "1.25", "WORK_SENT": 9})
    make_use(user.staff_member, {"TIME_IN_SYSTEM": 20}, term=2)
    page = text_of(get(user, "own"))
    for words in ("11,25 puan", "5 adet sayıldı (üst sınır)", "+8,75 puan", "Ölçüt tablosu sürüm 1"):
        assert words in page
    assert get(user, "staff", place.people["Ak"].pk).status_code == 404
    assert get(place.school, "staff", place.people["Ak"].pk).status_code == 200
    assert get(place.neighbour, "staff", place.people["Ak"].pk).status_code == 404


def test_students_by_grade_and_names_only_for_the_school(place):
    for hours in ("4.5", "12", "90"):
        student = StudentFactory(institution=place.isik, grade=8, last_name="Su")
        make_student_use(student, hours, term=1)
    StudentFactory(institution=place.isik, grade=5)
    page = text_of(get(place.school, "school", place.isik.code))
    for words in ("8. sınıf", "35,50", "Öğrencileri adlarıyla göster"):
        assert words in page
    named = text_of(get(place.school, "students", place.isik.code))
    assert named.index("90,00") < named.index("12,00") < named.index("4,50")
    for who in (place.board, place.monitor, place.neighbour):
        assert get(who, "students", place.isik.code).status_code == 404
        assert "adlarıyla" not in text_of(get(who, "school", place.isik.code))


def test_schools_of_a_level_are_for_the_boards_of_the_province(place):
    page = text_of(get(place.monitor, "province", query="?kademe=middle"))
    assert "Işık Ortaokulu" in page
    assert "Deniz Lisesi" not in page
    assert "Işık Ortaokulu" not in text_of(get(place.board, "province", query="?kademe=middle"))


def test_without_a_table_the_pages_say_so(place):
    place.year.criteria_tables.update(status="superseded")
    for name, arguments in (("province", ()), ("district", (place.edremit.pk,)), ("school", (place.isik.code,))):
        assert "onaylı ölçüt tablosu yok" in text_of(get(place.monitor, name, *arguments))
    assert "onaylı ölçüt tablosu yok" in text_of(get(place.school, "own"))


PAGES = ["province", "district", "school", "students", "own", "criteria", "staff"]


@pytest.mark.parametrize("name", PAGES)
def test_the_number_of_queries_does_not_grow(place, name):
    def asked():
        arguments = {
            "district": (place.edremit.pk,),
            "school": (place.isik.code,),
            "students": (place.isik.code,),
            "staff": (place.people["Ak"].pk,),
        }.get(name, ())
        reader = place.school if name in ("students", "own") else place.monitor
        client = client_of(reader)
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            response = client.get(reverse(f"eba:{name}", args=arguments))
        assert response.status_code == 200
        return len(found)

    def add():
        make_use(teacher(place.isik, "Yeni"), {"TIME_IN_SYSTEM": 1})
        make_student_use(StudentFactory(institution=place.isik, grade=7), 2)
        school = InstitutionFactory(district=place.edremit)
        make_use(teacher(school, "Yeni"), {"TIME_IN_SYSTEM": 1})

    add()
    once = asked()
    add()
    add()
    assert asked() == once
    assert once <= 21
