from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from awards import selectors, services
from awards.models import AwardList, AwardRound
from awards.workflow import WITH_CERTIFICATES
from common.errors import UserError
from common.files import copy_to


class Command(BaseCommand):
    help = "Bir ödül turunun uygun görülmüş listelerinin belgelerini düzenler ve bir klasöre yazar."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "round", type=int, metavar="ROUND", help="ödül turunun numarası (award_round --json: round)"
        )
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="belgelerin yazılacağı klasör")
        parser.add_argument("--accept-blanks", action="store_true", help="zorunlu olmayan alanlar boş olsa da düzenle")
        parser.add_argument("--json", action="store_true", help="sonucu tek bir JSON nesnesi olarak yaz")

    def handle(self, *args: Any, **options: Any) -> None:
        from awards.pdf import certificates_pdf

        if not AwardRound.objects.filter(pk=options["round"]).exists():
            raise CommandError(f"{options['round']} numaralı ödül turu yok.")
        lists = list(
            AwardList.objects.filter(round=options["round"], status__in=WITH_CERTIFICATES)
            .select_related("rule", "round__year__province", "district", "signatory__staff")
            .order_by("pk")
        )
        if not lists:
            raise CommandError(
                "Bu turda makamca uygun görülmüş liste yok; önce listeler karara bağlanıp onaylanmalıdır."
            )
        folder: Path = options["out"]
        issued, files = 0, []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for award_list in lists:
                issued += services.issue_certificates(
                    award_list=award_list, render=certificates_pdf, by=None, accept_blanks=options["accept_blanks"]
                )
                printed = services.print_file_of(award_list=award_list, render=certificates_pdf, by=None)
                stored = [c.file for c in selectors.valid_certificates(award_list)]
                for file in [*stored, printed.file]:
                    copy_to(file, folder / file.name)
                    files.append(file.name)
        except UserError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{folder} klasörüne yazılamadı: {error.strerror}.") from error
        if options["json"]:
            result = {"round": options["round"], "lists": len(lists), "issued": issued, "files": files}
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        self.stdout.write(
            f"{len(lists)} listede {issued} yeni belge düzenlendi; {len(files)} dosya {folder} klasöründe."
        )
