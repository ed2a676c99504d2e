"""Who teaches and who coaches: pages of a school, what its commission may change, what a change leaves behind."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.errors import Conflict, UserError
from common.models import AuditEntry
from schools.models import Coaching, Posting, TeachingAssignment
from schools.models.commissions import CommissionKind, SeatRole
from schools.services import assign_coach, assign_teacher
from tests.factories.schools import (
    InstitutionFactory,
    SectionFactory,
    StaffFactory,
    StudentFactory,
    seat_user,
    staff_user,
)

pytestmark = pytest.mark.django_db


class School:
    def __init__(self):
        self.school = InstitutionFactory()
        self.section = SectionFactory(institution=self.school, grade=8, name="A")
        self.teacher = StaffFactory(institution=self.school, first_name="Işıl", last_name="Şahin")
        self.coordinator = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, self.school)
        self.member = seat_user(CommissionKind.SCHOOL, SeatRole.MEMBER, self.school)
        self.student = StudentFactory(institution=self.school, grade=8, first_name="Ümit", last_name="Çığır")
        self.enrolment = self.student.enrolments.get()


@pytest.fixture
def at():
    return School()


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_subject_is_added_keeps_its_spelling_and_is_taken_away(at):
    client = client_of(at.coordinator)
    address = reverse("schools:section_teaching", args=[at.section.pk])
    assert client.post(address, {"subject": " Türkçe ", "staff": at.teacher.pk})["Location"] == address
    second = StaffFactory(institution=at.school)
    client.post(address, {"subject": "TÜRKÇE", "staff": second.pk})
    found = TeachingAssignment.objects.order_by("pk")
    assert [(row.subject, row.subject_key, row.teacher) for row in found] == [
        ("Türkçe", "turkce", at.teacher),
        ("Türkçe", "turkce", second),
    ]
    again = client.post(address, {"subject": "türkçe", "staff": at.teacher.pk})
    assert again.status_code == 409
    assert "zaten" in text_of(again)
    assert "Türkçe: Işıl Şahin" in text_of(client.get(reverse("schools:teaching", args=[at.school.code])))
    client.post(reverse("schools:teaching_remove", args=[found[0].pk]))
    assert [row.teacher for row in TeachingAssignment.objects.all()] == [second]
    assert list(AuditEntry.objects.filter(action__startswith="teaching.").order_by("pk").values_list("action")) == [
        ("teaching.add",),
        ("teaching.add",),
        ("teaching.remove",),
    ]


def test_only_people_of_the_school_and_real_names_are_taken(at):
    stranger = StaffFactory(institution=InstitutionFactory())
    with pytest.raises(UserError, match="bu okulda görevli değil"):
        assign_teacher(section=at.section, teacher=stranger, subject="Matematik", by=None)
    with pytest.raises(UserError, match="Dersin adını"):
        assign_teacher(section=at.section, teacher=at.teacher, subject=" – ", by=None)
    with pytest.raises(UserError, match="bu okulda görevli değil"):
        assign_coach(enrolment=at.enrolment, teacher=stranger, by=None)
    younger = StudentFactory(institution=at.school, grade=7).enrolments.get()
    with pytest.raises(UserError, match=r"8\. ve 12\. sınıf"):
        assign_coach(enrolment=younger, teacher=at.teacher, by=None)
    assert not TeachingAssignment.objects.exists()
    assert not Coaching.objects.exists()


def test_a_coach_is_named_and_the_list_says_who_has_none(at):
    client = client_of(at.coordinator)
    other = StudentFactory(institution=at.school, grade=8, first_name="Çınar", last_name="Ilgaz")
    address = reverse("schools:student_coach", args=[at.enrolment.pk])
    client.post(address, {"staff": at.teacher.pk})
    coaching = Coaching.objects.get()
    assert (coaching.teacher, coaching.student, coaching.year) == (at.teacher, at.student, at.enrolment.year)
    with pytest.raises(Conflict):
        assign_coach(enrolment=at.enrolment, teacher=at.teacher, by=None)
    page = text_of(client.get(reverse("schools:coaching", args=[at.school.code])))
    assert "Işıl Şahin" in page
    alone = text_of(client.get(reverse("schools:coaching", args=[at.school.code]) + "?danismansiz=1"))
    assert other.full_name in alone
    assert at.student.full_name not in alone
    client.post(reverse("schools:coaching_remove", args=[coaching.pk]))
    assert not Coaching.objects.exists()


def test_a_choice_says_how_many_each_coaches_and_a_second_coach_is_told_of(at):
    client = client_of(at.coordinator)
    second = StaffFactory(institution=at.school, first_name="Çağlar", last_name="Ünal")
    for _ in range(2):
        assign_coach(
            enrolment=StudentFactory(institution=at.school, grade=8).enrolments.get(), teacher=at.teacher, by=None
        )
    address = reverse("schools:student_coach", args=[at.enrolment.pk])
    choices = client.get(address).context["form"].fields["staff"].choices
    words = {str(value): label for value, label in choices}
    assert words[str(at.teacher.pk)].endswith(", 2 öğrencinin danışmanı)")
    assert "danışmanı" not in words[str(second.pk)]
    first = text_of(client.post(address, {"staff": at.teacher.pk}, follow=True))
    assert "Işıl Şahin bu yıl 3 öğrencinin danışmanı." in first
    assert "Öğrencinin 2 danışmanı var" not in first
    assert "Öğrencinin 2 danışmanı var; hepsi sınav kartını görür." in text_of(
        client.post(address, {"staff": second.pk}, follow=True)
    )
    again = client.post(address, {"staff": second.pk})
    assert again.status_code == 409
    assert "Çağlar Ünal bu öğrencinin danışmanı zaten." in text_of(again)


def test_a_stranger_is_no_choice_and_a_student_of_another_school_does_not_exist(at):
    client = client_of(at.coordinator)
    elsewhere = InstitutionFactory()
    stranger = StaffFactory(institution=elsewhere)
    refused = client.post(reverse("schools:student_coach", args=[at.enrolment.pk]), {"staff": stranger.pk})
    assert refused.status_code == 422
    other = StudentFactory(institution=elsewhere, grade=8).enrolments.get()
    address = reverse("schools:student_coach", args=[other.pk])
    assert [client.get(address).status_code, client.post(address, {"staff": at.teacher.pk}).status_code] == [404, 404]
    assert not Coaching.objects.exists()


def test_a_coach_who_left_the_school_is_marked_and_found(at):
    client = client_of(at.coordinator)
    stays = StudentFactory(institution=at.school, grade=8, first_name="Çınar", last_name="Ilgaz")
    leaver = StaffFactory(institution=at.school, first_name="Gül", last_name="Öz")
    assign_coach(enrolment=stays.enrolments.get(), teacher=at.teacher, by=None)
    assign_coach(enrolment=at.enrolment, teacher=leaver, by=None)
    here = reverse("schools:coaching", args=[at.school.code])
    assert "Bu okulda görevli değil" not in text_of(client.get(here))
    Posting.objects.filter(staff=leaver).update(institution=InstitutionFactory())
    assert "Bu okulda görevli değil" in text_of(client.get(here))
    found = text_of(client.get(f"{here}?ayrilan=1"))
    assert at.student.full_name in found
    assert stays.full_name not in found
    edit = text_of(client.get(reverse("schools:student_coach", args=[at.enrolment.pk])))
    assert "Öğrencinin sınav kartını göremez" in edit


def test_who_may_look_and_who_may_change(at):
    teaching = reverse("schools:teaching", args=[at.school.code])
    coaching = reverse("schools:coaching", args=[at.school.code])
    edits = [
        reverse("schools:section_teaching", args=[at.section.pk]),
        reverse("schools:student_coach", args=[at.enrolment.pk]),
    ]
    readers = {
        "member": (at.member, 200, 200, 403),
        "district": (seat_user(CommissionKind.DISTRICT, unit=at.school.district), 200, 200, 403),
        "technical": (seat_user(CommissionKind.TECHNICAL), 200, 200, 200),
        "other school": (seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR), 404, 404, 404),
        "teacher": (staff_user(at.school), 403, 403, 404),
    }
    for who, (user, sees_teaching, sees_coaching, edit) in readers.items():
        client = client_of(user)
        assert (who, client.get(teaching).status_code) == (who, sees_teaching)
        assert (who, client.get(coaching).status_code) == (who, sees_coaching)
        for address in edits:
            assert (who, client.get(address).status_code) == (who, edit)


@pytest.mark.parametrize("name", ["teaching", "coaching"])
def test_the_number_of_queries_does_not_grow(at, name):
    client = client_of(at.coordinator)

    def add(letter):
        section = SectionFactory(institution=at.school, grade=8, name=letter)
        teacher = StaffFactory(institution=at.school)
        assign_teacher(section=section, teacher=teacher, subject="Matematik", by=None)
        student = StudentFactory(institution=at.school, grade=8, section_name=letter)
        assign_coach(enrolment=student.enrolments.get(), teacher=teacher, by=None)

    def asked():
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(f"schools:{name}", args=[at.school.code])).status_code == 200
        return len(found)

    add("B")
    asked()
    once = asked()
    add("C")
    add("D")
    assert asked() == once
    assert once < 15
