"""What people type about projects and claims, cleaned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from common.forms import GroupedDecimalField, VersionedFormMixin
from projects.models import ProgrammeItem, Project, ReviewReason
from projects.selectors.catalogue import item_choices
from projects.selectors.detail import managers_of
from projects.selectors.lists import ProjectFilter, districts_of, items, programmes, reviewers_of
from projects.selectors.queue import STATUS_VIEWS, WAITING, QueueFilter
from projects.selectors.submission import claimable_items
from projects.workflow import ClaimStage, Decision, ProjectStatus
from schools.models import AcademicYear, District, Institution
from schools.models.units import Category

HTML_NAMES = {"first_stage": "stage"}
"""Fields whose name in the page differs: the points line asks for ``item`` and ``stage``."""

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
}
"""Names of the filters in the address."""


class DateField(forms.DateField):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ItemField(forms.TypedChoiceField):
    """A select of the catalogue, grouped by programme; cleans to the item."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **kwargs)

    def clean(self, value: Any) -> ProgrammeItem | None:
        chosen = super().clean(value)
        return None if chosen is None else ProgrammeItem.objects.select_related("programme").get(pk=chosen)

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, ProgrammeItem) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


class CreateForm(forms.Form):
    title = forms.CharField(
        label=_("Proje adı"),
        max_length=200,
        help_text=_("Sonradan değiştirebilirsiniz; diğer bilgiler sonraki sayfada."),
    )
    institution = forms.ModelChoiceField(label=_("Kurum"), queryset=Institution.objects.none())
    is_reading = forms.BooleanField(label=_("Bu, okulumuzun kitap okuma projesidir"), required=False)

    def __init__(self, *args: Any, institutions: list[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["institution"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Institution.objects.filter(pk__in=[one.pk for one in institutions]).order_by("name_key", "pk")
        if len(institutions) == 1:
            field.initial = institutions[0].pk
            field.widget = forms.HiddenInput()


class ProjectForm(VersionedFormMixin):
    """The school's form. Everything but the title may stay empty until the project is sent."""

    needed_fields = ("item", "responsible_manager", "summary", "start_date", "end_date")

    start_date = DateField(label=_("Başlangıç tarihi"), required=False)
    end_date = DateField(label=_("Bitiş tarihi"), required=False)
    item = ItemField(label=_("Program kalemi"), required=False)
    budget = GroupedDecimalField(
        label=_("Bütçe"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Örnek: 12.500,00"),
    )
    budget_currency = forms.ChoiceField(
        label=_("Para birimi"),
        choices=[("TRY", _("Türk lirası (TRY)")), ("EUR", _("Avro (EUR)")), ("USD", _("ABD doları (USD)"))],
    )

    class Meta:
        model = Project
        fields = (
            "title",
            "item",
            "first_stage",
            "responsible_manager",
            "is_reading",
            "summary",
            "aims",
            "partners",
            "links",
            "start_date",
            "end_date",
            "budget",
            "budget_currency",
            "budget_source",
            "showcase_consent",
        )
        labels = {
            "title": _("Proje adı"),
            "first_stage": _("Aşama"),
            "responsible_manager": _("Sorumlu yönetici"),
            "is_reading": _("Bu, okulumuzun kitap okuma projesidir"),
            "summary": _("Özet"),
            "aims": _("Amaçlar"),
            "partners": _("Diğer ortaklar"),
            "links": _("Bağlantılar"),
            "budget_source": _("Bütçe kaynağı"),
            "showcase_consent": _("Projemiz, iyi örnek seçilirse herkese açık vitrinde yayımlanabilir"),
        }
        help_texts = {
            "first_stage": _(
                "Hazırlayan: başvuru yapıldı ya da proje hazırlandı. Başarı: hibe, final, derece veya etiket alındı."
            ),
            "summary": _("Projeyi hiç bilmeyen birine birkaç cümleyle anlatınız."),
            "partners": _("Üniversite, belediye, dernek gibi; her satıra bir ortak."),
            "links": _("Her satıra bir adres; https:// ile başlamalıdır."),
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 6}),
            "aims": forms.Textarea(attrs={"rows": 5}),
            "partners": forms.Textarea(attrs={"rows": 2}),
            "links": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = name in ("title", "first_stage", "budget_currency")
        self.fields["item"].choices = [("", _("Seçiniz")), *item_choices(self.instance.item)]  # type: ignore[attr-defined]
        self.initial["item"] = self.instance.item_id
        manager = self.fields["responsible_manager"]
        assert isinstance(manager, forms.ModelChoiceField)
        manager.queryset = managers_of(self.instance)
        manager.empty_label = str(_("Seçiniz"))

    def add_prefix(self, field_name: str) -> str:
        return HTML_NAMES.get(field_name, field_name)

    def only(self, html_names: list[str]) -> ProjectForm:
        """Drop every field but those that the page sent."""
        for name in list(self.fields):
            if self.add_prefix(name) not in html_names:
                del self.fields[name]
        return self

    def clean_links(self) -> str:
        links: str = self.cleaned_data["links"]
        if any(line.strip() and not line.strip().startswith(("https://", "http://")) for line in links.splitlines()):
            raise forms.ValidationError(_("Her satır https:// ya da http:// ile başlayan bir adres olmalıdır."))
        return links

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start = cleaned.get("start_date", self.instance.start_date)
        end = cleaned.get("end_date", self.instance.end_date)
        if start and end and end < start:
            wrong = "end_date" if "end_date" in cleaned else "start_date"
            self.add_error(wrong, _("Bitiş tarihi başlangıç tarihinden önce olamaz; tarihleri denetleyiniz."))
        return cleaned

    def _post_clean(self) -> None:
        """The instance stays as it was read: the service writes the cleaned values."""

    def values(self) -> dict[str, Any]:
        """The cleaned fields that a service may save."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class LaterClaimForm(forms.Form):
    item = ItemField(label=_("Kalem"))
    stage = forms.ChoiceField(label=_("Aşama"), choices=ClaimStage, initial=ClaimStage.SUCCESS)
    note = forms.CharField(
        label=_("Açıklama"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Sonucun ne olduğunu ve hangi belgeyle gösterildiğini yazınız."),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = claimable_items(project)
        local = _("Yerel proje (düzeyi onayda teknik ekip belirler)")
        choices = [(item.pk, local if item.is_local_level else item.name) for item in items]
        self.fields["item"].choices = choices  # type: ignore[attr-defined]
        self.fields["item"].initial = project.item_id


class CorrectionForm(forms.Form):
    note = forms.CharField(
        label=_("Açıklama"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class DecisionForm(forms.Form):
    """One decision of a reviewer: what it is, and what that decision needs."""

    action = forms.ChoiceField(choices=Decision)
    reason = forms.ModelChoiceField(
        queryset=ReviewReason.objects.filter(is_active=True), required=False, to_field_name="code"
    )
    text = forms.CharField(required=False, max_length=2000)
    points = forms.DecimalField(required=False, max_digits=5, decimal_places=2, localize=True)
    justification = forms.CharField(required=False, max_length=2000)
    level = forms.ModelChoiceField(
        queryset=ProgrammeItem.objects.filter(is_local_level=True), required=False, to_field_name="code"
    )

    @property
    def points_given(self) -> Decimal | None:
        given: Decimal | None = self.cleaned_data["points"]
        return given


class BulkForm(forms.Form):
    """What one step for many claims says to the schools; a return and a rejection need both fields."""

    reason = forms.ModelChoiceField(
        label=_("Gerekçe"),
        queryset=ReviewReason.objects.none(),
        to_field_name="code",
        error_messages={"required": _("Bir gerekçe seçiniz."), "invalid_choice": _("Listeden bir gerekçe seçiniz.")},
    )
    text = forms.CharField(
        label=_("Okullara yazılacak açıklama"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Okulların okuyacağı açıklamayı yazınız.")},
    )

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed = action in (Decision.RETURN, Decision.REJECT)
        self.fields["reason"].required = self.fields["text"].required = needed
        if action not in Decision.values:
            self.fields.clear()
            return
        reasons = ReviewReason.objects.filter(is_active=True, decision=action).order_by("order")
        self.fields["reason"].queryset = reasons  # type: ignore[attr-defined]


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
        catalogue = list(items())
        self._offer("programme", {item.programme_id: item.programme.name for item in catalogue}.items())
        self._offer("item", [(item.pk, str(item)) for item in catalogue])
        if several_schools:
            self._offer("district", [(district.pk, district.name) for district in districts_of(year)])
        else:
            del self.fields["district"], self.fields["category"]
        if technical:
            self._offer("reviewer", [(user.pk, user.full_name) for user in reviewers_of(year)])
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
