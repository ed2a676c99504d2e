"""What the kinds of this app share: a term of a province's year on the platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from common.errors import UserError
from common.imports.kinds import Scope
from eba.importers.amounts import hours_of
from eba.models import PLATFORM, Platform
from eba.selectors.criteria import counts_minutes
from schools.importers.scope import YearKind, year_context
from schools.models import AcademicYear

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
