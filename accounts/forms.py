"""Passkey forms that refuse whatever is no passkey's answer with a sentence, as they refuse a wrong passkey."""

from __future__ import annotations

import struct
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, struct.error)


class CredentialField(forms.JSONField):
    """What the browser's passkey call gave: an object, nested no deeper than Python reads."""

    def to_python(self, value: Any) -> Any:
        try:
            found = super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if found is not None and not isinstance(found, dict):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


def _credential() -> CredentialField:
    return CredentialField(required=True, widget=forms.HiddenInput)


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    credential = _credential()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].label = _("Anahtarın adı")

    def clean(self) -> Any:
        try:
            return super().clean()
        except UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None


class _ChecksPasskey(webauthn.AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except UNREADABLE:
            raise get_adapter().validation_error("incorrect_code") from None


class SecondStepPasskeyForm(_ChecksPasskey):
    credential = _credential()


class SignInPasskeyForm(_ChecksPasskey, webauthn.LoginWebAuthnForm):
    credential = _credential()


class ConfirmPasskeyForm(_ChecksPasskey, webauthn.ReauthenticateWebAuthnForm):
    credential = _credential()
