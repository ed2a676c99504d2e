"""Every address × role × method against the table of expectations (``table.csv``).

A cell says what a role gets: ``ok`` (done, shown, redirected inside, or refused for the form's own faults), ``login``
(sent to sign in), ``403``, ``404``, ``405``. Methods without a row must give 405 or send a stranger to sign in; opening
an address that only takes a form must lead to the page above it (``above``). An address without a row fails.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from common.middleware import page_above
from tests.permissions.world import POSTED, ROLES, STRANGER, World, addresses, build_world

TABLE = Path(__file__).with_name("table.csv")
RARE_METHODS = ("HEAD", "PUT", "PATCH", "DELETE")
UNLISTED = {"405", "login", "above"}
SEEN_BY = (STRANGER, "okul")
"""Who tries the rare methods. Our views refuse them before they look at the person; the sign-in package posts a PUT."""


def read_table() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as source:
        return {(row["address"], row["method"]): row for row in csv.DictReader(source)}


def outcome(client: Client, method: str, path: str, data: dict[str, str] | None = None) -> str:
    """What the table calls the answer to one request; nothing that it did stays."""
    with transaction.atomic():
        response = client.post(path, data or {}) if method == "POST" else client.generic(method, path)
        transaction.set_rollback(True)
    if response.status_code in (301, 302) and "/hesap/login" in response["Location"]:
        return "login"
    if response.status_code == 302 and method != "POST" and response["Location"] == page_above(path):
        return "above"
    if response.status_code in (403, 404, 405):
        return str(response.status_code)
    assert response.status_code < 500, (method, path, response.status_code)
    return "ok"


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def test_every_address_has_a_row() -> None:
    listed = {address for address, _ in read_table()}
    existing = {address for address, _ in addresses()}
    assert sorted(existing - listed) == []
    assert sorted(listed - existing) == []


@pytest.mark.django_db
def test_every_cell_of_the_table(world: World) -> None:
    table = read_table()
    wrong: dict[str, dict[str, str]] = defaultdict(dict)
    for role in ROLES:
        client = world.client(role)
        for address, names in addresses():
            path = world.path(address, names)
            rare = RARE_METHODS if role in SEEN_BY and ":" in address else ()
            for method in ("GET", "POST", *rare):
                asking = world.client(role) if address == "account_logout" else client
                got = outcome(asking, method, path, POSTED.get(address))
                row = table.get((address, "GET" if method == "HEAD" else method))
                expected = UNLISTED if row is None else {row[role]}
                if row is not None and got == "above":
                    got = "ok"
                if got not in expected:
                    wrong[f"{address} {method}"][role] = f"{got} instead of {'/'.join(sorted(expected))}"
    assert dict(wrong) == {}
