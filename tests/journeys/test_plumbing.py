"""The real parts answer: web server, broker, worker, browser."""

import time

import pytest
from playwright.sync_api import Page, expect

from common.tasks import sweep_jobs
from tests.conftest import Process

pytestmark = pytest.mark.journey


def test_sign_in_page_opens_without_console_error(live_site: str, page: Page) -> None:
    page.goto(f"{live_site}/hesap/login/")
    expect(page.get_by_label("E-posta")).to_be_visible()


def test_worker_takes_a_task_from_the_broker(worker: Process) -> None:
    sent = sweep_jobs.delay()
    deadline = time.monotonic() + 10
    while f"{sent.id}] succeeded" not in worker.output():
        assert time.monotonic() < deadline, worker.output()
        time.sleep(0.05)


def test_a_killed_worker_starts_again_for_the_next_test(worker: Process) -> None:
    worker.kill()
    assert worker.process is not None
    assert worker.process.poll() is not None
