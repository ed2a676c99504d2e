"""Pages: who gets in, what they see, how many queries they cost."""

import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from common.models import Job, Notification
from projects.models import Claim
from projects.workflow import ClaimStatus
from schools.services.year_settings import set_year_setting
from scoring.forms import DraftTableForm
from scoring.models import Objection, PointsTable, RankingRun
from scoring.services import new_version, publish_run, raise_objection
from tests.factories.projects import item
from tests.factories.schools import StaffFactory


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def get(user, name, *arguments, query=""):
    return signed_in(user).get(reverse(f"scoring:{name}", args=arguments) + query)


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def published(edremit):
    return publish_run(run=edremit.run(), by=edremit.board)


def test_the_board_computes_from_the_page_and_others_cannot(edremit):
    page = text_of(get(edremit.board, "rankings"))
    assert "Henüz sıralama hesaplanmadı" in page
    values = {"measure": "teacher_project_points", "partition": "district,category"}
    response = signed_in(edremit.board).post(reverse("scoring:compute"), values)
    job = Job.objects.get()
    assert (response.status_code, response["Location"]) == (302, job.get_absolute_url())
    for user in (edremit.coordinator, edremit.technical):
        assert "Sıralamayı hesapla" not in text_of(get(user, "rankings"))
        assert signed_in(user).post(reverse("scoring:compute"), values).status_code == 404
    bad = signed_in(edremit.board).post(reverse("scoring:compute"), values | {"measure": "x"})
    assert bad.status_code == 404


def test_a_run_shows_its_rows_filters_and_facts(edremit, published):
    page = text_of(get(edremit.board, "run", published.pk))
    for words in ("Çınar Çelik", "38,4", "İtiraz süresi açık", "İlçe", "Puan tablosu sürüm 1"):
        assert words in page
    assert "Çınar Çelik" not in text_of(get(edremit.board, "run", published.pk, query="?ara=şule"))
    assert "Süzgeci değiştiriniz" in text_of(get(edremit.board, "run", published.pk, query="?kategori=high"))
    assert get(edremit.board, "run", published.pk, query="?ilce=x&kategori=y&ilk=z&page=99").status_code == 200


def test_before_publishing_only_the_province_sees_a_run(edremit):
    run = edremit.run()
    for user in (edremit.board, edremit.executive, edremit.technical):
        assert get(user, "run", run.pk).status_code == 200
    for user in (edremit.coordinator, edremit.district_board, edremit.people["Çınar"].user):
        assert get(user, "run", run.pk).status_code == 404
        assert "Henüz yayımlanmış sıralama yok" in text_of(get(user, "rankings"))


def test_a_school_sees_its_own_rows_only(edremit, published):
    page = text_of(get(edremit.coordinator, "run", published.pk))
    assert "İrem İnce" in page
    assert "Şule İnce" not in page
    row = published.rows.get(staff=edremit.people["Şule"])
    assert get(edremit.coordinator, "row", row.pk).status_code == 404
    assert get(edremit.neighbour, "row", row.pk).status_code == 200
    assert get(edremit.coordinator, "compare", published.pk).status_code == 404


def test_a_row_shows_its_working(edremit, published):
    row = published.rows.get(staff=edremit.people["Çınar"])
    page = text_of(get(edremit.people["Çınar"].user, "row", row.pk))
    for words in ("32 + 6,4 = 38,4 puan", "100 × %32 = 32 puan", "20 × %32 = 6,4 puan", "Edremit / Ortaokul"):
        assert words in page


def test_publishing_from_the_page(edremit):
    run = edremit.run()
    assert "Veriler güncel" in text_of(get(edremit.board, "run_freshness", run.pk))
    assert signed_in(edremit.technical).post(reverse("scoring:publish", args=[run.pk])).status_code == 404
    signed_in(edremit.board).post(reverse("scoring:publish", args=[run.pk]))
    run.refresh_from_db()
    assert run.status == "published"
    Claim.objects.filter(project__title="Göl").update(status=ClaimStatus.RETURNED)
    assert "Hesaptan sonra veriler değişti" in text_of(get(edremit.board, "run_freshness", run.pk))


