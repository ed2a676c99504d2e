"""Runs the embedded site: broker, worker and web as child processes of this one, until Ctrl-C.

A new database gets the reference data and a demo district. Variables: PORT (8000), HOST (127.0.0.1), BIGEP_VAR,
and those of bigep/settings.py.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.chdir(ROOT)

from bigep import embedded  # noqa: E402

PYTHON = sys.executable
VAR = Path(os.environ.get("BIGEP_VAR", ROOT / "var")).resolve()
HOST, PORT = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
# Links in mails lead to the port this site answers on.
os.environ.setdefault("SITE_URL", f"http://localhost:{PORT}")
DATABASE = VAR / "db.sqlite3"
SEEDING = VAR / "seeding"
# Without gossip, mingle and heartbeat: a single worker has nobody to talk to.
WORKER_OPTIONS = "-B --concurrency 2 --loglevel INFO --without-gossip --without-mingle --without-heartbeat".split()
WEB_OPTIONS = "--workers 2 --timeout 60 --graceful-timeout 10 --no-control-socket".split()
STOP_SECONDS = 15
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StartFailed(Exception):
    """Why the site is not up, in one sentence."""


class Children:
    """The running processes, in the order of their start."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: list[str]) -> None:
        log = VAR / "log" / f"{name}.log"
        with log.open("wb") as output:
            # A group of its own keeps the terminal's Ctrl-C for this process, which then stops them in order.
            self.running[name] = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_die_with_parent
            )

    def check(self) -> None:
        for name, process in self.running.items():
            if process.poll() is not None:
                tail = "".join(f"  {line}\n" for line in _last_lines(VAR / "log" / f"{name}.log"))
                raise StartFailed(f"The {name} process ended by itself (code {process.returncode}):\n{tail}".rstrip())

    def stop(self) -> None:
        for name, process in reversed(self.running.items()):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    print(f"The {name} process does not end: stopping it by force", flush=True)
            # What is left of the group, such as the pool of a worker that was killed.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def main() -> int:
    (VAR / "log").mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bigep.settings")
    # Error pages as users see them; DEBUG=true brings Django's own and reloads templates.
    os.environ.setdefault("DEBUG", "false")
    for number in STOPPING:
        signal.signal(number, _interrupt)
    children = Children()
    try:
        return run(children)
    except KeyboardInterrupt:
        print("\nStopping", flush=True)
        return 0
    except StartFailed as problem:
        print(problem, file=sys.stderr, flush=True)
        return 1
    finally:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        children.stop()


def run(children: Children) -> int:
    require_free_port()
    start_broker(children)
    prepare_database()
    children.start("worker", [PYTHON, "-m", "celery", "-A", "bigep", "worker", *WORKER_OPTIONS])
    children.start("web", [PYTHON, "-m", "gunicorn", "bigep.wsgi", "--bind", f"{HOST}:{PORT}", *WEB_OPTIONS])
    wait_until_healthy(children)
    print(f"\nBİGEP Modülü: http://localhost:{PORT}", flush=True)
    subprocess.run([PYTHON, "manage.py", "demo_accounts"])
    print(f"Logs: {VAR / 'log'}. Mail: {VAR / 'mail'}. Ctrl-C stops everything.", flush=True)
    while True:
        time.sleep(1)
        children.check()


def require_free_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as problem:
            raise StartFailed(
                f"Port {PORT} is taken by another program: stop it, or choose another with PORT={PORT + 1} make run"
            ) from problem


def start_broker(children: Children) -> None:
    path, folder = embedded.broker_socket(VAR), VAR / "broker"
    if _answers(path):
        raise StartFailed(
            f"The site is already running on {VAR}: stop it first, or use another folder with BIGEP_VAR=…"
        )
    folder.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    children.start("broker", embedded.broker_command(path, folder))
    deadline = time.monotonic() + 30
    while not _answers(path):
        children.check()
        if time.monotonic() > deadline:
            raise StartFailed(f"The broker did not start; see {VAR / 'log' / 'broker.log'}")
        time.sleep(0.05)


def prepare_database() -> None:
    """Migrates; fills a new database. A filling that was cut short is begun again from nothing."""
    if os.environ.get("DATABASE_URL"):
        manage("migrate")
        return
    if SEEDING.exists():
        for suffix in ("", "-wal", "-shm"):
            Path(f"{DATABASE}{suffix}").unlink(missing_ok=True)
        shutil.rmtree(VAR / "media", ignore_errors=True)
    new = not DATABASE.exists() or DATABASE.stat().st_size == 0
    if new:
        SEEDING.touch()
    manage("migrate")
    if new:
        print("Loading the reference data and a demo district", flush=True)
        manage("install", "--province", "10", "--year", "2025-2026")
        manage("demo_data", "--size", "district")
        SEEDING.unlink()


def manage(*arguments: str) -> None:
    command = [PYTHON, "manage.py", *arguments, "--verbosity", "0"]
    done = subprocess.run(command, start_new_session=True, preexec_fn=_die_with_parent)
    if done.returncode:
        raise StartFailed(
            f"manage.py {' '.join(arguments)} failed with code {done.returncode}; the reason stands above."
        )


def wait_until_healthy(children: Children) -> None:
    deadline = time.monotonic() + 60
    host = "127.0.0.1" if HOST == "0.0.0.0" else HOST  # noqa: S104
    while True:
        children.check()
        try:
            urllib.request.urlopen(f"http://{host}:{PORT}/hesap/login/", timeout=10).close()
            return
        except urllib.error.HTTPError as problem:
            raise StartFailed(
                f"The site answers with an error ({problem.code}); see {VAR / 'log' / 'web.log'}"
            ) from problem
        except OSError as problem:
            if time.monotonic() > deadline:
                raise StartFailed(f"The site does not answer; see {VAR / 'log' / 'web.log'}") from problem
        time.sleep(0.1)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(2)
        try:
            link.connect(str(path))
            link.sendall(b"PING\r\n")
            return link.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _last_lines(path: Path, count: int = 20) -> list[str]:
    return path.read_text(errors="replace").splitlines()[-count:]


def _die_with_parent() -> None:
    """Linux tells the child when its parent is gone, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
