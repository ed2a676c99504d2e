"""Forms of units, people, commissions, settings and tables of the year."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict
from common.text import clean
from schools.models import Commission, District, Institution, Posting, StaffMember, YearSetting
from schools.models.commissions import CommissionKind
from schools.models.people import Title
from schools.models.units import Category
from schools.services.commissions import SIGNATURES, roles_on
from schools.services.year_tables import Edit
from schools.year_settings import SettingDefinition, SettingError


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ListFilter(forms.Form):
    """Filters of a list: every field may be empty, and a value that makes no sense counts as empty."""

    required_css_class = ""

    def __init__(self, *args: Any, districts: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if districts is not None:
            choices = [(district.pk, district.name) for district in districts]
            if len(choices) > 1:
                self.fields["ilce"] = forms.TypedChoiceField(
                    label=_("İlçe"), choices=[("", _("Tümü")), *choices], coerce=int, empty_value=None, required=False
                )

    def value(self, name: str) -> Any:
        """The cleaned value of a field, None where it is empty, wrong or not there."""
        if not self.is_valid():
            self.cleaned_data = getattr(self, "cleaned_data", {})
        return self.cleaned_data.get(name) or None


def _optional_choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", _("Tümü")), *choices], required=False)


class InstitutionFilter(ListFilter):
    kategori = _optional_choice(_("Kategori"), Category.choices)


class StaffFilter(ListFilter):
    unvan = _optional_choice(_("Unvan"), Title.choices)
    kurum = forms.CharField(label=_("Kurum kodu"), max_length=8, required=False)


class StudentFilter(ListFilter):
    sinif = forms.TypedChoiceField(
        label=_("Sınıf"),
        choices=[("", _("Tümü")), ("0", _("Okul öncesi")), *((str(grade), str(grade)) for grade in range(1, 13))],
        empty_value="",
        required=False,
    )
    kurum = forms.CharField(label=_("Kurum kodu"), max_length=8, required=False)


class CommissionFilter(ListFilter):
    tur = _optional_choice(_("Tür"), CommissionKind.choices)


class CommissionForm(forms.Form):
    """Which commission to form, and where."""

    kind = forms.ChoiceField(label=_("Kurul"), choices=CommissionKind.choices, initial=CommissionKind.SCHOOL)
    district = forms.ModelChoiceField(
        label=_("İlçe"), queryset=District.objects.none(), required=False, help_text=_("Yalnız ilçe kurulu için.")
    )
    institution = forms.CharField(
        label=_("Kurum kodu"), max_length=8, required=False, help_text=_("Yalnız okul komisyonu için.")
    )

    def __init__(self, *args: Any, districts: Any, institutions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.institutions = institutions
        field = self.fields["district"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = districts
        field.empty_label = str(_("Seçiniz"))

    def clean_institution(self) -> Institution | None:
        code = self.cleaned_data["institution"].strip()
        if not code:
            return None
        found: Institution | None = self.institutions.filter(code=code).first()
        if found is None:
            raise ValidationError(_("Bu kodla bir kurum bulunamadı; kodu kurumlar listesinden alınız."))
        return found


class StaffChoice(forms.ModelChoiceField):
    """A member of staff by name, title and branch; ``postings`` says who may be chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=StaffMember.objects.none(), empty_label=_("Seçiniz"), **kwargs)

    def offer(self, postings: Any, coached: Mapping[int, int] | None = None) -> None:
        """Offer the people of these postings, in their order, each with how many students they coach if it is asked."""
        rows: list[Posting] = list(postings)
        self.queryset = StaffMember.objects.filter(pk__in=[row.staff_id for row in rows])
        self.choices = [("", self.empty_label), *((row.staff_id, _described(row, coached)) for row in rows)]


def _described(posting: Posting, coached: Mapping[int, int] | None) -> str:
    parts = [str(posting.get_title_display()), posting.branch]
    if number := (coached or {}).get(posting.staff_id):
        parts.append(gettext("%(number)s öğrencinin danışmanı") % {"number": number})
    return f"{posting.staff.full_name} ({', '.join(part for part in parts if part)})"


def _found(person: Any) -> str:
    """A person with what they are and where this year, for people of one name."""
    places = [f"{row.get_title_display()}, {row.institution}" for row in person.current_postings]
    return f"{person.full_name} – {places[0]}" if places else person.full_name


class ClassGuideForm(forms.Form):
    """The class guide teacher of a section; ``expected`` is the one that was shown."""

    staff = StaffChoice(label=_("Sınıf rehber öğretmeni"), required=False)
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, postings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["staff"]
        assert isinstance(field, StaffChoice)
        field.offer(postings)


