"""Nothing that a school types is lost: a cut network, an ended session, a second tab, a second person.

In a browser on the running site; each journey ends with the exact text that is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from projects import reference
from projects.models import ClaimQuestion, Project
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.accounts import PASSWORD
from tests.factories.common import pdf_bytes
from tests.factories.projects import ClaimFactory, ProjectFactory, item
from tests.factories.schools import DistrictFactory, InstitutionFactory, seat_user

pytestmark = pytest.mark.journey
expect.set_options(timeout=20_000)

SAVED = "kaydedildi"
TITLE = "Işığın Peşinde"


@pytest.fixture
def school(live_site: str) -> Any:
    reference.load()
    return InstitutionFactory(district=DistrictFactory(name="Edremit"), name="Edremit Işık Ortaokulu")


@pytest.fixture
def coordinator(school: Any) -> Any:
    return seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school, full_name="Ayşe Yılmaz")


@pytest.fixture
def project(school: Any) -> Project:
    return ProjectFactory(institution=school, item=item("KA2"), title=TITLE, summary="İlk özet", aims="İlk amaç")


@pytest.fixture
def form(live_site: str, project: Project) -> str:
    return f"{live_site}/projeler/{project.pk}/duzenle/"


@pytest.fixture
def end_all_sessions(child_environment: dict[str, str]) -> Callable[[], None]:
    """Deletes every session, in the database and in the servers' cache."""

    def end() -> None:
        Session.objects.all().delete()
        redis.Redis.from_url(child_environment["CACHE_URL"]).flushdb()

    return end


def sign_in(context: BrowserContext, user: Any, site: str) -> None:
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def state(page: Page) -> Any:
    return page.locator("#step-send [data-save-text]")


def wait_until_nothing_is_kept(page: Page) -> None:
    """Until no text lies on the device any more: the server has all of it."""
    for _ in range(400):
        if page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('bigep:')).length") == 0:
            return
        page.wait_for_timeout(50)
    raise AssertionError("a text was not sent")


def sign_in_again(page: Page) -> None:
    dialog = page.locator("dialog#sign-in[open]")
    expect(dialog).to_contain_text("Oturumunuz sona erdi")
    expect(dialog).to_contain_text("Yazdıklarınız bu sayfada duruyor.")
    dialog.get_by_label("Parola").fill(PASSWORD)
    dialog.get_by_role("button", name="Giriş yap ve devam et").click()
    expect(dialog).to_be_hidden()


def stored(project: Project) -> tuple[str, str]:
    return Project.objects.values_list("summary", "aims").get(pk=project.pk)


def test_text_typed_while_the_network_is_cut(
    live_site: str, context: Any, coordinator: Any, project: Project, form: str
) -> None:
    sign_in(context, coordinator, live_site)
    page = opened(context, form)
    context.set_offline(True)
    page.get_by_label("Özet").fill("Ağ kesikken yazılan özet: çğıöşü")
    page.get_by_label("Amaçlar").focus()
    expect(state(page)).to_have_text("Kaydedilemedi, yeniden denenecek. Yazdıklarınız bu cihazda duruyor.")
    assert stored(project) == ("İlk özet", "İlk amaç")
    context.set_offline(False)
    expect(state(page)).to_contain_text(SAVED)
    assert stored(project) == ("Ağ kesikken yazılan özet: çğıöşü", "İlk amaç")
    context.set_offline(True)
    page.get_by_label("Amaçlar").fill("Sekme kapanmadan yazılan amaç")
    page.get_by_label("Özet").focus()
    expect(state(page)).to_contain_text("Kaydedilemedi")
    page.close()
    context.set_offline(False)
    page = opened(context, form)
    expect(page.get_by_text("yazılıp sunucuya ulaşmamış bir metin bulundu")).to_be_visible()
    page.get_by_role("button", name="Metni geri getir").click()
    expect(state(page)).to_contain_text(SAVED)
    assert stored(project) == ("Ağ kesikken yazılan özet: çğıöşü", "Sekme kapanmadan yazılan amaç")
    wait_until_nothing_is_kept(page)
    context.problems.clear()


