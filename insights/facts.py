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
CURRENT = """
    SELECT s.id FROM ledger_stop s
    WHERE NOT EXISTS (SELECT 1 FROM ledger_stop n WHERE n.supersedes_id = s.id)
      AND NOT EXISTS (SELECT 1 FROM ledger_importundo u WHERE u.import_run_id = s.import_run_id)
"""


def _insert(chosen: str, params: list[Any]) -> int:
    """Write the facts of the chosen stops. Returns the number of persons written."""
    sql = f"INSERT INTO insights_stopfact ({COLUMNS}) WITH chosen AS ({chosen}) {FACTS_OF_PERSONS}"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def add_stops(stop_ids: list[int]) -> int:
    """Facts of newly logged stops. Returns the number of persons added; stops that are there already add nothing."""
    known = set(StopFact.objects.filter(stop__in=stop_ids).values_list("stop", flat=True))
    new = [stop_id for stop_id in stop_ids if stop_id not in known]
    added = _insert("SELECT unnest(%s::bigint[]) AS id", [new]) if new else 0
    if added:
        cubes.fold("stop = ANY(%s)", [new])
    return added


def add_import(import_run_id: int) -> int:
    """Facts of a loaded import, once. Returns the number of persons added."""
    if StopFact.objects.filter(import_run=import_run_id).exists():
        return 0
    added = _insert("SELECT id FROM ledger_stop WHERE import_run_id = %s", [import_run_id])
    cubes.fold("import_run = %s", [import_run_id])
    return added


def replace_stop(old_id: int, new_id: int) -> None:
    """A correction: the facts of the version before go, those of the new one come."""
    cubes.fold("stop = %s", [old_id], sign=-1)
    StopFact.objects.filter(stop=old_id).delete()
    add_stops([new_id])


def remove_import(import_run_id: int) -> int:
    """An undone import leaves the facts. Returns the number of persons taken away."""
    cubes.fold("import_run = %s", [import_run_id], sign=-1)
    return StopFact.objects.filter(import_run=import_run_id).delete()[0]


def forget_vehicle(stop_id: int) -> None:
    """A vehicle number was erased from a stop: its facts no longer count towards any vehicle."""
    StopFact.objects.filter(stop=stop_id).update(vehicle=None)


@transaction.atomic
def rebuild(agency_id: int | None = None, month: tuple[int, int] | None = None) -> int:
    """Write facts and cubes anew from the ledger, all or those of an agency and month. Returns the number of persons."""
    where, scope = "", {}
    with connection.cursor() as cursor:  # nobody may add while cells are counted anew
        cursor.execute("LOCK TABLE insights_stopfact IN SHARE ROW EXCLUSIVE MODE")
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
