"""What the kinds of this app share: a term of a province's year on the platform."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from common.errors import UserError
from common.imports.kinds import Scope
from common.spreadsheets.headers import Table
from common.text import plain_key
from eba.importers.amounts import hours_of
from eba.models import PLATFORM, Platform
from eba.selectors.criteria import counts_minutes
from schools.importers.scope import YearKind, year_context
from schools.models import AcademicYear

_PART_OF_TIME = re.compile(
    "(?:(?:sistemde)?(?:kalma|kaldigi|gecirilen)?sure(?:si)?)?(?:saat|sa|dakika|dak|dk|saniye|sn|gun)"
)

ContextT = TypeVar("ContextT")
LineT = TypeVar("LineT")


@dataclass(frozen=True)
class TermContext:
    """A term of a year; ``hours`` reads a duration in the unit that the year's settings name."""

    year: AcademicYear
    term: int
    platform: Platform
    hours: Callable[[str], int | None]


class TermKind(YearKind[ContextT, LineT], Generic[ContextT, LineT]):
    """A kind of file that belongs to a term."""

    needs = frozenset({"term"})


def refuse_split_time(table: Table) -> None:
    """Raise ``UserError`` for minutes or hours in a column of their own: 12 and 45 side by side are not 12 hours."""
    for text, _above in table.others:
        if _PART_OF_TIME.fullmatch(plain_key(text)):
            raise UserError(
                _(
                    "“%(header)s” sütunu ayrı okunmuyor; süreyi tek sütunda 12:45 biçiminde yazınız ya da süreyle "
                    "ilgisi yoksa o sütunu siliniz."
                )
                % {"header": text}
            )


def term_context(scope: Scope) -> TermContext:
    """Raises ``UserError`` for an unknown year, a missing term and a platform that is not there."""
    year = year_context(scope).year
    if scope.term is None:
        raise UserError(_("Dosyanın dönemi belli değil; 1. ya da 2. dönemi seçiniz."))
    platform = Platform.objects.filter(code=PLATFORM).first()
    if platform is None:
        raise UserError(_("EBA ölçütleri yüklenmemiş; önce ilin kurulumunu yapınız."))
    in_minutes = counts_minutes(year)
    return TermContext(year, scope.term, platform, lambda text: hours_of(text, in_minutes=in_minutes))