def test_text_typed_while_the_session_ends(
    live_site: str, context: Any, coordinator: Any, project: Project, form: str, end_all_sessions: Callable[[], None]
) -> None:
    sign_in(context, coordinator, live_site)
    page = opened(context, form)
    end_all_sessions()
    page.get_by_label("Özet").fill("Oturum kapanırken yazılan özet")
    sign_in_again(page)
    page.get_by_label("Amaçlar").fill("Girişten sonra yazılan amaç")
    page.get_by_label("Özet").focus()
    expect(state(page)).to_contain_text(SAVED)
    wait_until_nothing_is_kept(page)
    assert stored(project) == ("Oturum kapanırken yazılan özet", "Girişten sonra yazılan amaç")


def test_an_answer_sent_after_the_session_ended(
    live_site: str, context: Any, coordinator: Any, project: Project, end_all_sessions: Callable[[], None]
) -> None:
    reviewer = seat_user(CommissionKind.TECHNICAL, SeatRole.RND, full_name="İrem Şahin")
    claim = ClaimFactory(project=project, status="in_review", reviewer=reviewer)
    question = ClaimQuestion.objects.create(claim=claim, asked_by=reviewer, text="Ortak okul hangisi?")
    sign_in(context, coordinator, live_site)
    page = opened(context, f"{live_site}/projeler/{project.pk}/")
    expect(page.locator(".whereabouts")).to_contain_text("İrem Şahin")
    page.get_by_label("Cevabınız").fill("Ortağımız Edremit Deniz Ortaokulu.")
    end_all_sessions()
    page.get_by_role("button", name="Cevabı gönder").click()
    sign_in_again(page)
    expect(page.get_by_text("Cevabınız teknik ekibe iletildi.")).to_be_visible()
    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("Ortağımız Edremit Deniz Ortaokulu.", coordinator)


def test_two_tabs_on_the_same_fields(
    live_site: str, context: Any, coordinator: Any, project: Project, form: str
) -> None:
    sign_in(context, coordinator, live_site)
    first, second = opened(context, form), opened(context, form)
    first.get_by_label("Özet").fill("Birinci sekmenin özeti")
    first.get_by_label("Amaçlar").fill("Birinci sekmenin amacı")
    first.get_by_label("Özet").focus()
    wait_until_nothing_is_kept(first)
    context.set_offline(True)
    second.get_by_label("Özet").fill("İkinci sekmenin özeti")
    second.get_by_label("Amaçlar").fill("İkinci sekmenin amacı")
    second.get_by_label("Özet").focus()
    expect(state(second)).to_contain_text("Kaydedilemedi")
    context.set_offline(False)
    panel = second.locator("[data-conflict-panel]")
    expect(panel).to_contain_text("Siz bu kaydı başka bir sekmede ya da cihazda değiştirdiniz.")
    for text in ("Birinci sekmenin özeti", "Birinci sekmenin amacı", "İkinci sekmenin özeti", "İkinci sekmenin amacı"):
        expect(panel).to_contain_text(text)
    assert stored(project) == ("Birinci sekmenin özeti", "Birinci sekmenin amacı")
    panel.get_by_role("group", name="Özet").get_by_label("Benim yazdığım").check()
    panel.get_by_role("group", name="Amaçlar").get_by_label("Kayıtlı olan").check()
    panel.get_by_role("button", name="Seçtiklerimle devam et").click()
    expect(state(second)).to_contain_text(SAVED)
    expect(second.get_by_label("Amaçlar")).to_have_value("Birinci sekmenin amacı")
    assert stored(project) == ("İkinci sekmenin özeti", "Birinci sekmenin amacı")
    context.problems.clear()


