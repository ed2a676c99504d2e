"""Reference data of awards: the year's rule catalogue, and its copy into the next year."""

from __future__ import annotations

import csv

from django.conf import settings
from django.db import transaction

from accounts.models import User
from awards.models import AwardRule
from common.audit import record
from schools.models import AcademicYear

SOURCE = "fixtures/award_rules.csv"
COPIED = (
    "code", "order", "group", "area", "text", "source", "partition", "take", "decided_by", "granted_by", "document",
    "cadence", "is_active",
)  # fmt: skip


@transaction.atomic
def load(year: AcademicYear, by: User | None = None) -> int:
    """The catalogue of the year from the published rules; returns how many rules are new. Rules already there stay."""
    known = set(AwardRule.objects.filter(year=year).values_list("code", flat=True))
    with (settings.BASE_DIR / SOURCE).open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    added = AwardRule.objects.bulk_create(
        AwardRule(
            year=year,
            code=row["code"],
            order=order,
            group=row["group"],
            area=row["area"],
            text=row["rule"],
            source=row["source"],
            partition=row["partition"],
            take=row["take"],
            decided_by=row["decided_by"],
            granted_by=row["granted_by"],
            document=row["document"],
            cadence=row["cadence"],
        )
        for order, row in enumerate(rows, start=1)
        if row["code"] not in known
    )
    if added:
        record(action="award_rules.load", target=year, by=by, after={"rules": len(added), "source": SOURCE})
    return len(added)


@transaction.atomic
def copy_year(from_year: AcademicYear, to_year: AcademicYear, by: User | None = None) -> int:
    """The catalogue of one year into another; returns how many rules are new. Rules already there stay."""
    known = set(AwardRule.objects.filter(year=to_year).values_list("code", flat=True))
    copies = AwardRule.objects.bulk_create(
        AwardRule(year=to_year, **{name: getattr(rule, name) for name in COPIED})
        for rule in AwardRule.objects.filter(year=from_year).order_by("order", "pk")
        if rule.code not in known
    )
    if copies:
        record(action="award_rules.copy", target=to_year, by=by, after={"rules": len(copies), "from": from_year.name})
    return len(copies)
