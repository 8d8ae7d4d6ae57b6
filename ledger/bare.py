"""Tables without their indexes for the length of a large first load, which is then quicker.

Whoever reads or writes the tables meanwhile waits, so this is for tables that hold nothing yet. Everything taken off is put
back as it was in the same transaction, and checked by the database while it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

MANY = 200_000  # rows from which building the indexes afterwards saves more than it costs
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype = ANY(%s) ORDER BY contype = 'f', conname
"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
    WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)
"""


def are_empty(tables: Sequence[str]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' AND '.join(f'NOT EXISTS (SELECT FROM {table})' for table in tables)}")
        return bool(cursor.fetchone()[0])


@contextmanager
def bare(tables: Sequence[str], *, keyless: Sequence[str] = ()) -> Iterator[None]:
    """Take foreign keys, unique constraints and indexes off `tables`, and off `keyless` the primary key too."""
    with connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS, [[*tables, *keyless], ["f", "u"]])
        constraints = cursor.fetchall()
        cursor.execute(CONSTRAINTS, [list(keyless), ["p"]])
        constraints = cursor.fetchall() + constraints
        cursor.execute(INDEXES, [[*tables, *keyless]])
        indexes = cursor.fetchall()
        for table, name, _ in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


@contextmanager
def bare_if_empty(rows: int, tables: Sequence[str], *, keyless: Sequence[str] = ()) -> Iterator[None]:
    """`bare` for a load of many rows into tables that hold none; else nothing changes."""
    if rows >= MANY and are_empty([*tables, *keyless]):
        with bare(tables, keyless=keyless):
            yield
    else:
        yield
