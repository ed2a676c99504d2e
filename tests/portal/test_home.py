import pytest
from django.urls import reverse

from portal.tiles import tile_map
from projects.workflow import ClaimStatus
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.projects import ClaimFactory, ProjectFactory
from tests.factories.schools import InstitutionFactory, YearFactory, seat_user, staff_user

pytestmark = pytest.mark.django_db


def waiting(institution, count):
    for _ in range(count):
        project = ProjectFactory(institution=institution)
        ClaimFactory(project=project, status=ClaimStatus.SUBMITTED)


@pytest.mark.parametrize(
    "kind", [CommissionKind.TECHNICAL, CommissionKind.EXECUTIVE, CommissionKind.MONITORING_PROJECT]
)
def test_queries_do_not_grow_with_the_province(client, django_assert_max_num_queries, kind) -> None:
    institution = InstitutionFactory()
    client.force_login(seat_user(kind, SeatRole.CHAIR, institution.province))
    client.get(reverse("portal:home"))  # the first request of a session also writes it
    taken = []
    for more in (1, 2):
        waiting(institution, more)
        with django_assert_max_num_queries(15) as captured:
            assert client.get(reverse("portal:home")).status_code == 200
        taken.append(len(captured))
    assert taken[0] == taken[1]


def test_school_sees_its_returned_projects_and_nobody_elses(client) -> None:
    mine, other = InstitutionFactory(), InstitutionFactory()
    for institution, title in ((mine, "Bizim Bahçe"), (other, "Onların Bahçesi")):
        project = ProjectFactory(institution=institution, title=title)
        ClaimFactory(project=project, status=ClaimStatus.RETURNED)
    client.force_login(seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, mine))
    page = client.get(reverse("portal:home")).content.decode()
    assert "Bizim Bahçe" in page
    assert "Onların Bahçesi" not in page


def test_reviewer_sees_how_many_claims_wait_and_since_when(client) -> None:
    institution = InstitutionFactory()
    waiting(institution, 3)
    client.force_login(seat_user(CommissionKind.TECHNICAL, unit=institution.province))
    tasks = client.get(reverse("portal:home")).context["home"].tasks
    assert [(task.title, task.count) for task in tasks] == [("İnceleme sırası", 3)]


def test_teacher_without_a_seat_sees_a_home_page_without_the_province(client) -> None:
    YearFactory()
    client.force_login(staff_user(InstitutionFactory()))
    home = client.get(reverse("portal:home")).context["home"]
    assert home.tiles == ()
    assert [stat.value for stat in home.stats] == [0]


@pytest.mark.parametrize(("kind", "leads"), [(CommissionKind.MEASUREMENT_CENTRE, 1), (CommissionKind.TECHNICAL, 0)])
def test_the_clerk_of_data_has_the_next_file_at_the_top_and_reviewers_have_their_queue(client, kind, leads) -> None:
    YearFactory()
    client.force_login(seat_user(kind))
    page = client.get(reverse("portal:home")).content.decode()
    assert page.count(f'href="{reverse("common:import_new")}"') == leads


def test_stranger_is_asked_to_sign_in(client) -> None:
    response = client.get(reverse("portal:home"))
    assert response.status_code == 302
    assert response["Location"].startswith("/hesap/login/")


def test_tile_map_keeps_every_district_apart_and_tints_by_share() -> None:
    rows = [("Marmara", 10, 0, 0), ("Edremit", 10, 5, 3), ("Sındırgı", 10, 10, 0), ("Balya", 0, 0, 0)]
    tiles, width, height = tile_map(10, rows)
    assert len({(tile.x, tile.y) for tile in tiles}) == 4
    assert [(tile.share, tile.level) for tile in tiles] == [(0, 0), (50, 2), (100, 4), (None, 0)]
    assert all(tile.x + 104 <= width and tile.y + 104 <= height for tile in tiles)


def test_a_province_without_a_map_is_laid_out_row_by_row() -> None:
    tiles, _, _ = tile_map(99, [(f"İlçe {n}", 1, 1, 0) for n in range(8)])
    assert (tiles[6].x, tiles[6].y) == (0, 110)
