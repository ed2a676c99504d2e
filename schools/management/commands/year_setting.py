from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common.errors import UserError
from schools.models import AcademicYear
from schools.services import set_year_setting
from schools.year_settings import definition_of, get


class Command(BaseCommand):
    help = "Yılın bir ayarını okur ya da yazar."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="ayarın anahtarı, örneğin team_share")
        parser.add_argument("value", nargs="?", help="yeni değer; yazılmazsa ayar yalnız okunur")
        parser.add_argument("--province", type=int, required=True, help="plaka kodu")
        parser.add_argument("--year", required=True, help="2020-2021 biçiminde")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            year = AcademicYear.objects.get(province__plate_code=options["province"], name=options["year"])
            definition = definition_of(options["key"])
            if options["value"] is not None:
                set_year_setting(year=year, key=options["key"], value=options["value"], by=None)
        except AcademicYear.DoesNotExist:
            self._fail(f"{options['province']} plaka kodlu ilde {options['year']} yılı yok; önce install ile açınız.")
        except UserError as error:
            self._fail(str(error))
        value = get(year, definition.key)
        text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        if options["json"]:
            self.stdout.write(json.dumps({"key": definition.key, "value": text, "default": definition.default}))
        else:
            self.stdout.write(f"{definition.key} = {text}")

    def _fail(self, sentence: str) -> None:
        self.stderr.write(sentence)
        raise SystemExit(1)
