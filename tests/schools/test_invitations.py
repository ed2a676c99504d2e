import datetime
import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from accounts.models import User
from common.errors import Conflict, UserError
from common.models import AuditEntry, MailDelivery
from schools import services
from schools.models import Invitation
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.accounts import UserFactory
from tests.factories.schools import CommissionFactory, InstitutionFactory, SeatFactory, StaffFactory, seat_user

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "ceviz-agaci-altinda"


@pytest.fixture
def seat():
    school = InstitutionFactory(name="Edremit Zeytinli Ortaokulu")
    commission = CommissionFactory(kind=CommissionKind.SCHOOL, institution=school)
    staff = StaffFactory(institution=school, first_name="Işıl", last_name="Çığır", email="isil@okul.example")
    return SeatFactory(commission=commission, staff=staff, role=SeatRole.COORDINATOR)


@pytest.fixture
def principal(seat):
    return seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, seat.commission.institution, full_name="Oğuz Kaya")


def link_in(message):
    return re.search(r"/davet/[0-9a-f]{64}/", message.body)[0]


def invite_and_mail(seat, by, email="isil@okul.example"):
    services.invite(seat=seat, email=email, by=by)
    assert services.send_due_invitations() == 1
    return link_in(mail.outbox[-1])


def test_the_mail_names_the_seat_and_the_inviter(seat, principal):
    services.invite(seat=seat, email=" Isil@Okul.example ", by=principal)
    assert not mail.outbox
    assert services.send_due_invitations() == 1
    (message,) = mail.outbox
    assert message.to == ["isil@okul.example"]
    assert message.subject == "BİGEP Modülü: hesabınızı açınız"
    assert "Sayın Işıl Çığır" in message.body
    assert "Oğuz Kaya sizi" in message.body
    assert "Okul proje sorumlusu, Okul Proje Yürütme Komisyonu – Edremit Zeytinli Ortaokulu" in message.body
    assert services.send_due_invitations() == 0


def test_the_database_does_not_hold_the_token(seat, principal):
    token = invite_and_mail(seat, principal).split("/")[2]
    assert token not in str(list(Invitation.objects.values_list()))
    assert token not in str(list(AuditEntry.objects.values_list()))


def test_a_lost_mail_is_tried_again_later(seat, principal, settings, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    services.invite(seat=seat, email="isil@okul.example", by=principal)
    assert services.send_due_invitations() == 0
    invitation = Invitation.objects.get()
    assert (invitation.mailed_at, invitation.mail_attempts) == (None, 1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert services.send_due_invitations() == 0
    time_machine.shift(61)
    assert services.send_due_invitations() == 1


def test_the_log_of_mails_keeps_what_came_of_an_invitation(seat, principal, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    services.invite(seat=seat, email="isil@okul.example", by=principal)
    for _attempt in range(8):
        assert not MailDelivery.objects.exists()
        Invitation.objects.update(mail_due_at=timezone.now())
        services.send_due_invitations()
    row = MailDelivery.objects.get()
    assert (row.kind, row.state, row.attempts, row.error) == ("invitation", "failed", 8, "ConnectionRefusedError")
    assert (row.recipient, row.notice_count, row.search_key) == (None, 0, "isil cigir isil@okul.example")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    invite_and_mail(seat, principal)
    assert sorted(MailDelivery.objects.values_list("state", flat=True)) == ["failed", "sent"]


def test_accepting_opens_an_account_with_a_verified_address(client, seat, principal):
    link = invite_and_mail(seat, principal)
    opened = client.get(link)
    assert (opened.status_code, opened["Location"]) == (302, "/davet/")
    page = client.get("/davet/").content.decode()
    assert "Işıl Çığır" in page
    assert "Oğuz Kaya sizi davet etti" in page
    answer = client.post(
        "/davet/", {"full_name": "Işıl  Çığır", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}, follow=True
    )
    assert answer.redirect_chain == [("/hesap/login/", 302)]
    assert "Hesabınız açıldı" in answer.content.decode()
    user = User.objects.get(email="isil@okul.example")
    assert (user.full_name, user.check_password(NEW_PASSWORD)) == ("Işıl Çığır", True)
    assert EmailAddress.objects.get(user=user).verified
    seat.staff.refresh_from_db()
    assert seat.staff.user == user
    assert AuditEntry.objects.get(action="invitation.accept").actor == user

    client.post("/hesap/login/", {"login": user.email, "password": NEW_PASSWORD})
    assert "Okul proje sorumlusu" in client.get("/hesabim/").content.decode()
    client.logout()
    client.get(link)
    assert client.get("/davet/").status_code == 404


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({"password2": "baska-bir-parola-1"}, "password2", "İki parola aynı değil; ikisini de yeniden yazınız."),
        ({"password1": "kisa", "password2": "kisa"}, "password1", "En az 12 karakter"),
        ({"full_name": "  "}, "full_name", ""),
    ],
)
def test_a_wrong_form_opens_nothing(client, seat, principal, data, field, sentence):
    client.get(invite_and_mail(seat, principal))
    form = {"full_name": "Işıl Çığır", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD} | data
    answer = client.post("/davet/", form)
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["form"].errors[field])
    assert not User.objects.filter(email="isil@okul.example").exists()


