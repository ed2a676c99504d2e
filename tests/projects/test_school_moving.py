"""A project follows its coordinator teacher to another school, or gets another coordinator."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from common.audit import trail_of
from common.errors import UserError
from common.models import Notification
from projects.models import Claim, Project, StagedDecision
from projects.selectors.handover import moved_away, moved_projects
from projects.services import autosave_field, hand_over, name_coordinator
from projects.services.drafts import FieldsChanged
from projects.workflow import Decision
from schools.models import AcademicYear, Posting
from schools.models.commissions import CommissionKind, SeatRole
from tests.factories.projects import ClaimFactory, ProjectFactory, team
from tests.factories.schools import InstitutionFactory, StaffFactory, seat_user, staff_user
from tests.projects.conftest import ready_project

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def new_school(school: Any) -> Any:
    return InstitutionFactory(district=school.district, name="Edremit Deniz Ortaokulu")


@pytest.fixture
def new_coordinator(new_school: Any) -> Any:
    return seat_user(CommissionKind.SCHOOL, SeatRole.COORDINATOR, new_school, full_name="Gökhan İnce")


@pytest.fixture
def moved(project: Project, new_school: Any) -> Project:
    """The project of the school whose coordinator teacher has this year's posting at the new school."""
    lead = project.team_teachers.get(is_coordinator=True).staff
    Posting.objects.filter(staff=lead, year=project.year).update(institution=new_school)
    return project


def test_a_draft_moves_and_both_schools_are_told(
    moved: Project, school: Any, new_school: Any, coordinator: Any, principal: Any, new_coordinator: Any
) -> None:
    head = seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, new_school, full_name="Yeni Müdür")
    before = moved.responsible_manager
    hand_over(project=moved, to_institution=new_school, by=coordinator, text="Öğretmenimiz  nakil oldu.")
    moved.refresh_from_db()
    assert (moved.institution, moved.responsible_manager) == (new_school, head.staff_member)
    line = moved.events.get(action="hand_over")
    assert line.text == (
        "Edremit Işık Ortaokulu okulundan Edremit Deniz Ortaokulu okuluna devredildi.\nÖğretmenimiz nakil oldu."
    )
    assert line.changes == {"responsible_manager": [before.pk, head.staff_member.pk]}
    told = {(row.recipient.full_name, row.url) for row in Notification.objects.filter(kind="project.hand_over")}
    detail = reverse("projects:detail", args=[moved.pk])
    assert told == {
        ("Oğuz Çığır", reverse("projects:list")),
        ("Gökhan İnce", detail),
        ("Yeni Müdür", detail),
    }
    entry = trail_of(moved).order_by("-pk")[0]
    assert (entry.action, entry.before["institution"], entry.after["institution"]) == (
        "project.hand_over",
        school.code,
        new_school.code,
    )


def test_claims_stay_and_the_manager_of_a_sent_project_too(
    moved: Project, new_school: Any, coordinator: Any, reviewer: Any
) -> None:
    approved = ClaimFactory(project=moved, status="approved")
    open_claim = ClaimFactory(project=moved, stage="success", status="in_review", reviewer=reviewer)
    manager = moved.responsible_manager
    hand_over(project=moved, to_institution=new_school, by=coordinator)
    rows = list(Claim.objects.order_by("pk").values_list("pk", "status", "reviewer"))
    assert rows == [(approved.pk, "approved", None), (open_claim.pk, "in_review", reviewer.pk)]
    moved.refresh_from_db()
    assert (moved.status, moved.responsible_manager) == ("approved", manager)
    assert moved.events.get(action="hand_over").changes == {}


