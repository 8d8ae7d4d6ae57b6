"""Stops: the ledger itself. One row tells of one stop and one person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import ExpressionWrapper, F
from django.db.models.fields import DateTimeField
from django.db.transaction import atomic

from ledger import signals
from ledger.bare import bare_if_empty
from ledger.choices import Flag
from ledger.imports import sql
from ledger.imports.kind import Found, Kind
from ledger.models import ImportKey, ImportRun, Stop
from ledger.planner import planned

ONE_DAY = timedelta(days=1)
NAMED = {  # a target that names something, and what is made of it
    "area_name": "INSERT INTO ledger_area (agency_id, kind, name, code) SELECT DISTINCT agency_id, area_kind, area_name, ''",
    "post": "INSERT INTO ledger_post (agency_id, name) SELECT DISTINCT agency_id, post",
    "officer": "INSERT INTO ledger_officer (agency_id, number, active) SELECT DISTINCT agency_id, officer, true",
    "vehicle": "INSERT INTO ledger_vehicle (number) SELECT DISTINCT vehicle",
}
# Keys are looked up in their index, whatever the planner thinks of it; and nothing is written that a crash may not lose.
BY_INDEX = {"enable_hashjoin": "off", "enable_mergejoin": "off", "synchronous_commit": "off"}
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
    waiting = "import_rows"
    looked_up = "row, digest, agency, vehicle"
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

    def make_ready(self) -> None:
        with connection.cursor() as cursor:
            rows = sql.statement("import_rows")
            cursor.execute(f"CREATE TEMP TABLE import_rows AS {rows} WITH NO DATA", self._values(False))
        sql.run("import_new")

    def take_piece(self, storing: bool) -> None:
        """Rows are compared with the ledger a piece at a time, while other processors clean the next ones."""
        with atomic(), planned(**BY_INDEX), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO import_rows {sql.statement('import_rows')}", self._values(storing))
            cursor.execute("TRUNCATE import_staging")

    def find_new(self, storing: bool) -> Found:
        sql.run("import_repeated", self._values(storing))
        reach = _reach_of_new()
        if not reach.vehicles:
            return Found(reach.rows, reach.flagged)
        with connection.cursor() as cursor:
            inner, params = _current_with_vehicle(reach)
            marked = f"WITH current (agency_id, vehicle_id, moment) AS ({inner}) {sql.statement('import_duplicates')}"
            cursor.execute(marked, [*params, Flag.DUPLICATE.value])
        return Found(reach.rows, sql.value("SELECT count(*) FROM import_new WHERE flags > 0"))

    def _values(self, storing: bool) -> dict[str, Any]:
        return {**{flag.name.lower(): flag.value for flag in Flag}, "storing": storing}

    def insert(self, run: ImportRun) -> None:
        """Write stops, persons, private parts and keys, and tell the facts."""
        _make_named()
        with bare_if_empty(run.rows_new, KEYED, keyless=KEYLESS):
            sql.run("import_stops", [run.pk])
            sql.run("import_persons")
            sql.run("import_private")
            sql.run("import_keys", [run.pk])
        signals.stops_added.send(sender=ImportRun, import_run_id=run.pk)

    def take_back(self, run: ImportRun) -> None:
        ImportKey.objects.filter(import_run=run).delete()


def _make_named() -> None:
    """Areas, posts, officers and vehicles that the new rows name and the ledger does not know yet."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'count({column})' for column in NAMED)} FROM import_new")
        for (column, made), named in zip(NAMED.items(), cursor.fetchone(), strict=True):
            if named:
                cursor.execute(
                    f"{made} FROM import_new WHERE {column} IS NOT NULL ORDER BY {column} ON CONFLICT DO NOTHING"
                )


class _Reach(NamedTuple):
    """What the new rows reach: how many, of which agencies that the ledger knows, from which day to which."""

    rows: int
    flagged: int
    vehicles: int
    agencies: list[int]
    first: date
    last: date


def _reach_of_new() -> _Reach:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE flags > 0), count(vehicle), "
            "array_remove(array_agg(DISTINCT agency_id), NULL), min(stopped_on), max(stopped_on) FROM import_new"
        )
        return _Reach(*cursor.fetchone())


def _current_with_vehicle(reach: _Reach) -> tuple[str, tuple[Any, ...]]:
    """SQL of the ledger's current stops with vehicle and time, of the new rows' agencies and days and those beside them:
    agency_id, vehicle_id, moment.
    """
    moment = ExpressionWrapper(F("stopped_on") + F("stopped_at"), output_field=DateTimeField())
    stops = (
        Stop.objects.current()
        .filter(private__vehicle__isnull=False, stopped_at__isnull=False)
        .filter(agency__in=reach.agencies, stopped_on__range=(reach.first - ONE_DAY, reach.last + ONE_DAY))
        .order_by()
        .annotate(moment=moment)
        .values("agency_id", "private__vehicle_id", "moment")
    )
    statement, params = stops.query.get_compiler("default", elide_empty=False).as_sql()
    return statement, params
