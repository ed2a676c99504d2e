import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import UserError
from schools.models import AcademicYear
from scoring.exports import ranking_csv, ranking_json
from scoring.inputs import MEASURES, Partition, measure_of
from scoring.inputs.measures import UnknownMeasure
from scoring.inputs.partitions import PartitionError
from scoring.selectors.rankings import NeedMissing, rank_measure

WRONG_USE = 2


def positive(text: str) -> int:
    """A whole number from 1 up."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


class Command(BaseCommand):
    help = "Bir ölçüyü şu anki verilerden sıralar ve yazdırır; hiçbir şey kaydetmez."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("measure", metavar="MEASURE", help=f"ölçü: {', '.join(sorted(MEASURES))}")
        parser.add_argument("--province", type=int, required=True, metavar="PLAKA", help="ilin plaka kodu")
        parser.add_argument("--year", required=True, metavar="YIL", help="eğitim-öğretim yılı, örneğin 2020-2021")
        parser.add_argument("--term", type=int, choices=(1, 2), help="dönem (dönemlik ölçülerde)")
        parser.add_argument("--exam", default="", metavar="KOD", help="sınavın kodu (sınav ölçülerinde)")
        parser.add_argument("--partition", default="", metavar="BÖLÜM", help="virgülle: district,category")
        parser.add_argument("--top", type=positive, metavar="N", help="her bölümde yalnız sırası N'ye kadar olanlar")
        parser.add_argument("--format", choices=("csv", "json"), default="csv", help="çıktının biçimi")
        parser.add_argument("--json", action="store_true", help="--format json ile aynı")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            measure = measure_of(options["measure"])
            Partition.parse(options["partition"], measure.partitions)
        except (UnknownMeasure, PartitionError) as error:
            raise CommandError(str(error), returncode=WRONG_USE) from error
        year = AcademicYear.objects.select_related("province").filter(
            province__plate_code=options["province"], name=options["year"]
        )
        found = year.first()
        if found is None:
            raise CommandError(
                f"{options['province']} plaka kodlu ilde {options['year']} yılı açılmamış; önce yılı açınız."
            )
        try:
            ranking = rank_measure(
                year=found,
                measure=measure.code,
                partition=options["partition"],
                term=options["term"],
                exam=options["exam"],
                count=options["top"],
            )
        except NeedMissing as error:
            raise CommandError(str(error), returncode=WRONG_USE) from error
        except UserError as error:
            raise CommandError(str(error)) from error
        for note in ranking.reading.notes:
            self.stderr.write(note["name"])
        if options["json"] or options["format"] == "json":
            head = {"province": options["province"], "year": found.name}
            self.stdout.write(json.dumps(head | ranking_json(ranking), ensure_ascii=False))
        else:
            self.stdout.write(ranking_csv(ranking), ending="")
