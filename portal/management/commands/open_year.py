from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common.errors import UserError
from portal.services import open_year


class Command(BaseCommand):
    help = "Yeni eğitim-öğretim yılını, öncekinin ayarlarını ve kurullarını kopyalayarak açar."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year")
        parser.add_argument("--from", dest="from_year", help="kopyalanacak yıl")
        parser.add_argument("--province", type=int, required=True, help="plaka kodu")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            year = open_year(
                plate=options["province"], year_name=options["year"], from_name=options["from_year"], by=None
            )
        except UserError as error:
            self.stderr.write(str(error))
            raise SystemExit(1) from error
        if options["json"]:
            self.stdout.write(json.dumps({"province": options["province"], "year": year.name}))
        else:
            self.stdout.write(f"{year.name} yılı açıldı.")
