"""Keeping the summaries: added to and taken from with the facts, in the same transaction; rebuilt and compared for repair.

Two ways of adding, which give the same: `fold` sums many facts in the database; `add` takes the few of a stop that was
just written, whose cells then need no look at the facts. Both write the summaries in the order of `SUMMARIES` and the
cells of each in the order of their keys, once in a transaction: writers who wait for each other never wait in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection

from insights import prepared
from insights.measures import MEASURES
from insights.models import SUMMARIES, Summary
from ledger.planner import planned

# Key columns that a fact holds under another name or type.
KEY_EXPRESSIONS = {
    "searched_mark": "coalesce(searched::int, -1)",
    "arrested_mark": "coalesce(arrested::int, -1)",
    "drugs_mark": "coalesce(drugs::int, -1)",
}
KEYS = tuple(dict.fromkeys(key for cube in SUMMARIES for key in ("country", *cube.key_columns())))
# What `add` needs of a fact: for a RETURNING of the statement that writes or deletes it.
COUNTED = ", ".join(
    f"{expression} AS {name}"
    for name, expression in ({key: KEY_EXPRESSIONS.get(key, key) for key in KEYS} | MEASURES).items()
)
Counted = Mapping[str, Any]  # one fact by the names of `COUNTED`
Scope = Mapping[str, int]  # agency, country, year, month: those named must be so; empty means all


@cache
def measures_of(cube: type[Summary]) -> list[str]:
    return [name for name in cube.columns() if name in MEASURES]


@cache
def columns_of(cube: type[Summary]) -> list[str]:
    """Column names in one order: keys, the country where it is no key, measures."""
    known = [*cube.key_columns(), *measures_of(cube)]
    more = [name for name in cube.columns() if name not in known]
    return [*cube.key_columns(), *more, *measures_of(cube)]


def sums_of_facts(cube: type[Summary], where: str, sign: int = 1) -> str:
    """SELECT of a summary's cells as the chosen facts make them.

    `where` is SQL over `insights_stopfact` with `%s` for values.
    """
    keys = [f"{KEY_EXPRESSIONS.get(key, key)} AS {key}" for key in cube.key_columns()]
    sums = [f"({sign} * sum({MEASURES[name]}))::int AS {name}" for name in measures_of(cube)]
    places = _places(cube)
    return (
        f"SELECT {', '.join(keys + _country_beside(cube) + sums)} FROM insights_stopfact WHERE {cube.condition} AND {where} "
        f"GROUP BY {places}"
    )


def _sums_of_cells(cube: type[Summary], cells: str) -> str:
    """SELECT of a summary's cells from a table that holds those of a finer one."""
    sums = [f"sum({name})::int AS {name}" for name in measures_of(cube)]
    chosen = ", ".join([*cube.key_columns(), *_country_beside(cube), *sums])
    places = _places(cube)
    return f"SELECT {chosen} FROM {cells} GROUP BY {places}"


def _country_beside(cube: type[Summary]) -> list[str]:
    """The country of a cell where it is no key."""
    return ["max(country) AS country"] if "country" in set(cube.columns()) - set(cube.key_columns()) else []


def _waiting(cube: type[Summary]) -> str:
    return f"folded_{cube._meta.model_name}"


def _places(cube: type[Summary]) -> str:
    return ", ".join(str(place + 1) for place in range(len(cube.key_columns())))


def fold(where: str, params: Sequence[Any], sign: int = 1) -> None:
    """Add the chosen facts to every summary (`sign` 1), or take them away (-1).

    The cells wait in temporary tables before they are added: so several processors may sum them, which no INSERT allows,
    and coarser summaries are summed from the cells of finer ones. They are added in the order of their keys, so that
    writers lock cells alike; for the sums alone nothing is sorted, which the planner would do for facts it knows nothing of.
    """
    with planned(enable_sort="off"), connection.cursor() as cursor:
        for cube in SUMMARIES:
            cells = f"CREATE TEMP TABLE {_waiting(cube)} ON COMMIT DROP AS "
            if cube.finer:
                cursor.execute(cells + _sums_of_cells(cube, _waiting(cube.finer)))
            else:
                cursor.execute(cells + sums_of_facts(cube, where, sign), params)
            cursor.execute(
                f"INSERT INTO {cube._meta.db_table} ({', '.join(columns_of(cube))}) "
                f"TABLE {_waiting(cube)} ORDER BY {_places(cube)} {_on_conflict(cube, measures_of(cube))}"
            )
        cursor.execute(f"DROP TABLE {', '.join(map(_waiting, SUMMARIES))}")


