"""Forms of the tables of a year: why there is a new version, and the cells of a draft."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from schools.services.year_tables import Edit


class NewVersionForm(forms.Form):
    reason = forms.CharField(
        label=_("Değişikliğin gerekçesi"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("Yeni sürümle birlikte okullara gösterilir."),
        error_messages={"required": _("Değişikliğin gerekçesini yazınız; yeni sürümle birlikte okullara gösterilir.")},
    )


class DraftForm(forms.Form):
    """All cells of a draft. Each carries what the editor saw, so that a change of somebody else is noticed."""

    def add_cell(
        self, pk: int, column: str, field: forms.Field, value: Decimal | int | None, kind: str = ""
    ) -> forms.BoundField:
        """The field of a cell of the line ``pk``; ``kind`` as in ``Edit``."""
        name = f"{kind}-{pk}-{column}".lstrip("-")
        field.initial, field.show_hidden_initial = value, True
        self.fields[name] = field
        return self[name]

    def edits(self) -> list[Edit]:
        """The changed cells with what the editor saw; ``Conflict`` where that is nothing a cell can hold."""
        found = []
        for name in self.changed_data:
            *kinds, pk, column = name.split("-")
            field = self.fields[name]
            posted = field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(name))
            try:
                seen = field.clean(posted)
            except ValidationError:
                raise Conflict(_("Sayfanız eskimiş; yenileyip değişikliğinizi yeniden yapınız.")) from None
            found.append(Edit(int(pk), column, seen, self.cleaned_data[name], "".join(kinds)))
        return found
