from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from awards.models.rules import Cadence
from schools.models import StaffMember


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class DayField(forms.DateField):
    """A day typed or picked; also dd.mm.yyyy."""

    widget = DayInput
    input_formats = ("%Y-%m-%d", "%d.%m.%Y")


class ComputeForm(forms.Form):
    cadence = forms.ChoiceField(label=_("Sıklık"), choices=Cadence.choices, initial=Cadence.YEAR)


class ReasonForm(forms.Form):
    """A reason for what is done to one object; ``version`` is that of the list."""

    reason = forms.CharField(
        label=_("Gerekçe"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Gerekçeyi yazınız.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class AddLineForm(ReasonForm):
    staff = forms.ModelChoiceField(
        label=_("Eklenecek kişi"),
        queryset=StaffMember.objects.all(),
        widget=forms.HiddenInput,
        error_messages={"required": _("Eklenecek kişiyi seçiniz."), "invalid_choice": _("Eklenecek kişiyi seçiniz.")},
    )


class DecideForm(forms.Form):
    """Decision number and date, once for many lists."""

    decision_number = forms.CharField(label=_("Karar sayısı"), max_length=40)
    decision_date = DayField(label=_("Karar tarihi"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision_date"].initial = timezone.localdate


class OfferForm(forms.Form):
    reason = forms.CharField(
        label=_("Teklif gerekçesi"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Makam bu gerekçeyi ve listedekilerin puan dayanaklarını görür."),
    )


class GrantForm(forms.Form):
    grant_date = DayField(label=_("Onay tarihi"))
    grant_number = forms.CharField(
        label=_("EBYS sayısı"), max_length=40, required=False, help_text=_("Sonra da yazılabilir.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grant_date"].initial = timezone.localdate


class GrantNumberForm(VersionForm):
    grant_number = forms.CharField(label=_("EBYS sayısı"), max_length=40)


class DayForm(VersionForm):
    """The day of handing over or of the MEBBİS record."""

    day = DayField(label=_("Tarih"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = timezone.localdate


class SignedCopyForm(forms.Form):
    file = forms.FileField(
        label=_("İmzalı örnek"),
        help_text=_("Taranmış PDF, JPG ya da PNG."),
        error_messages={"required": _("Taranmış belgeyi seçiniz.")},
    )


class ReplaceForm(forms.Form):
    holder_name = forms.CharField(label=_("Ad soyad"), max_length=200)
    post = forms.CharField(label=_("Görevi"), max_length=140)
    institution_name = forms.CharField(label=_("Kurumu"), max_length=200)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Doğrulama kodu"),
        max_length=60,
        help_text=_("Belgenin altındaki 20 karakterlik kod; çizgileri yazmayabilirsiniz."),
        error_messages={"required": _("Belgenin altındaki kodu yazınız.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
