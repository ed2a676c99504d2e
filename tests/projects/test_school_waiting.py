"""After sending: where a claim stands, how long it usually takes, questions of the reviewers and their answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.errors import Conflict, UserError
from common.models import Notification
from projects.models import Claim, ClaimEvent, ClaimQuestion, Evidence, Project, StagedDecision
from projects.selectors.detail import claims_of, questions_of
from projects.selectors.whereabouts import Paces, days_to_decision, paces_of, whereabouts
from projects.services import answer_question, submit_project
from projects.services.questions import ask_question
from projects.services.transition import true_state
from projects.workflow import Decision
from tests.factories.projects import ClaimFactory, ProjectFactory, item
from tests.factories.schools import InstitutionFactory
from tests.projects.conftest import add_file, ready_project

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def decided(days: int, by: Any, *, code: str = "KA2", status: str = "approved", **values: Any) -> Claim:
    """A claim on which the technical team decided so many days after it was sent."""
    sent = dt.datetime(2020, 11, 2, 10, tzinfo=dt.UTC)
    claim = ClaimFactory(
        project=values.pop("project", None) or ProjectFactory(item=item(code)),
        status=status,
        submitted_at=sent,
        decided_at=sent + dt.timedelta(days=days, hours=1),
        decided_by=by,
        **values,
    )
    action = {"approved": "approve", "returned": "return", "rejected": "reject"}[status]
    ClaimEvent.objects.create(project=claim.project, claim=claim, action=action, by=by)
    return claim


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], None),
        (list(range(1, 10)), None),
        (list(range(1, 11)), Paces(3, 5, 9, 10)),
        ([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], Paces(3, 5, 9, 10)),
        ([0] * 50 + [7] * 50, Paces(0, 0, 7, 100)),
        (list(range(1, 201)), Paces(50, 100, 180, 200)),
        ([4] * 11, Paces(4, 4, 4, 11)),
    ],
)
def test_paces_are_percentiles_by_nearest_rank(days: list[int], expected: Paces | None) -> None:
    assert paces_of(days) == expected


def test_days_count_the_programmes_decisions_of_the_province_only(school: Any, reviewer: Any) -> None:
    claim = ClaimFactory(project=ready_project(school))
    decided(3, reviewer, status="rejected")
    decided(2, reviewer, code="KA1", status="returned")
    decided(9, reviewer, code="4006")
    imported = decided(0, reviewer)
    imported.events.all().delete()
    ClaimFactory(project=ProjectFactory(item=item("KA2")), status="in_review")
    assert sorted(days_to_decision(claim)) == [2, 3]


def test_staged_decisions_neither_count_nor_show(project: Project, coordinator: Any, reviewer: Any) -> None:
    for days in range(9):
        decided(days, reviewer)
    mine = submit_project(project_id=project.pk, by=coordinator)
    Claim.objects.update(reviewer=reviewer)
    Claim.objects.filter(pk=mine.pk).update(status="in_review", claimed_at=timezone.now())
    client, address = client_of(coordinator), reverse("projects:detail", args=[project.pk])

    def shown() -> str:
        page = client.get(address).content.decode()
        return page[page.index("<main") : page.index("</main>")]

    before = shown()
    assert "henüz yalnız 9 karar var" in before
    StagedDecision.objects.create(claim=mine, action=Decision.REJECT, by=reviewer, text="Gizli gerekçe")
    for _ in range(3):
        other = ClaimFactory(project=ProjectFactory(item=item("KA2")), status="in_review", reviewer=reviewer)
        StagedDecision.objects.create(claim=other, action=Decision.APPROVE, by=reviewer)
    assert _without_token(shown()) == _without_token(before)
    decided(9, reviewer)
    page = shown()
    assert "yarısı <strong" in page
    assert "son 10 kararın" in page


def _without_token(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_where_a_claim_stands_in_words(project: Project, coordinator: Any, reviewer: Any) -> None:
    def place() -> tuple[str, bool]:
        found = whereabouts(claims_of(project), questions_of(project))
        return (found[0].holder, found[0].waits_for_school) if found else ("", False)

    assert place() == ("", False)
    claim = submit_project(project_id=project.pk, by=coordinator)
    assert place() == ("İl Proje Hazırlama ve Teknik Ekibi", False)
    Claim.objects.filter(pk=claim.pk).update(status="in_review", reviewer=reviewer, claimed_at=timezone.now())
    assert place() == ("İrem Şahin", False)
    question = ClaimQuestion.objects.create(claim=claim, asked_by=reviewer, text="Hangi okul?")
    assert place() == ("Edremit Işık Ortaokulu", True)
    (told,) = whereabouts(claims_of(project), questions_of(project), own=False)
    assert (told.holder, told.since) == ("Edremit Işık Ortaokulu", question.asked_at)
    assert told.following == "Okulun cevabı bekleniyor; cevaptan sonra inceleme sürer. İnceleyen: İrem Şahin"
    Claim.objects.filter(pk=claim.pk).update(status="submitted")
    (told,) = whereabouts(claims_of(project), questions_of(project))
    assert (told.holder, told.waits_for_school) == ("Edremit Işık Ortaokulu", True)
    assert "İnceleyen: İl Proje Hazırlama ve Teknik Ekibi" in told.following
    Claim.objects.filter(pk=claim.pk).update(status="in_review")
    answer_question(question=question, text="Deniz Ortaokulu", by=coordinator)
    assert place() == ("İrem Şahin", False)
    Claim.objects.filter(pk=claim.pk).update(status="returned")
    assert place() == ("Okulunuzda", True)
    (told,) = whereabouts(claims_of(project), questions_of(project), own=False)
    assert (told.holder, told.following) == ("Okulda", "Okul istenen düzeltmeyi yapıp talebi yeniden gönderir.")
    Claim.objects.filter(pk=claim.pk).update(status="approved")
    assert place() == ("Karar verildi", False)
    Claim.objects.filter(pk=claim.pk).update(status="withdrawn")
    assert place() == ("", False)


@pytest.fixture
def asked(project: Project, coordinator: Any, reviewer: Any) -> ClaimQuestion:
    claim = submit_project(project_id=project.pk, by=coordinator)
    Notification.objects.all().delete()
    return ask_question(claim=claim, text="İmzalı sayfa nerede?", by=reviewer)


def test_an_answer_is_kept_told_and_dated(asked: ClaimQuestion, coordinator: Any, reviewer: Any) -> None:
    answer_question(question=asked, text="  Ekte\x00 sunulmuştur. ", by=coordinator)
    asked.refresh_from_db()
    assert (asked.answer, asked.answered_by, asked.answered_at is not None) == ("Ekte sunulmuştur.", coordinator, True)
    line = asked.claim.events.get(action="answer")
    assert (line.text, line.to_status, line.by) == ("Ekte sunulmuştur.", "", coordinator)
    notice = Notification.objects.get(recipient=reviewer)
    assert notice.url == reverse("projects:review", args=[asked.claim_id])
    assert "tarafından gönderildi" in true_state(asked.claim)


def test_a_question_is_answered_once_and_in_words(
    asked: ClaimQuestion, coordinator: Any, principal: Any, stranger: Any
) -> None:
    for text, words in (("  ", "boş cevap gönderilemez"), ("ç" * 2001, "en çok 2000 karakter")):
        with pytest.raises(UserError, match=words):
            answer_question(question=asked, text=text, by=coordinator)
    with pytest.raises(PermissionDenied):
        answer_question(question=asked, text="Cevap", by=stranger)
    answer_question(question=asked, text="İlk cevap", by=coordinator)
    with pytest.raises(Conflict, match="Ayşe Yılmaz tarafından cevaplandı"):
        answer_question(question=asked, text="İkinci cevap", by=principal)
    asked.refresh_from_db()
    assert asked.answer == "İlk cevap"


def test_a_decided_claim_takes_no_answer(asked: ClaimQuestion, coordinator: Any) -> None:
    Claim.objects.filter(pk=asked.claim_id).update(status="rejected")
    with pytest.raises(Conflict, match="artık incelemede değil"):
        answer_question(question=asked, text="Cevap", by=coordinator)


def test_a_refused_answer_is_shown_again(asked: ClaimQuestion, coordinator: Any, principal: Any) -> None:
    address = reverse("projects:answer", args=[asked.pk])
    client = client_of(principal)
    assert (
        "Cevabınız bekleniyor" in client.get(reverse("projects:detail", args=[asked.claim.project_id])).content.decode()
    )
    client_of(coordinator).post(address, {"text": "İlk cevap"})
    answer = client.post(address, {"text": "Müdürün uzun cevabı"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Müdürün uzun cevabı" in page
    assert "İlk cevap" in page
    assert "Cevabınız bekleniyor" not in page


def test_who_may_not_answer_finds_no_address(asked: ClaimQuestion, stranger: Any, reviewer: Any) -> None:
    address = reverse("projects:answer", args=[asked.pk])
    for user in (stranger, reviewer):
        assert client_of(user).post(address, {"text": "Cevap"}).status_code == 404
    assert client_of(stranger).post(reverse("projects:answer", args=[10**17])).status_code == 404
    asked.refresh_from_db()
    assert asked.answer == ""


def test_files_are_added_and_taken_away_while_a_question_waits(
    asked: ClaimQuestion, coordinator: Any, pdf_upload: Any
) -> None:
    client, claim = client_of(coordinator), asked.claim
    before = add_file(claim.project, claim=claim)
    type(before.file).objects.filter(pk=before.file_id).update(created_at=asked.asked_at - dt.timedelta(days=1))
    address = reverse("projects:upload_to_claim", args=[claim.pk])
    answer = client.post(address, {"file": pdf_upload("imza.pdf"), "caption": "İmzalı sayfa"})
    assert answer.status_code == 201
    added = Evidence.objects.get(claim=claim, caption="İmzalı sayfa")
    client.post(reverse("projects:remove_evidence", args=[before.pk]))
    assert Evidence.objects.filter(pk=before.pk).exists()
    client.post(reverse("projects:remove_evidence", args=[added.pk]))
    assert not Evidence.objects.filter(pk=added.pk).exists()
    answer_question(question=asked, text="Eklendi", by=coordinator)
    refused = client.post(address, {"file": pdf_upload()})
    assert (refused.status_code, "önce talebi geri çekiniz" in refused.json()["error"]) == (400, True)


def test_a_claim_without_a_question_takes_no_file(project: Project, coordinator: Any, pdf_upload: Any) -> None:
    claim = submit_project(project_id=project.pk, by=coordinator)
    answer = client_of(coordinator).post(reverse("projects:upload_to_claim", args=[claim.pk]), {"file": pdf_upload()})
    assert answer.status_code == 400
    assert not claim.evidence.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    school: Any, coordinator: Any, reviewer: Any, rows: int, django_assert_num_queries: Any
) -> None:
    project = ready_project(school)
    for stage in ("preparing", "success", "success")[:rows]:
        code = "KA1" if project.claims.filter(stage=stage).exists() else "KA2"
        claim = ClaimFactory(project=project, item=item(code), stage=stage, status="in_review", reviewer=reviewer)
        ClaimQuestion.objects.create(claim=claim, asked_by=reviewer, text="Soru")
        add_file(project, claim=claim)
    for days in range(rows):
        decided(days, reviewer, project=ProjectFactory(institution=InstitutionFactory(), item=item("KA2")))
    client = client_of(coordinator)
    client.get(reverse("projects:detail", args=[project.pk]))
    with django_assert_num_queries(PAGE_QUERIES):
        assert client.get(reverse("projects:detail", args=[project.pk])).status_code == 200


PAGE_QUERIES = 17
