"""What others would do with the same file: Django's `bulk_create` of the same normalized rows, and pandas' `to_sql` into one
flat table. Neither checks a row, looks for one that is there already, or keeps facts and cubes.

Beside them the floor below which no way of importing goes: the server alone writing the rows of the newest import once more,
from table to table.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from uuid import uuid4

from django.db import connection, transaction

from ledger.choices import Gender, ImportState, Outcome
from ledger.models import Agency, Country, ImportKey, ImportRun, Person, Race, Stop, StopPrivate, Violation

BATCH = 5_000
FIRST_NUMBER = 1_000_000_000  # far above those that the ledger gives itself
Row = dict[str, str]


def bulk_create(path: Path) -> int:
    """Stops, persons, private parts and keys, all in one transaction. Returns the number of stops."""
    country, _ = Country.objects.get_or_create(name="USA")
    agency, _ = Agency.objects.get_or_create(name="Bulk Patrol", defaults={"country": country})
    run = ImportRun.objects.create(source="open-policing", file_name=path.name)
    races, violations = Race.objects.vocabulary(), Violation.objects.vocabulary()
    number, written = FIRST_NUMBER, 0
    with path.open(newline="", encoding="utf-8") as file, transaction.atomic():
        rows = csv.DictReader(file)
        while batch := list(islice(rows, BATCH)):
            stops = Stop.objects.bulk_create(
                _stop(row, number + written + place, agency, run, violations)
                for place, row in enumerate(batch)
            )
            pairs = list(zip(stops, batch, strict=True))
            Person.objects.bulk_create(_person(stop, row, races) for stop, row in pairs)
            StopPrivate.objects.bulk_create(
                StopPrivate(stop=stop, recorded=",".join(row.values())) for stop, row in pairs
            )
            ImportKey.objects.bulk_create(
                ImportKey(agency=agency, digest=uuid4(), occurrence=1, import_run=run, stop_id=stop.pk)
                for stop in stops
            )
            written += len(batch)
    return written


def _stop(row: Row, number: int, agency: Agency, run: ImportRun, violations: dict[str, int]) -> Stop:
    return Stop(
        number=number,
        agency=agency,
        stopped_on=row["date"],
        stopped_at=row["time"],
        stop_type=1,
        latitude=float(row["lat"]),
        longitude=float(row["lng"]),
        violation_id=violations.get(row["reason_for_stop"].lower()),
        import_run=run,
        import_row=int(row["raw_row_number"]),
    )


def _person(stop: Stop, row: Row, races: dict[str, int]) -> Person:
    return Person(
        stop=stop,
        role=1,
        gender=Gender.from_word(row["subject_sex"]) or 0,
        race_id=races.get(row["subject_race"].lower()),
        age=int(row["subject_age"]),
        outcome=Outcome.from_word(row["outcome"]) or 0,
        arrested=row["arrest_made"] == "TRUE",
        searched=row["search_conducted"] == "TRUE",
        frisked=row["frisk_performed"] == "TRUE",
    )


def to_sql(path: Path) -> int:
    """The file as it stands into one flat table. Returns its number of rows."""
    import pandas as pd
    from sqlalchemy import create_engine

    made = connection.get_new_connection(connection.get_connection_params())
    engine = create_engine("postgresql+psycopg://", creator=lambda: made)
    written = 0
    for frame in pd.read_csv(path, chunksize=BATCH * 10):
        frame.to_sql("flat_stops", engine, if_exists="append", index=False, chunksize=BATCH)
        written += len(frame)
    engine.dispose()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE flat_stops")
    return written


def rows_alone(path: Path) -> int:
    """The rows of the newest import into tables of the same columns, checks and indexes that hold nothing, without the file,
    without references and without cubes. Returns the number of stops."""
    run = ImportRun.objects.filter(state=ImportState.LOADED).latest("pk").pk
    with transaction.atomic(), connection.cursor() as cursor:
        for table, chosen in WRITTEN.items():
            cursor.execute(f"CREATE TABLE alone_{table} (LIKE {table} INCLUDING ALL)")
            cursor.execute(f"INSERT INTO alone_{table} SELECT t.* FROM {table} t {chosen}", [run])
        transaction.set_rollback(True)
    return Stop.objects.filter(import_run=run).count()


OF_STOP = "JOIN ledger_stop s ON s.id = t.stop_id WHERE s.import_run_id = %s"
WRITTEN = {
    "ledger_stop": "WHERE t.import_run_id = %s",
    "ledger_person": OF_STOP,
    "ledger_stopprivate": OF_STOP,
    "ledger_importkey": "WHERE t.import_run_id = %s",
    "insights_stopfact": "WHERE t.import_run = %s",
}
RIVALS: dict[str, Callable[[Path], int]] = {
    "rows_alone": rows_alone,
    "bulk_create": bulk_create,
    "to_sql": to_sql,
}


def measure(name: str, path: Path) -> dict[str, float]:
    begun = time.perf_counter()
    rows = RIVALS[name](path)
    seconds = time.perf_counter() - begun
    return {"rows": rows, "seconds": round(seconds, 2), "rows_per_second": round(rows / seconds)}
