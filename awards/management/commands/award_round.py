from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from awards.exports import ROUND_COLUMNS, round_records
from awards.models.rules import Cadence
from awards.services import compute_round
from common.errors import UserError
from schools.models import AcademicYear


class Command(BaseCommand):
    help = "Bir yılın ödül turunu hesaplar ve listeyi yazdırır; yayımlanmış sıralama yoksa sıralamayı da hesaplar."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--province", type=int, required=True, metavar="PLAKA", help="ilin plaka kodu")
        parser.add_argument("--year", required=True, metavar="YIL", help="eğitim-öğretim yılı, örneğin 2020-2021")
        parser.add_argument("--cadence", choices=Cadence.values, default=Cadence.YEAR.value, help="kuralların sıklığı")
        parser.add_argument("--format", choices=("csv", "json"), default="csv", help="çıktının biçimi")
        parser.add_argument("--json", action="store_true", help="--format json ile aynı")

    def handle(self, *args: Any, **options: Any) -> None:
        year = (
            AcademicYear.objects.select_related("province")
            .filter(province__plate_code=options["province"], name=options["year"])
            .first()
        )
        if year is None:
            raise CommandError(
                f"{options['province']} plaka kodlu ilde {options['year']} yılı açılmamış; önce yılı açınız."
            )
        try:
            award_round = compute_round(year=year, cadence=Cadence(options["cadence"]), by=None, allow_fresh=True)
        except UserError as error:
            raise CommandError(str(error)) from error
        records = round_records(award_round)
        if options["json"] or options["format"] == "json":
            head = {
                "province": options["province"],
                "year": year.name,
                "cadence": award_round.cadence,
                "round": award_round.pk,
                "fresh_runs": award_round.used_settings["fresh_runs"],
                "skipped_rules": award_round.skipped_rules,
            }
            self.stdout.write(json.dumps(head | {"rows": records}, ensure_ascii=False))
            return
        writer = csv.DictWriter(self.stdout, ROUND_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
