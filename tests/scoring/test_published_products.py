"""Every product of the points table as the presentation prints it."""

from decimal import Decimal
from fractions import Fraction

import pytest

from projects import reference as project_reference
from scoring import reference
from scoring.engine.points import Claim
from scoring.engine.working import claim_working
from scoring.inputs.projects import tariff_of
from tests.factories.schools import YearFactory

PUBLISHED = {
    "KA1": ("6,4", "28,8"),
    "KA2": ("12,8", "32"),
    "KA3": ("9,6", "32"),
    "4006": ("5,22", "14,5"),
    "4004": ("10,15", "26,1"),
    "4005": ("10,15", "26,1"),
    "4007": ("10,73", "27,55"),
    "COMP-APPLY": ("1,45", "11,6"),
    "COMP-FINAL": ("0", "17,4"),
    "COMP-DEGREE": ("0", "23,2"),
    "OLY-APPLY": ("2,9", "20,3"),
    "OLY-FINAL": ("0", "26,1"),
    "OLY-DEGREE": ("0", "29"),
    "MIN-GRANT": ("4,2", "16,8"),
    "MIN-NOGRANT": ("2,1", "5,25"),
    "AGENCY": ("5,25", "21"),
    "EMBASSY": ("5,25", "18,48"),
    "LOCAL-COOP": ("1,68", "10,5"),
    "ETW-PROJECT": ("0,3", "2"),
    "ETW-NATIONAL-QL": ("0,3", "7,5"),
    "ETW-EUROPEAN-QL": ("0,3", "9"),
    "ETW-SCHOOL-QL": ("0,3", "10"),
    "LOCAL-1": ("0,4", "2"),
    "LOCAL-2": ("0,4", "4"),
    "LOCAL-3": ("0,4", "8"),
}
INDEPENDENT = {"AB-OTHER": 32, "TUBITAK-OTHER": 29, "NATIONAL-OTHER": 21, "ETW-OTHER": 10}


@pytest.mark.django_db
def test_every_published_product():
    project_reference.load()
    table = reference.load(YearFactory())
    tariff = tariff_of(table)
    codes = dict(table.lines.values_list("item__code", "item_id"))
    assert set(codes) == set(PUBLISHED) | set(INDEPENDENT)
    for code, products in PUBLISHED.items():
        for stage, product in zip(("preparing", "success"), products, strict=True):
            working = claim_working(Claim(1, 1, codes[code], stage, None), tariff.scale, tariff.names, counted=True)
            assert Fraction(working["product"]) == Fraction(product.replace(",", ".")), (code, stage)
            assert working["working"].endswith(f"= {product} puan")
    for code, coefficient in INDEPENDENT.items():
        working = claim_working(
            Claim(1, 1, codes[code], "success", Decimal(50)), tariff.scale, tariff.names, counted=True
        )
        assert Fraction(working["product"]) == Fraction(coefficient, 2)


@pytest.mark.django_db
def test_the_five_coefficients_sum_to_100():
    project_reference.load()
    table = reference.load(YearFactory())
    assert sorted(table.coefficients.values_list("percent", flat=True)) == [8, 10, 21, 29, 32]


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_the_next_year_gets_a_copy():
    project_reference.load()
    year = YearFactory()
    table = reference.load(year)
    assert reference.load(year) == table
    following = YearFactory(province=year.province, name="2021-2022", is_current=False)
    copy = reference.copy_year(year, following)
    assert (copy.version, copy.status, copy.lines.count()) == (1, "approved", 29)
    assert reference.copy_year(year, following) == copy
