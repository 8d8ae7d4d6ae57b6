"""Storing: cleaned rows go by COPY into a staging table, and by few SQL statements from there into the ledger.

Everything here runs in the transaction of the caller; the temporary tables go with it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from django.db import connection
from django.db.models import ExpressionWrapper, F
from django.db.models.fields import DateTimeField

from ledger import signals
from ledger.choices import Flag
from ledger.imports.complaints import Complaint
from ledger.imports.source import TARGETS, Source
from ledger.models import Agency, Country, ImportRun, RefusedRow, Stop

SQL = Path(__file__).parent.parent / "sql"
LOADING = 7302  # advisory lock: loads wait for each other, so that the same file twice at once is loaded once
BLOCK = 1 << 20
ONE_DAY = timedelta(days=1)


@cache
def statement(name: str) -> str:
    """The text of a file in `ledger/sql/`."""
    return (SQL / f"{name}.sql").read_text()


def _run(name: str, params: Any = None) -> int:
    """Run a statement of ours. Returns the number of rows that it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), params)
        return int(cursor.rowcount)


def _value(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def stage(spool: TextIO) -> None:
    """Put the cleaned rows of a file into the staging table."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_staging, pg_temp.import_new")
    _run("import_staging")
    columns = ", ".join(("row", "digest", "recorded", *TARGETS))
    spool.seek(0)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY import_staging ({columns}) FROM STDIN (FORMAT csv)") as copy:
            while block := spool.read(BLOCK):
                copy.write(block)
        cursor.execute("ANALYZE import_staging (row, digest, agency)")


def wait_for_other_loads() -> None:
    """Loads go one after the other until each is committed; what is staged before it is compared after it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])


def staged_agencies() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT agency FROM import_staging ORDER BY agency")
        return [name for (name,) in cursor.fetchall()]


def unknown_agencies() -> list[str]:
    """Agencies of the staged rows that the ledger does not have."""
    named = staged_agencies()
    known = set(Agency.objects.filter(name__in=named).values_list("name", flat=True))
    return [name for name in named if name not in known]


def make_agencies(source: Source, names: Iterable[str]) -> None:
    for name in names:
        country, _ = Country.objects.get_or_create(name=source.country_of(name))
        Agency.objects.get_or_create(
            name=name, defaults={"country": country, "time_zone": source.time_zone_of(name)}
        )


def find_new(storing: bool) -> tuple[int, int]:
    """Tell new rows from those that the ledger has. Returns the numbers of new rows and of flagged ones among them."""
    bits: dict[str, int] = {flag.name.lower(): flag.value for flag in Flag}
    found = _run("import_new", {**bits, "storing": storing})
    if not found:
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE import_new (row, agency_id, vehicle)")
        inner, params = _current_with_vehicle()
        sql = f"WITH current (agency_id, vehicle_id, moment) AS ({inner}) {statement('import_duplicates')}"
        cursor.execute(sql, [*params, Flag.DUPLICATE.value])
    return found, _value("SELECT count(*) FROM import_new WHERE flags > 0")


def _reach_of_new() -> tuple[list[int], date, date]:
    """Agencies of the new rows that the ledger knows, and their first and last day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(DISTINCT agency_id), min(stopped_on), max(stopped_on) FROM import_new"
        )
        agencies, first, last = cursor.fetchone()
    return [agency for agency in agencies if agency], first, last


def _current_with_vehicle() -> tuple[str, tuple[Any, ...]]:
    """SQL of the ledger's current stops with vehicle and time, of the new rows' agencies and days and those beside them:
    agency_id, vehicle_id, moment.
    """
    agencies, first, last = _reach_of_new()
    moment = ExpressionWrapper(F("stopped_on") + F("stopped_at"), output_field=DateTimeField())
    stops = (
        Stop.objects.current()
        .filter(private__vehicle__isnull=False, stopped_at__isnull=False)
        .filter(agency__in=agencies, stopped_on__range=(first - ONE_DAY, last + ONE_DAY))
        .order_by()
        .annotate(moment=moment)
        .values("agency_id", "private__vehicle_id", "moment")
    )
    sql, params = stops.query.get_compiler("default", elide_empty=False).as_sql()
    return sql, params


def insert_new(run: ImportRun) -> None:
    """Write the new rows into the ledger as stops of this run, and tell the facts."""
    _run("import_names")
    _run("import_stops", [run.pk])
    _run("import_persons")
    _run("import_private")
    _run("import_keys", [run.pk])
    run.agencies = sorted(_value("SELECT coalesce(array_agg(DISTINCT agency_id), '{}') FROM import_new"))
    signals.stops_added.send(sender=ImportRun, import_run_id=run.pk)
    with connection.cursor() as cursor:  # now, not at the commit: the time it takes belongs to the load
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def replace_refused(run: ImportRun, complaints: Iterable[Complaint]) -> None:
    """Keep what is wrong with the file's rows, in place of what an earlier check found."""
    RefusedRow.objects.filter(import_run=run).delete()
    columns = 'import_run_id, "row", "column", value, message, text'
    options = 'FORMAT csv, FORCE_NOT_NULL ("column", value, text)'
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ledger_refusedrow ({columns}) FROM STDIN ({options})") as copy,
    ):
        for block in _as_csv(run.pk, complaints):
            copy.write(block)


def _as_csv(run_id: int, complaints: Iterable[Complaint]) -> Iterator[str]:
    for complaint in complaints:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(
            [run_id, complaint.row, complaint.column, complaint.value, complaint.message, complaint.text]
        )
        yield line.getvalue()
