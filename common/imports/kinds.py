"""What a kind of file is, and the list of kinds that the installed apps declare."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Generic, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _

from common.errors import UserError
from common.imports.bulk import Outcome, Written
from common.imports.sets import SetWritten
from common.imports.undo import SetUndo, TableUndo
from common.spreadsheets.headers import ColumnSpec, Table
from common.spreadsheets.reader import Sheet

ContextT = TypeVar("ContextT")
LineT = TypeVar("LineT")


@dataclass(frozen=True)
class Scope:
    """Where a file goes: plate code of the province, name of the year, and, for some kinds, an exam or a term."""

    province: int
    year: str
    exam: str = ""
    term: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Scope:
        return cls(**data)


@dataclass(frozen=True)
class RowError:
    """One refused cell: the row as a person sees it, the column's header, the value (numbers masked), a sentence."""

    row: int
    column: str
    value: str
    message: str


@dataclass
class Checked(Generic[LineT]):
    """The outcome of a check: clean lines with their row numbers, and what is wrong with the others.

    ``shown`` gives, for the place of a clean line, the cells to show in a preview (identity numbers masked).
    ``notices`` are sentences about the whole file that refuse nothing.
    """

    table: Table
    lines: list[LineT]
    row_numbers: list[int]
    errors: list[RowError]
    shown: Callable[[int], Sequence[str]]
    notices: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.table)

    @property
    def refused(self) -> int:
        return self.total - len(self.lines)


@dataclass
class Applied:
    """What writing did: per clean line its outcome and stable key (``holder_id``), and per table what was written.

    ``line_of`` maps, for each of ``written``, the place of a written row to the place of its line.
    """

    outcomes: list[Outcome]
    written: list[Written | SetWritten]
    keys: list[str] = field(default_factory=list)
    line_of: list[Sequence[int] | None] = field(default_factory=list)

    @classmethod
    def of(cls, *written: Written, keys: list[str]) -> Applied:
        """For tables that each got exactly one row per line: a line's outcome is the highest of its rows."""
        outcomes = [max(each) for each in zip(*(table.outcomes for table in written), strict=True)]
        return cls(outcomes, list(written), keys, [None] * len(written))

    def count(self, outcome: Outcome) -> int:
        return sum(1 for each in self.outcomes if each == outcome)


class ImportKind(ABC, Generic[ContextT, LineT]):
    """A kind of file. ``context`` is whatever ``check`` and ``apply`` need to know of the scope, read once.

    ``needs`` names what the scope must hold besides province and year: ``exam``, ``term``. ``naming`` are the columns
    that say whose record a row is; without any the first three do.
    """

    code: str
    label: Any
    help_text: Any = ""
    order: int = 0
    columns: tuple[ColumnSpec, ...]
    identity_columns: frozenset[str] = frozenset()
    naming: frozenset[str] = frozenset()
    example: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()

    @abstractmethod
    def may_import(self, user: Any, scope: Scope | None = None) -> bool:
        """Whether the person may send such a file there (anywhere, without a scope)."""

    @abstractmethod
    def scope_of(self, request: HttpRequest) -> Scope | None:
        """The scope in which the person is working; None when there is none."""

    @abstractmethod
    def context(self, scope: Scope) -> ContextT:
        """Read what the check needs; raises ``UserError`` when the scope does not exist."""

    @abstractmethod
    def check(self, table: Table, context: ContextT) -> Checked[LineT]:
        """Check the whole file; writes nothing."""

    @abstractmethod
    def apply(self, checked: Checked[LineT], context: ContextT, *, by: Any) -> Applied:
        """Write the clean lines, in sets, inside the caller's transaction."""

    def columns_for(self, context: ContextT) -> tuple[ColumnSpec, ...]:
        """The columns to look for; kinds whose headers depend on the scope (subjects of an exam) say so here."""
        return self.columns

    def columns_in(self, context: ContextT, sheets: Sequence[Sheet]) -> tuple[ColumnSpec, ...]:
        """``columns_for`` and those that only the file itself can name."""
        return self.columns_for(context)

    def template_columns(self, context: ContextT) -> tuple[ColumnSpec, ...]:
        """The columns of an empty workbook."""
        return self.columns_for(context)

    def choices_of(self, need: str, scope: Scope) -> list[tuple[str, str]]:
        """What a person may choose for one of ``needs`` in the scope: value and label."""
        return [("1", _("1. dönem")), ("2", _("2. dönem"))] if need == "term" else []

    def chosen(self, scope: Scope, *, exam: str, term: str) -> Scope:
        """The scope with what the person chose of ``choices_of`` (empty: nothing was asked)."""
        return replace(scope, exam=exam, term=int(term) if term else None)

    def before_undo(self, context: ContextT, tables: Sequence[TableUndo | SetUndo]) -> None:
        """Lock what is needed, and raise ``Conflict`` where taking back is impossible for a reason of this kind."""

    def after_undo(self, context: ContextT, tables: Sequence[TableUndo | SetUndo], *, by: Any) -> None:
        """Bring derived values up to date after the written rows were taken back."""


_kinds: dict[str, ImportKind[Any, Any]] = {}


def register(kind: ImportKind[Any, Any]) -> None:
    """Make the kind known; raises ``ValueError`` when another one has its code."""
    known = _kinds.get(kind.code)
    if known is not None and type(known) is not type(kind):
        raise ValueError(f"two import kinds have the code {kind.code}")
    _kinds[kind.code] = kind


def kind_of(code: str) -> ImportKind[Any, Any]:
    """The kind with this code; raises ``UserError`` naming those that exist."""
    if code not in _kinds:
        names = ", ".join(each.code for each in kinds())
        raise UserError(_("“%(code)s” diye bir aktarım türü yok; olanlar: %(names)s.") % {"code": code, "names": names})
    return _kinds[code]


def kinds() -> list[ImportKind[Any, Any]]:
    return sorted(_kinds.values(), key=lambda each: (each.order, each.code))


def kinds_for(user: Any) -> list[ImportKind[Any, Any]]:
    """The kinds that the person may import somewhere."""
    return [each for each in kinds() if each.may_import(user)]
