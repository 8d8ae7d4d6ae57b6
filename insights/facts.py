"""The facts and their cubes follow the ledger: added, replaced, taken away in the transaction that writes the ledger."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Min

from insights import cubes, prepared
from insights.models import StopFact, VehicleCount
from ledger.bare import bare_if_empty
from ledger.models import Agency, Stop
from ledger.planner import planned

FACTS_OF_PERSONS = (Path(__file__).parent / "sql" / "facts_of_persons.sql").read_text()
COLUMNS = (
    "id, stop, import_run, vehicle, day, minutes_x10, agency, country, post, area, year, month, hour, minute, violation, "
    "stop_type, outcome, gender, race, age, age_band, duration_band, searched, arrested, drugs, hit, discretionary, frisked"
)
NEW = """
    SELECT given.id FROM unnest(%s::bigint[]) AS given (id)
    WHERE given.id NOT IN (SELECT f.stop FROM insights_stopfact f WHERE f.stop = ANY(%s::bigint[]))
"""
CURRENT = """
    SELECT s.id FROM ledger_stop s
    WHERE NOT EXISTS (SELECT 1 FROM ledger_stop n WHERE n.supersedes_id = s.id)
      AND NOT EXISTS (SELECT 1 FROM ledger_importundo u WHERE u.import_run_id = s.import_run_id)
