"""A decision that is not announced cannot be found: not in a page, a search, a count, a file, a mail or an answer.

Everybody outside the technical team walks through the whole site twice: every address of the resolver with the objects
of staged decisions, every filter and page that the pages link to, every search form, every export, every form of a
project sent empty. The decisions carry marks that are never to be seen, and all that was answered before they were
staged must be answered after it, letter for letter. New addresses take part by themselves.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote_plus, urlencode, urljoin, urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common import deliveries
from common.jobs import create_job, run_now
from common.models import Job, Notification
from projects import reminders, tasks
from projects.models import Claim, ClaimEvent, Project, ReviewReason, StagedDecision, TeamTeacher
from projects.services import announce, claim_for_review, stage_decision
from projects.services.bulk import preview
from projects.views import exports
from schools.models import Seat
from tests.factories.projects import ClaimFactory, item
from tests.permissions.world import ROLES, World, addresses, build_world
from tests.projects.conftest import ready_project

MARKS = ("Zümrütkanat", "Yakamozgöz", "Gümüşyaprak", "Mercanköşk", "87,31", "87.31")
TECHNICAL = {"teknik", "teknik2"}
OTHERS = tuple(role for role in ROLES if role not in TECHNICAL)
SCHOOL_SIDE = {"okul", "mudur", "ogretmen"}
"""Who sends the forms of a project."""
OF_A_PROJECT = re.compile(r"/projeler/\d+/")
OF_A_CLAIM = re.compile(r"/projeler/talep/\d+/")
OF_A_REVIEW = re.compile(r"/projeler/inceleme/\d+/")

OF_THE_ACCOUNT = ("account_", "mfa_")
"""Pages of signing in: the same for everybody, one person is enough."""
NOT_SCHOOL = {"izleme", "yurutme", "sistem"}
SHUT = {"account_logout"}
"""Signing out ends the walk. Addresses that take a POST only are asked until one person outside has been told so."""

MOST_LINKS = 20
"""So many links with a query are followed for each person: filters, pages, parts of pages."""
MOST_OPTIONS = 2
TELLING = {"approved", "returned", "rejected", "in_review", "submitted"}
"""Options of a filter that are tried whatever their place in the list."""
CHANGING = (
    (r'name="csrfmiddlewaretoken" value="[^"]*"', ""),
    (r'name="csrf-token" content="[^"]*"', ""),
    (r'"token": "[^"]*"', ""),
    (r"[0-9a-f]{64}", "SHA-256"),
    (r"[\d,]+ (bayt|KB|MB)", "SIZE"),
    (r'nonce="[^"]*"', ""),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    (r"disa-aktarilan/\d+", "disa-aktarilan/N"),
    (r"\d\d:\d\d(:\d\d)?(\.\d+)?", "TIME"),
)
"""What differs between two answers to the same question."""


@dataclass
class Links(HTMLParser):
    """Where a page leads: addresses with a query, and its search and filter forms with their fields and options."""

    page: str
    telling: bool
    queries: list[str] = field(default_factory=list)
    forms: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name in ("href", "hx-get", "src"):
            self._link(given.get(name, ""), follow=name == "hx-get")
        if tag == "form" and given.get("method", "get").lower() == "get":
            self.fields = {}
            self.forms.append((urljoin(self.page, given.get("action", "")).split("?")[0], self.fields))
        elif tag == "select":
            self.select = given.get("name", "")
        elif self.fields is not None and tag == "option" and self.select and given.get("value"):
            self.fields.setdefault(self.select, []).append(given["value"])
        elif self.fields is not None and tag == "input" and given.get("name"):
            self.fields.setdefault(given["name"], [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.fields = None

    def _link(self, target: str, *, follow: bool) -> None:
        address = urljoin(self.page, target)
        if target and not urlsplit(address).netloc and (follow or urlsplit(address).query):
            self.queries.append(address.split("#")[0])


class Walk:
    """All that one person is answered; nothing that a request does stays."""

    def __init__(self, world: World, role: str, claims: list[Claim], *, looking: bool = True) -> None:
        self.world, self.role, self.claims, self.looking = world, role, claims, looking
        self.client = world.client(role)
        self.answers: dict[str, str] = {}
        self.pages: list[Links] = []
        self.newest = Project.objects.order_by("-pk").values_list("pk", flat=True)[0]

    def all(self) -> dict[str, str]:
        """Everything, found as one goes."""
        for address, names in addresses():
            if address in SHUT or (address.startswith(OF_THE_ACCOUNT) and self.role != "okul"):
                continue
            for path in self.paths(address, names):
                self.ask("GET", path)
                if address.startswith("projects:") and self.role in SCHOOL_SIDE:
                    self.ask("POST", path)
            if self.answers[f"GET {self.world.path(address, names)}"].startswith("405") and self.role in NOT_SCHOOL:
                SHUT.add(address)
        self.follow_links()
        self.fill_in_forms()
        self.large_export()
        return self.answers

    def again(self, names: Iterable[str]) -> dict[str, str]:
        """The same questions once more."""
        for name in names:
            method, path = name.split(" ", 1)
            if method in ("GET", "POST"):
                self.ask(method, path)
        self.large_export()
        return self.answers

    def paths(self, address: str, names: tuple[str, ...]) -> Iterator[str]:
        """The address with the object that stands there, and with the objects of the staged decisions."""
        path = self.world.path(address, names)
        yield path
        if "file_format" in names:
            yield reverse(address, kwargs=self.world.values[address] | {"file_format": "xlsx"})
        elif OF_A_PROJECT.match(path):
            yield from (reverse(address, kwargs={"pk": claim.project_id}) for claim in self.claims)
        elif OF_A_CLAIM.match(path):
            yield from (reverse(address, kwargs={"pk": claim.pk}) for claim in self.claims)
        elif OF_A_REVIEW.match(path):
            yield reverse(address, kwargs={"pk": self.claims[0].pk})

    def follow_links(self) -> None:
        found = [query for page in self.pages if page.telling for query in page.queries]
        for query in sorted(set(found) - {key.split(" ", 1)[1] for key in self.answers})[:MOST_LINKS]:
            if "cikis" not in query and "logout" not in query:
                self.ask("GET", query)

    def fill_in_forms(self) -> None:
        forms = {
            (path, *sorted(fields)): (path, fields)
            for page in self.pages
            if page.telling
            for path, fields in page.forms
        }
        for path, fields in forms.values():
            for name, options in fields.items():
                tried = options[:MOST_OPTIONS] + [option for option in options[MOST_OPTIONS:] if option in TELLING]
                for value in tried if options else (MARKS[0], "Seyir"):
                    self.ask("GET", f"{path}?{urlencode({name: value})}")

    def large_export(self) -> None:
        """The same list as a job, as if it were too long to be written at once."""
        with rolled_back(), patch.object(exports, "AT_ONCE", 0):
            answer = self.client.post(reverse("projects:export", kwargs={"file_format": "xlsx"}))
            job = Job.objects.filter(kind=tasks.EXPORT).order_by("-created_at").first()
            if answer.status_code != 302 or job is None:
                return
            ended = run_now(job)
            self.answers["large export"] = ended.state
            self.keep("large export, page", self.client.get(ended.redirect_url))
            pk = re.findall(r"\d+", ended.redirect_url)[-1]
            self.keep("large export, file", self.client.get(reverse("projects:export_file", args=[pk])))

    def ask(self, method: str, path: str) -> None:
        name = f"{method} {path}"
        if name in self.answers:
            return
        cache.clear()
        with rolled_back():
            answer = self.client.get(path) if method == "GET" else self.client.post(path, follow=True)
            self.keep(name, answer)

    def keep(self, name: str, answer: Any) -> None:
        body = b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content
        text = f"{answer.status_code} {answer.get('Location', '')}\n{readable(body)}"
        if self.looking and "html" in answer.get("Content-Type", ""):
            path = name.split(" ", 1)[1]
            links = Links(path, telling=path.startswith("/projeler/") or "Seyir Defteri" in text)
            links.feed(text)
            self.pages.append(links)
        for pattern, instead in CHANGING:
            text = re.sub(pattern, instead, text)
        self.answers[name] = re.sub(r"(/projeler/|project:)(\d+)", self.known, text)

    def known(self, found: re.Match[str]) -> str:
        """A project by its key; that of one which the question itself made is another each time."""
        return found[0] if int(found[2]) <= self.newest else f"{found[1]}NEW"


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def readable(body: bytes) -> str:
    """The text of an answer; of a workbook that of its parts."""
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        parts = [name for name in sorted(book.namelist()) if name != "docProps/core.xml"]
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in parts)


def mails(world: World) -> dict[str, list[str]]:
    """All mails that the site would send to people outside the team by now: digests and reminders, however late."""
    technical = {world.user(role).email for role in TECHNICAL}
    people = {world.user(role).pk for role in TECHNICAL}
    found: dict[str, list[str]] = {}
    with rolled_back():
        mail.outbox = []
        reminders.send_reminders()
        Notification.objects.filter(mail_state="due").update(mail_due_at=timezone.now())
        while deliveries.send_due()[0]:
            pass
        found["mails"] = sorted(
            f"{one.to} {one.subject}\n{one.body}" for one in mail.outbox if not technical.intersection(one.to)
        )
    for days in (0, 3, 8, 15, 31, 60):
        today = timezone.localdate() + dt.timedelta(days=days)
        rules = [getattr(reminders, name) for name in sorted(dir(reminders)) if name.startswith("due_")]
        found[f"reminders {days}"] = [
            f"{one}" for rule in rules for one in rule(today) if one.person not in people and "review" not in one.url
        ]
    return found


def seen_again(world: World, claims: list[Claim], before: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The answers to the same questions, without those that have nothing to do with projects and were turned away."""
    walks: dict[str, dict[str, Any]] = {}
    for role in OTHERS:
        names = [name for name, text in before[role].items() if "/projeler/" in name or text[0] != "4"]
        names = [name for name in names if not before[role][name].startswith("405")]
        walks[role] = Walk(world, role, claims, looking=False).again(names)
    return walks | {"mail": mails(world)}


