"""Taking an import back as a whole: possible until something was built on what it wrote."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext as _

from common.errors import Conflict
from common.imports.bulk import CHUNK, Row, Written, chunks, current_rows, digest_of, put_back, write_back
from common.imports.sets import SetWritten

_LEVEL = 3
_LONG_RUN = 500

Run = list[int]
"""Ids in a row: the first and how many."""


class _Exact(DjangoJSONEncoder):
    """Django's encoder cuts moments to milliseconds; what is put back must be what was there."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


@dataclass
class TableUndo:
    """What taking back needs of one table: created ids with the seal over their values, changed and removed rows."""

    model: type[models.Model]
    columns: list[str]
    update: list[str]
    created: list[Any]
    digest: str
    before: dict[Any, Row]
    after: dict[Any, Row]
    removed: list[tuple[Any, Row]]


@dataclass
class SetUndo:
    """What taking back a ``SetWritten`` needs. Runs are ids as (first, how many).

    With ``under`` every row that points by that column at one of the ids is a created one. Nothing here tells whether a
    row was changed since: that is the kind's to see.
    """

    model: type[models.Model]
    created: list[Run]
    under: tuple[str, list[Run]] | None
    update: list[str]
    before: dict[Any, Row]

    def conditions(self) -> list[models.Q]:
        """The created rows, as conditions of a bounded size."""
        found = list(_conditions("pk", self.created))
        return found + (list(_conditions(*self.under)) if self.under else [])


def packed(written: Iterable[Written | SetWritten]) -> bytes:
    """Undo data of all tables in the order in which they were written, compressed."""
    entries = [_set_entry(each) if isinstance(each, SetWritten) else _entry(each) for each in written]
    tables = [entry for entry in entries if entry]
    return zlib.compress(json.dumps(tables, cls=_Exact).encode(), _LEVEL)


def unpacked(data: bytes | memoryview) -> list[TableUndo | SetUndo]:
    entries = json.loads(zlib.decompress(bytes(data)))
    return [_set_table(entry) if "under" in entry else _table(entry) for entry in entries]


def take_back(tables: Sequence[TableUndo | SetUndo]) -> None:
    """Restore changed and removed rows and delete created ones, inside the caller's transaction.

    Raises ``Conflict`` with a sentence when a row was changed since, or something else points at a created one.
    """
    ours: dict[type[models.Model], set[Any]] = {}
    sets: dict[type[models.Model], list[SetUndo]] = {}
    for table in tables:
        if isinstance(table, SetUndo):
            sets.setdefault(table.model, []).append(table)
        else:
            ours.setdefault(table.model, set()).update(table.created)
    for table in tables:
        if isinstance(table, TableUndo):
            _refuse_if_changed(table)
        _refuse_if_used(table, ours, sets)
    for table in reversed(tables):
        _restore(table)


def refuse_if_pointed_at(model: type[models.Model], ids: Sequence[Any]) -> None:
    """Raise ``Conflict`` when anything points at one of these rows."""
    _refuse_if_used(SetUndo(model, _ranges(ids), None, [], {}), {}, {})


def _restore(table: TableUndo | SetUndo) -> None:
    write_back(table.model, table.update, list(table.before.items()))
    rows = table.model._base_manager.order_by()
    if isinstance(table, SetUndo):
        for condition in table.conditions():
            rows.filter(condition)._raw_delete("default")
        return
    for chunk in chunks(table.created):
        rows.filter(pk__in=chunk)._raw_delete("default")
    if table.removed:
        put_back(table.model, table.columns, table.removed)


def _refuse_if_changed(table: TableUndo) -> None:
    now = current_rows(table.model, table.columns, table.created)
    intact = not table.created or (
        len(now) == len(table.created)
        and digest_of(table.model, table.columns, table.created, [now[pk] for pk in table.created]) == table.digest
    )
    if intact and table.after:
        now = current_rows(table.model, table.update, list(table.after))
        intact = now == table.after
    if not intact:
        raise Conflict(
            _("Geri alınamaz: aktarılan %(what)s sonradan değişti. Önce o değişiklikleri geri alınız.")
            % {"what": _plural(table.model)}
        )