"""


TABLE = StopFact._meta.db_table
FEW = 100  # stops whose cells are worth counting here rather than in the database


def _insert(chosen: str, params: list[Any]) -> int:
    """Write the facts of the chosen stops. Returns the number of persons written."""
    with connection.cursor() as cursor:
        cursor.execute(_insertion(chosen), params)
        return int(cursor.rowcount)


def _insertion(chosen: str) -> str:
    return f"INSERT INTO insights_stopfact ({COLUMNS}) WITH chosen AS ({chosen}) {FACTS_OF_PERSONS}"


def _counted(sql: str, params: list[Any]) -> list[dict[str, Any]]:
    """Write or delete facts, and give back what the cubes count of them."""
    return prepared.rows(f"{sql} RETURNING {cubes.COUNTED}", params)


def _lock(mode: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE insights_stopfact IN {mode} MODE")


def add_stops(stop_ids: list[int]) -> int:
    """Facts of newly logged stops. Returns the number of persons added; stops that are there already add nothing."""
    if len(stop_ids) <= FEW:
        added = _counted(_insertion(NEW), [stop_ids, stop_ids])
        cubes.add(added)
        return len(added)
    known = set(StopFact.objects.filter(stop__in=stop_ids).values_list("stop", flat=True))
    new = [stop_id for stop_id in stop_ids if stop_id not in known]
    added_many = _insert(NEW, [new, new])
    cubes.fold("stop = ANY(%s)", [new])
    return added_many


def add_import(import_run_id: int) -> int:
    """Facts of a loaded import, once. Returns the number of persons added."""
    if StopFact.objects.filter(import_run=import_run_id).exists():
        return 0
    run = Stop.objects.filter(import_run=import_run_id).aggregate(Count("id"), Min("id"), Max("id"))
    with bare_if_empty(run["id__count"], (), keyless=[TABLE]), planned(enable_nestloop="off"):
        added = _insert_among(import_run_id, run["id__min"], run["id__max"])
    cubes.fold("import_run = %s", [import_run_id])
    return added


def _insert_among(import_run_id: int, first: int, last: int) -> int:
    """Write the facts of an import whose stops lie between two keys. Persons and private parts are read by that range, once,
    where the planner, which knows nothing of a run this young, would look each of them up."""
    sql = _insertion("SELECT id FROM ledger_stop WHERE import_run_id = %s")
    for table in ("p", "x"):
        join = f"{table}.stop_id = s.id"
        sql = sql.replace(join, f"{join} AND {table}.stop_id BETWEEN %s AND %s")
    with connection.cursor() as cursor:
        cursor.execute(sql, [import_run_id, *[first, last] * 2])
        return int(cursor.rowcount)


def replace_stop(old_id: int, new_id: int) -> None:
    """A correction: the facts of the version before go, those of the new one come."""
    gone = _counted("DELETE FROM insights_stopfact WHERE stop = %s", [old_id])
    come = _counted(_insertion(NEW), [[new_id], [new_id]])
    cubes.add(come, gone)


def remove_import(import_run_id: int) -> int:
    """An undone import leaves the facts. Returns the number of persons taken away."""
    _lock("ROW EXCLUSIVE")  # before the cubes, as all who write facts do: a rebuild comes before or after
    cubes.fold("import_run = %s", [import_run_id], sign=-1)
    return StopFact.objects.filter(import_run=import_run_id).delete()[0]


def forget_vehicle(stop_id: int) -> None:
    """A vehicle number was erased from a stop: its facts no longer count towards any vehicle."""
    of_stop = StopFact.objects.filter(stop=stop_id, vehicle__isnull=False)
    vehicle = of_stop.values_list("vehicle", flat=True).first()
    persons = of_stop.update(vehicle=None)  # none, when it was erased at this moment by another
    if vehicle is not None and persons:
        cubes.add((), [{"vehicle": vehicle, "stops": persons}], to=(VehicleCount,))


@dataclass(frozen=True)
class Part:
    """A part of the ledger: all of it, or that of some agencies, or that of a period of days, or both."""

    agencies: tuple[int, ...] | None = None
    days: tuple[date, date] | None = None  # the first and the last

    @classmethod
    def of(cls, agency_id: int | None = None, month: tuple[int, int] | None = None) -> Part:
        days = (date(*month, 1), date(*month, monthrange(*month)[1])) if month else None
        return cls((agency_id,) if agency_id is not None else None, days)

    def within(self, agency: str, day: str) -> tuple[str, list[Any]]:
        """Condition over columns of these names, and its values."""
        conditions, params = ["true"], list[Any]()
        if self.agencies is not None:
            conditions.append(f"{agency} = ANY(%s)")
            params.append(list(self.agencies))
        if self.days is not None:
            conditions.append(f"{day} BETWEEN %s AND %s")
            params += self.days
        return " AND ".join(conditions), params


def _current(part: Part) -> tuple[str, list[Any]]:
    within, params = part.within("s.agency_id", "s.stopped_on")
    return f"{CURRENT} AND {within}", params


@transaction.atomic
def rebuild(agency_id: int | None = None, month: tuple[int, int] | None = None) -> int:
    """Write facts and cubes anew from the ledger, all or those of an agency and month. Returns the number of persons."""
    part = Part.of(agency_id, month)
    within, params = part.within("agency", "day")
    _lock("SHARE ROW EXCLUSIVE")  # nobody may add while cells are counted anew
    scopes = scopes_of(agency_id, month)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM insights_stopfact WHERE {within}", params)
    written = _insert(*_current(part))
    for scope in scopes:
        cubes.rebuild(scope)
    return written


def scopes_of(agency_id: int | None, month: tuple[int, int] | None) -> list[dict[str, int]]:
    """What a part of the facts is in the cubes: one scope, or one a country when an agency was moved to another."""
    scope = dict(zip(("year", "month"), month or (), strict=False))
    if agency_id is None:
        return [scope]
    counted = (
        StopFact.objects.filter(agency=agency_id).order_by().values_list("country", flat=True).distinct()
    )
    countries = {*counted, Agency.objects.get(pk=agency_id).country_id}
    return [{"agency": agency_id, "country": country, **scope} for country in sorted(countries)]


def differences(part: Part) -> int:
    """Facts that the ledger does not give, and those that are missing, in a part of it. Nobody is kept from writing."""
    within, params = part.within("agency", "day")
    chosen, more = _current(part)
    sql = (
        f"WITH chosen AS ({chosen}), due AS ({FACTS_OF_PERSONS}), "
        f"held AS (SELECT {COLUMNS} FROM insights_stopfact WHERE {within}) "
        "SELECT (SELECT count(*) FROM (TABLE held EXCEPT ALL TABLE due) AS a) + "
        "(SELECT count(*) FROM (TABLE due EXCEPT ALL TABLE held) AS b)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*more, *params])
        return int(cursor.fetchone()[0])