def test_a_stale_run_is_not_published_and_the_page_says_why(edremit):
    run = edremit.run()
    Claim.objects.filter(project__title="Göl").update(status=ClaimStatus.RETURNED)
    response = signed_in(edremit.board).post(reverse("scoring:publish", args=[run.pk]), follow=True)
    assert "yeniden hesaplayıp" in text_of(response)
    assert RankingRun.objects.get().status == "computed"


def test_the_comparison_page(edremit):
    edremit.run()
    Claim.objects.filter(project__title="Orman").update(status=ClaimStatus.REJECTED)
    page = text_of(get(edremit.board, "compare", edremit.run().pk))
    assert "“Orman” projesi artık sayılmıyor." in page
    assert '1. sıra<br><span class="text-nowrap">38,4000</span>' in page
    assert "Önce<br><small>Puan</small>" in page


def test_objecting_and_answering_on_the_pages(edremit, published):
    row = published.rows.get(staff=edremit.people["İrem"])
    address = reverse("scoring:object", args=[row.pk])
    assert signed_in(edremit.neighbour).get(address).status_code == 404
    assert signed_in(edremit.coordinator).post(address, {"text": " "}).status_code == 422
    response = signed_in(edremit.coordinator).post(address, {"text": "Eksik."})
    objection = Objection.objects.get()
    assert response["Location"] == reverse("scoring:objection", args=[objection.pk])
    assert get(edremit.neighbour, "objection", objection.pk).status_code == 404
    answer = reverse("scoring:objection", args=[objection.pk])
    values = {"text": "Kanıt yetersiz.", "version": 1, "action": "keep"}
    assert signed_in(edremit.technical).post(answer, values).status_code == 404
    signed_in(edremit.board).post(answer, values)
    late = signed_in(edremit.board).post(answer, values | {"text": "Benim cevabım"})
    assert "cevabınız aşağıda duruyor" in text_of(late)
    assert "Benim cevabım" in text_of(late)
    objection.refresh_from_db()
    assert (objection.status, objection.answer) == ("kept", "Kanıt yetersiz.")
    assert "Kanıt yetersiz." in text_of(get(edremit.coordinator, "objection", objection.pk))
    assert "Edremit Işık Ortaokulu" in text_of(get(edremit.board, "objections", query="?durum=kept"))
    assert "İtiraz yok" in text_of(get(edremit.board, "objections", query="?durum=open"))


def test_points_tables_show_products_and_hide_drafts_from_schools(edremit):
    page = text_of(get(edremit.coordinator, "points_table", edremit.table.pk))
    assert '<span class="num">90</span> × <span class="num">%32</span> = <strong class="num">28,8 puan</strong>' in page
    draft = new_version(year=edremit.year, reason="Deneme", by=edremit.technical)
    assert get(edremit.coordinator, "points_table", draft.pk).status_code == 404
    assert "Sürüm 2" not in text_of(get(edremit.coordinator, "points_tables"))
    assert "Sürüm 2" in text_of(get(edremit.technical, "points_tables"))


