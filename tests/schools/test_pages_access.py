"""Who may open and do what, object by object, on the pages of this app."""

import datetime as dt

import pytest
from django.utils import timezone

from common.models import AuditEntry
from schools.models import AcademicYear, Commission, Invitation, Seat, YearSetting
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.accounts import SystemAdminFactory, UserFactory
from tests.factories.schools import (
    CommissionFactory,
    DistrictFactory,
    InstitutionFactory,
    ProvinceFactory,
    SeatFactory,
    StaffFactory,
    StudentFactory,
    current_year,
    seat_user,
    staff_user,
)

pytestmark = pytest.mark.django_db


class World:
    """Two schools of one district, one of another, one in another province."""

    def __init__(self):
        self.edremit, gonen = DistrictFactory(name="Edremit"), DistrictFactory(name="Gönen")
        birecik = DistrictFactory(name="Birecik", province=ProvinceFactory(plate_code=63))
        self.own = InstitutionFactory(district=self.edremit, code="700001", name="Edremit Zeytinli Ortaokulu")
        self.near = InstitutionFactory(district=self.edremit, code="700002", name="Edremit Kazdağı Ortaokulu")
        self.far = InstitutionFactory(district=gonen, code="700003", name="Gönen Ilıca Ortaokulu")
        self.abroad = InstitutionFactory(district=birecik, code="700004", name="Birecik Fırat Ortaokulu")
        self.schools = (self.own, self.near, self.far, self.abroad)
        self.staff = {school.code: StaffFactory(institution=school) for school in self.schools}
        self.students = {school.code: StudentFactory(institution=school) for school in self.schools}
        self.commissions = {
            school.code: CommissionFactory(kind=CommissionKind.SCHOOL, institution=school) for school in self.schools
        }
        province = self.own.province
        self.users = {
            "technical": seat_user(CommissionKind.TECHNICAL, unit=province),
            "executive": seat_user(CommissionKind.EXECUTIVE, SeatRole.CHAIR, province, signs_as="Vali"),
            "district": seat_user(CommissionKind.DISTRICT, SeatRole.MEMBER, self.edremit),
            "chair": seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, self.own),
            "coordinator": seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, self.own),
            "staff": staff_user(self.own),
            "admin": SystemAdminFactory(),
        }


@pytest.fixture
def world():
    return World()


SEEN = {
    "technical": {"700001", "700002", "700003"},
    "executive": {"700001", "700002", "700003"},
    "district": {"700001", "700002"},
    "chair": {"700001"},
    "coordinator": {"700001"},
    "staff": set(),
}


@pytest.mark.parametrize("role", SEEN)
def test_objects_outside_the_scope_answer_404(client, world, role):
    client.force_login(world.users[role])
    codes = [school.code for school in world.schools]
    closed = 403 if role == "staff" else 404
    institutions = {code for code in codes if client.get(f"/kurumlar/{code}/").status_code == 200}
    people = {code for code in codes if client.get(f"/personel/{world.staff[code].pk}/").status_code == 200}
    commissions = {code for code in codes if client.get(f"/kurullar/{world.commissions[code].pk}/").status_code == 200}
    assert (institutions, people, commissions) == (SEEN[role],) * 3
    assert client.get("/kurumlar/700004/").status_code == closed
    assert client.get(f"/personel/{world.staff['700004'].pk}/").status_code == 404
    assert client.get(f"/kurullar/{world.commissions['700004'].pk}/").status_code == closed


@pytest.mark.parametrize("role", [role for role in SEEN if role != "staff"])
def test_lists_show_the_scope_and_nothing_else(client, world, role):
    client.force_login(world.users[role])
    institutions = client.get("/kurumlar/").context["page"]
    assert {row.code for row in institutions} == SEEN[role]
    assert {row.institution.code for row in client.get("/personel/").context["page"]} == SEEN[role]
    assert {row.institution.code for row in client.get("/ogrenciler/").context["page"]} == SEEN[role]
    schools = [row.institution for row in client.get("/kurullar/").context["page"] if row.institution]
    assert {school.code for school in schools} == SEEN[role]


@pytest.mark.parametrize("path", ["/kurumlar/", "/personel/", "/ogrenciler/", "/kurullar/", "/ayarlar/"])
def test_people_without_a_seat_get_no_lists(client, world, path):
    client.force_login(world.users["staff"])
    assert client.get(path).status_code == 403


