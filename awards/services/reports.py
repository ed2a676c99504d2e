"""The printed report of a list: made once for each version of the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from awards.models import AwardList, AwardListReport
from awards.report import list_report
from common.audit import record
from common.files import PDF_TYPE, store_bytes
from common.text import fold

Render = Callable[[Mapping[str, Any]], bytes]


@transaction.atomic
def make_list_report(*, award_list: AwardList, render: Render, by: User | None) -> AwardListReport:
    """The report of the list as it stands now. ``render`` draws it (``awards.pdf.list_report_pdf``)."""
    locked = (
        AwardList.objects.select_for_update(of=("self",))
        .select_related("rule", "round__year__province", "run__points_table", "district")
        .get(pk=award_list.pk)
    )
    present = AwardListReport.objects.filter(list=locked, list_version=locked.version).select_related("file").first()
    if present is not None:
        return present
    place = fold(str(locked.district or locked.round.year.province)).replace(" ", "-")
    file = store_bytes(
        name=f"odul-listesi-{locked.rule.code}-{place}-{locked.round.year.name}.pdf",
        data=render(list_report(locked)),
        content_type=PDF_TYPE,
        by=by,
        purpose="award_list_report",
    )
    report = AwardListReport.objects.create(list=locked, list_version=locked.version, file=file)
    record(action="award_list.report", target=locked, by=by, after={"version": locked.version, "sha256": file.sha256})
    return report
