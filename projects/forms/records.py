"""What a school types about its projects and claims."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import GroupedDecimalField, LinesField, VersionedFormMixin
from projects.models import ProgrammeItem, Project
from projects.selectors.catalogue import item_choices
from projects.selectors.detail import managers_of
from projects.selectors.submission import claimable_items
from projects.workflow import ClaimStage
from schools.models import AcademicYear, Institution

YEARS_AROUND = 3

HTML_NAMES = {"first_stage": "stage"}
"""Fields whose name in the page differs: the points line asks for ``item`` and ``stage``."""


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


class CopyForm(forms.Form):
    title = forms.CharField(label=_("Yeni projenin adı"), max_length=200)


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
        field_classes = dict.fromkeys(("summary", "aims", "partners", "links"), LinesField)
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
        self.fields["budget_source"].widget.attrs["list"] = "budget-sources"
        self._hint_at_year(self.instance.year)

    def _hint_at_year(self, year: AcademicYear) -> None:
        """The calendar opens around the year, wide enough for projects that run long; it forbids nothing."""
        earliest, latest = year.start_date.year - YEARS_AROUND, year.end_date.year + YEARS_AROUND
        for name in ("start_date", "end_date"):
            self.fields[name].widget.attrs |= {"min": f"{earliest}-01-01", "max": f"{latest}-12-31"}

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
    note = LinesField(
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
        taken = set(project.claims.exclude(status__in=["rejected", "withdrawn"]).values_list("item", "stage"))
        free = [item.pk for item in items if (item.pk, ClaimStage.SUCCESS) not in taken]
        own = project.item_id in free or not free
        self.fields["item"].initial = project.item_id if own else free[0]


class CorrectionForm(forms.Form):
    note = LinesField(label=_("Açıklama"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
