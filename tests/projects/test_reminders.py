"""Reminders: who is told what on which day, once, also after missed nights, and what nobody at a school may learn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bigep.celery import app
from common.models import MailPreference, Notification
from projects import tasks  # noqa: F401
from projects.models import ClaimQuestion, SecondOpinion, StagedDecision
from projects.reminders import send_reminders
from projects.workflow import ClaimStatus, Decision
from schools.models import AcademicYear, Posting, Seat
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.projects import ClaimFactory, ProjectFactory, team
from tests.factories.schools import DistrictFactory, InstitutionFactory, StaffFactory, seat_user, staff_user

pytestmark = pytest.mark.django_db

ISTANBUL = ZoneInfo("Europe/Istanbul")
TODAY = dt.date(2021, 3, 15)
"""A Monday; "five days ago" is counted from its noon."""


def noon(days: int = 0) -> dt.datetime:
    return dt.datetime.combine(TODAY + dt.timedelta(days=days), dt.time(12), ISTANBUL)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(), tick=False):
        yield


@pytest.fixture
def teacher(school: Any) -> Any:
    return staff_user(school, full_name="Gül Ağa")


@pytest.fixture
def board(school: Any) -> list[Any]:
    """The Kaymakam and an office teacher of the school's district; another district's Kaymakam stays out."""
    seat_user(CommissionKind.DISTRICT, SeatRole.CHAIR, DistrictFactory(name="Burhaniye"), full_name="Başka Kaymakam")
    return [
        seat_user(CommissionKind.DISTRICT, SeatRole.CHAIR, school.district, full_name="Kaymakam"),
        seat_user(CommissionKind.DISTRICT, SeatRole.BUREAU, school.district, full_name="Büro"),
    ]


@pytest.fixture
def executive(school: Any) -> Any:
    return seat_user(CommissionKind.EXECUTIVE, SeatRole.DIRECTOR, school.province, full_name="Müdür")


@pytest.fixture
def everybody(
    coordinator: Any, principal: Any, teacher: Any, stranger: Any, reviewer: Any, board: Any, executive: Any
) -> None:
    """One person of every kind, so that "exactly these" means something; a member without a say, and one who left."""
    school = coordinator.staff_member.seats.get().commission.institution
    seat_user(CommissionKind.SCHOOL, SeatRole.MEMBER, school, full_name="Üye")
    gone = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school, full_name="Eski Sorumlu")
    Seat.objects.filter(staff__user=gone).update(end_date=TODAY - dt.timedelta(days=1))
    closed = seat_user(CommissionKind.TECHNICAL, SeatRole.IT, full_name="Kapalı Hesap")
    closed.is_active = False
    closed.save()


def told(kind: str = "") -> list[tuple[str, str]]:
    """Names and subjects, in the order of their letters' numbers: the same on every database."""
    return sorted(Notification.objects.filter(kind__contains=kind).values_list("recipient__full_name", "subject"))


def names(kind: str = "") -> list[str]:
    return [name for name, _subject in told(kind)]


def deadline(days: int) -> None:
    last = dt.datetime.combine(TODAY + dt.timedelta(days=days), dt.time(23, 59), ISTANBUL)
    AcademicYear.objects.update(submission_deadline=last)


def on_day(days: int) -> int:
    with time_machine.travel(noon(days), tick=False):
        return send_reminders()


# --- Drafts ---------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("everybody")
def test_drafts_are_told_to_coordinator_principal_and_their_coordinator_teacher(school: Any, teacher: Any) -> None:
    deadline(7)
    ProjectFactory(institution=school)
    led = ProjectFactory(institution=school)
    team(led, coordinator=teacher.staff_member)
    ClaimFactory(project=ProjectFactory(institution=school))
    assert send_reminders() == 3
    two, one = (f"Gönderilmemiş {n} taslağınız var; son gün 22.03.2021" for n in (2, 1))
    assert told() == [("Ayşe Yılmaz", two), ("Gül Ağa", one), ("Oğuz Çığır", two)]
    notice = Notification.objects.order_by("pk")[0]
    assert (notice.kind, notice.url) == ("reminder.drafts", "/projeler/?durum=draft")
    assert "22.03.2021 23:59" in notice.body


