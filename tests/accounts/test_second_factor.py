"""A real authenticator app, played by the test: secrets from the page, codes by RFC 6238."""

import base64
import hashlib
import hmac
import re
import struct

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.accounts import PASSWORD, SystemAdminFactory
from tests.factories.schools import InstitutionFactory, seat_user, staff_user

pytestmark = pytest.mark.django_db

SET_UP = "/hesap/2fa/"


def code_of(secret, moment=None):
    """Six digits for the 30 seconds around a moment."""
    key = base64.b32decode(secret)
    counter = int((moment or timezone.now()).timestamp()) // 30
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


@pytest.mark.parametrize("kind", [k for k in CommissionKind if k not in ("school", "district")])
def test_province_seats_are_sent_to_set_up_a_second_factor(client, kind):
    client.force_login(seat_user(kind, mfa_exempt=False))
    for url in ("/hesabim/", "/kurumlar/", "/"):
        response = client.get(url)
        assert (response.status_code, response["Location"]) == (302, SET_UP)


def test_system_administrators_are_sent_there_too(client):
    client.force_login(SystemAdminFactory(mfa_exempt=False))
    assert client.get("/hesabim/")["Location"] == SET_UP


@pytest.mark.parametrize("kind", [CommissionKind.SCHOOL, CommissionKind.DISTRICT])
def test_school_and_district_seats_may_go_without(client, kind):
    client.force_login(seat_user(kind, mfa_exempt=False))
    assert client.get("/hesabim/").status_code == 200


def test_people_without_a_seat_may_go_without(client):
    client.force_login(staff_user(InstitutionFactory(), mfa_exempt=False))
    assert client.get("/hesabim/").status_code == 200


def test_demo_accounts_go_without(client):
    client.force_login(seat_user(CommissionKind.TECHNICAL, mfa_exempt=True))
    assert client.get("/hesabim/").status_code == 200


def test_nothing_is_written_before_the_second_factor_stands(client):
    user = seat_user(CommissionKind.EXECUTIVE, SeatRole.CHAIR, mfa_exempt=False)
    client.force_login(user)
    assert client.post("/ayarlar/onayla/")["Location"] == SET_UP
    user.staff_member.province.years.get().refresh_from_db()
    assert user.staff_member.province.years.get().settings_approved_at is None


def test_a_polling_fragment_gets_403_instead_of_a_page(client):
    client.force_login(seat_user(CommissionKind.TECHNICAL, mfa_exempt=False))
    assert client.get("/hesabim/", HTTP_HX_REQUEST="true").status_code == 403


def sign_in(client, user):
    return client.post("/hesap/login/", {"login": user.email, "password": PASSWORD})


def set_up_totp(client):
    """Bind the app, after typing the password once more; gives the app's secret."""
    asked = client.get("/hesap/2fa/totp/activate/")["Location"]
    assert asked.startswith("/hesap/reauthenticate/")
    client.post(asked, {"password": PASSWORD})
    page = client.get("/hesap/2fa/totp/activate/")
    assert page.status_code == 200, page
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    answer = client.post("/hesap/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302
    return secret


def test_authenticator_app_opens_the_site_and_is_asked_for_at_every_sign_in(client, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    user = seat_user(CommissionKind.TECHNICAL, mfa_exempt=False)
    assert sign_in(client, user)["Location"] in ("/", SET_UP)
    assert client.get("/kurumlar/")["Location"] == SET_UP
    secret = set_up_totp(client)
    assert client.get("/kurumlar/").status_code == 200
    client.post("/hesap/logout/")

    assert sign_in(client, user)["Location"] == "/hesap/2fa/authenticate/"
    assert client.get("/kurumlar/").status_code == 302
    client.post("/hesap/2fa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in client.session
    time_machine.shift(60)
    code = code_of(secret)
    client.post("/hesap/2fa/authenticate/", {"code": code})
    assert client.get("/kurumlar/").status_code == 200
    client.post("/hesap/logout/")

    sign_in(client, user)
    client.post("/hesap/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" not in client.session, "a code works once"


def test_recovery_code_works_once(client, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    user = seat_user(CommissionKind.TECHNICAL, mfa_exempt=False)
    sign_in(client, user)
    set_up_totp(client)
    page = client.get("/hesap/2fa/recovery-codes/")
    codes = page.context["unused_codes"]
    assert len(codes) == 10
    assert all(code in page.content.decode() for code in codes)
    client.post("/hesap/logout/")

    sign_in(client, user)
    client.post("/hesap/2fa/authenticate/", {"code": codes[0]})
    assert client.get("/kurumlar/").status_code == 200
    client.post("/hesap/logout/")
    sign_in(client, user)
    client.post("/hesap/2fa/authenticate/", {"code": codes[0]})
    assert "_auth_user_id" not in client.session


def test_password_reset_does_not_skip_the_second_factor(client, mailoutbox):
    user = seat_user(CommissionKind.TECHNICAL, mfa_exempt=False)
    sign_in(client, user)
    set_up_totp(client)
    client.post("/hesap/logout/")
    client.post("/hesap/password/reset/", {"email": user.email})
    link = re.search(r"/hesap/password/reset/key/\S+", mailoutbox[-1].body)[0]
    form = client.get(link, follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "yepyeni-parola-44", "password2": "yepyeni-parola-44"})
    user.refresh_from_db()
    assert user.check_password("yepyeni-parola-44")
    assert client.get("/kurumlar/").status_code == 302
    response = client.post("/hesap/login/", {"login": user.email, "password": "yepyeni-parola-44"})
    assert response["Location"] == "/hesap/2fa/authenticate/"


def test_removing_the_app_closes_the_site_again(client):
    user = seat_user(CommissionKind.TECHNICAL, mfa_exempt=False)
    sign_in(client, user)
    set_up_totp(client)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    assert client.get("/kurumlar/")["Location"] == SET_UP


def test_the_question_who_is_signed_in_is_answered_without_a_second_factor(client):
    user = seat_user("technical", mfa_exempt=False)
    client.force_login(user)
    assert client.get("/hesap/oturum/").json()["user"] == str(user.pk)
