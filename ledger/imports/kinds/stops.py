"""Stops: the ledger itself. One row tells of one stop and one person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import ExpressionWrapper, F
from django.db.models.fields import DateTimeField

from ledger import signals
from ledger.bare import bare_if_empty
from ledger.choices import Flag
from ledger.imports import sql
from ledger.imports.kind import Found, Kind
from ledger.models import ImportKey, ImportRun, Stop

ONE_DAY = timedelta(days=1)
KEYED = ("ledger_stop",)  # its key is looked up while persons are written
KEYLESS = ("ledger_person", "ledger_stopprivate", "ledger_importkey")


class Stops(Kind):
    """All that a row may say of its stop, the person stopped, and what is kept apart to be erasable.

    Codes are numbers of the code lists; `post`, `officer`, `vehicle` and the area are found by name in the agency, or made.
    An empty list of grounds means "none at all".
    """

    name = "stops"
    plural = "stops"
    model = Stop
    keeps_record = True
    not_later = {"stopped_on": "stopped_at"}
    targets = {
        "agency": "text NOT NULL",
        "stopped_on": "date NOT NULL",
        "stopped_at": "time",
        "stop_type": "smallint",
        "duration_minutes": "smallint",
        "duration_band": "smallint",
        "violation_id": "smallint",
        "drugs_related": "boolean",
        "latitude": "double precision",
        "longitude": "double precision",
        "post": "text",
        "officer": "text",
        "area_kind": "text",
        "area_name": "text",
        "vehicle": "text",
        "words": "text",
        "place": "text",
        "late_reason": "text",
        "role": "smallint",
        "gender": "smallint",
        "race_id": "smallint",
        "age": "smallint",
        "age_band": "smallint",
        "outcome": "smallint",
        "arrested": "boolean",
        "searched": "boolean",
        "search_bases": "smallint[]",
        "frisked": "boolean",
        "contraband_found": "boolean",
        "contraband": "smallint[]",
    }

    def find_new(self, storing: bool) -> Found:
        bits: dict[str, int] = {flag.name.lower(): flag.value for flag in Flag}
        found = sql.run("import_new", {**bits, "storing": storing})
        if not found:
            return Found(0)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE import_new (row, agency_id, vehicle)")
            inner, params = _current_with_vehicle()
            marked = f"WITH current (agency_id, vehicle_id, moment) AS ({inner}) {sql.statement('import_duplicates')}"
            cursor.execute(marked, [*params, Flag.DUPLICATE.value])
        return Found(found, sql.value("SELECT count(*) FROM import_new WHERE flags > 0"))

    def insert(self, run: ImportRun) -> None:
        """Write stops, persons, private parts and keys, and tell the facts."""
        sql.run("import_names")
        with bare_if_empty(run.rows_new, KEYED, keyless=KEYLESS):
            sql.run("import_stops", [run.pk])
            sql.run("import_persons")
            sql.run("import_private")
            sql.run("import_keys", [run.pk])
        signals.stops_added.send(sender=ImportRun, import_run_id=run.pk)

    def take_back(self, run: ImportRun) -> None:
        ImportKey.objects.filter(import_run=run).delete()


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
    statement, params = stops.query.get_compiler("default", elide_empty=False).as_sql()
    return statement, params
