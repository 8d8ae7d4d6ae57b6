"""Questions about vehicles: distinct stops, counted on the facts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from insights.models import StopFact
from insights.relation import Result

LEADING = (Path(__file__).parent / "sql" / "leading_vehicles.sql").read_text()
Counted = Any  # vehicle and stops: a queryset of groups, for which the stubs have no type


def _by_vehicle(facts: QuerySet[StopFact]) -> Counted:
    known = facts.filter(vehicle__isnull=False).order_by()
    return known.values("vehicle").annotate(stops=Count("stop", distinct=True))


def most_stopped(facts: QuerySet[StopFact], places: int) -> Result:
    """The vehicles with the most stops, ties by number: the number as `vehicle`, the ledger's key as `id`, `stops`."""
    known = facts.filter(vehicle__isnull=False).order_by().values("vehicle", "stop")
    # Compiled with `elide_empty` off, so that a filter nothing can pass still gives SQL.
    chosen, params = known.query.get_compiler("default", elide_empty=False).as_sql()
    sql = f"WITH known AS ({chosen})\n{LEADING.format(places=int(places))}"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return Result(rows, cursor.mogrify(sql, params))


def frequent(facts: QuerySet[StopFact], places: int) -> QuerySet[StopFact]:
    """The facts of the vehicles that may be among the first so many by stops.

    Counting persons is much quicker than counting different stops, and no vehicle has more stops than persons: whoever
    has fewer persons than the last of the leading vehicles has stops is left out.
    """
    persons = facts.filter(vehicle__isnull=False).order_by().values("vehicle").annotate(persons=Count("id"))
    leading = _by_vehicle(facts.filter(vehicle__in=persons.order_by("-persons").values("vehicle")[:places]))
    least = min((row["stops"] for row in leading), default=0)
    return facts.filter(vehicle__in=persons.filter(persons__gte=least).values("vehicle"))


def stops_of(facts: QuerySet[StopFact], vehicles: Sequence[int]) -> dict[int, int]:
    """Stops of some vehicles, by the vehicle's number in the ledger."""
    counted = _by_vehicle(facts.filter(vehicle__in=vehicles))
    return {row["vehicle"]: row["stops"] for row in counted}
