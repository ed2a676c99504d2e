"""Pages of exams: who sees which results and when, defining and publishing, and what a page costs the database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.models import AuditEntry, Notification
from exams import reference
from exams.models import Exam, ExamTopic
from exams.services.editing import digest_of
from schools.models.commissions import CommissionKind, SeatRole
from tests.exams.sittings import Place, build, client_of
from tests.factories.exams import make_coaching, make_exam, make_result, make_teaching
from tests.factories.schools import (
    InstitutionFactory,
    ProvinceFactory,
    StaffFactory,
    StudentFactory,
    YearFactory,
    seat_user,
    staff_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return build(published=True)


def technical() -> Any:
    return seat_user(CommissionKind.TECHNICAL, SeatRole.RND)


def academic() -> Any:
    return seat_user(CommissionKind.MONITORING_ACADEMIC)


def coordinator(school: Any) -> Any:
    return seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)


def page(user: Any, address: str, *args: Any, **query: Any) -> Any:
    return client_of(user).get(reverse(address, args=args), query)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


class TestWhoSees:
    def test_results_are_the_provinces_until_they_are_published(self):
        place = build()
        school, board = coordinator(place.light), technical()
        assert page(school, "exams:detail", place.exam.pk).status_code == 404
        assert page(school, "exams:school", place.exam.pk, place.light.code).status_code == 404
        assert page(board, "exams:school", place.exam.pk, place.light.code).status_code == 200
        listed = text_of(page(school, "exams:list"))
        assert "Yayımlanmadı" in listed
        assert reverse("exams:detail", args=[place.exam.pk]) not in listed
        assert "4 / 5" in text_of(page(board, "exams:list"))

    def test_a_school_sees_itself_alone_and_small_groups_hidden(self, place):
        school = coordinator(place.light)
        seen = text_of(page(school, "exams:school", place.exam.pk, place.light.code))
        assert "13,44" in seen
        assert "10&#x27;dan az" in seen
        assert page(school, "exams:school", place.exam.pk, place.sea.code).status_code == 404
        assert page(school, "exams:district", place.exam.pk, place.light.district_id).status_code == 404
        assert "Havran" not in text_of(page(school, "exams:detail", place.exam.pk))

    def test_subjects_that_nobody_is_noted_as_teaching_are_named(self, place):
        teacher = StaffFactory()
        make_teaching(place.sea, teacher, "Matematik")
        make_teaching(place.light, teacher, "Türkçe")
        seen = text_of(page(coordinator(place.light), "exams:school", place.exam.pk, place.light.code))
        assert "<li>Türkçe: 8/B</li><li>Matematik: 8/A, 8/B</li>" in seen
        assert reverse("schools:teaching", args=[place.light.code]) in seen

    def test_a_district_sees_its_schools_and_no_other_district(self, place):
        board = seat_user(CommissionKind.DISTRICT, unit=place.light.district)
        assert place.light.name in text_of(page(board, "exams:district", place.exam.pk, place.light.district_id))
        assert page(board, "exams:district", place.exam.pk, place.sea.district_id).status_code == 404
        whole = text_of(page(board, "exams:detail", place.exam.pk))
        assert "Edremit" in whole
        assert "Havran" not in whole

    def test_another_province_knows_nothing_of_it(self, place):
        stranger = seat_user(CommissionKind.TECHNICAL, unit=ProvinceFactory(plate_code=63))
        assert page(stranger, "exams:detail", place.exam.pk).status_code == 404
        assert place.exam.name not in text_of(page(stranger, "exams:list"))

    def test_staff_without_a_seat_and_the_administrator_see_no_results(self, place):
        for user in (staff_user(place.light), seat_user(CommissionKind.TECHNICAL, is_superuser=True)):
            if user.is_superuser:
                user.staff_member.seats.all().delete()
            assert page(user, "exams:list").status_code == 403
            assert page(user, "exams:detail", place.exam.pk).status_code == 404


class TestNamedResults:
    def test_card_is_for_the_school_and_the_coach(self, place):
        pupil = place.students["a1"]
        coach = staff_user(place.light)
        make_coaching(coach.staff_member, pupil)
        assert "Şube ortalaması" in text_of(page(coordinator(place.light), "exams:student", pupil.pk))
        assert "10'dan az" in text_of(page(coach, "exams:student", pupil.pk))
        assert pupil.full_name in text_of(page(coach, "exams:my_students"))

    def test_card_does_not_exist_for_others(self, place):
        pupil = place.students["a1"]
        other_coach = staff_user(place.light)
        make_coaching(other_coach.staff_member, place.students["a2"])
        others = [
            coordinator(place.sea),
            seat_user(CommissionKind.DISTRICT, unit=place.light.district),
            technical(),
            staff_user(place.light),
            other_coach,
        ]
        assert [page(user, "exams:student", pupil.pk).status_code for user in others] == [404] * 5

    def test_coach_of_an_earlier_year_sees_no_more(self, place):
        coach = staff_user(place.light)
        earlier = YearFactory(name="2019-2020", is_current=False)
        make_coaching(coach.staff_member, place.students["a1"], year=earlier)
        assert page(coach, "exams:student", place.students["a1"].pk).status_code == 404

    def test_list_of_students_is_the_commissions(self, place):
        address = ("exams:school_students", place.exam.pk, place.light.code)
        seen = text_of(page(coordinator(place.light), *address))
        assert "22,00" in seen
        assert "Girmedi" in seen
        assert page(technical(), *address).status_code == 404


class TestDefining:
    def form(self, **changed: Any) -> dict[str, Any]:
        return {
            "name": "LGS deneme",
            "code": "LGS-X",
            "family": "LGS",
            "kind": "central",
            "level": "middle",
            "date": "2021-06-06",
            "divisor": "3",
            "subjects": "Türkçe: 20\r\nMatematik: 20",
            "topics": "Matematik: Üslü İfadeler:3, Olasılık:2",
            "digest": "",
        } | changed

    def stored(self, exam: Exam, **changed: Any) -> dict[str, Any]:
        """What the form of the exam would send as it stands."""
        return self.form(name="LGS", topics="", digest=digest_of(exam), **changed)

    def test_a_new_exam_with_its_topics(self):
        YearFactory()
        user = technical()
        response = client_of(user).post(reverse("exams:define"), self.form())
        exam = Exam.objects.get(code="LGS-X")
        assert response["Location"] == reverse("exams:detail", args=[exam.pk])
        assert list(exam.subjects.order_by("order").values_list("name", "questions")) == [
            ("Türkçe", 20),
            ("Matematik", 20),
        ]
        assert list(ExamTopic.objects.order_by("order").values_list("name", "questions")) == [
            ("Üslü İfadeler", 3),
            ("Olasılık", 2),
        ]

    def test_a_topic_may_stay_without_its_number_of_questions(self):
        YearFactory()
        user = technical()
        client_of(user).post(reverse("exams:define"), self.form(topics="Matematik: Üslü İfadeler, Olasılık:2"))
        assert list(ExamTopic.objects.order_by("order").values_list("name", "questions")) == [
            ("Üslü İfadeler", None),
            ("Olasılık", 2),
        ]
        exam = Exam.objects.get()
        assert "Matematik: Üslü İfadeler, Olasılık:2" in text_of(page(user, "exams:edit", exam.pk))

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"subjects": "Türkçe"}, "“Türkçe” satırını ad ve soru sayısıyla yazınız"),
            ({"topics": "Fizik: Isı:3"}, "“Fizik” yukarıdaki derslerden biri değil"),
            ({"topics": "Matematik"}, "satırını şöyle yazınız"),
            ({"date": "2030-06-06"}, "eğitim-öğretim yılında değil"),
            ({"topics": "Matematik: Isı:3, Isı:2"}, "iki kez yazılmış"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_written(self, changed, said):
        YearFactory()
        response = client_of(technical()).post(reverse("exams:define"), self.form(**changed))
        assert response.status_code == 422
        assert said in response.content.decode()
        assert not Exam.objects.exists()

    def test_a_taken_code_is_refused(self, place):
        response = client_of(technical()).post(reverse("exams:define"), self.form(code="LGS"))
        assert response.status_code == 422
        assert Exam.objects.count() == 1

    def test_editing_makes_a_version_and_a_stale_form_is_told(self, place):
        client, address = client_of(technical()), reverse("exams:edit", args=[place.exam.pk])
        values = self.stored(place.exam, subjects="Türkçe: 20\nMatematik: 19")
        assert client.post(address, values).status_code == 302
        place.exam.refresh_from_db()
        assert (place.exam.version, place.exam.code) == (2, "LGS")
        late = client.post(address, values | {"subjects": "Türkçe: 18\nMatematik: 20"})
        assert late.status_code == 409
        assert "Matematik: 19" in late.content.decode()
        assert place.exam.subjects.get(order=1).questions == 20
        again = client.post(
            address, values | {"subjects": "Türkçe: 18\nMatematik: 20", "digest": digest_of(place.exam)}
        )
        assert again.status_code == 302
        assert place.exam.subjects.get(order=1).questions == 18

    def test_topics_and_a_name_make_no_version_and_are_not_lost_either(self, place):
        client, address = client_of(technical()), reverse("exams:edit", args=[place.exam.pk])
        values = self.stored(place.exam)
        first = values | {"topics": "Türkçe: Paragraf:10", "name": "LGS 2021"}
        assert client.post(address, first).status_code == 302
        late = client.post(address, values | {"topics": "Matematik: Üslü:5"})
        assert late.status_code == 409
        for words in ("Paragraf:10", "LGS 2021", "Matematik: Üslü:5"):
            assert words in late.content.decode()
        assert list(ExamTopic.objects.values_list("name", flat=True)) == ["Paragraf"]
        assert Exam.objects.get(pk=place.exam.pk).version == 1

    def test_versions_say_what_changed(self, place):
        client = client_of(technical())
        values = self.stored(place.exam, subjects="Türkçe: 20\nMatematik: 19")
        client.post(reverse("exams:edit", args=[place.exam.pk]), values)
        place.exam.refresh_from_db()
        values |= {"digest": digest_of(place.exam), "subjects": "Türkçe: 18\nMatematik: 19"}
        client.post(reverse("exams:edit", args=[place.exam.pk]), values)
        assert (
            "Türkçe: 20 soru yerine 18 soru."
            in client.get(reverse("exams:detail", args=[place.exam.pk])).content.decode()
        )

    def test_template_fills_the_form(self):
        YearFactory()
        reference.load()
        assert "Türkçe: 20" in text_of(page(technical(), "exams:define", sablon="LGS"))


class TestPublishing:
    def test_opens_results_and_tells_the_schools_once(self):
        place = build()
        people = [coordinator(place.light), seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, place.sea)]
        seat_user(CommissionKind.SCHOOL, SeatRole.MEMBER, place.light)
        client, address = client_of(academic()), reverse("exams:publish", args=[place.exam.pk])
        for _again in range(2):
            assert client.post(address, {"version": "1"}).status_code == 302
        place.exam.refresh_from_db()
        assert place.exam.published_at is not None
        told = Notification.objects.filter(kind="exam.published").order_by("pk")
        assert sorted(told.values_list("recipient", flat=True)) == sorted(user.pk for user in people)
        assert AuditEntry.objects.filter(action="exam.publish").count() == 1
        assert page(people[0], "exams:school", place.exam.pk, place.light.code).status_code == 200

    def test_results_that_changed_since_are_not_published(self):
        place = build()
        client_of(academic()).post(reverse("exams:publish", args=[place.exam.pk]), {"version": "7"})
        place.exam.refresh_from_db()
        assert place.exam.published_at is None

    def test_nothing_to_publish_without_results(self):
        exam = make_exam(YearFactory())
        response = client_of(academic()).post(reverse("exams:publish", args=[exam.pk]), {"version": "1"}, follow=True)
        assert "önce sonuç dosyasını aktarınız" in response.content.decode()
        exam.refresh_from_db()
        assert exam.published_at is None

    @pytest.mark.parametrize("kind", [CommissionKind.MONITORING_PROJECT, CommissionKind.EXECUTIVE])
    def test_is_not_for_other_boards(self, kind):
        place = build()
        response = client_of(seat_user(kind)).post(reverse("exams:publish", args=[place.exam.pk]), {"version": "1"})
        assert response.status_code == 403


class TestList:
    def test_last_day_of_publishing_is_said_and_marked_when_it_has_passed(self):
        year = YearFactory(name=f"{timezone.localdate().year - 1}-{timezone.localdate().year}")
        make_exam(year, "IZLEME-1", kind="monitoring", date=timezone.localdate() - dt.timedelta(days=11))
        make_exam(year, "IZLEME-2", kind="monitoring", date=timezone.localdate())
        seen = text_of(page(technical(), "exams:list"))
        assert seen.count("Yayım süresi geçti") == 1
        assert f"yayım son günü {timezone.localdate() + dt.timedelta(days=10):%d.%m.%Y}" in seen

    def test_results_to_publish_are_named_to_those_who_may_publish(self):
        words = "Sonuçları yayımlayınız"
        place = build()
        assert words in text_of(page(academic(), "exams:list"))
        assert words not in text_of(page(seat_user(CommissionKind.EXECUTIVE), "exams:list"))
        assert words not in text_of(page(coordinator(place.light), "exams:list"))

    def test_nothing_is_to_publish_any_more_once_it_is_published(self, place):
        assert "Sonuçları yayımlayınız" not in text_of(page(academic(), "exams:list"))

    def test_an_earlier_year_can_be_chosen(self, place):
        before = YearFactory(name="2019-2020", is_current=False)
        make_exam(before, "LGS-ESKI", published=True)
        board = technical()
        assert "LGS-ESKI" not in text_of(page(board, "exams:list"))
        assert "LGS-ESKI" in text_of(page(board, "exams:list", yil="2019-2020"))
        assert "LGS 2020-2021" in text_of(page(board, "exams:list", yil="1999-2000"))


class TestCost:
    def queries(self, user: Any, address: str, *args: Any) -> int:
        client = client_of(user)
        client.get(reverse("exams:list"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse(address, args=args)).status_code == 200
        return len(queries)

    def more(self, place: Place) -> None:
        """Two schools more in the district, two sections more in the school, and results for all of them."""
        for number in range(2):
            school = InstitutionFactory(district=place.light.district)
            for where, section in ((school, "A"), (place.light, f"C{number}")):
                pupil = StudentFactory(institution=where, section_name=section)
                make_result(place.exam, pupil, {"Türkçe": (10, 0)})
        Exam.objects.filter(pk=place.exam.pk).update(version=place.exam.version + 1)

    @pytest.mark.parametrize(
        ("address", "most"),
        [("exams:detail", 27), ("exams:district", 30), ("exams:school", 36), ("exams:school_students", 14)],
    )
    def test_pages_ask_the_same_of_a_small_and_a_larger_place(self, place, address, most):
        user = technical() if address != "exams:school_students" else coordinator(place.light)
        args = {
            "exams:detail": [],
            "exams:district": [place.light.district_id],
            "exams:school": [place.light.code],
            "exams:school_students": [place.light.code],
        }[address]
        small = self.queries(user, address, place.exam.pk, *args)
        self.more(place)
        large = self.queries(user, address, place.exam.pk, *args)
        assert large == small <= most

    def test_list_asks_the_same_for_one_and_three_exams(self, place):
        board = technical()
        small = self.queries(board, "exams:list")
        for number in range(2):
            make_exam(place.year, f"LGS-{number}", published=True)
        assert self.queries(board, "exams:list") <= small <= 14

    def test_card_asks_the_same_for_one_and_three_exams(self, place):
        school, pupil = coordinator(place.light), place.students["a1"]
        small = self.queries(school, "exams:student", pupil.pk)
        for number in range(2):
            exam = make_exam(place.year, f"LGS-{number}", family="LGS", published=True)
            make_result(exam, pupil, {"Türkçe": (10, 0)})
        assert self.queries(school, "exams:student", pupil.pk) == small <= 18
