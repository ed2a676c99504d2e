"""Who has no seat over a few children learns nothing of them from a teacher's row or a student's card."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from schools.models import StaffMember
from schools.models.commissions import CommissionKind, SeatRole
from scoring.services import compute_run, publish_run
from tests.factories.exams import make_coaching, make_exam, make_result, make_teaching
from tests.factories.schools import (
    DistrictFactory,
    InstitutionFactory,
    StaffFactory,
    StudentFactory,
    YearFactory,
    seat_user,
    staff_user,
)


def seen(user, path):
    client = Client()
    client.force_login(user)
    return client.get(path).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["district", "school"])
@pytest.mark.parametrize("name", ["Deniz Ortaokulu", "Işık Ortaokulu"])
def test_a_section_of_one_at_a_school_of_another_district(reader, name):
    year = YearFactory()
    here = InstitutionFactory(district=DistrictFactory(name="Edremit"), name="Işık Ortaokulu")
    there = InstitutionFactory(district=DistrictFactory(name="Havran"), name=name)
    teacher, exam = StaffFactory(institution=here), make_exam(year, "LGS", published=True)
    for _ in range(10):
        make_result(exam, StudentFactory(institution=here, section_name="A"), {"Türkçe": (10, 3)})
    make_result(exam, StudentFactory(institution=there, section_name="B"), {"Türkçe": (7, 9)})
    make_teaching(here, teacher, "Türkçe", section_name="A")
    make_teaching(there, teacher, "Türkçe", section_name="B")
    board = seat_user(CommissionKind.MONITORING_ACADEMIC, year=year)
    run = compute_run(year=year, measure="teacher_exam_success", exam="LGS", by=board)
    publish_run(run=run, by=board, on=timezone.localdate())
    user = (
        seat_user(CommissionKind.DISTRICT, unit=here.district)
        if reader == "district"
        else seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, here)
    )
    page = seen(user, reverse("scoring:row", args=[run.rows.get().pk]))
    assert ">4,0000<" not in page, "the child's net stands there"
    assert "107" not in page, "107 - 100 = 7: the child's right answers follow from the total"


@pytest.mark.django_db
def test_a_coach_of_nine_in_a_section_of_ten():
    year = YearFactory()
    school = InstitutionFactory(district=DistrictFactory(name="Edremit"))
    user = staff_user(school)
    exam = make_exam(year, "LGS", published=True)
    pupils = [StudentFactory(institution=school, section_name="A") for _ in range(10)]
    for number, pupil in enumerate(pupils):
        make_result(exam, pupil, {"Türkçe": (number + 5, 0)})
    for pupil in pupils[:9]:
        make_coaching(StaffMember.objects.get(user=user), pupil)
    assert "9,50" not in seen(user, reverse("exams:student", args=[pupils[0].pk]))
