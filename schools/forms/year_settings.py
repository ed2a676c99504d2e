"""Forms of the year's decisions and of its deadline."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
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


class SubmissionDeadlineForm(forms.Form):
    """Until when projects may be sent; an empty day means until the next year is opened.

    ``seen`` is the moment that the page was made with, in ISO form.
    """

    day = forms.DateField(
        label=_("Son gün"),
        required=False,
        help_text=_("Boş bırakırsanız projeler yeni yıl açılıncaya kadar gönderilebilir."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    time = forms.TimeField(
        label=_("Saat"),
        required=False,
        initial=dt.time(23, 59),
        help_text=_("Boş bırakırsanız 23.59."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    note = forms.CharField(
        label=_("Gerekçe"), max_length=300, required=False, help_text=_("Karar numarası ya da kısa bir açıklama.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, moment: dt.datetime | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = moment.isoformat() if moment else ""
        if moment is not None:
            local = timezone.localtime(moment)
            self.fields["day"].initial, self.fields["time"].initial = local.date(), local.time()

    def clean_seen(self) -> dt.datetime | None:
        text = self.cleaned_data["seen"]
        try:
            return dt.datetime.fromisoformat(text) if text else None
        except ValueError:
            raise ValidationError(_("Sayfa eskimiş; yenileyip yeniden yazınız.")) from None

    def moment(self) -> dt.datetime | None:
        """What was chosen, in the portal's time zone."""
        day, time = self.cleaned_data["day"], self.cleaned_data["time"] or dt.time(23, 59)
        return timezone.make_aware(dt.datetime.combine(day, time)) if day else None
