"""Pages at province size, served by gunicorn with two workers, against an empty Django view of the same site."""

import contextlib
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.urls import reverse

from accounts.models import User
from bench.report import Report
from portal.demo.accounts import DEMO_DOMAIN
from portal.demo.build import build_demo

SECONDS, CONNECTIONS, ROUNDS, AIM = 4, 8, 3, 0.07
PAGES = (("review queue", "projects:queue", "teknik"), ("home page of a reviewer", "portal:home", "teknik"))


def run(report: Report) -> None:
    if shutil.which("wrk") is None:
        print("pages SKIPPED: apt-get install wrk")
        return
    began = time.monotonic()
    build_demo(size="province", seed=2026)
    print(f"-- demo province made in {time.monotonic() - began:.0f} s (aim: under 300)", flush=True)
    site, port = _start()
    try:
        for what, name, person in PAGES:
            cookie = _session_of(User.objects.get(email=f"{person}@{DEMO_DOMAIN}"))
            rates: dict[str, list[float]] = {"page": [], "empty": []}
            for _ in range(ROUNDS):
                rates["page"].append(_rate(f"http://localhost:{port}{reverse(name)}", cookie))
                rates["empty"].append(_rate(f"http://localhost:{port}/empty/", ""))
            report.add(
                f"page: {what}",
                ours=statistics.median(rates["page"]),
                limit=statistics.median(rates["empty"]),
                unit="/s",
                aim=AIM,
                more_is_better=True,
            )
    finally:
        site.terminate()
        site.wait()


def _start() -> tuple["subprocess.Popen[bytes]", int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    database = connections["default"].settings_dict
    url = f"sqlite:///{database['NAME']}"
    if "sqlite" not in database["ENGINE"]:
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "bench.site_settings",
        "BIGEP_VAR": str(settings.VAR),
    }
    command = [sys.executable, "-m", "gunicorn", "bigep.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    site = subprocess.Popen([*command, "--no-control-socket"], env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://localhost:{port}/empty/", timeout=30):
            return site, port
        time.sleep(0.1)
    site.terminate()
    raise RuntimeError("the site did not start")


def _session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _rate(url: str, cookie: str) -> float:
    """Requests per second that were answered with 2xx."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-H", f"Cookie: {cookie}", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(f"{url} did not answer with 2xx:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None or float(found[1]) == 0:
        raise RuntimeError(f"{url} was not answered:\n{said}")
    return float(found[1])
