"""What reviewers decide, one claim at a time or many at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import LinesField
from projects.models import ProgrammeItem, ReviewReason
from projects.workflow import Decision


class DecisionForm(forms.Form):
    """One decision of a reviewer: what it is, and what that decision needs."""

    action = forms.ChoiceField(choices=Decision)
    reason = forms.ModelChoiceField(
        queryset=ReviewReason.objects.filter(is_active=True), required=False, to_field_name="code"
    )
    text = LinesField(required=False, max_length=2000)
    points = forms.DecimalField(required=False, max_digits=5, decimal_places=2, localize=True)
    justification = LinesField(required=False, max_length=2000)
    level = forms.ModelChoiceField(
        queryset=ProgrammeItem.objects.filter(is_local_level=True), required=False, to_field_name="code"
    )

    @property
    def points_given(self) -> Decimal | None:
        given: Decimal | None = self.cleaned_data["points"]
        return given


class BulkForm(forms.Form):
    """What one step for many claims says to the schools; a return and a rejection need both fields."""

    reason = forms.ModelChoiceField(
        label=_("Gerekçe"),
        queryset=ReviewReason.objects.none(),
        to_field_name="code",
        error_messages={"required": _("Bir gerekçe seçiniz."), "invalid_choice": _("Listeden bir gerekçe seçiniz.")},
    )
    text = LinesField(
        label=_("Okullara yazılacak açıklama"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Okulların okuyacağı açıklamayı yazınız.")},
    )

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed = action in (Decision.RETURN, Decision.REJECT)
        self.fields["reason"].required = self.fields["text"].required = needed
        if action not in Decision.values:
            self.fields.clear()
            return
        reasons = ReviewReason.objects.filter(is_active=True, decision=action).order_by("order")
        self.fields["reason"].queryset = reasons  # type: ignore[attr-defined]
