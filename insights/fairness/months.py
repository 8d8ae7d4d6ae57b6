"""Months of agencies that tests may rest on, and rows drawn from them.

A month of an agency counts when it has at least 50 persons stopped and the columns that a test rests on are recorded
for at least half of them (Stanford Open Policing Project, `eligibility`): a month in which only searches of one group
were written down says more about the writing than about the searches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from insights.filters import Filters
from insights.relation import Rows

LEAST_OF_MONTH = 50
COVERAGE = 0.5


@dataclass(frozen=True)
class Month:
    """`kept` says whether it counts."""

    agency: int
    year: int
    month: int
    stops: int
    kept: bool


@dataclass(frozen=True)
class Drawn:
    """Cells, and what was left out of them: months of agencies, and persons stopped in those."""

    rows: Rows
    months: int
    months_left_out: int
    stops_left_out: int


def months_of_agencies(filters: Filters, known: Mapping[str, str]) -> list[Month]:
    """Every month of every agency within the filters. `known`: column of the facts → SQL that it was recorded."""
    covered = "".join(
        f" AND count(*) FILTER (WHERE {condition}) >= {COVERAGE} * count(*)" for condition in known.values()
    )
    select = f"""
        SELECT agency, year, month, count(*) AS stops, count(*) >= {LEAST_OF_MONTH}{covered} AS kept
        FROM facts GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """
    facts, params = facts_within(filters, ("agency", "year", "month", *known))
    return [Month(**row) for row in fetch(f"WITH facts AS NOT MATERIALIZED ({facts}) {select}", params)]


def drawn(
    filters: Filters,
    months: Sequence[Month],
    columns: Sequence[str],
    select: str,
    params: Sequence[Any],
    narrowed: Mapping[str, Any] | None = None,
) -> Drawn:
    """Rows of a SELECT over `facts`: those within the filters, of the months that count, with these columns. With
    `narrowed`, further conditions on the facts, these are read into memory before anything is joined to them.
    """
    facts, given = facts_within(filters, ("agency", "year", "month", *columns), narrowed)
    kept = [month for month in months if month.kept]
    keys: list[Any] = [[getattr(month, name) for month in kept] for name in ("agency", "year", "month")]
    if len(kept) == len(months):
        join, keys = "", []
    else:
        join = f" JOIN unnest({', '.join(['%s::smallint[]'] * 3)}) AS kept (agency, year, month) USING (agency, year, month)"
    how = "MATERIALIZED" if narrowed else "NOT MATERIALIZED"
    sql = f"WITH facts AS {how} (SELECT * FROM ({facts}) AS within{join}) {select}"
    rows = fetch(sql, [*given, *keys, *params])
    dropped = [month.stops for month in months if not month.kept]
    return Drawn(rows, len(kept), len(dropped), sum(dropped))


def facts_within(
    filters: Filters, columns: Sequence[str], narrowed: Mapping[str, Any] | None = None
) -> tuple[str, list[Any]]:
    """SELECT of the facts within the filters, also where nothing can pass them."""
    chosen = filters.facts().filter(**narrowed or {}).order_by().values(*dict.fromkeys(columns))
    sql, params = chosen.query.get_compiler("default", elide_empty=False).as_sql()
    return sql, list(params)


def fetch(sql: str, params: Sequence[Any]) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
