from __future__ import annotations

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from common.errors import UserError
from portal.demo.build import build_demo
from portal.demo.sizes import SIZES


class Command(BaseCommand):
    help = "Boş veri tabanına inandırıcı bir deneme ili yükler; aynı sayı aynı ili verir."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=list(SIZES), required=True)
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        try:
            counts = build_demo(size=options["size"], seed=options["seed"])
        except UserError as error:
            self.stderr.write(str(error))
            raise SystemExit(1) from error
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            told = (
                "{institutions} kurum, {staff} personel, {students} öğrenci, {projects} proje, {exams} sınavda "
                "{results} sonuç, {staff_use} personel ve {student_use} öğrenci EBA kaydı"
            ).format(**counts)
            self.stdout.write(f"Deneme verisi yüklendi: {told}.")
