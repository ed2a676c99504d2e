"""Beginning a project: what is filled in, what an earlier project gives, what is suggested."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from common.audit import trail_of
from common.errors import UserError
from projects.models import Project
from projects.selectors.earlier import earlier_projects, free_title, moved
from projects.selectors.suggestions import suggestions_for
from projects.services import FieldRefused, TitleTaken, autosave_field, copy_project, create_project
from schools.models import AcademicYear, Institution
from tests.factories.projects import ClaimFactory, ProjectFactory, item, team
from tests.factories.schools import InstitutionFactory, StaffFactory, StudentFactory, YearFactory
from tests.projects.conftest import add_file

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def last_year(school: Any) -> AcademicYear:
    return YearFactory(province=school.province, name="2019-2020", is_current=False)


@pytest.fixture
def year(school: Any) -> AcademicYear:
    return AcademicYear.objects.get(is_current=True)


@pytest.fixture
def source(school: Any, last_year: AcademicYear) -> Project:
    """An approved project of last year; one teacher and one student of its team have left the school."""
    source = ProjectFactory(
        institution=school,
        year=last_year,
        title="Zeytin Dalı",
        item=item("LOCAL-2"),
        partners="Edremit Belediyesi",
        budget="1500.00",
        budget_source="Kalkınma Ajansı",
        links="https://ornek.example/zeytin",
        start_date=dt.date(2019, 10, 1),
        end_date=dt.date(2020, 2, 29),
        showcase_consent=True,
        is_reading=True,
        is_good_example=True,
    )
    team(
        source,
        coordinator=StaffFactory(institution=InstitutionFactory(), first_name="Giden", last_name="Öğretmen"),
        teachers=[StaffFactory(institution=school, first_name="Kalan", last_name="Öğretmen")],
        students=[
            StudentFactory(institution=school, first_name="Kalan", last_name="Öğrenci"),
            StudentFactory(first_name="Mezun", last_name="Öğrenci"),
        ],
    )
    partner = InstitutionFactory(district=school.district)
    source.partner_institutions.add(partner)
    add_file(source, claim=ClaimFactory(project=source, status="approved"))
    return source


def test_whoever_begins_teaches_coordinates_and_the_principal_is_responsible(
    school: Any, coordinator: Any, principal: Any, year: AcademicYear
) -> None:
    project = create_project(institution=school, year=year, title="Su Elçileri", by=coordinator)
    assert list(project.team_teachers.values_list("staff", "is_coordinator")) == [(coordinator.staff_member.pk, True)]
    assert project.responsible_manager == principal.staff_member


def test_a_principal_who_begins_is_not_put_into_the_team(school: Any, principal: Any, year: AcademicYear) -> None:
    project = create_project(institution=school, year=year, title="Su Elçileri", by=principal)
    assert not project.team_teachers.exists()
    assert project.responsible_manager == principal.staff_member


def test_days_that_another_save_put_into_the_wrong_order_are_refused_at_their_field(
    project: Project, coordinator: Any
) -> None:
    with pytest.raises(FieldRefused, match="Bitiş tarihi başlangıç tarihinden önce olamaz") as refused:
        autosave_field(
            project_id=project.pk, values={"start_date": dt.date(2022, 1, 1)}, version=project.version, by=coordinator
        )
    assert refused.value.field == "start_date"
    assert Project.objects.get(pk=project.pk).start_date == dt.date(2020, 10, 1)


def test_a_title_taken_in_this_very_moment_is_refused_in_words(
    school: Any, year: AcademicYear, monkeypatch: pytest.MonkeyPatch, coordinator: Any
) -> None:
    ProjectFactory(institution=school, title="Su Elçileri")
    monkeypatch.setattr("projects.services.drafts._require_free_title", lambda *_args, **_kwargs: None)
    with pytest.raises(FieldRefused, match="aynı adla bir projesi var"):
        create_project(institution=school, year=year, title="SU ELÇİLERİ", by=coordinator)
    assert Project.objects.filter(title_key="su elcileri").count() == 1


def test_a_copy_takes_what_still_fits(source: Project, coordinator: Any, principal: Any, year: AcademicYear) -> None:
    project = copy_project(source=source, year=year, title="Zeytin  Dalı", by=coordinator)
    project.refresh_from_db()
    taken = {name: getattr(project, name) for name in ("title", "title_key", "summary", "aims", "partners", "links")}
    assert taken == {
        "title": "Zeytin Dalı",
        "title_key": "zeytin dali",
        "summary": source.summary,
        "aims": source.aims,
        "partners": "Edremit Belediyesi",
        "links": "https://ornek.example/zeytin",
    }
    assert (project.item.code, project.first_stage, project.status) == ("LOCAL-1", "preparing", "draft")
    assert (project.start_date, project.end_date) == (dt.date(2020, 10, 1), dt.date(2021, 2, 28))
    assert (project.budget, project.budget_source) == (None, "Kalkınma Ajansı")
    assert (project.is_reading, project.showcase_consent, project.is_good_example) == (True, False, False)
    assert project.responsible_manager == principal.staff_member
    assert [(row.staff.full_name, row.is_coordinator) for row in project.team_teachers.all()] == [
        ("Kalan Öğretmen", True)
    ]
    assert [row.student.full_name for row in project.team_students.all()] == ["Kalan Öğrenci"]
    assert list(project.partner_institutions.all()) == list(source.partner_institutions.all())
    assert (project.copied_from, project.claims.count(), project.evidence.count()) == (source, 0, 0)
    line = project.events.get()
    assert (line.action, line.text) == ("copy", "2019-2020: “Zeytin Dalı”")
    assert trail_of(project).get().after["copied_from"] == source.pk


def test_a_title_that_is_taken_gets_a_proposal(source: Project, coordinator: Any, year: AcademicYear) -> None:
    ProjectFactory(institution=source.institution, title="ZEYTİN DALI")
    with pytest.raises(TitleTaken, match=r"örneğin “Zeytin Dalı \(2020-2021\)”") as refused:
        copy_project(source=source, year=year, title="Zeytin Dalı", by=coordinator)
    assert copy_project(source=source, year=year, title=refused.value.proposal, by=coordinator).pk
    assert free_title(source.institution, year, "Zeytin Dalı") == "Zeytin Dalı (2020-2021, 2)"
    assert len(free_title(source.institution, year, "z" * 200)) == 200


def test_only_the_own_school_and_only_earlier_years_are_copied(
    source: Project, coordinator: Any, stranger: Any, reviewer: Any, year: AcademicYear
) -> None:
    for user in (stranger, reviewer):
        with pytest.raises(PermissionDenied):
            copy_project(source=source, year=year, title="Kopya", by=user)
    now = ProjectFactory(institution=source.institution)
    with pytest.raises(PermissionDenied):
        copy_project(source=now, year=year, title="Kopya", by=coordinator)
    with pytest.raises(UserError, match="adını yazınız"):
        copy_project(source=source, year=year, title=" ", by=coordinator)
    assert not Project.objects.filter(copied_from=source).exists()


def test_a_school_with_a_new_code_goes_on_with_the_projects_of_the_old_one(
    source: Project, coordinator: Any, year: AcademicYear
) -> None:
    old = InstitutionFactory(name="Eski Okul")
    Project.objects.filter(pk=source.pk).update(institution=old)
    Institution.objects.filter(pk=source.institution_id).update(predecessor=old)
    client = client_of(coordinator)
    page = client.get(reverse("projects:create"))
    assert [row["title"] for row in page.context["page"]] == ["Zeytin Dalı"]
    answer = client.post(reverse("projects:copy", args=[source.pk]), {"title": "Zeytin Dalı"})
    project = Project.objects.get(copied_from=source)
    assert answer["Location"] == reverse("projects:edit", args=[project.pk])
    assert project.institution.name == "Edremit Işık Ortaokulu"


def test_the_list_to_begin_from_is_searched_and_paged(
    source: Project, coordinator: Any, stranger: Any, last_year: AcademicYear
) -> None:
    for number in range(12):
        ProjectFactory(institution=source.institution, year=last_year, title=f"Işık {number:02}")
    ProjectFactory(institution=source.institution, title="Bu yılın ışığı")
    client, address = client_of(coordinator), reverse("projects:create")
    first = client.get(address).context["page"]
    assert (len(first), first.paginator.count, first[0]["title"]) == (10, 13, "Işık 00")
    assert [row["title"] for row in client.get(address, {"page": 2}).context["page"]][-1] == "Zeytin Dalı"
    assert [row["title"] for row in client.get(address, {"ara": "ZEYTİN"}).context["page"]] == ["Zeytin Dalı"]
    assert "Bu ada uyan proje yok" in client.get(address, {"ara": "balık"}).content.decode()
    assert "Geçen yılki projeden başla" not in client_of(stranger).get(address).content.decode()


def test_the_copy_page_says_what_goes_along(
    source: Project, coordinator: Any, stranger: Any, reviewer: Any, year: AcademicYear
) -> None:
    ProjectFactory(institution=source.institution, title="Zeytin Dalı")
    address = reverse("projects:copy", args=[source.pk])
    page = client_of(coordinator).get(address)
    assert page.context["form"].initial == {"title": "Zeytin Dalı (2020-2021)"}
    text = page.content.decode()
    assert "başka bir ad önerildi" in text
    assert "Bu yıl okulunuzda olmayanlar: Giden Öğretmen, Mezun Öğrenci." in text
    refused = client_of(coordinator).post(address, {"title": "Zeytin Dalı"})
    assert (refused.status_code, "örneğin “Zeytin Dalı (2020-2021)”" in refused.content.decode()) == (422, True)
    for user in (stranger, reviewer):
        assert client_of(user).get(address).status_code == 404
        assert client_of(user).post(address, {"title": "Kopya"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_to_begin_with_ask_the_same_number_of_queries(
    source: Project, coordinator: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows - 1):
        ProjectFactory(institution=source.institution, year=source.year, title=f"Işık {number}")
        team(
            source,
            teachers=[StaffFactory(institution=source.institution)],
            students=[StudentFactory(institution=source.institution)],
        )
    client = client_of(coordinator)
    client.get(reverse("projects:create"))
    with django_assert_num_queries(CREATE_QUERIES):
        assert client.get(reverse("projects:create")).status_code == 200
    with django_assert_num_queries(COPY_QUERIES):
        assert client.get(reverse("projects:copy", args=[source.pk])).status_code == 200


CREATE_QUERIES = 7
COPY_QUERIES = 14


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (None, 1, None),
        (dt.date(2019, 10, 1), 1, dt.date(2020, 10, 1)),
        (dt.date(2020, 2, 29), 1, dt.date(2021, 2, 28)),
        (dt.date(2020, 2, 29), 4, dt.date(2024, 2, 29)),
    ],
)
def test_days_move_by_whole_years(day: dt.date | None, years: int, expected: dt.date | None) -> None:
    assert moved(day, years) == expected


def test_earlier_projects_leave_out_other_provinces_and_later_years(school: Any, source: Project) -> None:
    assert list(earlier_projects([school], source.year, "")) == []


def test_suggestions_come_from_the_school_last_used_first(school: Any, source: Project, stranger: Any) -> None:
    ProjectFactory(
        institution=school, budget_source="kalkınma ajansı", partners="Balıkesir Üniversitesi\nEdremit Belediyesi"
    )
    ProjectFactory(institution=school, budget_source="Avrupa Birliği", links="https://ab.example/proje/1\nyanlış")
    theirs = stranger.staff_member.postings.get().institution
    ProjectFactory(institution=theirs, budget_source="Başka okulun kaynağı", partners="Başka ortak")
    add_file(source).__class__.objects.filter(project=source).update(caption="Hibe sözleşmesi")
    found = suggestions_for(ProjectFactory(institution=school))
    assert found.budget_sources == ["Avrupa Birliği", "kalkınma ajansı"]
    assert found.partners == ["Balıkesir Üniversitesi", "Edremit Belediyesi"]
    assert found.hosts == ["https://ab.example/", "https://ornek.example/"]
    assert found.captions[:2] == ["Hibe sözleşmesi", "Başvuru formu"]


def test_the_form_offers_suggestions(school: Any, source: Project, coordinator: Any) -> None:
    project = ProjectFactory(institution=school)
    page = client_of(coordinator).get(reverse("projects:edit", args=[project.pk])).content.decode()
    assert '<option value="Kalkınma Ajansı">' in page
    assert 'data-line="Edremit Belediyesi"' in page
    assert "Eğitim-öğretim yılı:" in page
    assert 'list="budget-sources"' in page
