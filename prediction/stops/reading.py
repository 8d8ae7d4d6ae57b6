"""Cells read from the facts: one GROUP BY, brought over by binary COPY."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log
from typing import Any

import numpy as np
from django.db import connection, transaction

from ledger.models import Agency
from prediction.features import COARSE_SQL, COLUMNS, Target
from prediction.stops.cells import TEST, TRAIN, VALIDATION, Cells, Codes, Period, cells_of

BINARY_SIGN, BINARY_HEADER = b"PGCOPY\n", 19  # bytes before the rows of PostgreSQL's binary COPY
ARRAY_HEADER = 20  # bytes before the elements of an array
ELEMENT = np.dtype([("size", ">i4"), ("value", ">i4")])
PIECE = 200_000  # rows that come at once
MOST_CELLS = (
    100_000  # that hours and days of the week may make; above it parts of the day and the week are counted
)
MOST_SPOTS = 300  # posts and areas that are told apart; the others are known by their agency
HALF_LIVES = (365, 180, 90)  # days after which a stop may count half
SCALE = 100  # recent persons come as whole hundredths
OTHER_SPOT = -2  # of no post or area that anybody may ask about


def days_of(target: Target) -> list[tuple[date, int]]:
    """Each day with persons of whom the target is known, with their number, in order."""
    return _fetched(
        f"SELECT day, count(*) FROM insights_stopfact WHERE {known(target)} GROUP BY day ORDER BY day"
    )


def known(target: Target) -> str:
    """The condition that the target is known."""
    return f"{target.column} <> 0"


@dataclass(frozen=True)
class Grain:
    """SQL of each column that is counted, by name, and what is joined to the facts for it."""

    columns: dict[str, str]
    joined: str = ""

    @classmethod
    def of(cls, target: Target, after: bool) -> Grain:
        """As fine as the number of places allows."""
        names = target.columns(after)
        spots = _fetched(
            f"SELECT {COLUMNS['spot'].sql}, count(*) FROM insights_stopfact WHERE {known(target)} "
            "GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        fine = len(spots) * 24 * 7 * (8 if "violation" in names else 1) <= MOST_CELLS
        columns = {}
        for name in names:
            coarse = "" if fine else COLUMNS[name].coarse
            columns[coarse or name] = COARSE_SQL[coarse] if coarse else COLUMNS[name].sql
        if len(spots) <= MOST_SPOTS:
            return cls(columns)
        kept = ", ".join(str(int(spot)) for spot, _ in spots[:MOST_SPOTS])
        joined = f"LEFT JOIN unnest(ARRAY[{kept}]) AS kept (spot) ON kept.spot = {columns['spot']}"
        return cls(columns | {"spot": f"coalesce(kept.spot, {OTHER_SPOT})"}, joined)

    def only(self, names: Sequence[str]) -> Grain:
        return Grain({name: sql for name, sql in self.columns.items() if name in names}, self.joined)

    def adding(self, *names: str) -> Grain:
        return Grain(self.columns | {name: COLUMNS[name].sql for name in names}, self.joined)


def read_cells(target: Target, grain: Grain, period: Period, classes: Sequence[int] = ()) -> Cells:
    """The cells of a period. `classes`: those already chosen; else all that occur, in order of code.

    Persons of other classes than the chosen ones count as the code `REST`, where that is among them.
    """
    part = f"CASE WHEN day < %s THEN {TRAIN} WHEN day < %s THEN {VALIDATION} ELSE {TEST} END"
    block = "CASE WHEN day < %s THEN 0 ELSE day - %s END"
    keys = [f"({sql})::int" for sql in (*grain.columns.values(), target.column)] + [part, block]
    places = ", ".join(str(place + 1) for place in range(len(keys)))
    sums = [
        f"round({SCALE} * sum(exp({log(0.5) / days:.12f}::float8 * (%s - day))))::int" for days in HALF_LIVES
    ]
    sql = (
        f"SELECT {', '.join([*keys, 'count(*)::int', *sums])} FROM insights_stopfact {grain.joined} "
        f"WHERE {known(target)} AND day BETWEEN %s AND %s GROUP BY {places}"
    )
    starts = [period.validation_from, *[period.test_from] * 3, *[period.last] * len(sums)]
    table = fetch_integers(sql, [*starts, period.first, period.last], len(keys) + 1 + len(sums))
    width = len(grain.columns)
    label, in_part, in_block, count, *recent = table[width:]
    named = dict(zip(grain.columns, table[:width], strict=True))
    weights = {days: sums / SCALE for days, sums in zip(HALF_LIVES, recent, strict=True)}
    cells = cells_of(named, label, in_part, in_block, count, classes, weights)
    cells.ended = tuple(
        (period.last - end).days for end in (period.validation_from, period.test_from, period.last)
    )
    cells.countries = dict(Agency.objects.values_list("pk", "country_id"))
    return cells


def fetch_integers(sql: str, params: Sequence[Any] | Mapping[str, Any], width: int) -> list[Codes]:
    """Columns of a SELECT whose every column is a non-null `int`, int32[rows] each.

    Rows come many at once, as one array a column: a message a row would take longer than the counting.
    """
    names = [f"c{place}" for place in range(width)]
    pieces = (
        f"SELECT {', '.join(f'array_agg({name})' for name in names)} FROM (SELECT *, (row_number() OVER () - 1) / {PIECE} "
        f"AS piece FROM (\n{sql}\n) AS counted ({', '.join(names)})) AS counted GROUP BY piece"
    )
    found: list[list[Codes]] = []
    with transaction.atomic(), connection.cursor() as cursor:
        # How many groups there are is guessed far too high, which would leave all the counting to one processor.
        cursor.execute("SET LOCAL parallel_tuple_cost = 0")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        query = cursor.mogrify(pieces, params)
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as copy:
            for message in copy:
                found += _columns_in(bytes(message), width)
    empty = [np.zeros(0, np.int32)]
    return [np.concatenate([one[place] for one in found] or empty) for place in range(width)]


def _columns_in(message: bytes, width: int) -> Iterator[list[Codes]]:
    """The arrays of one row of PostgreSQL's binary COPY; nothing in the message that ends it."""
    at = BINARY_HEADER if message.startswith(BINARY_SIGN) else 0
    if int.from_bytes(message[at : at + 2], signed=True) != width:
        return
    at, columns = at + 2, []
    for _ in range(width):
        size = int.from_bytes(message[at : at + 4])
        values = np.frombuffer(
            message, ELEMENT, (size - ARRAY_HEADER) // ELEMENT.itemsize, at + 4 + ARRAY_HEADER
        )
        columns.append(values["value"].astype(np.int32))
        at += 4 + size
    yield columns


def _fetched(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
