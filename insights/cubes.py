"""Keeping the cubes: added to and taken from with the facts, in the same transaction; rebuilt and compared for repair.

Two ways of adding, which give the same: `fold` sums many facts in the database; `add` takes the few of a stop that was
just written, whose cells then need no look at the facts. Both write the cubes in the order of `CUBES` and the cells of
each in the order of their keys, once in a transaction: writers who wait for each other never wait in a circle.

`where` is SQL over `insights_stopfact` with `%s` for values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


# What `add` needs of a fact: for a RETURNING of the statement that writes or deletes it.
KEYS = tuple(dict.fromkeys(key for cube in CUBES for key in ("country", *cube.key_columns())))
COUNTED = ", ".join(
    f"{expression} AS {name}"
    for name, expression in ({key: KEY_EXPRESSIONS.get(key, key) for key in KEYS} | MEASURES).items()
)
Counted = dict[str, int]  # one fact by the names of `COUNTED`


def add(come: Iterable[Counted], gone: Iterable[Counted] = ()) -> None:
    """Add a few facts to every cube and take others away, all in one statement a cube."""
    counted = [(1, fact) for fact in come] + [(-1, fact) for fact in gone]
    statements, params = [], []
    for cube in CUBES:
        if cells := _cells(cube, counted):
            statements.append(_upsert(cube, cells))
            params += [value for cell in cells for value in cell]
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(";\n".join(statements), params)


def _cells(cube: type[Cube], counted: Sequence[tuple[int, Counted]]) -> list[list[int]]:
    """What these facts change in a cube: its columns' values by cell, in key order. Cells that stay as they are are left out."""
    keys, sums = columns_of(cube)[: -len(MEASURES)], dict[tuple[int, ...], list[int]]()
    for sign, fact in counted:
        cell = sums.setdefault(tuple(fact[key] for key in keys), [0] * len(MEASURES))
        for place, name in enumerate(MEASURES):
            cell[place] += sign * fact[name]
    return [[*key, *sums[key]] for key in sorted(sums) if any(sums[key])]


def _upsert(cube: type[Cube], cells: Sequence[Sequence[int]]) -> str:
    columns = columns_of(cube)
    changed = [
        name for place, name in enumerate(columns) if name in MEASURES and any(cell[place] for cell in cells)
    ]
    row = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {cube._meta.db_table} ({', '.join(columns)}) VALUES {', '.join([row] * len(cells))} {_on_conflict(cube, changed)}"


def _on_conflict(cube: type[Cube], measures: Iterable[str]) -> str:
    table = cube._meta.db_table
    update = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in measures)
    return f"ON CONFLICT ({', '.join(cube.key_columns())}) DO UPDATE SET {update}"


def columns_of(cube: type[Cube]) -> list[str]:
    """Column names of a cube in the order of `sums_of_facts`."""
    country = [] if "country" in cube.key_columns() else ["country"]
    return [*cube.key_columns(), *country, *MEASURES]


def fold(where: str, params: Sequence[Any], sign: int = 1) -> None:
    """Add the chosen facts to every cube (`sign` 1), or take them away (-1)."""
    with connection.cursor() as cursor:
        for cube in CUBES:
            cursor.execute(
                f"INSERT INTO {cube._meta.db_table} ({', '.join(columns_of(cube))}) "
                f"{sums_of_facts(cube, where, sign)} {_on_conflict(cube, MEASURES)}",
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
