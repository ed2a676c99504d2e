"""`make run` after its preparations: a first start, Ctrl-C, a second start that keeps the data."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = [pytest.mark.journey, pytest.mark.sqlite_only]

ROOT = Path(settings.BASE_DIR)
ADDRESS = "BİGEP Modülü: http://localhost:"
OWN_VARIABLES = ("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "DATABASE_URL", "BROKER_URL", "CACHE_URL", "MEDIA_ROOT")


class Site:
    """The supervisor and what it has said so far."""

    def __init__(self, var: Path, port: int) -> None:
        self.output = var.parent / f"output-{time.monotonic_ns()}"
        clean = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
        clean |= {"BIGEP_VAR": str(var), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "bigep.settings"}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "scripts/run.py"], cwd=ROOT, env=clean, stdout=output, stderr=subprocess.STDOUT
            )

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for_address(self, seconds: float) -> float:
        began = time.monotonic()
        while ADDRESS not in self.said() or "Ctrl-C" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() - began < seconds, self.said()
            time.sleep(0.2)
        return time.monotonic() - began

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    yield tmp_path / "var", port
    assert processes_of(tmp_path) == []


def processes_of(folder: Path) -> list[str]:
    """Command lines of the processes whose environment points at `folder`."""
    return [
        _read(process / "cmdline").replace(b"\0", b" ").decode()
        for process in Path("/proc").glob("[0-9]*")
        if f"BIGEP_VAR={folder}".encode() in _read(process / "environ")
    ]


def count(var: Path, table: str) -> int:
    with sqlite3.connect(var / "db.sqlite3") as link:
        return int(link.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_first_start_fills_the_second_keeps_and_a_dead_part_stops_all(place: tuple[Path, int]) -> None:
    var, port = place
    first = Site(var, port)
    first.wait_for_address(180)
    assert "@" in first.said(), "no demo sign-in was printed"
    assert urllib.request.urlopen(f"http://localhost:{port}/hesap/login/", timeout=10).status == 200
    accounts, institutions = count(var, "accounts_user"), count(var, "schools_institution")
    assert accounts > 0
    assert institutions > 0

    second_on_the_same_port = Site(var.parent / "elsewhere", port)
    assert second_on_the_same_port.process.wait(30) == 1
    assert second_on_the_same_port.said().startswith(f"Port {port} is taken by another program")
    second_on_the_same_data = Site(var, port + 1)
    assert second_on_the_same_data.process.wait(30) == 1
    assert second_on_the_same_data.said().startswith("The site is already running")

    assert first.interrupt() == 0
    again = Site(var, port)
    seconds = again.wait_for_address(60)
    assert seconds < 30
    assert (count(var, "accounts_user"), count(var, "schools_institution")) == (accounts, institutions)

    os.kill(worker_of(var), signal.SIGKILL)
    assert again.process.wait(60) == 1
    assert "The worker process ended by itself" in again.said()


def test_filling_that_was_cut_short_begins_again(place: tuple[Path, int]) -> None:
    var, port = place
    cut = Site(var, port)
    deadline = time.monotonic() + 60
    while "demo district" not in cut.said():
        assert cut.process.poll() is None, cut.said()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(2)
    cut.process.kill()
    cut.process.wait()
    while processes_of(var.parent):
        assert time.monotonic() < deadline, processes_of(var.parent)
        time.sleep(0.2)
    assert (var / "seeding").exists()
    again = Site(var, port)
    again.wait_for_address(180)
    assert not (var / "seeding").exists()
    assert again.interrupt() == 0


def worker_of(var: Path) -> int:
    """The process id of the worker's parent process."""
    return min(
        int(process.name)
        for process in Path("/proc").glob("[0-9]*")
        if b"celery" in _read(process / "cmdline") and f"BIGEP_VAR={var}".encode() in _read(process / "environ")
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