def test_filters_are_no_way_around_the_scope(client, world):
    client.force_login(world.users["coordinator"])
    for query in ("?kurum=700003", "?ara=gönen", "?ilce=999", "?kategori=xx", "?page=99", "?unvan=%00", "?sinif=99"):
        for path in ("/kurumlar/", "/personel/", "/ogrenciler/", "/kurullar/"):
            answer = client.get(path + query)
            assert answer.status_code == 200
            assert "Gönen" not in answer.content.decode()


def test_search_folds_turkish_letters(client, world):
    client.force_login(world.users["technical"])
    for text in ("kazdağı", "KAZDAGI", "kazdagı edremit", "700002"):
        assert [row.code for row in client.get("/kurumlar/", {"ara": text}).context["page"]] == ["700002"]


def test_everybody_sees_the_own_record_and_the_number_only_masked(client, world):
    user = world.users["staff"]
    client.force_login(user)
    person = user.staff_member
    page = client.get(f"/personel/{person.pk}/").content.decode()
    assert person.identity_mask in page
    assert person.identity_digest not in page
    assert client.get("/hesabim/").status_code == 200


def test_strangers_are_sent_to_sign_in(client, world):
    for path in (
        "/kurumlar/",
        "/kurumlar/700001/",
        "/personel/",
        "/kurullar/",
        "/ayarlar/",
        "/hesabim/",
        "/ogrenciler/",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/hesap/login/?next={path}")


# --- What may be done ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [("technical", 302), ("admin", 302), ("executive", 403), ("district", 403), ("chair", 403), ("staff", 403)],
)
def test_who_forms_commissions(client, world, role, status):
    Commission.objects.filter(institution=world.near).delete()
    client.force_login(world.users[role])
    answer = client.post("/kurullar/kur/", {"kind": "school", "institution": "700002"})
    assert answer.status_code == status
    assert Commission.objects.filter(institution=world.near).exists() is (status == 302)


def seat_data(staff, role="member"):
    return {"staff": staff.pk, "role": role, "start_date": timezone.localdate().isoformat()}


@pytest.mark.parametrize(
    ("role", "status"),
    [("technical", 302), ("admin", 302), ("district", 302), ("chair", 302), ("coordinator", 403), ("executive", 403)],
)
def test_who_seats_people_at_a_school(client, world, role, status):
    client.force_login(world.users[role])
    staff = world.staff["700001"]
    answer = client.post(f"/kurullar/{world.commissions['700001'].pk}/uye-ekle/", seat_data(staff))
    assert answer.status_code == status
    assert staff.seats.exists() is (status == 302)


@pytest.mark.parametrize(
    ("role", "status"), [("technical", 302), ("district", 302), ("chair", 422)], ids=["technical", "district", "chair"]
)
def test_nobody_seats_the_chair_of_the_own_commission(client, world, role, status):
    Seat.objects.filter(staff__user=world.users["coordinator"]).delete()
    if role != "chair":
        Seat.objects.filter(staff__user=world.users["chair"]).delete()
    client.force_login(world.users[role])
    staff = world.staff["700001"]
    answer = client.post(f"/kurullar/{world.commissions['700001'].pk}/uye-ekle/", seat_data(staff, "chair"))
    assert answer.status_code == status
    assert staff.seats.exists() is (status == 302)


def test_a_chair_neither_ends_the_own_seat_nor_touches_other_schools(client, world):
    client.force_login(world.users["chair"])
    own = Seat.objects.get(staff__user=world.users["chair"])
    other = SeatFactory(commission=world.commissions["700002"], staff=world.staff["700002"])
    for seat, status in ((own, 403), (other, 404)):
        for action in ("bitir", "kaldir", "davet"):
            answer = client.post(f"/uyelikler/{seat.pk}/{action}/", {"end_date": "2026-01-01", "email": "a@b.example"})
            assert answer.status_code == status, action
    assert client.post(f"/kurullar/{world.commissions['700002'].pk}/uye-ekle/", {}).status_code == 404
    assert Seat.objects.filter(end_date=None).count() == 6
    assert not Invitation.objects.exists()


def test_another_schools_staff_cannot_be_seated_by_posting_its_number(client, world):
    client.force_login(world.users["chair"])
    answer = client.post(f"/kurullar/{world.commissions['700001'].pk}/uye-ekle/", seat_data(world.staff["700002"]))
    assert answer.status_code == 422
    assert not world.staff["700002"].seats.exists()


