"""Writing whole files by a few statements: the rows go into a temporary table once, the database does the rest.

For files of hundreds of thousands of values, where even ``bulk.upsert`` is too slow. What such statements did is told
by ``SetWritten``; unlike ``bulk.Written`` it holds no seal, so the kind itself must see (``before_undo``) that
nothing was changed since.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, models

from common.imports.bulk import Row, copy_rows

ANALYZE_FROM = 5_000
_SAMPLE = 1_000


@dataclass
class SetWritten:
    """What statements did to one table.

    ``created`` are ids of new rows; with ``under`` (a column and ids) every row that points at one of those is new,
    too. ``changes`` holds id and the values of ``columns`` before, for each changed row. ``shown`` tells people what
    changes in the first of the changed lines: place of the line -> label, before, after.
    """

    model: type[models.Model]
    columns: tuple[str, ...] = ()
    created: Sequence[int] = ()
    under: tuple[str, Sequence[int]] | None = None
    changes: list[tuple[int, Row]] = field(default_factory=list)
    shown: dict[int, list[dict[str, str]]] = field(default_factory=dict)


@contextmanager
def temporary_table(columns: Sequence[tuple[str, str]], rows: Sequence[Row]) -> Iterator[str]:
    """A temporary table with these columns (name, SQL type) and rows; gives its quoted name.

    Must run inside a transaction.
    """
    table = connection.ops.quote_name(f"sent_{secrets.token_hex(4)}")
    listed = ", ".join(f"{name} {kind}" for name, kind in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({listed})")
        names = [name for name, _kind in columns]
        if connection.vendor == "postgresql":
            copy_rows(cursor, table, names, rows)
            cursor.execute(f"ANALYZE {table}")
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
        yield table
        cursor.execute(f"DROP TABLE {table}")


def refresh_statistics(*tables: type[models.Model]) -> None:
    """Let SQLite count these tables anew after many rows were written; PostgreSQL does so by itself."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {_SAMPLE}")
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")
