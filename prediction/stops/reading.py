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
from prediction.features import COARSE_SQL, COLUMNS, PARTS_OF_DAY, PARTS_OF_WEEK, Target
from prediction.stops.cells import TEST, TRAIN, VALIDATION, Cells, Codes, Period, cells_of

BINARY_SIGN, BINARY_HEADER = b"PGCOPY\n", 19  # bytes before the rows of PostgreSQL's binary COPY
ARRAY_HEADER, TYPE_AT = 20, 8  # bytes before the elements of an array, and before the number of their type
ELEMENTS = {
    23: np.dtype([("size", ">i4"), ("value", ">i4")]),  # int
    20: np.dtype([("size", ">i4"), ("value", ">i8")]),  # bigint
}
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


Bounds = tuple[int, int]
BOUNDS: dict[str, Bounds] = {  # of columns whose SQL gives no other values
    "hour": (-1, 23),
    "weekday": (1, 7),
    "part_of_day": (0, max(PARTS_OF_DAY)),
    "part_of_week": (0, max(PARTS_OF_WEEK)),
    "searched": (-1, 1),
    "drugs": (-1, 1),
}


@dataclass(frozen=True)
class Grain:
    """SQL of each column that is counted, by name, and what is joined to the facts for it. `bounds`: of every column that may
    be counted, and of the target, the least and the greatest value that any fact has."""

    columns: dict[str, str]
    bounds: dict[str, Bounds]
    joined: str = ""

    @classmethod
    def of(cls, target: Target, after: bool) -> Grain:
        """As fine as the number of places allows."""
        names = target.columns(after)
        spots, bounds = _spots_and_bounds(target)
        fine = len(spots) * 24 * 7 * (8 if "violation" in names else 1) <= MOST_CELLS
        columns = {}
        for name in names:
            coarse = "" if fine else COLUMNS[name].coarse
            columns[coarse or name] = COARSE_SQL[coarse] if coarse else COLUMNS[name].sql
        if len(spots) <= MOST_SPOTS:
            return cls(columns, bounds)
        kept = ", ".join(str(spot) for spot in spots[:MOST_SPOTS])
        joined = f"LEFT JOIN unnest(ARRAY[{kept}]) AS kept (spot) ON kept.spot = {columns['spot']}"
        bounds["spot"] = (OTHER_SPOT, bounds["spot"][1])
        return cls(columns | {"spot": f"coalesce(kept.spot, {OTHER_SPOT})"}, bounds, joined)

    def only(self, names: Sequence[str]) -> Grain:
        columns = {name: sql for name, sql in self.columns.items() if name in names}
        return Grain(columns, self.bounds, self.joined)

    def adding(self, *names: str) -> Grain:
        columns = self.columns | {name: COLUMNS[name].sql for name in names}
        return Grain(columns, self.bounds, self.joined)


