"""Writing many rows at once: what is there is read once, compared, and only the difference is written.

New rows go in by COPY on PostgreSQL and by one prepared INSERT on SQLite, with ids drawn beforehand, so
that rows of a second table can point at them without another look-up.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any

from django.db import connection, models

READ_BY_KEY_UP_TO = 500
CHUNK = 5_000

Row = tuple[Any, ...]
Show = Callable[[Any], str]


class Outcome(IntEnum):
    """What happened to a row; of a file's row that touches several tables the highest counts."""

    UNCHANGED = 0
    UPDATED = 1
    CREATED = 2


@dataclass(frozen=True)
class Target:
    """How rows of one table are written.

    ``columns`` are the attribute names of the values in each row (``institution_id``). ``scope`` holds constant columns
    that narrow what is read and are written with each new row. ``key`` identifies a row within the scope. ``update``
    lists the columns in which a difference counts, ``also`` those that are written with a difference but make none.
    ``touch`` is set on rows that are written anew or changed. ``condition`` narrows which rows count as existing; of
    several with one key the last in ``order`` is taken. In a column of ``keep_if_empty`` an empty text says nothing, so
    the known value stays. ``labels`` names columns for people: attribute -> (header, how
    to show a value).
    """

    model: type[models.Model]
    columns: tuple[str, ...]
    key: tuple[str, ...]
    update: tuple[str, ...]
    scope: Mapping[str, Any] = field(default_factory=dict)
    touch: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, tuple[Any, Show]] = field(default_factory=dict)
    condition: models.Q = field(default_factory=models.Q)
    also: tuple[str, ...] = ()
    order: tuple[Any, ...] = ()
    keep_if_empty: frozenset[str] = frozenset()

    @property
    def written(self) -> tuple[str, ...]:
        """The columns that an update sets."""
        return (*self.update, *self.also)

    def merged(self, before: Row, after: Row) -> Row:
        """What an update really sets: ``after``, with the known value where an empty text says nothing."""
        if not self.keep_if_empty:
            return after
        return tuple(
            old if new == "" and name in self.keep_if_empty else new
            for name, old, new in zip(self.written, before, after, strict=False)
        )


@dataclass(frozen=True)
class Change:
    """A changed row: its place among the given rows, its id, and the values of ``written`` before and after."""

    place: int
    pk: Any
    before: Row
    after: Row


@dataclass
class Written:
    """What was done. ``ids`` and ``outcomes`` follow the given rows; ``digest`` seals the created ones.

    ``removed`` holds the deleted rows: id and the values of ``target.columns``.
    """

    target: Target
    ids: list[Any]
    outcomes: list[Outcome]
    created: list[Any]
    changes: list[Change]
    digest: str
    removed: list[tuple[Any, Row]] = field(default_factory=list)


def upsert(target: Target, rows: Sequence[Row]) -> Written:
    """Insert the rows whose key is new, update those that differ, leave the rest alone.

    ``rows`` hold values in the order of ``target.columns`` and at most one row per key. Must run inside a transaction.
    A key that another transaction inserts meanwhile raises ``IntegrityError``.
    """
    known = _known(target, rows)
    place_of = {name: place for place, name in enumerate(target.columns)}
    key_of = _picker([place_of[name] for name in target.key])
    values_of = _picker([place_of[name] for name in target.update])
    ids: list[Any] = [None] * len(rows)
    outcomes = [Outcome.UNCHANGED] * len(rows)
    new: list[int] = []
    differing: dict[Any, int] = {}
    for place, row in enumerate(rows):
        found = known.get(key_of(row)) if known else None
        if found is None:
            new.append(place)
            continue
        ids[place] = found[0]
        values = values_of(row)
        if found[1:] != values and found[1:] != target.merged(found[1:], values):
            differing[found[0]] = place
    changes = _update(target, rows, place_of, differing)
    for change in changes:
        outcomes[change.place] = Outcome.UPDATED
    created = new_ids(target.model, len(new))
    for place, pk in zip(new, created, strict=True):
        ids[place] = pk
        outcomes[place] = Outcome.CREATED
    complete = [rows[place] for place in new] if len(new) < len(rows) else list(rows)
    _insert(target, complete, created)
    digest = digest_of(target.model, target.columns, created, complete)
    return Written(target, ids, outcomes, created, changes, digest)


def insert(target: Target, rows: Sequence[Row]) -> Written:
    """Insert all rows as new ones; ``key`` and ``update`` are not looked at."""
    created = new_ids(target.model, len(rows))
    _insert(target, rows, created)
    digest = digest_of(target.model, target.columns, created, rows)
    return Written(target, created, [Outcome.CREATED] * len(rows), created, [], digest)