@pytest.mark.parametrize(
    ("days", "kind"), [(8, None), (7, "reminder"), (2, "reminder"), (1, "deadline"), (0, "deadline")]
)
def test_stages_of_drafts_on_their_boundaries(school: Any, coordinator: Any, days: int, kind: str | None) -> None:
    deadline(days)
    ProjectFactory(institution=school)
    assert send_reminders() == (0 if kind is None else 1)
    assert list(Notification.objects.values_list("kind", flat=True)) == ([] if kind is None else [f"{kind}.drafts"])


@pytest.mark.usefixtures("everybody")
def test_drafts_that_the_deadline_left_behind_are_told_once_with_what_can_still_be_done(
    school: Any, teacher: Any
) -> None:
    deadline(1)
    team(ProjectFactory(institution=school), coordinator=teacher.staff_member)
    assert [on_day(1), on_day(2), on_day(2), on_day(3)] == [3, 3, 0, 0]
    subject = "Gönderme süresi doldu; 1 taslağınız gönderilmedi, yazdıklarınız saklanıyor"
    assert told("drafts_left") == [("Ayşe Yılmaz", subject), ("Gül Ağa", subject), ("Oğuz Çığır", subject)]
    notice = Notification.objects.filter(kind="reminder.drafts_left").order_by("pk")[0]
    assert notice.url == "/projeler/?durum=draft"
    assert "16.03.2021 23:59 itibarıyla doldu" in notice.body
    assert "ek süre için İl Proje Hazırlama ve Teknik Ekibine başvurunuz" in notice.body


def test_left_drafts_are_told_from_the_minute_of_the_deadline(school: Any, coordinator: Any) -> None:
    ProjectFactory(institution=school)
    AcademicYear.objects.update(submission_deadline=noon())
    told_at = []
    for minutes in (-1, 0, 60):
        with time_machine.travel(noon() + dt.timedelta(minutes=minutes), tick=False):
            send_reminders()
            told_at.append(names("drafts_left"))
    assert told_at == [[], ["Ayşe Yılmaz"], ["Ayşe Yılmaz"]]


@pytest.mark.parametrize(("days", "count"), [(1, 1), (14, 1), (15, 0)])
def test_left_drafts_are_told_after_missed_nights_but_not_for_ever(
    school: Any, coordinator: Any, days: int, count: int
) -> None:
    deadline(0)
    ProjectFactory(institution=school)
    assert on_day(days) == count


def test_only_what_the_deadline_left_behind_is_told(school: Any, coordinator: Any) -> None:
    deadline(0)
    ClaimFactory(project=ProjectFactory(institution=school))
    with time_machine.travel(noon(1), tick=False):
        ProjectFactory(institution=school)
    assert on_day(2) == 0
    ProjectFactory(institution=school)
    assert on_day(2) == 1
    Notification.objects.all().delete()
    AcademicYear.objects.update(is_current=False)
    assert on_day(2) == 0


def test_more_time_that_ends_again_is_told_again(school: Any, coordinator: Any) -> None:
    deadline(0)
    ProjectFactory(institution=school)
    assert on_day(1) == 1
    deadline(2)
    assert [on_day(2), on_day(3), on_day(3)] == [1, 1, 0]
    kinds = Notification.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["reminder.drafts_left", "deadline.drafts", "reminder.drafts_left"]


def test_each_stage_of_drafts_is_told_once(school: Any, coordinator: Any) -> None:
    deadline(10)
    ProjectFactory(institution=school)
    assert [on_day(day) for day in range(11)] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0]
    assert on_day(10) == 0


def test_missed_nights_tell_the_latest_stage_of_drafts_alone(school: Any, coordinator: Any) -> None:
    deadline(10)
    ProjectFactory(institution=school)
    assert [on_day(2), on_day(10), on_day(10)] == [0, 1, 0]
    assert list(Notification.objects.values_list("kind", flat=True)) == ["deadline.drafts"]


