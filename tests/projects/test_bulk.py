"""One step for many claims: what the preview says, what the run does row by row, what it tells."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from common.errors import Conflict
from common.jobs import run_now
from common.models import Job, Notification
from projects.models import Claim, ClaimEvent, ClaimQuestion, Evidence, ReviewReason, StagedDecision
from projects.services import approve_claim, claim_for_review, stage_decision, withdraw
from projects.services.bulk import BulkRow, preview, run_row
from projects.views import bulk as bulk_views
from schools.models import Seat
from schools.models.commissions import CommissionKind
from tests.factories.projects import ClaimFactory, item, team
from tests.factories.schools import InstitutionFactory, ProvinceFactory, seat_user
from tests.projects.conftest import add_file, ready_project
from tests.projects.test_school_pages import client_of

pytestmark = pytest.mark.django_db

BULK = "/projeler/inceleme/toplu/"
RUN = BULK + "uygula/"


def claims_at(school: Any, count: int) -> list[Claim]:
    """Waiting claims, the oldest first."""
    now = timezone.now()
    return [
        ClaimFactory(
            project=ready_project(school, title=f"Proje {number}"), submitted_at=now - dt.timedelta(days=count - number)
        )
        for number in range(count)
    ]


def looked_at(claims: Sequence[Claim], action: str, by: Any) -> dict[int, BulkRow]:
    found = preview(claims=[claim.pk for claim in claims], action=action, by=by, year=claims[0].year)
    return {row.claim: row for row in found.rows}


def chosen(client: Client, claims: Sequence[Claim], action: str, query: str = "") -> Any:
    return client.post(BULK + query, {"islem": action, "secilen": [claim.pk for claim in claims]})


def run(client: Client, page: Any, **data: Any) -> Job:
    answer = client.post(RUN, {"muhur": page.context["sealed"], **data})
    job = Job.objects.order_by("-created_at")[0]
    assert answer["Location"] == job.get_absolute_url()
    return run_now(job)


def test_preview_says_why_a_claim_does_not_qualify(school: Any, reviewer: Any, second_reviewer: Any) -> None:
    free, taken, mine, approved, staged, scored, local, bare, leaderless, asked = claims_at(school, 10)
    claim_for_review(claim=taken, by=second_reviewer)
    claim_for_review(claim=mine, by=reviewer)
    approve_claim(claim=approved, by=second_reviewer)
    stage_decision(claim=staged, action="approve", by=reviewer)
    Claim.objects.filter(pk=scored.pk).update(item=item("AB-OTHER"))
    Claim.objects.filter(pk=local.pk).update(item=item("LOCAL-1"))
    Evidence.objects.filter(project=bare.project).delete()
    leaderless.project.team_teachers.filter(is_coordinator=True).delete()
    ClaimQuestion.objects.create(claim=asked, asked_by=second_reviewer, text="Hangi ülkelerle?")
    everything = [free, taken, mine, approved, staged, scored, local, bare, leaderless, asked]
    rows = looked_at(everything, "approve", reviewer)
    assert list(rows) == [claim.pk for claim in everything]
    assert {rows[claim.pk].problem for claim in (free, mine, asked)} == {""}
    assert rows[taken.pk].problem.startswith("Ümit Kaya incelemeye almış")
    assert rows[approved.pk].problem == "Talep onaylanmış."
    assert "duyurulmayı bekleyen bir kararınız var" in rows[staged.pk].problem
    assert "bağımsız puan ister" in rows[scored.pk].problem
    assert "düzeyi (Düzey 1-3)" in rows[local.pk].problem
    assert "kanıt dosyası yok" in rows[bare.pk].problem
    assert "koordinatör öğretmeni yok" in rows[leaderless.pk].problem
    assert rows[asked.pk].warning == "Okula sorulan soru henüz cevaplanmadı."
    returned = looked_at(everything, "return", reviewer)
    assert [pk for pk, row in returned.items() if row.problem] == [taken.pk, approved.pk, staged.pk]
    taking = looked_at(everything, "claim", reviewer)
    assert taking[mine.pk].problem == "Talep zaten sizin incelemenizde."
    assert {pk for pk, row in taking.items() if row.problem} == {c.pk for c in (taken, mine, approved, staged)}
    releasing = looked_at(everything, "release", reviewer)
    assert [pk for pk, row in releasing.items() if not row.problem] == [taken.pk, mine.pk, staged.pk]
    assert releasing[taken.pk].warning == "Talebi Ümit Kaya inceliyor."
    assert "duyurulmayan karar silinir" in releasing[staged.pk].warning
    assert releasing[free.pk].problem == "Talep henüz incelemeye alınmamış."


def test_evidence_of_another_claim_proves_nothing(school: Any, reviewer: Any) -> None:
    (claim,) = claims_at(school, 1)
    other = ClaimFactory(project=claim.project, stage="success")
    Evidence.objects.filter(project=claim.project).delete()
    add_file(claim.project, claim=other)
    rows = looked_at([claim, other], "approve", reviewer)
    assert [bool(rows[one.pk].problem) for one in (claim, other)] == [True, False]


def test_own_school_and_other_provinces(school: Any, reviewer: Any) -> None:
    from tests.projects.test_transitions import _with_posting

    own, other = claims_at(school, 1) + claims_at(InstitutionFactory(), 1)
    relative = _with_posting(seat_user(CommissionKind.TECHNICAL), school)
    rows = looked_at([own, other], "claim", relative)
    assert rows[own.pk].problem.startswith("Bu proje sizin okulunuzun")
    assert rows[other.pk].problem == ""
    in_team = seat_user(CommissionKind.TECHNICAL)
    team(other.project, teachers=[in_team.staff_member])
    assert looked_at([other], "claim", in_team)[other.pk].problem.startswith("Bu proje sizin okulunuzun")
    far = seat_user(CommissionKind.TECHNICAL, unit=ProvinceFactory(plate_code=63))
    found = preview(claims=[own.pk, 999_999], action="claim", by=far, year=own.year)
    assert (found.rows, found.missing) == ([], 2)


def test_page_names_the_count_and_each_row(school: Any, reviewer: Any, second_reviewer: Any) -> None:
    claims = claims_at(school, 3)
    claim_for_review(claim=claims[2], by=second_reviewer)
    page = chosen(client_of(reviewer), [*claims], "approve")
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.content.decode()))
    assert "Seçtiğiniz 3 talepten 2 tanesine uygulanacak, 1 tanesi atlanacak." in said
    assert "2 talebe onay kararı ver" in said
    assert [row.title for row in page.context["preview"].ready] == ["Proje 0", "Proje 1"]
    assert "Ümit Kaya incelemeye almış" in said
    assert Claim.objects.filter(status="submitted").count() == 2


def test_run_stages_each_row_and_keeps_what_became_of_it(
    school: Any, reviewer: Any, second_reviewer: Any, coordinator: Any
) -> None:
    claims = claims_at(school, 4)
    client = client_of(reviewer)
    page = chosen(client, claims, "return")
    withdraw(claim=claims[1], by=coordinator)
    claim_for_review(claim=claims[2], by=second_reviewer)
    stage_decision(claim=claims[3], action="approve", by=reviewer)
    Notification.objects.all().delete()
    job = run(client, page, reason="return-evidence", text="Onay yazısını ekleyiniz.")
    assert (job.state, job.result["done"], job.result["refused"]) == ("done", 1, 3)
    staged = StagedDecision.objects.get(claim=claims[0])
    assert (staged.action, staged.reason.code, staged.text) == (
        "return",
        "return-evidence",
        "Onay yazısını ekleyiniz.",
    )
    assert StagedDecision.objects.get(claim=claims[3]).action == "approve"
    assert not Notification.objects.exists()
    told = {row["claim"].pk: row["why"] for row in client.get(job.redirect_url).context["refused"]}
    assert "Ayşe Yılmaz tarafından geri çekildi; işleminiz yapılmadı" in told[claims[1].pk]
    assert "Ümit Kaya tarafından incelemeye alındı; işleminiz yapılmadı" in told[claims[2].pk]
    assert told[claims[3].pk].startswith("Talep ön izlemeden sonra değişti")


@pytest.mark.parametrize(("action", "status"), [("claim", "in_review"), ("release", "submitted")])
def test_taking_and_releasing_many(school: Any, reviewer: Any, action: str, status: str) -> None:
    claims = claims_at(school, 3)
    if action == "release":
        for claim in claims:
            claim_for_review(claim=claim, by=reviewer)
    client = client_of(reviewer)
    job = run(client, chosen(client, claims, action))
    assert job.result["done"] == 3
    assert list(Claim.objects.values_list("status", flat=True)) == [status] * 3
    assert ClaimEvent.objects.filter(action=action).count() == 3


def test_a_run_sent_twice_takes_each_step_once(school: Any, reviewer: Any) -> None:
    claims = claims_at(school, 2)
    client = client_of(reviewer)
    page = chosen(client, claims, "claim")
    first = client.post(RUN, {"muhur": page.context["sealed"]})
    again = client.post(RUN, {"muhur": page.context["sealed"]})
    assert first["Location"] == again["Location"]
    assert run_now(Job.objects.get()).result["done"] == 2
    late = run(client, page)
    assert (late.result["done"], late.result["refused"]) == (0, 2)
    assert ClaimEvent.objects.filter(action="claim").count() == 2


def test_everything_that_the_filter_shows(school: Any, reviewer: Any) -> None:
    claims_at(school, 3)
    other = InstitutionFactory(name="Ayvalık Lisesi", category="high")
    claims_at(other, 2)
    page = client_of(reviewer).post(BULK + "?kategori=high", {"islem": "claim", "tumu": "1"})
    assert {row.school for row in page.context["preview"].ready} == {"Ayvalık Lisesi"}
    assert len(page.context["preview"].ready) == 2
    assert page.context["queue_url"] == "/projeler/inceleme/?kategori=high"


def test_too_many_none_and_no_action_are_said(school: Any, reviewer: Any, monkeypatch: Any) -> None:
    claims = claims_at(school, 2)
    client = client_of(reviewer)
    monkeypatch.setattr(bulk_views, "LIMIT", 1)

    def said(data: dict[str, Any]) -> str:
        answer = client.post(BULK + "?durum=all", data, follow=True)
        assert answer.redirect_chain == [("/projeler/inceleme/?durum=all", 302)]
        return str(next(iter(answer.context["messages"])))

    keys = [claim.pk for claim in claims]
    assert said({"islem": "claim", "secilen": keys}) == (
        "Bir defada en çok 1 talep seçilebilir, siz 2 talep seçtiniz; süzmeyi daraltınız."
    )
    assert said({"islem": "claim", "secilen": ["x", "0", "9" * 40]}).startswith("Hiç talep seçilmedi")
    assert said({"islem": "yok", "secilen": keys}).startswith("Seçtiğiniz taleplerle ne yapılacağını")


def test_return_and_rejection_need_reason_and_text(school: Any, reviewer: Any) -> None:
    claims = claims_at(school, 2)
    client = client_of(reviewer)
    page = chosen(client, claims, "reject")
    answer = client.post(RUN, {"muhur": page.context["sealed"], "text": "Kapsam dışıdır."})
    assert answer.status_code == 422
    assert "Bir gerekçe seçiniz." in answer.content.decode()
    assert "Kapsam dışıdır." in answer.content.decode()
    wrong = client.post(RUN, {"muhur": page.context["sealed"], "reason": "return-wrong", "text": "Kapsam dışıdır."})
    assert wrong.status_code == 422
    assert not Job.objects.exists()
    job = run(client, answer, reason="reject-scope", text="Kapsam dışıdır.")
    assert job.result["done"] == 2


def test_a_seal_is_ones_own_and_not_old(school: Any, reviewer: Any, second_reviewer: Any, monkeypatch: Any) -> None:
    page = chosen(client_of(reviewer), claims_at(school, 1), "claim")
    sealed = page.context["sealed"]
    forged = signing.dumps({"action": "claim", "by": reviewer.pk, "rows": [[1, "1:0"]]}, salt="another")
    for user, seal in ((second_reviewer, sealed), (reviewer, forged), (reviewer, ""), (reviewer, sealed + "x")):
        answer = client_of(user).post(RUN, {"muhur": seal}, follow=True)
        assert "süresi doldu" in answer.content.decode()
    monkeypatch.setattr(bulk_views, "SEAL_SECONDS", -1)
    assert "süresi doldu" in client_of(reviewer).post(RUN, {"muhur": sealed}, follow=True).content.decode()
    assert not Job.objects.exists()


def test_rights_are_asked_again_when_the_job_runs(school: Any, reviewer: Any) -> None:
    claims = claims_at(school, 2)
    client = client_of(reviewer)
    client.post(RUN, {"muhur": chosen(client, claims, "claim").context["sealed"]})
    Seat.objects.filter(staff__user=reviewer).update(end_date=timezone.localdate() - dt.timedelta(days=1))
    assert run_now(Job.objects.get()).state == "denied"
    assert set(Claim.objects.values_list("status", flat=True)) == {"submitted"}


def test_a_row_whose_school_became_ones_own_is_refused(school: Any, reviewer: Any) -> None:
    claims = claims_at(school, 2)
    client = client_of(reviewer)
    page = chosen(client, claims, "claim")
    team(claims[0].project, teachers=[reviewer.staff_member])
    job = run(client, page)
    assert (job.result["done"], job.result["refused"]) == (1, 1)
    told = client.get(job.redirect_url).context["refused"]
    assert [row["why"] for row in told] == ["Bu talebe karar verme yetkiniz yok."]
    assert Claim.objects.get(pk=claims[0].pk).status == "submitted"


def test_a_row_is_checked_again_under_its_lock(school: Any, reviewer: Any) -> None:
    (claim,) = claims_at(school, 1)
    row = looked_at([claim], "approve", reviewer)[claim.pk]
    Evidence.objects.filter(project=claim.project).delete()
    with pytest.raises(Conflict, match="kanıt dosyası yok"):
        run_row(claim_id=claim.pk, mark=row.mark, action="approve", by=reviewer)
    assert not StagedDecision.objects.exists()


def test_pages_are_for_the_technical_team(school: Any, coordinator: Any, principal: Any) -> None:
    claims = claims_at(school, 1)
    for user in (coordinator, principal, seat_user(CommissionKind.EXECUTIVE)):
        client = client_of(user)
        assert chosen(client, claims, "approve").status_code == 403
        assert client.post(RUN, {"muhur": "x"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_asks_a_fixed_number_of_queries(reviewer: Any, rows: int, django_assert_num_queries: Any) -> None:
    claims = [claim for _ in range(rows) for claim in claims_at(InstitutionFactory(), 1)]
    client = client_of(reviewer)
    chosen(client, claims, "reject")
    cache.clear()
    with django_assert_num_queries(8):
        assert len(chosen(client, claims, "reject").context["preview"].ready) == rows


def test_reasons_offered_are_those_of_the_step(school: Any, reviewer: Any) -> None:
    page = chosen(client_of(reviewer), claims_at(school, 1), "return").content.decode()
    for reason in ReviewReason.objects.all():
        assert (f'value="{reason.code}"' in page) == (reason.decision == "return"), reason