def remove(target: Target, ids: Sequence[Any]) -> Written:
    """Delete these rows, keeping their values; nothing may point at them."""
    rows = current_rows(target.model, target.columns, ids)
    for chunk in chunks(list(rows)):
        target.model._base_manager.filter(pk__in=chunk)._raw_delete("default")
    return Written(target, [], [], [], [], "", sorted(rows.items()))


def put_back(model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[Any, Row]]) -> None:
    """Insert rows that were removed, under their old ids."""
    target = Target(model=model, columns=tuple(columns), key=(), update=())
    _insert(target, [row for _pk, row in rows], [pk for pk, _row in rows])


def digest_of(model: type[models.Model], columns: Sequence[str], ids: Sequence[Any], rows: Sequence[Row]) -> str:
    """Seal over rows and their ids, by which a later look sees whether any was changed.

    Values are plain text, whole numbers, booleans or None; moments and decimals are brought to one form.
    """
    special = [
        place
        for place, name in enumerate(columns)
        if isinstance(model._meta.get_field(name), (models.DateTimeField, models.DecimalField))
    ]
    if special:
        rows = [tuple(_plain(value) if place in special else value for place, value in enumerate(row)) for row in rows]
    return hashlib.sha256(repr((list(ids), list(rows))).encode("utf-8", "surrogatepass")).hexdigest()


def current_rows(target_model: type[models.Model], columns: Sequence[str], ids: Sequence[Any]) -> dict[Any, Row]:
    """The values of ``columns`` of these rows as they are now, by id; missing rows are left out."""
    found: dict[Any, Row] = {}
    for chunk in chunks(ids):
        query = target_model._base_manager.filter(pk__in=chunk).order_by()
        found.update({row[0]: row[1:] for row in query.values_list("pk", *columns)})
    return found


def write_back(model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[Any, Row]]) -> None:
    """Set ``columns`` of the rows with these ids to the given values."""
    _set_columns(model, list(columns), [(pk, *values) for pk, values in rows])


def chunks(values: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return int(value.timestamp() * 1_000_000) if isinstance(value, datetime) else value


def _picker(places: Sequence[int]) -> Callable[[Row], Row]:
    if places and list(places) == list(range(places[0], places[0] + len(places))):
        first, last = places[0], places[0] + len(places)
        return lambda row: row[first:last]
    return lambda row: tuple([row[place] for place in places])


def _known(target: Target, rows: Sequence[Row]) -> dict[Row, Row]:
    """Existing rows of the scope by key: (id, values of ``update``)."""
    query = target.model._base_manager.filter(target.condition, **target.scope).order_by(*target.order)
    if len(rows) <= READ_BY_KEY_UP_TO:
        place = target.columns.index(target.key[0])
        query = query.filter(**{f"{target.key[0]}__in": list({row[place] for row in rows})})
    size = len(target.key)
    return {row[:size]: row[size:] for row in query.values_list(*target.key, "pk", *target.update)}


def _update(
    target: Target, rows: Sequence[Row], place_of: Mapping[str, int], differing: Mapping[Any, int]
) -> list[Change]:
    """Lock and read the differing rows again, so that ``before`` is what is really replaced, then write them."""
    if not differing:
        return []
    values_of, size = _picker([place_of[name] for name in target.written]), len(target.update)
    changes: list[Change] = []
    for chunk in chunks(sorted(differing)):
        query = target.model._base_manager.filter(pk__in=chunk).order_by("pk")
        if connection.features.has_select_for_update:
            query = query.select_for_update(no_key=connection.features.has_select_for_no_key_update)
        for pk, *before in query.values_list("pk", *target.written):
            place = differing[pk]
            after = target.merged(tuple(before), values_of(rows[place]))
            if tuple(before[:size]) != after[:size]:
                changes.append(Change(place, pk, tuple(before), after))
    touch = tuple(target.touch.values())
    _set_columns(
        target.model, [*target.written, *target.touch], [(change.pk, *change.after, *touch) for change in changes]
    )
    return sorted(changes, key=lambda change: change.place)


def _set_columns(model: type[models.Model], columns: list[str], rows: Sequence[Row]) -> None:
    """UPDATE each row (id, values...) by id; a ``version`` column is counted up."""
    if not rows:
        return
    fields = _fields(model, columns)
    names = [connection.ops.quote_name(str(each.column)) for each in fields]
    table = connection.ops.quote_name(model._meta.db_table)
    counted = [] if not _has_version(model) or "version" in columns else ["version = {0}version + 1"]
    prepared = _prepared(fields, rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            parts = [f"{name} = fresh.{name}" for name in names[1:]] + [part.format("changed.") for part in counted]
            fresh = _temporary_copy(cursor, table, names, prepared)
            cursor.execute(
                f"UPDATE {table} AS changed SET {', '.join(parts)} FROM {fresh} AS fresh "  # noqa: S608
                f"WHERE changed.{names[0]} = fresh.{names[0]}"
            )
            cursor.execute(f"DROP TABLE {fresh}")
        else:
            parts = [f"{name} = %s" for name in names[1:]] + [part.format("") for part in counted]
            cursor.executemany(
                f"UPDATE {table} SET {', '.join(parts)} WHERE {names[0]} = %s",  # noqa: S608
                [(*row[1:], row[0]) for row in prepared],
            )


def _fields(model: type[models.Model], columns: Sequence[str]) -> list[Any]:
    return [model._meta.pk, *(model._meta.get_field(name) for name in columns)]


def _has_version(model: type[models.Model]) -> bool:
    return any(each.name == "version" for each in model._meta.concrete_fields)


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids for so many new rows, drawn from the table's own sequence."""
    if not count:
        return []
    table, column = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table), column])
            return _drawn(cursor, cursor.fetchone()[0], count)
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return list(range(first, first + count))