def _refuse_if_used(
    table: TableUndo | SetUndo,
    ours: dict[type[models.Model], set[Any]],
    sets: dict[type[models.Model], list[SetUndo]],
) -> None:
    for user, column in _references_to(table.model):
        own = sets.get(user, [])
        if isinstance(table, SetUndo):
            conditions = [models.Q(**{f"{column}__in": _rows_of(table.model, each)}) for each in table.conditions()]
            own = [each for each in own if each.under is None or each.under[0] != column]
            if len(own) < len(sets.get(user, [])):
                continue
        else:
            conditions = [models.Q(**{f"{column}__in": chunk}) for chunk in chunks(table.created)]
        for condition in conditions:
            users = user._base_manager.filter(condition).order_by()
            for each in own:
                for created in each.conditions():
                    users = users.exclude(created)
            mine = ours.get(user, set())
            if any(pk not in mine for pk in users.values_list("pk", flat=True)):
                raise Conflict(
                    _(
                        "Geri alınamaz: eklenen %(what)s kullanılmış (%(where)s). Önce oradan kaldırınız;"
                        " kaldırılamıyorsa düzeltilmiş dosyayı aktarınız."
                    )
                    % {"what": _plural(table.model), "where": _plural(user)}
                )


def _rows_of(model: type[models.Model], condition: models.Q) -> models.QuerySet[Any]:
    return model._base_manager.filter(condition).order_by().values("pk")


def _references_to(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Every table and column that points at ``model``, those of hidden relations and many-to-many links included."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, (models.ManyToOneRel, models.OneToOneRel)):
            yield relation.related_model, relation.field.attname


def _plural(model: type[models.Model]) -> str:
    """Links between two models have no name of their own: that of the model which declares them."""
    declaring = model._meta.auto_created
    return str((declaring if isinstance(declaring, type) else model)._meta.verbose_name_plural)


def _entry(written: Written) -> dict[str, Any] | None:
    if not (written.created or written.changes or written.removed):
        return None
    return {
        "model": written.target.model._meta.label_lower,
        "columns": written.target.columns,
        "update": written.target.written,
        "created": _ranges(written.created),
        "digest": written.digest,
        "changes": [[change.pk, change.before, change.after] for change in written.changes],
        "removed": written.removed,
    }


def _set_entry(written: SetWritten) -> dict[str, Any] | None:
    under = (written.under[0], _ranges(written.under[1])) if written.under and written.under[1] else None
    if not (written.created or under or written.changes):
        return None
    return {
        "model": written.model._meta.label_lower,
        "created": _ranges(written.created),
        "under": under,
        "update": written.columns,
        "changes": written.changes,
    }


def _set_table(entry: dict[str, Any]) -> SetUndo:
    under = entry["under"]
    return SetUndo(
        model=apps.get_model(entry["model"]),
        created=entry["created"],
        under=(under[0], under[1]) if under else None,
        update=entry["update"],
        before={pk: tuple(values) for pk, values in entry["changes"]},
    )


def _table(entry: dict[str, Any]) -> TableUndo:
    model = apps.get_model(entry["model"])

    def row(names: list[str], values: list[Any]) -> Row:
        fields = [model._meta.get_field(name) for name in names]
        return tuple(each.to_python(value) for each, value in zip(fields, values, strict=True))

    update: list[str] = entry["update"]

    return TableUndo(
        model=model,
        columns=entry["columns"],
        update=update,
        created=[pk for first, count in entry["created"] for pk in range(first, first + count)],
        digest=entry["digest"],
        before={pk: row(update, before) for pk, before, _after in entry["changes"]},
        after={pk: row(update, after) for pk, _before, after in entry["changes"]},
        removed=[(pk, row(entry["columns"], values)) for pk, values in entry["removed"]],
    )


def _ranges(ids: Iterable[int]) -> list[Run]:
    """Runs of ids in the order given: [[first, count], ...]."""
    runs: list[Run] = []
    for pk in ids:
        if runs and pk == runs[-1][0] + runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([pk, 1])
    return runs


def _conditions(column: str, runs: Sequence[Run]) -> Iterator[models.Q]:
    """Conditions that together hold for the ids of the runs: one for each long run, the short ones listed."""
    listed: list[int] = []
    for first, count in runs:
        if count > _LONG_RUN:
            yield models.Q(**{f"{column}__range": (first, first + count - 1)})
        else:
            listed.extend(range(first, first + count))
    for chunk in chunks(listed, CHUNK):
        yield models.Q(**{f"{column}__in": list(chunk)})
