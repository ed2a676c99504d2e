import csv
from decimal import Decimal

import pytest
from django.conf import settings

from common.models import AuditEntry
from eba import reference
from eba.models import CriteriaTable, Criterion, CriterionWeight, Platform
from portal.services import install_province, open_year
from tests.factories.schools import YearFactory

pytestmark = pytest.mark.django_db


def published():
    with (settings.BASE_DIR / "fixtures/eba_criteria.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def test_the_published_table_is_approved_as_version_1_and_loaded_only_once():
    year = YearFactory()
    table = reference.load(year)
    assert reference.load(year) == table
    assert (table.version, table.status) == (1, "approved")
    weights = CriterionWeight.objects.order_by("criterion__order")
    assert [(w.criterion.code, w.criterion.name, w.criterion.unit, w.coefficient, w.cap) for w in weights] == [
        (row["code"], row["criterion"], row["unit"], Decimal(row["coefficient"]), None) for row in published()
    ]
    assert len(published()) == 7
    assert AuditEntry.objects.filter(action="criteria_table.load").count() == 1


def test_a_second_province_has_a_table_of_its_own_and_the_same_criteria():
    reference.load(YearFactory())
    other = YearFactory(province__plate_code=63)
    reference.load(other)
    assert (Platform.objects.count(), Criterion.objects.count(), CriteriaTable.objects.count()) == (1, 7, 2)


def test_every_alias_belongs_to_a_criterion():
    assert reference.ALIASES.keys() == {row["code"] for row in published()}


def test_a_new_year_takes_the_approved_table_over_and_no_draft():
    old = install_province(plate=10, year_name="2020-2021", by=None)
    approved = CriteriaTable.objects.get(year=old)
    CriterionWeight.objects.filter(table=approved, criterion__code="WORK_SENT").update(coefficient="2.5", cap=40)
    CriteriaTable.objects.create(year=old, platform=approved.platform, version=2)
    new = open_year(plate=10, year_name="2021-2022", from_name=None, by=None)
    table = CriteriaTable.objects.get(year=new)
    assert (table.version, table.status, table.weights.count()) == (1, "approved", 7)
    copied = table.weights.get(criterion__code="WORK_SENT")
    assert (copied.coefficient, copied.cap) == (Decimal("2.50"), 40)
    assert reference.copy_year(old, new) == 0


def test_installing_again_keeps_an_edited_table():
    for _ in range(2):
        year = install_province(plate=10, year_name="2020-2021", by=None)
        CriterionWeight.objects.filter(criterion__code="WORK_SENT").update(coefficient="3")
    assert CriteriaTable.objects.filter(year=year).count() == 1
    assert CriterionWeight.objects.get(criterion__code="WORK_SENT").coefficient == 3
