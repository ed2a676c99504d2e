from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from schools.models import AcademicYear, District
from schools.models.units import Category
from scoring.inputs import MEASURES, Partition
from scoring.models import PointsTable
from scoring.services.points_tables import Edit


class RunFilterForm(forms.Form):
    """Filter of a run's rows; everything is optional and wrong values filter nothing."""

    ilce = forms.ModelChoiceField(
        label=_("İlçe"), queryset=District.objects.none(), required=False, empty_label=_("Bütün ilçeler")
    )
    kategori = forms.ChoiceField(
        label=_("Kategori"), choices=[("", _("Bütün kategoriler")), *Category.choices], required=False
    )
    ilk = forms.TypedChoiceField(
        label=_("Sıra"),
        choices=[("", _("Bütün sıralar")), ("3", _("İlk 3")), ("10", _("İlk 10"))],
        coerce=int,
        required=False,
    )

    def __init__(self, *args: Any, year: AcademicYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts = District.objects.filter(province=year.province_id).order_by("name_key", "pk")
        self.fields["ilce"].queryset = districts  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        data = self.cleaned_data
        district = data.get("ilce")
        return {
            "district": district.pk if district else None,
            "category": data.get("kategori") or "",
            "top": data.get("ilk") or 0,
        }


class ComputeForm(forms.Form):
    """Which ranking is computed."""

    measure = forms.ChoiceField(label=_("Ölçü"), choices=())
    partition = forms.ChoiceField(label=_("Bölüm"), choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [(m.code, m.label) for m in MEASURES.values()]  # type: ignore[attr-defined]
        self.fields["partition"].choices = PARTITIONS  # type: ignore[attr-defined]


PARTITIONS = [
    (code, Partition(tuple(code.split(","))).label)
    for code in ("district,category", "district", "category", "institution", "province")
]


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=_("İtirazınız"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        help_text=_("Hangi proje ya da puanın neden yanlış olduğunu yazınız."),
        error_messages={"required": _("İtirazınızı, neyin neden yanlış olduğunu belirterek yazınız.")},
    )


class AnswerForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Cevabınız"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        help_text=_("Okul bu metni görür."),
        error_messages={"required": _("Cevabınızı gerekçesiyle yazınız; okul bu metni görecektir.")},
    )


class NewVersionForm(forms.Form):
    reason = forms.CharField(
        label=_("Değişikliğin gerekçesi"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("Yeni sürümle birlikte okullara gösterilir."),
        error_messages={"required": _("Değişikliğin gerekçesini yazınız; yeni sürümle birlikte okullara gösterilir.")},
    )


class DraftTableForm(forms.Form):
    """All cells of a draft. Each carries what the editor saw, so that a change of somebody else is noticed."""

    def __init__(self, *args: Any, table: PointsTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: list[tuple[str, list[dict[str, Any]]]] = []
        programmes: dict[int, list[dict[str, Any]]] = {}
        for coefficient in table.coefficients.select_related("programme").order_by("programme__order", "pk"):
            cell = self._add("coefficient", coefficient.pk, "percent", coefficient.percent, coefficient.programme.name)
            programmes[coefficient.programme_id] = []
            self.rows.append((coefficient.programme.name, [{"name": _("Katsayı yüzdesi"), "cells": [cell]}]))
            programmes[coefficient.programme_id] = self.rows[-1][1]
        for line in table.lines.select_related("item").order_by("item__order", "pk"):
            cells = [] if line.item.independent else [
                self._add("line", line.pk, field, getattr(line, field), f"{line.item.name}: {words}")
                for field, words in (("preparing_points", _("hazırlayan")), ("success_points", _("başarı")))
            ]  # fmt: skip
            programmes[line.item.programme_id].append({"name": line.item.name, "cells": cells})

    def _add(self, kind: str, pk: int, field: str, value: Decimal | None, label: Any) -> Any:
        name = f"{kind}-{pk}-{field}"
        self.fields[name] = forms.DecimalField(
            label=label,
            min_value=0,
            max_value=100,
            max_digits=5,
            decimal_places=2,
            required=kind == "coefficient",
            localize=True,
            initial=value,
            show_hidden_initial=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6, "aria-label": label}),
        )
        return self[name]

    def edits(self) -> list[Edit]:
        """The changed cells with what the editor saw; ``Conflict`` where that is nothing a cell can hold."""
        found = []
        for name in self.changed_data:
            kind, pk, column = name.split("-")
            field = self.fields[name]
            posted = field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(name))
            try:
                seen = field.clean(posted)
            except ValidationError:
                raise Conflict(_("Sayfanız eskimiş; yenileyip değişikliğinizi yeniden yapınız.")) from None
            found.append(Edit(kind, int(pk), column, seen, self.cleaned_data[name]))
        return found
