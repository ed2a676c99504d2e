"""Decisions of the year: changing one, and the executive board's approval of all."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from common.audit import record
from common.errors import Conflict, UserError
from common.versions import StaleForm
from schools.models import AcademicYear, YearSetting
from schools.year_settings import definition_of, shown_moment


@transaction.atomic
def set_year_setting(
    *, year: AcademicYear, key: str, value: str, version: int | str | None = None, by: User | None, note: str = ""
) -> YearSetting:
    """Set one decision of a year and take back the approval of the settings.

    ``version`` is the one the form was made from (0 while the default stands); None doesn't check. Raises
    ``SettingError`` for an unknown key or value and ``StaleForm`` when somebody else was faster. The same value again
    changes nothing.
    """
    definition = definition_of(key)
    stored = definition.stored(value)
    locked = AcademicYear.objects.select_for_update().get(pk=year.pk)
    row = YearSetting.objects.filter(year=locked, key=key).first()
    row = row or YearSetting(year=locked, key=key, value=definition.default, version=0)
    if version is not None and str(version) != str(row.version):
        raise StaleForm(row)
    if stored == row.value:
        return row
    before = row.value
    row.value = stored
    row.bump()
    row.save()
    record(action="year_setting.set", target=row, by=by, before={"value": before}, after={"value": stored}, note=note)
    locked.settings_approved_at = locked.settings_approved_by = None
    locked.save(update_fields=["settings_approved_at", "settings_approved_by"])
    return row


@transaction.atomic
def approve_year_settings(*, year: AcademicYear, by: User) -> AcademicYear:
    """Record the executive board's approval of the year's settings as they stand now."""
    locked = AcademicYear.objects.select_for_update().get(pk=year.pk)
    if locked.settings_approved_at is not None:
        raise Conflict(_("Bu yılın ayarları zaten onaylanmış."))
    locked.settings_approved_at, locked.settings_approved_by = timezone.now(), by
    locked.save(update_fields=["settings_approved_at", "settings_approved_by"])
    values = dict(YearSetting.objects.filter(year=locked).order_by("key").values_list("key", "value"))
    record(action="year_settings.approve", target=locked, by=by, after=values)
    return locked


@transaction.atomic
def set_submission_deadline(
    *, year: AcademicYear, moment: dt.datetime | None, seen: dt.datetime | None, by: User, note: str = ""
) -> AcademicYear:
    """Set until when projects of the year may be sent; None: until the next year is opened.

    ``seen`` is the moment that stood there when the form was made: raises ``Conflict`` where somebody was faster, and
    ``UserError`` for a moment that is over or lies behind the year. The same moment again changes nothing.
    """
    locked = AcademicYear.objects.select_for_update().get(pk=year.pk)
    before = locked.submission_deadline
    if before == moment:
        return locked
    if before != seen:
        raise Conflict(
            _("Siz düzenlerken son an “%(moment)s” olarak değiştirildi; sizinki kalacaksa yeniden kaydediniz.")
            % {"moment": shown_moment(before)}
        )
    if moment is not None and moment <= timezone.now():
        raise UserError(_("Bu an geçmişte kalıyor; ileride bir gün ve saat seçiniz."))
    if moment is not None and timezone.localdate(moment) > locked.end_date:
        raise UserError(
            _("%(year)s yılı %(end)s tarihinde bitiyor; son anı en geç o güne koyunuz.")
            % {"year": locked.name, "end": locked.end_date.strftime("%d.%m.%Y")}
        )
    locked.submission_deadline = moment
    locked.save(update_fields=["submission_deadline"])
    record(
        action="year.submission_deadline",
        target=locked,
        by=by,
        before={"value": shown_moment(before)},
        after={"value": shown_moment(moment)},
        note=note,
    )
    return locked