def test_a_reviewer_of_the_new_school_lets_the_claim_go(
    moved: Project, new_school: Any, coordinator: Any, reviewer: Any
) -> None:
    Posting.objects.create(staff=reviewer.staff_member, year=moved.year, institution=new_school, title="teacher")
    claim = ClaimFactory(project=moved, status="in_review", reviewer=reviewer)
    StagedDecision.objects.create(claim=claim, action=Decision.APPROVE, by=reviewer)
    hand_over(project=moved, to_institution=new_school, by=coordinator)
    claim.refresh_from_db()
    assert (claim.status, claim.reviewer, claim.claimed_at) == ("submitted", None, None)
    assert not StagedDecision.objects.exists()
    assert Project.objects.get(pk=moved.pk).status == "submitted"
    assert [event.action for event in moved.events.order_by("pk")] == ["free", "hand_over"]
    notice = Notification.objects.get(recipient=reviewer)
    assert notice.subject == f"Üzerinizdeki inceleme sıraya döndü: {moved.title}"


def test_a_title_of_the_new_school_gets_the_old_schools_name(moved: Project, new_school: Any, coordinator: Any) -> None:
    ProjectFactory(institution=new_school, title=moved.title)
    title = moved.title
    hand_over(project=moved, to_institution=new_school, by=coordinator)
    moved.refresh_from_db()
    assert moved.title == f"{title} (Edremit Işık Ortaokulu)"
    assert moved.title_key in moved.search_key
    assert moved.events.get(action="hand_over").changes["title"] == [title, moved.title]


def test_a_form_made_before_the_move_does_not_put_the_old_title_and_manager_back(
    moved: Project, new_school: Any, coordinator: Any, new_coordinator: Any
) -> None:
    ProjectFactory(institution=new_school, title=moved.title)
    seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR, new_school)
    form = Project.objects.get(pk=moved.pk)
    old = {"title": form.title, "responsible_manager": form.responsible_manager}
    hand_over(project=moved, to_institution=new_school, by=coordinator)
    now = Project.objects.get(pk=moved.pk)
    with pytest.raises(FieldsChanged) as refused:
        autosave_field(project_id=form.pk, values=old, version=form.version, by=new_coordinator)
    assert (refused.value.fields, refused.value.by) == (("title", "responsible_manager"), "Ayşe Yılmaz")
    autosave_field(project_id=form.pk, values={"summary": "Yeni özet"}, version=form.version, by=new_coordinator)
    saved = Project.objects.get(pk=moved.pk)
    assert (saved.title, saved.responsible_manager, saved.summary) == (now.title, now.responsible_manager, "Yeni özet")
    assert saved.title != form.title


def test_a_new_school_that_was_a_partner_is_one_no_longer(moved: Project, new_school: Any, coordinator: Any) -> None:
    other = InstitutionFactory()
    moved.partner_institutions.add(new_school, other)
    hand_over(project=moved, to_institution=new_school, by=coordinator)
    assert list(moved.partner_institutions.all()) == [other]


def test_only_the_coordinators_school_takes_it(moved: Project, school: Any, coordinator: Any) -> None:
    for target in (InstitutionFactory(), school):
        with pytest.raises(UserError, match="yalnız koordinatör öğretmenin bu yılki okuluna"):
            hand_over(project=moved, to_institution=target, by=coordinator)
    assert Project.objects.get(pk=moved.pk).institution == school
    assert not moved.events.exists()


def test_who_may_hand_over(
    moved: Project, new_school: Any, new_coordinator: Any, reviewer: Any, stranger: Any, school: Any
) -> None:
    district = seat_user(CommissionKind.DISTRICT, unit=school.district)
    for user in (new_coordinator, stranger, district):
        with pytest.raises(PermissionDenied):
            hand_over(project=moved, to_institution=new_school, by=user)
    AcademicYear.objects.update(is_current=False)
    with pytest.raises(PermissionDenied):
        hand_over(project=moved, to_institution=new_school, by=reviewer)
    AcademicYear.objects.update(is_current=True)
    reviewer = type(reviewer).objects.get(pk=reviewer.pk)
    assert hand_over(project=moved, to_institution=new_school, by=reviewer).institution == new_school


