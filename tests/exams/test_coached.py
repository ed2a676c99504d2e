"""A coach's list of students: who is in it, what it says of their exams, and the ways between list and card."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schools.models import Enrolment, Posting
from schools.models.commissions import CommissionKind, SeatRole
from tests.exams.sittings import SUBJECTS, Place, build, client_of
from tests.factories.exams import make_coaching, make_exam, make_result
from tests.factories.schools import StudentFactory, seat_user, staff_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return build(published=True)


@pytest.fixture
def coach(place: Place) -> Any:
    user = staff_user(place.light)
    make_coaching(user.staff_member, place.students["a1"])
    return user


def listed(user: Any, **query: str) -> str:
    response = client_of(user).get(reverse("exams:my_students"), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def trial(place: Place, code: str, day: dt.date, **values: Any) -> Any:
    published = {"published": True} | values
    return make_exam(place.year, code, family="DENEME", kind="monitoring", date=day, subjects=SUBJECTS, **published)


def test_last_three_exams_and_the_change_between_two_sittings_of_one_family(place, coach):
    pupil = place.students["a1"]
    for number, correct in ((1, 6), (2, 9), (3, 12)):
        exam = trial(place, f"DENEME-{number}", dt.date(2020, 9 + number, 5))
        make_result(exam, pupil, {"Türkçe": (correct, 3)})
    make_result(trial(place, "DENEME-4", dt.date(2021, 2, 1), published=False), pupil, {"Türkçe": (20, 0)})
    said = listed(coach)
    assert '<strong class="num">22,00</strong> net' in said
    assert '<strong class="num">11,00</strong> net' in said
    assert '<strong class="num">8,00</strong> net' in said
    assert '<strong class="num">5,00</strong> net' not in said
    assert '<strong class="num">+3,00</strong> net' in said
    assert "DENEME-2 2020-2021 (05.11.2020) → DENEME-3 2020-2021 (05.12.2020)" in said
    assert "DENEME-4" not in said


def test_change_is_in_points_where_both_sittings_have_them_and_absence_is_no_sitting(place, coach):
    pupil = place.students["a1"]
    for number, score in ((1, "310.5"), (2, "300.25")):
        exam = trial(place, f"DENEME-{number}", dt.date(2020, 9 + number, 5))
        make_result(exam, pupil, {"Türkçe": (10 * number, 0)}, score=score)
    make_result(trial(place, "DENEME-3", dt.date(2020, 12, 5)), pupil)
    said = listed(coach)
    assert '<strong class="num">−10,25</strong> puan' in said
    assert ": girmedi</li>" in said


def test_search_finds_by_name_and_says_when_nobody_has_it(place, coach):
    other = StudentFactory(institution=place.light, first_name="Çınar", last_name="Işıldakoğlu")
    make_coaching(coach.staff_member, other)
    found = listed(coach, ara="IŞILDAKOĞLU")
    assert "Çınar Işıldakoğlu" in found
    assert reverse("exams:student", args=[place.students["a1"].pk]) not in found
    assert "Bu adda öğrenciniz yok" in listed(coach, ara="Zzz")


@pytest.mark.parametrize("moved", ["coach", "student"])
def test_a_coach_and_a_student_at_different_schools_have_no_card_between_them(place, coach, moved):
    pupil = place.students["a1"]
    card = reverse("exams:student", args=[pupil.pk])
    assert client_of(coach).get(card).status_code == 200
    if moved == "coach":
        Posting.objects.filter(staff=coach.staff_member).update(institution=place.sea)
    else:
        Enrolment.objects.filter(student=pupil).update(institution=place.sea)
    assert client_of(coach).get(card).status_code == 404
    said = listed(coach)
    assert "Okulunuzda danışmanı olduğunuz öğrenci yok" in said
    assert pupil.full_name not in said


def test_two_coaches_of_a_student_both_see_the_card(place, coach):
    second = staff_user(place.light)
    make_coaching(second.staff_member, place.students["a1"])
    card = reverse("exams:student", args=[place.students["a1"].pk])
    assert [client_of(user).get(card).status_code for user in (coach, second)] == [200, 200]


def test_a_card_leads_back_to_the_list_it_came_from(place, coach):
    card = reverse("exams:student", args=[place.students["a1"].pk])
    school = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, place.light)
    names = reverse("exams:school_students", args=[place.exam.pk, place.light.code])

    def back(user: Any, address: str) -> str:
        said = client_of(user).get(address).content.decode()
        return said.split('class="page-back" href="')[1].split('"')[0]

    assert back(coach, card) == reverse("exams:my_students")
    assert f"{card}?sinav={place.exam.pk}" in client_of(school).get(names).content.decode()
    assert back(school, f"{card}?sinav={place.exam.pk}") == names
    assert back(school, card) == back(school, f"{card}?sinav=x9") == reverse("schools:students")


def test_the_list_asks_the_same_for_one_and_three_students(place, coach):
    trial_one = trial(place, "DENEME-1", dt.date(2020, 10, 5))
    make_result(trial_one, place.students["a1"], {"Türkçe": (5, 0)})

    client = client_of(coach)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("exams:my_students")).status_code == 200
        return len(found)

    asked()
    once = asked()
    for name in ("a2", "b1"):
        make_coaching(coach.staff_member, place.students[name])
        make_result(trial_one, place.students[name], {"Türkçe": (5, 0)})
    assert asked() == once
    assert once < 15
