"""The database below the ORM: what a connection needs before its first query, and rows read in plain SQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from common.text import TURKISH, compare


def prepare_connection(*, connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Give SQLite the Turkish collation; PostgreSQL has it from a migration."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(TURKISH, compare)


def count_anew() -> None:
    """Have the database take samples of all tables, so that it plans well right after very many rows were written.

    The server's own tables are left alone: inside a transaction they would be locked for every other database.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")
        else:
            own = connection.introspection.table_names(cursor)
            cursor.execute("ANALYZE " + ", ".join(map(connection.ops.quote_name, own)))


def instances(tables: str, values: Sequence[Any], **models: type[Model]) -> list[tuple[Any, ...]]:
    """For each row of the statement ``SELECT … FROM tables`` one whole instance of each model, in their order.

    ``models``: by the names that the statement gives their tables, joined so that none is missing in a row. For the
    few things that every request reads: the ORM takes many times longer to put such a statement together than the
    database to answer it.
    """
    columns, converters = _columns(**models)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {tables}", values)  # noqa: S608
        rows = [list(row) for row in cursor.fetchall()]
    for row in rows:
        for place, convert, column in converters:
            row[place] = convert(row[place], column, connection)
    return [tuple(_parts(row, models.values())) for row in rows]


def _parts(row: list[Any], models: Any) -> Any:
    start = 0
    for model in models:
        names = _names(model)
        yield model.from_db(connection.alias, names, row[start : start + len(names)])
        start += len(names)


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _columns(**models: type[Model]) -> tuple[str, list[tuple[int, Any, Any]]]:
    """The columns of the models, and what makes Python values of them: place in the row, function, column."""
    fields = [(name, field) for name, model in models.items() for field in model._meta.concrete_fields]
    converters = []
    for place, (name, field) in enumerate(fields):
        column = field.get_col(name)
        for convert in connection.ops.get_db_converters(column) + column.get_db_converters(connection):
            converters.append((place, convert, column))
    return ", ".join(f"{name}.{connection.ops.quote_name(str(field.column))}" for name, field in fields), converters
