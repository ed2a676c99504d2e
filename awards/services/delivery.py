"""After printing: the signed copy, the day of handing over, the day of the MEBBİS record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from awards.models import AwardLine, AwardList, Certificate
from awards.services.states import locked_list, require_status
from awards.workflow import LineStatus, ListStatus
from common.audit import record
from common.errors import UserError
from common.files import discard, store_upload


def mark_handed_over(*, award_list: AwardList, on: dt.date, version: object, by: User) -> int:
    """Record that the whole list was handed over; lines that have a date keep it. Returns how many."""
    return _mark(award_list, "handed_over_date", on, version, by)


def mark_recorded(*, award_list: AwardList, on: dt.date, version: object, by: User) -> int:
    """Record that the whole list was entered into MEBBİS; lines that have a date keep it. Returns how many."""
    return _mark(award_list, "mebbis_date", on, version, by)


@transaction.atomic
def _mark(award_list: AwardList, field: str, on: dt.date, version: object, by: User) -> int:
    locked = locked_list(award_list.pk, version)
    require_status(locked, ListStatus.ISSUED)
    if on > timezone.localdate():
        raise UserError(_("Tarih ileri bir gün olamaz."))
    if locked.grant_date is not None and on < locked.grant_date:
        raise UserError(
            _("Tarih, onay tarihi olan %(date)s gününden önce olamaz.")
            % {"date": locked.grant_date.strftime("%d.%m.%Y")}
        )
    lines = AwardLine.objects.filter(list=locked, status=LineStatus.AWARDED, **{f"{field}__isnull": True})
    changed = lines.update(**{field: on})
    if not changed:
        raise UserError(_("Listedeki bütün satırlarda bu tarih zaten yazılı."))
    locked.save(update_fields=["version"])
    record(action=f"award_list.{field}", target=locked, by=by, after={field: on.isoformat(), "lines": changed})
    return changed


def attach_signed_copy(*, certificate: Certificate, upload: UploadedFile[Any], by: User) -> Certificate:
    """Keep the scanned signed copy; a second one takes the place of the first. The certificate stays as it is."""
    file = store_upload(upload=upload, by=by, purpose="signed_certificate", kinds=("pdf", "jpeg", "png"))
    with transaction.atomic():
        locked = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
        before = locked.signed_file
        locked.signed_file = file
        locked.save(update_fields=["signed_file"])
        if before is not None:
            discard(before)
        record(
            action="certificate.attach_signed_copy",
            target=locked,
            by=by,
            before={"sha256": before.sha256} if before else None,
            after={"sha256": file.sha256},
        )
    return locked
