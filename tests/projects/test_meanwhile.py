"""What happens between looking and acting: claims that vanish, a file that decides, a seat in another province."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from common.errors import UserError
from common.jobs import create_job, run_now
from common.models import Notification
from portal.services import open_year
from projects import tasks
from projects.models import Claim, Project, StagedDecision, TeamTeacher
from projects.selectors.queue import QueueFilter, review_queue
from projects.selectors.staged import staged_counts
from projects.services import announce, answer_question, stage_decision
from projects.services.assignment import assign
from projects.services.bulk import preview
from projects.services.desk import ask_opinion, give_opinion
from projects.services.filters import save_filter
from projects.services.questions import ask_question
from projects.services.transition import true_state
from schools.models import Commission, Posting
from schools.models.commissions import CommissionKind
from tests.factories.projects import ClaimFactory
from tests.factories.schools import (
    CommissionFactory,
    InstitutionFactory,
    ProvinceFactory,
    SeatFactory,
    seat_user,
    staff_user,
)
from tests.projects.conftest import ready_project
from tests.projects.test_school_pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def claims(school: Any) -> list[Claim]:
    return [ClaimFactory(project=ready_project(school, title=f"Proje {number}")) for number in range(3)]


def vanish(claim: Claim) -> None:
    """As when the import that made it is taken back."""
    Project.objects.filter(pk=claim.project_id).delete()


def test_a_claim_that_vanished_is_one_refused_row_of_a_bulk_run(claims: list[Claim], reviewer: Any) -> None:
    rows = preview(claims=[claim.pk for claim in claims], action="claim", by=reviewer, year=claims[0].year).rows
    vanish(claims[0])
    params = {"action": "claim", "reason": None, "text": "", "rows": [[row.claim, row.mark] for row in rows]}
    job = run_now(create_job(kind=tasks.BULK, params=params, by=reviewer))
    assert (job.result["done"], job.result["refused"]) == (2, 1)
    assert job.steps[str(claims[0].pk)]["why"] == "Bu talep artık yok; işleminiz yapılmadı."
    assert set(Claim.objects.values_list("status", flat=True)) == {"in_review"}


def test_a_claim_that_vanished_is_one_refused_row_of_an_announcement(claims: list[Claim], reviewer: Any) -> None:
    rows = [(one.pk, stage_decision(claim=one, action="approve", by=reviewer).pk) for one in claims[:2]]
    vanish(claims[0])
    job = run_now(create_job(kind=tasks.ANNOUNCE, params={"rows": rows}, by=reviewer))
    assert (job.result["done"], job.result["refused"]) == (1, 1)
    assert Claim.objects.get(pk=claims[1].pk).status == "approved"


def test_a_seat_in_another_province_opens_no_queue_here(claims: list[Claim], reviewer: Any, stranger: Any) -> None:
    year = claims[0].year
    stage_decision(claim=claims[0], action="approve", by=reviewer)
    far = seat_user(CommissionKind.TECHNICAL, unit=ProvinceFactory(plate_code=63)).staff_member
    SeatFactory(staff=stranger.staff_member, commission=Commission.objects.get(seats__staff=far))
    assert list(review_queue(stranger, year, QueueFilter())) == []
    assert not any(staged_counts(stranger, year).values())
    assert review_queue(reviewer, year, QueueFilter()).count() == 3


def test_a_replaced_filter_is_offered_at_once(claims: list[Claim], reviewer: Any) -> None:
    client, address = client_of(reviewer), reverse("projects:queue")
    save_filter(place="queue", name="Eskiler", query="bekleme=7", by=reviewer)
    assert 'href="?bekleme=7"' in client.get(address).content.decode()
    save_filter(place="queue", name="Eskiler", query="bekleme=30", by=reviewer)
    page = client.get(address).content.decode()
    assert ('href="?bekleme=30"' in page, 'href="?bekleme=7"' in page) == (True, False)


def test_whoever_was_given_a_claim_is_named_and_not_who_gave_it(
    claims: list[Claim], reviewer: Any, second_reviewer: Any
) -> None:
    assigned = assign(claim=claims[0], to=second_reviewer, by=reviewer)
    assert "Ümit Kaya tarafından incelemeye alındı; işleminiz yapılmadı." in true_state(assigned)


def test_age_in_the_queue_is_counted_by_the_calendar(claims: list[Claim], reviewer: Any) -> None:
    istanbul = ZoneInfo("Europe/Istanbul")
    with time_machine.travel(dt.datetime(2026, 3, 20, 8, 0, tzinfo=istanbul), tick=False):
        for claim, moment in zip(claims, ((12, 23, 59), (13, 0, 0), (13, 8, 30)), strict=True):
            day, hour, minute = moment
            sent = dt.datetime(2026, 3, day, hour, minute, tzinfo=istanbul)
            Claim.objects.filter(pk=claim.pk).update(submitted_at=sent)
        old = review_queue(reviewer, claims[0].year, QueueFilter(older_than=7))
        assert list(old) == [claims[0]]


def test_advice_is_not_told_to_somebody_who_works_at_the_school_by_now(
    claims: list[Claim], school: Any, reviewer: Any, second_reviewer: Any
) -> None:
    opinion = ask_opinion(claim=claims[0], of=second_reviewer, text="Ne dersiniz?", by=reviewer)
    Posting.objects.create(staff=reviewer.staff_member, year=claims[0].year, institution=school, title="teacher")
    give_opinion(opinion=opinion, advice="reject", text="Kapsam dışı.", by=second_reviewer)
    assert not Notification.objects.filter(recipient=reviewer).exists()


def test_an_answer_that_came_after_the_decision_is_marked_before_it_is_announced(
    claims: list[Claim], reviewer: Any, coordinator: Any
) -> None:
    question = ask_question(claim=claims[0], text="Hangi il?", by=reviewer)
    for claim in claims[:2]:
        stage_decision(claim=claim, action="approve", by=reviewer)
    client, words = client_of(reviewer), "Karardan sonra cevap geldi"
    assert words not in client.get(reverse("projects:outbox")).content.decode()
    answer_question(question=question, text="Balıkesir.", by=coordinator)
    assert client.get(reverse("projects:outbox")).content.decode().count(words) == 1
    assert "Sorunuz cevaplandı: Proje 0" in client.get(reverse("portal:tasks")).content.decode()
    stage_decision(claim=claims[0], action="approve", by=reviewer)
    assert words not in client.get(reverse("projects:outbox")).content.decode()
    assert "Sorunuz cevaplandı: Proje 0" not in client.get(reverse("portal:tasks")).content.decode()


def test_undo_takes_back_the_decision_that_the_page_names(claims: list[Claim], reviewer: Any) -> None:
    first = stage_decision(claim=claims[0], action="approve", by=reviewer)
    client = client_of(reviewer)
    page = client.get(reverse("projects:review", args=[claims[2].pk])).content.decode()
    assert f'name="karar" value="{first.pk}"' in page
    second = stage_decision(claim=claims[1], action="approve", by=reviewer)
    client.post(reverse("projects:undo"), {"karar": first.pk})
    assert StagedDecision.objects.get() == second
    again = client.post(reverse("projects:undo"), {"karar": first.pk}, follow=True)
    assert "hiçbir karar geri alınmadı" in again.content.decode()
    assert StagedDecision.objects.get() == second


def test_a_year_is_opened_once_nothing_waits_for_its_announcement(reviewer: Any, school: Any) -> None:
    claim = ClaimFactory(project=ready_project(school))
    late = ClaimFactory(project=ready_project(school))
    staged = stage_decision(claim=claim, action="approve", by=reviewer)
    with pytest.raises(UserError, match="Duyurulmayı bekleyen 1 karar var"):
        open_year(plate=10, year_name="2021-2022", from_name=None, by=None)
    announce(staged=staged, by=reviewer)
    open_year(plate=10, year_name="2021-2022", from_name=None, by=None)
    reviewer = type(reviewer).objects.get(pk=reviewer.pk)
    with pytest.raises(UserError, match="2020-2021 yılı kapandı"):
        stage_decision(claim=late, action="approve", by=reviewer)
    assert not StagedDecision.objects.exists()


def test_a_remembered_queue_follows_what_is_the_reviewers_own(claims: list[Claim], reviewer: Any, school: Any) -> None:
    client, staff = client_of(reviewer), reviewer.staff_member

    def sees() -> tuple[list[str], list[int]]:
        page = client.get(reverse("projects:queue")).content.decode()
        tasks = client.get(reverse("portal:home")).context["home"].tasks
        return [claim.project.title for claim in claims if claim.project.title in page], [one.count for one in tasks]

    every = (["Proje 0", "Proje 1", "Proje 2"], [3])
    assert sees() == every
    posting = Posting.objects.create(staff=staff, year=claims[0].year, institution=school, title="teacher")
    assert sees() == ([], [])
    Posting.objects.filter(pk=posting.pk).update(institution=InstitutionFactory())
    assert sees() == every
    seat = SeatFactory(staff=staff, commission=CommissionFactory(kind=CommissionKind.SCHOOL, institution=school))
    assert sees()[0] == []
    seat.delete()
    member = TeamTeacher.objects.create(project=claims[1].project, staff=staff)
    assert sees() == (["Proje 0", "Proje 2"], [2])
    TeamTeacher.objects.filter(pk=member.pk).update(project=claims[2].project)
    assert sees() == (["Proje 0", "Proje 1"], [2])
    member.delete()
    Project.objects.filter(pk=claims[0].project_id).update(responsible_manager=staff)
    assert sees() == (["Proje 1", "Proje 2"], [2])


def test_a_remembered_list_follows_the_teams_of_the_reader(claims: list[Claim], school: Any) -> None:
    user = staff_user(school)
    client = client_of(user)

    def sees() -> list[str]:
        page = client.get(reverse("projects:list")).content.decode()
        return [claim.project.title for claim in claims if claim.project.title in page]

    assert sees() == []
    member = TeamTeacher.objects.create(project=claims[1].project, staff=user.staff_member)
    assert sees() == ["Proje 1"]
    TeamTeacher.objects.filter(pk=member.pk).update(project=claims[0].project)
    assert sees() == ["Proje 0"]
    Project.objects.filter(pk=claims[2].project_id).update(responsible_manager=user.staff_member)
    assert sees() == ["Proje 0", "Proje 2"]
