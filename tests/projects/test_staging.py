"""Staged decisions: taken, replaced, taken back, dropped, announced; and the page where they are read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from common.audit import trail_of
from common.errors import Conflict, UserError
from common.jobs import run_now
from common.models import Job, Notification
from projects.models import Claim, ClaimEvent, Project, ReviewReason, StagedDecision
from projects.selectors import queue
from projects.services import announce, claim_for_review, release, stage_decision, take_back, withdraw
from projects.views import outbox
from schools.models import Seat
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.projects import ClaimFactory, item
from tests.factories.schools import DistrictFactory, InstitutionFactory, seat_user
from tests.projects.conftest import ready_project
from tests.projects.test_school_pages import client_of

pytestmark = pytest.mark.django_db

OUTBOX = "/projeler/inceleme/duyurulacak/"


@pytest.fixture
def claim(school: Any) -> Claim:
    made: Claim = ClaimFactory(project=ready_project(school, title="Işığın İzinde"))
    return made


def reason(code: str) -> ReviewReason:
    return ReviewReason.objects.get(code=code)


def actions(claim: Claim) -> list[str]:
    return list(ClaimEvent.objects.filter(claim=claim).order_by("pk").values_list("action", flat=True))


def audited(claim: Claim) -> list[str]:
    return list(trail_of(claim).order_by("id").values_list("action", flat=True))


def test_staging_takes_the_claim_and_changes_nothing_else(claim: Claim, reviewer: Any, coordinator: Any) -> None:
    staged = stage_decision(
        claim=claim, action="return", by=reviewer, reason=reason("return-evidence"), text=" Onay yazısını ekleyiniz. "
    )
    assert (staged.action, staged.text, staged.by) == ("return", "Onay yazısını ekleyiniz.", reviewer)
    claim.refresh_from_db()
    assert (claim.status, claim.reviewer, claim.decided_by, claim.decision_text) == ("in_review", reviewer, None, "")
    assert actions(claim) == ["claim"]
    assert not Notification.objects.exists()
    entry = trail_of(claim).get(action="claim.stage")
    assert entry.actor == reviewer
    assert entry.after == {"staged": "return", "reason": "return-evidence", "points": "", "level": None}


def test_announcing_decides_in_the_name_of_who_decided(
    claim: Claim, reviewer: Any, second_reviewer: Any, coordinator: Any
) -> None:
    staged = stage_decision(
        claim=claim, action="return", by=reviewer, reason=reason("return-evidence"), text="Onay yazısını ekleyiniz."
    )
    decided = announce(staged=staged, by=second_reviewer)
    assert (decided.status, decided.decided_by, decided.reason.code) == ("returned", reviewer, "return-evidence")
    assert actions(claim) == ["claim", "return"]
    assert ClaimEvent.objects.get(action="return").by == reviewer
    entry = trail_of(claim).get(action="claim.return")
    assert (entry.actor, entry.after["decided_by"]) == (second_reviewer, reviewer.pk)
    assert entry.before == {"status": "in_review", "staged": "return"}
    assert Notification.objects.get(recipient=coordinator).body.endswith("Onay yazısını ekleyiniz.")
    assert not StagedDecision.objects.exists()
    assert Project.objects.get().status == "returned"


def test_announcing_twice_tells_the_true_state(claim: Claim, reviewer: Any) -> None:
    staged = stage_decision(claim=claim, action="approve", by=reviewer)
    announce(staged=staged, by=reviewer)
    with pytest.raises(Conflict, match="İrem Şahin tarafından onaylandı"):
        announce(staged=staged, by=reviewer)
    with pytest.raises(Conflict, match="İrem Şahin tarafından onaylandı"):
        take_back(staged=staged, by=reviewer)
    assert actions(claim) == ["claim", "approve"]


def test_taking_back_leaves_the_claim_with_whoever_had_decided(
    claim: Claim, reviewer: Any, second_reviewer: Any
) -> None:
    staged = stage_decision(claim=claim, action="approve", by=reviewer)
    back = take_back(staged=staged, by=second_reviewer)
    assert (back.status, back.reviewer) == ("in_review", reviewer)
    assert not StagedDecision.objects.exists()
    assert audited(claim) == ["claim.claim", "claim.stage", "claim.take_back"]
    with pytest.raises(Conflict, match="Ümit Kaya tarafından geri alındı"):
        announce(staged=staged, by=reviewer)


def test_a_replaced_decision_is_not_announced_unread(claim: Claim, reviewer: Any) -> None:
    first = stage_decision(claim=claim, action="approve", by=reviewer)
    second = stage_decision(
        claim=claim, action="reject", by=reviewer, reason=reason("reject-scope"), text="Kapsam dışı"
    )
    assert trail_of(claim).order_by("-id")[0].before["staged"] == "approve"
    with pytest.raises(Conflict, match="İrem Şahin bu talebin kararını"):
        announce(staged=first, by=reviewer)
    assert announce(staged=second, by=reviewer).status == "rejected"


def test_a_colleague_may_not_decide_over_a_staged_decision(claim: Claim, reviewer: Any, second_reviewer: Any) -> None:
    stage_decision(claim=claim, action="approve", by=reviewer)
    with pytest.raises(Conflict, match="İrem Şahin tarafından incelemeye alındı"):
        stage_decision(
            claim=claim, action="reject", by=second_reviewer, reason=reason("reject-scope"), text="Kapsam dışı"
        )
    assert StagedDecision.objects.get().action == "approve"


@pytest.mark.parametrize("step", ["withdraw", "release"])
def test_a_claim_that_moves_loses_its_staged_decision(
    claim: Claim, reviewer: Any, second_reviewer: Any, coordinator: Any, step: str
) -> None:
    staged = stage_decision(claim=claim, action="approve", by=reviewer)
    if step == "withdraw":
        withdraw(claim=claim, by=coordinator)
    else:
        release(claim=claim, by=second_reviewer)
    assert not StagedDecision.objects.exists()
    assert trail_of(claim).get(action=f"claim.{step}").before == {"status": "in_review", "staged": "approve"}
    with pytest.raises(Conflict, match="geri çekildi" if step == "withdraw" else "işleminiz yapılmadı"):
        announce(staged=staged, by=reviewer)
    assert Claim.objects.get().status == ("withdrawn" if step == "withdraw" else "submitted")


def test_a_decision_needs_what_the_single_decision_needs(claim: Claim, school: Any, reviewer: Any) -> None:
    with pytest.raises(UserError, match="gerekçe seçip"):
        stage_decision(claim=claim, action="return", by=reviewer, text="Metin")
    with pytest.raises(UserError, match="bu karara ait değil"):
        stage_decision(claim=claim, action="return", by=reviewer, reason=reason("reject-scope"), text="Metin")
    scored = ClaimFactory(project=ready_project(school, item=item("AB-OTHER")))
    with pytest.raises(UserError, match="0 ile 100 arasında"):
        stage_decision(claim=scored, action="approve", by=reviewer, points=Decimal("100.01"), justification="Etki")
    with pytest.raises(UserError, match="gerekçesini yazınız"):
        stage_decision(claim=scored, action="approve", by=reviewer, points=Decimal("87.25"))
    local = ClaimFactory(project=ready_project(school, item=item("LOCAL-1")))
    with pytest.raises(UserError, match="Düzey 1-3"):
        stage_decision(claim=local, action="approve", by=reviewer)
    assert not StagedDecision.objects.exists()
    assert set(Claim.objects.values_list("status", flat=True)) == {"submitted"}


def test_points_and_level_wait_beside_the_claim(school: Any, reviewer: Any) -> None:
    scored = ClaimFactory(project=ready_project(school, item=item("AB-OTHER")))
    local = ClaimFactory(project=ready_project(school, item=item("LOCAL-1")))
    stage_decision(claim=scored, action="approve", by=reviewer, points=Decimal("87.25"), justification="Bölgesel etki")
    stage_decision(claim=local, action="approve", by=reviewer, level=item("LOCAL-3"))
    scored.refresh_from_db()
    local.refresh_from_db()
    assert (scored.independent_points, local.item.code) == (None, "LOCAL-1")
    for staged in StagedDecision.objects.order_by("pk"):
        announce(staged=staged, by=reviewer)
    scored.refresh_from_db()
    local.refresh_from_db()
    assert (scored.independent_points, scored.independent_reason) == (Decimal("87.25"), "Bölgesel etki")
    assert (local.item.code, Project.objects.get(pk=local.project_id).item.code) == ("LOCAL-3", "LOCAL-3")


def test_who_lost_the_seat_decides_nothing(claim: Claim, reviewer: Any, second_reviewer: Any) -> None:
    staged = stage_decision(claim=claim, action="approve", by=reviewer)
    Seat.objects.filter(staff__user=reviewer).update(end_date=timezone.localdate() - dt.timedelta(days=1))
    with pytest.raises(UserError, match="Kararı veren İrem Şahin artık bu talebe karar veremiyor"):
        announce(staged=staged, by=second_reviewer)
    gone = type(reviewer).objects.get(pk=reviewer.pk)
    with pytest.raises(PermissionDenied):
        announce(staged=staged, by=gone)
    with pytest.raises(PermissionDenied):
        take_back(staged=staged, by=gone)
    assert Claim.objects.get().status == "in_review"
    assert take_back(staged=staged, by=second_reviewer).status == "in_review"


def test_nobody_announces_for_their_own_school(claim: Claim, school: Any, reviewer: Any) -> None:
    from tests.projects.test_transitions import _with_posting

    staged = stage_decision(claim=claim, action="approve", by=reviewer)
    relative = _with_posting(seat_user(CommissionKind.TECHNICAL, SeatRole.IT), school)
    with pytest.raises(PermissionDenied):
        announce(staged=staged, by=relative)
    page = client_of(relative).get(OUTBOX + "?ekip=1")
    assert page.context["total"] == 0
    client_of(relative).post(OUTBOX + "duyur/?ekip=1", {"secilen": staged.pk})
    assert not Job.objects.exists()
    assert client_of(relative).post(reverse("projects:take_back", args=[claim.pk])).status_code == 404


def test_staged_claims_wait_apart_in_the_queue(claim: Claim, school: Any, reviewer: Any) -> None:
    other = ClaimFactory(project=ready_project(school))
    claim_for_review(claim=other, by=reviewer)
    before = queue.last_change(reviewer)
    staged = stage_decision(claim=claim, action="approve", by=reviewer)
    year = claim.year
    counts = queue.counts_per_view(queue.review_queue(reviewer, year, queue.QueueFilter()), reviewer)
    assert {view: counts[view] for view in ("waiting", "mine", "in_review", "staged", "all")} == {
        "waiting": 1,
        "mine": 1,
        "in_review": 2,
        "staged": 1,
        "all": 2,
    }
    for view, expected in (("waiting", [other.pk]), ("mine", [other.pk]), ("staged", [claim.pk])):
        wanted = queue.QueueFilter(view=view)
        shown = queue.in_view(queue.review_queue(reviewer, year, wanted), wanted, reviewer)
        assert list(shown.values_list("pk", flat=True)) == expected
    marks = [before, queue.last_change(reviewer)]
    take_back(staged=staged, by=reviewer)
    marks.append(queue.last_change(reviewer))
    stage_decision(claim=claim, action="approve", by=reviewer)
    marks.append(queue.last_change(reviewer))
    assert len(set(marks)) == 4


def test_outbox_shows_word_for_word_what_the_school_will_read(
    claim: Claim, school: Any, reviewer: Any, second_reviewer: Any, coordinator: Any
) -> None:
    other = InstitutionFactory(district=DistrictFactory(name="Ayvalık"), name="Ayvalık Çınar Lisesi")
    late = ClaimFactory(project=ready_project(other, title="Çınar Altı"))
    mine = stage_decision(
        claim=claim, action="return", by=reviewer, reason=reason("return-evidence"), text="Onay yazısını\nekleyiniz."
    )
    stage_decision(claim=late, action="approve", by=second_reviewer)
    own = client_of(reviewer).get(OUTBOX)
    assert [chip["count"] for chip in own.context["chips"]] == [1, 2]
    ((where, (row,)),) = own.context["schools"]
    assert where == school
    team = client_of(reviewer).get(OUTBOX + "?ekip=1")
    assert [found.name for found, _rows in team.context["schools"]] == [
        "Ayvalık Çınar Lisesi",
        "Edremit Işık Ortaokulu",
    ]
    assert "Onay yazısını<br>ekleyiniz." in own.content.decode()
    announce(staged=mine, by=reviewer)
    notice = Notification.objects.get(recipient=coordinator)
    assert (notice.subject, notice.body) == (row["subject"], row["body"])


def test_whoever_announces_is_told_how_many_decisions_go_to_how_many_schools(
    school: Any, reviewer: Any, second_reviewer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = InstitutionFactory(district=DistrictFactory(name="Ayvalık"))
    for place, by in (
        (school, reviewer),
        (school, reviewer),
        (other, reviewer),
        (InstitutionFactory(), second_reviewer),
    ):
        stage_decision(claim=ClaimFactory(project=ready_project(place)), action="approve", by=by)

    def asked(query: str = "") -> str:
        page = client_of(reviewer).get(OUTBOX + query).content.decode()
        return page[page.index('id="announce-all"') :]

    assert "<p>3 karar, 2 okula bildirilir. Duyurulan karar geri alınamaz.</p>" in asked()
    assert "<p>4 karar, 3 okula bildirilir." in asked("?ekip=1")
    monkeypatch.setattr(outbox, "LIMIT", 2)
    assert "Bekleyen 3 karar 2 okulla ilgili; sıradaki ilk 2 karar okullara bildirilir." in asked()


def announced_by(user: Any, data: dict[str, Any], query: str = "") -> Job:
    answer = client_of(user).post(OUTBOX + "duyur/" + query, data)
    job = Job.objects.order_by("-created_at")[0]
    assert answer["Location"] == job.get_absolute_url()
    return run_now(job)


def test_chosen_decisions_are_announced_and_each_row_tells_its_fate(
    school: Any, reviewer: Any, second_reviewer: Any, coordinator: Any
) -> None:
    claims = [ClaimFactory(project=ready_project(school, title=f"Proje {number}")) for number in range(4)]
    staged = [stage_decision(claim=claim, action="approve", by=reviewer) for claim in claims]
    data = {"secilen": [one.pk for one in staged[:3]]}
    answer = client_of(reviewer).post(OUTBOX + "duyur/", data)
    withdraw(claim=claims[1], by=coordinator)
    take_back(staged=staged[2], by=second_reviewer)
    job = run_now(Job.objects.get())
    assert answer["Location"] == job.get_absolute_url()
    assert (job.state, job.result["done"], job.result["refused"]) == ("done", 1, 2)
    page = client_of(reviewer).get(job.redirect_url)
    assert [row["claim"] for row in page.context["done"]] == [claims[0]]
    told = {row["claim"].pk: row["why"] for row in page.context["refused"]}
    assert "Ayşe Yılmaz tarafından geri çekildi" in told[claims[1].pk]
    assert "Ümit Kaya tarafından geri alındı" in told[claims[2].pk]
    statuses = list(Claim.objects.order_by("pk").values_list("status", flat=True))
    assert statuses == ["approved", "withdrawn", "in_review", "in_review"]
    assert StagedDecision.objects.get() == staged[3]
    assert client_of(second_reviewer).get(job.redirect_url).status_code == 404


def test_announcing_is_done_once_however_often_the_job_runs(claim: Claim, reviewer: Any) -> None:
    stage_decision(claim=claim, action="approve", by=reviewer)
    shown = client_of(reviewer).get(OUTBOX).context["all_of_them"]
    job = announced_by(reviewer, shown)
    Job.objects.filter(pk=job.pk).update(state="queued", attempt=0)
    again = run_now(Job.objects.get())
    assert (again.state, again.result["done"]) == ("done", 1)
    assert actions(claim) == ["claim", "approve"]


def test_all_means_all_that_was_on_show(school: Any, reviewer: Any, second_reviewer: Any) -> None:
    first, second, late = (ClaimFactory(project=ready_project(school)) for _ in range(3))
    stage_decision(claim=first, action="approve", by=reviewer)
    stage_decision(claim=second, action="approve", by=second_reviewer)
    shown = client_of(reviewer).get(OUTBOX + "?ekip=1").context["all_of_them"]
    stage_decision(claim=late, action="approve", by=reviewer)
    assert announced_by(reviewer, shown).result["done"] == 1
    assert announced_by(reviewer, shown, "?ekip=1").result["done"] == 1
    assert StagedDecision.objects.get().claim == late


def test_a_job_of_somebody_who_left_the_team_does_nothing(claim: Claim, reviewer: Any) -> None:
    staged = stage_decision(claim=claim, action="approve", by=reviewer)
    client_of(reviewer).post(OUTBOX + "duyur/", {"secilen": staged.pk})
    Seat.objects.filter(staff__user=reviewer).update(end_date=timezone.localdate() - dt.timedelta(days=1))
    assert run_now(Job.objects.get()).state == "denied"
    assert Claim.objects.get().status == "in_review"


def test_nothing_chosen_is_said(claim: Claim, reviewer: Any) -> None:
    answer = client_of(reviewer).post(OUTBOX + "duyur/", {}, follow=True)
    assert "Duyurulacak karar seçilmedi" in answer.content.decode()
    assert "Duyurulacak karar yok" in answer.content.decode()


def test_taking_back_opens_the_claim_again(claim: Claim, reviewer: Any) -> None:
    client, address = client_of(reviewer), reverse("projects:take_back", args=[claim.pk])
    nothing = client.post(address + "?durum=mine", follow=True)
    assert "duyurulacak kararı yok" in nothing.content.decode()
    staged = stage_decision(claim=claim, action="approve", by=reviewer)
    answer = client.post(address + "?durum=mine")
    assert answer["Location"] == reverse("projects:review", args=[claim.pk]) + "?durum=mine"
    late = client.post(address + "?ekip=1", {"sayfa": "duyurulacak", "karar": staged.pk}, follow=True)
    assert late.redirect_chain[0][0] == OUTBOX + "?ekip=1"
    assert "İrem Şahin tarafından geri alındı" in late.content.decode()


def test_pages_are_for_the_technical_team(claim: Claim, coordinator: Any, principal: Any) -> None:
    for user in (coordinator, principal, seat_user(CommissionKind.EXECUTIVE)):
        client = client_of(user)
        assert client.get(OUTBOX).status_code == 403
        assert client.post(OUTBOX + "duyur/", {"tumu": "1"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_outbox_and_result_ask_a_fixed_number_of_queries(
    school: Any, reviewer: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        stage_decision(claim=ClaimFactory(project=ready_project(InstitutionFactory())), action="approve", by=reviewer)
    client = client_of(reviewer)
    client.get(OUTBOX)
    cache.clear()
    with django_assert_num_queries(8):
        page = client.get(OUTBOX)
    job = announced_by(reviewer, page.context["all_of_them"])
    assert job.result["done"] == rows
    with django_assert_num_queries(6):
        assert len(client.get(job.redirect_url).context["done"]) == rows