def test_a_new_deadline_is_told_anew(school: Any, coordinator: Any) -> None:
    deadline(1)
    ProjectFactory(institution=school)
    assert send_reminders() == 1
    deadline(5)
    assert send_reminders() == 1
    assert send_reminders() == 0


# --- Returned claims ------------------------------------------------------------------------------------------------


def returned(school: Any, days: int, **values: Any) -> Any:
    project = ProjectFactory(institution=school, title=values.pop("title", "Mavi Kapak"))
    return ClaimFactory(project=project, status=ClaimStatus.RETURNED, decided_at=noon(-days), **values)


@pytest.mark.usefixtures("everybody")
def test_returned_claim_is_told_to_the_school_and_late_ones_to_the_district(school: Any, teacher: Any) -> None:
    team(returned(school, 7).project, coordinator=teacher.staff_member)
    assert send_reminders() == 3
    week = "Düzeltilmesi istenen talep 7 gündür gönderilmedi: Mavi Kapak"
    assert told() == [("Ayşe Yılmaz", week), ("Gül Ağa", week), ("Oğuz Çığır", week)]

    Notification.objects.all().delete()
    assert on_day(14) == 5
    late = "İlçenizde düzeltilmesi istenen 1 talep en az 21 gündür gönderilmedi"
    assert told("returned_level") == [("Büro", late), ("Kaymakam", late)]
    assert Notification.objects.filter(subject__contains="21 gündür gönderilmedi: Mavi Kapak").count() == 3


@pytest.mark.parametrize(("days", "school_told", "district_told"), [
    (6, 0, 0), (7, 1, 0), (13, 1, 0), (14, 1, 0), (20, 1, 0), (21, 1, 2),
])  # fmt: skip
def test_stages_of_returned_claims_on_their_boundaries(
    school: Any, coordinator: Any, board: Any, days: int, school_told: int, district_told: int
) -> None:
    returned(school, days)
    assert send_reminders() == school_told + district_told
    assert len(names("returned_level")) == district_told


def test_each_stage_of_a_returned_claim_is_told_once_and_the_district_weekly(
    school: Any, coordinator: Any, board: Any
) -> None:
    returned(school, 0)
    days = {day: count for day in range(31) if (count := on_day(day))}
    assert days == {7: 1, 14: 1, 21: 1 + 2, 28: 2}


def test_missed_nights_tell_the_latest_stage_alone(school: Any, coordinator: Any) -> None:
    returned(school, 0)
    assert [on_day(16), on_day(16), on_day(20)] == [1, 0, 0]
    assert told() == [("Ayşe Yılmaz", "Düzeltilmesi istenen talep 16 gündür gönderilmedi: Mavi Kapak")]


def test_a_claim_sent_again_is_not_told_and_one_returned_again_begins_anew(school: Any, coordinator: Any) -> None:
    claim = returned(school, 7)
    assert send_reminders() == 1
    claim.status, claim.decided_at = ClaimStatus.SUBMITTED, None
    claim.save()
    assert on_day(8) == 0
    claim.status, claim.decided_at = ClaimStatus.RETURNED, noon(10)
    claim.save()
    assert [on_day(16), on_day(17), on_day(18)] == [0, 1, 0]


# --- Questions to the school ----------------------------------------------------------------------------------------


def asked(claim: Any, by: Any, days: int, **values: Any) -> ClaimQuestion:
    return ClaimQuestion.objects.create(claim=claim, asked_by=by, asked_at=noon(-days), text="Bütçe?", **values)


@pytest.mark.usefixtures("everybody")
def test_unanswered_question_is_told_to_the_school(school: Any, teacher: Any, reviewer: Any) -> None:
    claim = ClaimFactory(project=ProjectFactory(institution=school, title="Mavi Kapak"), submitted_at=noon(-5))
    team(claim.project, coordinator=teacher.staff_member)
    asked(claim, reviewer, 3)
    asked(claim, reviewer, 9, answered_at=noon(-8))
    assert send_reminders() == 3
    words = "Okulunuza sorulan soru 3 gündür cevap bekliyor: Mavi Kapak"
    assert told() == [("Ayşe Yılmaz", words), ("Gül Ağa", words), ("Oğuz Çığır", words)]
    assert Notification.objects.order_by("pk")[0].url == f"/projeler/{claim.project_id}/"


