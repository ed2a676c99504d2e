"""The list of projects as a search: which words find what, for whom, and what stands in the address."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.text import fold
from projects.models import Project
from projects.selectors.search import words_of
from projects.services import autosave_field, create_project
from projects.workflow import ClaimStage, ClaimStatus
from schools.models import InstitutionYear
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.units import Category
from tests.factories.projects import ClaimFactory, ProjectFactory, item, team
from tests.factories.schools import DistrictFactory, InstitutionFactory, StaffFactory, StudentFactory, seat_user

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def found(user: Any, **query: Any) -> list[str]:
    """Titles on the page for this address, sorted by code point."""
    response = client_of(user).get(reverse("projects:list"), query)
    assert response.status_code == 200
    page = unescape(response.content.decode())
    titles = sorted(re.findall(r'data-label="Proje"><a href="[^"]+">([^<]+)</a>', page))
    assert f'<strong class="num">{len(titles)}</strong> proje' in page
    return titles


@pytest.fixture
def province(catalogue: None) -> dict[str, Project]:
    """Three schools in two districts, a project each, with teams."""
    edremit, sindirgi = DistrictFactory(name="Edremit"), DistrictFactory(name="Sındırgı")
    light = InstitutionFactory(district=edremit, name="Edremit Işık Ortaokulu", code="712345")
    sea = InstitutionFactory(district=edremit, name="Edremit Deniz Lisesi", category=Category.HIGH)
    rose = InstitutionFactory(district=sindirgi, name="Sındırgı Gül İlkokulu", category=Category.PRIMARY)
    made = {
        "Ilık Su Şenliği": ProjectFactory(
            institution=light, title="Ilık Su Şenliği", item=item("KA2"), summary="Kaplıca suyu ve sağlık."
        ),
        "Rüzgâr Gülü": ProjectFactory(
            institution=sea, title="Rüzgâr Gülü", item=item("4006"), summary="Yenilenebilir ENERJİ üretimi."
        ),
        "Okuyan Okul": ProjectFactory(
            institution=rose,
            title="Okuyan Okul",
            item=item("LOCAL-1"),
            summary="Her gün yirmi dakika.",
            is_reading=True,
        ),
    }
    team(
        made["Rüzgâr Gülü"],
        coordinator=StaffFactory(institution=sea, first_name="Çiğdem", last_name="Iğdır"),
        students=[StudentFactory(institution=sea, first_name="Bahar", last_name="Zeytinci")],
    )
    return made


@pytest.fixture
def technical(catalogue: None) -> Any:
    return seat_user(CommissionKind.TECHNICAL, SeatRole.RND, full_name="İrem Şahin")


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("ILIK", ["Ilık Su Şenliği"]),
        ("ilik sEnliGi", ["Ilık Su Şenliği"]),
        ("ŞENLİĞİ ılık", ["Ilık Su Şenliği"]),
        ("ilik enerji", []),
        ("enerji", ["Rüzgâr Gülü"]),
        ("ENERJİ", ["Rüzgâr Gülü"]),
        ("kaplıca ışık", ["Ilık Su Şenliği"]),
        ("edremit", ["Ilık Su Şenliği", "Rüzgâr Gülü"]),
        ("SINDIRGI", ["Okuyan Okul"]),
        ("712345", ["Ilık Su Şenliği"]),
        ("71234", []),
        ("KA210", ["Ilık Su Şenliği"]),
        ("erasmus", []),
        ("4006", ["Rüzgâr Gülü"]),
        ("yerel projeler", ["Okuyan Okul"]),
        ("local-1", ["Okuyan Okul"]),
        ("çiğdem IĞDIR", ["Rüzgâr Gülü"]),
        ("cigdem deniz 4006 enerji", ["Rüzgâr Gülü"]),
        ("bahar", []),
        ("zeytinci", []),
        ("100%", []),
        ("_", []),
        ("   ", ["Ilık Su Şenliği", "Okuyan Okul", "Rüzgâr Gülü"]),
        ("s\u0327enlig\u0306i", ["Ilık Su Şenliği"]),
    ],
)
def test_words_find_projects(province: Any, technical: Any, search: str, expected: list[str]) -> None:
    assert found(technical, ara=search) == expected


def test_a_remembered_search_tells_of_what_was_written_since(province: Any, technical: Any) -> None:
    assert found(technical, ara="edremit") == ["Ilık Su Şenliği", "Rüzgâr Gülü"]
    added = ProjectFactory(institution=province["Rüzgâr Gülü"].institution, title="Mavi Yol")
    assert found(technical, ara="edremit") == ["Ilık Su Şenliği", "Mavi Yol", "Rüzgâr Gülü"]
    added.status = "approved"
    added.save(update_fields=["status", "updated_at"])
    assert found(technical, ara="edremit", durum="approved") == ["Mavi Yol"]
    added.delete()
    assert found(technical, ara="edremit") == ["Ilık Su Şenliği", "Rüzgâr Gülü"]


def test_a_word_inside_another_is_not_asked_twice() -> None:
    assert words_of("su Suyu SUYU  ılık") == ["suyu", "ilik"]


def test_a_search_stays_inside_what_the_reader_may_see(province: Any, technical: Any) -> None:
    school = province["Ilık Su Şenliği"].institution
    own = seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school)
    district = seat_user(CommissionKind.DISTRICT, SeatRole.MEMBER, school.district)
    assert found(own, ara="edremit") == ["Ilık Su Şenliği"]
    assert found(own, ara="çiğdem") == []
    assert found(district, ara="okul") == ["Ilık Su Şenliği"]
    assert found(district, ara="çiğdem") == ["Rüzgâr Gülü"]
    assert found(district, ara="okuyan") == []
    assert found(technical, ara="okuyan") == ["Okuyan Okul"]


def test_the_searched_text_follows_what_the_school_writes(school: Any, coordinator: Any) -> None:
    year = InstitutionYear.objects.get(institution=school).year
    project = create_project(institution=school, year=year, title="Göç Yolları", by=coordinator)
    assert project.search_key == "goc yollari"
    autosave_field(
        project_id=project.pk, values={"summary": "Leyleklerin İZİNDE"}, version=project.version, by=coordinator
    )
    assert Project.objects.get(pk=project.pk).search_key == fold("Göç Yolları Leyleklerin İZİNDE")
    assert found(coordinator, ara="izinde göç") == ["Göç Yolları"]
    project.refresh_from_db()
    project.status = "draft"
    project.save(update_fields=["status"])
    assert Project.objects.get(pk=project.pk).search_key == "goc yollari leyleklerin izinde"


def test_filters_narrow_the_list(province: Any, technical: Any) -> None:
    assert found(technical, kalem=item("KA2").pk) == ["Ilık Su Şenliği"]
    assert found(technical, program=item("4006").programme_id) == ["Rüzgâr Gülü"]
    assert found(technical, ilce=province["Okuyan Okul"].institution.district_id) == ["Okuyan Okul"]
    assert found(technical, kategori="high") == ["Rüzgâr Gülü"]
    assert found(technical, kategori="high", ilce=province["Okuyan Okul"].institution.district_id) == []
    assert found(technical, kitap="on") == ["Okuyan Okul"]
    Project.objects.filter(title="Rüzgâr Gülü").update(is_good_example=True)
    assert found(technical, iyi="on") == ["Rüzgâr Gülü"]
    assert len(found(technical, kategori="x", kalem="²", ilk="dün", inceleyen="9" * 40)) == 3


def test_the_stage_is_success_once_a_success_stands(province: Any, technical: Any) -> None:
    ClaimFactory(project=province["Ilık Su Şenliği"], stage=ClaimStage.SUCCESS, status=ClaimStatus.SUBMITTED)
    ClaimFactory(project=province["Rüzgâr Gülü"], stage=ClaimStage.SUCCESS, status=ClaimStatus.REJECTED)
    Project.objects.filter(title="Okuyan Okul").update(first_stage=ClaimStage.SUCCESS)
    assert found(technical, asama="success") == ["Ilık Su Şenliği", "Okuyan Okul"]
    assert found(technical, asama="preparing") == ["Rüzgâr Gülü"]


def test_sent_between_counts_both_days_whole(province: Any, technical: Any) -> None:
    def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
        return dt.datetime(2021, 3, day, hour, minute, tzinfo=timezone.get_current_timezone())

    ClaimFactory(project=province["Ilık Su Şenliği"], submitted_at=at(5, 0))
    ClaimFactory(project=province["Rüzgâr Gülü"], submitted_at=at(6, 23, 59))
    assert found(technical, ilk="2021-03-05", son="2021-03-06") == ["Ilık Su Şenliği", "Rüzgâr Gülü"]
    assert found(technical, ilk="2021-03-06") == ["Rüzgâr Gülü"]
    assert found(technical, son="2021-03-05") == ["Ilık Su Şenliği"]
    assert found(technical, ilk="2021-03-07") == []


def test_the_reviewer_is_asked_for_by_the_technical_team_alone(province: Any, technical: Any) -> None:
    ClaimFactory(project=province["Rüzgâr Gülü"], status=ClaimStatus.IN_REVIEW, reviewer=technical)
    ClaimFactory(project=province["Okuyan Okul"], status=ClaimStatus.APPROVED, decided_by=technical)
    assert found(technical, inceleyen=technical.pk) == ["Okuyan Okul", "Rüzgâr Gülü"]
    board = seat_user(CommissionKind.EXECUTIVE, SeatRole.MEMBER)
    assert len(found(board, inceleyen=technical.pk)) == 3
    page = client_of(board).get(reverse("projects:list"), {"inceleyen": technical.pk})
    assert "İnceleyen" not in page.content.decode()


def test_each_filter_in_use_can_be_taken_away_alone(province: Any, technical: Any) -> None:
    query = {"ara": "edremit", "kategori": "high", "ilk": "2021-03-05", "durum": "draft", "kitap": "on"}
    response = client_of(technical).get(reverse("projects:list"), query)
    chips = {chip["label"]: (chip["value"], chip["url"]) for chip in response.context["active"]}
    here = reverse("projects:list")
    assert chips == {
        "Aranan": ("edremit", f"{here}?kategori=high&ilk=2021-03-05&durum=draft&kitap=on"),
        "Kategori": ("Lise", f"{here}?ara=edremit&ilk=2021-03-05&durum=draft&kitap=on"),
        "Gönderilme (ilk gün)": ("05.03.2021", f"{here}?ara=edremit&kategori=high&durum=draft&kitap=on"),
        "Kitap okuma projeleri": ("", f"{here}?ara=edremit&kategori=high&ilk=2021-03-05&durum=draft"),
    }
    assert '<strong class="num">0</strong> proje' in response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_search_asks_a_fixed_number_of_queries(technical: Any, rows: int, django_assert_num_queries: Any) -> None:
    school = InstitutionFactory(district=DistrictFactory(name="Edremit"))
    for _ in range(rows):
        ClaimFactory(project=ProjectFactory(institution=school), status=ClaimStatus.APPROVED)
    client = client_of(technical)
    query = {
        "ara": "ışık proje",
        "kategori": "middle",
        "asama": "preparing",
        "ilk": "2020-01-01",
        "inceleyen": "",
        "durum": "approved",
    }
    with django_assert_num_queries(SEARCH_QUERIES):
        response = client.get(reverse("projects:list"), query)
    assert response.context["total"] == rows


SEARCH_QUERIES = 14
