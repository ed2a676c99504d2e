"""The printed report: what it says, that it is made once for a version and unit, and who may fetch it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pypdfium2
import pytest
from django.core.cache import cache
from django.urls import reverse

from common.jobs import run_job
from common.models import Job
from exams.models import Exam, ExamReport, SubjectResult
from exams.pdf import report_pdf
from exams.report import Reader, school_report
from exams.services.reports import keep_report
from exams.tasks import REPORT
from schools.models import Enrolment
from schools.models.commissions import CommissionKind, SeatRole
from tests.exams.sittings import SUBJECTS, Place, build, client_of
from tests.factories.exams import make_exam, make_result
from tests.factories.schools import InstitutionFactory, StudentFactory, YearFactory, seat_user

pytestmark = pytest.mark.django_db

FOOT = 20 / 25.4 * 72
"""Below it stands the foot of the page, in points."""


@pytest.fixture
def place() -> Place:
    return build(published=True, topics={"Matematik": [("Üslü İfadeler", 3)]})


def coordinator(school: Any) -> Any:
    return seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)


def made(user: Any, place: Place, **unit: Any) -> ExamReport:
    """The report after the job that the form starts."""
    client_of(user).post(reverse("exams:make_report", args=[place.exam.pk]), unit)
    job = Job.objects.filter(kind=REPORT).latest("created_at")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return ExamReport.objects.latest("pk")


def words(report: ExamReport) -> str:
    with report.file.content.open("rb") as source:
        document = pypdfium2.PdfDocument(source.read())
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


class TestContent:
    def test_school_report_says_its_figures_and_hides_small_groups(self, place):
        report = made(coordinator(place.light), place, okul=place.light.code)
        said = words(report)
        for expected in (
            "T.C. BALIKESİR VALİLİĞİ",
            "SINAV ANALİZ RAPORU",
            "Edremit Işık Ortaokulu",
            "3 öğrenci (4 başvuran, 5 kayıtlı)",
            "13,44",
            "Edremit 10'dan az",
            "Sayfa 1 / ",
        ):
            assert expected in said
        assert report.institution == place.light
        assert report.version == 1

    def test_the_first_page_is_full_where_a_comparison_with_many_subjects_does_not_fit(self):
        many = [(f"Ders {number}", 10) for number in range(1, 10)]
        year = YearFactory()
        earlier = YearFactory(name="2019-2020", is_current=False)
        school = InstitutionFactory(name="Edremit Işık Ortaokulu")
        for each in (earlier, year):
            exam = make_exam(each, subjects=many, published=True)
            for _ in range(10):
                pupil = StudentFactory(institution=school, year=each)
                make_result(exam, pupil, {name: (5, 0) for name, _questions in many})
        document = pypdfium2.PdfDocument(report_pdf(school_report(exam, school, Reader(sees_province=True))))
        first = document[0]
        assert "Geçen yılki sınavla karşılaştırma" in first.get_textpage().get_text_range()
        text = first.get_textpage()
        lowest = min(
            text.get_charbox(place)[1]
            for place in range(text.count_chars())
            if text.get_charbox(place)[1] > FOOT and text.get_text_range(place, 1).strip()
        )
        assert lowest < first.get_height() / 5
        assert len(document) == 2

    def test_stored_file_holds_nothing_of_small_groups_whoever_asks_first(self, place):
        report = made(seat_user(CommissionKind.TECHNICAL), place, okul=place.light.code)
        assert "Edremit 10'dan az" in words(report)

    def test_province_report_names_the_districts(self, place):
        said = words(made(seat_user(CommissionKind.TECHNICAL), place))
        assert "Edremit 13,44" in said
        assert "Havran 40,00" in said

    def test_district_report_names_its_schools(self, place):
        board = seat_user(CommissionKind.DISTRICT, unit=place.sea.district)
        said = words(made(board, place, ilce=str(place.sea.district_id)))
        assert "Havran Deniz Ortaokulu 40,00" in said
        assert "Işık" not in said


class TestOnce:
    def test_a_second_wish_gets_the_same_file(self, place):
        user = coordinator(place.light)
        report = made(user, place, okul=place.light.code)
        response = client_of(user).post(reverse("exams:make_report", args=[place.exam.pk]), {"okul": place.light.code})
        assert response["Location"] == reverse("exams:report_file", args=[report.pk])
        again = keep_report(exam=place.exam, digest=report.digest, data=b"never kept", by=None, institution=place.light)
        assert again == report
        assert ExamReport.objects.count() == 1

    @pytest.mark.parametrize("changed", ["enrolment", "earlier sitting", "name"])
    def test_what_it_prints_beside_the_results_makes_it_new(self, place, changed):
        mock = make_exam(place.year, "LGS-0", family="LGS", subjects=SUBJECTS, date=dt.date(2021, 3, 1), published=True)
        make_result(mock, place.students["a1"], {"Türkçe": (10, 0)})
        user = coordinator(place.light)
        first = made(user, place, okul=place.light.code)
        if changed == "enrolment":
            Enrolment.objects.filter(student=place.students["b1"]).update(section_name="Z")
        elif changed == "earlier sitting":
            SubjectResult.objects.filter(result__exam=mock, correct=10).update(correct=5)
        else:
            Exam.objects.filter(pk=place.exam.pk).update(name="Liselere Geçiş Sınavı")
        cache.clear()
        again = made(user, place, okul=place.light.code)
        assert (again != first, again.version, again.digest != first.digest) == (True, 1, True)

    def test_a_new_version_gets_a_new_one(self, place):
        user = coordinator(place.light)
        first = made(user, place, okul=place.light.code)
        Exam.objects.filter(pk=place.exam.pk).update(version=2)
        second = made(user, place, okul=place.light.code)
        assert second != first
        assert second.version == 2


class TestWhoFetches:
    def test_the_file_is_for_the_readers_of_its_unit(self, place):
        owner = coordinator(place.light)
        report = made(owner, place, okul=place.light.code)
        address = reverse("exams:report_file", args=[report.pk])
        served = client_of(owner).get(address)
        assert served["Content-Type"] == "application/pdf"
        assert b"".join(served.streaming_content).startswith(b"%PDF")
        assert client_of(seat_user(CommissionKind.EXECUTIVE)).get(address).status_code == 200
        assert client_of(coordinator(place.sea)).get(address).status_code == 404

    def test_nobody_asks_for_the_report_of_others(self, place):
        client, address = client_of(coordinator(place.light)), reverse("exams:make_report", args=[place.exam.pk])
        assert client.post(address, {"okul": place.sea.code}).status_code == 404
        assert client.post(address, {"ilce": str(place.light.district_id)}).status_code == 404
        assert client.post(address, {"ilce": "x"}).status_code == 404
        for code in ("7\x00", "71234567890", "٧١٢٣٤٥", "okul"):
            assert client.post(address, {"okul": code}).status_code == 404
        assert client.post(address).status_code == 403
        assert not Job.objects.exists()