def _drawn(cursor: Any, sequence: str, count: int) -> list[int]:
    """The next numbers of a sequence; others may draw at the same time, so they need not be neighbours."""
    drawn = "SELECT nextval(%s::regclass) AS number FROM generate_series(1, %s)"
    cursor.execute(f"SELECT min(number), max(number) FROM ({drawn}) AS drawn", [sequence, count])  # noqa: S608
    first, last = cursor.fetchone()
    if last - first + 1 == count:
        return list(range(first, last + 1))
    cursor.execute(drawn, [sequence, count])
    return [row[0] for row in cursor.fetchall()]


def _insert(target: Target, rows: Sequence[Row], ids: Sequence[int]) -> None:
    if not rows:
        return
    constants = {**target.scope, **target.touch}
    defaults = _defaults(target.model, {*target.columns, *constants})
    tail = (*constants.values(), *defaults.values())
    columns = [*target.columns, *constants, *defaults]
    fields = _fields(target.model, columns)
    complete = _prepared(fields, [(pk, *row, *tail) for pk, row in zip(ids, rows, strict=True)])
    names = [connection.ops.quote_name(str(each.column)) for each in fields]
    table = connection.ops.quote_name(target.model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copy_rows(cursor, table, names, complete)
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", complete)  # noqa: S608


def _defaults(model: type[models.Model], given: set[str]) -> dict[str, Any]:
    """Values of the columns that the caller left out: the field's default, now for moments set by Django, or empty."""
    values: dict[str, Any] = {}
    for each in model._meta.concrete_fields:
        if each.primary_key or each.attname in given or each.name in given:
            continue
        automatic = getattr(each, "auto_now", False) or getattr(each, "auto_now_add", False)
        values[each.attname] = each.pre_save(model(), add=True) if automatic else each.get_default()
    return values


def _prepared(fields: Sequence[Any], rows: Sequence[Row]) -> Sequence[Row]:
    """Rows with moments, decimals and JSON in the form that the database takes; other values pass as they are."""
    on_postgresql = connection.vendor == "postgresql"
    kinds = (models.JSONField,) if on_postgresql else (models.DateField, models.DecimalField, models.JSONField)
    special: dict[int, Any] = {place: each for place, each in enumerate(fields) if isinstance(each, kinds)}
    if not special:
        return rows

    def prepared(place: int, value: Any) -> Any:
        if place not in special or value is None:
            return value
        if on_postgresql:
            return json.dumps(value, cls=special[place].encoder)
        return special[place].get_db_prep_save(value, connection)

    return [tuple(prepared(place, value) for place, value in enumerate(row)) for row in rows]


def _temporary_copy(cursor: Any, table: str, names: Sequence[str], rows: Sequence[Row]) -> str:
    fresh = connection.ops.quote_name(f"fresh_{secrets.token_hex(4)}")
    listed = ", ".join(names)
    cursor.execute(f"CREATE TEMPORARY TABLE {fresh} ON COMMIT DROP AS SELECT {listed} FROM {table} LIMIT 0")  # noqa: S608
    copy_rows(cursor, fresh, names, rows)
    return fresh


def copy_rows(cursor: Any, table: str, names: Sequence[str], rows: Sequence[Row]) -> None:
    """COPY the rows in; no text can be taken for a missing value, because its mark is random."""
    null = secrets.token_hex(8)
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[null if value is None else value for value in row] for row in rows])
    buffer.seek(0)
    with cursor.db.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} ({', '.join(names)}) FROM STDIN WITH (FORMAT csv, NULL '{null}')", buffer)
