"""The form of one decision of the year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from schools.models import YearSetting
from schools.year_settings import SettingDefinition, SettingError


class SettingForm(forms.Form):
    """One decision of the year. Carries the version it was made from (0 while the default stands).

    After a conflict ``keep-value`` says whose value stays.
    """

    value = forms.CharField(label=_("Değer"), max_length=200)
    note = forms.CharField(
        label=_("Gerekçe"), max_length=300, required=False, help_text=_("Karar numarası ya da kısa bir açıklama.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, definition: SettingDefinition, row: YearSetting | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if row is not None and self.data.get("keep-value") == "theirs":
            self.data = {**dict(self.data.items()), "value": row.value}
        self.definition = definition
        if definition.choices:
            self.fields["value"] = forms.ChoiceField(choices=definition.choices, widget=forms.RadioSelect)
        self.fields["value"].label = str(definition.label)
        self.fields["value"].initial = row.value if row else definition.default
        self.fields["version"].initial = row.version if row else 0

    def clean_value(self) -> str:
        try:
            return self.definition.stored(self.cleaned_data["value"])
        except SettingError as error:
            raise ValidationError(str(error)) from None