def found_in(answers: dict[str, Any]) -> dict[str, list[str]]:
    """Which marks are seen where; a search that repeats what was asked for tells nothing."""
    found = {}
    for name, text in answers.items():
        if marks := [mark for mark in MARKS if mark in str(text) and mark not in unquote_plus(name)]:
            found[name] = marks
    return found


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def claims(world: World) -> list[Claim]:
    """Four claims of one school that the technical team has in review; teacher and neighbour take part in them."""
    codes = ("AB-OTHER", "LOCAL-1", "KA2", "KA1")
    teacher = world.user("ogretmen").staff_member
    neighbour = Seat.objects.get(staff__user=world.user("komsu")).commission.institution
    made = []
    for code in codes:
        project = ready_project(world.school, item=item(code), title=f"Seyir Defteri {code}", year=world.year)
        TeamTeacher.objects.create(project=project, staff=teacher)
        project.partner_institutions.add(neighbour)
        claim = ClaimFactory(project=project)
        made.append(claim_for_review(claim=claim, by=world.user("teknik")))
    return made


def stage_all(world: World, claims: list[Claim]) -> None:
    reviewer = world.user("teknik")
    scored, local, returned, rejected = claims
    stage_decision(
        claim=scored, action="approve", by=reviewer, points=Decimal("87.31"), justification="Zümrütkanat etkisi"
    )
    stage_decision(claim=local, action="approve", by=reviewer, text="Yakamozgöz takdiri", level=item("LOCAL-3"))
    reason = ReviewReason.objects.get(code="return-evidence")
    stage_decision(claim=returned, action="return", by=reviewer, reason=reason, text="Gümüşyaprak ekleyiniz.")
    reason = ReviewReason.objects.get(code="reject-scope")
    stage_decision(claim=rejected, action="reject", by=reviewer, reason=reason, text="Mercanköşk kapsam dışı.")


