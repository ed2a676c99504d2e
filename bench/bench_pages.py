"""Pages at province size, served by gunicorn with two workers, against an empty Django view of the same site.

The same page is asked again and again by one person, so what the site remembers from one request to the next counts;
the last row asks for other words each time, of which nothing is remembered.
"""

import contextlib
import itertools
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from bench.report import Report
from portal.demo.accounts import DEMO_DOMAIN
from portal.demo.build import build_demo
from projects.models import Project

SECONDS, CONNECTIONS, ROUNDS, AIM = 4, 8, 3, 0.07
PROJECTS, MOST_QUERIES = 8_000, 14
TWO_WORDS = "?ara=deniz+okul"
PAGES = (
    ("review queue", "projects:queue", "", "teknik"),
    ("search by two words, province", "projects:list", TWO_WORDS, "teknik"),
    ("search by two words, school", "projects:list", TWO_WORDS, "okul"),
    ("home of the technical team", "portal:home", "", "teknik"),
    ("home of a school's coordinator", "portal:home", "", "okul"),
    ("home of the executive board", "portal:home", "", "yurutme"),
)


def run(report: Report) -> None:
    if shutil.which("wrk") is None:
        print("pages SKIPPED: apt-get install wrk")
        return
    began = time.monotonic()
    build_demo(size="province", seed=2026)
    print(f"-- demo province made in {time.monotonic() - began:.0f} s (aim: under 300)", flush=True)
    if Project.objects.count() < PROJECTS:
        raise RuntimeError(f"the province has only {Project.objects.count()} projects")
    site, port = _start()
    try:
        for what, name, query, person in PAGES:
            _compare(report, f"page: {what}", port, f"{reverse(name)}{query}", person)
        searches = [f"{reverse('projects:list')}?ara={words}" for words in _different_searches()]
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(_LUA % ", ".join(f'"{address}"' for address in searches))
            script.flush()
            _compare(report, "page: search, new words each time", port, searches[0], "teknik", "-s", script.name)
    finally:
        site.terminate()
        site.wait()


_LUA = """
local addresses, number = {%s}, 0
function request()
    number = number + 1
    return wrk.format("GET", addresses[(number - 1) %% #addresses + 1] .. "&n=" .. number)
end
"""


def _different_searches() -> list[str]:
    """Two words each, in a fixed order, all found in some project; enough for no one to be asked twice in a round."""
    words = sorted({word for key in Project.objects.values_list("title_key", flat=True) for word in key.split()})
    words = [word for word in words if word.isascii() and word.isalpha() and len(word) > 3]
    pairs = [f"{first}+{second}" for first, second in itertools.permutations(words, 2)]
    return random.Random(2026).sample(pairs, min(len(pairs), 4_000))


def _compare(report: Report, what: str, port: int, address: str, person: str, *options: str) -> None:
    """Asks for the page and for the empty view in turns; refuses a page of too many queries or without an answer."""
    user = User.objects.get(email=f"{person}@{DEMO_DOMAIN}")
    first, again = _queries(address, user)
    print(f"   {address} as {person}: {first} queries when nothing is remembered, then {again}", flush=True)
    if first > MOST_QUERIES:
        raise RuntimeError(f"{address} asks {first} queries; at most {MOST_QUERIES} are allowed")
    cookie = _session_of(user)
    rates: dict[str, list[float]] = {"page": [], "empty": []}
    for _ in range(ROUNDS):
        rates["page"].append(_rate(f"http://localhost:{port}{address}", cookie, *options))
        rates["empty"].append(_rate(f"http://localhost:{port}/empty/", ""))
    report.add(
        what,
        ours=statistics.median(rates["page"]),
        limit=statistics.median(rates["empty"]),
        unit="/s",
        aim=AIM,
        more_is_better=True,
    )


def _queries(address: str, user: User) -> tuple[int, int]:
    """How many queries the page asks with an empty cache, and when it is asked again; a sign-in's own don't count."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    client.get(reverse("common:notifications"))
    cache.clear()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            if client.get(address).status_code != 200:
                raise RuntimeError(f"{address} was not answered")
        counts.append(len(asked))
    return counts[0], counts[1]


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


def _rate(url: str, cookie: str, *options: str) -> float:
    """Requests per second that were answered with 2xx."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-H", f"Cookie: {cookie}", *options, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(f"{url} did not answer with 2xx:\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None or float(found[1]) == 0:
        raise RuntimeError(f"{url} was not answered:\n{said}")
    return float(found[1])
