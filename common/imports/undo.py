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
from common.imports.bulk import Row, Written, chunks, current_rows, digest_of, put_back, write_back

_LEVEL = 3


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


def packed(written: Iterable[Written]) -> bytes:
    """Undo data of all tables in the order in which they were written, compressed."""
    tables = [
        {
            "model": each.target.model._meta.label_lower,
            "columns": each.target.columns,
            "update": each.target.written,
            "created": _ranges(each.created),
            "digest": each.digest,
            "changes": [[change.pk, change.before, change.after] for change in each.changes],
            "removed": each.removed,
        }
        for each in written
        if each.created or each.changes or each.removed
    ]
    return zlib.compress(json.dumps(tables, cls=_Exact).encode(), _LEVEL)


def unpacked(data: bytes | memoryview) -> list[TableUndo]:
    return [_table(entry) for entry in json.loads(zlib.decompress(bytes(data)))]


def take_back(tables: Sequence[TableUndo]) -> None:
    """Restore changed and removed rows and delete created ones, inside the caller's transaction.

    Raises ``Conflict`` with a sentence when a row was changed since, or something else points at a created one.
    """
    ours: dict[type[models.Model], set[Any]] = {}
    for table in tables:
        ours.setdefault(table.model, set()).update(table.created)
    for table in tables:
        _refuse_if_changed(table)
        _refuse_if_used(table, ours)
    for table in reversed(tables):
        write_back(table.model, table.update, list(table.before.items()))
        for chunk in chunks(table.created):
            table.model._base_manager.filter(pk__in=chunk)._raw_delete("default")
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


def _refuse_if_used(table: TableUndo, ours: dict[type[models.Model], set[Any]]) -> None:
    for user, column in _references_to(table.model):
        mine = ours.get(user, set())
        for chunk in chunks(table.created):
            users = user._base_manager.filter(**{f"{column}__in": chunk}).order_by()
            count = sum(1 for pk in users.values_list("pk", flat=True) if pk not in mine)
            if count:
                raise Conflict(
                    _("Geri alınamaz: eklenen %(what)s kullanılmış (%(where)s). Önce oradan kaldırınız.")
                    % {"what": _plural(table.model), "where": _plural(user)}
                )


def _references_to(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Every table and column that points at ``model``, those of hidden relations and many-to-many links included."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, (models.ManyToOneRel, models.OneToOneRel)):
            yield relation.related_model, relation.field.attname


def _plural(model: type[models.Model]) -> str:
    return str(model._meta.verbose_name_plural)


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


def _ranges(ids: Iterable[int]) -> list[list[int]]:
    """Runs of ids in the order given: [[first, count], ...]."""
    runs: list[list[int]] = []
    for pk in ids:
        if runs and pk == runs[-1][0] + runs[-1][1]:
            runs[-1][1] += 1
        else:
            runs.append([pk, 1])
    return runs
