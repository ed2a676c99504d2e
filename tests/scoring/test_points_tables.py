"""Versions of the points table: a draft is edited, EXECUTIVE approves it, then it is frozen."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from common.errors import Conflict, UserError
from common.models import AuditEntry
from schools.services.year_tables import Edit
from scoring.models import PointsTable
from scoring.selectors.points import table_differences
from scoring.services import approve_table, change_draft, discard_draft, new_version

D = Decimal


def percent(table, code, value):
    cell = table.coefficients.get(programme__code=code)
    return Edit(cell.pk, "percent", cell.percent, D(value), "coefficient")


def test_a_new_version_is_a_copy_that_is_changed_and_approved(edremit):
    draft = new_version(year=edremit.year, reason="Yerel projelerin payı artıyor.", by=edremit.technical)
    assert (draft.version, draft.status, draft.lines.count(), draft.coefficients.count()) == (2, "draft", 29, 5)
    line = draft.lines.get(item__code="KA1")
    edits = [
        percent(draft, "AB", "30"),
        percent(draft, "LOCAL", "10"),
        Edit(line.pk, "success_points", D(90), D("92.5"), "line"),
    ]
    assert change_draft(table=draft, edits=edits, by=edremit.technical) == 3
    with pytest.raises(PermissionDenied):
        approve_table(table=draft, by=edremit.technical)
    approved = approve_table(table=draft, by=edremit.executive)
    assert (approved.status, approved.approved_by) == ("approved", edremit.executive)
    edremit.table.refresh_from_db()
    assert edremit.table.status == "superseded"
    assert [(d.line, d.cell, d.before, d.after) for d in table_differences(edremit.table, approved)] == [
        ("AB projeleri", "Katsayı yüzdesi", D(32), D(30)),
        ("AB projeleri – KA1", "Başarı puanı", D(90), D("92.5")),
        ("Yerel projeler", "Katsayı yüzdesi", D(8), D(10)),
    ]
    run = edremit.run()
    assert run.points_table == approved
    assert run.rows.get(staff=edremit.people["İrem"]).value_exact == "30"
    assert AuditEntry.objects.filter(action="points_table.approve").count() == 1


@pytest.mark.parametrize(("value", "shown"), [("31.99", "99,99"), ("33", "101")])
def test_coefficients_must_sum_to_exactly_100(edremit, value, shown):
    draft = new_version(year=edremit.year, reason="Deneme", by=edremit.technical)
    change_draft(table=draft, edits=[percent(draft, "AB", value)], by=edremit.technical)
    with pytest.raises(UserError, match=f"%{shown};"):
        approve_table(table=draft, by=edremit.executive)


def test_an_approved_table_never_changes(edremit):
    with pytest.raises(Conflict, match="yeni bir sürüm"):
        change_draft(table=edremit.table, edits=[percent(edremit.table, "AB", "30")], by=edremit.technical)
    with pytest.raises(Conflict):
        discard_draft(table=edremit.table, by=edremit.technical)
    assert edremit.table.coefficients.get(programme__code="AB").percent == 32


def test_two_editors_of_one_cell_do_not_overwrite_each_other(edremit):
    draft = new_version(year=edremit.year, reason="Deneme", by=edremit.technical)
    edit = percent(draft, "AB", "30")
    change_draft(table=draft, edits=[edit], by=edremit.technical)
    with pytest.raises(Conflict, match="başka biri"):
        change_draft(table=draft, edits=[edit], by=edremit.executive)


def test_a_blank_stage_is_told_from_zero(edremit):
    draft = new_version(year=edremit.year, reason="Deneme", by=edremit.technical)
    line = draft.lines.get(item__code="COMP-FINAL")
    change_draft(table=draft, edits=[Edit(line.pk, "preparing_points", None, D(7), "line")], by=edremit.technical)
    line.refresh_from_db()
    assert line.preparing_points == 7
    with pytest.raises(Conflict):
        change_draft(table=draft, edits=[Edit(line.pk, "preparing_points", None, D(8), "line")], by=edremit.technical)


def test_a_year_has_one_draft_and_it_can_be_discarded(edremit):
    draft = new_version(year=edremit.year, reason="Deneme", by=edremit.executive)
    with pytest.raises(Conflict, match="taslak"):
        new_version(year=edremit.year, reason="İkinci", by=edremit.technical)
    discard_draft(table=draft, by=edremit.technical)
    assert PointsTable.objects.filter(year=edremit.year).count() == 1


def test_who_may_begin_a_version_and_that_it_needs_a_reason(edremit):
    for user in (edremit.coordinator, edremit.board, edremit.district_board):
        with pytest.raises(PermissionDenied):
            new_version(year=edremit.year, reason="Deneme", by=user)
    with pytest.raises(UserError, match="gerekçesini"):
        new_version(year=edremit.year, reason="  ", by=edremit.technical)


def test_points_outside_0_to_100_are_refused(edremit):
    draft = new_version(year=edremit.year, reason="Deneme", by=edremit.technical)
    with pytest.raises(UserError, match="0 ile 100"):
        change_draft(table=draft, edits=[percent(draft, "AB", "101")], by=edremit.technical)
