"""What the kinds of this app share: the province's year as scope, its institutions by code, who may import."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.errors import UserError
from common.imports.columns import Columns
from common.imports.kinds import ImportKind, Scope
from schools.models import AcademicYear, Institution, Province, StaffMember, Student

ContextT = TypeVar("ContextT")
LineT = TypeVar("LineT")
PERMISSION = "schools.import_data"
READ_BY_NUMBER_UP_TO = 500

_CODE = re.compile(r"[0-9]{6,8}")
_TRAILING_ZERO = re.compile(r"[.,]0+$")


@dataclass(frozen=True)
class YearContext:
    """The year of a province and the ids of the province's institutions by code."""

    year: AcademicYear
    institutions: dict[str, int]


class YearKind(ImportKind[ContextT, LineT], Generic[ContextT, LineT]):
    """A kind of file that goes into the year of a province."""

    def may_import(self, user: Any, scope: Scope | None = None) -> bool:
        if scope is None:
            return bool(user.has_perm(PERMISSION))
        province = Province.objects.filter(plate_code=scope.province).first()
        return province is not None and bool(user.has_perm(PERMISSION, province))

    def scope_of(self, request: HttpRequest) -> Scope | None:
        year: AcademicYear | None = getattr(request, "year", None)
        return None if year is None else Scope(year.province.plate_code, year.name)


class YearImport(YearKind[YearContext, LineT], Generic[LineT]):
    """A kind whose check needs no more than the year and its institutions."""

    def context(self, scope: Scope) -> YearContext:
        return year_context(scope)


def year_context(scope: Scope) -> YearContext:
    """Raises ``UserError`` where the province or its year does not exist."""
    year = (
        AcademicYear.objects.select_related("province")
        .filter(province__plate_code=scope.province, name=scope.year)
        .first()
    )
    if year is None:
        raise UserError(
            _("%(province)s plaka kodlu ilde %(year)s yılı açılmamış; önce yılı açınız.")
            % {"province": scope.province, "year": scope.year}
        )
    found = Institution.objects.filter(province=year.province_id).values_list("code", "pk")
    return YearContext(year, dict(found))


def code_of(text: str) -> str:
    """A kurum kodu as it was meant: spaces and a decimal tail (``712345.0``) removed."""
    return text if text.isdecimal() else _TRAILING_ZERO.sub("", text).replace(" ", "")


def is_code(text: str) -> bool:
    """Whether the text is a kurum kodu: 6 to 8 digits."""
    return _CODE.fullmatch(text) is not None


def person_ids(
    columns: Columns, name: str, model: type[StaffMember] | type[Student], year: AcademicYear, message: str
) -> list[int | None]:
    """Ids of the province's people whose numbers stand in the column; unknown ones are refused with ``message``."""
    found = model.objects.filter(province=year.province_id).exclude(identity_digest=None)
    identities = columns.identities(name)
    if len(identities) <= READ_BY_NUMBER_UP_TO:
        found = found.filter(identity_digest__in={identity.digest for identity in identities if identity is not None})
    known = dict(found.values_list("identity_digest", "pk"))
    ids: list[int | None] = []
    for place, identity in enumerate(identities):
        pk = None if identity is None else known.get(identity.digest)
        if identity is not None and pk is None:
            columns.fail(place, name, message)
        ids.append(pk)
    return ids


def institution_ids(columns: Columns, name: str, context: YearContext) -> list[int | None]:
    """Ids of the institutions whose codes stand in the column; unknown codes are refused."""
    return columns.mapped(
        name,
        context.institutions,
        _("Bu ilde %(value)s kodlu kurum yok; kodu düzeltiniz ya da önce kurumu ekleyiniz."),
        key=code_of,
    )