def test_the_chair_ends_and_invites_members_of_the_own_team(client, world, mailoutbox):
    client.force_login(world.users["chair"])
    seat = SeatFactory(commission=world.commissions["700001"], staff=world.staff["700001"])
    answer = client.post(f"/uyelikler/{seat.pk}/davet/", {"email": "ogretmen@okul.example"})
    assert answer["Location"] == f"/kurullar/{seat.commission_id}/"
    assert Invitation.objects.get().seat == seat
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    client.post(f"/uyelikler/{seat.pk}/bitir/", {"end_date": yesterday.isoformat()})
    seat.refresh_from_db()
    assert seat.end_date == yesterday
    page = client.get(f"/kurullar/{seat.commission_id}/").content.decode()
    assert "Görevi bitenler" in page


def test_boards_seat_people_found_by_name_or_new_ones(client, world):
    client.force_login(world.users["technical"])
    board = CommissionFactory(kind=CommissionKind.DISTRICT, district=world.edremit)
    url = f"/kurullar/{board.pk}/uye-ekle/"
    person = world.staff["700002"]
    assert person.full_name in client.get(url, {"ara": person.full_name}).content.decode()
    assert client.post(url, seat_data(person, "school_principal")).status_code == 302
    new = {"first_name": "Şükrü", "last_name": "Ilgaz", "role": "chair", "start_date": timezone.localdate().isoformat()}
    assert client.post(url, new).status_code == 302
    assert board.seats.get(role="chair").label == "Kaymakam, İlçe Proje Yürütme Kurulu – Edremit"
    empty = {"role": "member", "start_date": timezone.localdate().isoformat()}
    answer = client.post(url, empty)
    assert answer.status_code == 422
    assert "Listeden bir kişi seçiniz" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "status"), [("technical", 302), ("admin", 302), ("executive", 403), ("district", 404), ("chair", 404)]
)
def test_who_closes_accounts(client, world, role, status):
    user = staff_user(world.far)
    client.force_login(world.users[role])
    answer = client.post(f"/personel/{user.staff_member.pk}/hesap/", {"reason": "Görevden ayrıldı."})
    user.refresh_from_db()
    assert (answer.status_code, user.is_active) == (status, status != 302)


# --- Settings of the year -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [("technical", 302), ("executive", 302), ("admin", 302), ("district", 403), ("coordinator", 403), ("staff", 403)],
)
def test_who_changes_settings(client, world, role, status):
    client.force_login(world.users[role])
    answer = client.post("/ayarlar/team_share/", {"value": "split", "version": "0"})
    assert answer.status_code == status
    assert YearSetting.objects.exists() is (status == 302)


@pytest.mark.parametrize(("role", "status"), [("executive", 302), ("technical", 403), ("admin", 403)])
def test_who_approves_settings(client, world, role, status):
    client.force_login(world.users[role])
    assert client.post("/ayarlar/onayla/").status_code == status
    year = current_year(world.own.province)
    assert (year.settings_approved_at is not None) is (status == 302)


def test_the_settings_page_shows_meaning_source_default_and_who_changed(client, world):
    client.force_login(world.users["technical"])
    client.post("/ayarlar/team_share/", {"value": "split", "version": "0", "note": "Kurul kararı 3"})
    page = client.get("/ayarlar/").content.decode()
    for text in (
        "Ekipte birden çok öğretmen",
        "Puan ekipteki öğretmenlere eşit bölünür",
        "Başlangıç değeri: Her öğretmene projenin tam puanı yazılır",
        "Kurul kararı 3",
        world.users["technical"].full_name,
        "ilk 500, 1.000 ve 3.000",
    ):
        assert text in page, text


