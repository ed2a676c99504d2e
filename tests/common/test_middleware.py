"""Request number, address and the limit of the body."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client, RequestFactory

from common.middleware import client_ip, request_number
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_forwarded_address_counts_only_behind_a_trusted_proxy(rf: RequestFactory, settings: Any) -> None:
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 88.1.2.3")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert client_ip(request) == "10.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client_ip(request) == "88.1.2.3"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    assert client_ip(request) == "10.0.0.1"


def test_address_that_is_none_is_left_out(rf: RequestFactory) -> None:
    assert client_ip(rf.get("/", REMOTE_ADDR="")) is None


def test_request_number_is_taken_from_a_trusted_proxy_alone(rf: RequestFactory, settings: Any) -> None:
    good, bad = {"HTTP_X_REQUEST_ID": "abcd-1234"}, {"HTTP_X_REQUEST_ID": "abcd-1234\nINFO yalan"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert request_number(rf.get("/", **good)) != "abcd-1234"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert request_number(rf.get("/", **good)) == "abcd-1234"
    assert len(request_number(rf.get("/", **bad))) == 32


def test_answers_carry_the_request_number(client: Client) -> None:
    first, second = client.get("/saglik/"), client.get("/saglik/")
    assert len(first["X-Request-ID"]) == 32
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_too_large_body_is_refused_with_a_sentence(client: Client, settings: Any) -> None:
    settings.UPLOAD_REQUEST_LIMIT = 1000
    answer = client.post("/saglik/", b"x" * 1001, content_type="application/octet-stream")
    assert answer.status_code == 413
    assert "tek tek yükleyiniz" in answer.content.decode()
    assert client.post("/saglik/", b"x", content_type="text/plain", CONTENT_LENGTH="çok").status_code == 400


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/puanlama/siralamalar/hesapla/", "/puanlama/siralamalar/"),
        ("/puanlama/siralamalar/7/yayimla/", "/puanlama/siralamalar/7/"),
        ("/ders-gorevleri/7/kaldir/", "/"),
    ],
)
def test_opening_a_buttons_address_leads_to_the_page_above(client: Client, path: str, above: str) -> None:
    client.force_login(UserFactory())
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, above)
    assert next(str(message) for message in get_messages(response.wsgi_request)).startswith("Açtığınız adres")
    assert client.get(path, headers={"HX-Request": "true"}).status_code == 405
    refused = client.put(path)
    assert refused.status_code == 405
    assert "Bu işlem burada yapılamaz" in refused.content.decode()


def test_a_buttons_address_above_another_is_passed_and_told_once(client: Client) -> None:
    client.force_login(UserFactory())
    response = client.get("/projeler/inceleme/toplu/uygula/", follow=True)
    assert [place for place, _status in response.redirect_chain] == ["/projeler/inceleme/toplu/", "/projeler/inceleme/"]
    assert response.content.decode().count("Açtığınız adres") <= 1