class TeachingForm(forms.Form):
    """A subject of a section and who teaches it; ``subjects`` are suggested, another may be written."""

    subject = forms.CharField(
        label=_("Ders"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "subjects", "autocomplete": "off"}),
        help_text=_("Sınavdaki dersin adıyla yazınız; sınav sonuçları öğretmene bu adla bağlanır."),
    )
    staff = StaffChoice(label=_("Öğretmen"))

    def __init__(self, *args: Any, postings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["staff"]
        assert isinstance(field, StaffChoice)
        field.offer(postings)


class CoachForm(forms.Form):
    """The danışman öğretmen of a student; ``coached`` says how many students each person (by key) coaches."""

    staff = StaffChoice(label=_("Danışman öğretmen"))

    def __init__(self, *args: Any, postings: Any, coached: Mapping[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["staff"]
        assert isinstance(field, StaffChoice)
        field.offer(postings, coached)


class SeatForm(forms.Form):
    """A seat on a commission: the role and the first day; subclasses say how the person is chosen."""

    role = forms.ChoiceField(label=_("Görev"))
    start_date = forms.DateField(label=_("Başlangıç günü"), widget=DayInput)

    def __init__(self, *args: Any, commission: Commission, may_seat_chair: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commission = commission
        roles = [role for role in roles_on(commission.kind) if may_seat_chair or role != "chair"]
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role.value, self._role_label(role)) for role in roles]
        field.initial = roles[-1].value
        self.fields["start_date"].initial = timezone.localdate()

    def _role_label(self, role: Any) -> str:
        signature = SIGNATURES.get(CommissionKind(self.commission.kind))
        if role == "chair" and signature:
            return f"{role.label} ({signature})"
        if role == "chair" and self.commission.kind == CommissionKind.SCHOOL:
            return f"{role.label} ({Title.PRINCIPAL.label})"
        return str(role.label)


class SchoolSeatForm(SeatForm):
    """A person of the school's own staff."""

    staff = StaffChoice(label=_("Kişi"))
    field_order = ["staff", "role", "start_date"]

    def __init__(self, *args: Any, postings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["staff"]
        assert isinstance(field, StaffChoice)
        field.offer(postings)


class BoardSeatForm(SeatForm):
    """A person found by name, or somebody of the administration who isn't recorded yet."""

    staff = forms.ModelChoiceField(
        label=_("Bulunan kişiler"), queryset=StaffMember.objects.none(), required=False, widget=forms.RadioSelect
    )
    first_name = forms.CharField(label=_("Adı"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Soyadı"), max_length=80, required=False)
    email = forms.EmailField(label=_("E-posta"), required=False)
    signs_as = forms.CharField(
        label=_("İmza unvanı"),
        max_length=60,
        required=False,
        help_text=_("Yalnız kurul başkanı için; belgede adın altına yazılır (örneğin Vali, Kaymakam V.)."),
    )
    field_order = ["staff", "first_name", "last_name", "email", "role", "signs_as", "start_date"]

    def __init__(self, *args: Any, people: Any, found: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["staff"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people
        field.choices = [(person.pk, _found(person)) for person in found]
        if not found:
            field.widget = forms.HiddenInput()
        if CommissionKind(self.commission.kind) not in SIGNATURES:
            del self.fields["signs_as"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            not self.errors
            and not cleaned.get("staff")
            and not (cleaned.get("first_name") and cleaned.get("last_name"))
        ):
            raise ValidationError(_("Listeden bir kişi seçiniz ya da yeni kişinin adını ve soyadını yazınız."))
        return cleaned


class EndSeatForm(forms.Form):
    end_date = forms.DateField(
        label=_("Görevdeki son gün"),
        widget=DayInput,
        help_text=_("Kişi bu günün sonuna kadar yetkili kalır; hemen bitirmek için dünü yazınız."),
    )


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("E-posta adresi"), help_text=_("Davet bu adrese gider; kişi hesabına bu adresle girer.")
    )


class CloseAccountForm(forms.Form):
    reason = forms.CharField(label=_("Neden"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


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


class AcceptInvitationForm(forms.Form):
    """Name and password of a new account."""

    full_name = forms.CharField(
        label=_("Adınız soyadınız"), max_length=160, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password1 = forms.CharField(
        label=_("Parola"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("En az 12 karakter; aklınızda kalan birkaç sözcük iyi bir paroladır."),
    )
    password2 = forms.CharField(
        label=_("Parola (yeniden)"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_full_name(self) -> str:
        name = clean(self.cleaned_data["full_name"])
        if len(name) < 3:
            raise ValidationError(_("Adınızı ve soyadınızı yazınız."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("İki parola aynı değil; ikisini de yeniden yazınız."))
        elif first:
            try:
                validate_password(first, User(email=self.email, full_name=cleaned.get("full_name", "")))
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned


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
