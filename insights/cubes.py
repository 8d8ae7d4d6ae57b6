"""Keeping the cubes: added to and taken from with the facts, in the same transaction; rebuilt and compared for repair.

Every function works on the facts that a condition chooses; `where` is SQL over `insights_stopfact` with `%s` for values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from insights.measures import MEASURES
from insights.models import CUBES, Cube

# Key columns that a fact holds under another name or type.
KEY_EXPRESSIONS = {
    "searched_mark": "coalesce(searched::int, -1)",
    "arrested_mark": "coalesce(arrested::int, -1)",
    "drugs_mark": "coalesce(drugs::int, -1)",
}


def sums_of_facts(cube: type[Cube], where: str, sign: int = 1) -> str:
    """SELECT of a cube's cells as the chosen facts make them, in key order, so that writers lock cells alike."""
    keys = [f"{KEY_EXPRESSIONS.get(key, key)} AS {key}" for key in cube.key_columns()]
    country = [] if "country" in cube.key_columns() else ["max(country) AS country"]
    sums = [f"{sign} * sum({expression}) AS {name}" for name, expression in MEASURES.items()]
    places = ", ".join(str(place + 1) for place in range(len(keys)))
    return (
        f"SELECT {', '.join(keys + country + sums)} FROM insights_stopfact WHERE {where} "
        f"GROUP BY {places} ORDER BY {places}"
    )


def columns_of(cube: type[Cube]) -> list[str]:
    """Column names of a cube in the order of `sums_of_facts`."""
    country = [] if "country" in cube.key_columns() else ["country"]
    return [*cube.key_columns(), *country, *MEASURES]


def fold(where: str, params: Sequence[Any], sign: int = 1) -> None:
    """Add the chosen facts to every cube (`sign` 1), or take them away (-1)."""
    with connection.cursor() as cursor:
        for cube in CUBES:
            table = cube._meta.db_table
            update = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in MEASURES)
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns_of(cube))}) {sums_of_facts(cube, where, sign)} "
                f"ON CONFLICT ({', '.join(cube.key_columns())}) DO UPDATE SET {update}",
                params,
            )


def rebuild(scope: dict[str, int]) -> None:
    """Write the cells of a scope anew from the facts. `scope` names agency, country, year, month; empty means all.

    A cube without an agency is rewritten for the agency's whole country, one without a month for the whole year.
    """
    with connection.cursor() as cursor:
        for cube in CUBES:
            kept = {name: value for name, value in scope.items() if name in (*cube.key_columns(), "country")}
            where = " AND ".join(f"{name} = %s" for name in kept) or "true"
            cursor.execute(f"DELETE FROM {cube._meta.db_table} WHERE {where}", list(kept.values()))
            cursor.execute(
                f"INSERT INTO {cube._meta.db_table} ({', '.join(columns_of(cube))}) {sums_of_facts(cube, where)}",
                list(kept.values()),
            )


def differences(where: str = "true", params: Sequence[Any] = ()) -> dict[str, int]:
    """Cells in which a cube and the facts disagree, by cube; `where` is over columns that all of them hold.

    An empty answer is a sound one. Cells with no stops are left out on both sides: they stand for nothing.
    """
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for cube in CUBES:
            names = ", ".join(columns_of(cube))
            held = f"SELECT {names} FROM {cube._meta.db_table} WHERE stops <> 0 AND {where}"
            due = f"SELECT {names} FROM ({sums_of_facts(cube, where)}) AS due"
            cursor.execute(
                f"SELECT (SELECT count(*) FROM ({held} EXCEPT ALL {due}) AS a) + "
                f"(SELECT count(*) FROM ({due} EXCEPT ALL {held}) AS b)",
                [*params, *params, *params, *params],
            )
            if count := cursor.fetchone()[0]:
                found[cube.__name__] = count
    return found
