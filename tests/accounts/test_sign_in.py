import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.models import AuditEntry
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

LOGIN = "/hesap/login/"
WRONG = "yanlis-parola-1923"


def sign_in(client, email, password=PASSWORD, **headers):
    return client.post(LOGIN, {"login": email, "password": password}, **headers)


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_right_password_signs_in_and_leaves_a_trace(client):
    user = UserFactory()
    response = sign_in(client, user.email)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(client)
    entry = AuditEntry.objects.get(action="account.sign_in")
    assert (entry.actor, entry.target_id, entry.ip) == (user, str(user.pk), "127.0.0.1")


def test_session_key_is_new_after_sign_in(client):
    client.get(LOGIN)
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.cookies["oturum"] = before
    sign_in(client, UserFactory().email)
    assert client.session.session_key != before


def test_wrong_password_is_refused_in_one_sentence_and_recorded(client):
    user = UserFactory()
    response = sign_in(client, user.email, WRONG)
    assert response.status_code == 200
    assert not is_signed_in(client)
    assert response.context["form"].non_field_errors() == [
        "E-posta adresi veya parola yanlış. Denetleyip yeniden deneyiniz."
    ]
    entry = AuditEntry.objects.get(action="account.sign_in_failed")
    assert (entry.actor, entry.target_id) == (None, str(user.pk))
    assert WRONG not in str(AuditEntry.objects.values_list().get())


def refusals(client, email, times, **headers):
    return [sign_in(client, email, WRONG, **headers) for _ in range(times)]


def test_sixth_wrong_password_of_an_account_is_stopped_before_the_password_is_looked_at(client):
    user = UserFactory()
    answers = refusals(client, user.email, 5)
    assert {answer.status_code for answer in answers} == {200}
    assert AuditEntry.objects.filter(action="account.sign_in_failed").count() == 5
    stopped = sign_in(client, user.email)
    assert not is_signed_in(client)
    assert stopped.context["form"].non_field_errors() == [
        "Çok fazla hatalı giriş denendi; beş dakika sonra yeniden deneyiniz ya da parolanızı yenileyiniz."
    ]
    assert AuditEntry.objects.filter(action="account.sign_in_failed").count() == 5


def test_the_owner_of_a_stopped_account_gets_in_by_resetting_the_password(client, mailoutbox):
    user = UserFactory()
    refusals(client, user.email, 6)
    client.post("/hesap/password/reset/", {"email": user.email})
    link = re.search(r"/hesap/password/reset/key/\S+", mailoutbox[-1].body)[0]
    form = client.get(link, follow=True).request["PATH_INFO"]
    client.post(form, {"password1": "yepyeni-parola-44", "password2": "yepyeni-parola-44"})
    sign_in(client, user.email, "yepyeni-parola-44")
    assert is_signed_in(client)


def test_another_account_signs_in_from_another_address_meanwhile(client):
    refusals(client, UserFactory().email, 6)
    other = UserFactory()
    sign_in(client, other.email, REMOTE_ADDR="10.1.2.3")
    assert is_signed_in(client)


def test_a_made_up_forwarded_address_does_not_change_the_bucket(client):
    """Ten failures a minute from one address, whatever the client writes into X-Forwarded-For."""
    for number in range(10):
        sign_in(client, UserFactory().email, WRONG, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    user = UserFactory()
    sign_in(client, user.email, HTTP_X_FORWARDED_FOR="203.0.113.99")
    assert not is_signed_in(client)
    sign_in(client, user.email, REMOTE_ADDR="10.9.9.9")
    assert is_signed_in(client)


def without_token(response):
    return re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"', "", response.content.decode())


@pytest.mark.parametrize("active", [True, False], ids=["active", "closed"])
def test_sign_in_does_not_tell_known_from_unknown_accounts(client, active):
    known = UserFactory(is_active=active)
    one = sign_in(client, known.email, WRONG)
    other = sign_in(client, "kimse@okul.example", WRONG)
    assert one.status_code == other.status_code == 200
    assert without_token(one).replace(known.email, "") == without_token(other).replace("kimse@okul.example", "")


def test_password_reset_answers_alike_and_mails_both(client):
    known = UserFactory()
    answers = []
    for address in (known.email, "kimse@okul.example"):
        answer = client.post("/hesap/password/reset/", {"email": address})
        answers.append((answer.status_code, answer["Location"]))
    assert answers[0] == answers[1]
    assert [message.to for message in mail.outbox] == [[known.email], ["kimse@okul.example"]]
    assert "/hesap/password/reset/key/" in mail.outbox[0].body
    assert "/hesap/password/reset/key/" not in mail.outbox[1].body


def test_nobody_signs_up(client):
    response = client.post(
        "/hesap/signup/", {"email": "yeni@okul.example", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert response.status_code < 400
    assert not User.objects.exists()


def test_closed_account_is_out_at_the_next_request(client):
    user = UserFactory()
    client.force_login(user)
    assert client.get("/hesabim/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    response = client.get("/hesabim/")
    assert (response.status_code, response["Location"]) == (302, "/hesap/login/?next=/hesabim/")


def test_closed_account_cannot_sign_in_with_the_right_password(client):
    user = UserFactory(is_active=False)
    sign_in(client, user.email)
    assert not is_signed_in(client)


MINUTE = 60
IDLE, ABSOLUTE = 3 * 60 * MINUTE, 12 * 60 * MINUTE


def test_session_ends_after_three_idle_hours(client, time_machine):
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    client.force_login(UserFactory())
    assert client.get("/hesabim/").status_code == 200
    time_machine.shift(IDLE - MINUTE)
    assert client.get("/hesabim/").status_code == 200
    time_machine.shift(IDLE + MINUTE)
    assert client.get("/hesabim/").status_code == 302


def test_busy_session_ends_after_twelve_hours(client, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    client.force_login(UserFactory())
    client.get("/hesabim/")
    for _ in range(11):
        time_machine.shift(60 * MINUTE)
        assert client.get("/hesabim/").status_code == 200
    time_machine.shift(59 * MINUTE)
    assert client.get("/hesabim/").status_code == 200
    time_machine.shift(2 * MINUTE)
    assert client.get("/hesabim/").status_code == 302


@pytest.mark.parametrize(
    "password",
    ["kisa-sifre1", "123456789012", "password1234", "qwertyuiop12"],
    ids=["short", "digits", "common", "row"],
)
def test_weak_passwords_are_refused(client, password):
    user = UserFactory()
    client.force_login(user)
    response = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    assert response.status_code in (200, 302)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    "credential",
    ["", "x", "9" * 5000, "[" * 100_000, "[]", "1", "{}", '{"id": 1}', '{"rawId": 1, "response": []}', '"\\ud800"'],
)
def test_what_is_no_passkey_is_refused_as_a_wrong_one(client, credential):
    cache.clear()
    answer = client.post("/hesap/2fa/webauthn/login/", {"credential": credential})
    assert answer.status_code == 302
    assert answer["Location"] == "/hesap/login/"
    assert "_auth_user_id" not in client.session