def test_a_draft_is_made_edited_and_approved_on_the_pages(edremit):
    client = signed_in(edremit.technical)
    assert signed_in(edremit.coordinator).get(reverse("scoring:new_version")).status_code == 404
    response = client.post(reverse("scoring:new_version"), {"reason": "Pay değişiyor"})
    draft = PointsTable.objects.get(version=2)
    assert response["Location"] == reverse("scoring:edit_table", args=[draft.pk])
    form = client.get(response["Location"]).context["form"]
    values = {}
    for name in form.fields:
        shown = form[name].value()
        values[name] = values[f"initial-{name}"] = "" if shown is None else str(shown).replace(".", ",")
    ab, local = (f"coefficient-{draft.coefficients.get(programme__code=code).pk}-percent" for code in ("AB", "LOCAL"))
    assert client.post(response["Location"], values | {ab: "abc"}).status_code == 422
    client.post(response["Location"], values | {ab: "30,5", local: "9,5"})
    assert str(draft.coefficients.get(programme__code="AB").percent) == "30.50"
    stale = client.post(response["Location"], values | {ab: "31"})
    assert stale.status_code == 422
    assert "başka biri bu hücreyi “30,5” yaptı" in text_of(stale)
    for seen in ("abc", "NaN", "1e400", "9" * 5000):
        forged = client.post(response["Location"], values | {ab: "31", f"initial-{ab}": seen})
        assert forged.status_code == 422
        assert "Sayfanız eskimiş" in text_of(forged)
    approve = reverse("scoring:approve_table", args=[draft.pk])
    assert client.post(approve).status_code == 404
    signed_in(edremit.executive).post(approve)
    draft.refresh_from_db()
    assert draft.status == "approved"
    assert signed_in(edremit.executive).get(response["Location"]).status_code == 404
    page = text_of(get(edremit.coordinator, "points_table", draft.pk))
    assert "Önceki sürümden farkları" in page
    assert "30,5" in page


def test_discarding_a_draft_on_the_page(edremit):
    draft = new_version(year=edremit.year, reason="Deneme", by=edremit.technical)
    signed_in(edremit.executive).post(reverse("scoring:discard_table", args=[draft.pk]))
    assert not PointsTable.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize(
    ("code", "stage", "words"),
    [
        ("KA1", "success", "28,8 puan"),
        ("AB-OTHER", "success", "bağımsız puanlanır"),
        ("COMP-FINAL", "success", "yalnız en yüksek onaylı basamağı"),
        ("KA1", "no-stage", ""),
    ],
)
def test_the_preview_of_an_item(edremit, code, stage, words):
    page = text_of(get(edremit.coordinator, "points_preview", query=f"?item={item(code).pk}&stage={stage}"))
    assert words in page
    assert bool(page) == bool(words)


@pytest.mark.parametrize(
    "query", ["", "?item=&stage=", "?item=x&stage=success", "?item=999999999&stage=success", "?item=²"]
)
def test_a_preview_of_nothing_is_empty(edremit, query):
    response = get(edremit.coordinator, "points_preview", query=query)
    assert (response.status_code, text_of(response)) == (200, "")


