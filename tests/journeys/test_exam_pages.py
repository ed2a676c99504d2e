"""What a school, a coach and a teacher see of exams and of EBA in a browser; every figure is worked out here again."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import pytest
from django.db.models import F
from playwright.sync_api import Page, expect

from common.numbers import format_number
from eba.models import SCALE, StaffUseValue
from exams.models import Exam, StudentResult, SubjectResult
from portal.demo.accounts import DEMO_DOMAIN, home_school
from portal.demo.build import build_demo
from schools.models import Coaching, Enrolment, Institution, Posting, StaffMember
from tests.journeys.test_main_case import sign_in

pytestmark = pytest.mark.journey
expect.set_options(timeout=20_000)


def net(correct: int, wrong: int, divisor: int) -> Fraction:
    return correct - Fraction(wrong, divisor)


def mean_net(exam: Exam, school: Institution, subject: str) -> Fraction:
    pupils = Enrolment.objects.filter(year=exam.year, institution=school).values("student")
    taken = SubjectResult.objects.filter(
        result__exam=exam, result__student__in=pupils, subject__name=subject, correct__isnull=False
    )
    nets = [net(correct, wrong, exam.divisor) for correct, wrong in taken.values_list("correct", "wrong")]
    return sum(nets, Fraction(0)) / len(nets)


def total_net(result: StudentResult, divisor: int) -> Fraction:
    answers: Iterable[tuple[int, int]] = result.subjects.filter(correct__isnull=False).values_list("correct", "wrong")
    return sum((net(correct, wrong, divisor) for correct, wrong in answers), Fraction(0))


def test_a_school_reads_its_exam_page(live_site: str, page: Page) -> None:
    build_demo(size="school", seed=11)
    school, exam = home_school(), Exam.objects.get(code="IZLEME-8-2")
    waiting = Exam.objects.get(code="IZLEME-8-3")
    sign_in(page, live_site, "okul")
    page.goto(f"{live_site}/sinavlar/")
    expect(page.get_by_role("row", name=waiting.name).get_by_role("link")).to_have_count(0)
    page.get_by_role("row", name=exam.name).get_by_role("link", name="Okulumuzun sonuçları").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(school.name)
    expect(page.get_by_role("main").locator("svg[role=img]").first).to_be_visible()
    subjects = page.get_by_role("table", name="Derslere göre sonuçlar")
    for subject in ("Türkçe", "Matematik", "Fen Bilimleri"):
        row = subjects.get_by_role("row", name=subject)
        expect(row).to_contain_text(format_number(mean_net(exam, school, subject), 2))
    topics = page.get_by_role("table", name="Konulara göre doğru cevap yüzdesi")
    expect(topics.get_by_role("row").nth(1)).to_contain_text("Kareköklü İfadeler")
    page.get_by_role("link", name="Öğrencilerin sonuçları").click()
    applied = StudentResult.objects.filter(exam=exam).count()
    expect(page.get_by_role("table", name="Öğrencilerin sonuçları").get_by_role("row")).to_have_count(
        min(applied, 50) + 1
    )


def test_a_coach_reads_the_card_of_a_student(live_site: str, page: Page) -> None:
    build_demo(size="school", seed=11)
    teacher = StaffMember.objects.get(user__email=f"ogretmen@{DEMO_DOMAIN}")
    exam = Exam.objects.get(code="LGS-2026")
    coached = Coaching.objects.filter(teacher=teacher).values("student")
    result = StudentResult.objects.filter(exam=exam, student__in=coached, score_units__isnull=False).order_by("pk")[0]
    stranger = Enrolment.objects.filter(year=exam.year, grade=8).exclude(student__in=coached).order_by("pk")[0]
    sign_in(page, live_site, "ogretmen")
    page.goto(f"{live_site}/sinavlar/ogrencilerim/")
    page.get_by_role("link", name=result.student.full_name, exact=True).click()
    card = page.get_by_role("main")
    expect(card).to_contain_text(f"Toplam net {format_number(total_net(result, 3), 2)}")
    expect(card).to_contain_text(f"Puan {format_number(result.score)}")
    expect(card).to_contain_text(f"Genel sıra {format_number(result.national_rank)}")
    expect(card).not_to_contain_text(Exam.objects.get(published_at=None).name)
    answer = page.goto(f"{live_site}/sinavlar/ogrenciler/{stranger.student_id}/")
    assert answer is not None
    assert answer.status == 404
    page.context.problems.clear()


def test_a_teacher_and_the_school_see_the_points_of_eba(live_site: str, page: Page) -> None:
    build_demo(size="school", seed=11)
    own = Posting.objects.filter(year__is_current=True, institution=home_school()).values("staff")
    seen = StaffUseValue.objects.filter(use__term=1, use__staff__in=own)
    staff = StaffMember.objects.get(pk=seen.order_by("use__staff").values_list("use__staff", flat=True)[0])
    points = sum(
        Fraction(value, SCALE) * Fraction(coefficient)
        for value, coefficient in seen.filter(
            use__staff=staff, criterion__weights__table__year=F("use__year")
        ).values_list("value_units", "criterion__weights__coefficient")
    )
    sign_in(page, live_site, "okul")
    page.goto(f"{live_site}/eba/")
    expect(page.get_by_role("main").locator("svg[role=img]").first).to_be_visible()
    row = page.get_by_role("table", name="Personelin EBA puanları").get_by_role("row", name=staff.full_name).first
    expect(row).to_contain_text(format_number(points, 2))
