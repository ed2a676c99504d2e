"""How the sign-in pages behave here: accounts come by invitation only, and every attempt leaves a trace."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.services import SAFETY_CHANGES, record_failed_sign_in, record_safety_change, record_sign_in


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come only by invitation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Çok fazla hatalı giriş denendi; beş dakika sonra yeniden deneyiniz ya da parolanızı yenileyiniz."
        )
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        record_sign_in(user=user)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        record_failed_sign_in(email=str(credentials.get("email") or ""))

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """allauth's call after each change of password, address or second factor: a notice here, whose mail follows."""
        change = template_prefix.rpartition("/")[2]
        if change in SAFETY_CHANGES:
            record_safety_change(user=user, change=change, former_email=email or "")
