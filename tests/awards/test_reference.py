import csv

import pytest
from django.conf import settings

from awards import reference
from awards.models import AwardRule
from awards.sources import sources_of, why_not
from common.models import AuditEntry
from tests.factories.schools import YearFactory

pytestmark = pytest.mark.django_db


def published():
    with (settings.BASE_DIR / "fixtures/award_rules.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def test_catalogue_is_loaded_in_its_order_and_only_once():
    year = YearFactory()
    assert reference.load(year) == len(published()) == 32
    assert reference.load(year) == 0
    rules = AwardRule.objects.filter(year=year).order_by("order")
    assert [(rule.code, rule.document, rule.take) for rule in rules] == [
        (row["code"], row["document"], row["take"]) for row in published()
    ]
    assert AuditEntry.objects.filter(action="award_rules.load").count() == 1


CARRIED = ["T-AC-1", "T-AC-2", "T-AC-3", "T-PR-1", "T-EB-2", "T-EB-3"]
"""Teachers' own rankings. Students', schools' and managers' lists, records and nominations are not computed."""


def test_which_rules_a_round_can_compute():
    year = YearFactory()
    reference.load(year)
    assert [rule.code for rule in AwardRule.objects.filter(year=year) if sources_of(rule)] == CARRIED
    reasons = {rule.code: why_not(rule) for rule in AwardRule.objects.filter(year=year)}
    assert "önerisidir" in reasons["T-EB-1"]
    assert "Öğrenci" in reasons["S-AC-2"]
    assert "modülde henüz yok" in reasons["S-AR-1"]


def test_a_new_year_takes_the_edited_catalogue_over():
    year = YearFactory()
    reference.load(year)
    AwardRule.objects.filter(year=year, code="T-PR-1").update(take="5")
    AwardRule.objects.filter(year=year, code="N-1").update(is_active=False)
    following = YearFactory(name="2021-2022", is_current=False)
    assert reference.copy_year(year, following) == 32
    assert reference.copy_year(year, following) == 0
    assert AwardRule.objects.get(year=following, code="T-PR-1").take == "5"
    assert not AwardRule.objects.get(year=following, code="N-1").is_active