def test_question_has_two_stages(school: Any, coordinator: Any, reviewer: Any) -> None:
    claim = ClaimFactory(project=ProjectFactory(institution=school), submitted_at=noon(), status=ClaimStatus.IN_REVIEW)
    asked(claim, reviewer, 0)
    assert [day for day in range(15) if on_day(day)] == [3, 7]


def test_question_of_a_decided_claim_is_not_told(school: Any, coordinator: Any, reviewer: Any) -> None:
    for status in (ClaimStatus.WITHDRAWN, ClaimStatus.APPROVED, ClaimStatus.REJECTED):
        asked(ClaimFactory(project=ProjectFactory(institution=school), status=status), reviewer, 5)
    assert send_reminders() == 0


# --- Claims that wait -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("everybody")
def test_long_waiting_claims_are_told_to_the_team_and_then_to_the_board(school: Any, second_reviewer: Any) -> None:
    for days in (14, 15, 30):
        ClaimFactory(project=ProjectFactory(institution=school), submitted_at=noon(-days))
    ClaimFactory(
        project=ProjectFactory(institution=school), submitted_at=noon(-16), status=ClaimStatus.IN_REVIEW,
        reviewer=second_reviewer,
    )  # fmt: skip
    ClaimFactory(project=ProjectFactory(institution=school), submitted_at=noon(-40), status=ClaimStatus.APPROVED)
    assert send_reminders() == 2
    assert told() == [
        ("Ümit Kaya", "3 talep 14 günden uzun süredir karar bekliyor"),
        ("İrem Şahin", "2 talep 14 günden uzun süredir karar bekliyor"),
    ]
    assert on_day(1) == 1
    assert told("waiting_level") == [("Müdür", "1 talep 30 günden uzun süredir karar bekliyor")]


def test_the_number_of_waiting_claims_is_what_the_link_shows(
    school: Any, reviewer: Any, second_reviewer: Any, executive: Any
) -> None:
    own = seat_user(CommissionKind.TECHNICAL, full_name="Okuldan Üye")
    other = InstitutionFactory()
    Posting.objects.create(
        staff=own.staff_member, year=AcademicYear.objects.get(province=school.province), institution=school,
        title="teacher",
    )  # fmt: skip
    for place in (school, school, other):
        ClaimFactory(project=ProjectFactory(institution=place), submitted_at=noon(-31))
    held = in_review(school, reviewer, submitted_at=noon(-31))
    asked(held, reviewer, 1)
    in_review(other, reviewer, submitted_at=noon(-31))
    staged(in_review(other, second_reviewer, submitted_at=noon(-31)), second_reviewer, 0)
    send_reminders()
    rows = {row.recipient.full_name: row for row in Notification.objects.filter(kind="reminder.waiting")}
    shown = {}
    for name, row in rows.items():
        client = Client()
        client.force_login(row.recipient)
        shown[name] = (row.subject.split()[0], str(client.get(row.url).context["page"].paginator.count))
    assert shown == {"İrem Şahin": ("4", "4"), "Ümit Kaya": ("3", "3"), "Okuldan Üye": ("1", "1")}
    board = Notification.objects.get(kind="reminder.waiting_level")
    assert (board.subject, board.url) == ("6 talep 30 günden uzun süredir karar bekliyor", "")


def test_waiting_claims_are_told_once_a_week(school: Any, reviewer: Any) -> None:
    ClaimFactory(project=ProjectFactory(institution=school), submitted_at=noon(-15))
    assert [day for day in range(22) if on_day(day)] == [0, 7, 14, 21]


def test_a_missed_monday_is_made_up_for_in_the_same_week(school: Any, reviewer: Any) -> None:
    ClaimFactory(project=ProjectFactory(institution=school), submitted_at=noon(-15))
    assert [day for day in (3, 4, 6, 7, 8) if on_day(day)] == [3, 7]


