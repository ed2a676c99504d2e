from decimal import Decimal

import pytest
from django import forms

from common.forms import GroupedDecimalField


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("12.500,50", "12500.50"),
        ("12.500", "12500"),
        ("1.234.567,8", "1234567.8"),
        ("12500,5", "12500.5"),
        ("12.5", "12.5"),
        (" 750 ", "750"),
    ],
)
def test_amounts_are_read_as_they_are_written_here(written: str, amount: str) -> None:
    assert GroupedDecimalField(localize=True).clean(written) == Decimal(amount)


@pytest.mark.parametrize("written", ["12.50.0", "1.2345,6", "on iki bin", "NaN", "1e400"])
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(forms.ValidationError):
        GroupedDecimalField(localize=True, max_digits=12, decimal_places=2).clean(written)
