"""The desk's pages: marks, views and kept filters of the queue, the review screen's forms, sharing out, reasons."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from projects.models import Claim, ClaimEvent, ReviewReason, SavedFilter, StagedDecision
from projects.services import claim_for_review, return_claim, stage_decision
from projects.services.desk import add_note, ask_opinion, give_opinion
from projects.services.filters import save_filter
from projects.services.questions import answer_question, ask_question
from projects.services.reasons import wording_mark
from schools.models.commissions import CommissionKind
from tests.factories.projects import ClaimFactory, ProjectFactory, item
from tests.factories.schools import seat_user
from tests.projects.conftest import ready_project
from tests.projects.test_review_pages import QUEUE, decide, fresh, titles, waiting
from tests.projects.test_school_pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def claims(school: Any) -> list[Claim]:
    """Four waiting claims, oldest first: Ada, Bahçe, Ceviz, Dere."""
    return [
        waiting(ready_project(school, title=title), 9 - number)
        for number, title in enumerate(("Ada", "Bahçe", "Ceviz", "Dere"))
    ]


def reason() -> ReviewReason:
    return ReviewReason.objects.get(code="return-missing")


def at(name: str, claim: Claim, query: str = "") -> str:
    return reverse(f"projects:{name}", args=[claim.pk]) + query


def shown(client: Client, claim: Claim, query: str = "") -> str:
    return client.get(at("review", claim, query)).content.decode()


def marks(client: Client, query: str = "?durum=all") -> dict[str, str]:
    """Title -> the words of its marks."""
    rows = fresh(client, query).context["rows"]
    return {row["project__title"]: " ".join(_words(mark) for mark in row["marks"]) for row in rows}


def _words(chip: str) -> str:
    return chip.split("<span>")[1].split("</span>", maxsplit=1)[0]


def sent_again(claim: Claim, by: Any, changes: dict[str, Any]) -> None:
    Claim.objects.filter(pk=claim.pk).update(status="submitted", reviewer=None)
    ClaimEvent.objects.create(
        project=claim.project, claim=claim, action="resubmit", to_status="submitted", by=by, changes=changes
    )


# --- The queue


def test_rows_say_what_a_reviewer_should_know(
    claims: list[Claim], reviewer: Any, second_reviewer: Any, coordinator: Any
) -> None:
    ada, bahce, ceviz, dere = claims
    question = ask_question(claim=ada, text="Tarih?", by=reviewer)
    ask_opinion(claim=bahce, of=reviewer, text="Ne dersiniz?", by=second_reviewer)
    return_claim(claim=ceviz, by=reviewer, reason=reason(), text="Eksik.")
    sent_again(ceviz, coordinator, {})
    stage_decision(claim=dere, action="approve", by=second_reviewer)
    mine, theirs = client_of(reviewer), client_of(second_reviewer)
    assert marks(mine) == {
        "Ada": "Cevap bekleniyor",
        "Bahçe": "Görüşünüz isteniyor",
        "Ceviz": "Sizden sonra değişti",
        "Dere": "Duyurulacak: onay (Ümit Kaya)",
    }
    assert marks(theirs) == {
        "Ada": "Cevap bekleniyor",
        "Bahçe": "",
        "Ceviz": "Yeniden gönderildi",
        "Dere": "Duyurulacak: onay (Ümit Kaya)",
    }
    answer_question(question=question, text="5 Mart", by=coordinator)
    assert marks(mine)["Ada"] == "Cevap geldi"


def test_what_waits_for_the_school_leaves_the_waiting_view_until_it_is_answered(
    claims: list[Claim], reviewer: Any, coordinator: Any
) -> None:
    client = client_of(reviewer)
    assert "Cevap bekleyen" not in [str(chip["label"]) for chip in fresh(client).context["chips"]]
    question = ask_question(claim=claims[0], text="Tarih?", by=reviewer)
    chips = {str(chip["label"]): chip["count"] for chip in fresh(client).context["chips"]}
    assert (chips["Bekleyen"], chips["Cevap bekleyen"], chips["Tümü"]) == (3, 1, 4)
    assert titles(client) == ["Bahçe", "Ceviz", "Dere"]
    assert titles(client, "?durum=answers") == ["Ada"]
    answer_question(question=question, text="5 Mart", by=coordinator)
    assert titles(client) == ["Ada", "Bahçe", "Ceviz", "Dere"]
    assert titles(client, "?durum=answers") == []


def test_opinions_asked_of_me_are_a_view(claims: list[Claim], reviewer: Any, second_reviewer: Any) -> None:
    opinion = ask_opinion(claim=claims[1], of=second_reviewer, text="Ne dersiniz?", by=reviewer)
    assert titles(client_of(second_reviewer), "?durum=opinions") == ["Bahçe"]
    assert titles(client_of(reviewer), "?durum=opinions") == []
    give_opinion(opinion=opinion, advice="approve", text="Uygun.", by=second_reviewer)
    assert titles(client_of(second_reviewer), "?durum=opinions") == []


def test_a_remembered_queue_follows_everything_it_shows(
    claims: list[Claim], reviewer: Any, second_reviewer: Any, coordinator: Any
) -> None:
    client = client_of(reviewer)
    answers = [client.get(QUEUE).content]

    def changed() -> bool:
        answers.append(client.get(QUEUE).content)
        return str(_list_of(answers[-1])) != str(_list_of(answers[-2]))

    assert not changed()
    question = ask_question(claim=claims[0], text="Tarih?", by=reviewer)
    assert changed()
    answer_question(question=question, text="5 Mart", by=coordinator)
    assert changed()
    opinion = ask_opinion(claim=claims[1], of=reviewer, text="Ne dersiniz?", by=second_reviewer)
    assert changed()
    give_opinion(opinion=opinion, advice="approve", text="Uygun.", by=reviewer)
    assert changed()
    staged = stage_decision(claim=claims[2], action="approve", by=reviewer)
    assert changed()
    client.post(at("take_back", claims[2]))
    assert changed()
    assert not StagedDecision.objects.filter(pk=staged.pk).exists()
    save_filter(place="queue", name="Eskiler", query="bekleme=7", by=reviewer)
    assert changed()


def _list_of(page: bytes) -> str:
    """The part of the page that is remembered."""
    return page.decode().split('class="queue-tools"')[1].split("</main>")[0]


def test_filters_are_kept_used_and_forgotten(claims: list[Claim], reviewer: Any, second_reviewer: Any) -> None:
    client = client_of(reviewer)
    answer = client.post(reverse("projects:save_filter"), {"ad": "Eskiler", "suzgec": "?bekleme=7&page=2"})
    assert answer["Location"] == f"{QUEUE}?bekleme=7"
    page = fresh(client, "?bekleme=7").content.decode()
    assert 'href="?bekleme=7" aria-current="true">Eskiler</a>' in page
    saved = SavedFilter.objects.get()
    address = reverse("projects:delete_filter", args=[saved.pk])
    assert client_of(second_reviewer).post(address).status_code == 404
    assert client.post(address)["Location"] == QUEUE
    assert not SavedFilter.objects.exists()
    refused = client.post(reverse("projects:save_filter"), {"ad": "", "suzgec": "?bekleme=7"}, follow=True)
    assert "Süzgece bir ad veriniz" in refused.content.decode()


# --- The review screen


def test_skipping_goes_round(claims: list[Claim], reviewer: Any) -> None:
    client, query = client_of(reviewer), "?ara=a"
    order = []
    claim = claims[0]
    for _ in range(4):
        order.append(claim.project.title)
        answer = client.get(at("skip", claim, "?bekleme="))
        claim = Claim.objects.select_related("project").get(pk=int(answer["Location"].split("/")[3]))
    assert order == ["Ada", "Bahçe", "Ceviz", "Dere"]
    assert claim == claims[0]
    assert client.get(at("skip", claims[0], query))["Location"] == at("review", claims[1], query)


def test_a_skipped_claim_comes_again_at_the_end_of_the_round(claims: list[Claim], reviewer: Any) -> None:
    client = client_of(reviewer)
    assert client.get(at("skip", claims[0]))["Location"] == at("review", claims[1])
    for claim, following in ((claims[1], claims[2]), (claims[2], claims[3]), (claims[3], claims[0])):
        assert decide(client, claim, "approve")["Location"] == at("review", following)
    assert decide(client, claims[0], "approve")["Location"] == QUEUE


def test_undo_returns_to_the_last_decision_and_no_other(
    claims: list[Claim], reviewer: Any, second_reviewer: Any
) -> None:
    client = client_of(reviewer)
    decide(client, claims[0], "approve")
    decide(client, claims[1], "approve")
    stage_decision(claim=claims[2], action="approve", by=second_reviewer)
    answer = client.post(reverse("projects:undo") + "?bekleme=7")
    assert answer["Location"] == at("review", claims[1], "?bekleme=7")
    assert sorted(StagedDecision.objects.values_list("claim", flat=True)) == [claims[0].pk, claims[2].pk]
    client.post(reverse("projects:undo"))
    nothing = client.post(reverse("projects:undo"), follow=True)
    assert "Geri alınacak bir kararınız yok" in nothing.content.decode()
    assert StagedDecision.objects.get().claim == claims[2]


def test_a_staged_claim_shows_its_decision_and_how_to_take_it_back(
    claims: list[Claim], reviewer: Any, second_reviewer: Any
) -> None:
    stage_decision(claim=claims[0], action="return", by=reviewer, reason=reason(), text="İmza eksik.")
    for user in (reviewer, second_reviewer):
        page = shown(client_of(user), claims[0])
        assert "Duyurulacak karar: Düzeltme isteme" in page
        assert "İmza eksik." in page
        assert "Kararı geri al" in page
        assert "data-sheet" not in page


def test_what_changed_stands_on_top_and_is_escaped(claims: list[Claim], reviewer: Any, coordinator: Any) -> None:
    return_claim(claim=claims[0], by=reviewer, reason=reason(), text="Özeti genişletiniz.")
    before = "Öğrenciler yenilenebilir enerjiyi araştırır ve sonuçlarını okulda sergiler."
    sent_again(claims[0], coordinator, {"summary": [before, before + " <script>alert(1)</script>"]})
    page = shown(client_of(reviewer), claims[0])
    assert page.index("Sizden sonra değişti") < page.index("Kanıtlar")
    assert "Özeti genişletiniz." in page
    assert "<ins>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_an_unchanged_resubmission_says_so(claims: list[Claim], reviewer: Any, coordinator: Any) -> None:
    return_claim(claim=claims[0], by=reviewer, reason=reason(), text="Özeti genişletiniz.")
    sent_again(claims[0], coordinator, {})
    assert "hiçbir alanı ve dosyayı değiştirmeden" in shown(client_of(reviewer), claims[0])


def test_notes_questions_and_opinions_are_written_on_the_screen(
    claims: list[Claim], reviewer: Any, second_reviewer: Any
) -> None:
    client, query = client_of(reviewer), "?bekleme=7"
    back = at("review", claims[0], query)
    sent = (
        ("note", {"text": "Geçen yılki kayda bakınız."}),
        ("question", {"text": "Yazının tarihi nedir?"}),
        ("ask_opinion", {"text": "KA1 mi?", "kime": second_reviewer.pk}),
    )
    for name, data in sent:
        assert client.post(at(name, claims[0], query), data)["Location"] == back
    theirs = client_of(second_reviewer)
    page = shown(theirs, claims[0])
    for text in ("Geçen yılki kayda bakınız.", "Yazının tarihi nedir?", "KA1 mi?", "İkinci görüşünüz isteniyor"):
        assert text in page
    theirs.post(at("give_opinion", claims[0]), {"advice": "reject", "text": "Kapsam dışı."})
    assert "İkinci görüş: Ret" in shown(client, claims[0])


@pytest.mark.parametrize("name", ["note", "question", "give_opinion"])
def test_a_refused_text_is_brought_back(claims: list[Claim], reviewer: Any, second_reviewer: Any, name: str) -> None:
    ask_opinion(claim=claims[0], of=reviewer, text="Ne dersiniz?", by=second_reviewer)
    answer = client_of(reviewer).post(at(name, claims[0]), {"text": "x" * 2001})
    assert answer.status_code == 422
    assert "x" * 2001 in answer.content.decode()


def test_the_school_reads_no_note_and_no_opinion(
    claims: list[Claim], reviewer: Any, second_reviewer: Any, coordinator: Any
) -> None:
    add_note(claim=claims[0], text="Gizli inceleme notu", by=reviewer)
    opinion = ask_opinion(claim=claims[0], of=second_reviewer, text="Gizli istek", by=reviewer)
    give_opinion(opinion=opinion, advice="reject", text="Gizli görüş", by=second_reviewer)
    client = client_of(coordinator)
    for address in (
        reverse("projects:detail", args=[claims[0].project_id]),
        reverse("projects:list"),
        "/",
        "/bildirimler/",
    ):
        assert "Gizli" not in client.get(address, follow=True).content.decode()
    for name in ("review", "colleagues", "skip"):
        assert client.get(at(name, claims[0])).status_code == 404
    for name in ("note", "question", "ask_opinion", "give_opinion", "assign"):
        assert client.post(at(name, claims[0]), {"text": "x"}).status_code == 404


def test_colleagues_are_offered_with_their_load_and_get_the_claim(
    claims: list[Claim], reviewer: Any, second_reviewer: Any
) -> None:
    client = client_of(reviewer)
    part = client.get(at("colleagues", claims[0])).content.decode()
    assert "Ümit Kaya (0 açık talep)" in part
    assert "İrem Şahin" not in part
    client.post(at("assign", claims[0]), {"kime": second_reviewer.pk})
    client.post(at("assign", claims[1]), {"kime": reviewer.pk})
    wrong = client.post(at("assign", claims[2]), {"kime": "²"}, follow=True)
    assert "kime vereceğinizi seçiniz" in wrong.content.decode()
    assert list(Claim.objects.order_by("pk").values_list("reviewer", flat=True)) == [
        second_reviewer.pk,
        reviewer.pk,
        None,
        None,
    ]


# --- Sharing out and reasons


def test_sharing_out_previews_then_does_what_it_showed(
    claims: list[Claim], reviewer: Any, second_reviewer: Any
) -> None:
    client, address = client_of(reviewer), reverse("projects:share_out")
    page = client.get(address + "?sayi=3&durum=waiting")
    assert [(share.user, len(share.claims)) for share in page.context["plan"].shares] == [
        (reviewer, 2),
        (second_reviewer, 1),
    ]
    assert not Claim.objects.filter(status="in_review").exists()
    data = {"talepler": page.context["keys"], "kisi": page.context["people"]}
    claim_for_review(claim=claims[0], by=second_reviewer)
    done = client.post(address + "?durum=waiting", data, follow=True).content.decode()
    assert "2 talep paylaştırıldı: İrem Şahin 2" in done
    assert "1 talep paylaştırılmadı" in done
    assert list(Claim.objects.order_by("pk").values_list("reviewer", flat=True)) == [
        second_reviewer.pk,
        reviewer.pk,
        reviewer.pk,
        None,
    ]


def test_sharing_out_stays_inside_the_filter_and_the_chosen_people(
    claims: list[Claim], reviewer: Any, second_reviewer: Any
) -> None:
    address = reverse("projects:share_out") + f"?ara=ceviz&kisi={second_reviewer.pk}&sayi=99999999999999999999"
    page = client_of(reviewer).get(address)
    assert page.context["keys"] == str(claims[2].pk)
    assert [share.user for share in page.context["plan"].shares] == [second_reviewer]


def test_reasons_are_reworded_counted_and_moved(claims: list[Claim], reviewer: Any, coordinator: Any) -> None:
    return_claim(claim=claims[0], by=reviewer, reason=reason(), text="Eksik.")
    client, address = client_of(reviewer), reverse("projects:reasons")
    assert client_of(coordinator).get(address).status_code == 403
    used = {row["reason"].code: row["used"] for group in client.get(address).context["groups"] for row in group["rows"]}
    assert used["return-missing"] == 1
    assert sum(used.values()) == 1
    data = {"label": "Eksik belge", "sentence": "Belgeyi ekleyiniz.", "active": "1", "mark": wording_mark(reason())}
    client.post(reverse("projects:edit_reason", args=[reason().pk]), data)
    assert (reason().label, reason().sentence) == ("Eksik belge", "Belgeyi ekleyiniz.")
    stale = client.post(reverse("projects:edit_reason", args=[reason().pk]), data | {"label": "Benimki"})
    assert stale.status_code == 422
    page = stale.content.decode()
    assert 'value="Benimki"' in page
    assert "Kayıtlı hâli: <strong>Eksik belge</strong>" in page
    client.post(reverse("projects:move_reason", args=[reason().pk]), {"yon": "asagi"})
    assert reason().order == 2
    assert client.post(reverse("projects:move_reason", args=[0])).status_code == 404


def test_a_reason_is_added_on_the_page_and_offered_at_once(
    claims: list[Claim], reviewer: Any, coordinator: Any
) -> None:
    client, address = client_of(reviewer), reverse("projects:add_reason")
    page = client.get(reverse("projects:reasons"))
    group = next(group for group in page.context["groups"] if group["decision"] == "return")
    data = {"decision": "return", "label": "İmza yok", "sentence": "İmzalı sayfayı ekleyiniz.", "mark": group["mark"]}
    assert client_of(coordinator).post(address, data).status_code == 403
    added = client.post(address, data)
    one = ReviewReason.objects.get(code="return-1")
    assert added["Location"] == reverse("projects:reasons") + f"#reason-{one.pk}"
    assert "İmza yok" in shown(client, claims[0])
    stale = client.post(address, data | {"label": "Mühür yok"})
    assert stale.status_code == 422
    words = stale.content.decode()
    assert 'value="Mühür yok"' in words
    assert "bu kararın gerekçeleri değişti" in words
    assert words.count('<details class="card reason-new" open>') == 1
    crooked = client.post(address, {"decision": "x"})
    assert (crooked.status_code, ReviewReason.objects.filter(label="").exists()) == (422, False)
    assert "hangi karara ait" in crooked.content.decode()


# --- Cost


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_the_same_number_of_queries(
    school: Any, reviewer: Any, second_reviewer: Any, coordinator: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        project = ProjectFactory(institution=school, item=item("KA2"))
        claim = ClaimFactory(project=project, submitted_at=timezone.now() - dt.timedelta(days=number))
        return_claim(claim=claim, by=reviewer, reason=reason(), text="Eksik.")
        sent_again(claim, coordinator, {"summary": ["Bir", "İki"]})
    for _ in range(rows):
        ask_opinion(claim=claim, of=seat_user(CommissionKind.TECHNICAL), text="Ne dersiniz?", by=reviewer)
        add_note(claim=claim, text="Not", by=reviewer)
        ask_question(claim=claim, text="Soru", by=reviewer)
        save_filter(place="queue", name=f"Süzgeç {_}", query=f"bekleme={_}", by=reviewer)
    client = client_of(reviewer)
    client.get(QUEUE)
    cache.clear()
    with django_assert_num_queries(13):
        client.get(QUEUE + "?durum=all")
    with django_assert_num_queries(5):
        client.get(QUEUE + "?durum=all")
    with django_assert_num_queries(20):
        client.get(at("review", claim))
    with django_assert_num_queries(16):
        client.get(at("colleagues", claim))
    with django_assert_num_queries(16):
        client.get(reverse("projects:share_out"))
    with django_assert_num_queries(6):
        client.get(reverse("projects:reasons"))
