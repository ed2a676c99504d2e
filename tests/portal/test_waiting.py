"""What a home page says is waiting: for a school, a district's board and the technical team; with ages and days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.bars import bar_chart
from projects import reference
from projects.models import ClaimEvent, ClaimQuestion, Project, ReviewReason, SecondOpinion, StagedDecision
from projects.workflow import ClaimStatus, ProjectStatus
from schools.models import AcademicYear, Posting
from schools.models.commissions import CommissionKind, SeatRole
from schools.services import set_year_setting
from tests.factories.projects import ClaimFactory, ProjectFactory, item, team
from tests.factories.schools import DistrictFactory, InstitutionFactory, StaffFactory, seat_user

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
HOME = "portal:home"


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    reference.load()


@pytest.fixture
def school() -> Any:
    return InstitutionFactory(district=DistrictFactory(name="Edremit"), name="Edremit Işık Ortaokulu")


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def home(user: Any) -> Any:
    """What the page shows with nothing remembered."""
    cache.clear()
    response = client_of(user).get(reverse(HOME))
    assert response.status_code == 200
    return response.context["home"]


def told(user: Any) -> list[tuple[str, str, int | None, int | None, dt.date | None]]:
    """Each task as title, text, count, age in days, due day."""
    return [(task.title, task.text, task.count, task.age, task.due) for task in home(user).tasks]


def returned(school: Any, title: str, days: int, code: str = "return-missing") -> Any:
    reason = ReviewReason.objects.get(code=code)
    project = ProjectFactory(institution=school, title=title, is_reading=True)
    return ClaimFactory(
        project=project, status=ClaimStatus.RETURNED, reason=reason, decided_at=timezone.now() - days * DAY
    )


def test_a_coordinator_sees_drafts_returns_and_questions(school: Any) -> None:
    year = AcademicYear.objects.get()
    year.submission_deadline = timezone.now() + 5 * DAY
    year.save()
    due = timezone.localdate(year.submission_deadline)
    manager = StaffFactory(institution=school, title="deputy")
    draft = ProjectFactory(
        institution=school, title="Zeytin", item=item("KA2"), responsible_manager=manager, summary=""
    )
    team(draft, coordinator=StaffFactory(institution=school))
    returned(school, "Rüzgâr Gülü", 9)
    claim = ClaimFactory(project=ProjectFactory(institution=school, title="Ilık Su"), status=ClaimStatus.IN_REVIEW)
    asker = seat_user(CommissionKind.TECHNICAL)
    ClaimQuestion.objects.create(
        claim=claim, asked_by=asker, text="Kaç öğrenci katıldı?", asked_at=timezone.now() - 2 * DAY
    )
    other = InstitutionFactory(district=school.district)
    returned(other, "Başka Okul", 30)
    ProjectFactory(institution=other, title="Başka Taslak")
    expected = [
        ("Zeytin", "Taslak; eksik: özet, kanıt.", None, None, due),
        ("Rüzgâr Gülü", "Düzeltme istendi: Eksik", None, 9, None),
        ("Soru soruldu: Ilık Su", "Kaç öğrenci katıldı?", None, 2, None),
    ]
    assert told(seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)) == expected
    assert told(seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, school)) == expected


def test_a_school_without_a_reading_project_is_told(school: Any) -> None:
    coordinator = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)
    text = "Edremit Işık Ortaokulu için bir kitap okuma projesi hazırlayınız."
    assert told(coordinator) == [("Kitap okuma projeniz yok", text, None, None, None)]
    ProjectFactory(institution=school, is_reading=True, status=ProjectStatus.SUBMITTED)
    assert told(coordinator) == []


def test_a_school_learns_that_a_coordinator_moved_away(school: Any) -> None:
    project = ProjectFactory(institution=school, is_reading=True, status=ProjectStatus.APPROVED)
    lead = StaffFactory(institution=school)
    team(project, coordinator=lead)
    coordinator = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)
    assert told(coordinator) == []
    new_school = InstitutionFactory(name="Deniz Lisesi")
    Posting.objects.filter(staff=lead).update(institution=new_school)
    cache.clear()
    [(title, text, *_rest)] = told(coordinator)
    assert title == "1 projenin koordinatör öğretmeni başka okula geçti"
    assert text == "Yeni okulu: Deniz Lisesi. Projeyi devrediniz ya da yeni koordinatör belirleyiniz."


def test_after_the_deadline_drafts_are_one_line_without_a_day(school: Any) -> None:
    AcademicYear.objects.update(submission_deadline=timezone.now() - DAY)
    ProjectFactory(institution=school, is_reading=True)
    ProjectFactory(institution=school)
    coordinator = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)
    assert [(title, due) for title, _text, _count, _age, due in told(coordinator)] == [
        ("Gönderilmemiş taslaklarınız var", None)
    ]


def test_a_staged_decision_shows_nowhere_on_a_schools_or_districts_home(school: Any) -> None:
    claim = ClaimFactory(
        project=ProjectFactory(institution=school, title="Gizli Kalan", is_reading=True), status=ClaimStatus.IN_REVIEW
    )
    readers = (
        seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school),
        seat_user(CommissionKind.DISTRICT, SeatRole.MEMBER, school.district),
    )
    clients = [client_of(reader) for reader in readers]
    before = [client.get(reverse(HOME)).content.decode() for client in clients]
    StagedDecision.objects.create(
        claim=claim,
        action="return",
        reason=ReviewReason.objects.get(code="return-missing"),
        text="Gizli açıklama",
        by=seat_user(CommissionKind.TECHNICAL),
    )
    cache.clear()
    after = [client.get(reverse(HOME)).content.decode() for client in clients]
    assert [_without_tokens(page) for page in after] == [_without_tokens(page) for page in before]


def _without_tokens(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrf" not in line]


def test_a_district_sees_who_sent_nothing_and_what_came_back(school: Any) -> None:
    year = AcademicYear.objects.get()
    year.submission_deadline = timezone.now() + 5 * DAY
    year.save()
    due = timezone.localdate(year.submission_deadline)
    returned(school, "Rüzgâr Gülü", 9)
    returned(school, "Ilık Su", 30, "return-evidence")
    silent = InstitutionFactory(district=school.district)
    ProjectFactory(institution=silent, is_reading=True)
    busy = InstitutionFactory(district=school.district)
    ProjectFactory(institution=busy, status=ProjectStatus.APPROVED)
    InstitutionFactory(district=DistrictFactory(name="Sındırgı"))
    board = seat_user(CommissionKind.DISTRICT, SeatRole.MEMBER, school.district)
    page = home(board)
    assert [(task.title, task.count, task.age, task.due) for task in page.tasks] == [
        ("Henüz proje göndermemiş okullar", 1, None, due),
        ("Kitap okuma projesi olmayan okullar", 2, None, due),
        ("Düzeltilip yeniden gönderilmeyen projeler", 2, 30, None),
    ]
    today = timezone.localdate()
    assert [(line.title, line.school, line.reason, line.since) for line in page.returned] == [
        ("Ilık Su", school.name, "Kanıt yetersiz", today - 30 * DAY),
        ("Rüzgâr Gülü", school.name, "Eksik", today - 9 * DAY),
    ]
    assert (page.returned_count, page.review) == (2, None)


def test_a_reviewer_sees_the_queue_the_own_work_and_what_is_asked(school: Any) -> None:
    me, colleague = seat_user(CommissionKind.TECHNICAL, full_name="İrem Şahin"), seat_user(CommissionKind.TECHNICAL)

    def claim(title: str, days: int, **values: Any) -> Any:
        project = ProjectFactory(institution=school, title=title)
        return ClaimFactory(project=project, submitted_at=timezone.now() - days * DAY, **values)

    claim("Sırada", 12)
    claim("Yeni", 1)
    claim("Bende", 5, status=ClaimStatus.IN_REVIEW, reviewer=me, claimed_at=timezone.now() - 3 * DAY)
    decided = claim("Karar", 20, status=ClaimStatus.IN_REVIEW, reviewer=me)
    StagedDecision.objects.create(claim=decided, action="approve", by=me, at=timezone.now() - DAY)
    theirs = claim("Görüş", 6, status=ClaimStatus.IN_REVIEW, reviewer=colleague)
    SecondOpinion.objects.create(claim=theirs, asked_by=colleague, asked_of=me, asked_at=timezone.now() - 4 * DAY)
    answered = claim("Cevaplı", 7, status=ClaimStatus.IN_REVIEW, reviewer=colleague)
    ClaimQuestion.objects.create(
        claim=answered, asked_by=me, text="Kaç?", answer="On.", answered_at=timezone.now() - 2 * DAY
    )
    page = home(me)
    assert [(task.title, task.count, task.age) for task in page.tasks] == [
        ("İncelemeye aldığınız talepler", 1, 3),
        ("Duyurulacak kararlarınız", 1, 1),
        ("İkinci görüşünüz isteniyor: Görüş", None, 4),
        ("Sorunuz cevaplandı: Cevaplı", None, 2),
        ("İnceleme sırası", 2, 12),
    ]
    assert [bar.count for bar in page.review.ages_chart.bars] == [1, 3, 1, 0]
    assert [bar.label for bar in page.review.ages_chart.bars] == [
        "0–3 gün", "4–7 gün", "8–14 gün", "15 gün ve daha çok",
    ]  # fmt: skip
    assert home(colleague).tasks[0].title == "İncelemeye aldığınız talepler"


def test_the_share_follows_the_setting_of_the_year(school: Any) -> None:
    reviewer = seat_user(CommissionKind.TECHNICAL)
    for days in (3, 8, 12):
        project = ProjectFactory(institution=school)
        claim = ClaimFactory(project=project, status=ClaimStatus.APPROVED)
        now = timezone.now()
        ClaimEvent.objects.create(project=project, claim=claim, action="submit", at=now - (days + 1) * DAY, by=reviewer)
        ClaimEvent.objects.create(project=project, claim=claim, action="approve", at=now - DAY, by=reviewer)
    share = home(reviewer).review.timeliness
    assert (share.within, share.total, share.days, share.shown) == (2, 3, 10, 67)
    set_year_setting(year=AcademicYear.objects.get(), key="review_days", value="7", by=None)
    share = home(reviewer).review.timeliness
    assert (share.within, share.total, share.days, share.shown) == (1, 3, 7, 33)


def test_nobody_but_the_technical_team_sees_how_reviewing_goes(school: Any) -> None:
    for kind in (CommissionKind.EXECUTIVE, CommissionKind.MONITORING_PROJECT, CommissionKind.DISTRICT):
        assert home(seat_user(kind)).review is None


@pytest.mark.parametrize("role", ["coordinator", "district", "both", "technical", "executive"])
def test_home_asks_fewer_than_fifteen_queries_with_an_empty_cache(
    school: Any, role: str, django_assert_max_num_queries: Any
) -> None:
    user = {
        "coordinator": lambda: seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school),
        "both": lambda: seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, school),
        "district": lambda: seat_user(CommissionKind.DISTRICT, SeatRole.CHAIR, school.district),
        "technical": lambda: seat_user(CommissionKind.TECHNICAL),
        "executive": lambda: seat_user(CommissionKind.EXECUTIVE, SeatRole.CHAIR),
    }[role]()
    if role == "both":
        board = seat_user(CommissionKind.DISTRICT, SeatRole.MEMBER, school.district)
        board.staff_member.seats.update(staff=user.staff_member)
    client = client_of(user)
    client.get(reverse(HOME))
    taken = []
    for rows in (1, 2):
        for _ in range(rows):
            fill(school, user)
        cache.clear()
        with django_assert_max_num_queries(14) as captured:
            assert client.get(reverse(HOME)).status_code == 200
        taken.append(len(captured))
    assert taken[0] == taken[1]


def fill(school: Any, user: Any) -> None:
    """One of everything that a home page may show."""
    returned(school, "", 3)
    ProjectFactory(institution=school)
    away = ProjectFactory(institution=school, status=ProjectStatus.APPROVED)
    team(away, coordinator=StaffFactory(institution=InstitutionFactory()))
    claim = ClaimFactory(project=ProjectFactory(institution=school), status=ClaimStatus.IN_REVIEW, reviewer=user)
    ClaimQuestion.objects.create(claim=claim, asked_by=user, text="Kaç?")
    SecondOpinion.objects.create(claim=claim, asked_by=seat_user(CommissionKind.TECHNICAL), asked_of=user)
    other = ClaimFactory(project=ProjectFactory(institution=school), status=ClaimStatus.IN_REVIEW, reviewer=user)
    StagedDecision.objects.create(claim=other, action="approve", by=user)
    ClaimEvent.objects.create(
        project=other.project, claim=other, action="return", by=user, reason=ReviewReason.objects.order_by("pk")[0]
    )
    Project.objects.filter(title="").update(title_key="")
    InstitutionFactory(district=school.district)


def test_bars_are_in_proportion_and_never_vanish() -> None:
    chart = bar_chart([("çok", 1500, "info"), ("yarı", 750, "info"), ("tek", 1, "danger"), ("yok", 0, "info")])
    assert [(bar.label, bar.width) for bar in chart.bars] == [("çok", 1000), ("yarı", 500), ("tek", 8), ("yok", 0)]
    assert chart.total == 2251
    assert bar_chart([]).total == 0
    assert [bar.width for bar in bar_chart([("boş", 0, "info")]).bars] == [0]
