"""Hostile input at every address: whatever is sent, the answer is a page, a refusal or a 404, never a server error.

Each address is visited by the first role that may open it. Its own forms are read from the page, so that every field is
tried, alone among the values that the page itself would send and together with all the others.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote, quote_plus, urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from tests.permissions.world import ROLES, STRANGER, World, addresses, build_world

GARBAGE = {
    "nothing": "",
    "nul": "a\x00b",
    "half a character": "%ED%A0%80%FF",
    "bidi and emoji": "\u202eçığ\u2066\U0001f9d1\u200d\U0001f3eb\ufeff",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}%s%(x)s{0}",
    "beyond 64 bits": "9223372036854775808",
    "more digits than Python reads": "9" * 5000,
    "zero": "-0",
    "not a number": "NaN",
    "superscript": "²",
    "exponent": "1e400",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "long": "ç" * 70_000,
    "many words": "a " * 1900,
}
ALONE = ("nul", "beyond 64 bits", "last day")
"""What is tried in one field at a time; all of it is tried in all fields at once."""

QUERY_FIELDS = (
    "ara page sonra durum hesap alan ders program ilce okul yil kategori bekleme tur kurum unvan sinif kisi item stage "
    "first_stage goster next "
    "ara_ogretmen ara_ogrenci ara_kurum donem kademe danismansiz olcut kalem asama ilk son inceleyen kitap iyi eksik "
    "sayi yil sablon"
).split()
OTHER_FIELDS = (
    "action _fields person version text points level reason good lists accept_blanks skip_refused next stay code "
    "okul ilce institution kime kisi advice ad suzgec yon label sentence mark talepler secilen tumu islem"
).split()
PATH_ROLES = ("sistem", "teknik", "okul")
"""Who together reach the objects of every address."""
MOST_ALONE = 3
"""Of a form with very many fields, the first ones stand for the rest: they are alike."""
ASKED = ("nul", "beyond 64 bits", "more digits than Python reads", "many words")
"""What is tried in the address of every page."""
IN_PATHS = (
    "nul",
    "half a character",
    "bidi and emoji",
    "beyond 64 bits",
    "more digits than Python reads",
    "superscript",
)
"""What stands in place of each part of an address that names an object."""
LEFT_OUT = {"account_logout"}
"""Signing out works with anything."""


@dataclass
class FormReader(HTMLParser):
    """The forms of a page: where they lead and what a browser would send."""

    page: str
    forms: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.values = {}
            if given.get("method", "get").lower() == "post":
                self.forms.append((urlsplit(given.get("action") or self.page).path, self.values))
        elif self.values is not None and tag in ("input", "textarea", "button") and given.get("name"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.values[given["name"]] = given.get("value", "")
            else:
                self.values.setdefault(given["name"], given.get("value", "on"))
        elif tag == "select":
            self.select = given.get("name", "")
        elif tag == "option" and self.values is not None and self.select:
            self._take_option(given)

    def _take_option(self, given: dict[str, str]) -> None:
        assert self.values is not None
        if "selected" in given or not self.values.get(self.select):
            self.values[self.select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.values = None
        elif tag == "select":
            self.select = ""


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture(autouse=True)
def _nothing_logged() -> Iterator[None]:
    """The line of a refusal carries its request, and pytest keeps every line of a test: gigabytes of garbage."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def encoded(values: dict[str, str]) -> str:
    """Form data as bytes on the line; the half character stands as it is."""
    broken = GARBAGE["half a character"]
    return "&".join(
        f"{quote_plus(name)}={value if value == broken else quote_plus(value, errors='replace')}"
        for name, value in values.items()
    )


def answer(client: Client, method: str, path: str, values: dict[str, str], *, htmx: bool = False) -> str:
    """The status, or the error's name where the site would have answered 500; nothing stays, nor do rate limits."""
    headers = {"HX-Request": "true"} if htmx else {}
    cache.clear()
    try:
        with transaction.atomic():
            if method == "GET":
                response: HttpResponseBase = client.get(path, QUERY_STRING=encoded(values), headers=headers)
            else:
                kind = "application/x-www-form-urlencoded"
                response = client.post(path, encoded(values), content_type=kind, headers=headers)
            if getattr(response, "streaming", False):
                b"".join(response.streaming_content)  # type: ignore[attr-defined]
            transaction.set_rollback(True)
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:160]
    return str(response.status_code)


