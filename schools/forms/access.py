"""Forms of invitations and accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.text import clean


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("E-posta adresi"), help_text=_("Davet bu adrese gider; kişi hesabına bu adresle girer.")
    )


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


class CloseAccountForm(forms.Form):
    reason = forms.CharField(label=_("Neden"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
