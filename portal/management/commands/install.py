from __future__ import annotations

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from common.errors import UserError
from portal.services import install_province, make_administrator


class Command(BaseCommand):
    help = "Veri tabanını hazırlar ve bir ilin başvuru verilerini yükler; yinelemek güvenlidir."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", type=int, required=True, help="plaka kodu")
        parser.add_argument("--year", required=True, help="2020-2021")
        parser.add_argument("--admin", metavar="E-POSTA", help="ilk sistem yöneticisinin e-posta adresi")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        try:
            year = install_province(plate=options["province"], year_name=options["year"], by=None)
        except UserError as error:
            self.stderr.write(str(error))
            raise SystemExit(1) from error
        result = {"province": options["province"], "year": year.name, "admin": None}
        if options["admin"] and make_administrator(email=options["admin"], by=None):
            result["admin"] = options["admin"]
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        self.stdout.write(f"{year.province.name} ili {year.name} yılı için hazır.")
        if result["admin"]:
            self.stdout.write(f"{result['admin']}: giriş sayfasındaki “parolamı unuttum” ile parola belirleyiniz.")