def test_two_people_on_different_fields_and_on_the_same(
    live_site: str,
    context: Any,
    browser: Browser,
    browser_context_args: dict[str, Any],
    coordinator: Any,
    project: Project,
    form: str,
) -> None:
    principal = seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, project.institution, full_name="Oğuz Çığır")
    office = browser.new_context(**browser_context_args)
    sign_in(context, coordinator, live_site)
    sign_in(office, principal, live_site)
    ayse, oguz = opened(context, form), opened(office, form)
    ayse.get_by_label("Özet").fill("Ayşe'nin özeti")
    ayse.get_by_label("Amaçlar").focus()
    expect(state(ayse)).to_contain_text(SAVED)
    oguz.get_by_label("Amaçlar").fill("Oğuz'un amacı")
    oguz.get_by_label("Özet").focus()
    expect(state(oguz)).to_contain_text(SAVED)
    assert stored(project) == ("Ayşe'nin özeti", "Oğuz'un amacı")
    ayse.get_by_label("Amaçlar").fill("Ayşe'nin amacı")
    ayse.get_by_label("Özet").focus()
    panel = ayse.locator("[data-conflict-panel]")
    expect(panel).to_contain_text("Oğuz Çığır aynı kaydı değiştirdi.")
    expect(panel).to_contain_text("Ayşe'nin amacı")
    expect(panel).to_contain_text("Oğuz'un amacı")
    assert stored(project) == ("Ayşe'nin özeti", "Oğuz'un amacı")
    panel.get_by_role("group", name="Amaçlar").get_by_label("Benim yazdığım").check()
    panel.get_by_role("button", name="Seçtiklerimle devam et").click()
    expect(panel).to_have_count(0)
    expect(state(ayse)).to_contain_text(SAVED)
    assert stored(project) == ("Ayşe'nin özeti", "Ayşe'nin amacı")
    office.close()
    context.problems.clear()


def test_what_is_missing_is_reached_by_keyboard(
    live_site: str, context: Any, coordinator: Any, school: Any, project: Project
) -> None:
    Project.objects.filter(pk=project.pk).update(summary="", start_date=None)
    sign_in(context, coordinator, live_site)
    page = opened(context, f"{live_site}/projeler/{project.pk}/gonder/")
    expect(page.get_by_role("button", name="Teknik ekibe gönder")).to_have_count(0)
    page.get_by_role("link", name="Projenin özetini yazınız.").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Özet")).to_be_focused()
    page.keyboard.type("Klavyeyle yazılan özet")
    expect(state(page)).to_contain_text(SAVED)
    page.locator("#problems").get_by_role("link", name="başlangıç tarihini").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Başlangıç tarihi")).to_be_focused()
    page.get_by_label("Bağlantılar").fill("www.okul.example")
    page.get_by_role("button", name="Taslak olarak kaydet").press("Enter")
    expect(page.get_by_label("Bağlantılar")).to_be_focused()
    expect(page.locator("[data-form-errors]")).to_contain_text("https:// ya da http://")
    page.locator("[data-form-errors]").get_by_role("link", name="Bağlantılar").press("Enter")
    expect(page.get_by_label("Bağlantılar")).to_be_focused()
    assert stored(project) == ("Klavyeyle yazılan özet", "İlk amaç")
    context.problems.clear()


def test_leaving_while_a_file_is_on_its_way_is_asked_about(
    live_site: str, context: Any, coordinator: Any, project: Project, form: str
) -> None:
    sign_in(context, coordinator, live_site)
    page = opened(context, form)
    held: list[Any] = []
    page.route("**/kanit/", lambda route: held.append(route))
    file = {"name": "belge.pdf", "mimeType": "application/pdf", "buffer": pdf_bytes()}
    page.get_by_label("Kanıt dosyası ekle").set_input_files(file)
    expect(page.locator("#files")).to_contain_text("Yükleniyor")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    held[0].continue_()
    expect(page.get_by_role("link", name="belge.pdf", exact=True)).to_be_visible()
    assert project.evidence.get().file.name == "belge.pdf"
