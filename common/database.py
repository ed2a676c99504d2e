"""What each new database connection needs before the first query."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from common.text import TURKISH, compare


def prepare_connection(*, connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Give SQLite the Turkish collation; PostgreSQL has it from a migration."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(TURKISH, compare)
