from __future__ import annotations

import hashlib
import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from awards.selectors import Verification, verification_of_code, verification_of_pdf

WRONG_USE = 2
SENTENCES = {
    "valid": "{kind} geçerli: no {number}, {date}, {authority}, {holder}.",
    "revoked": "{kind} iptal edilmiş ({revoked_date}): no {number}, {date}, {authority}, {holder}.",
    "unknown": "Bu koda ya da dosyaya ait bir belge yok.",
}


class Command(BaseCommand):
    help = "Bir belgeyi doğrulama koduyla ya da PDF dosyasıyla sorgular; geçerliyse 0, değilse 1 ile biter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("document", metavar="CODE_OR_PDF", help="doğrulama kodu ya da PDF dosyasının yolu")
        parser.add_argument("--json", action="store_true", help="sonucu tek bir JSON nesnesi olarak yaz")

    def handle(self, *args: Any, **options: Any) -> None:
        found = self._find(options["document"])
        result = asdict(found)
        self.stdout.write(
            json.dumps(result, ensure_ascii=False) if options["json"] else SENTENCES[found.status].format(**result)
        )
        if found.status != "valid":
            raise SystemExit(1)

    @staticmethod
    def _find(text: str) -> Verification:
        path = Path(text)
        looks_like_file = path.suffix.lower() == ".pdf" or "/" in text
        if looks_like_file and not path.is_file():
            raise CommandError(f"{text} dosyası bulunamadı.", returncode=WRONG_USE)
        if path.is_file():
            return verification_of_pdf(hashlib.sha256(path.read_bytes()).hexdigest())
        return verification_of_code(text)
