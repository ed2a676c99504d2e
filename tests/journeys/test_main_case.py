"""The main case, from a school's form to a revoked certificate, in a browser on the running site."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from awards.models import Certificate
from portal.demo.accounts import DEMO_DOMAIN, DEMO_SIGN_IN
from portal.demo.build import build_demo
from projects.models import Project
from schools.models import Seat, StaffMember
from scoring.models import RankingRow
from tests.conftest import Process
from tests.factories.common import pdf_bytes

pytestmark = pytest.mark.journey
expect.set_options(timeout=20_000)

TITLE = "Zeytinin İzinde Avrupa Ortaklığı"


def sign_in(page: Page, site: str, name: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{site}/hesap/login/")
    page.get_by_label("E-posta").fill(f"{name}@{DEMO_DOMAIN}")
    page.get_by_label("Parola", exact=True).fill(DEMO_SIGN_IN)
    page.get_by_role("button", name="Giriş yap", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Giriş yap")


def another_teacher() -> str:
    """The name of a teacher of the school of the coordinator, who is in the team from the start."""
    seat = Seat.objects.get(staff__user__email=f"okul@{DEMO_DOMAIN}")
    school = seat.commission.institution
    found = StaffMember.objects.filter(postings__institution=school, postings__title__contains="teacher").order_by("pk")
    return found.exclude(pk=seat.staff_id)[0].full_name


def record_and_submit(page: Page, site: str, evidence: Path) -> None:
    page.goto(f"{site}/projeler/")
    page.get_by_role("link", name="Proje ekle").click()
    page.get_by_role("textbox", name="Proje adı").fill(TITLE)
    page.get_by_role("button", name="Taslağı aç").click()
    page.get_by_label("Program kalemi").select_option(label="KA2")
    expect(page.locator(".points-line")).to_contain_text("12,8")
    page.get_by_label("Sorumlu yönetici").select_option(index=1)
    page.get_by_label("Özet").fill("Zeytin kültürünü üç ülkenin okullarıyla birlikte araştırıyoruz.")
    page.get_by_label("Başlangıç tarihi").fill("2025-10-01")
    page.get_by_label("Bitiş tarihi").fill("2026-05-15")
    page.get_by_label("Bitiş tarihi").blur()
    expect(page.get_by_text("kaydedildi").first).to_be_visible()
    expect(page.get_by_role("button", name="Ekipten çıkar:")).to_have_count(1)
    page.get_by_label("Öğretmen ekle").press_sequentially(another_teacher())
    page.locator("#found-teachers").get_by_role("button").first.click()
    expect(page.get_by_role("button", name="Ekipten çıkar:")).to_have_count(2)
    page.get_by_label("Kanıt dosyası ekle").set_input_files(evidence)
    expect(page.locator("#files")).to_contain_text(evidence.name)
    expect(page.locator("#files progress")).to_have_count(0)
    page.get_by_role("button", name="Kontrol et ve gönder").click()
    page.get_by_role("button", name="Teknik ekibe gönder").click()
    expect(page.get_by_text("Gönderildi").first).to_be_visible()


def approve(page: Page, site: str) -> None:
    claim = Project.objects.get(title=TITLE).claims.get(status="submitted")
    page.goto(f"{site}/projeler/inceleme/{claim.pk}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    page.keyboard.press("o")
    page.get_by_role("button", name="Onayla ve sıradaki").click()
    expect(page.get_by_text("onay kararı duyurulacak kararlara eklendi").first).to_be_visible()
    assert Project.objects.get(title=TITLE).claims.filter(pk=claim.pk, status="in_review").exists()


def announce(page: Page, site: str) -> None:
    page.goto(f"{site}/projeler/inceleme/duyurulacak/")
    expect(page.get_by_text(f"Talebiniz onaylandı: {TITLE}")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Kararları duyur")).click()
    page.locator("dialog[open]").get_by_role("button", name="Kararları duyur").click()
    expect(page.get_by_text("karar duyuruldu")).to_be_visible(timeout=30_000)


def add_success_claim(page: Page, site: str, evidence: Path) -> None:
    page.goto(f"{site}/projeler/{Project.objects.get(title=TITLE).pk}/")
    page.get_by_role("link", name="Başarı talebi ekle").click()
    page.get_by_label("Aşama").select_option(label="Başarı")
    expect(page.locator(".points-line")).to_contain_text("32")
    page.get_by_label("Kanıt dosyaları").set_input_files(evidence)
    page.get_by_role("button", name="Talebi gönder").click()
    expect(page.get_by_text("Gönderildi").first).to_be_visible()


def compute_and_publish(page: Page, site: str) -> None:
    page.goto(f"{site}/puanlama/siralamalar/")
    page.get_by_role("button", name="Sıralamayı hesapla").click()
    publish = page.get_by_role("main").get_by_role("button", name="Yayımla", exact=True)
    expect(publish).to_be_visible(timeout=30_000)
    publish.click()
    page.locator("dialog[open]").get_by_role("button", name="Yayımla").click()
    expect(page.get_by_text("Bu sıralamaya itiraz alınmaz")).to_be_visible()


def decide_and_offer(page: Page, site: str) -> None:
    page.goto(f"{site}/oduller/")
    page.get_by_role("link", name=re.compile("1. tur")).click()
    row = page.get_by_role("row", name=re.compile("T-PR-1"))
    page.get_by_label("T-PR-1 Edremit listesini seç").check()
    page.get_by_label(re.compile("[Kk]arar sayısı")).fill("2026/12")
    page.get_by_role("button", name="Seçilenleri karara bağla").click()
    expect(row.get_by_text("Karara bağlandı")).to_be_visible()
    page.get_by_label("T-PR-1 Edremit listesini seç").check()
    page.get_by_label(re.compile("[Gg]erekçe")).fill("Yıl boyunca yürütülen projelerdeki başarı.")
    page.get_by_role("button", name="Seçilenleri makama sun").click()
    expect(row.get_by_text("Makama sunuldu")).to_be_visible()


def grant(page: Page, site: str) -> None:
    page.goto(f"{site}/oduller/makam/")
    page.get_by_role("link", name=re.compile("T-PR-1")).first.click()
    page.get_by_label(re.compile("EBYS")).fill("E-48291")
    page.get_by_role("button", name=re.compile("[Uu]ygun gör")).first.click()
    if page.locator("dialog[open]").count():
        page.locator("dialog[open]").get_by_role("button", name=re.compile("[Uu]ygun gör")).click()
    expect(page.get_by_role("main").get_by_text("Uygun görüldü").first).to_be_visible()


def issue_verify_and_revoke(page: Page, site: str, folder: Path) -> None:
    page.goto(f"{site}/oduller/")
    page.get_by_role("link", name=re.compile("1. tur")).click()
    page.get_by_role("link", name="T-PR-1 · Edremit").click()
    page.get_by_role("link", name=re.compile("[Bb]elgeler")).last.click()
    page.get_by_role("button", name=re.compile("belgeyi düzenle")).click()
    expect(page.get_by_text("Düzenlenen belgeler").first).to_be_attached(timeout=60_000)
    certificate = Certificate.objects.order_by("pk")[0]
    page.goto(f"{site}/oduller/belgeler/{certificate.pk}/")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Belgeyi indir (PDF)").click()
    saved = folder / "certificate.pdf"
    downloading.value.save_as(saved)
    assert saved.read_bytes().startswith(b"%PDF")
    page.get_by_role("link", name="Doğrulama sayfası").click()
    expect(page.get_by_text("Bu belge geçerlidir")).to_be_visible()
    assert certificate.text["holder_name"] not in page.content()
    page.go_back()
    page.get_by_role("button", name="Belgeyi iptal et").click()
    page.locator("dialog[open]").get_by_label(re.compile("[Gg]erekçe")).fill("Ad yanlış yazılmış.")
    page.locator("dialog[open]").get_by_role("button", name="Belgeyi iptal et").click()
    expect(page.get_by_text("Bu belge iptal edildi")).to_be_visible()
    page.goto(f"{site}/belge/{certificate.code}/")
    expect(page.get_by_text("Bu belge iptal edilmiştir")).to_be_visible()


def test_a_project_becomes_a_certificate(live_site: str, worker: Process, page: Page, tmp_path: Path) -> None:
    build_demo(size="school", seed=11)
    evidence = tmp_path / "basvuru.pdf"
    evidence.write_bytes(pdf_bytes())
    sign_in(page, live_site, "okul")
    record_and_submit(page, live_site, evidence)
    sign_in(page, live_site, "teknik")
    approve(page, live_site)
    announce(page, live_site)
    sign_in(page, live_site, "okul")
    add_success_claim(page, live_site, evidence)
    sign_in(page, live_site, "teknik")
    approve(page, live_site)
    announce(page, live_site)
    sign_in(page, live_site, "izleme")
    compute_and_publish(page, live_site)
    working = [json.dumps(row.evidence, ensure_ascii=False) for row in RankingRow.objects.order_by("pk")]
    assert sum("100 × %32 = 32" in text for text in working if TITLE in text) == 2
    sign_in(page, live_site, "teknik")
    page.goto(f"{live_site}/oduller/")
    page.get_by_role("button", name="Turu hesapla").click()
    expect(page.get_by_text("T-PR-1").first).to_be_visible(timeout=30_000)
    sign_in(page, live_site, "yurutme")
    decide_and_offer(page, live_site)
    sign_in(page, live_site, "kaymakam")
    grant(page, live_site)
    sign_in(page, live_site, "yurutme")
    issue_verify_and_revoke(page, live_site, tmp_path)
