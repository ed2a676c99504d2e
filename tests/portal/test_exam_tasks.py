"""What waits after exams and about rankings, on the list of everybody's tasks."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from eba.services import new_version
from exams.models import Exam, ExamAnalysis, ExamFamily, ExamVersion, StudentResult
from schools.models import Coaching
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.units import Category
from scoring.models import RankingRun
from tests.factories.eba import make_criteria, make_use
from tests.factories.schools import (
    InstitutionFactory,
    StaffFactory,
    StudentFactory,
    YearFactory,
    seat_user,
    staff_user,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def exam(kind: str, days_ago: int, code: str, level: str = "middle") -> Exam:
    year = YearFactory()
    family, _new = ExamFamily.objects.get_or_create(code=kind.upper(), defaults={"name": kind})
    return Exam.objects.create(
        year=year, family=family, code=code, name=code, kind=kind, level=level, divisor=3,
        date=TODAY() - dt.timedelta(days=days_ago),
    )  # fmt: skip


def tasks(user: Any) -> list[tuple[str, Any, Any]]:
    client = Client()
    client.force_login(user)
    groups = client.get(reverse("portal:tasks")).context["groups"]
    return [(task.title, task.due, task.count) for _words, found in groups for task in found]


def of_tasks(user: Any, words: str) -> list[tuple[str, Any, Any]]:
    return [task for task in tasks(user) if words in task[0]]


def test_monitoring_results_wait_for_who_publishes_them() -> None:
    exam("monitoring", 12, "Ocak")
    exam("monitoring", 2, "Şubat")
    old = exam("monitoring", 80, "Kasım")
    done = exam("monitoring", 3, "Yayımlanan")
    Exam.objects.filter(pk=done.pk).update(published_at=timezone.now())
    board = seat_user(CommissionKind.MONITORING_ACADEMIC, unit=old.year.province)
    assert of_tasks(board, "yayımlayınız") == [
        ("Sonuçları yayımlayınız: Ocak", TODAY() - dt.timedelta(days=2), None),
        ("Sonuçları yayımlayınız: Şubat", TODAY() + dt.timedelta(days=8), None),
    ]
    arts = seat_user(CommissionKind.MONITORING_ARTS, unit=old.year.province)
    assert of_tasks(arts, "yayımlayınız") == []


def test_results_that_are_there_wait_however_old_the_sitting_is() -> None:
    old = exam("monitoring", 80, "Kasım")
    StudentResult.objects.create(exam=old, student=StudentFactory())
    board = seat_user(CommissionKind.MONITORING_ACADEMIC, unit=old.year.province)
    due = TODAY() - dt.timedelta(days=70)
    assert of_tasks(board, "yayımlayınız") == [("Sonuçları yayımlayınız: Kasım", due, None)]


def test_a_school_is_asked_for_the_analyses_of_its_level_until_it_sends_them() -> None:
    first, _other_level = exam("eba", 3, "Destek 1"), exam("eba", 3, "Destek 2", level="high")
    school = InstitutionFactory(category=Category.MIDDLE)
    coordinator = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)
    member = seat_user(CommissionKind.SCHOOL, SeatRole.MEMBER, school)
    due = TODAY() + dt.timedelta(days=2)
    assert of_tasks(coordinator, "analizini gönderiniz") == [("Sınav analizini gönderiniz: Destek 1", due, None)]
    assert of_tasks(member, "analizini gönderiniz") == []
    draft = ExamAnalysis.objects.create(exam=first, institution=school)
    assert len(of_tasks(coordinator, "analizini gönderiniz")) == 1
    ExamAnalysis.objects.filter(pk=draft.pk).update(sent_at=timezone.now())
    assert of_tasks(coordinator, "analizini gönderiniz") == []


def test_a_district_counts_its_schools_that_are_late() -> None:
    late = exam("eba", 6, "Geciken")
    exam("eba", 5, "Son günü bugün")
    first = InstitutionFactory(category=Category.MIDDLE)
    InstitutionFactory(category=Category.MIDDLE, district=first.district)
    sent = InstitutionFactory(category=Category.MIDDLE, district=first.district)
    InstitutionFactory(category=Category.PRIMARY, district=first.district)
    ExamAnalysis.objects.create(exam=late, institution=sent, sent_at=timezone.now())
    board = seat_user(CommissionKind.DISTRICT, unit=first.district)
    assert of_tasks(board, "göndermeyen okullar: ") == [("Analizini göndermeyen okullar: Geciken", None, 2)]


def test_a_coach_finds_the_students() -> None:
    school = InstitutionFactory()
    teacher = staff_user(school)
    assert of_tasks(teacher, "Danışmanı") == []
    student = StudentFactory(institution=school, grade=8)
    other = staff_user(school)
    Coaching.objects.create(year=student.enrolments.get().year, teacher=other.staff_member, student=student)
    assert of_tasks(other, "Danışmanı") == [("Danışmanı olduğunuz öğrenciler", None, 1)]


def test_a_board_sees_its_own_rankings_that_wait_or_are_outdated() -> None:
    read = exam("central", 9, "LGS")
    version = ExamVersion.objects.create(exam=read, number=1)
    common = {"year": read.year, "partition": "district,subject", "input_digest": "x", "result_digest": "x"}
    run = RankingRun.objects.create(measure="teacher_exam_progress", status="published", **common)
    run.exam_versions.add(version)
    RankingRun.objects.create(measure="teacher_exam_success", **common)
    academic = seat_user(CommissionKind.MONITORING_ACADEMIC, unit=read.year.province)
    project = seat_user(CommissionKind.MONITORING_PROJECT, unit=read.year.province)
    assert of_tasks(academic, "sıralamalar") == [("Yayımlanmayı bekleyen sıralamalar", None, 1)]
    Exam.objects.filter(pk=read.pk).update(version=2)
    assert ("Verisi değişen yayımlanmış sıralamalar", None, 1) in tasks(academic)
    assert [title for title, _due, _count in tasks(project)] == ["Proje puanı sıralaması henüz hesaplanmadı"]


def test_criteria_in_draft_wait_for_the_executive_board() -> None:
    year = YearFactory()
    make_criteria(year)
    new_version(year=year, reason="Deneme", by=seat_user(CommissionKind.TECHNICAL, unit=year.province))
    board = seat_user(CommissionKind.EXECUTIVE, unit=year.province)
    assert of_tasks(board, "EBA ölçütleri") == [("Onayınızı bekleyen EBA ölçütleri", None, 1)]


@pytest.mark.parametrize(
    "kind",
    [CommissionKind.SCHOOL, CommissionKind.DISTRICT, CommissionKind.MONITORING_ACADEMIC, CommissionKind.TECHNICAL],
)
def test_queries_do_not_grow_with_exams(client: Client, kind: Any) -> None:
    school = InstitutionFactory(category=Category.MIDDLE)
    units = {CommissionKind.SCHOOL: school, CommissionKind.DISTRICT: school.district}
    client.force_login(seat_user(kind, SeatRole.COORDINATOR, units.get(kind, school.province)))
    taken = []
    for more in (1, 2):
        for number in range(more):
            exam("eba", 7, f"E{more}{number}")
            exam("monitoring", 7, f"M{more}{number}")
        client.get(reverse("portal:tasks"))
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("portal:tasks"))
        taken.append(len(found))
    assert taken[0] == taken[1] <= 15


@pytest.mark.parametrize(
    ("kind", "title", "stats"),
    [
        (
            CommissionKind.MONITORING_ACADEMIC,
            "Sınavlar",
            [("Bu yılın sınavları", 2), ("Sonucu yayımlanan", 1)],
        ),
        (
            CommissionKind.MONITORING_INNOVATION_EBA,
            "EBA kullanımı",
            [
                ("EBA verisi olan kurum", 1),
                ("1. dönemde kaydı olan personel", 2),
                ("2. dönemde kaydı olan personel", 1),
            ],
        ),
    ],
)
def test_a_board_sees_the_figures_of_its_area(client: Client, kind: Any, title: str, stats: Any) -> None:
    exam("central", 9, "LGS")
    Exam.objects.filter(pk=exam("monitoring", 3, "Ocak").pk).update(published_at=timezone.now())
    school = InstitutionFactory()
    people = [StaffFactory(institution=school) for _number in range(2)]
    for person, term in ((people[0], 1), (people[0], 2), (people[1], 1)):
        make_use(person, {"WORK_SENT": 3}, term=term)
    client.force_login(seat_user(kind, unit=school.province))
    home = client.get(reverse("portal:home")).context["home"]
    assert (home.stats_title, [(stat.label, stat.value) for stat in home.stats]) == (title, stats)
