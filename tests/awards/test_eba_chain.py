"""The chain page: who is proposed, who is picked, who sees which rows, and how many queries that costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.selectors.eba_chain import proposals
from schools.models.commissions import CommissionKind, SeatRole
from tests.awards.test_sources import Place, eba_run
from tests.factories.schools import seat_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return Place()


def get(user, query=""):
    client = Client()
    client.force_login(user)
    return client.get(reverse("awards:eba_chain") + query)


def text_of(response):
    return " ".join(response.content.decode().split())


ROWS = [
    ("Ali", 0, 1, "32/3"), ("Bora", 0, 2, "9"), ("Can", 0, 3, "8"), ("Dal", 0, 4, "7.5"),
    ("Er", 1, 1, "9"), ("Gül", 2, 1, "1"),
]  # fmt: skip


def monitor_of(place):
    return seat_user(CommissionKind.MONITORING_INNOVATION_EBA, unit=place.year.province)


def test_nominees_are_ranked_again_in_their_district(place):
    eba_run(place, 1, ROWS)
    found = proposals(monitor_of(place), place.year, 1, place.edremit)
    assert [(one.row.holder_name, one.row.rank, one.district_rank, one.is_picked) for one in found.nominees] == [
        ("Ali", 1, 1, True),
        ("Bora", 2, 2, True),
        ("Er", 1, 2, True),
        ("Can", 3, 4, False),
    ]


def test_readers_see_what_concerns_them(place):
    eba_run(place, 1, ROWS)
    school = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, place.schools[0])
    board = seat_user(CommissionKind.DISTRICT, unit=place.havran)
    names = {"Ali", "Bora", "Can", "Dal", "Er", "Gül"}

    def seen(user, query=""):
        page = text_of(get(user, query))
        return {name for name in names if f">{name}<" in page}

    assert seen(school) == {"Ali", "Bora", "Can"}
    assert seen(board) == {"Gül"}
    assert seen(board, f"?ilce={place.edremit.pk}") == {"Gül"}
    assert seen(monitor_of(place), f"?ilce={place.edremit.pk}") == {"Ali", "Bora", "Can", "Er"}


def test_only_published_rankings_are_shown(place):
    eba_run(place, 1, ROWS, published=False)
    assert "henüz yayımlanmadı" in text_of(get(monitor_of(place)))
    place.run("teacher_eba_progress", "category", [("Ali", 0, "middle", 1, "5", "")])
    assert "Ortaokul" in text_of(get(monitor_of(place), "?donem=2&ilce=x&page=z"))


def test_the_number_of_queries_does_not_grow(place):
    client = Client()
    client.force_login(monitor_of(place))
    address = reverse("awards:eba_chain") + f"?ilce={place.edremit.pk}"

    def asked(rows):
        eba_run(place, 1, rows)
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    once = asked(ROWS[:1])
    assert asked(ROWS) == once
    assert once < 15