def add(
    come: Iterable[Counted], gone: Iterable[Counted] = (), to: Iterable[type[Summary]] = SUMMARIES
) -> None:
    """Add a few facts to the summaries and take others away."""
    counted = [(1, fact) for fact in come] + [(-1, fact) for fact in gone]
    statements = [(_upsert(cube), cell) for cube in to for cell in _cells(cube, counted)]
    if statements:
        prepared.execute(statements)


def _cells(cube: type[Summary], counted: Sequence[tuple[int, Counted]]) -> list[list[int]]:
    """What these facts change: a row of values by cell, in key order. Cells that stay as they are are left out."""
    measures, keys = measures_of(cube), cube.key_columns()
    more = columns_of(cube)[len(keys) : -len(measures)]
    sums: dict[tuple[int, ...], list[int]] = {}
    beside: dict[tuple[int, ...], list[int]] = {}  # the country where it is no key: that of the newest fact
    for sign, fact in counted:
        key = tuple(fact[name] for name in keys)
        if None in key:
            continue  # no vehicle is known: see `condition`
        beside.setdefault(key, [fact[name] for name in more])
        cell = sums.setdefault(key, [0] * len(measures))
        for place, name in enumerate(measures):
            cell[place] += sign * fact[name]
    return [[*key, *beside[key], *sums[key]] for key in sorted(sums) if any(sums[key])]


@cache
def _upsert(cube: type[Summary]) -> str:
    """Adds one cell. The text is always the same, so that it is planned once."""
    columns = columns_of(cube)
    places = ", ".join(["%s"] * len(columns))
    return (
        f"INSERT INTO {cube._meta.db_table} ({', '.join(columns)}) VALUES ({places}) "
        f"{_on_conflict(cube, measures_of(cube))}"
    )


def _on_conflict(cube: type[Summary], measures: Iterable[str]) -> str:
    table = cube._meta.db_table
    update = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in measures)
    return f"ON CONFLICT ({', '.join(cube.key_columns())}) DO UPDATE SET {update}"


def rebuild(scope: Scope) -> None:
    """Write the cells of a scope anew from the facts. A scope that names an agency names its country too.

    A cube without an agency is rewritten for the whole country, one without a month for the whole year, the counts of
    vehicles whole.
    """
    with connection.cursor() as cursor:
        for cube in SUMMARIES:
            where, params = _held_of(cube, scope)
            cursor.execute(f"DELETE FROM {cube._meta.db_table} WHERE {where}", params)
            # Cells of a finer summary will do when all of them were just written; else they may be what is wrong.
            finer = None if scope else cube.finer
            cells = _sums_of_cells(cube, finer._meta.db_table) if finer else sums_of_facts(cube, where)
            cursor.execute(
                f"INSERT INTO {cube._meta.db_table} ({', '.join(columns_of(cube))}) {cells} ORDER BY {_places(cube)}",
                params,
            )


def differences(scope: Scope | None = None) -> dict[str, int]:
    """Cells in which a summary and the facts disagree, by summary, as far as a rebuild of the scope would write them.

    An empty answer is a sound one. Cells with no stops are left out on both sides: they stand for nothing. One statement
    each, so that writers at work meanwhile make no difference.
    """
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for cube in SUMMARIES:
            where, params = _held_of(cube, scope or {})
            names = ", ".join(columns_of(cube))
            cursor.execute(
                f"WITH held AS (SELECT {names} FROM {cube._meta.db_table} WHERE stops <> 0 AND {where}), "
                f"due AS ({sums_of_facts(cube, where)}) "
                f"SELECT (SELECT count(*) FROM (TABLE held EXCEPT ALL SELECT {names} FROM due) AS a) + "
                f"(SELECT count(*) FROM (SELECT {names} FROM due EXCEPT ALL TABLE held) AS b)",
                params * 2,
            )
            if count := cursor.fetchone()[0]:
                found[cube.__name__] = count
    return found


def _held_of(cube: type[Summary], scope: Scope) -> tuple[str, list[int]]:
    """Condition and values of a scope, as far as a summary has its columns."""
    kept = {name: value for name, value in scope.items() if name in cube.columns()}
    if "agency" in kept:  # whichever country its cells say: it may have been moved
        kept.pop("country", None)
    return " AND ".join(f"{name} = %s" for name in kept) or "true", list(kept.values())
