"""The relation `stops`: persons stopped within the filters, with dimension columns and summed measures.

Every question is a GROUP BY over it, written in SQL of its own, in a file or from its declaration. What stands behind
the name is decided here only. Codes are small integers, 0 is Unknown, hour -1 is unknown.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from insights.arms import stops_by
from insights.filters import Filters
from insights.gathering import held
from insights.measures import MEASURES
from insights.navigator import best_route
from insights.sizes import sizes

DIMENSIONS = (
    "country",
    "agency",
    "post",
    "area",
    "year",
    "month",
    "hour",
    "violation",
    "outcome",
    "gender",
    "race",
    "age_band",
    "weekday",
)
# Dimensions worked out from others: an expression over their codes, and which those are.
DERIVED = {
    "quarter": ("(month + 2) / 3", ("month",)),
    "period": (
        "CASE WHEN hour < 0 THEN 'Unknown' WHEN hour >= 20 OR hour < 5 THEN 'Night' ELSE 'Day' END",
        ("hour",),
    ),
}
# Counts that follow from measures by inclusion and exclusion or addition.
FORMULAS = {
    "either": "sum(searches) + sum(arrests) - sum(searched_arrested)",
    "durations": "sum(d_0_15) + sum(d_16_30) + sum(d_30_plus)",
}
# The measures that a formula is made of.
PARTS = {
    "either": ("searches", "arrests", "searched_arrested"),
    "durations": ("d_0_15", "d_16_30", "d_30_plus"),
}
Rows = list[dict[str, Any]]
Month = tuple[int, int]  # year, month
Months = tuple[Month, Month] | None  # the first and the last; None when there is none


@dataclass(frozen=True)
class Result:
    """Rows by column name, and the SQL that gave them, values filled in."""

    rows: Rows
    sql: str
    reads: str = "facts"  # the relation that was read: a cube, a cube and facts, or the facts


def sum_of(measure: str) -> str:
    """SQL of a measure summed over a group of the relation."""
    return FORMULAS.get(measure, f"sum({measure})")


def relation(
    filters: Filters, dims: Sequence[str], measures: Sequence[str]
) -> tuple[str, Sequence[Any], str]:
    """The common table expression `stops` with at least these columns, its parameters, and what stands behind it."""
    columns = summed(measures)
    route = best_route(filters, dims, columns, sizes())
    sql, params = stops_by(route, filters, dims, columns)
    return f"stops AS (\n{sql}\n)", params, route.reads


def summed(measures: Sequence[str]) -> list[str]:
    """The columns of the relation that these measures need, each once."""
    return list(dict.fromkeys(part for name in measures for part in PARTS.get(name, (name,))))


def run_sql(select: str, filters: Filters, dims: Sequence[str], measures: Sequence[str]) -> Result:
    """Rows of a SELECT over the relation `stops`; `dims` and `measures` are the columns it reads.

    The SELECT holds no parameters of its own.
    """
    common, params, reads = relation(filters, dims, measures)
    kept = held(filters, dims, summed(measures))
    select = select.strip().replace("%", "%%")
    sql = f"WITH {common}\n{select}"
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {kept}\n{select}" if kept else sql, params if not kept else ())
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return Result(rows, cursor.mogrify(sql, params), reads)


def tally_sql(
    dims: Sequence[str],
    measures: Sequence[str],
    more: Mapping[str, str] | None = None,
    where: str = "",
) -> str:
    """SELECT that groups by dimensions and sums measures; `more` are further expressions by name."""
    unknown = ({*dims} - {*DIMENSIONS, *DERIVED}) | ({*measures} - {*MEASURES} - {*FORMULAS})
    if unknown:
        raise ValueError(f"The relation has no {', '.join(sorted(unknown))}.")
    sums = [f"coalesce({sum_of(name)}, 0) AS {name}" for name in measures]
    groups = [f"{DERIVED[name][0]} AS {name}" if name in DERIVED else name for name in dims]
    listed = ",\n  ".join([*groups, *sums, *(f"{sql} AS {name}" for name, sql in (more or {}).items())])
    parts = [f"SELECT {listed}", "FROM stops", f"WHERE {where}" if where else ""]
    places = ", ".join(str(place) for place in range(1, len(dims) + 1))
    parts.append(f"GROUP BY {places}" if dims else "")
    return "\n".join(part for part in parts if part)


def base_dimensions(dims: Iterable[str]) -> tuple[str, ...]:
    """The columns of the relation that dimensions are read from, each once."""
    return tuple(
        dict.fromkeys(one for name in dims for one in (DERIVED[name][1] if name in DERIVED else (name,)))
    )


def share_sql(measure: str, within: Sequence[str]) -> str:
    """A group's part of all rows, or of the rows that agree in some dimensions; a fraction."""
    part = sum_of(measure)
    partition = f"PARTITION BY {', '.join(within)}" if within else ""
    return f"({part})::float8 / (sum({part}) OVER ({partition}))::float8"


def tally(filters: Filters, dims: Sequence[str], measures: Sequence[str], drop: Collection[str] = ()) -> Rows:
    """Measures summed by dimensions, in codes, within the filters less those dropped. Without dimensions: one row."""
    return run_sql(tally_sql(dims, measures), filters.without(*drop), dims, measures).rows


ALWAYS_IN_CUBES = ("country", "agency", "date_after", "date_before")


def months_of(filters: Filters) -> Months:
    """First and last month with a stop within the filters.

    Where a cube would not do, the ends within the filters that cubes hold are looked at: mostly somebody within all
    filters was stopped in both of these months, and then the facts need not all be read.
    """
    always = set(filters.values) <= set(ALWAYS_IN_CUBES)
    if (
        always
        or held(filters, ("year", "month"), ())
        or best_route(filters, ("year", "month"), (), sizes()).cube
    ):
        return _ends(filters)
    wide = _ends(filters.only(*ALWAYS_IN_CUBES))
    if wide is None:
        return None
    if all(_within_month(filters, month).facts().exists() for month in wide):
        return wide
    return _ends(filters)


def _ends(filters: Filters) -> Months:
    select = "SELECT min(year * 100 + month) AS first, max(year * 100 + month) AS last FROM stops"
    row = run_sql(select, filters, ("year", "month"), ()).rows[0]
    if row["first"] is None:
        return None
    return divmod(row["first"], 100), divmod(row["last"], 100)


def _within_month(filters: Filters, month: Month) -> Filters:
    first, last = date(*month, 1), date(*month, monthrange(*month)[1])
    after, before = filters.values.get("date_after", first), filters.values.get("date_before", last)
    return filters.put(date_after=max(first, after), date_before=min(last, before))
