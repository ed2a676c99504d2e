"""Versions of the criteria: a draft is edited, EXECUTIVE approves it, then it is frozen."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from common.errors import Conflict, UserError
from common.models import AuditEntry
from eba.models import CriteriaTable
from eba.selectors.criteria import table_differences, tariff_of
from eba.services import approve_table, change_draft, discard_draft, new_version
from schools.models.commissions import CommissionKind
from schools.services.year_tables import Edit
from tests.factories.eba import make_criteria, make_use
from tests.factories.schools import InstitutionFactory, StaffFactory, YearFactory, seat_user

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def year():
    found = YearFactory()
    make_criteria(found)
    return found


@pytest.fixture
def technical(year):
    return seat_user(CommissionKind.TECHNICAL, unit=year.province)


@pytest.fixture
def executive(year):
    return seat_user(CommissionKind.EXECUTIVE, unit=year.province)


def cell(table, code, field, value):
    line = table.weights.get(criterion__code=code)
    return Edit(line.pk, field, getattr(line, field), value)


def test_a_new_version_is_a_copy_that_is_changed_and_approved(year, technical, executive):
    first = CriteriaTable.objects.get()
    draft = new_version(year=year, reason="Süre sınırlanıyor.", by=technical)
    assert (draft.version, draft.status, draft.weights.count()) == (2, "draft", 7)
    edits = [cell(draft, "WORK_SENT", "coefficient", D("2.5")), cell(draft, "TIME_IN_SYSTEM", "cap", 200)]
    assert change_draft(table=draft, edits=edits, by=technical) == 2
    with pytest.raises(PermissionDenied):
        approve_table(table=draft, by=technical)
    approved = approve_table(table=draft, by=executive)
    first.refresh_from_db()
    assert (first.status, approved.status, approved.approved_by) == ("superseded", "approved", executive)
    assert [(d.line, d.cell, d.before, d.after) for d in table_differences(first, approved)] == [
        ("Sistemde Kalma Süresi", "Üst sınır", None, 200),
        ("Gönderilen Çalışmaların Sayısı", "Katsayı", D(2), D("2.5")),
    ]
    assert tariff_of(year).table == approved
    assert AuditEntry.objects.get(action="criteria_table.approve").after["terms_imported_before"] == []


def test_an_approved_table_never_changes(year, technical, executive):
    table = CriteriaTable.objects.get()
    for attempt in (
        lambda: change_draft(table=table, edits=[cell(table, "WORK_SENT", "coefficient", D(9))], by=technical),
        lambda: discard_draft(table=table, by=technical),
        lambda: approve_table(table=table, by=executive),
    ):
        with pytest.raises(Conflict, match="yeni bir sürüm"):
            attempt()
    assert table.weights.get(criterion__code="WORK_SENT").coefficient == 2


def test_two_editors_of_one_cell_do_not_overwrite_each_other(year, technical, executive):
    draft = new_version(year=year, reason="Deneme", by=technical)
    edit = cell(draft, "TIME_IN_SYSTEM", "cap", 200)
    change_draft(table=draft, edits=[edit], by=technical)
    with pytest.raises(Conflict, match="başka biri"):
        change_draft(table=draft, edits=[edit], by=executive)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("coefficient", D(-1), "0 ile 1.000"), ("coefficient", None, "0 ile 1.000"), ("cap", 0, "boş bırakılmalıdır")],
)
def test_values_that_make_no_sense_are_refused(year, technical, field, value, words):
    draft = new_version(year=year, reason="Deneme", by=technical)
    with pytest.raises(UserError, match=words):
        change_draft(table=draft, edits=[cell(draft, "WORK_SENT", field, value)], by=technical)


def test_a_table_in_which_nothing_counts_is_not_approved(year, technical, executive):
    draft = new_version(year=year, reason="Deneme", by=technical)
    draft.weights.update(coefficient=0)
    with pytest.raises(UserError, match="katsayı"):
        approve_table(table=draft, by=executive)


def test_a_year_has_one_draft_that_can_be_discarded(year, technical, executive):
    draft = new_version(year=year, reason="Deneme", by=executive)
    with pytest.raises(Conflict, match="taslak"):
        new_version(year=year, reason="İkinci", by=technical)
    discard_draft(table=draft, by=technical)
    assert CriteriaTable.objects.filter(year=year).count() == 1


def test_who_may_begin_a_version_and_that_it_needs_a_reason(year, technical):
    school = InstitutionFactory()
    others = [
        seat_user(CommissionKind.MONITORING_INNOVATION_EBA, unit=year.province),
        seat_user(CommissionKind.DISTRICT, unit=school.district),
        seat_user(CommissionKind.SCHOOL, unit=school),
    ]
    for user in others:
        with pytest.raises(PermissionDenied):
            new_version(year=year, reason="Deneme", by=user)
    with pytest.raises(UserError, match="gerekçesini"):
        new_version(year=year, reason="  ", by=technical)


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_change_after_the_import_says_so(year, technical, executive):
    client = client_of(technical)
    assert "verisi aktarılmış" not in text_of(client.get(reverse("eba:new_version")))
    make_use(StaffFactory(institution=InstitutionFactory()), {"WORK_SENT": 1}, term=2)
    assert "2. dönemin kullanımı aktarıldıktan sonra" in text_of(client.get(reverse("eba:new_version")))
    client.post(reverse("eba:new_version"), {"reason": "Mahkeme kararı"})
    draft = CriteriaTable.objects.get(status="draft")
    page = text_of(client_of(executive).get(reverse("eba:table", args=[draft.pk])))
    assert "2. dönemin kullanımı aktarıldıktan sonra" in page
    client_of(executive).post(reverse("eba:approve_table", args=[draft.pk]))
    assert AuditEntry.objects.get(action="criteria_table.approve").after["terms_imported_before"] == [2]


def test_the_draft_is_edited_on_its_page(year, technical):
    client = client_of(technical)
    response = client.post(reverse("eba:new_version"), {"reason": "Süre sınırlanıyor"})
    draft = CriteriaTable.objects.get(status="draft")
    assert response["Location"] == reverse("eba:edit_table", args=[draft.pk])
    sent = {}
    for line in draft.weights.all():
        for column in ("coefficient", "cap"):
            value = getattr(line, column)
            shown = "" if value is None else str(value).replace(".", ",")
            sent[f"{line.pk}-{column}"] = sent[f"initial-{line.pk}-{column}"] = shown
    time = draft.weights.get(criterion__code="TIME_IN_SYSTEM")
    sent |= {f"{time.pk}-coefficient": "1,5", f"{time.pk}-cap": "200"}
    response = client.post(reverse("eba:edit_table", args=[draft.pk]), sent)
    assert response.status_code == 302, text_of(response)
    time.refresh_from_db()
    assert (time.coefficient, time.cap) == (D("1.5"), 200)
    stale = client.post(reverse("eba:edit_table", args=[draft.pk]), sent | {f"{time.pk}-cap": "300"})
    assert stale.status_code == 422
    assert "başka biri" in text_of(stale)
    client.post(reverse("eba:discard_table", args=[draft.pk]))
    assert CriteriaTable.objects.count() == 1


def test_everybody_reads_the_criteria_in_force_and_no_draft(year, technical):
    draft = new_version(year=year, reason="Gizli kalmalı", by=technical)
    school = client_of(seat_user(CommissionKind.SCHOOL, unit=InstitutionFactory()))
    page = text_of(school.get(reverse("eba:criteria")))
    assert "Üretilen Soruların Sayısı" in page
    assert "Her saat için 1 puan" in page
    assert "Gizli kalmalı" not in page
    assert school.get(reverse("eba:table", args=[draft.pk])).status_code == 404
    assert school.get(reverse("eba:edit_table", args=[draft.pk])).status_code == 404
    assert school.post(reverse("eba:approve_table", args=[draft.pk])).status_code == 404
