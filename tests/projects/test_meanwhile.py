"""What happens between looking and acting: claims that vanish, a file that decides, a seat in another province."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from common.jobs import create_job, run_now
from projects import tasks
from projects.models import Claim, Project
from projects.selectors.queue import QueueFilter, review_queue
from projects.selectors.staged import staged_counts
from projects.services import stage_decision
from projects.services.bulk import preview
from projects.services.filters import save_filter
from schools.models import Commission
from schools.models.commissions import CommissionKind
from tests.factories.projects import ClaimFactory
from tests.factories.schools import ProvinceFactory, SeatFactory, seat_user
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
    assert staged_counts(stranger, year) == {"own": 0, "team": 0, "newest": 0}
    assert review_queue(reviewer, year, QueueFilter()).count() == 3


def test_a_replaced_filter_is_offered_at_once(claims: list[Claim], reviewer: Any) -> None:
    client, address = client_of(reviewer), reverse("projects:queue")
    save_filter(place="queue", name="Eskiler", query="bekleme=7", by=reviewer)
    assert 'href="?bekleme=7"' in client.get(address).content.decode()
    save_filter(place="queue", name="Eskiler", query="bekleme=30", by=reviewer)
    page = client.get(address).content.decode()
    assert ('href="?bekleme=30"' in page, 'href="?bekleme=7"' in page) == (True, False)
