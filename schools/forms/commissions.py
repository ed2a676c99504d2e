"""Forms of commissions and of the seats on them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schools.forms.staff import StaffChoice, StaffForm
from schools.models import Commission, District, Institution, StaffMember
from schools.models.commissions import CommissionKind
from schools.models.people import Title
from schools.services.commissions import SIGNATURES, roles_on


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


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


def _found(person: Any) -> str:
    """A person with what they are and where this year, for people of one name."""
    places = [f"{row.get_title_display()}, {row.institution}" for row in person.current_postings]
    return f"{person.full_name} – {places[0]}" if places else person.full_name


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


class SchoolSeatForm(StaffForm, SeatForm):
    """A person of the school's own staff."""

    staff = StaffChoice(label=_("Kişi"))
    field_order = ["staff", "role", "start_date"]


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
