"""``manage.py define_exam LGS-2021 --family LGS --year 2020-2021 --date 2021-06-06 --province 10``."""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import UserError
from exams.models import Exam, ExamKind, ExamLevel
from exams.services import define_exam
from exams.services.definition import definition_of, template_of
from schools.models import AcademicYear, Province

WRONG_USE = 2
FORMATS = ("%Y-%m-%d", "%d.%m.%Y")


def day(text: str) -> date:
    """``2021-06-06`` or ``06.06.2021``."""
    for written in FORMATS:
        try:
            return datetime.strptime(text.strip(), written).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise ArgumentTypeError(f"“{text}” bir tarih değil; 2021-06-06 ya da 06.06.2021 biçiminde yazınız")


def subject_list(text: str) -> list[tuple[str, int]]:
    """``Türkçe:20,Matematik:20`` as names with their numbers of questions."""
    subjects = []
    for part in text.split(","):
        name, _colon, questions = part.rpartition(":")
        if not name.strip() or not re.fullmatch(r"\s*[0-9]{1,4}\s*", questions):
            raise ArgumentTypeError(f"“{part.strip()}” anlaşılmadı; “Türkçe:20,Matematik:20” biçiminde yazınız")
        subjects.append((name.strip(), int(questions)))
    return subjects


class Command(BaseCommand):
    help = "Bir sınavı tanımlar ya da tanımını değiştirir; aynı tanım ikinci kez bir şey değiştirmez."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="KOD", help="sınavın yıl içindeki kodu, örneğin LGS-2021")
        parser.add_argument("--family", required=True, metavar="AİLE", help="LGS, TYT, AYT, YDT, IZLEME-8, ...")
        parser.add_argument("--year", required=True, metavar="YIL", help="eğitim-öğretim yılı, örneğin 2020-2021")
        parser.add_argument("--date", required=True, type=day, metavar="GÜN", help="2021-06-06 ya da 06.06.2021")
        parser.add_argument("--kind", choices=ExamKind.values, help="tür; şablonu olan ailede yazılmayabilir")
        parser.add_argument("--level", choices=ExamLevel.values, help="kademe; şablonu olan ailede yazılmayabilir")
        parser.add_argument("--divisor", type=int, metavar="N", help="bir doğruyu götüren yanlış sayısı; 0: götürmez")
        parser.add_argument("--subjects", type=subject_list, metavar="DERSLER", help="“Türkçe:20,Matematik:20”")
        parser.add_argument("--province", type=int, metavar="PLAKA", help="plaka kodu; tek ilde yazılmayabilir")
        parser.add_argument("--name", default="", metavar="AD", help="sınavın adı")
        parser.add_argument("--json", action="store_true", help="tek bir JSON nesnesi yazdırır")

    def handle(self, *args: Any, **options: Any) -> None:
        given = {key: options[key] for key in ("kind", "level", "divisor", "subjects")}
        template = template_of(options["family"])
        if template is not None:
            given = {key: template[key] if value is None else value for key, value in given.items()}
        missing = [f"--{key}" for key, value in given.items() if value is None]
        if missing:
            raise CommandError(
                f"{options['family']} ailesinin şablonu yok; şunları da yazınız: {', '.join(missing)}",
                returncode=WRONG_USE,
            )
        try:
            year = _year(options["province"], options["year"])
            before = Exam.objects.filter(year=year, code=options["code"]).first()
            exam = define_exam(
                year=year,
                code=options["code"],
                family=options["family"],
                date=options["date"],
                name=options["name"],
                by=None,
                **given,
            )
        except UserError as refusal:
            self.stderr.write(str(refusal))
            sys.exit(1)
        state = "created" if before is None else "changed" if _differ(before, exam) else "unchanged"
        self._report(exam, state, as_json=options["json"])

    def _report(self, exam: Exam, state: str, *, as_json: bool) -> None:
        if as_json:
            head = {"province": exam.year.province.plate_code, "year": exam.year.name, "code": exam.code}
            tail = {"name": exam.name, "version": exam.version, "state": state}
            self.stdout.write(json.dumps({**head, **definition_of(exam), **tail}, ensure_ascii=False))
            return
        done = {"created": "tanımlandı", "changed": "değiştirildi", "unchanged": "aynı kaldı"}[state]
        questions = ", ".join(f"{name} {count}" for name, count in definition_of(exam)["subjects"])
        self.stdout.write(f"{exam.code} ({exam.year.name}, {exam.version}. sürüm) {done}: {questions}")


def _differ(before: Exam, after: Exam) -> bool:
    return (before.version, before.name) != (after.version, after.name)


def _year(plate: int | None, name: str) -> AcademicYear:
    """Raises ``UserError`` for an unknown province or year, ``CommandError`` where several provinces leave it open."""
    provinces = list(Province.objects.order_by("plate_code").values_list("plate_code", flat=True))
    if plate is None:
        if len(provinces) != 1:
            raise CommandError(
                "Hangi il olduğu belli değil; --province ile plaka kodunu yazınız.", returncode=WRONG_USE
            )
        plate = provinces[0]
    year = AcademicYear.objects.select_related("province").filter(province__plate_code=plate, name=name).first()
    if year is None:
        raise UserError(f"{plate} plaka kodlu ilde {name} yılı açılmamış; önce yılı açınız.")
    return year
