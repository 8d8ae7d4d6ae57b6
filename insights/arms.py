"""The relation `stops` put together from a cube and, for the days it does not cover, from the facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from insights.filters import Filters, with_weekday
from insights.measures import MEASURES
from insights.models import Cube
from insights.navigator import Days, Route

# What else of a fact the measures are made of.
RECORDED = ("searched", "arrested", "drugs", "hit", "frisked", "outcome", "minutes_x10", "duration_band")

Sql = tuple[str, list[Any]]


def stops_by(route: Route, filters: Filters, dims: Sequence[str], measures: Sequence[str]) -> Sql:
    """SELECT of the relation's rows by a route: one arm from the cube, one for each rest from the facts."""
    if route.cube is None:
        return facts_arm(filters, dims, measures)
    arms = [cube_arm(route.cube, route, dims, measures)]
    arms += [facts_arm(_between(filters, days), dims, measures) for days in route.rest]
    return "\n  UNION ALL\n".join(sql for sql, _ in arms), [value for _, params in arms for value in params]


def facts_arm(filters: Filters, dims: Sequence[str], measures: Sequence[str]) -> Sql:
    """Each fact within the filters, its measures 0 or 1."""
    # Compiled with `elide_empty` off, so that a filter nothing can pass still gives SQL: counts are 0, not missing.
    chosen = with_weekday(filters.facts()).order_by().values(*dict.fromkeys((*dims, *RECORDED)))
    facts, params = chosen.query.get_compiler("default", elide_empty=False).as_sql()
    columns = ", ".join([*dims, *(f"{MEASURES[name]} AS {name}" for name in measures)])
    return f"  SELECT {columns}\n  FROM ({facts}) AS facts", list(params)


def cube_arm(cube: type[Cube], route: Route, dims: Sequence[str], measures: Sequence[str]) -> Sql:
    """Each cell of the cube within the filters. A cell that holds nobody stands for nothing and is left out."""
    columns = ", ".join([*dims, *(f"{route.measures[name]} AS {name}" for name in measures)])
    where = " AND ".join([f"({route.measures['stops']}) <> 0", *route.conditions])
    return f"  SELECT {columns}\n  FROM {cube._meta.db_table}\n  WHERE {where}", list(route.params)


def _between(filters: Filters, days: Days) -> Filters:
    first, last = days
    given: dict[str, Any] = {"date_after": first, "date_before": last}
    known = {name: day for name, day in given.items() if day is not None}
    return filters.without(*given).put("", **known)
