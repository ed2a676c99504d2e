from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.models import User
from portal.demo.accounts import ACCOUNTS, DEMO_SIGN_IN


class Command(BaseCommand):
    help = "Deneme hesaplarını gösterir."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        present = set(User.objects.filter(mfa_exempt=True).values_list("email", flat=True))
        rows = [
            {"email": account.email, "role": account.role, "password": DEMO_SIGN_IN}
            for account in ACCOUNTS
            if account.email in present
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write(f"  {row['role']:<46} {row['email']:<40} {row['password']}")
