import pytest
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from common.models import Notification
from portal.context_processors import SECTIONS, Navigation, item_of
from schools.authority import seats_of
from schools.models import Seat
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.exams import make_coaching
from tests.factories.schools import DistrictFactory, InstitutionFactory, StudentFactory, seat_user, staff_user

pytestmark = pytest.mark.django_db

SEATS = [
    (CommissionKind.SCHOOL, SeatRole.COORDINATOR),
    (CommissionKind.SCHOOL, SeatRole.CHAIR),
    (CommissionKind.DISTRICT, SeatRole.CHAIR),
    (CommissionKind.DISTRICT, SeatRole.BUREAU),
    (CommissionKind.TECHNICAL, SeatRole.RND),
    (CommissionKind.EXECUTIVE, SeatRole.CHAIR),
    (CommissionKind.EXECUTIVE, SeatRole.DIRECTOR),
    (CommissionKind.MONITORING_PROJECT, SeatRole.MEMBER),
    (CommissionKind.MEASUREMENT_CENTRE, SeatRole.DATA_CLERK),
]


def navigation_of(user):
    request = RequestFactory().get("/")
    request.user = user
    return Navigation(request)


def labels_of(user):
    return [str(link.label) for _label, links in navigation_of(user).sections for link in links]


def urls_of(user):
    return [link.url for _label, links in navigation_of(user).sections for link in links]


@pytest.mark.parametrize(("kind", "role"), SEATS)
def test_every_item_of_a_seats_menu_opens(client, kind, role) -> None:
    user = seat_user(kind, role, mfa_exempt=True)
    client.force_login(user)
    urls = urls_of(user)
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)


def test_every_item_of_a_menu_without_a_seat_opens(client) -> None:
    user = staff_user(InstitutionFactory(), mfa_exempt=True)
    client.force_login(user)
    urls = urls_of(user)
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)
    assert reverse("projects:queue") not in urls


def test_menus_differ_by_seat() -> None:
    technical = labels_of(seat_user(CommissionKind.TECHNICAL))
    school = labels_of(seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR))
    governor = labels_of(seat_user(CommissionKind.DISTRICT, SeatRole.CHAIR))
    assert "İnceleme sırası" in technical
    assert "İnceleme sırası" not in school
    assert "Veri aktarma" not in school
    assert "Makam onayı" in governor
    assert "Makam onayı" not in technical


@pytest.mark.parametrize(("kind", "role"), SEATS)
def test_a_menu_is_what_the_rules_say_and_asks_no_more_than_the_seats(kind, role, django_assert_num_queries) -> None:
    """People with the same kinds of seats share a menu, so no permission of it may look at anything else.

    The one query is the bell's, which also tells whether they coach.
    """
    shown = []
    for user in (seat_user(kind, role), seat_user(kind, role)):
        seats_of(user)
        with django_assert_num_queries(1):
            shown.append(labels_of(user))
            assert shown[-1] == [
                str(item.label)
                for section in SECTIONS
                for item in section.items
                if not item.for_coaches and (not item.permission or user.has_perm(item.permission))
            ]
    assert shown[0] == shown[1]


def test_only_coaches_find_their_students_in_the_menu(client) -> None:
    school = InstitutionFactory()
    pupil = StudentFactory(institution=school)
    coach, chair = staff_user(school, mfa_exempt=True), seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, school)
    others = [staff_user(school), seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)]
    for user in (coach, chair):
        make_coaching(user.staff_member, pupil)
    assert [("Öğrencilerim" in labels_of(user)) for user in (coach, chair, *others)] == [True, True, False, False]
    client.force_login(coach)
    html = client.get(reverse("exams:my_students")).content.decode()
    assert html.count('aria-current="page"') == 1
    assert pupil.full_name in html


def test_a_seat_that_ended_is_out_of_the_menu_at_once() -> None:
    user = seat_user(CommissionKind.TECHNICAL)
    assert "İnceleme sırası" in labels_of(user)
    Seat.objects.filter(staff__user=user).delete()
    assert "İnceleme sırası" not in labels_of(User.objects.get(pk=user.pk))


def test_seats_are_named_with_their_place() -> None:
    institution = InstitutionFactory(name="İncirli Ortaokulu")
    seats = navigation_of(seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, institution)).seats
    assert [(str(seat.role), seat.place) for seat in seats] == [("Okul proje sorumlusu", "İncirli Ortaokulu")]
    district = DistrictFactory(name="Sındırgı")
    seats = navigation_of(seat_user(CommissionKind.DISTRICT, SeatRole.CHAIR, district)).seats
    assert [seat.place for seat in seats] == ["Sındırgı"]


def test_frame_costs_one_query_for_seats_and_one_for_the_bell(client, django_assert_num_queries) -> None:
    user = seat_user(CommissionKind.TECHNICAL)
    for number in range(3):
        Notification.objects.create(recipient=user, kind="test", subject=f"Bildirim {number}")
    navigation = navigation_of(user)
    with django_assert_num_queries(2):
        assert len(navigation.seats) == 1
        assert navigation.sections
        assert navigation.unread == 3
        assert navigation.unread == 3


def test_the_current_item_is_marked_once() -> None:
    assert item_of("projects:queue").url_name == "projects:queue"
    assert item_of("projects:review").url_name == "projects:queue"
    assert item_of("projects:edit").url_name == "projects:list"
    assert item_of("awards:offered").url_name == "awards:offered"
    assert item_of("awards:list").url_name == "awards:rounds"
    assert item_of("account_email") is None
    assert item_of("") is None


def test_no_two_items_share_an_address() -> None:
    names = [item.url_name for section in SECTIONS for item in section.items]
    assert len(names) == len(set(names))


def test_page_marks_the_item_and_shows_the_year(client) -> None:
    client.force_login(seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, mfa_exempt=True))
    html = client.get(reverse("common:notifications")).content.decode()
    assert html.count('aria-current="page"') == 1
    assert "2020-2021" in html
    assert "Deneme verisi" in html


def test_style_guide_exists_only_while_developing(client, settings) -> None:
    assert client.get("/tasarim/").status_code == 404
    settings.DEBUG = True
    response = client.get("/tasarim/")
    assert response.status_code == 200
    assert response.content.decode().count("<h1>") == 1
