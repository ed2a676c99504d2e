from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from eba.models import CriteriaTable, Criterion
from eba.services.criteria import HIGHEST_CAP, HIGHEST_COEFFICIENT, Edit


class NewVersionForm(forms.Form):
    reason = forms.CharField(
        label=_("Değişikliğin gerekçesi"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("Yeni sürümle birlikte okullara gösterilir."),
        error_messages={"required": _("Değişikliğin gerekçesini yazınız; yeni sürümle birlikte okullara gösterilir.")},
    )


class DraftCriteriaForm(forms.Form):
    """All cells of a draft. Each carries what the editor saw, so that a change of somebody else is noticed."""

    def __init__(self, *args: Any, table: CriteriaTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: list[dict[str, Any]] = []
        for line in table.weights.select_related("criterion").order_by("criterion__order", "pk"):
            criterion: Criterion = line.criterion
            label = _("%(criterion)s: katsayı") % {"criterion": criterion.name}
            coefficient = forms.DecimalField(
                max_digits=6, decimal_places=2, min_value=0, max_value=HIGHEST_COEFFICIENT, localize=True
            )
            cap = forms.IntegerField(min_value=1, max_value=HIGHEST_CAP, required=False)
            self.rows.append(
                {
                    "criterion": criterion,
                    "coefficient": self._add(line.pk, "coefficient", coefficient, line.coefficient, label),
                    "cap": self._add(
                        line.pk, "cap", cap, line.cap, _("%(criterion)s: üst sınır") % {"criterion": criterion.name}
                    ),
                }
            )

    def _add(self, pk: int, column: str, field: forms.Field, value: Decimal | int | None, label: Any) -> Any:
        name = f"{pk}-{column}"
        field.label, field.initial, field.show_hidden_initial = label, value, True
        field.widget = forms.TextInput(
            attrs={"inputmode": "decimal" if column == "coefficient" else "numeric", "size": 7, "aria-label": label}
        )
        field.widget.is_localized = column == "coefficient"
        field.widget.is_required = field.required
        self.fields[name] = field
        return self[name]

    def edits(self) -> list[Edit]:
        """The changed cells with what the editor saw; ``Conflict`` where that is nothing a cell can hold."""
        found = []
        for name in self.changed_data:
            pk, column = name.split("-")
            field = self.fields[name]
            posted = field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(name))
            try:
                seen = field.clean(posted)
            except ValidationError:
                raise Conflict(_("Sayfanız eskimiş; yenileyip değişikliğinizi yeniden yapınız.")) from None
            found.append(Edit(int(pk), column, seen, self.cleaned_data[name]))
        return found
