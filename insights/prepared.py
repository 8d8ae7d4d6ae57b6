"""Statements that every logged stop sends, planned by the database once a connection instead of every time.

Planning is most of what they cost: prepared, facts and cubes take a third of the processor's time. They run on Django's
own connection, in its transaction. `settings.PREPARED_STATEMENTS` turns it off for poolers that cannot keep them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

Statement = tuple[str, Sequence[Any]]  # SQL with `%s` for values, and the values
FIRST_TIME = 1  # psycopg prepares nothing while a connection's threshold is None, as Django leaves it


@contextmanager
def _cursor() -> Iterator[psycopg.Cursor[Any]]:
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.prepare_threshold = FIRST_TIME if settings.PREPARED_STATEMENTS else None
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        yield cursor


def rows(sql: str, params: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of a statement by column name."""
    with _cursor() as cursor:
        cursor.execute(sql.encode(), params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def execute(statements: Sequence[Statement]) -> None:
    """Send several statements in one go. Their results are not looked at; the first error is raised."""
    with _cursor() as cursor, cursor.connection.pipeline():
        for sql, params in statements:
            cursor.execute(sql.encode(), params)
