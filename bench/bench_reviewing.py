"""What a decision costs a reviewer in keys and the server in seconds, in a browser on the demo district's queue."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

from playwright.sync_api import Page, sync_playwright

from accounts.models import User
from bench.bench_pages import _session_of, _start
from bench.keyboard import Keyboard, Step
from bench.report import Report
from portal.demo.accounts import DEMO_DOMAIN
from portal.demo.build import build_demo
from projects.models import StagedDecision

DECISIONS = 20
KEYS_AIM = 3.0
SECONDS_AIM = 0.5
"""Our own aim, in seconds: what a reviewer does not notice between two claims."""

MIX = (
    *("approve approve approve return approve approve reject approve return approve").split(),
    *("approve approve approve return approve approve reject approve return approve").split(),
)
"""Fourteen approvals, four returns and two rejections; returns and rejections bear a ready-made reason."""


def run(report: Report) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("reviewing SKIPPED: apt-get install chromium")
        return
    build_demo(size="district", seed=2026)
    reviewer = User.objects.get(email=f"teknik@{DEMO_DOMAIN}")
    site, port = _start()
    try:
        with _page(chromium, f"http://localhost:{port}", reviewer) as page:
            page.goto(f"http://localhost:{port}/projeler/inceleme/")
            with page.expect_navigation(wait_until="load"):
                page.get_by_role("link", name="İncelemeye başla").click()
            keyboard = Keyboard(page)
            passed = review(keyboard)
    finally:
        site.terminate()
        site.wait()
    staged = StagedDecision.objects.filter(by=reviewer).count()
    if staged != DECISIONS:
        raise RuntimeError(f"{staged} decisions are staged instead of {DECISIONS}")
    print(f"-- {DECISIONS} decisions with {keyboard.pressed} keys, {passed} claims with points of their own skipped")
    keys = keyboard.pressed / DECISIONS
    report.add("keystrokes per decision", ours=keys, limit=1.0, unit="keys", aim=KEYS_AIM)
    seconds = keyboard.server_seconds / DECISIONS
    report.add("reviewing: server time per decision", ours=seconds, limit=1.0, unit="s", aim=SECONDS_AIM)


def review(keyboard: Keyboard) -> int:
    """Take the decisions of ``MIX`` on the oldest claims; returns how many claims were skipped on the way.

    An item with points of its own needs a justification in the reviewer's words: it is skipped, and the key counts. The
    level of a local project is a digit more.
    """
    passed = 0
    for action in MIX:
        while keyboard.page.locator("#points").count():
            keyboard.take(Step("skip"))
            passed += 1
        if action != "approve":
            keyboard.take(Step(action, 1))
        elif keyboard.page.locator("#level-1").count():
            keyboard.take(Step("approve", 1))
        else:
            keyboard.take(Step("approve"))
    return passed


@contextlib.contextmanager
def _page(chromium: str, site: str, user: User) -> Iterator[Page]:
    name, _equals, value = _session_of(user).partition("=")
    flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=flags, chromium_sandbox=False)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="tr-TR")
        context.add_cookies([{"name": name, "value": value, "url": site}])
        yield context.new_page()
        browser.close()
