"""Who has no seat over a few children learns nothing of them from a teacher's row or a student's card."""

from dataclasses import dataclass, field

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exams.selectors.students import card_of
from schools.models import StaffMember
from schools.models.commissions import CommissionKind, SeatRole
from scoring.services import compute_run, publish_run
from tests.factories.exams import make_coaching, make_exam, make_result, make_teaching
from tests.factories.schools import (
    DistrictFactory,
    InstitutionFactory,
    StudentFactory,
    YearFactory,
    seat_user,
    staff_user,
)


def seen(user, path):
    client = Client()
    client.force_login(user)
    return client.get(path).content.decode()


@dataclass
class TwoSchools:
    """A teacher of Işık in Edremit, with 8/A of ``size`` students there (10 right, 3 wrong each) and 8/B of a school in
    Havran: one student with 7 right and 9 wrong, unless ``there`` says how many."""

    size: int = 10
    there: int = 1
    name: str = "Deniz Ortaokulu"
    readers: dict[str, object] = field(default_factory=dict)

    def __post_init__(self):
        self.year = YearFactory()
        self.here = InstitutionFactory(district=DistrictFactory(name="Edremit"), name="Işık Ortaokulu")
        self.away = InstitutionFactory(district=DistrictFactory(name="Havran"), name=self.name)
        teacher = staff_user(self.here)
        self.exam = make_exam(self.year, "LGS", published=True)
        self.sit(self.here, "A", self.size, (10, 3))
        self.sit(self.away, "B", self.there, (7, 9))
        for school, section in ((self.here, "A"), (self.away, "B")):
            make_teaching(school, StaffMember.objects.get(user=teacher), "Türkçe", section_name=section)
        self.board = seat_user(CommissionKind.MONITORING_ACADEMIC, year=self.year)
        self.readers = {
            "teacher": teacher,
            "board": self.board,
            "district": seat_user(CommissionKind.DISTRICT, unit=self.here.district),
            "school": seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, self.here),
        }

    def sit(self, school, section, size, answers):
        for _ in range(size):
            make_result(self.exam, StudentFactory(institution=school, section_name=section), {"Türkçe": answers})

    def published(self, partition=None):
        run = compute_run(
            year=self.year, measure="teacher_exam_success", partition=partition, exam="LGS", by=self.board
        )
        return publish_run(run=run, by=self.board, on=timezone.localdate()).rows.get()

    def page(self, reader, row):
        return seen(self.readers[reader], reverse("scoring:row", args=[row.pk]))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Deniz Ortaokulu", "Işık Ortaokulu"])
def test_a_section_of_one_at_a_school_of_another_district(name):
    two = TwoSchools(name=name)
    row = two.published()
    for reader in ("district", "school"):
        page = two.page(reader, row)
        assert ">4,0000<" not in page, "the child's net stands there"
        assert "107" not in page, "107 - 100 = 7: the child's right answers follow from the total"
        assert "42,7273" not in page, "42,7273 x 20 / 100 x 11 - 90 = 4: the value tells the total"
        assert "470/11" not in page
        assert "Küçük grubun rakamları gösterilmez" in page
    for reader in ("teacher", "board"):
        page = two.page(reader, row)
        assert all(told in page for told in (">4,0000<", "107", "42,7273", "470/11"))


@pytest.mark.django_db
def test_ten_students_elsewhere_are_no_few():
    two = TwoSchools(there=10)
    page = two.page("school", two.published())
    assert all(told in page for told in ("170", "32,5", "9,0000", "4,0000"))


@pytest.mark.django_db
def test_a_working_that_does_not_say_where_its_sections_are_hides_the_few():
    two = TwoSchools(there=9)
    row = two.published()
    for section in row.evidence["years"][0]["sections"]:
        del section["institution_id"], section["district_id"]
    row.save(update_fields=["evidence"])
    assert "Küçük grubun rakamları gösterilmez" in two.page("school", row)
    assert "Grupların rakamları" in two.page("teacher", row)


@pytest.mark.django_db
@pytest.mark.parametrize("partition", [None, "province,subject"])
def test_two_rankings_tell_nothing_of_a_child_who_was_added(partition):
    """Havran's section grows from 10 to 11: the 17 right answers more than before are that child's."""
    two = TwoSchools(there=10)
    first = two.published()
    assert "170" in two.page("school", first)
    two.sit(two.away, "B", 1, (17, 3))
    second = two.published(partition)
    assert "187" in two.page("school", second)
    for reader in ("school", "district"):
        page = two.page(reader, first)
        assert "170" not in page
        assert "1.</strong> sıra" in page
    for reader in ("teacher", "board"):
        assert "170" in two.page(reader, first)


@pytest.mark.django_db
def test_a_ranking_of_the_same_data_by_other_groups_hides_nothing():
    two = TwoSchools(there=10)
    first = two.published()
    two.published("province,subject")
    assert "170" in two.page("school", first)


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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("size", "coached", "shown"), [(10, 1, False), (11, 1, True), (18, 9, False), (19, 9, True), (10, 10, True)]
)
def test_a_sections_mean_is_shown_to_a_coach_while_those_they_do_not_know_are_not_few(size, coached, shown):
    year = YearFactory()
    school = InstitutionFactory(district=DistrictFactory(name="Edremit"))
    exam = make_exam(year, "LGS", published=True)
    pupils = [StudentFactory(institution=school, section_name="A") for _ in range(size)]
    for pupil in pupils:
        make_result(exam, pupil, {"Türkçe": (5, 0)})
    card = card_of(pupils[0], schools=(), coached=[pupil.pk for pupil in pupils[:coached]])
    assert card.exams[0].subjects[0].section_is_hidden is not shown
