"""Tables without their indexes and foreign keys for the length of a bulk load, which is then several times as fast.

For a database of the bench alone. Everything taken off is put back as it was, and checked by the database while it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype = ANY(%s) ORDER BY contype = 'f', conname
"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
    WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)
"""


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
