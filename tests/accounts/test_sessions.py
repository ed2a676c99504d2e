"""A sign-in ends after three idle hours and after twelve hours in all, on both sides of each limit."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from accounts.sessions import SessionStore
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 11, 2, 6, 0, tzinfo=dt.UTC)
IDLE = dt.timedelta(hours=3)
ABSOLUTE = dt.timedelta(hours=12)
MINUTE = dt.timedelta(minutes=1)


def is_signed_in(client: Client) -> bool:
    """Asks for a page, as a person would, and looks whether the session still knows who asks."""
    client.get("/")
    return "_auth_user_id" in client.session


@pytest.fixture
def signed_in(client: Client) -> Client:
    with time_machine.travel(START, tick=False):
        client.force_login(UserFactory(), backend="allauth.account.auth_backends.AuthenticationBackend")
        assert is_signed_in(client)
    return client


@pytest.mark.parametrize(("pause", "expected"), [(IDLE - MINUTE, True), (IDLE + MINUTE, False)])
def test_idle_limit(signed_in: Client, pause: dt.timedelta, expected: bool) -> None:
    with time_machine.travel(START + pause, tick=False):
        assert is_signed_in(signed_in) is expected


def test_use_moves_the_idle_limit(signed_in: Client) -> None:
    for hours in (2, 4, 6):
        with time_machine.travel(START + dt.timedelta(hours=hours), tick=False):
            assert is_signed_in(signed_in)


@pytest.mark.parametrize(("age", "expected"), [(ABSOLUTE - MINUTE, True), (ABSOLUTE + MINUTE, False)])
def test_absolute_limit(signed_in: Client, age: dt.timedelta, expected: bool) -> None:
    for hours in (2, 4, 6, 8, 10):
        with time_machine.travel(START + dt.timedelta(hours=hours), tick=False):
            assert is_signed_in(signed_in)
    with time_machine.travel(START + age, tick=False):
        assert is_signed_in(signed_in) is expected


def test_busy_session_is_not_written_at_each_request(signed_in: Client) -> None:
    with time_machine.travel(START + MINUTE, tick=False):
        signed_in.get("/")
        assert signed_in.session["seen"] == int(START.timestamp())
    with time_machine.travel(START + 6 * MINUTE, tick=False):
        signed_in.get("/")
        assert signed_in.session["seen"] == int((START + 6 * MINUTE).timestamp())


def test_pages_of_a_signed_in_person_are_kept_by_no_cache(signed_in: Client) -> None:
    with time_machine.travel(START, tick=False):
        for path in ("/", "/bildirimler/", "/hesap/password/change/"):
            assert "no-store" in signed_in.get(path)["Cache-Control"], path


def test_a_page_learns_who_is_signed_in_and_gets_a_token(client: Client) -> None:
    asked = client.get("/hesap/oturum/")
    assert (asked.status_code, asked.json()["user"]) == (200, "")
    user = UserFactory()
    client.force_login(user)
    answer = client.get("/hesap/oturum/")
    assert (answer.json()["user"], len(answer.json()["token"])) == (str(user.pk), 64)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(("pause", "expected"), [(IDLE - MINUTE, {"word": "kept"}), (IDLE + MINUTE, {})])
def test_a_session_that_is_over_is_not_read(pause: dt.timedelta, expected: dict[str, str]) -> None:
    with time_machine.travel(START, tick=False):
        store = SessionStore()
        store["word"] = "kept"
        store.save()
    with time_machine.travel(START + pause, tick=False):
        found = SessionStore(store.session_key)
        assert dict(found.items()) == expected
        assert (found.session_key is None) is not bool(expected)
