"""Schools without a reading project: who is listed, who sees whom, and beginning one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from projects.models import Project
from projects.selectors.reading import MissingFilter, counts_by_district
from projects.workflow import ProjectStatus
from schools.models import AcademicYear
from schools.models.commissions import CommissionKind, SeatRole
from schools.models.units import Category
from tests.factories.projects import ProjectFactory
from tests.factories.schools import DistrictFactory, InstitutionFactory, seat_user
from tests.projects.test_exports import body, client_of, lines

pytestmark = pytest.mark.django_db

URL = "projects:reading"


@pytest.fixture
def schools(catalogue: None) -> dict[str, Any]:
    edremit, sindirgi = DistrictFactory(name="Edremit"), DistrictFactory(name="Sındırgı")
    made = {
        name: InstitutionFactory(district=district, name=name, category=category)
        for name, district, category in (
            ("Zeytin Ortaokulu", edremit, Category.MIDDLE),
            ("Işık Ortaokulu", edremit, Category.MIDDLE),
            ("İncir Lisesi", edremit, Category.HIGH),
            ("Çınar İlkokulu", sindirgi, Category.PRIMARY),
            ("Gül İlkokulu", sindirgi, Category.PRIMARY),
        )
    }
    for name, status, reading in (
        ("Zeytin Ortaokulu", ProjectStatus.APPROVED, True),
        ("Işık Ortaokulu", ProjectStatus.DRAFT, True),
        ("İncir Lisesi", ProjectStatus.SUBMITTED, False),
        ("Çınar İlkokulu", ProjectStatus.WITHDRAWN, True),
        ("Gül İlkokulu", ProjectStatus.RETURNED, True),
    ):
        ProjectFactory(institution=made[name], status=status, is_reading=reading)
    return made


@pytest.fixture
def technical(catalogue: None) -> Any:
    return seat_user(CommissionKind.TECHNICAL, SeatRole.RND)


def listed(client: Client, **query: Any) -> list[tuple[str, str]]:
    response = client.get(reverse(URL), query)
    assert response.status_code == 200
    return [(row["school"].name, str(row["state"])) for row in response.context["rows"]]


def test_the_province_sees_who_has_none(schools: Any, technical: Any) -> None:
    client = client_of(technical)
    assert listed(client) == [
        ("Işık Ortaokulu", "Taslakta, gönderilmedi"),
        ("İncir Lisesi", "Başlanmadı"),
        ("Çınar İlkokulu", "Başlanmadı"),
    ]
    assert listed(client, eksik="proje") == [
        ("Işık Ortaokulu", "Taslakta, gönderilmedi"),
        ("Çınar İlkokulu", "Başlanmadı"),
    ]
    assert listed(client, kategori="high") == [("İncir Lisesi", "Başlanmadı")]
    assert listed(client, ara="CINAR ilk") == [("Çınar İlkokulu", "Başlanmadı")]
    assert listed(client, ilce=schools["Gül İlkokulu"].district_id) == [("Çınar İlkokulu", "Başlanmadı")]
    assert len(listed(client, ilce="²", kategori="x", eksik="y")) == 3


def test_counts_by_district(schools: Any, technical: Any) -> None:
    year = AcademicYear.objects.get()

    def counts(**wanted: Any) -> list[tuple[str, int, int, int, int]]:
        rows = counts_by_district(technical, year, MissingFilter(**wanted))
        return [(row.name, row.schools, row.sent, row.drafts, row.missing) for row in rows]

    assert counts() == [("Edremit", 3, 1, 1, 2), ("Sındırgı", 2, 1, 0, 1)]
    assert counts(kind="proje") == [("Edremit", 3, 2, 1, 1), ("Sındırgı", 2, 1, 0, 1)]
    assert counts(category="middle") == [("Edremit", 2, 1, 1, 1)]
    assert counts(search="LISESI") == [("Edremit", 1, 0, 0, 1)]
    assert counts(search="ilkokulu", kind="proje") == [("Sındırgı", 2, 1, 0, 1)]
    assert counts(district=schools["Gül İlkokulu"].district_id) == [("Sındırgı", 2, 1, 0, 1)]


def test_the_table_of_districts_counts_what_the_filter_shows_and_keeps_it(schools: Any, technical: Any) -> None:
    InstitutionFactory(district=DistrictFactory(name="Bigadiç"), name="Nar Ortaokulu", category=Category.MIDDLE)
    page = client_of(technical).get(reverse(URL), {"kategori": "middle", "ara": "ortaokulu", "eksik": "proje"})
    assert [(row["counts"].name, row["counts"].missing) for row in page.context["districts"]] == [
        ("Bigadiç", 1),
        ("Edremit", 1),
    ]
    assert (page.context["schools"], page.context["missing"]) == (3, 2)
    words = page.content.decode()
    assert "İlçelere göre, süzülen okullar" in words
    edremit = schools["Işık Ortaokulu"].district_id
    url = page.context["districts"][1]["url"]
    assert url == f"{reverse(URL)}?kategori=middle&ara=ortaokulu&eksik=proje&ilce={edremit}"
    assert listed(client_of(technical), kategori="middle", ara="ortaokulu", eksik="proje", ilce=edremit) == [
        ("Işık Ortaokulu", "Taslakta, gönderilmedi")
    ]
    assert "Bigadiç" in str(page.context["form"]["district"])
    assert "Sındırgı" in str(page.context["form"]["district"])


def test_each_school_links_to_its_page_for_whoever_sees_the_list(schools: Any, technical: Any) -> None:
    board = seat_user(CommissionKind.DISTRICT, SeatRole.MEMBER, schools["Gül İlkokulu"].district)
    for person in (technical, board):
        client = client_of(person)
        address = reverse("schools:institution", args=[schools["Çınar İlkokulu"].code])
        assert f'<a href="{address}">Çınar İlkokulu</a>' in client.get(reverse(URL)).content.decode()
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("query", "counts"),
    [
        ({}, [3, 2]),
        ({"kategori": "high"}, [1, 0]),
        ({"kategori": "middle"}, [1, 1]),
        ({"ara": "isik"}, [1, 1]),
        ({"ilce": "Edremit"}, [2, 1]),
        ({"ilce": "Edremit", "kategori": "high", "ara": "incir"}, [1, 0]),
        ({"kategori": "primary", "ara": "gül"}, [0, 0]),
    ],
)
def test_chips_count_the_rows_behind_them(
    schools: Any, technical: Any, query: dict[str, str], counts: list[int]
) -> None:
    if "ilce" in query:
        query = query | {"ilce": schools["İncir Lisesi"].district_id}
    client = client_of(technical)
    for kind in ({}, {"eksik": "proje"}):
        page = client.get(reverse(URL), query | kind)
        assert [chip["count"] for chip in page.context["chips"]] == counts
    for kind, count in (("kitap", counts[0]), ("proje", counts[1])):
        assert len(listed(client, eksik=kind, **query)) == count


def test_a_district_sees_its_schools_only(schools: Any) -> None:
    board = seat_user(CommissionKind.DISTRICT, SeatRole.MEMBER, schools["Gül İlkokulu"].district)
    client = client_of(board)
    assert listed(client) == [("Çınar İlkokulu", "Başlanmadı")]
    assert listed(client, ilce=schools["Zeytin Ortaokulu"].district_id) == [("Çınar İlkokulu", "Başlanmadı")]


def test_a_school_sees_itself_and_can_begin(schools: Any) -> None:
    school = schools["İncir Lisesi"]
    client = client_of(seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, school))
    page = client.get(reverse(URL))
    assert "rows" not in page.context
    assert [(row["school"], row["is_missing"]) for row in page.context["own"]] == [(school, True)]
    assert "Zeytin Ortaokulu" not in page.content.decode()
    began = client.post(reverse("projects:start_reading"), {"institution": school.pk})
    project = Project.objects.get(institution=school, is_reading=True)
    assert began["Location"] == reverse("projects:edit", args=[project.pk])
    assert (project.title, project.status) == ("Kitap okuma projesi", "draft")
    assert client.post(reverse("projects:start_reading"))["Location"] == began["Location"]
    other = schools["Gül İlkokulu"]
    assert client.post(reverse("projects:start_reading"), {"institution": other.pk}).status_code == 404
    assert client.post(reverse("projects:start_reading"), {"institution": "²"}).status_code == 404
    assert Project.objects.filter(is_reading=True, institution__in=[school, other]).count() == 2


def test_a_new_one_begins_where_the_first_was_taken_back(schools: Any) -> None:
    school = schools["Çınar İlkokulu"]
    Project.objects.filter(institution=school).update(title="Kitap okuma projesi", title_key="kitap okuma projesi")
    client = client_of(seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, school))
    client.post(reverse("projects:start_reading"))
    titles = Project.objects.filter(institution=school).order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["Kitap okuma projesi", "Kitap okuma projesi 2"]


def test_the_list_can_be_taken_away(schools: Any, technical: Any) -> None:
    data = body(client_of(technical).post(reverse("projects:export_reading", args=["csv"]) + "?kategori=primary"))
    code = schools["Çınar İlkokulu"].code
    assert lines(data) == [
        ["Yıl", "Kurum Kodu", "Kurum", "İlçe", "Kategori", "Durum"],
        ["2020-2021", code, "Çınar İlkokulu", "Sındırgı", "İlkokul", "Başlanmadı"],
    ]
    entry = AuditEntry.objects.get(action="projects.export")
    assert (entry.after["rows"], entry.after["filter"]) == (1, "Kitap okuma projesi olmayan okullar; İlkokul")
    own = client_of(seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, schools["Çınar İlkokulu"]))
    assert own.post(reverse("projects:export_reading", args=["csv"])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_schools(technical: Any, rows: int, django_assert_num_queries: Any) -> None:
    InstitutionFactory.create_batch(rows)
    client = client_of(technical)
    with django_assert_num_queries(READING_QUERIES):
        assert len(listed(client)) == rows


READING_QUERIES = 11
