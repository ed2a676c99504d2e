"""What the homes of the data clerk and of the executive board tell about exams, use of EBA and rankings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.models import ImportBatch
from exams.models import Exam, ExamVersion
from portal.selectors import home_of
from schools.authority import seats_of
from schools.models import AcademicYear
from schools.models.commissions import CommissionKind, SeatRole
from scoring.models import RankingRun
from tests.factories.eba import make_use
from tests.factories.exams import make_exam, make_result
from tests.factories.schools import InstitutionFactory, StaffFactory, StudentFactory, YearFactory, seat_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> AcademicYear:
    today = timezone.localdate()
    return YearFactory(
        start_date=today - dt.timedelta(days=200),
        second_term_date=today - dt.timedelta(days=30),
        end_date=today + dt.timedelta(days=60),
    )


def clerk(year: AcademicYear) -> Any:
    return seat_user(CommissionKind.MEASUREMENT_CENTRE, SeatRole.DATA_CLERK, year.province)


def told(user: Any, year: AcademicYear) -> list[str]:
    return [task.title for task in home_of(user, seats_of(user), year).tasks]


def sent(year: AcademicYear, state: str, kind: str = "staff", **counts: int) -> ImportBatch:
    scope = {"province": year.province.plate_code, "year": year.name, "exam": "", "term": None}
    return ImportBatch.objects.create(kind=kind, scope=scope, file_name="liste.xlsx", state=state, counts=counts)


def test_a_clerk_is_told_of_exams_without_results(year: AcademicYear) -> None:
    today, reader = timezone.localdate(), clerk(year)
    make_exam(year, "OCAK", kind="monitoring", date=today)
    make_exam(year, "YARIN", kind="monitoring", date=today + dt.timedelta(days=1))
    loaded = make_exam(year, "ARALIK", kind="monitoring", date=today - dt.timedelta(days=20))
    make_result(loaded, StudentFactory(institution=InstitutionFactory(), grade=8), {"Türkçe": (5, 1)})
    waiting = [title for title in told(reader, year) if title.startswith("Sonuçları bekleniyor")]
    assert waiting == [f"Sonuçları bekleniyor: {Exam.objects.get(code='OCAK').name}"]


def test_a_clerk_is_told_of_terms_without_use(year: AcademicYear) -> None:
    reader = clerk(year)
    titles = [f"EBA kullanımı yüklenmedi: 1. dönem, {whose}" for whose in ("personel", "öğrenci")]
    assert [title for title in told(reader, year) if "EBA" in title] == titles
    make_use(StaffFactory(institution=InstitutionFactory()), {"WORK_SENT": 1}, term=1)
    assert [title for title in told(reader, year) if "EBA" in title] == titles[1:]


def test_a_clerk_is_told_of_the_last_file_of_a_kind_alone(year: AcademicYear) -> None:
    reader = clerk(year)
    sent(year, ImportBatch.State.REFUSED, refused=4)
    assert "Reddedilen satırlar: Personel" in told(reader, year)
    sent(year, ImportBatch.State.PREVIEW, refused=0)
    titles = told(reader, year)
    assert "Kararınızı bekleyen dosya: Personel" in titles
    assert "Reddedilen satırlar: Personel" not in titles
    sent(year, ImportBatch.State.APPLIED, created=4, refused=0)
    assert [title for title in told(reader, year) if "Personel" in title] == []


def test_the_executive_board_sees_the_newest_exam_beside_last_years(year: AcademicYear) -> None:
    board = seat_user(CommissionKind.EXECUTIVE, SeatRole.CHAIR, year.province)
    assert home_of(board, seats_of(board), year).exam is None
    before = YearFactory(province=year.province, name="2019-2020", is_current=False)
    school = InstitutionFactory()
    last = make_exam(before, "LGS-2020", family="LGS", published=True, date=dt.date(2020, 6, 20))
    exam = make_exam(year, "LGS-2021", family="LGS", published=True, date=dt.date(2021, 6, 6))
    make_exam(year, "GIZLI", family="TYT", published=False, date=dt.date(2021, 6, 20))
    for one, of, score in ((last, before, 300), (exam, year, 340), (exam, year, 361)):
        make_result(one, StudentFactory(institution=school, year=of, grade=8), {"Türkçe": (5, 1)}, score=score)
    StudentFactory(institution=school, year=year, grade=8)
    glance = home_of(board, seats_of(board), year).exam
    assert glance is not None
    assert glance.before is not None
    assert (glance.unit, glance.exam.mean, glance.before.mean, glance.difference) == (
        "puan", "350,50", "300,00", "+50,50",
    )  # fmt: skip
    assert (glance.exam.sat, glance.exam.applied, glance.exam.enrolled) == (2, 2, 3)


def test_the_executive_board_sees_rankings_that_wait_or_are_outdated(year: AcademicYear) -> None:
    board = seat_user(CommissionKind.EXECUTIVE, unit=year.province)
    exam = make_exam(year, "LGS-2021", published=True)
    version = ExamVersion.objects.filter(exam=exam).first() or ExamVersion.objects.create(exam=exam, number=1)
    common = {"year": year, "partition": "district,subject", "input_digest": "x", "result_digest": "x"}
    run = RankingRun.objects.create(measure="teacher_exam_progress", status="published", **common)
    run.exam_versions.add(version)
    RankingRun.objects.create(measure="teacher_exam_success", **common)
    assert told(board, year) == ["Kurulların yayımlamadığı sıralamalar"]
    Exam.objects.filter(pk=exam.pk).update(version=version.number + 1)
    assert "Verisi değişen yayımlanmış sıralamalar" in told(board, year)


@pytest.mark.parametrize(
    ("kind", "role"),
    [(CommissionKind.MEASUREMENT_CENTRE, SeatRole.DATA_CLERK), (CommissionKind.EXECUTIVE, SeatRole.CHAIR)],
)
def test_queries_of_these_homes_are_bounded(client: Client, year: AcademicYear, kind: Any, role: Any) -> None:
    client.force_login(seat_user(kind, role, year.province))
    common = {"year": year, "partition": "district", "input_digest": "x", "result_digest": "x"}
    taken = []
    for more in (1, 2):
        for number in range(more):
            exam = make_exam(year, f"M{more}{number}", kind="monitoring", published=True, date=timezone.localdate())
            run = RankingRun.objects.create(measure="teacher_exam_success", status="published", **common)
            run.exam_versions.add(ExamVersion.objects.get_or_create(exam=exam, number=exam.version)[0])
            sent(
                year,
                ImportBatch.State.REFUSED,
                kind=("staff", "students", "institutions")[more + number - 1],
                refused=2,
            )
        for page in ("portal:home", "portal:tasks"):
            client.get(reverse(page))
            cache.clear()
            with CaptureQueriesContext(connection) as nothing_remembered:
                client.get(reverse(page))
            assert len(nothing_remembered) < 20
            with CaptureQueriesContext(connection) as found:
                client.get(reverse(page))
            taken.append(len(found))
    assert taken[:2] == taken[2:]
    assert max(taken) < 15, taken
