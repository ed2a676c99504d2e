"""With the keyboard alone, in a browser on the running site: twenty claims are decided, a team is put together."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from bench.keyboard import Keyboard, Step, expect_screen, focused
from common.files import store_bytes
from projects import reference
from projects.models import Claim, Evidence, ReviewNote, ReviewReason, StagedDecision
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.common import pdf_bytes
from tests.factories.projects import ClaimFactory, ProjectFactory, item
from tests.factories.schools import DistrictFactory, InstitutionFactory, StaffFactory, StudentFactory, seat_user
from tests.journeys.test_nothing_lost import sign_in

pytestmark = pytest.mark.journey
expect.set_options(timeout=20_000)

APPROVE = Step("approve")
AIM = 3.0
"""Keystrokes per decision, reasons included."""

STEPS = (
    *(APPROVE, APPROVE, APPROVE),
    Step("return", 1),
    Step("skip"),
    Step("reject", 3),
    *(APPROVE, Step("undo"), Step("return", 4)),
    *(APPROVE, APPROVE, APPROVE, APPROVE),
    Step("return", 2),
    Step("reject", 1),
    *(APPROVE, APPROVE, APPROVE, APPROVE, APPROVE, APPROVE),
    Step("return", 3),
    APPROVE,
)
"""Twenty decisions; the fifth claim is skipped and comes last, the approval of the seventh is taken back."""

DECIDED = (
    *("approve approve approve return-missing approve reject-year return-evidence approve approve approve").split(),
    *("approve return-wrong reject-scope approve approve approve approve approve approve return-outdated").split(),
)


@pytest.fixture
def reviewer(live_site: str) -> Any:
    reference.load()
    return seat_user(CommissionKind.TECHNICAL, SeatRole.RND, full_name="İrem Şahin")


@pytest.fixture
def claims(reviewer: Any) -> list[Claim]:
    """Twenty waiting claims, oldest first."""
    school = InstitutionFactory(district=DistrictFactory(name="Edremit"), name="Edremit Işık Ortaokulu")
    made = []
    for number in range(1, 21):
        project = ProjectFactory(institution=school, item=item("KA2"), title=f"Proje {number:02d}")
        stored = store_bytes(
            name="basvuru.pdf", data=pdf_bytes(), content_type="application/pdf", by=None, purpose="evidence"
        )
        Evidence.objects.create(project=project, file=stored)
        sent = timezone.now() - dt.timedelta(days=30 - number)
        made.append(ClaimFactory(project=project, submitted_at=sent))
    return made


@pytest.fixture
def desk(live_site: str, page: Page, reviewer: Any, claims: list[Claim]) -> Keyboard:
    """The reviewer, signed in, in front of the first claim."""
    sign_in(page.context, reviewer, live_site)
    page.goto(f"{live_site}/projeler/inceleme/{claims[0].pk}/")
    return Keyboard(page)


def staged_codes(claims: list[Claim]) -> list[str]:
    """The decision on each claim: approve, or the code of the reason of another decision."""
    rows = {row.claim_id: row for row in StagedDecision.objects.select_related("reason")}
    return [rows[claim.pk].action if rows[claim.pk].reason is None else rows[claim.pk].reason.code for claim in claims]


def test_twenty_claims_are_decided_with_the_keyboard_alone(desk: Keyboard, claims: list[Claim], reviewer: Any) -> None:
    desk.take_all(STEPS)
    expect(desk.page.get_by_text("bekleyen başka talep kalmadı")).to_be_visible()
    assert tuple(staged_codes(claims)) == DECIDED
    assert sorted(DECIDED).count("approve") == 14
    for staged in StagedDecision.objects.exclude(action="approve").select_related("reason"):
        assert (staged.text, staged.by) == (staged.reason.sentence, reviewer)
    assert set(Claim.objects.values_list("status", flat=True)) == {"in_review"}
    assert desk.pressed == 14 * 2 + 6 * 3 + 1 + 2 + 1
    assert desk.pressed / 20 <= AIM


def test_focus_goes_where_the_work_is_and_the_sentence_can_be_edited(desk: Keyboard, claims: list[Claim]) -> None:
    page = desk.page
    desk.press("o")
    assert focused(page) == "Onayla ve sıradaki Enter"
    desk.press("d")
    assert focused(page) == "1 Eksik"
    desk.press("2")
    assert focused(page) == "Düzeltme iste ve sıradaki Enter"
    expect(page.locator("#live")).to_have_text("Seçildi: Yanlış. Kaydetmek için Enter.")
    desk.press("Escape")
    expect(page.locator("details[data-sheet][open]")).to_have_count(0)
    assert focused(page).startswith("Düzeltme iste")
    desk.press("d", "2", "y")
    page.keyboard.press("End")
    page.keyboard.type(" odr?")
    expect_screen(page, "Proje 01")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect_screen(page, "Proje 02")
    staged = StagedDecision.objects.get()
    assert staged.text == ReviewReason.objects.get(code="return-wrong").sentence + " odr?"
    expect(page.get_by_role("status").filter(has_text="Proje 01").first).to_be_visible()


def test_help_lists_the_keys_and_keys_can_be_switched_off(desk: Keyboard) -> None:
    page = desk.page
    desk.press("?")
    listed = page.get_by_role("dialog")
    for words in ("Onayla", "Düzeltme iste", "Reddet", "Atla: karar vermeden", "Sonraki", "Açık kararı kapat"):
        expect(listed.get_by_text(words).first).to_be_visible()
    listed.get_by_label("Kısayolları bu cihazda kullan").uncheck()
    desk.press("Escape", "o")
    expect(page.locator("details[data-sheet][open]")).to_have_count(0)


def test_a_decision_without_its_reason_keeps_the_screen_and_says_why(desk: Keyboard) -> None:
    page = desk.page
    desk.press("r")
    with page.expect_navigation():
        desk.press("Enter")
    expect_screen(page, "Proje 01")
    expect(page.get_by_role("alert")).to_contain_text("gerekçe seçip açıklamasını yazınız")
    expect(page.locator("details[data-sheet][open]")).to_have_count(1)
    page.context.problems.clear()
    assert not StagedDecision.objects.exists()


def test_a_note_survives_the_end_of_the_session(desk: Keyboard) -> None:
    page = desk.page
    desk.press("t")
    assert focused(page) == "Not"
    page.keyboard.type("Geçen yılki kayda bakınız.")
    session = [one for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME]
    page.context.clear_cookies()
    desk.press("Control+Enter")
    expect(page.locator("dialog#sign-in[open]")).to_be_visible()
    assert not ReviewNote.objects.exists()
    page.context.add_cookies(session)
    desk.press("Escape")
    expect(page.get_by_label("Not", exact=True)).to_have_value("Geçen yılki kayda bakınız.")
    page.get_by_label("Not", exact=True).focus()
    desk.press("Control+Enter")
    expect(page.get_by_text("Notunuz eklendi")).to_be_visible()
    assert ReviewNote.objects.get().text == "Geçen yılki kayda bakınız."
    page.context.problems.clear()


def test_the_words_of_a_decision_survive_the_end_of_the_session(desk: Keyboard) -> None:
    page = desk.page
    desk.press("d", "2", "y")
    page.keyboard.press("End")
    page.keyboard.type(" Bütçe sayfası eksik.")
    session = [one for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME]
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog#sign-in[open]")).to_be_visible()
    page.context.add_cookies(session)
    desk.press("Escape")
    words = page.locator("#text-return")
    expect(words).to_have_value(ReviewReason.objects.get(code="return-wrong").sentence + " Bütçe sayfası eksik.")
    assert not StagedDecision.objects.exists()
    words.focus()
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect_screen(page, "Proje 02")
    assert StagedDecision.objects.get().text.endswith("Bütçe sayfası eksik.")
    page.context.problems.clear()


def test_a_team_is_put_together_without_leaving_the_field(live_site: str, page: Page) -> None:
    reference.load()
    school = InstitutionFactory(district=DistrictFactory(name="Edremit"), name="Edremit Işık Ortaokulu")
    coordinator = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school, full_name="Ayşe Yılmaz")
    for first, last in (("Çağla", "Iğdır"), ("Çınar", "Öz")):
        StaffFactory(institution=school, first_name=first, last_name=last)
    StudentFactory(institution=school, first_name="Şule", last_name="Gül")
    project = ProjectFactory(institution=school, item=item("KA2"))
    sign_in(page.context, coordinator, live_site)
    page.goto(f"{live_site}/projeler/{project.pk}/duzenle/")
    teachers, students = page.get_by_label("Öğretmen ekle"), page.get_by_label("Öğrenci ekle")
    teachers.focus()
    for place, (words, name) in enumerate((("çağla", "Çağla Iğdır"), ("çınar", "Çınar Öz")), start=1):
        page.keyboard.type(words)
        expect(page.get_by_role("button", name=f"Ekle : {name}")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=f"Ekle : {name}")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=f"Ekipten çıkar: {name}")).to_be_visible()
        expect(teachers).to_be_focused()
        expect(teachers).to_have_value("")
        assert project.team_teachers.count() == place
    page.keyboard.press("Tab")
    expect(students).to_be_focused()
    page.keyboard.type("şule")
    expect(page.get_by_role("button", name="Ekle : Şule Gül")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Ekipten çıkar: Şule Gül")).to_be_visible()
    expect(students).to_be_focused()
