"""Reference data of exams: today's central exams as templates for new ones."""

from __future__ import annotations

import csv

from django.conf import settings
from django.db import transaction

from accounts.models import User
from common.audit import record
from exams.models import ExamFamily, FamilySubject

SOURCE = "fixtures/exam_templates.csv"


@transaction.atomic
def load(by: User | None = None) -> int:
    """The templates; returns how many are new. One that is there stays as it was edited.

    A family that was made without a template gets it.
    """
    with (settings.BASE_DIR / SOURCE).open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    ready = set(ExamFamily.objects.exclude(kind="").values_list("code", flat=True))
    added: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if row["family"] not in ready:
            added.setdefault(row["family"], []).append(row)
    for code, subjects in added.items():
        first = subjects[0]
        template = {"name": first["name"], "kind": first["kind"], "level": first["level"]}
        family, _created = ExamFamily.objects.update_or_create(
            code=code, defaults={**template, "divisor": int(first["divisor"])}
        )
        FamilySubject.objects.bulk_create(
            FamilySubject(family=family, order=order, name=row["subject"], questions=int(row["questions"]))
            for order, row in enumerate(subjects, start=1)
        )
    if added:
        record(action="exam_templates.load", target=None, by=by, after={"families": list(added), "source": SOURCE})
    return len(added)
