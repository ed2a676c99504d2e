"""Every page of the site in a browser, at the width of an office screen and of a phone.

Each page is opened once by everybody named in ``SEEN_BY`` and looked at in both widths: it answers 200, says nothing on
the console, asks no other host, does not overflow sideways, has one ``h1``, and axe finds nothing serious or critical.
``PAGE_IMAGES=folder`` also saves a picture of every page there, for eyes. On SQLite only: what a browser sees does not
depend on the database, and the sweep takes minutes; the permission table opens every page on PostgreSQL too.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from portal.demo.accounts import ACCOUNTS
from projects.models import Claim
from projects.services import create_project, stage_decision
from projects.workflow import ClaimStatus
from schools.models import Seat
from schools.services import invite
from schools.services.access import token_of
from scoring.services import compute_run
from tests.permissions.world import STRANGER, World, addresses, build_world

pytestmark = [pytest.mark.journey, pytest.mark.sqlite_only]

WIDTHS = (1280, 390)
GRAVE = {"serious", "critical"}
AXE = Axe().axe_script
AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False}

SEEN_BY = {
    STRANGER: "account_login account_reset_password account_reset_password_done account_reset_password_from_key"
    " account_reset_password_from_key_done account_signup account_inactive account_confirm_email"
    " account_email_verification_sent schools:invitation verification:ask verification:certificate",
    "okul": "portal:home projects:export_ready projects:reading projects:copy projects:hand_over"
    " projects:list projects:create projects:detail projects:edit projects:submit projects:add_claim"
    " projects:correct_claim schools:institution schools:sections schools:person schools:commissions schools:commission"
    " schools:students schools:my_account scoring:rankings scoring:run scoring:row scoring:object scoring:my_points"
    " scoring:objections scoring:objection awards:own common:notifications common:mail_settings account_email"
    " account_change_password portal:tasks account_logout account_reauthenticate mfa_index mfa_activate_totp"
    " mfa_list_webauthn mfa_add_webauthn"
    " schools:section_guide schools:teaching schools:section_teaching schools:coaching schools:student_coach"
    " eba:school eba:students eba:province eba:criteria"
    " exams:list exams:detail exams:school exams:school_students exams:student exams:my_students exams:analysis",
    "mudur": "portal:home schools:commission schools:seat_create schools:seat_end schools:seat_invite projects:detail",
    "ogretmen": "portal:home scoring:my_points awards:own eba:own",
    "teknik": "portal:home projects:list projects:reading"
    " portal:tasks projects:queue projects:outbox projects:outcome projects:review projects:detail"
    " projects:share_out projects:reasons"
    " scoring:points_tables scoring:points_table"
    " scoring:edit_table scoring:new_version scoring:rankings scoring:objections scoring:objection awards:rounds"
    " awards:round awards:list schools:staff eba:new_version eba:edit_table"
    " exams:list exams:detail exams:district exams:school exams:define exams:edit exams:analyses exams:analysis",
    "izleme": "portal:home scoring:rankings scoring:run scoring:compare scoring:what_if scoring:row scoring:points_of"
    " scoring:objection"
    " projects:list",
    "yurutme": "portal:home schools:year_settings schools:year_setting schools:submission_deadline"
    " scoring:points_tables scoring:points_table"
    " scoring:points_of awards:rounds awards:round awards:list awards:certificates awards:certificate awards:catalogue"
    " schools:institutions schools:commissions schools:commission schools:person"
    " eba:table eba:province eba:staff awards:eba_chain",
    "kaymakam": "portal:home awards:offered awards:list awards:certificates awards:certificate schools:institutions",
    "vali": "portal:home awards:offered",
    "ilce": "portal:home projects:reading projects:list schools:institutions schools:commissions eba:district",
    "veri": "portal:home common:imports common:import_new common:import_detail schools:staff schools:students",
    "sistem": "schools:commission_create mfa_index mfa_view_recovery_codes mfa_generate_recovery_codes"
    " mfa_deactivate_totp portal:home common:mail_log common:jobs common:job schools:institutions schools:staff",
}
"""Who opens which page: the role that finds most on it, and others where the page is another one for them."""

NOT_PAGES = set(
    "account_confirm_login_code account_set_password accounts:session"
    " common:health common:notification_open common:notifications_read"
    " common:import_cancel common:import_confirm common:import_refused common:import_template common:import_undo"
    " common:job_progress common:job_rerun common:mail_resend mfa_authenticate mfa_download_recovery_codes"
    " mfa_edit_webauthn mfa_login_webauthn mfa_reauthenticate mfa_reauthenticate_webauthn mfa_remove_webauthn"
    " portal:styleguide"
    " projects:save_filter projects:delete_filter projects:add_reason projects:edit_reason projects:move_reason"
    " projects:undo projects:skip"
    " projects:note projects:question projects:ask_opinion projects:give_opinion projects:colleagues projects:assign"
    " projects:export projects:export_file projects:export_reading projects:start_reading"
    " projects:answer projects:name_coordinator projects:announce projects:autosave projects:bulk projects:bulk_run"
    " projects:decide projects:evidence"
    " projects:find_partners projects:find_students"
    " projects:find_teachers projects:good_example projects:partners projects:problems projects:release"
    " projects:remove_evidence projects:take projects:take_back projects:team projects:upload projects:upload_to_claim"
    " projects:withdraw"
    " eba:home eba:approve_table eba:discard_table schools:teaching_remove schools:coaching_remove"
    " exams:publish exams:make_report exams:report_file"
    " schools:invitation_open schools:person_account schools:seat_withdraw schools:settings_approve"
    " scoring:approve_table scoring:compute scoring:discard_table scoring:export scoring:points_preview"
    " scoring:publish scoring:run_freshness awards:add awards:compute awards:confirm awards:decide_many"
    " awards:decline awards:download awards:export awards:grant awards:grant_number awards:handed_over awards:issue"
    " awards:make_print awards:make_report awards:offer_many awards:print_file awards:recorded awards:replace"
    " awards:report awards:restore awards:revoke awards:signed awards:strike awards:upload_signed".split()
)
"""No page: what takes a POST only, files, parts of pages, redirects, the second steps of a sign-in half done."""


def test_every_address_is_opened_or_gives_no_page() -> None:
    pages = {address for names in SEEN_BY.values() for address in names.split()}
    named = {address for address, _ in addresses()}
    assert sorted(named - pages - NOT_PAGES) == []
    assert sorted((pages | NOT_PAGES) - named) == []


def test_every_page_at_both_widths(live_site: str, browser: Browser, browser_context_args: dict[str, Any]) -> None:
    world = build_world()
    token = add_what_the_chain_leaves_out(world)
    names = dict(addresses())
    wrong: dict[str, list[str]] = {}
    for role, pages in SEEN_BY.items():
        context = browser.new_context(**browser_context_args)
        if role == STRANGER:
            context.request.get(live_site + reverse("schools:invitation_open", kwargs={"token": token}))
        else:
            sign_in(context, world, role, live_site)
        for address in pages.split():
            if found := look_at(context, live_site + world.path(address, names[address]), f"{role} {address}"):
                wrong[f"{role} {address}"] = found
        context.close()
    assert not wrong, "\n".join(f"{page}: {found}" for page, found in wrong.items())


def add_what_the_chain_leaves_out(world: World) -> str:
    """A draft, a returned claim, a staged one, a run to compare, a second step, an invitation; gives its token."""
    coordinator, monitor, system = world.user("okul"), world.user("izleme"), world.user("sistem")
    draft = create_project(institution=world.school, year=world.year, title="Zeytin Dalı", by=coordinator)
    taken = world.values["projects:review"]["pk"]
    returned = Claim.objects.filter(project__institution=world.school).exclude(pk=taken).order_by("pk")[0]
    Claim.objects.filter(pk=returned.pk).update(status=ClaimStatus.RETURNED)
    plain = Claim.objects.filter(item__is_local_level=False, item__independent=False)
    waiting = plain.exclude(pk__in=[taken, returned.pk]).order_by("pk")[0]
    Claim.objects.filter(pk=waiting.pk).update(status=ClaimStatus.SUBMITTED, reviewer=None, decided_by=None)
    stage_decision(claim=waiting, action="approve", text="Çalışmanız için teşekkür ederiz.", by=world.user("teknik"))
    run = compute_run(year=world.year, measure="teacher_project_points", partition="district,category", by=monitor)
    TOTP.activate(system, generate_totp_secret())
    RecoveryCodes.activate(system)
    free = Seat.objects.filter(staff__user=None, end_date=None).order_by("pk")[0]
    invitation = invite(seat=free, email="davetli@deneme.example", by=system)
    world.values["projects:edit"] = world.values["projects:submit"] = {"pk": draft.pk}
    world.values["projects:correct_claim"] = {"pk": returned.pk}
    world.values["scoring:compare"] = {"pk": run.pk}
    return token_of(invitation)


def sign_in(context: BrowserContext, world: World, role: str, site: str) -> None:
    """Puts the session of a test client, whose password was asked just now, into the browser."""
    client, user = world.client(role), world.user(role)
    session = client.session
    asked = {"method": "password", "at": time.time(), "email": user.email, "reauthenticated": True}
    session["account_authentication_methods"] = [asked]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])


def look_at(context: BrowserContext, url: str, name: str) -> list[str]:
    """What is wrong with a page, a line each."""
    wrong: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: wrong.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    site = url.split("/", 3)[2]
    page.on("request", lambda request: None if own(request.url, site) else wrong.append(f"asks {request.url}"))
    answer = page.goto(url, wait_until="load")
    if answer is None or answer.status != 200 or page.url != url:
        wrong.append(f"answers {answer and answer.status} at {page.url}")
    page.evaluate(AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"{width}: {problem}" for problem in problems_of(page)]
        if folder := os.environ.get("PAGE_IMAGES"):
            file_name = f"{name.replace(':', '-').replace(' ', '-')}-{width}.png"
            page.screenshot(path=Path(folder) / file_name, full_page=True)
    page.close()
    return wrong


def own(url: str, site: str) -> bool:
    # The viewer of PDF files is an extension of the browser.
    return url.startswith((f"http://{site}/", "data:", "blob:", "chrome:", "chrome-extension:"))


def problems_of(page: Page) -> Iterator[str]:
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if overflow > 0:
        yield f"{overflow} px too wide"
    headings = page.locator("h1").count()
    if headings != 1:
        yield f"{headings} h1"
    for found in page.evaluate("options => axe.run(document, options)", AXE_OPTIONS)["violations"]:
        if found["impact"] in GRAVE:
            yield f"axe {found['id']}: {found['nodes'][0]['target']} {found['nodes'][0]['failureSummary']}"


def test_the_roles_are_those_of_the_demo() -> None:
    assert set(SEEN_BY) <= {STRANGER, *(account.name for account in ACCOUNTS)}
