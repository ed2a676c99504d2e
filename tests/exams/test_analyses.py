"""A school's analysis of an EBA exam: written, sent once, in time or late; and who is reminded of what is due."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.models import Notification
from exams import reminders
from exams.models import Exam, ExamAnalysis
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.units import Category
from tests.exams.sittings import Place, build, client_of
from tests.factories.schools import InstitutionFactory, seat_user

pytestmark = pytest.mark.django_db

TEXTS = {"findings": "Üslü ifadelerde eksik var.", "measures": "Her salı etüt yapılacak.", "version": "1"}


@pytest.fixture
def place() -> Place:
    """The exam was held two days ago."""
    place = build(published=True, kind="eba")
    move(place.exam, 2)
    return place


def move(exam: Exam, days_ago: int) -> None:
    exam.date = timezone.localdate() - dt.timedelta(days=days_ago)
    exam.save(update_fields=["date"])


def coordinator(school: Any) -> Any:
    return seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)


def address(place: Place, school: Any = None) -> str:
    return reverse("exams:analysis", args=[place.exam.pk, (school or place.light).code])


class TestWriting:
    def test_figures_stand_above_the_form(self, place):
        seen = client_of(coordinator(place.light)).get(address(place)).content.decode()
        assert '<p class="stat-value num">15,08</p>' in seen
        assert 'name="findings"' in seen

    def test_a_draft_is_kept_and_then_sent_once(self, place):
        user = coordinator(place.light)
        client = client_of(user)
        client.post(address(place), TEXTS | {"action": "save", "measures": ""})
        draft = ExamAnalysis.objects.get()
        assert (draft.findings, draft.measures, draft.sent_at, draft.version) == (TEXTS["findings"], "", None, 2)
        client.post(address(place), TEXTS | {"action": "send", "version": "2"})
        sent = ExamAnalysis.objects.get()
        assert (sent.sent_by, sent.measures) == (user, TEXTS["measures"])
        client.post(address(place), TEXTS | {"action": "send", "findings": "Başka", "version": "3"})
        assert ExamAnalysis.objects.get().findings == TEXTS["findings"]
        assert 'name="findings"' not in client.get(address(place)).content.decode()

    def test_both_texts_are_needed_to_send(self, place):
        response = client_of(coordinator(place.light)).post(address(place), TEXTS | {"action": "send", "measures": " "})
        assert response.status_code == 422
        assert "önlemleri de yazınız" in response.content.decode()
        assert not ExamAnalysis.objects.exists()

    def test_two_people_are_shown_both_versions(self, place):
        one, other = (
            client_of(coordinator(place.light)),
            client_of(seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, place.light)),
        )
        one.post(address(place), TEXTS | {"action": "save"})
        late = other.post(address(place), TEXTS | {"action": "save", "findings": "Benim bulgum"})
        assert late.status_code == 409
        assert "Benim bulgum" in late.content.decode()
        assert ExamAnalysis.objects.get().findings == TEXTS["findings"]

    def test_others_read_what_was_sent_and_never_write(self, place):
        board = client_of(seat_user(CommissionKind.DISTRICT, unit=place.light.district))
        assert board.post(address(place), TEXTS | {"action": "send"}).status_code == 404
        assert TEXTS["findings"] not in board.get(address(place)).content.decode()
        client_of(coordinator(place.light)).post(address(place), TEXTS | {"action": "send"})
        assert TEXTS["findings"] in board.get(address(place)).content.decode()
        assert client_of(coordinator(place.sea)).get(address(place)).status_code == 404

    def test_members_of_the_commission_do_not_send(self, place):
        member = client_of(seat_user(CommissionKind.SCHOOL, SeatRole.MEMBER, place.light))
        assert member.post(address(place), TEXTS | {"action": "send"}).status_code == 404

    def test_only_eba_exams_are_analysed(self):
        place = build(published=True)
        assert client_of(coordinator(place.light)).get(address(place)).status_code == 404

    def test_a_school_of_another_level_has_none_to_send(self, place):
        primary = InstitutionFactory(district=place.light.district, category=Category.PRIMARY)
        assert client_of(coordinator(primary)).get(address(place, primary)).status_code == 404


class TestWhoHasSent:
    def listed(self, user: Any, place: Place, **query: Any) -> str:
        response = client_of(user).get(reverse("exams:analyses", args=[place.exam.pk]), query)
        assert response.status_code == 200
        return response.content.decode()

    def test_in_time_late_and_not_at_all(self, place):
        board = seat_user(CommissionKind.TECHNICAL)
        client_of(coordinator(place.light)).post(address(place), TEXTS | {"action": "send"})
        seen = self.listed(board, place)
        assert "Süresinde gönderildi" in seen
        assert "Bekliyor" in seen
        move(place.exam, 9)
        ExamAnalysis.objects.update(sent_at=timezone.now() - dt.timedelta(days=3))
        seen = self.listed(board, place)
        assert "Geç gönderildi" in seen
        assert "Gönderilmedi, süresi geçti" in seen
        assert place.light.name not in self.listed(board, place, durum="gonderilmeyen")

    def test_a_district_sees_its_own_schools(self, place):
        seen = self.listed(seat_user(CommissionKind.DISTRICT, unit=place.light.district), place)
        assert place.light.name in seen
        assert place.sea.name not in seen

    def test_costs_the_same_for_two_and_four_schools(self, place):
        client = client_of(seat_user(CommissionKind.TECHNICAL))
        client.get(reverse("exams:list"))
        counts = []
        for _round in range(2):
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("exams:analyses", args=[place.exam.pk]))
            counts.append(len(queries))
            InstitutionFactory.create_batch(2, district=place.light.district)
        assert counts[0] == counts[1] <= 14


class TestReminders:
    def told(self, kind: str) -> list[Any]:
        return list(Notification.objects.filter(kind=kind).order_by("pk").values_list("recipient", flat=True))

    def test_nobody_is_told_before_the_day_before_the_last(self, place):
        coordinator(place.light)
        move(place.exam, 3)
        assert reminders.send_reminders() == 0

    def test_the_school_is_told_once_before_and_once_after_the_last_day(self, place):
        school, other = coordinator(place.light), coordinator(place.sea)
        client_of(other).post(address(place, place.sea), TEXTS | {"action": "send"})
        move(place.exam, 4)
        assert reminders.send_reminders() == 1
        assert reminders.send_reminders() == 0
        assert self.told("deadline.analysis") == [school.pk]
        move(place.exam, 6)
        board = seat_user(CommissionKind.DISTRICT, unit=place.light.district)
        seat_user(CommissionKind.DISTRICT, unit=place.sea.district)
        assert reminders.send_reminders() == 2
        assert self.told("reminder.analysis") == [school.pk]
        assert self.told("reminder.analysis_level") == [board.pk]
        notice = Notification.objects.get(kind="reminder.analysis_level")
        assert notice.subject.startswith("İlçenizde 1 okul ")

    def test_academic_board_is_told_of_unpublished_monitoring_results(self):
        place = build(kind="monitoring")
        board = seat_user(CommissionKind.MONITORING_ACADEMIC)
        above = seat_user(CommissionKind.EXECUTIVE)
        seat_user(CommissionKind.MONITORING_ARTS)
        move(place.exam, 8)
        assert reminders.send_reminders() == 0
        move(place.exam, 9)
        assert reminders.send_reminders() == 1
        assert self.told("reminder.publication") == [board.pk]
        move(place.exam, 11)
        assert reminders.send_reminders() == 2
        assert self.told("reminder.publication") == [board.pk, *sorted((board.pk, above.pk))]
        assert reminders.send_reminders() == 0

    def test_nothing_is_said_of_published_results(self):
        place = build(kind="monitoring", published=True)
        seat_user(CommissionKind.MONITORING_ACADEMIC)
        move(place.exam, 11)
        assert reminders.send_reminders() == 0
