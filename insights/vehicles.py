"""Questions about vehicles: distinct stops, counted on the facts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from insights.models import StopFact, VehicleCount
from insights.models.cubes import FREQUENT
from insights.relation import Result

LEADING = (Path(__file__).parent / "sql" / "leading_vehicles.sql").read_text()
TRIED = 200  # vehicles whose stops are counted first
MOST_LOOKED_UP = 200_000  # facts that are looked up one by one rather than read in passing
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
    """The facts of the vehicles that may be among the first so many by stops; all facts, where that would not be quicker.

    No vehicle has more stops within a filter than persons anywhere (`VehicleCount`). So the stops of the vehicles with
    the most persons are counted first, and whoever has fewer persons than the last of the leading ones has stops is out.
    """
    counts = VehicleCount.objects.filter(stops__gte=FREQUENT).order_by("-stops")
    first = list(counts.values_list("vehicle", flat=True)[:TRIED])
    leading = sorted(stops_of(facts, first).values(), reverse=True)[:places]
    if len(leading) < places or leading[-1] < FREQUENT:
        return facts
    reaching = VehicleCount.objects.filter(stops__gte=leading[-1]).order_by()
    if (reaching.aggregate(persons=Sum("stops"))["persons"] or 0) > MOST_LOOKED_UP:
        return facts
    return facts.filter(vehicle__in=list(reaching.values_list("vehicle", flat=True)))


def stops_of(facts: QuerySet[StopFact], vehicles: Sequence[int]) -> dict[int, int]:
    """Stops of some vehicles, by the vehicle's number in the ledger."""
    counted = _by_vehicle(facts.filter(vehicle__in=vehicles))
    return {row["vehicle"]: row["stops"] for row in counted}
