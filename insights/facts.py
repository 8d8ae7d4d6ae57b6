"""The facts follow the ledger: added, replaced and taken away in the transaction that writes the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connection, transaction

from insights.models import StopFact

FACTS_OF_PERSONS = (Path(__file__).parent / "sql" / "facts_of_persons.sql").read_text()
COLUMNS = (
    "id, stop, import_run, vehicle, day, minutes_x10, agency, country, post, year, month, hour, violation, outcome, "
    "gender, race, age, age_band, duration_band, searched, arrested, drugs, hit"
)
CURRENT = """
    SELECT s.id FROM ledger_stop s
    WHERE NOT EXISTS (SELECT 1 FROM ledger_stop n WHERE n.supersedes_id = s.id)
      AND NOT EXISTS (SELECT 1 FROM ledger_importundo u WHERE u.import_run_id = s.import_run_id)
"""


def _insert(chosen: str, params: list[Any]) -> int:
    """Write the facts of the chosen stops. A fact that is there already stays: adding twice adds nothing."""
    sql = (
        f"INSERT INTO insights_stopfact ({COLUMNS}) WITH chosen AS ({chosen}) {FACTS_OF_PERSONS} "  # noqa: S608
        "ON CONFLICT (agency, id) DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def add_stops(stop_ids: list[int]) -> int:
    """Facts of newly logged stops. Returns the number of persons added."""
    return _insert("SELECT unnest(%s::bigint[]) AS id", [stop_ids])


def add_import(import_run_id: int) -> int:
    """Facts of a loaded import. Returns the number of persons added."""
    return _insert("SELECT id FROM ledger_stop WHERE import_run_id = %s", [import_run_id])


def replace_stop(old_id: int, new_id: int) -> None:
    """A correction: the facts of the version before go, those of the new one come."""
    StopFact.objects.filter(stop=old_id).delete()
    add_stops([new_id])


def remove_import(import_run_id: int) -> int:
    """An undone import leaves the facts. Returns the number of persons taken away."""
    return StopFact.objects.filter(import_run=import_run_id).delete()[0]


def forget_vehicle(stop_id: int) -> None:
    """A vehicle number was erased from a stop: its facts no longer count towards any vehicle."""
    StopFact.objects.filter(stop=stop_id).update(vehicle=None)


@transaction.atomic
def rebuild(agency_id: int | None = None, month: tuple[int, int] | None = None) -> int:
    """Write the facts anew from the ledger, all or those of an agency and month. Returns the number of persons."""
    where, params, doomed = "", [], StopFact.objects.all()
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE insights_stopfact IN SHARE ROW EXCLUSIVE MODE")
    if agency_id is not None:
        doomed = doomed.filter(agency=agency_id)
        where, params = where + " AND s.agency_id = %s", [*params, agency_id]
    if month is not None:
        doomed = doomed.filter(year=month[0], month=month[1])
        where += " AND extract(year FROM s.stopped_on) = %s AND extract(month FROM s.stopped_on) = %s"
        params = [*params, *month]
    doomed.delete()
    return _insert(CURRENT + where, params)
