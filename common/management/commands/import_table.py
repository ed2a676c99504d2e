"""Import a file in this process: ``manage.py import_table staff personel.xlsx --province 10 --year 2020-2021``."""

from __future__ import annotations

import csv
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from common.errors import UserError
from common.imports.kinds import Scope, kind_of, kinds
from common.imports.running import Counts
from common.imports.services import Finished, import_path

FAILED, WRONG_USE = 1, 2
SHOWN_ERRORS = 20


class Command(BaseCommand):
    help = "Import a table of one kind into a province's year."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[kind.code for kind in kinds()], metavar="KIND")
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--province", type=int, required=True, help="plate code")
        parser.add_argument("--year", required=True, help="2020-2021")
        parser.add_argument("--exam", default="", help="code of the exam, for exam results")
        parser.add_argument("--term", type=int, choices=(1, 2), help="term, for EBA use")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, write nothing")
        parser.add_argument("--skip-refused", action="store_true", help="leave refused rows out")
        parser.add_argument("--keys", metavar="FILE.csv", help="write row,key of each person or unit")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(f"Dosya bulunamadı: {path}", returncode=WRONG_USE)
        for need in sorted(kind_of(options["kind"]).needs):
            if not options[need]:
                raise CommandError(f"Bu tür için --{need} gerekir.", returncode=WRONG_USE)
        scope = Scope(options["province"], options["year"], options["exam"], options["term"])
        try:
            done = import_path(
                kind=options["kind"],
                scope=scope,
                path=path,
                dry_run=options["dry_run"],
                skip_refused=options["skip_refused"],
            )
        except UserError as refusal:
            self._refuse(str(refusal), as_json=options["json"])
        if done.written and connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA optimize")
        if options["keys"] and done.written:
            _write_keys(Path(options["keys"]), done)
        self._report(done, as_json=options["json"])
        if done.counts.refused and (not options["skip_refused"] or done.counts.refused == done.counts.rows):
            sys.exit(FAILED)

    def _refuse(self, sentence: str, *, as_json: bool) -> NoReturn:
        if as_json:
            error = {"row": 0, "column": "", "value": "", "message": sentence}
            nothing = Counts(0, 0, 0, 0, 0).as_json()
            self.stdout.write(json.dumps({**nothing, "errors": [error]}, ensure_ascii=False))
        self.stderr.write(sentence)
        sys.exit(FAILED)

    def _report(self, done: Finished, *, as_json: bool) -> None:
        for notice in done.notices:
            self.stderr.write(notice)
        if as_json:
            answer = {**done.counts.as_json(), "errors": done.errors}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        counts = done.counts
        self.stdout.write(
            f"{counts.rows} satır: {counts.created} yeni, {counts.updated} değişen, {counts.unchanged} aynı, "
            f"{counts.refused} reddedilen{'' if done.written else ' (hiçbir şey yazılmadı)'}"
        )
        for error in done.errors[:SHOWN_ERRORS]:
            self.stderr.write(f"{error['row']}. satır, {error['column']} ({error['value']}): {error['message']}")
        if len(done.errors) > SHOWN_ERRORS:
            self.stderr.write(f"... ve {len(done.errors) - SHOWN_ERRORS} hata daha")


def _write_keys(path: Path, done: Finished) -> None:
    with path.open("w", encoding="utf-8", newline="") as target:
        lines = csv.writer(target, lineterminator="\n")
        lines.writerow(["row", "key"])
        lines.writerows(done.keys)
