import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import Conflict, UserError
from common.models import AuditEntry
from schools.models.commissions import CommissionKind, SeatRole
from schools.services import set_class_guide
from tests.factories.schools import InstitutionFactory, SectionFactory, StaffFactory, StudentFactory, seat_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def section():
    return SectionFactory(institution=InstitutionFactory())


def test_naming_a_class_guide_is_recorded(section):
    guide = StaffFactory(institution=section.institution)
    set_class_guide(section=section, staff=guide, expected=None, by=None)
    section.refresh_from_db()
    assert section.class_guide == guide
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.before, entry.after) == (
        "section.set_class_guide",
        {"class_guide": None},
        {"class_guide": guide.pk},
    )
    set_class_guide(section=section, staff=guide, expected=guide.pk, by=None)
    assert AuditEntry.objects.count() == 1
    set_class_guide(section=section, staff=None, expected=guide.pk, by=None)
    section.refresh_from_db()
    assert section.class_guide is None


def test_somebody_elses_choice_is_not_overwritten(section):
    first, second = StaffFactory(institution=section.institution), StaffFactory(institution=section.institution)
    set_class_guide(section=section, staff=first, expected=None, by=None)
    with pytest.raises(Conflict):
        set_class_guide(section=section, staff=second, expected=None, by=None)
    section.refresh_from_db()
    assert section.class_guide == first


def test_a_guide_works_at_the_school(section):
    with pytest.raises(UserError, match="bu okulda görevli değil"):
        set_class_guide(section=section, staff=StaffFactory(institution=InstitutionFactory()), by=None)


@pytest.mark.parametrize(
    ("kind", "role", "status"),
    [
        (CommissionKind.SCHOOL, SeatRole.CHAIR, 302),
        (CommissionKind.SCHOOL, SeatRole.COORDINATOR, 302),
        (CommissionKind.SCHOOL, SeatRole.MEMBER, 403),
        (CommissionKind.DISTRICT, SeatRole.MEMBER, 403),
        (CommissionKind.TECHNICAL, SeatRole.MEMBER, 302),
    ],
)
def test_who_names_class_guides(client, section, kind, role, status):
    school = section.institution
    unit = {"school": school, "district": school.district}.get(kind, school.province)
    client.force_login(seat_user(kind, role, unit))
    guide = StaffFactory(institution=school)
    answer = client.post(f"/subeler/{section.pk}/ogretmen/", {"staff": guide.pk, "expected": ""})
    assert answer.status_code == status
    section.refresh_from_db()
    assert (section.class_guide == guide) is (status == 302)


def test_sections_of_another_school_are_404(client, section):
    client.force_login(seat_user(CommissionKind.SCHOOL, SeatRole.CHAIR))
    assert client.get(f"/subeler/{section.pk}/ogretmen/").status_code == 404
    assert client.get(f"/kurumlar/{section.institution.code}/subeler/").status_code == 404


def test_a_stale_form_is_answered_with_409(client, section):
    client.force_login(seat_user(CommissionKind.TECHNICAL))
    first, second = StaffFactory(institution=section.institution), StaffFactory(institution=section.institution)
    url = f"/subeler/{section.pk}/ogretmen/"
    client.post(url, {"staff": first.pk, "expected": ""})
    answer = client.post(url, {"staff": second.pk, "expected": ""})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert f"öğretmeni değişti (şimdi: {first.full_name})" in page
    assert f'name="expected" value="{first.pk}"' in page
    assert client.post(url, {"staff": second.pk, "expected": first.pk}).status_code == 302


def test_the_list_counts_students_in_a_fixed_number_of_queries(client, section):
    school = section.institution
    client.force_login(seat_user(CommissionKind.TECHNICAL))
    url = f"/kurumlar/{school.code}/subeler/"
    StudentFactory(institution=school)
    StudentFactory(institution=school, section_name="B")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        (row,) = client.get(url).context["sections"]
    assert row.student_count == 1
    SectionFactory(institution=school, name="B")
    SectionFactory(institution=school, grade=7, class_guide=StaffFactory(institution=school))
    with CaptureQueriesContext(connection) as three:
        rows = client.get(url).context["sections"]
    assert [(str(row), row.student_count) for row in rows] == [("8/A", 1), ("8/B", 1), ("7/A", 0)]
    assert len(one) == len(three) <= 9