def _spots_and_bounds(target: Target) -> tuple[list[int], dict[str, Bounds]]:
    """Posts and areas, the most frequent first, and what values the columns have: one look through the facts."""
    looked = dict.fromkeys([target.column, *(name for name in COLUMNS if name not in (*BOUNDS, "spot"))])
    ends = ", ".join(f"min({name})::int, max({name})::int" for name in looked)
    rows = _fetched(
        f"SELECT {COLUMNS['spot'].sql}, count(*), {ends} FROM insights_stopfact WHERE {known(target)} "
        "GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    table = np.array(rows or [[0] * (2 + 2 * len(looked))], dtype=np.int64)
    least, greatest = table.min(axis=0), table.max(axis=0)
    found = {name: (int(least[2 + 2 * at]), int(greatest[3 + 2 * at])) for at, name in enumerate(looked)}
    return [int(row[0]) for row in rows], found | BOUNDS | {"spot": (int(least[0]), int(greatest[0]))}


def read_cells(target: Target, grain: Grain, period: Period, classes: Sequence[int] = ()) -> Cells:
    """The cells of a period. `classes`: those already chosen; else all that occur, in order of code.

    Persons of other classes than the chosen ones count as the code `REST`, where that is among them.
    """
    part = f"CASE WHEN day < %s THEN {TRAIN} WHEN day < %s THEN {VALIDATION} ELSE {TEST} END"
    block = "CASE WHEN day < %s THEN 0 ELSE day - %s END"
    keys = [
        *((sql, grain.bounds[name]) for name, sql in grain.columns.items()),
        (target.column, grain.bounds[target.column]),
        (part, (TRAIN, TEST)),
        (block, (0, (period.last - period.test_from).days)),
    ]
    packs = packs_of([bounds for _, bounds in keys])
    taken = iter(keys)
    packed = [_packed_sql([next(taken) for _ in pack]) for pack in packs]
    sums = [
        f"round({SCALE} * sum(exp({log(0.5) / days:.12f}::float8 * (%s - day))))::int" for days in HALF_LIVES
    ]
    sql = (
        f"SELECT {', '.join([*packed, 'count(*)::int', *sums])} FROM insights_stopfact {grain.joined} "
        f"WHERE {known(target)} AND day BETWEEN %s AND %s "
        f"GROUP BY {', '.join(str(place + 1) for place in range(len(packs)))}"
    )
    starts = [period.validation_from, *[period.test_from] * 3, *[period.last] * len(sums)]
    table = fetch_integers(sql, [*starts, period.first, period.last], len(packs) + 1 + len(sums))
    columns = [values for key, pack in zip(table, packs, strict=False) for values in unpacked(key, pack)]
    *coded, label, in_part, in_block = columns
    count, *recent = table[len(packs) :]
    named = dict(zip(grain.columns, coded, strict=True))
    weights = {days: sums / SCALE for days, sums in zip(HALF_LIVES, recent, strict=True)}
    cells = cells_of(named, label, in_part, in_block, count, classes, weights)
    cells.ended = tuple(
        (period.last - end).days for end in (period.validation_from, period.test_from, period.last)
    )
    cells.countries = dict(Agency.objects.values_list("pk", "country_id"))
    return cells


def packs_of(bounds: Sequence[Bounds]) -> list[list[Bounds]]:
    """Columns put together, in their order, so that one whole number of 62 bits tells the values of each pack: grouping by
    one number takes half the time that grouping by a dozen takes."""
    packs: list[list[Bounds]] = [[]]
    most = 1
    for least, greatest in bounds:
        span = greatest - least + 1
        if most * span > 2**62:
            packs.append([])
            most = 1
        packs[-1].append((least, greatest))
        most *= span
    return packs


def _packed_sql(keys: Sequence[tuple[str, Bounds]]) -> str:
    """SQL of the number that tells the values of several columns."""
    packed = "0::bigint"
    for sql, (least, greatest) in keys:
        packed = f"({packed} * {greatest - least + 1} + (({sql})::int - ({least})))"
    return packed


def unpacked(key: Codes, pack: Sequence[Bounds]) -> list[Codes]:
    """The values of a pack's columns."""
    found = []
    for least, greatest in reversed(pack):
        key, place = np.divmod(key, greatest - least + 1)
        found.append((place + least).astype(np.int32))
    return found[::-1]


def fetch_integers(sql: str, params: Sequence[Any] | Mapping[str, Any], width: int) -> list[Codes]:
    """Columns of a SELECT whose every column is a non-null `int` or `bigint`, int32[rows] or int64[rows] each.

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
        cursor.execute(
            "SET LOCAL enable_mergejoin = off"
        )  # which would sort all facts by a few hundred places
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
        type_at = at + 4 + TYPE_AT
        element = ELEMENTS[int.from_bytes(message[type_at : type_at + 4])]
        values = np.frombuffer(
            message, element, (size - ARRAY_HEADER) // element.itemsize, at + 4 + ARRAY_HEADER
        )["value"]
        columns.append(values.astype(values.dtype.newbyteorder("=")))
        at += 4 + size
    yield columns


def _fetched(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