class Site:
    """Who may open which address, and which forms its pages hold."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients = {role: world.client(role) for role in ROLES}
        self.forms: dict[str, tuple[str, dict[str, str]]] = {}
        self.openers: dict[str, str] = {}
        for address, names in addresses():
            path = world.path(address, names)
            for role in ROLES:
                if self._open(role, path):
                    break

    def _open(self, role: str, path: str) -> bool:
        with transaction.atomic():
            response = self.clients[role].get(path)
            transaction.set_rollback(True)
        if response.status_code != 200 or "html" not in response.get("Content-Type", ""):
            if response.status_code == 200:
                self.openers.setdefault(path, role)
            return response.status_code == 200
        self.openers.setdefault(path, role)
        reader = FormReader(path)
        reader.feed(response.content.decode())
        for action, values in reader.forms:
            _role, known = self.forms.setdefault(action, (role, {}))
            known.update(values)
        return True

    def sender(self, path: str) -> tuple[str, dict[str, str]]:
        """Who posts to a path, and what: as its form says, else the first role that isn't turned away."""
        if path in self.forms:
            return self.forms[path]
        for role in ROLES[1:]:
            if answer(self.clients[role], "POST", path, {}) not in ("403", "404"):
                return role, {}
        return STRANGER, {}


def garbage_for(values: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    names = dict.fromkeys((*values, *OTHER_FIELDS))
    for kind, text in GARBAGE.items():
        yield f"everything {kind}", dict.fromkeys(names, text)
    for name in tuple(values)[:MOST_ALONE]:
        for kind in ALONE:
            yield f"{name} {kind}", values | {name: GARBAGE[kind]}
        yield f"no {name}", {other: value for other, value in values.items() if other != name}


@pytest.mark.django_db
def test_garbage_is_never_answered_with_an_error(world: World) -> None:
    site = Site(world)
    wrong: dict[str, dict[str, str]] = defaultdict(dict)
    tried = 0
    for where, told, got in (*posted(site), *asked_for(site)):
        tried += 1
        if not got.isdecimal() or int(got) >= 500:
            wrong[where][told] = got
    assert dict(wrong) == {}
    assert tried > 800


def posted(site: Site) -> Iterator[tuple[str, str, str]]:
    """Garbage in the forms of every address that takes a POST: where, what, and the answer."""
    for address, names in addresses():
        path = site.world.path(address, names)
        role, values = site.sender(path)
        client, htmx = site.clients[role], address.startswith("projects:")
        if address in LEFT_OUT or answer(client, "POST", path, {}) == "405":
            continue
        for told, sent in garbage_for(values):
            yield f"{address} as {role}", told, answer(client, "POST", path, sent, htmx=htmx)


@pytest.mark.django_db
def test_garbage_in_the_parts_of_an_address_is_an_unknown_one(world: World) -> None:
    clients = [world.client(role) for role in PATH_ROLES]
    wrong: dict[str, dict[str, str]] = defaultdict(dict)
    tried = 0
    for address, names in addresses():
        for told, path in crooked_paths(world, address, names):
            for client in clients:
                tried += 1
                got = answer(client, "GET", path, {})
                if not got.isdecimal() or int(got) >= 500:
                    wrong[address][told] = got
    assert dict(wrong) == {}
    assert tried > 1000


def crooked_paths(world: World, address: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The address with garbage in place of one of its objects: what, and the path as it goes on the line."""
    values = {name: str(world.values[address][name]) for name in names}
    parts = world.path(address, names).split("/")
    for name, value in values.items():
        place = next((at for at, part in enumerate(parts) if part == quote(value)), None)
        if place is None:
            continue
        for kind in IN_PATHS:
            text = GARBAGE[kind] if kind == "half a character" else quote(GARBAGE[kind])
            yield f"{name} {kind}", "/".join((*parts[:place], text, *parts[place + 1 :]))


def asked_for(site: Site) -> Iterator[tuple[str, str, str]]:
    """Garbage in the address of every page: where, what, and the answer."""
    for path, role in site.openers.items():
        for kind in ASKED:
            sent = dict.fromkeys(QUERY_FIELDS, GARBAGE[kind])
            yield f"{path} as {role}", kind, answer(site.clients[role], "GET", path, sent)
