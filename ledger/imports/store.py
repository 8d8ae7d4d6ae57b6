"""Storing: cleaned rows go by COPY into a staging table, and by few SQL statements from there into the ledger.

Rows are staged while the file is read, outside any transaction of ours, and looked at there by kinds of which files are large;
all else runs in the transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

from ledger.imports import sql
from ledger.imports.complaints import Complaint
from ledger.imports.kind import Kind
from ledger.imports.source import Source
from ledger.models import Agency, Country, ImportRun, RefusedRow

LOADING = 7302  # advisory lock
DROPPED = (
    "DROP TABLE IF EXISTS pg_temp.import_staging, pg_temp.import_rows CASCADE; "
    "DROP TABLE IF EXISTS pg_temp.import_new"  # a view of some kinds, which has gone then
)


@contextmanager
def staging(kind: Kind) -> Iterator[None]:
    """Empty tables for the rows of one file. They live in this session only, outside the transaction that loads."""
    columns = ", ".join(f'"{name}" {type_}' for name, type_ in kind.staged.items())
    with connection.cursor() as cursor:
        cursor.execute(DROPPED)
        cursor.execute(f"CREATE TEMP TABLE import_staging ({columns})")
    kind.make_ready()
    try:
        yield
    finally:
        if not connection.needs_rollback:  # else it goes with the transaction around
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute(DROPPED)


def stage(kind: Kind, columns: Sequence[str], lines: bytes, storing: bool) -> None:
    """Add cleaned rows to those that wait."""
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY import_staging ({names}) FROM STDIN") as copy,
    ):
        copy.write(lines)
    kind.take_piece(storing)


def make_ready(kind: Kind) -> None:
    """Tell the planner what waits, and let this transaction sort in memory."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SET LOCAL default_statistics_target = 20")
        cursor.execute(f"ANALYZE {kind.waiting} ({kind.looked_up})")


@contextmanager
def one_at_a_time(storing: bool) -> Iterator[None]:
    """Loads go one after the other, from the first row that is compared with the ledger until all are committed; so the same
    file twice at once is loaded once. Checks wait for nobody."""
    if not storing:
        yield
    elif connection.in_atomic_block:
        wait_for_other_loads()
        yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOADING])
            try:
                yield
            finally:
                if (
                    connection.connection and not connection.connection.closed
                ):  # else the server has let go of it
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [LOADING])


def wait_for_other_loads() -> None:
    """Keep this transaction apart from loads: it waits for the one at work, and others wait for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])


def waiting_agencies(kind: Kind) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT agency FROM {kind.waiting} WHERE agency IS NOT NULL ORDER BY agency")
        return [name for (name,) in cursor.fetchall()]


def unknown_agencies(kind: Kind) -> list[str]:
    """Agencies of the waiting rows that the ledger does not have."""
    named = waiting_agencies(kind)
    known = set(Agency.objects.filter(name__in=named).values_list("name", flat=True))
    return [name for name in named if name not in known]


def make_agencies(source: Source, names: Iterable[str]) -> None:
    for name in names:
        country, _ = Country.objects.get_or_create(name=source.country_of(name))
        Agency.objects.get_or_create(
            name=name, defaults={"country": country, "time_zone": source.time_zone_of(name)}
        )


def insert_new(source: Source, run: ImportRun) -> None:
    """Write the new rows into the ledger as records of this run."""
    source.kind.insert(run)
    run.agencies = sql.value(
        "SELECT coalesce(array_agg(DISTINCT agency_id ORDER BY agency_id), '{}') FROM import_new WHERE agency_id > 0"
    )
    with connection.cursor() as cursor:  # now, not at the commit: the time it takes belongs to the load
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def replace_refused(run: ImportRun, complaints: Iterable[Complaint]) -> None:
    """Keep what is wrong with the file's rows, in place of what an earlier check found."""
    RefusedRow.objects.filter(import_run=run).delete()
    columns = 'import_run_id, "row", "column", value, message, text'
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ledger_refusedrow ({columns}) FROM STDIN") as copy,
    ):
        for one in complaints:
            copy.write_row((run.pk, one.row, one.column, one.value, one.message, one.text))
