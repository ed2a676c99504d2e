"""The filters of the lists, as they stand in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from common.caching import remembered
from projects.forms.records import DateField
from projects.selectors.lists import ProjectFilter, districts_of, items, programmes, reviewers_of
from projects.selectors.queue import STATUS_VIEWS, WAITING, QueueFilter
from projects.selectors.reading import KINDS, READING, MissingFilter
from projects.workflow import ClaimStage, ProjectStatus
from schools.models import AcademicYear, District
from schools.models.units import Category

AGES = (("7", _("7 günden eski")), ("14", _("14 günden eski")), ("30", _("30 günden eski")))

LONGEST_SEARCH = 100
"""Characters of a search that are looked at: each word costs the database a comparison."""

DAYS = [MinValueValidator(dt.date(2000, 1, 1)), MaxValueValidator(dt.date(2100, 12, 31))]

FILTER_NAMES = {
    "programme": "program",
    "district": "ilce",
    "category": "kategori",
    "age": "bekleme",
    "status": "durum",
    "view": "durum",
    "item": "kalem",
    "stage": "asama",
    "reviewer": "inceleyen",
    "sent_from": "ilk",
    "sent_to": "son",
    "reading": "kitap",
    "good": "iyi",
    "kind": "eksik",
}
"""Names of the filters in the address."""


class PlainSelect(forms.Select):
    """A select written without a template per option: a filter bar of sixty options stays cheap."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, mark_safe(" selected") if str(key) == chosen else "", label) for key, label in self.choices),
        )
        kept = format_html_join("", ' {}="{}"', ((key, text) for key, text in (attrs or {}).items() if text))
        return format_html('<select class="form-select" name="{}"{}>{}</select>', name, kept, options)


class FilterForm(forms.Form):
    """A form of the address: what it can't read, it leaves out."""

    def add_prefix(self, field_name: str) -> str:
        return FILTER_NAMES.get(field_name, field_name)


class KeyField(forms.TypedChoiceField):
    """A select of rows by key, whose rows are read once; cleans to the key or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, required=False, widget=PlainSelect, **kwargs)

    def offer(self, rows: Iterable[tuple[int, str]]) -> None:
        self.choices = [("", _("Tümü")), *rows]


class ProjectFilterForm(FilterForm):
    """The filters of the list of projects; ``technical`` members may also ask for a reviewer."""

    programme = KeyField(label=_("Program"))
    item = KeyField(label=_("Kalem"))
    district = KeyField(label=_("İlçe"))
    category = forms.ChoiceField(
        label=_("Kategori"), choices=[("", _("Tümü")), *Category.choices], required=False, widget=PlainSelect
    )
    stage = forms.ChoiceField(
        label=_("Aşama"), choices=[("", _("Tümü")), *ClaimStage.choices], required=False, widget=PlainSelect
    )
    reviewer = KeyField(label=_("İnceleyen"))
    sent_from = DateField(label=_("Gönderilme (ilk gün)"), required=False, validators=DAYS)
    sent_to = DateField(label=_("Gönderilme (son gün)"), required=False, validators=DAYS)
    reading = forms.BooleanField(label=_("Kitap okuma projeleri"), required=False)
    good = forms.BooleanField(label=_("İyi örnekler"), required=False)
    status = forms.ChoiceField(choices=[("", ""), *ProjectStatus.choices], required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, year: AcademicYear, several_schools: bool, technical: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        catalogue = remembered("catalogue", _catalogue)
        self._offer("programme", {programme: name for _item, _label, programme, name in catalogue}.items())
        self._offer("item", [(item, label) for item, label, _programme, _name in catalogue])
        if several_schools:
            self._offer("district", remembered(f"districts:{year.pk}", lambda: _districts(year)))
        else:
            del self.fields["district"], self.fields["category"]
        if technical:
            self._offer("reviewer", remembered(f"reviewers:{year.pk}", lambda: _reviewers(year)))
        else:
            del self.fields["reviewer"]

    def _offer(self, name: str, rows: Iterable[tuple[int, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, KeyField)
        field.offer(rows)

    def wanted(self, search: str) -> ProjectFilter:
        self.is_valid()
        given = self.cleaned_data.get
        return ProjectFilter(
            status=given("status") or "",
            programme=given("programme"),
            item=given("item"),
            district=given("district"),
            category=given("category") or "",
            stage=given("stage") or "",
            search=search[:LONGEST_SEARCH],
            reading=bool(given("reading")),
            good=bool(given("good")),
            sent_from=given("sent_from"),
            sent_to=given("sent_to"),
            reviewer=given("reviewer"),
        )


def _catalogue() -> list[tuple[int, str, int, str]]:
    """Item, its name, its programme and that one's name."""
    return [(item.pk, str(item), item.programme_id, item.programme.name) for item in items()]


def _districts(year: AcademicYear) -> list[tuple[int, str]]:
    return [(district.pk, district.name) for district in districts_of(year)]


def _reviewers(year: AcademicYear) -> list[tuple[int, str]]:
    return [(user.pk, user.full_name) for user in reviewers_of(year)]


class MissingFilterForm(FilterForm):
    """The filters of the schools that lack a project."""

    district = KeyField(label=_("İlçe"))
    category = forms.ChoiceField(
        label=_("Kategori"), choices=[("", _("Tümü")), *Category.choices], required=False, widget=PlainSelect
    )
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS], required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, districts: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["district"]
        assert isinstance(field, KeyField)
        field.offer(districts)

    def wanted(self, search: str) -> MissingFilter:
        self.is_valid()
        given = self.cleaned_data.get
        return MissingFilter(
            given("kind") or READING, given("district"), given("category") or "", search[:LONGEST_SEARCH]
        )


class QueueFilterForm(FilterForm):
    programme = forms.ModelChoiceField(
        label=_("Program"), queryset=programmes(), required=False, empty_label=_("Tümü"), widget=PlainSelect
    )
    district = forms.ModelChoiceField(
        label=_("İlçe"), queryset=District.objects.none(), required=False, empty_label=_("Tümü"), widget=PlainSelect
    )
    category = forms.ChoiceField(
        label=_("Kategori"), choices=[("", _("Tümü")), *Category.choices], required=False, widget=PlainSelect
    )
    age = forms.ChoiceField(label=_("Bekleme"), choices=[("", _("Tümü")), *AGES], required=False, widget=PlainSelect)
    view = forms.ChoiceField(choices=[(view, view) for view in STATUS_VIEWS], required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, year: AcademicYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["district"].queryset = districts_of(year)  # type: ignore[attr-defined]

    def wanted(self, search: str) -> QueueFilter:
        self.is_valid()
        age = self.cleaned_data.get("age")
        return QueueFilter(
            view=self.cleaned_data.get("view") or WAITING,
            programme=_key(self.cleaned_data.get("programme")),
            district=_key(self.cleaned_data.get("district")),
            category=self.cleaned_data.get("category") or "",
            older_than=int(age) if age else None,
            search=search[:LONGEST_SEARCH],
        )


def _key(row: Any) -> int | None:
    return None if row is None else int(row.pk)
