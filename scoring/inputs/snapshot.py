"""One consistent view of the data for everything that a run reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_view() -> Iterator[None]:
    """All reads inside see the data of one moment, whatever others write meanwhile.

    PostgreSQL: a read-only REPEATABLE READ transaction. SQLite: a transaction, which is a snapshot there. Inside a
    transaction of the caller its view is used: the caller's locks decide what can change.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