def test_provinces_are_told_of_their_own_claims_alone(school: Any, reviewer: Any) -> None:
    far = InstitutionFactory(district=DistrictFactory(province__plate_code=63, province__name="Şanlıurfa"))
    seat_user(CommissionKind.TECHNICAL, SeatRole.RND, far.province, full_name="Uzak Üye")
    ClaimFactory(project=ProjectFactory(institution=school), submitted_at=noon(-15))
    assert send_reminders() == 1
    assert names() == ["İrem Şahin"]


# --- Staged decisions -----------------------------------------------------------------------------------------------


def staged(claim: Any, by: Any, days: int) -> StagedDecision:
    return StagedDecision.objects.create(claim=claim, action=Decision.REJECT, by=by, at=noon(-days), text="Gizli")


def in_review(school: Any, by: Any, **values: Any) -> Any:
    values = {"submitted_at": noon(-3), "status": ClaimStatus.IN_REVIEW, "reviewer": by} | values
    return ClaimFactory(project=ProjectFactory(institution=school), **values)


@pytest.mark.usefixtures("everybody")
def test_decisions_not_announced_are_told_to_who_took_them_alone(
    school: Any, reviewer: Any, second_reviewer: Any
) -> None:
    for days in (2, 4, 1):
        staged(in_review(school, reviewer), reviewer, days)
    staged(in_review(school, second_reviewer), second_reviewer, 1)
    assert send_reminders() == 1
    notice = Notification.objects.get()
    assert notice.recipient == reviewer
    assert (notice.subject, notice.url) == (
        "Duyurulmayı bekleyen 2 kararınız var",
        "/projeler/inceleme/duyurulacak/",
    )
    assert "En eskisi 4 gündür bekliyor" in notice.body
    assert on_day(1) == 2
    assert [on_day(2), on_day(9)] == [0, 0]
    assert names("staged") == ["Ümit Kaya", "İrem Şahin", "İrem Şahin"]


def test_nobody_of_the_school_is_told_of_a_staged_decision(school: Any, second_reviewer: Any) -> None:
    """Deciders who have come to the school, to a partner or into the team since, or who have left the reviewers."""
    claims = [in_review(school, second_reviewer) for _number in range(6)]
    deciders = [seat_user(CommissionKind.TECHNICAL, unit=school.province) for _number in range(6)]
    sits, works, in_team, manages, partner, left = deciders
    commission = seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, school).staff_member.seats.get().commission
    Seat.objects.create(commission=commission, staff=sits.staff_member, start_date=TODAY)
    year = AcademicYear.objects.get(province=school.province)
    Posting.objects.create(staff=works.staff_member, year=year, institution=school, title="teacher")
    team(claims[2].project, coordinator=in_team.staff_member)
    claims[3].project.responsible_manager = manages.staff_member
    claims[3].project.save()
    other = InstitutionFactory(district=school.district)
    claims[4].project.partner_institutions.add(other)
    Posting.objects.create(staff=partner.staff_member, year=year, institution=other, title="teacher")
    Seat.objects.filter(staff__user=left).update(end_date=TODAY - dt.timedelta(days=1))
    for claim, decider in zip(claims, deciders, strict=True):
        staged(claim, decider, 5)
    assert send_reminders() == 0
    staged(in_review(school, second_reviewer), second_reviewer, 5)
    assert send_reminders() == 1


@pytest.mark.usefixtures("everybody")
def test_a_staged_decision_changes_no_other_reminder(school: Any, reviewer: Any, second_reviewer: Any) -> None:
    """The same province twice, once with staged decisions: everybody but the decider is told the same.

    The decider's own waiting claims have become decisions to announce.
    """
    deadline(7)
    ProjectFactory(institution=school)
    returned(school, 21)
    claims = [in_review(school, reviewer, submitted_at=noon(-40)) for _number in range(3)]
    asked(claims[0], reviewer, 7)
    SecondOpinion.objects.create(
        claim=claims[1], asked_by=reviewer, asked_of=second_reviewer, asked_at=noon(-3), text="Uygun mu?"
    )
    send_reminders()
    without = told()
    Notification.objects.all().delete()
    for claim in claims:
        staged(claim, reviewer, 5)
    send_reminders()
    decider = ("İrem Şahin", "2 talep 14 günden uzun süredir karar bekliyor")
    assert [line for line in told() if "kararınız" not in line[1]] == [line for line in without if line != decider]
    assert decider in without
    assert names("staged") == ["İrem Şahin"]
    assert len(without) == 2 + (2 + 2) + 2 + (1 + 1) + 1


