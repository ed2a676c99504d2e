from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come only by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
