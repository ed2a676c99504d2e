from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eba.models import CriteriaTable, Criterion
from eba.services.criteria import HIGHEST_CAP, HIGHEST_COEFFICIENT
from schools.forms import DraftForm


class DraftCriteriaForm(DraftForm):
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

    def _add(
        self, pk: int, column: str, field: forms.Field, value: Decimal | int | None, label: Any
    ) -> forms.BoundField:
        field.label = label
        field.widget = forms.TextInput(
            attrs={"inputmode": "decimal" if column == "coefficient" else "numeric", "size": 7, "aria-label": label}
        )
        field.widget.is_localized = column == "coefficient"
        field.widget.is_required = field.required
        return self.add_cell(pk, column, field, value)
