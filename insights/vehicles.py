"""Questions about vehicles: distinct stops, counted on the facts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery

from insights.models import StopFact
from insights.relation import Result
from ledger.models import Vehicle

Counted = (
    Any  # vehicle, stops and, when named, number: a queryset of groups, for which the stubs have no type
)
NUMBER = Subquery(Vehicle.objects.filter(pk=OuterRef("vehicle")).values("number"))


def _by_vehicle(facts: QuerySet[StopFact]) -> Counted:
    known = facts.filter(vehicle__isnull=False).order_by()
    return known.values("vehicle").annotate(stops=Count("stop", distinct=True))


def most_stopped(facts: QuerySet[StopFact], places: int | None) -> Counted:
    """The vehicles with the most stops, ties by number.

    The count at the last place comes first, so that numbers are looked up only of vehicles which reach it.
    """
    counted = _by_vehicle(facts)
    last = counted.order_by("-stops").values_list("stops", flat=True)
    least = last[places - 1 : places].first() if places else None
    reaching = counted.filter(stops__gte=least or 1).annotate(number=NUMBER)
    return reaching.order_by("-stops", "number")[:places]


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


def fetched(counted: Counted) -> Result:
    """Rows with the number plate as `vehicle`, and the SQL that gave them."""
    sql, params = counted.query.get_compiler("default", elide_empty=False).as_sql()
    rows = [{"vehicle": row["number"], "id": row["vehicle"], "stops": row["stops"]} for row in counted]
    with connection.cursor() as cursor:
        return Result(rows, cursor.mogrify(sql, params))
