"""Shared by all tests. The journeys get a real broker, a real worker and a real web server on the test database."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kombu.pools
import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connections

from bigep import embedded
from bigep.celery import app

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 30


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """No answer of an earlier test is still in the cache."""
    cache.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what belongs to the other database."""
    on_sqlite = "sqlite" in settings.DATABASES["default"]["ENGINE"]
    other = "postgres_only" if on_sqlite else "sqlite_only"
    for item in items:
        if item.get_closest_marker(other):
            item.add_marker(pytest.mark.skip(reason=other))


@pytest.fixture(autouse=True)
def _own_folders(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, settings: Any) -> None:
    """Files written by a test go away with it; a journey shares the folder with the server and the worker."""
    if not request.node.get_closest_marker("journey"):
        settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits and cached pages of one test are not seen by the next."""
    from django.core.cache import cache

    cache.clear()


class Process:
    """A child of the test run, working on the test database."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            assert self.process is not None
            assert self.process.poll() is None, f"{self.name} ended:\n{self.output()}"
            assert time.monotonic() < deadline, f"{self.name} did not start:\n{self.output()}"
            time.sleep(0.05)

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends the whole group; SIGKILL plays a machine that loses power."""
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, number)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def kill(self) -> None:
        self.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker of its own on a unix socket; this process, too, then sends its tasks there. Gives the address."""
    folder = tmp_path_factory.mktemp("broker")
    path = embedded.broker_socket(folder)
    server = Process("broker", embedded.broker_command(path, folder), dict(os.environ), folder)
    server.start()
    server.wait_until(path.exists)
    url = f"redis+socket://{path}?virtual_host=0"
    _send_tasks_to(url)
    yield url
    _send_tasks_to("memory://")
    server.stop()


def _send_tasks_to(url: str) -> None:
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = url
    kombu.pools.reset()
    app._pool = app.amqp._producer_pool = None


@pytest.fixture(scope="session")
def child_environment(django_db_setup: None, broker: str) -> dict[str, str]:
    """The environment in which another process sees the test database, broker and files."""
    database = connections["default"].settings_dict
    if "sqlite" in database["ENGINE"]:
        url = f"sqlite:///{database['NAME']}"
    else:
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    socket_path = broker.removeprefix("redis+socket://").split("?")[0]
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "bigep.test_settings",
        "DATABASE_URL": url,
        "DATABASE_CONN_MAX_AGE": "0",
        "BROKER_URL": broker,
        "CACHE_URL": f"unix://{socket_path}?db=1",
        "BIGEP_VAR": str(settings.VAR),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "BIGEP_EMAIL_URL": f"filemail:///{settings.VAR / 'mail'}",
        "LOG_LEVEL": "INFO",
    }


@pytest.fixture(scope="session")
def start_worker(
    child_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Process]]:
    """Starts a Celery worker with its beat and waits until it takes tasks; tests that kill workers call it again."""
    started: list[Process] = []

    def start() -> Process:
        folder = tmp_path_factory.mktemp("worker")
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "bigep",
            "worker",
            "-B",
            "--concurrency",
            "1",
            "--loglevel",
            "INFO",
        ]
        command += ["--without-gossip", "--without-mingle", "-s", str(folder / "beat")]
        worker = Process("worker", command, child_environment, folder)
        worker.start()
        started.append(worker)
        worker.wait_until(lambda: " ready." in worker.output())
        return worker

    yield start
    for worker in started:
        worker.stop()


@pytest.fixture(scope="session")
def _shared_worker(start_worker: Callable[[], Process]) -> Process:
    return start_worker()


@pytest.fixture
def worker(transactional_db: None, _shared_worker: Process, start_worker: Callable[[], Process]) -> Process:
    """A real worker on the test database; started again if an earlier test ended it."""
    assert _shared_worker.process is not None
    if _shared_worker.process.poll() is not None:
        seen = _shared_worker.output().count(" ready.")
        _shared_worker.start()
        _shared_worker.wait_until(lambda: _shared_worker.output().count(" ready.") > seen)
    return _shared_worker


@pytest.fixture(scope="session")
def _web_server(child_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    command = [sys.executable, "-m", "gunicorn", "bigep.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    environment = child_environment | {"SITE_URL": url}
    server = Process("web", [*command, "--no-control-socket"], environment, tmp_path_factory.mktemp("web"))
    server.start()
    server.wait_until(lambda: _listens(port))
    yield url
    server.stop()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def live_site(transactional_db: None, _web_server: str, child_environment: dict[str, str]) -> str:
    """The address of a real web server (2 processes) on the test database; its rate limits start at zero."""
    redis.Redis.from_url(child_environment["CACHE_URL"]).flushdb()
    return _web_server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium: apt-get install chromium")
    # Playwright's loop in this thread makes Django think that it runs inside async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return browser_type_launch_args | {"executable_path": program, "args": CHROMIUM_FLAGS, "chromium_sandbox": False}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {
        "locale": "tr-TR",
        "timezone_id": "Europe/Istanbul",
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture
def context(context: Any) -> Any:
    """Fails the journey on any console error, page error or request to another host.

    A journey that means to meet one (an address that must answer 404) empties `context.problems` afterwards.
    """
    problems: list[str] = []

    def watch(page: Any) -> None:
        page.on(
            "console", lambda said: problems.append(f"{said.text} {said.location}") if said.type == "error" else None
        )
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: None if _is_local(request.url) else problems.append(request.url))

    context.on("page", watch)
    context.problems = problems
    yield context
    assert not problems, problems


def _is_local(url: str) -> bool:
    return url.startswith(("http://localhost:", "data:", "blob:", "about:", "chrome:", "chrome-extension:"))
