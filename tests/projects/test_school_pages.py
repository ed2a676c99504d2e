"""The school's pages: list, form with autosave, team, evidence, sending, later claims."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.errors import Conflict
from projects.models import Claim, Project
from projects.selectors.submission import submission_cautions
from projects.services import attach_stored, transition
from projects.workflow import ClaimStatus, ProjectStatus
from schools.models import AcademicYear
from tests.factories.projects import ClaimFactory, ProjectFactory
from tests.factories.schools import InstitutionFactory, StaffFactory, StudentFactory, staff_user
from tests.projects.conftest import add_file, ready_project

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def autosave(client: Client, project: Project, version: int | None = None, **values: Any) -> Any:
    body = {"_fields": ",".join(values), "version": project.version if version is None else version, **values}
    return client.post(reverse("projects:autosave", args=[project.pk]), body)


def test_list_shows_own_school_and_counts_by_status(school: Any, coordinator: Any, stranger: Any) -> None:
    ProjectFactory(institution=school, title="Rüzgâr Gülü")
    ClaimFactory(project=ProjectFactory(institution=school, title="İlk Adım"), status="approved")
    ProjectFactory(institution=stranger.staff_member.postings.get().institution, title="Başka Okulun Projesi")
    response = client_of(coordinator).get(reverse("projects:list"))
    page = response.content.decode()
    assert "Rüzgâr Gülü" in page
    assert "İlk Adım" in page
    assert "Başka Okulun Projesi" not in page
    chips = [(str(chip["label"]), chip["count"]) for chip in response.context["chips"]]
    assert chips == [("Tümü", 2), ("Taslak", 1), ("Onaylandı", 1)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?ara=ILIK", ["Ilık Su"]),
        ("?ara=%C4%B1l%C4%B1k+su", ["Ilık Su"]),
        ("?durum=approved", ["Bisiklet"]),
        ("?program=x", ["Bisiklet", "Ilık Su"]),
        ("?sayfa=99", ["Bisiklet", "Ilık Su"]),
    ],
)
def test_list_filters_from_the_address(school: Any, coordinator: Any, query: str, expected: list[str]) -> None:
    ProjectFactory(institution=school, title="Ilık Su")
    ClaimFactory(project=ProjectFactory(institution=school, title="Bisiklet"), status="approved")
    response = client_of(coordinator).get(reverse("projects:list") + query)
    assert sorted(row["title"] for row in response.context["page"]) == expected


@pytest.mark.parametrize("name", ["detail", "edit", "submit", "add_claim", "find_teachers", "find_students"])
def test_coordinator_of_another_school_gets_404(project: Project, stranger: Any, name: str) -> None:
    assert client_of(stranger).get(reverse(f"projects:{name}", args=[project.pk])).status_code == 404


@pytest.mark.parametrize("name", ["autosave", "submit", "team", "partners", "upload", "add_claim", "edit"])
def test_coordinator_of_another_school_writes_nothing(project: Project, stranger: Any, name: str) -> None:
    response = client_of(stranger).post(
        reverse(f"projects:{name}", args=[project.pk]), {"_fields": "title", "title": "X"}
    )
    assert response.status_code == 404
    assert Project.objects.get(pk=project.pk).title == project.title
    assert not Claim.objects.exists()


def test_district_board_and_province_see_but_do_not_edit(project: Project, reviewer: Any) -> None:
    from schools.models.commissions import CommissionKind
    from tests.factories.schools import seat_user

    for user in (reviewer, seat_user(CommissionKind.DISTRICT, unit=project.institution.district)):
        client = client_of(user)
        assert client.get(reverse("projects:detail", args=[project.pk])).status_code == 200
        assert client.get(reverse("projects:edit", args=[project.pk])).status_code == 404


def test_teacher_without_a_seat_sees_own_projects_only(school: Any) -> None:
    teacher = staff_user(school)
    mine, other = ready_project(school), ready_project(school)
    mine.team_teachers.filter(is_coordinator=False).update(staff=teacher.staff_member)
    client = client_of(teacher)
    assert [row["pk"] for row in client.get(reverse("projects:list")).context["page"]] == [mine.pk]
    assert client.get(reverse("projects:detail", args=[mine.pk])).status_code == 200
    assert client.get(reverse("projects:detail", args=[other.pk])).status_code == 404
    assert client.get(reverse("projects:edit", args=[mine.pk])).status_code == 404


def test_stranger_is_sent_to_sign_in(project: Project) -> None:
    response = Client().post(reverse("projects:autosave", args=[project.pk]))
    assert response.status_code == 302
    assert response["Location"].startswith("/hesap/login/")


def test_create_opens_a_draft_with_the_principal_filled_in(school: Any, coordinator: Any, principal: Any) -> None:
    response = client_of(coordinator).post(
        reverse("projects:create"), {"title": "  Su   Elçileri ", "institution": school.pk}
    )
    project = Project.objects.get()
    assert response["Location"] == reverse("projects:edit", args=[project.pk])
    assert (project.title, project.title_key, project.status) == ("Su Elçileri", "su elcileri", "draft")
    assert project.responsible_manager == principal.staff_member


def test_create_refuses_a_title_that_the_school_already_uses(school: Any, coordinator: Any) -> None:
    ProjectFactory(institution=school, title="Işık")
    response = client_of(coordinator).post(reverse("projects:create"), {"title": "IŞIK", "institution": school.pk})
    assert response.status_code == 422
    assert "aynı adla bir projesi var" in response.content.decode()
    assert Project.objects.count() == 1


def test_create_is_for_school_commissions(reviewer: Any) -> None:
    assert client_of(reviewer).get(reverse("projects:create")).status_code == 403


def test_autosave_keeps_one_field_and_says_when(project: Project, coordinator: Any) -> None:
    response = autosave(client_of(coordinator), project, summary="Yeni özet")
    answer = response.json()
    saved = Project.objects.get(pk=project.pk)
    assert (saved.summary, saved.aims) == ("Yeni özet", project.aims)
    assert (answer["version"], answer["errors"]) == (project.version + 1, {})
    assert dt.datetime.fromisoformat(answer["saved_at"]) == saved.updated_at
    assert set(answer["html"]) == {"#problems", "#steps"}


def test_autosave_saves_the_right_fields_and_names_the_wrong_ones(project: Project, coordinator: Any) -> None:
    response = autosave(
        client_of(coordinator), project, summary="Yeni", end_date="2019-01-01", links="ftp://ornek", budget="12.500,50"
    )
    saved = Project.objects.get(pk=project.pk)
    assert saved.summary == "Yeni"
    assert saved.end_date == project.end_date
    assert str(saved.budget) == "12500.50"
    assert response.json()["errors"] == {
        "end_date": ["Bitiş tarihi başlangıç tarihinden önce olamaz; tarihleri denetleyiniz."],
        "links": ["Her satır https:// ya da http:// ile başlayan bir adres olmalıdır."],
    }


def test_autosave_empties_a_field_and_unchecks_a_box(project: Project, coordinator: Any) -> None:
    Project.objects.filter(pk=project.pk).update(is_reading=True, aims="Eski")
    client_of(coordinator).post(
        reverse("projects:autosave", args=[project.pk]), {"_fields": "is_reading,aims", "version": project.version}
    )
    saved = Project.objects.get(pk=project.pk)
    assert (saved.is_reading, saved.aims) == (False, "")


def test_two_people_on_different_fields_both_get_through(project: Project, coordinator: Any, principal: Any) -> None:
    first = autosave(client_of(coordinator), project, summary="Ayşe'nin özeti")
    second = autosave(client_of(principal), project, version=project.version, aims="Müdürün amacı")
    assert (first.status_code, second.status_code) == (200, 200)
    saved = Project.objects.get(pk=project.pk)
    assert (saved.summary, saved.aims, saved.version) == ("Ayşe'nin özeti", "Müdürün amacı", project.version + 2)


def test_two_people_on_one_field_are_shown_both_versions(project: Project, coordinator: Any, principal: Any) -> None:
    autosave(client_of(coordinator), project, summary="Ayşe'nin özeti")
    response = autosave(client_of(principal), project, version=project.version, summary="Müdürün özeti")
    answer = response.json()
    assert response.status_code == 409
    assert (answer["version"], answer["by"], answer["own"]) == (project.version + 1, "Ayşe Yılmaz", False)
    second_tab = autosave(client_of(coordinator), project, version=project.version, summary="Ayşe'nin ikinci sekmesi")
    assert (second_tab.status_code, second_tab.json()["own"]) == (409, True)
    assert answer["conflicts"] == [
        {
            "name": "summary",
            "label": "Özet",
            "mine": "Müdürün özeti",
            "theirs": "Ayşe'nin özeti",
            "theirs_value": "Ayşe'nin özeti",
        }
    ]
    assert Project.objects.get(pk=project.pk).summary == "Ayşe'nin özeti"
    again = autosave(client_of(principal), project, version=answer["version"], summary="Müdürün özeti")
    assert again.status_code == 200
    assert Project.objects.get(pk=project.pk).summary == "Müdürün özeti"


def test_conflict_on_a_choice_is_shown_in_words(project: Project, coordinator: Any, principal: Any) -> None:
    autosave(client_of(coordinator), project, stage="success", start_date="2020-11-01")
    answer = autosave(client_of(principal), project, version=1, stage="preparing", start_date="2020-12-01").json()
    rows = {row["name"]: (row["mine"], row["theirs"], row["theirs_value"]) for row in answer["conflicts"]}
    assert rows["start_date"] == ("01.12.2020", "01.11.2020", "2020-11-01")
    assert rows["stage"] == ("Hazırlayan", "Başarı", "success")


def test_autosave_of_a_sent_project_keeps_what_was_sent(project: Project, coordinator: Any) -> None:
    ClaimFactory(project=project)
    response = autosave(client_of(coordinator), project, title="Başka ad")
    assert response.status_code == 423
    assert "önce gönderilen talebi geri çekiniz" in response.json()["message"]
    assert Project.objects.get(pk=project.pk).title == project.title


def test_stale_whole_form_shows_both_versions(project: Project, coordinator: Any, principal: Any) -> None:
    old = project.version
    autosave(client_of(principal), project, summary="Müdürün özeti")
    body = {"title": project.title, "summary": "Benim özetim", "stage": "preparing", "budget_currency": "TRY"}
    response = client_of(coordinator).post(reverse("projects:edit", args=[project.pk]), body | {"version": old})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Müdürün özeti" in page
    assert "Benim özetim" in page
    assert Project.objects.get(pk=project.pk).summary == "Müdürün özeti"


def test_teachers_are_found_by_folded_name_own_school_first(project: Project, coordinator: Any) -> None:
    other = InstitutionFactory(name="Ayvalık Lisesi")
    StaffFactory(institution=other, first_name="Şükrü", last_name="Iğdır", name_key="sukru igdir")
    StaffFactory(institution=project.institution, first_name="Şükran", last_name="İğneci", name_key="sukran igneci")
    client = client_of(coordinator)
    found = client.get(reverse("projects:find_teachers", args=[project.pk]), {"ara_ogretmen": "ŞÜKR İĞN"})
    assert [member.name for member in found.context["found"]] == ["Şükran İğneci"]
    found = client.get(reverse("projects:find_teachers", args=[project.pk]), {"ara_ogretmen": "sukr"})
    assert [member.name for member in found.context["found"]] == ["Şükran İğneci", "Şükrü Iğdır"]


def test_students_of_other_schools_are_neither_found_nor_added(project: Project, coordinator: Any) -> None:
    other = StudentFactory(institution=InstitutionFactory(), first_name="Zehra", name_key="zehra kaya")
    client = client_of(coordinator)
    found = client.get(reverse("projects:find_students", args=[project.pk]), {"ara_ogrenci": "zehra"})
    assert found.context["found"] == []
    answer = client.post(
        reverse("projects:team", args=[project.pk]),
        {"action": "add_student", "person": other.pk},
        headers={"HX-Request": "true"},
    )
    assert "yalnız kendi okulunuzda" in answer.content.decode()
    assert not project.team_students.filter(student=other).exists()


def test_a_file_that_took_long_to_check_finds_its_claim_sent_again(project: Project, coordinator: Any) -> None:
    claim = ClaimFactory(project=project, status="returned")
    seen_before = Claim.objects.get(pk=claim.pk)
    Claim.objects.filter(pk=claim.pk).update(status="submitted")
    stored = add_file(project).file
    with pytest.raises(Conflict):
        attach_stored(project_id=project.pk, stored=stored, by=coordinator, claim=seen_before)
    assert not claim.evidence.exists()


def test_control_characters_of_a_withdrawal_are_left_out(project: Project, coordinator: Any) -> None:
    claim = ClaimFactory(project=project, status="submitted")
    client_of(coordinator).post(reverse("projects:withdraw", args=[claim.pk]), {"text": "Yanlış\x00 proje"})
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.WITHDRAWN
    assert claim.events.get(action="withdraw").text == "Yanlış proje"


def test_naming_a_partner_does_not_open_its_children(project: Project, coordinator: Any) -> None:
    partner = InstitutionFactory(district=project.institution.district)
    child = StudentFactory(institution=partner, first_name="Zehra", name_key="zehra kaya")
    project.partner_institutions.add(partner)
    client, address = client_of(coordinator), reverse("projects:team", args=[project.pk])
    found = client.get(reverse("projects:find_students", args=[project.pk]), {"ara_ogrenci": "zehra"})
    assert found.context["found"] == []
    answer = client.post(address, {"action": "add_student", "person": child.pk}, headers={"HX-Request": "true"})
    assert "Zehra" not in answer.content.decode()
    assert not project.team_students.filter(student=child).exists()


def test_a_coordinator_from_the_partner_adds_only_their_own_children(project: Project) -> None:
    partner = InstitutionFactory(district=project.institution.district)
    theirs = StudentFactory(institution=partner, first_name="Zehra", name_key="zehra kaya")
    StudentFactory(institution=project.institution, first_name="Zehra", name_key="zehra ak")
    leader = staff_user(partner)
    project.partner_institutions.add(partner)
    project.team_teachers.update(is_coordinator=False)
    project.team_teachers.create(staff=leader.staff_member, is_coordinator=True)
    client = client_of(leader)
    found = client.get(reverse("projects:find_students", args=[project.pk]), {"ara_ogrenci": "zehra"})
    assert [member.pk for member in found.context["found"]] == [theirs.pk]
    client.post(reverse("projects:team", args=[project.pk]), {"action": "add_student", "person": theirs.pk})
    assert project.team_students.filter(student=theirs).exists()


def test_only_the_start_of_a_very_long_search_is_looked_at(project: Project, coordinator: Any) -> None:
    client, words = client_of(coordinator), "a " * 1900
    fields = {"find_partners": "ara_kurum", "find_students": "ara_ogrenci", "find_teachers": "ara_ogretmen"}
    for name, field in fields.items():
        assert client.get(reverse(f"projects:{name}", args=[project.pk]), {field: words}).status_code == 200
    assert client.get(reverse("projects:list"), {"ara": words}).status_code == 200


@pytest.mark.parametrize("key", ["9" * 5000, str(2**63), "0", "-1", "²", "x\x00"])
@pytest.mark.parametrize(
    ("page", "action"), [("team", "add_student"), ("team", "coordinator"), ("partners", "add_partner")]
)
def test_a_key_that_is_none_changes_nothing(
    project: Project, coordinator: Any, page: str, action: str, key: str
) -> None:
    version = project.version
    answer = client_of(coordinator).post(
        reverse(f"projects:{page}", args=[project.pk]),
        {"action": action, "person": key},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    project.refresh_from_db()
    assert project.version == version


def test_team_is_changed_in_place(project: Project, coordinator: Any) -> None:
    client, address = client_of(coordinator), reverse("projects:team", args=[project.pk])
    teacher = StaffFactory(institution=project.institution)
    htmx = {"HX-Request": "true"}
    client.post(address, {"action": "add_teacher", "person": teacher.pk}, headers=htmx)
    client.post(address, {"action": "coordinator", "person": teacher.pk}, headers=htmx)
    assert project.team_teachers.get(is_coordinator=True).staff == teacher
    answer = client.post(address, {"action": "remove_teacher", "person": teacher.pk}, headers=htmx)
    assert project.team_teachers.filter(is_coordinator=True).count() == 1
    assert teacher.full_name not in [member.name for member in answer.context["teachers"][:1]]
    plain = client.post(address, {"action": "add_teacher", "person": "abc"})
    assert plain["Location"].endswith("/duzenle/#team")


@pytest.mark.parametrize(
    ("name", "action", "field"),
    [
        ("team", "add_teacher", "ara_ogretmen"),
        ("team", "remove_teacher", "ara_ogretmen"),
        ("team", "coordinator", "ara_ogretmen"),
        ("team", "add_student", "ara_ogrenci"),
        ("team", "remove_student", "ara_ogrenci"),
        ("team", "x", None),
        ("partners", "add_partner", "ara_kurum"),
        ("partners", "remove_partner", "ara_kurum"),
    ],
)
def test_the_answer_puts_the_focus_into_the_field_of_the_next_person(
    project: Project, coordinator: Any, name: str, action: str, field: str | None
) -> None:
    client, address = client_of(coordinator), reverse(f"projects:{name}", args=[project.pk])
    page = client.post(address, {"action": action, "person": "1"}, headers={"HX-Request": "true"}).content.decode()
    focused = re.findall(r'<input[^>]* id="(\w+)"[^>]* autofocus>', page)
    assert focused == ([] if field is None else [field])
    assert " autofocus" not in client.get(reverse("projects:edit", args=[project.pk])).content.decode()


def test_sending_checks_first_and_lists_what_is_missing(school: Any, coordinator: Any) -> None:
    project = ProjectFactory(institution=school, item=None, start_date=None, summary="")
    client = client_of(coordinator)
    page = client.get(reverse("projects:submit", args=[project.pk]))
    assert [problem.anchor for problem in page.context["problems"]] == [
        "id_item",
        "id_responsible_manager",
        "id_summary",
        "id_start_date",
        "team",
        "evidence",
    ]
    assert client.post(reverse("projects:submit", args=[project.pk]))["Location"].endswith("/gonder/")
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    ("start", "end", "anchor"),
    [
        ("2020-09-14", "2021-08-31", None),
        ("2017-09-01", "2020-09-14", None),
        ("2021-08-31", "2024-06-01", None),
        ("2021-09-01", "2021-12-01", "id_start_date"),
        ("2020-01-01", "2020-09-13", "id_end_date"),
        ("2062-10-01", None, "id_start_date"),
        (None, "2002-06-01", "id_end_date"),
        (None, None, None),
    ],
)
def test_dates_beside_the_whole_year_are_named_before_sending(
    school: Any, coordinator: Any, start: str | None, end: str | None, anchor: str | None
) -> None:
    project = ready_project(school, start_date=start, end_date=end)
    project.refresh_from_db()
    assert (project.year.start_date, project.year.end_date) == (dt.date(2020, 9, 14), dt.date(2021, 8, 31))
    assert [caution.anchor for caution in submission_cautions(project)] == ([] if anchor is None else [anchor])
    for name in ("edit", "submit", "problems"):
        page = client_of(coordinator).get(reverse(f"projects:{name}", args=[project.pk])).content.decode()
        assert ("dışında kalıyor; yanlış yazıldıysa düzeltiniz." in page) is (anchor is not None), name


def test_a_project_of_other_years_may_be_sent_all_the_same(school: Any, coordinator: Any) -> None:
    project = ready_project(school, start_date="2018-03-01", end_date="2019-06-01")
    client = client_of(coordinator)
    page = client.get(reverse("projects:submit", args=[project.pk])).content.decode()
    assert "Projenin tarihleri (01.03.2018 – 01.06.2019) 2020-2021 eğitim-öğretim yılının" in page
    client.post(reverse("projects:submit", args=[project.pk]))
    assert Claim.objects.get().project == project


def test_form_asks_again_what_is_missing(school: Any, coordinator: Any) -> None:
    project = ProjectFactory(institution=school)
    client = client_of(coordinator)
    page = client.get(reverse("projects:problems", args=[project.pk])).content.decode()
    assert "Ekibe en az bir öğretmen ekleyiniz." in page
    assert 'hx-swap-oob="innerHTML"' in page
    teacher = StaffFactory(institution=school)
    answer = client.post(
        reverse("projects:team", args=[project.pk]),
        {"action": "add_teacher", "person": teacher.pk},
        headers={"HX-Request": "true"},
    )
    assert answer["HX-Trigger"] == "team-changed"
    page = client.get(reverse("projects:problems", args=[project.pk])).content.decode()
    assert "Ekibe en az bir öğretmen ekleyiniz." not in page


def test_sending_makes_the_first_claim_once(project: Project, coordinator: Any) -> None:
    client, address = client_of(coordinator), reverse("projects:submit", args=[project.pk])
    client.post(address)
    answer = client.post(address, follow=True)
    claim = Claim.objects.get()
    assert (claim.item, claim.stage, claim.status) == (project.item, "preparing", "submitted")
    assert Project.objects.get(pk=project.pk).status == ProjectStatus.SUBMITTED
    assert "Ayşe Yılmaz tarafından gönderildi" in answer.content.decode()


def test_sending_after_the_deadline_loses_nothing(project: Project, coordinator: Any) -> None:
    AcademicYear.objects.update(submission_deadline=timezone.now() - dt.timedelta(minutes=1))
    answer = client_of(coordinator).post(reverse("projects:submit", args=[project.pk]), follow=True)
    assert "Yazdıklarınız taslak olarak saklanıyor" in answer.content.decode()
    assert not Claim.objects.exists()
    assert Project.objects.get(pk=project.pk).status == ProjectStatus.DRAFT


def test_returned_project_is_corrected_and_sent_again_after_the_deadline(
    project: Project, coordinator: Any, reviewer: Any
) -> None:
    from projects.models import ReviewReason

    client = client_of(coordinator)
    client.post(reverse("projects:submit", args=[project.pk]))
    claim = Claim.objects.get()
    reason = ReviewReason.objects.get(code="return-missing")
    transition(claim=claim, action="return", by=reviewer, reason=reason, text="Özeti genişletiniz.")
    AcademicYear.objects.update(submission_deadline=timezone.now() - dt.timedelta(minutes=1))
    assert "Özeti genişletiniz." in client.get(reverse("projects:edit", args=[project.pk])).content.decode()
    project.refresh_from_db()
    autosave(client, project, summary="Geniş özet")
    client.post(reverse("projects:submit", args=[project.pk]))
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.SUBMITTED
    event = claim.events.get(action="resubmit")
    assert event.changes == {"summary": [project.summary, "Geniş özet"]}
    detail = client.get(reverse("projects:detail", args=[project.pk])).content.decode()
    assert "Geniş özet" in detail


def test_later_claim_needs_a_file_and_is_made_once(project: Project, coordinator: Any, pdf_upload: Any) -> None:
    ClaimFactory(project=project, status="approved")
    client, address = client_of(coordinator), reverse("projects:add_claim", args=[project.pk])
    body = {"item": project.item_id, "stage": "success", "note": "Hibe alındı."}
    assert "en az bir kanıt dosyası" in client.post(address, body).content.decode()
    assert client.post(address, body | {"files": [pdf_upload()]}).status_code == 302
    again = client.post(address, body | {"files": [pdf_upload()]})
    assert "bir talep zaten var (Gönderildi)" in again.content.decode()
    claim = Claim.objects.get(stage="success")
    assert (claim.note, claim.status, claim.evidence.count()) == ("Hibe alındı.", "submitted", 1)


def test_upload_is_listed_shown_and_removed(project: Project, coordinator: Any, stranger: Any, pdf_upload: Any) -> None:
    client = client_of(coordinator)
    answer = client.post(reverse("projects:upload", args=[project.pk]), {"file": pdf_upload("Sözleşme.pdf")})
    assert answer.status_code == 201
    assert "Sözleşme.pdf" in answer.content.decode()
    evidence = project.evidence.order_by("pk").last()
    shown = client.get(reverse("projects:evidence", args=[evidence.pk]) + "?goster=1")
    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline")
    assert client_of(stranger).get(reverse("projects:evidence", args=[evidence.pk])).status_code == 404
    assert client_of(stranger).post(reverse("projects:remove_evidence", args=[evidence.pk])).status_code == 404
    client.post(reverse("projects:remove_evidence", args=[evidence.pk]))
    assert not project.evidence.filter(pk=evidence.pk).exists()


def test_upload_of_something_else_is_refused_in_words(project: Project, coordinator: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = client_of(coordinator).post(
        reverse("projects:upload", args=[project.pk]), {"file": SimpleUploadedFile("virus.exe", b"MZ")}
    )
    assert answer.status_code == 400
    assert "kabul edilmiyor" in answer.json()["error"]


def test_evidence_of_a_sent_project_stays(project: Project, coordinator: Any) -> None:
    ClaimFactory(project=project)
    evidence = project.evidence.get()
    answer = client_of(coordinator).post(reverse("projects:remove_evidence", args=[evidence.pk]), follow=True)
    assert "önce talebi geri çekiniz" in answer.content.decode()
    assert project.evidence.count() == 1


def test_withdrawn_project_can_be_sent_again(project: Project, coordinator: Any) -> None:
    client = client_of(coordinator)
    client.post(reverse("projects:submit", args=[project.pk]))
    client.post(reverse("projects:withdraw", args=[Claim.objects.get().pk]), {"text": "Bir belge eksik."})
    assert Project.objects.get(pk=project.pk).status == ProjectStatus.WITHDRAWN
    client.post(reverse("projects:submit", args=[project.pk]))
    assert list(Claim.objects.order_by("pk").values_list("status", flat=True)) == ["withdrawn", "submitted"]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_and_detail_ask_the_same_number_of_queries(
    school: Any, coordinator: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        project = ready_project(school)
        for stage in ("preparing", "success")[: max(1, rows - 1)]:
            add_file(project, claim=ClaimFactory(project=project, stage=stage, status="returned"))
    client = client_of(coordinator)
    with django_assert_num_queries(LIST_QUERIES):
        assert client.get(reverse("projects:list")).status_code == 200
    with django_assert_num_queries(DETAIL_QUERIES):
        assert client.get(reverse("projects:detail", args=[project.pk])).status_code == 200


LIST_QUERIES = 13
DETAIL_QUERIES = 16