def test_another_coordinator_is_named_even_after_sending(moved: Project, coordinator: Any, new_school: Any) -> None:
    ClaimFactory(project=moved, status="approved")
    old = moved.team_teachers.get(is_coordinator=True).staff
    new = moved.team_teachers.get(is_coordinator=False).staff
    name_coordinator(project=moved, staff_id=new.pk, by=coordinator)
    assert moved.team_teachers.get(is_coordinator=True).staff == new
    assert moved.events.get(action="coordinator").changes == {"coordinator": [[old.pk], [new.pk]]}
    name_coordinator(project=moved, staff_id=new.pk, by=coordinator)
    assert moved.events.filter(action="coordinator").count() == 1
    for wrong in (old.pk, StaffFactory(institution=moved.institution).pk, 999_999):
        with pytest.raises(UserError, match="bu yıl okulunuzda görevli birini"):
            name_coordinator(project=moved, staff_id=wrong, by=coordinator)


def test_the_page_and_its_steps(
    moved: Project, coordinator: Any, stranger: Any, reviewer: Any, new_school: Any
) -> None:
    client, address = client_of(coordinator), reverse("projects:hand_over", args=[moved.pk])
    detail = client.get(reverse("projects:detail", args=[moved.pk])).content.decode()
    assert "Koordinatör öğretmen başka bir okulda görevli" in detail
    page = client.get(address).content.decode()
    assert "Edremit Deniz Ortaokulu" in page
    assert client_of(stranger).get(address).status_code == 404
    assert client_of(stranger).post(address).status_code == 404
    for garbage in ("", "x\x00", "9" * 40, "0"):
        answer = client.post(reverse("projects:name_coordinator", args=[moved.pk]), {"person": garbage})
        assert answer["Location"] == address
    unread = client.post(address, {"text": "Nakil", "okul": moved.institution_id}, follow=True)
    assert "okulu bu arada değişti; proje devredilmedi" in unread.content.decode()
    answer = client.post(address, {"text": "Nakil", "okul": new_school.pk}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("projects:list")
    assert "Edremit Deniz Ortaokulu okuluna devredildi" in answer.content.decode()
    assert client.get(address).status_code == 404
    assert client_of(reviewer).get(address).status_code == 302


def test_the_list_says_whose_coordinator_has_moved(moved: Project, coordinator: Any, reviewer: Any) -> None:
    words = "Koordinatör bu yıl Edremit Deniz Ortaokulu kurumunda"
    assert words in client_of(coordinator).get(reverse("projects:list")).content.decode()
    assert words not in client_of(reviewer).get(reverse("projects:list")).content.decode()


def test_the_moved_coordinator_reads_who_may_hand_over(moved: Project, school: Any, new_school: Any) -> None:
    teacher = staff_user(new_school)
    moved.team_teachers.filter(is_coordinator=True).update(staff=teacher.staff_member)
    client = client_of(teacher)
    page = client.get(reverse("projects:detail", args=[moved.pk])).content.decode()
    assert "bulunduğu okulun proje komisyonu ya da il teknik ekibi devredebilir" in page
    assert client.get(reverse("projects:hand_over", args=[moved.pk])).status_code == 404


def test_who_is_shown_as_moved(project: Project, new_school: Any, django_assert_num_queries: Any) -> None:
    school = project.institution
    assert moved_away(project) is None
    gone, partnered, stayed = ready_project(school), ready_project(school), ready_project(school)
    for row in (gone, partnered):
        lead = row.team_teachers.get(is_coordinator=True).staff
        Posting.objects.filter(staff=lead).update(institution=new_school)
    partnered.partner_institutions.add(new_school)
    with django_assert_num_queries(1):
        found = moved_projects([project.pk, gone.pk, partnered.pk, stayed.pk])
    assert found == {gone.pk: "Edremit Deniz Ortaokulu"}
    assert [row and row.institution for row in map(moved_away, (gone, partnered, stayed))] == [new_school, None, None]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    moved: Project, coordinator: Any, rows: int, django_assert_num_queries: Any
) -> None:
    team(moved, teachers=[StaffFactory(institution=moved.institution) for _ in range(rows - 1)])
    client = client_of(coordinator)
    client.get(reverse("projects:hand_over", args=[moved.pk]))
    with django_assert_num_queries(PAGE_QUERIES):
        assert client.get(reverse("projects:hand_over", args=[moved.pk])).status_code == 200


PAGE_QUERIES = 8