def rows() -> list[Any]:
    """All that is stored of projects, claims and their history."""
    return [list(model.objects.order_by("pk").values()) for model in (Project, Claim, ClaimEvent, Notification)]


def different(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The questions of the second walk that were answered otherwise in the first."""
    return [name for name, text in after.items() if before.get(name) != text]


def test_a_staged_decision_is_found_nowhere_until_it_is_announced(world: World, claims: list[Claim]) -> None:
    before: dict[str, dict[str, Any]] = {role: Walk(world, role, claims).all() for role in OTHERS}
    assert sum(map(len, before.values())) > 2000
    stored, before["mail"] = rows(), mails(world)
    stage_all(world, claims)
    after = seen_again(world, claims, before)
    assert {who: found for who, answers in after.items() if (found := found_in(answers))} == {}
    assert {who: names for who in after if (names := different(before[who], after[who]))} == {}
    assert rows() == stored
    for staged in StagedDecision.objects.order_by("pk"):
        announce(staged=staged, by=world.user("teknik2"))
    told = Walk(world, "okul", claims, looking=False).again(before["okul"])
    places = found_in(told)
    scored, local, returned, rejected = (f"GET {reverse('projects:detail', args=[one.project_id])}" for one in claims)
    assert set(places[scored]) == {"Zümrütkanat", "87,31"}
    assert places[local] == ["Yakamozgöz"]
    assert places[returned] == ["Gümüşyaprak"]
    assert places[rejected] == ["Mercanköşk"]
    assert {"Gümüşyaprak", "Mercanköşk"} <= set(places[f"GET {reverse('common:notifications')}"])
    changed = different(before["okul"], told)
    assert {f"GET {reverse('projects:list')}", f"GET {reverse('portal:home')}", "large export, file"} <= set(changed)
    assert mails(world) != after["mail"]


def test_the_team_and_nobody_else_reads_it(world: World, claims: list[Claim]) -> None:
    """The same marks are seen in the reviewers' pages; the text of a run for many only by whoever started it."""
    reviewer = world.user("teknik")
    found = preview(claims=[claims[2].pk], action="return", by=reviewer, year=world.year)
    params = {
        "action": "return",
        "reason": ReviewReason.objects.get(code="return-evidence").pk,
        "text": "Gümüşyaprak ekleyiniz.",
        "rows": [[row.claim, row.mark] for row in found.ready],
    }
    job = create_job(kind=tasks.BULK, params=params, by=reviewer)
    assert run_now(job).result["done"] == 1  # type: ignore[index]
    stage_all(world, claims)
    outbox = reverse("projects:outbox")
    team = Walk(world, "teknik2", claims)
    team.ask("GET", f"{outbox}?ekip=1")
    assert set(found_in(team.answers)[f"GET {outbox}?ekip=1"]) == set(MARKS[:5])
    for role in OTHERS:
        walk = Walk(world, role, claims)
        for name in ("common:job", "common:job_progress", "projects:outcome"):
            walk.ask("GET", reverse(name, args=[job.pk]))
        walk.ask("GET", reverse("common:jobs"))
        walk.ask("GET", outbox)
        assert found_in(walk.answers) == {}, role
