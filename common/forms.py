"""Base pieces of forms: amounts as people write them, the version of an edit form, the choice between two versions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.models import MailDelivery, MailFrequency
from common.versions import StaleForm

KEEP = "keep-"
_GROUPED = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?")


class GroupedDecimalField(forms.DecimalField):
    """An amount as people write it here: ``12.500,50``, ``12.500``, ``12500,5``."""

    default_error_messages = {"invalid": gettext_lazy("Bir sayı yazınız; örnek: 12.500,00")}

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and _GROUPED.fullmatch(value.strip()):
            value = value.replace(".", "")
        return super().to_python(value)


class LinesField(forms.CharField):
    """A text of several lines; an end of line counts as one character against ``max_length``, as in the browser."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class MailFrequencyForm(forms.Form):
    """How often ordinary notices come by mail; one field of the person's own, so the last choice stands."""

    frequency = forms.ChoiceField(
        label=gettext_lazy("Bildirimler e-postayla ne sıklıkta gelsin?"),
        widget=forms.RadioSelect,
        choices=[
            (MailFrequency.DAILY, gettext_lazy("Günde bir kez: her sabah 07:00'de, biriken bildirimler tek e-postada")),
            (
                MailFrequency.WEEKLY,
                gettext_lazy("Haftada bir kez: pazartesi 07:00'de, biriken bildirimler tek e-postada"),
            ),
            (MailFrequency.INSTANT, gettext_lazy("Hemen: her bildirim yazıldığında")),
            (MailFrequency.NONE, gettext_lazy("Gönderilmesin: bildirimleri yalnız portalda okurum")),
        ],
        error_messages={
            "required": gettext_lazy("Dört seçenekten birini işaretleyiniz."),
            "invalid_choice": gettext_lazy("Dört seçenekten birini işaretleyiniz."),
        },
    )


class MailLogForm(forms.Form):
    """The search of the log of mails; the state comes from the chips and stays in the address."""

    mark_optional = False

    ara = forms.CharField(label=gettext_lazy("Kişi adı ya da e-posta adresi"), required=False)
    durum = forms.ChoiceField(choices=[("", ""), *MailDelivery.State.choices], required=False, widget=forms.HiddenInput)


@dataclass(frozen=True)
class FieldConflict:
    """One field whose posted and stored values differ, in words (``components/conflict.html``)."""

    name: str
    label: str
    mine: str
    theirs: str


class VersionedFormMixin(forms.ModelForm):
    """A model form that carries the version it was made from.

    The view hands ``form.cleaned_data["version"]`` to the service. When the service raises ``StaleForm``, the view
    calls ``form.compare(stale)`` and shows the form again (409): ``form.conflicts`` lists both values of each differing
    field, and the person's choices (``keep-<field>``) are applied when the form comes back.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts: list[FieldConflict] = []
        self.fields["version"].initial = self.instance.version
        self.initial["version"] = self.instance.version
        if isinstance(self.data, QueryDict):
            self._take_chosen(self.data)

    def compare(self, stale: StaleForm) -> None:
        """Set ``conflicts`` against the stored row and let the form carry its version from now on."""
        stored = type(self)(instance=stale.current)
        self.conflicts = [
            FieldConflict(
                name=name,
                label=str(self[name].label),
                mine=in_words(self.fields[name], self[name].data),
                theirs=in_words(self.fields[name], stored[name].value()),
            )
            for name in self._shown_fields()
            if self.fields[name].has_changed(stored[name].value(), self[name].data)
        ]
        self._set_data(self.data, {"version": [str(stale.current.version)]})

    def _take_chosen(self, data: QueryDict) -> None:
        taken = {
            name: _posted_form(self.fields[name], self.get_initial_for_field(self.fields[name], name))
            for name in self._shown_fields()
            if data.get(f"{KEEP}{name}") == "theirs"
        }
        if taken:
            self._set_data(data, taken)

    def _set_data(self, data: Any, values: dict[str, list[str]]) -> None:
        changed = data.copy()
        for name, posted in values.items():
            changed.setlist(self.add_prefix(name), posted)
        self.data = changed

    def _shown_fields(self) -> list[str]:
        return [name for name, field in self.fields.items() if name != "version" and not field.disabled]


def _posted_form(field: forms.Field, value: Any) -> list[str]:
    """The stored value as a browser would post it."""
    value = field.prepare_value(value)
    if value is None or value is False:
        return []
    if value is True:
        return ["on"]
    if isinstance(value, (list, tuple, set)):
        return [str(field.prepare_value(item)) for item in value]
    shown = field.widget.format_value(value)
    return [str(item) for item in shown] if isinstance(shown, (list, tuple)) else [str(shown)]


def in_words(field: forms.Field, value: Any) -> str:
    """A raw or stored value as a person reads it: labels of choices, yes and no, Turkish dates and numbers."""
    if value is None or value in ("", [], ()):
        return ""
    if isinstance(field, forms.BooleanField):
        return _("Evet") if value in (True, "on", "True", "true", "1") else _("Hayır")
    if isinstance(field, forms.ModelChoiceField):
        return _named_rows(field, value)
    if isinstance(field, forms.ChoiceField):
        labels = {str(code): str(label) for code, label in _flat(field.choices)}
        return ", ".join(labels.get(str(item), str(item)) for item in _as_list(value))
    if isinstance(value, (dt.date, dt.datetime)):
        return formats.date_format(value, "SHORT_DATETIME_FORMAT" if isinstance(value, dt.datetime) else "d.m.Y")
    return str(formats.localize_input(value))


def _named_rows(field: forms.ModelChoiceField, value: Any) -> str:
    try:
        rows = field.clean(value if isinstance(field, forms.ModelMultipleChoiceField) else _as_list(value)[0])
    except forms.ValidationError:
        return str(value)
    found = rows if isinstance(field, forms.ModelMultipleChoiceField) else [rows]
    return ", ".join(field.label_from_instance(row) for row in found if row is not None)


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple, set)) else [value]


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for code, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield code, label
