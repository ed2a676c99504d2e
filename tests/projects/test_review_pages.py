"""The technical team's pages: the queue and its filters, one claim per screen, decisions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.errors import UserError
from projects.models import Claim, Project, ReviewReason, StagedDecision
from projects.services import announce, approve_claim, claim_for_review
from schools.models.commissions import CommissionKind
from tests.factories.accounts import SystemAdminFactory, UserFactory
from tests.factories.projects import ClaimFactory, ProjectFactory, item
from tests.factories.schools import DistrictFactory, InstitutionFactory, ProvinceFactory, seat_user
from tests.projects.conftest import ready_project
from tests.projects.test_school_pages import client_of

pytestmark = pytest.mark.django_db

QUEUE = "/projeler/inceleme/"


def fresh(client: Client, query: str = "") -> Any:
    """The queue as it is made, not as it was remembered: only then the test sees what the template got."""
    cache.clear()
    return client.get(QUEUE + query)


def waiting(project: Project, days: int, **values: Any) -> Claim:
    claim: Claim = ClaimFactory(project=project, submitted_at=timezone.now() - dt.timedelta(days=days), **values)
    return claim


def titles(client: Client, query: str = "") -> list[str]:
    return [row["project__title"] for row in fresh(client, query).context["rows"]]


def decide(client: Client, claim: Claim, action: str, query: str = "", **values: Any) -> Any:
    address = reverse("projects:decide", args=[claim.pk]) + query
    return client.post(address, {"action": action, **values})


def announce_all(by: Any) -> None:
    for staged in StagedDecision.objects.order_by("pk"):
        announce(staged=staged, by=by)


@pytest.fixture
def three(school: Any) -> list[Claim]:
    """Three waiting claims, the oldest last made."""
    other = InstitutionFactory(district=DistrictFactory(name="Ayvalık"), name="Ayvalık Lisesi", category="high")
    return [
        waiting(ProjectFactory(institution=school, title="Ilık Su"), 2),
        waiting(ProjectFactory(institution=other, title="Zeytin", item=item("4006")), 10),
        waiting(ProjectFactory(institution=school, title="Deniz"), 40),
    ]


def test_queue_is_oldest_first(three: list[Claim], reviewer: Any) -> None:
    assert titles(client_of(reviewer)) == ["Deniz", "Zeytin", "Ilık Su"]


def test_queue_filters_from_the_address(three: list[Claim], reviewer: Any) -> None:
    client = client_of(reviewer)
    ayvalik = three[1].project.institution.district_id
    programme = item("4006").programme_id
    assert titles(client, f"?ilce={ayvalik}") == ["Zeytin"]
    assert titles(client, f"?program={programme}") == ["Zeytin"]
    assert titles(client, "?kategori=middle") == ["Deniz", "Ilık Su"]
    assert titles(client, "?bekleme=7") == ["Deniz", "Zeytin"]
    assert titles(client, "?bekleme=30&ara=DENİZ") == ["Deniz"]
    assert titles(client, "?ara=ilik") == ["Ilık Su"]
    assert titles(client, "?kategori=yok&bekleme=x&ilce=999999") == ["Deniz", "Zeytin", "Ilık Su"]


def test_chips_count_every_view(three: list[Claim], reviewer: Any, second_reviewer: Any) -> None:
    claim_for_review(claim=three[0], by=reviewer)
    claim_for_review(claim=three[1], by=second_reviewer)
    approve_claim(claim=three[2], by=reviewer)
    client = client_of(reviewer)
    chips = {str(chip["label"]): chip["count"] for chip in fresh(client).context["chips"]}
    assert chips == {
        "Bekleyen": 1,
        "Benim aldıklarım": 1,
        "İncelemede": 2,
        "Duyurulacak": 0,
        "Düzeltme istenen": 0,
        "Onaylanan": 1,
        "Reddedilen": 0,
        "Tümü": 3,
    }
    assert titles(client) == ["Ilık Su"]
    assert titles(client, "?durum=in_review") == ["Zeytin", "Ilık Su"]
    assert titles(client, "?durum=approved") == ["Deniz"]


def test_own_school_is_not_in_the_queue(three: list[Claim], school: Any) -> None:
    from tests.projects.test_transitions import _with_posting

    reviewer = _with_posting(seat_user(CommissionKind.TECHNICAL), school)
    client = client_of(reviewer)
    assert titles(client) == ["Zeytin"]
    assert client.get(reverse("projects:review", args=[three[0].pk])).status_code == 404


def test_other_provinces_are_not_in_the_queue(three: list[Claim]) -> None:
    reviewer = seat_user(CommissionKind.TECHNICAL, unit=ProvinceFactory(plate_code=63))
    client = client_of(reviewer)
    assert titles(client) == []
    assert client.get(reverse("projects:review", args=[three[0].pk])).status_code == 404


def test_queue_is_for_the_technical_team(three: list[Claim], coordinator: Any, principal: Any) -> None:
    for user in (coordinator, principal, seat_user(CommissionKind.EXECUTIVE)):
        client = client_of(user)
        assert client.get(QUEUE).status_code == 403
        assert client.get(reverse("projects:review", args=[three[0].pk])).status_code == 404
        assert decide(client, three[0], "approve").status_code == 404
    assert not Claim.objects.exclude(status="submitted").exists()


def test_administrator_has_no_seat_and_so_no_queue(three: list[Claim]) -> None:
    client = client_of(SystemAdminFactory())
    assert client.get(QUEUE).status_code == 403
    assert decide(client, three[0], "approve").status_code == 404


def test_review_page_knows_its_place_in_the_filter(three: list[Claim], reviewer: Any) -> None:
    client = client_of(reviewer)
    page = client.get(reverse("projects:review", args=[three[1].pk]))
    place = page.context["place"]
    assert (place.number, place.total, place.previous, place.next) == (2, 3, three[2].pk, three[0].pk)
    filtered = client.get(reverse("projects:review", args=[three[2].pk]) + "?kategori=middle").context["place"]
    assert (filtered.number, filtered.total, filtered.previous, filtered.next) == (1, 2, None, three[0].pk)


def test_a_claim_outside_the_filter_has_neighbours_and_no_number(three: list[Claim], reviewer: Any) -> None:
    page = client_of(reviewer).get(reverse("projects:review", args=[three[1].pk]) + "?kategori=middle")
    place = page.context["place"]
    assert (place.number, place.total, place.previous, place.next) == (None, 2, three[2].pk, three[0].pk)
    text = page.content.decode()
    assert "yeri: " not in text
    assert "Önceki" in text
    assert "Sonraki" in text


def test_a_search_too_long_for_an_address_is_cut(three: list[Claim], reviewer: Any) -> None:
    answer = decide(client_of(reviewer), three[2], "approve", "?" + urlencode({"ara": "ığüşöç" * 300}))
    assert answer.status_code == 302
    assert answer["Location"] == QUEUE + "?" + urlencode({"ara": ("ığüşöç" * 17)[:100]})


def test_decision_moves_on_inside_the_filter(three: list[Claim], reviewer: Any) -> None:
    client, query = client_of(reviewer), "?kategori=middle"
    answer = decide(client, three[2], "approve", query)
    assert answer["Location"] == reverse("projects:review", args=[three[0].pk]) + query
    answer = decide(client, three[0], "approve", query)
    assert answer["Location"] == QUEUE + query
    assert list(StagedDecision.objects.order_by("pk").values_list("claim", "action")) == [
        (three[2].pk, "approve"),
        (three[0].pk, "approve"),
    ]
    assert list(Claim.objects.order_by("pk").values_list("status", flat=True)) == [
        "in_review",
        "submitted",
        "in_review",
    ]


def test_last_of_the_queue_turns_to_its_start(three: list[Claim], reviewer: Any) -> None:
    answer = decide(client_of(reviewer), three[0], "approve")
    assert answer["Location"] == reverse("projects:review", args=[three[2].pk])


def test_return_needs_reason_and_text_and_keeps_what_was_typed(three: list[Claim], reviewer: Any) -> None:
    client = client_of(reviewer)
    answer = decide(client, three[0], "return", text="Onay belgesi ekleyiniz.")
    assert answer.status_code == 422
    assert "Onay belgesi ekleyiniz." in answer.content.decode()
    assert "gerekçe seçip" in answer.content.decode()
    wrong = decide(client, three[0], "return", reason="reject-scope", text="Metin")
    assert "bu karara ait değil" in wrong.content.decode()
    decide(client, three[0], "return", reason="return-missing", text="Onay belgesi ekleyiniz.")
    announce_all(reviewer)
    claim = Claim.objects.get(pk=three[0].pk)
    assert (claim.status, claim.reason.code, claim.decision_text) == (
        "returned",
        "return-missing",
        "Onay belgesi ekleyiniz.",
    )


def test_second_decision_is_told_the_true_state(three: list[Claim], reviewer: Any, second_reviewer: Any) -> None:
    decide(client_of(reviewer), three[0], "approve")
    answer = client_of(second_reviewer).post(
        reverse("projects:decide", args=[three[0].pk]),
        {"action": "reject", "reason": "reject-scope", "text": "Kapsam dışı"},
        follow=True,
    )
    assert "İrem Şahin tarafından incelemeye alındı; işleminiz yapılmadı" in answer.content.decode()
    assert list(StagedDecision.objects.values_list("action", "by")) == [("approve", reviewer.pk)]


def test_take_and_release(three: list[Claim], reviewer: Any, second_reviewer: Any) -> None:
    client = client_of(reviewer)
    client.post(reverse("projects:take", args=[three[0].pk]))
    assert Claim.objects.get(pk=three[0].pk).reviewer == reviewer
    other = client_of(second_reviewer).get(reverse("projects:review", args=[three[0].pk])).content.decode()
    assert "Bu talebi başka biri inceliyor" in other
    assert "Onayla ve sıradaki" not in other
    client.post(reverse("projects:release", args=[three[0].pk]))
    assert Claim.objects.get(pk=three[0].pk).status == "submitted"


def test_local_project_gets_its_level_at_approval(school: Any, reviewer: Any) -> None:
    claim = ClaimFactory(project=ready_project(school, item=item("LOCAL-1")))
    client = client_of(reviewer)
    assert "düzeyini (Düzey 1-3) seçiniz" in decide(client, claim, "approve").content.decode()
    assert decide(client, claim, "approve", level="KA2").status_code == 422
    decide(client, claim, "approve", level="LOCAL-3")
    announce_all(reviewer)
    claim.refresh_from_db()
    assert (claim.status, claim.item.code) == ("approved", "LOCAL-3")
    assert Project.objects.get(pk=claim.project_id).item.code == "LOCAL-3"


@pytest.mark.parametrize("points", [None, Decimal("-1"), Decimal("100.01"), Decimal("50.001")])
def test_independent_points_stay_in_their_range(school: Any, reviewer: Any, points: Decimal | None) -> None:
    claim = ClaimFactory(project=ready_project(school, item=item("AB-OTHER")))
    with pytest.raises(UserError, match="0 ile 100 arasında"):
        approve_claim(claim=claim, by=reviewer, points=points, justification="Gerekçe")
    assert Claim.objects.get().status == "submitted"


def test_independent_points_need_a_justification_and_are_kept_exactly(school: Any, reviewer: Any) -> None:
    claim = ClaimFactory(project=ready_project(school, item=item("AB-OTHER")))
    client = client_of(reviewer)
    assert "gerekçesini yazınız" in decide(client, claim, "approve", points="87,25").content.decode()
    decide(client, claim, "approve", points="87,25", justification="Bölgesel etki")
    announce_all(reviewer)
    claim.refresh_from_db()
    assert (claim.independent_points, claim.independent_reason) == (Decimal("87.25"), "Bölgesel etki")


def test_good_example_is_for_approved_projects(school: Any, reviewer: Any, coordinator: Any) -> None:
    project = ready_project(school)
    claim = ClaimFactory(project=project)
    address = reverse("projects:good_example", args=[project.pk])
    client = client_of(reviewer)
    assert client.post(address, {"good": "1"}).status_code == 404
    approve_claim(claim=claim, by=reviewer)
    assert client_of(coordinator).post(address, {"good": "1"}).status_code == 404
    client.post(address, {"good": "1"})
    assert Project.objects.get().is_good_example
    client.post(address, {"good": "0"})
    assert not Project.objects.get().is_good_example
    assert list(project.events.values_list("action", flat=True)) == ["approve", "good_example", "not_good_example"]


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_and_review_page_ask_the_same_number_of_queries(
    school: Any, reviewer: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for days in range(rows):
        claim = waiting(ready_project(school), days)
        claim_for_review(claim=claim, by=reviewer)
    client = client_of(reviewer)
    client.get(QUEUE)
    cache.clear()
    with django_assert_num_queries(13):
        assert client.get(QUEUE).status_code == 200
    with django_assert_num_queries(5):
        assert client.get(QUEUE).status_code == 200
    with django_assert_num_queries(22):
        assert client.get(reverse("projects:review", args=[claim.pk])).status_code == 200


def test_a_remembered_queue_follows_every_decision(three: list[Claim], reviewer: Any) -> None:
    client, address = client_of(reviewer), f"/inceleme/{three[2].pk}/"
    assert address in client.get(QUEUE).content.decode()
    decide(client, three[2], "approve")
    assert address not in client.get(QUEUE).content.decode()


def test_a_queue_is_not_remembered_for_another_reviewer(three: list[Claim], reviewer: Any) -> None:
    client_of(reviewer).get(QUEUE)
    stranger = UserFactory()
    assert client_of(stranger).get(QUEUE).status_code == 403


def test_ready_reasons_are_data(three: list[Claim], reviewer: Any) -> None:
    ReviewReason.objects.filter(code="return-wrong").update(is_active=False)
    page = client_of(reviewer).get(reverse("projects:review", args=[three[0].pk])).content.decode()
    assert "Kanıt yetersiz" in page
    assert 'value="return-wrong"' not in page
