"""The facts and their cubes follow the ledger: added, replaced, taken away in the transaction that writes the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connection, transaction

from insights import cubes
from insights.models import StopFact
from ledger.models import Agency

FACTS_OF_PERSONS = (Path(__file__).parent / "sql" / "facts_of_persons.sql").read_text()
COLUMNS = (
    "id, stop, import_run, vehicle, day, minutes_x10, agency, country, post, area, year, month, hour, minute, violation, "
    "stop_type, outcome, gender, race, age, age_band, duration_band, searched, arrested, drugs, hit, discretionary, frisked"
)
NEW = """
    SELECT given.id FROM unnest(%s::bigint[]) AS given (id)
    WHERE NOT EXISTS (SELECT 1 FROM insights_stopfact f WHERE f.stop = given.id)
"""
CURRENT = """
    SELECT s.id FROM ledger_stop s
    WHERE NOT EXISTS (SELECT 1 FROM ledger_stop n WHERE n.supersedes_id = s.id)
      AND NOT EXISTS (SELECT 1 FROM ledger_importundo u WHERE u.import_run_id = s.import_run_id)
"""


FEW = 100  # stops whose cells are worth counting here rather than in the database


def _insert(chosen: str, params: list[Any]) -> int:
    """Write the facts of the chosen stops. Returns the number of persons written."""
    with connection.cursor() as cursor:
        cursor.execute(_insertion(chosen), params)
        return int(cursor.rowcount)


def _insertion(chosen: str) -> str:
    return f"INSERT INTO insights_stopfact ({COLUMNS}) WITH chosen AS ({chosen}) {FACTS_OF_PERSONS}"


def _counted(sql: str, params: list[Any]) -> list[cubes.Counted]:
    """Write or delete facts, and give back what the cubes count of them."""
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING {cubes.COUNTED}", params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _lock(mode: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE insights_stopfact IN {mode} MODE")


def add_stops(stop_ids: list[int]) -> int:
    """Facts of newly logged stops. Returns the number of persons added; stops that are there already add nothing."""
    if len(stop_ids) <= FEW:
        added = _counted(_insertion(NEW), [stop_ids])
        cubes.add(added)
        return len(added)
    known = set(StopFact.objects.filter(stop__in=stop_ids).values_list("stop", flat=True))
    new = [stop_id for stop_id in stop_ids if stop_id not in known]
    added_many = _insert(NEW, [new])
    cubes.fold("stop = ANY(%s)", [new])
    return added_many


def add_import(import_run_id: int) -> int:
    """Facts of a loaded import, once. Returns the number of persons added."""
    if StopFact.objects.filter(import_run=import_run_id).exists():
        return 0
    added = _insert("SELECT id FROM ledger_stop WHERE import_run_id = %s", [import_run_id])
    cubes.fold("import_run = %s", [import_run_id])
    return added


def replace_stop(old_id: int, new_id: int) -> None:
    """A correction: the facts of the version before go, those of the new one come."""
    gone = _counted("DELETE FROM insights_stopfact WHERE stop = %s", [old_id])
    come = _counted(_insertion(NEW), [[new_id]])
    cubes.add(come, gone)


def remove_import(import_run_id: int) -> int:
    """An undone import leaves the facts. Returns the number of persons taken away."""
    _lock("ROW EXCLUSIVE")  # before the cubes, as all who write facts do: a rebuild comes before or after
    cubes.fold("import_run = %s", [import_run_id], sign=-1)
    return StopFact.objects.filter(import_run=import_run_id).delete()[0]


def forget_vehicle(stop_id: int) -> None:
    """A vehicle number was erased from a stop: its facts no longer count towards any vehicle."""
    StopFact.objects.filter(stop=stop_id).update(vehicle=None)


@transaction.atomic
def rebuild(agency_id: int | None = None, month: tuple[int, int] | None = None) -> int:
    """Write facts and cubes anew from the ledger, all or those of an agency and month. Returns the number of persons."""
    where, scope = "", {}
    _lock("SHARE ROW EXCLUSIVE")  # nobody may add while cells are counted anew
    if agency_id is not None:
        where += " AND s.agency_id = %s"
        scope["agency"] = agency_id
    if month is not None:
        where += " AND extract(year FROM s.stopped_on) = %s AND extract(month FROM s.stopped_on) = %s"
        scope |= {"year": month[0], "month": month[1]}
    StopFact.objects.filter(**scope).delete()
    written = _insert(CURRENT + where, list(scope.values()))
    if agency_id is not None:
        scope["country"] = Agency.objects.get(pk=agency_id).country_id
    cubes.rebuild(scope)
    return written
