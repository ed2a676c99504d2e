"""Filters of the lists of units and people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schools.models.commissions import CommissionKind
from schools.models.people import Title
from schools.models.units import Category


class ListFilter(forms.Form):
    """Filters of a list: every field may be empty, and a value that makes no sense counts as empty."""

    required_css_class = ""

    def __init__(self, *args: Any, districts: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if districts is not None:
            choices = [(district.pk, district.name) for district in districts]
            if len(choices) > 1:
                self.fields["ilce"] = forms.TypedChoiceField(
                    label=_("İlçe"), choices=[("", _("Tümü")), *choices], coerce=int, empty_value=None, required=False
                )

    def value(self, name: str) -> Any:
        """The cleaned value of a field, None where it is empty, wrong or not there."""
        if not self.is_valid():
            self.cleaned_data = getattr(self, "cleaned_data", {})
        return self.cleaned_data.get(name) or None


def _optional_choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("Tümü")), *choices], required=False)


class InstitutionFilter(ListFilter):
    kategori = _optional_choice(_("Kategori"), Category.choices)


class StaffFilter(ListFilter):
    unvan = _optional_choice(_("Unvan"), Title.choices)
    kurum = forms.CharField(label=_("Kurum kodu"), max_length=8, required=False)


class StudentFilter(ListFilter):
    sinif = forms.TypedChoiceField(
        label=_("Sınıf"),
        choices=[("", _("Tümü")), ("0", _("Okul öncesi")), *((str(grade), str(grade)) for grade in range(1, 13))],
        empty_value="",
        required=False,
    )
    kurum = forms.CharField(label=_("Kurum kodu"), max_length=8, required=False)


class CommissionFilter(ListFilter):
    tur = _optional_choice(_("Tür"), CommissionKind.choices)