def test_a_stale_settings_form_shows_both_values_and_loses_nothing(client, world):
    client.force_login(world.users["technical"])
    client.post("/ayarlar/min_students/", {"value": "12", "version": "0"})
    answer = client.post("/ayarlar/min_students/", {"value": "8", "version": "0"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Sizin yazdığınız" in page
    assert YearSetting.objects.get().value == "12"
    assert 'name="version" value="1"' in page
    client.post("/ayarlar/min_students/", {"value": "8", "version": "1", "keep-value": "theirs"})
    assert YearSetting.objects.get().value == "12"
    client.post("/ayarlar/min_students/", {"value": "8", "version": "1", "keep-value": "mine"})
    assert YearSetting.objects.get().value == "8"


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 300, "\x00"])
def test_wrong_values_show_a_sentence(client, world, value):
    client.force_login(world.users["technical"])
    answer = client.post("/ayarlar/min_students/", {"value": value, "version": "0"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["value"]
    assert not AuditEntry.objects.filter(action="year_setting.set").exists()


def test_an_unknown_setting_is_404(client, world):
    client.force_login(world.users["technical"])
    assert client.get("/ayarlar/renk/").status_code == 404


def test_pages_before_any_year_are_404_and_not_an_error(client):
    client.force_login(SystemAdminFactory())
    for path in ("/kurumlar/", "/personel/", "/kurullar/", "/ayarlar/"):
        assert client.get(path).status_code == 404
    client.force_login(UserFactory())
    assert client.get("/hesabim/").status_code == 200


# --- Until when projects may be sent ------------------------------------------------------------------------------

DEADLINE = "/ayarlar/gonderme-suresi/"


def local(*moment: int) -> dt.datetime:
    return dt.datetime(*moment, tzinfo=timezone.get_current_timezone())


@pytest.fixture
def open_year(world):
    year = current_year(world.own.province)
    today = timezone.localdate()
    year.end_date = today + dt.timedelta(days=60)
    year.save()
    return year


@pytest.mark.parametrize(
    ("role", "status"), [("technical", 302), ("executive", 302), ("district", 403), ("staff", 403)]
)
def test_who_sets_the_deadline(client, world, open_year, role, status):
    client.force_login(world.users[role])
    day = open_year.end_date
    data = {"day": day.isoformat(), "time": "", "seen": "", "note": "Kurul kararı 4"}
    assert client.post(DEADLINE, data).status_code == status
    open_year.refresh_from_db()
    assert open_year.submission_deadline == (local(day.year, day.month, day.day, 23, 59) if status == 302 else None)
    page = client.get("/ayarlar/").content.decode() if role != "staff" else ""
    assert ("Kurul kararı 4" in page) is (status == 302)


def test_a_deadline_can_be_taken_away_again(client, world, open_year):
    moment = timezone.now() + dt.timedelta(days=3)
    AcademicYear.objects.filter(pk=open_year.pk).update(submission_deadline=moment)
    client.force_login(world.users["executive"])
    assert client.post(DEADLINE, {"day": "", "time": "23:59", "seen": moment.isoformat()}).status_code == 302
    open_year.refresh_from_db()
    assert open_year.submission_deadline is None
    assert AuditEntry.objects.get(action="year.submission_deadline").after == {
        "value": "Belirlenmedi: yeni yıl açılıncaya kadar"
    }


def test_a_deadline_that_is_over_or_behind_the_year_is_refused_and_nothing_is_lost(client, world, open_year):
    client.force_login(world.users["technical"])
    for day, sentence in (
        (timezone.localdate() - dt.timedelta(days=1), "Bu an geçmişte kalıyor; ileride bir gün ve saat seçiniz."),
        (open_year.end_date + dt.timedelta(days=1), "tarihinde bitiyor; son anı en geç o güne koyunuz."),
    ):
        answer = client.post(DEADLINE, {"day": day.isoformat(), "time": "17:00", "seen": ""})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in page
        assert f'value="{day.isoformat()}"' in page
    open_year.refresh_from_db()
    assert open_year.submission_deadline is None


def test_a_deadline_that_somebody_else_moved_is_told_and_kept_on_the_second_try(client, world, open_year):
    client.force_login(world.users["technical"])
    theirs = local(open_year.end_date.year, open_year.end_date.month, open_year.end_date.day, 12, 0)
    AcademicYear.objects.filter(pk=open_year.pk).update(submission_deadline=theirs)
    mine = {"day": open_year.end_date.isoformat(), "time": "17:00"}
    answer = client.post(DEADLINE, {**mine, "seen": ""})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert theirs.strftime("%d.%m.%Y") in page
    seen = answer.context["form"]["seen"].value()
    assert client.post(DEADLINE, {**mine, "seen": seen}).status_code == 302
    open_year.refresh_from_db()
    assert timezone.localtime(open_year.submission_deadline).hour == 17


@pytest.mark.parametrize("seen", ["x", "2026-99-99", "\x00"])
def test_an_odd_deadline_shows_a_sentence(client, world, open_year, seen):
    client.force_login(world.users["technical"])
    data = {"day": open_year.end_date.isoformat(), "time": "17:00", "seen": seen}
    assert client.post(DEADLINE, data).status_code == 422
    assert client.post(DEADLINE, {"day": "yarın", "time": "25:99", "seen": ""}).status_code == 422
