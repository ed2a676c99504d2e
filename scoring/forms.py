from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import localize_input
from django.utils.translation import gettext_lazy as _

from common.numbers import format_number
from schools.forms import DraftForm
from schools.models import AcademicYear, District
from schools.models.units import Category
from schools.services.year_tables import Edit
from scoring.inputs import MEASURES, Measure
from scoring.models import PointsTable
from scoring.selectors.choices import TERMS, by_area, exam_kind_of, exams_for, partitions_for
from scoring.selectors.runs import OUTDATED
from scoring.workflow import RunStatus

AREA_LABELS = {
    "academic": _("Akademik"),
    "project": _("Proje"),
    "arts": _("Sanat, spor ve kültür"),
    "innovation": _("Yenilikçi ortamlar ve atölyeler"),
    "eba": _("EBA"),
}


class RunListFilterForm(forms.Form):
    """Filter of the year's runs; everything is optional and wrong values filter nothing."""

    alan = forms.ChoiceField(label=_("Alan"), required=False)
    olcu = forms.ChoiceField(label=_("Ölçü"), required=False)
    durum = forms.ChoiceField(
        label=_("Durum"),
        choices=[("", _("Bütün durumlar")), *RunStatus.choices, (OUTDATED, _("Yayımlandı, verisi değişti"))],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [("", _("Bütün ölçüler")), *((m.code, m.label) for m in MEASURES.values())]
        self.fields["olcu"].choices = listed  # type: ignore[attr-defined]
        areas = [(area, AREA_LABELS.get(area, area)) for area in by_area(MEASURES.values())]
        self.fields["alan"].choices = [("", _("Bütün alanlar")), *areas]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        fields = {"area": "alan", "measure": "olcu", "status": "durum"}
        return {name: self.cleaned_data.get(field) or "" for name, field in fields.items()}


class RunFilterForm(forms.Form):
    """Filter of a run's rows; everything is optional and wrong values filter nothing."""

    ders = forms.ChoiceField(label=_("Ders"), required=False)
    ilce = forms.ModelChoiceField(
        label=_("İlçe"), queryset=District.objects.none(), required=False, empty_label=_("Bütün ilçeler")
    )
    kategori = forms.ChoiceField(
        label=_("Kategori"), choices=[("", _("Bütün kategoriler")), *Category.choices], required=False
    )
    ilk = forms.IntegerField(
        label=_("İlk kaç sıra"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        widget=forms.NumberInput(attrs={"placeholder": _("Hepsi"), "min": 1}),
    )

    mark_optional = False

    def __init__(
        self, *args: Any, year: AcademicYear, subjects: Sequence[str] = (), value_is_rank: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.value_is_rank = bool(value_is_rank)
        if value_is_rank:
            self.fields["ilk"].label = _("%(rank)s en çok") % {"rank": value_is_rank}
        districts = District.objects.filter(province=year.province_id).order_by("name_key", "pk")
        self.fields["ilce"].queryset = districts  # type: ignore[attr-defined]
        if subjects:
            listed = [("", _("Bütün dersler")), *((name, name) for name in subjects)]
            self.fields["ders"].choices = listed  # type: ignore[attr-defined]
        else:
            del self.fields["ders"]

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        data = self.cleaned_data
        district = data.get("ilce")
        return {
            "district": district.pk if district else None,
            "category": data.get("kategori") or "",
            "subject": data.get("ders") or "",
            "best" if self.value_is_rank else "top": data.get("ilk") or 0,
        }


class MeasureForm(forms.Form):
    """The first step of computing: which measure; the second asks for what this measure needs."""

    hesap = forms.ChoiceField(label=_("Ölçü"), choices=())

    def __init__(self, *args: Any, measures: Sequence[Measure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = by_area(measures)
        listed = [(AREA_LABELS.get(area, area), [(m.code, m.label) for m in found]) for area, found in groups.items()]
        field = self.fields["hesap"]
        field.choices = listed if len(groups) > 1 else [(m.code, m.label) for m in measures]  # type: ignore[attr-defined]


class ComputeForm(forms.Form):
    """What a measure's ranking is computed for: the groups, and the exam or term where the measure needs one."""

    measure = forms.CharField(widget=forms.HiddenInput)
    exam = forms.ChoiceField(
        label=_("Sınav"), choices=(), error_messages={"required": _("Hangi sınavın sıralanacağını seçiniz.")}
    )
    term = forms.TypedChoiceField(
        label=_("Dönem"),
        choices=TERMS,
        coerce=int,
        error_messages={"required": _("Hangi dönemin sıralanacağını seçiniz.")},
    )
    partition = forms.ChoiceField(label=_("Kendi içinde sıralanan gruplar"))

    def __init__(self, *args: Any, measure: Measure, year: AcademicYear, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {"measure": measure.code} | kwargs["initial"]
        super().__init__(*args, **kwargs)
        self.asked = measure
        self.fields["partition"].choices = partitions_for(measure)  # type: ignore[attr-defined]
        if measure.needs != "term":
            del self.fields["term"]
        self.has_no_exam = False
        if measure.needs == "exam":
            exams = [(exam.code, f"{exam.name} ({exam.date:%d.%m.%Y})") for exam in exams_for(measure, year)]
            self.fields["exam"].choices = exams  # type: ignore[attr-defined]
            self.has_no_exam = not exams
            kind = exam_kind_of(measure).label
            self.no_exam_title = _("Bu yıl “%(kind)s” türünde tanımlı sınav yok") % {"kind": kind}
        else:
            del self.fields["exam"]


OBJECTION_HELP = {
    "project": _("Hangi proje ya da puanın neden yanlış olduğunu yazınız."),
    "academic": _(
        "Hangi sınavın hangi sonucunun (öğrenci, ders, doğru ve yanlış sayısı), ders görevinin ya da kaydın neden "
        "yanlış olduğunu yazınız; elinizdeki resmî sonuç belgesini belirtiniz. T.C. kimlik numarası yazmayınız."
    ),
    "eba": _(
        "Hangi ölçütün hangi değerinin neden yanlış olduğunu, EBA'daki değerin ne olduğunu yazınız. T.C. kimlik "
        "numarası yazmayınız."
    ),
}


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=_("İtirazınız"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        help_text=OBJECTION_HELP["project"],
        error_messages={"required": _("İtirazınızı, neyin neden yanlış olduğunu belirterek yazınız.")},
    )

    def __init__(self, *args: Any, area: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = OBJECTION_HELP.get(area, OBJECTION_HELP["project"])


class AnswerForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Cevabınız"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        help_text=_("Okul bu metni görür."),
        error_messages={"required": _("Cevabınızı gerekçesiyle yazınız; okul bu metni görecektir.")},
    )


class DraftTableForm(DraftForm):
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

    def _add(self, kind: str, pk: int, column: str, value: Decimal | None, label: Any) -> forms.BoundField:
        field = forms.DecimalField(
            label=label,
            min_value=0,
            max_value=100,
            max_digits=5,
            decimal_places=2,
            required=kind == "coefficient",
            localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6, "aria-label": label}),
        )
        return self.add_cell(pk, column, field, value, kind)

    def note_conflicts(self, edits: Sequence[Edit]) -> bool:
        """Whether another person changed one of these cells since the page was made.

        Each such cell then says what it holds by now; what was typed stays, and sending it again counts as decided.
        """
        sent = dict(self.data.items())
        found = False
        for edit in edits:
            name = f"{edit.kind}-{edit.pk}-{edit.field}"
            current = self.fields[name].initial
            if current == edit.expected:
                continue
            found = True
            sent[self.add_initial_prefix(name)] = "" if current is None else localize_input(current)
            self.add_error(
                name,
                _(
                    "Siz düzenlerken başka biri bu hücreyi “%(now)s” yaptı; yazdığınız değer kalsın istiyorsanız "
                    "yeniden kaydediniz."
                )
                % {"now": _("boş") if current is None else format_number(current)},
            )
        self.data = sent
        return found
