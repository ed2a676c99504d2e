"""From a file to clean lines to written rows: what the wizard's jobs and the command have in common."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.errors import Conflict, UserError
from common.imports.bulk import Outcome
from common.imports.columns import mask_numbers
from common.imports.kinds import Applied, Checked, ImportKind, Scope
from common.imports.sets import SetWritten
from common.spreadsheets.headers import find_table
from common.spreadsheets.reader import read_workbook

T = TypeVar("T")

PREVIEW_ROWS = 20
SHOWN_HEADERS = 30
TRIES = 3

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Counts:
    """How many rows of the file, and what happens to them."""

    rows: int
    created: int
    updated: int
    unchanged: int
    refused: int

    def as_json(self) -> dict[str, int]:
        return dict(vars(self))


@dataclass
class Prepared:
    """A file that was read and checked for its scope."""

    kind: ImportKind[Any, Any]
    context: Any
    checked: Checked[Any]


@contextmanager
def many_objects() -> Iterator[None]:
    """Keeps the cyclic collector from walking hundreds of thousands of live rows again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@many_objects()
def prepare(kind: ImportKind[Any, Any], scope: Scope, path: Path, name: str) -> Prepared:
    """Read and check the file; raises ``UserError`` when it can't be read at all."""
    context = kind.context(scope)
    sheets = read_workbook(path, name, [spec.header for spec in kind.columns_for(context)])
    table = find_table(sheets, kind.columns_in(context, sheets))
    del sheets
    if not len(table):
        raise UserError(_("Tabloda hiç veri satırı yok; başlığın altına satırları ekleyip yeniden gönderiniz."))
    return Prepared(kind, context, kind.check(table, context))


@many_objects()
def write(prepared: Prepared, *, by: Any) -> Applied:
    """Write the clean lines inside the caller's transaction."""
    return prepared.kind.apply(prepared.checked, prepared.context, by=by)


def rehearse(prepared: Prepared, *, by: Any) -> tuple[Counts, dict[str, Any]]:
    """What writing would do: the counts and a preview. Everything is rolled back."""

    def work() -> tuple[Counts, dict[str, Any]]:
        with transaction.atomic():
            applied = write(prepared, by=by)
            answer = counts_of(prepared, applied), preview_of(prepared, applied)
            transaction.set_rollback(True)
        return answer

    return repeated(work)


def repeated(work: Callable[[], T]) -> T:
    """Do ``work`` (a whole transaction) again when another import took one of its keys meanwhile."""
    for attempt in range(TRIES):
        try:
            return work()
        except IntegrityError as error:
            if attempt == TRIES - 1:
                raise Conflict(
                    _("Aynı kayıtlar bu sırada başka bir işlemle değişti; biraz sonra yeniden deneyiniz.")
                ) from error
    raise AssertionError("unreachable")


def counts_of(prepared: Prepared, applied: Applied) -> Counts:
    return Counts(
        rows=prepared.checked.total,
        created=applied.count(Outcome.CREATED),
        updated=applied.count(Outcome.UPDATED),
        unchanged=applied.count(Outcome.UNCHANGED),
        refused=prepared.checked.refused,
    )


def preview_of(prepared: Prepared, applied: Applied) -> dict[str, Any]:
    """The first new rows, and the first changed ones with what changes in them."""
    differences, table = _differences(applied), prepared.checked.table
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for place, outcome in enumerate(applied.outcomes):
        if outcome == Outcome.CREATED and len(new) < PREVIEW_ROWS:
            new.append(_shown(prepared, place))
        elif outcome == Outcome.UPDATED and len(changed) < PREVIEW_ROWS:
            row = _shown(prepared, place)
            changed.append({**row, "record": _record(prepared, row["cells"]), "changes": differences.get(place, [])})
    return {
        "headers": [table.headers[name] for name in table.sent],
        "new": new,
        "changed": changed,
        "notices": notices_of(prepared),
    }


def notices_of(prepared: Prepared) -> list[str]:
    """Sentences about the whole file: the columns that nobody reads, and what its kind has to say."""
    unread = [mask_numbers(last) for last, _above in prepared.checked.table.others][:SHOWN_HEADERS]
    sentences = [_("Okunmayan sütunlar: %(headers)s.") % {"headers": ", ".join(unread)}] if unread else []
    if hidden := prepared.checked.table.hidden:
        sentences.append(_("Dosyada gizli ya da süzülmüş %(count)s satır var; onlar da okundu.") % {"count": hidden})
    return [*sentences, *prepared.checked.notices]


def _shown(prepared: Prepared, place: int) -> dict[str, Any]:
    return {"row": prepared.checked.row_numbers[place], "cells": list(prepared.checked.shown(place))}


def _record(prepared: Prepared, cells: list[str]) -> str:
    """The cells that say whose record the row is."""
    naming, sent = prepared.kind.naming, prepared.checked.table.sent
    named = [cell for name, cell in zip(sent, cells, strict=True) if name in naming] if naming else cells[:3]
    return " · ".join(filter(None, named))


def _differences(applied: Applied) -> dict[int, list[dict[str, str]]]:
    """For each line the changed values with their headers, before and after."""
    found: dict[int, list[dict[str, str]]] = {}
    for written, line_of in zip_longest(applied.written, applied.line_of):
        if isinstance(written, SetWritten):
            for line, changes in written.shown.items():
                found.setdefault(line, []).extend(changes)
            continue
        for change in written.changes:
            line = change.place if line_of is None else line_of[change.place]
            found.setdefault(line, []).extend(_differences_of(written.target, change.before, change.after))
    return found


def _differences_of(target: Any, before: tuple[Any, ...], after: tuple[Any, ...]) -> list[dict[str, str]]:
    return [
        {
            "label": str(target.labels[name][0]),
            "before": target.labels[name][1](old),
            "after": target.labels[name][1](new),
        }
        for name, old, new in zip(target.written, before, after, strict=True)
        if old != new and name in target.labels
    ]