def test_how_my_points_came_about(edremit):
    page = text_of(get(edremit.people["Çınar"].user, "my_points"))
    assert "32 + 6,4 = 38,4 puan" in page
    irem = edremit.people["İrem"]
    assert "Deniz" in text_of(get(edremit.coordinator, "points_of", irem.pk))
    assert get(edremit.neighbour, "points_of", irem.pk).status_code == 404
    assert "henüz bir proje ekibinde yer alınmadı" in text_of(get(edremit.coordinator, "my_points"))


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_downloads_hold_the_rows_that_one_may_see(edremit, published, file_format):
    response = get(edremit.coordinator, "export", published.pk, file_format)
    body = b"".join(response.streaming_content)
    assert response.status_code == 200
    if file_format == "xlsx":
        sheet = load_workbook(io.BytesIO(body)).active
        assert [row[1].value for row in sheet.iter_rows()] == ["Ad Soyad", "Çınar Çelik", "İrem İnce"]
    else:
        lines = body.decode("utf-8-sig").splitlines()
        assert lines[0] == "Sıra;Ad Soyad;Unvan;Kurum Kodu;Kurum;İlçe;Kategori;Puan;Eşit;Nasıl oluştu"
        assert lines[1].split(";")[:2] + lines[1].split(";")[7:] == [
            "1",
            "Çınar Çelik",
            "38,4000",
            "Hayır",
            "32 + 6,4 = 38,4 puan",
        ]
        assert len(lines) == 3


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("rankings", 12),
        ("run", 14),
        ("row", 14),
        ("compare", 14),
        ("objections", 12),
        ("points_tables", 12),
        ("my_points", 20),
    ],
)
def test_pages_cost_the_same_for_one_row_and_for_three(edremit, name, limit):
    def cost():
        run = RankingRun.objects.order_by("-pk").first()
        row = run.rows.get(staff=edremit.people["Çınar"])
        arguments = {"run": [run.pk], "compare": [run.pk], "row": [row.pk]}.get(name, [])
        user = edremit.people["Çınar"].user if name == "my_points" else edremit.board
        client = signed_in(user)
        address = reverse(f"scoring:{name}", args=arguments)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    edremit.run()
    Claim.objects.filter(project__title="Orman").update(status=ClaimStatus.REJECTED)
    run = publish_run(run=edremit.run(), by=edremit.board)
    raise_objection(row=run.rows.get(staff=edremit.people["Çınar"]), text="x", by=edremit.coordinator)
    one = cost()
    for number in range(3):
        person = StaffFactory(institution=edremit.school)
        edremit.people[f"k{number}"] = person
        edremit.claim(f"P{number}", edremit.school, "KA2", "success", f"k{number}", "Çınar")
    new_version(year=edremit.year, reason="x", by=edremit.technical)
    run = publish_run(run=edremit.run(), by=edremit.board)
    for person in ("Çınar", "İrem", "k1"):
        raise_objection(row=run.rows.get(staff=edremit.people[person]), text="x", by=edremit.coordinator)
    three = cost()
    assert three == one
    assert three <= limit


def test_two_people_in_one_cell_of_a_draft(edremit):
    draft = new_version(year=edremit.year, reason="Yeni puan", by=edremit.technical)
    line = draft.lines.get(item__code="KA1")
    name = f"line-{line.pk}-preparing_points"
    shown = {
        field: "" if bound.initial is None else str(bound.initial).replace(".", ",")
        for field, bound in ((each.name, each) for each in DraftTableForm(table=draft))
    }
    typed = shown | {f"initial-{field}": value for field, value in shown.items()} | {name: "25"}
    draft.lines.filter(pk=line.pk).update(preparing_points=19)
    address = reverse("scoring:edit_table", args=[draft.pk])
    response = signed_in(edremit.technical).post(address, typed)
    page = text_of(response)
    assert response.status_code == 422
    assert "başka biri bu hücreyi “19” yaptı" in page
    assert draft.lines.get(pk=line.pk).preparing_points == 19
    (seen,) = re.findall(f'name="initial-{name}" value="([^"]*)"', page)
    again = signed_in(edremit.technical).post(address, typed | {f"initial-{name}": seen})
    assert again.status_code == 302
    assert draft.lines.get(pk=line.pk).preparing_points == 25


def test_a_year_without_objection_days_promises_none(edremit):
    set_year_setting(year=edremit.year, key="objection_days", value="0", by=None)
    run = edremit.run()
    board = signed_in(edremit.board)
    assert "itiraz alınmaz. Yayımlanan" in text_of(get(edremit.board, "run", run.pk))
    page = text_of(board.post(reverse("scoring:publish", args=[run.pk]), follow=True))
    assert "bu yılın ayarlarına göre itiraz alınmaz" in page
    assert "Bu sıralamaya itiraz alınmaz" in page
    notice = Notification.objects.filter(kind="ranking.published").order_by("pk")[0]
    assert "itiraz" not in notice.body.casefold()


def test_a_school_whose_objection_waits_is_not_offered_another(edremit, published):
    row = published.rows.get(staff=edremit.people["İrem"])
    assert "Bu satıra itiraz et" in text_of(get(edremit.coordinator, "row", row.pk))
    raise_objection(row=row, text="Puan eksik.", by=edremit.coordinator)
    assert "Bu satıra itiraz et" not in text_of(get(edremit.coordinator, "row", row.pk))