# --- Second opinions ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("everybody")
def test_second_opinion_is_told_to_who_was_asked_once(school: Any, reviewer: Any, second_reviewer: Any) -> None:
    claim = in_review(school, reviewer)
    SecondOpinion.objects.create(claim=claim, asked_by=reviewer, asked_of=second_reviewer, asked_at=noon())
    assert [day for day in range(12) if on_day(day)] == [3]
    notice = Notification.objects.get()
    assert notice.recipient == second_reviewer
    assert notice.subject.startswith("İkinci görüşünüz 3 gündür bekleniyor: ")
    assert notice.url == f"/projeler/inceleme/{claim.pk}/"


def test_given_opinions_decided_claims_and_people_who_left_are_not_told(
    school: Any, reviewer: Any, second_reviewer: Any
) -> None:
    given = {"asked_by": reviewer, "asked_of": second_reviewer, "asked_at": noon(-5)}
    SecondOpinion.objects.create(claim=in_review(school, reviewer), answered_at=noon(-1), advice="approve", **given)
    SecondOpinion.objects.create(claim=in_review(school, reviewer, status=ClaimStatus.APPROVED), **given)
    waiting = SecondOpinion.objects.create(claim=in_review(school, reviewer), **given)
    Seat.objects.filter(staff__user=second_reviewer).update(end_date=TODAY - dt.timedelta(days=1))
    assert send_reminders() == 0
    Seat.objects.filter(staff__user=second_reviewer).update(end_date=None)
    assert send_reminders() == 1
    assert Notification.objects.get().dedupe == f"opinion:{waiting.pk}"


# --- All together ---------------------------------------------------------------------------------------------------


def busy_school(district: Any, reviewer: Any, colleague: Any) -> None:
    school = InstitutionFactory(district=district)
    seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, school)
    seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)
    team(ProjectFactory(institution=school), coordinator=StaffFactory(institution=school))
    returned(school, 21, title=f"Dönen {school.pk}")
    waiting = in_review(school, reviewer, submitted_at=noon(-40))
    asked(waiting, reviewer, 7)
    SecondOpinion.objects.create(claim=waiting, asked_by=reviewer, asked_of=colleague, asked_at=noon(-4))
    staged(in_review(school, reviewer), reviewer, 4)
    ClaimFactory(project=ProjectFactory(institution=school), submitted_at=noon(-40))


def test_statements_do_not_grow_with_the_schools(
    school: Any, reviewer: Any, second_reviewer: Any, board: Any, executive: Any
) -> None:
    deadline(7)
    taken = []
    for more in (1, 3):
        for _number in range(more):
            busy_school(school.district, reviewer, second_reviewer)
        Notification.objects.all().delete()
        with CaptureQueriesContext(connection) as seen:
            written = send_reminders()
        taken.append(len(seen))
    assert written == 4 * (2 + 2 + 2 + 1) + 2 + 2 + 1 + 1
    assert taken[0] == taken[1] <= 65
    with CaptureQueriesContext(connection) as seen:
        assert send_reminders() == 0
    assert len(seen) <= 48


def test_people_who_read_no_mail_are_told_in_the_portal(school: Any, coordinator: Any) -> None:
    MailPreference.objects.create(user=coordinator, frequency="none")
    returned(school, 7)
    send_reminders()
    assert Notification.objects.get().mail_state == "none"


def test_beat_runs_the_reminders_by_day_before_the_digest() -> None:
    entry = app.conf.beat_schedule["send-reminders"]
    assert entry["task"] in app.tasks
    assert min(entry["schedule"].hour) == 6
    assert timezone.get_default_timezone_name() == str(app.conf.timezone)