def closed(client, link):
    client.get(link)
    answer = client.get("/davet/")
    assert "yeni bir davet isteyiniz" in answer.content.decode()
    return answer.status_code == 404


def test_an_unknown_link_is_answered_with_a_sentence(client):
    assert closed(client, f"/davet/{'0' * 64}/")
    assert client.get("/davet/").status_code == 404


def test_a_link_ends_after_seven_days(client, seat, principal, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    link = invite_and_mail(seat, principal)
    time_machine.shift(7 * 24 * 3600 - 60)
    client.get(link)
    assert client.get("/davet/").status_code == 200
    time_machine.shift(120)
    assert closed(client, link)


def test_a_new_invitation_ends_the_earlier_link(client, seat, principal):
    old = invite_and_mail(seat, principal)
    new = invite_and_mail(seat, principal)
    assert closed(client, old)
    client.get(new)
    assert client.get("/davet/").status_code == 200


def test_ending_the_seat_ends_the_link(client, seat, principal):
    link = invite_and_mail(seat, principal)
    services.end_seat(seat=seat, end_date=timezone.localdate() - datetime.timedelta(days=1), by=principal)
    assert closed(client, link)


def test_people_with_an_account_are_not_invited(seat, principal):
    with pytest.raises(Conflict, match="hesabı zaten var"):
        services.invite(seat=principal.staff_member.seats.get(), email="x@okul.example", by=principal)


def test_an_address_of_somebody_else_is_refused(seat, principal):
    with pytest.raises(UserError, match="başka birine kayıtlı"):
        services.invite(seat=seat, email=principal.email.upper(), by=principal)
    assert not Invitation.objects.exists()


def test_an_address_taken_meanwhile_closes_the_link(client, seat, principal):
    link = invite_and_mail(seat, principal)
    client.get(link)
    UserFactory(email="isil@okul.example")
    answer = client.post("/davet/", {"full_name": "Işıl Çığır", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert answer.status_code == 404
    seat.staff.refresh_from_db()
    assert seat.staff.user is None


def test_closing_and_reopening_an_account():
    user, by = UserFactory(), UserFactory()
    services.close_account(user=user, reason="Emekli oldu.", by=by)
    user.refresh_from_db()
    assert not user.is_active
    entry = AuditEntry.objects.get(action="account.close")
    assert (entry.actor, entry.note, entry.target_id) == (by, "Emekli oldu.", str(user.pk))
    with pytest.raises(Conflict):
        services.close_account(user=user, reason="Yine", by=by)
    services.reopen_account(user=user, by=by)
    user.refresh_from_db()
    assert user.is_active


def test_nobody_closes_the_own_account_or_without_a_reason():
    user, by = UserFactory(), UserFactory()
    with pytest.raises(UserError, match="Kendi hesabınızı"):
        services.close_account(user=by, reason="x", by=by)
    with pytest.raises(UserError, match="neden kapatıldığını"):
        services.close_account(user=user, reason=" ", by=by)
