"""How much there is to read: row counts by the database's own statistics, kept for a minute. Costs only, never figures."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from insights.filters import Filters
from insights.models import CUBES, Cube, StopFact

SECONDS_KEPT = 60
_kept: dict[str, tuple[float, Sizes]] = {}


@dataclass(frozen=True)
class Sizes:
    rows: dict[str, float]
    shares: dict[int, float]  # part of the facts that are an agency's, for the common ones
    first: date | None
    last: date | None

    @property
    def facts(self) -> float:
        return self.rows.get(StopFact._meta.db_table, 0.0)

    def cells(self, cube: type[Cube]) -> float:
        return self.rows.get(cube._meta.db_table, 0.0)

    def share(self, filters: Filters) -> float:
        """Part of the facts that lies with the agency of the filters; 1 without one."""
        word = filters.values.get("agency")
        if word is None:
            return 1.0
        rest = max(0.0, 1 - sum(self.shares.values())) / 20
        return float(sum(self.shares.get(code, rest) for code in word.codes))

    def part_of_time(self, first: date | None, last: date | None) -> float:
        """Part of the ledger's days that lies between two days, both included."""
        if self.first is None or self.last is None:
            return 1.0
        begin, end = max(first or self.first, self.first), min(last or self.last, self.last)
        return max(0, (end - begin).days + 1) / ((self.last - self.first).days + 1)


UNKNOWN = Sizes({}, {}, None, None)  # by which reading the facts costs nothing


def sizes() -> Sizes:
    """What the database knows of its sizes, at most a minute old."""
    name = str(connection.settings_dict["NAME"])
    at, kept = _kept.get(name, (0.0, None))
    if kept is None or time.monotonic() - at > SECONDS_KEPT:
        kept = _look()
        _kept[name] = (time.monotonic(), kept)
    return kept


def _look() -> Sizes:
    tables = [StopFact._meta.db_table, *(cube._meta.db_table for cube in CUBES)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relname = ANY(%s)", [tables])
        rows = {name: max(0.0, count) for name, count in cursor.fetchall()}
        cursor.execute(
            "SELECT most_common_vals::text::int[], most_common_freqs FROM pg_stats "
            "WHERE tablename = %s AND attname = 'agency'",
            [StopFact._meta.db_table],
        )
        values, parts = cursor.fetchone() or (None, None)
        cursor.execute(
            "SELECT min(make_date(year, month, 1)), "
            "max(make_date(year, month, 1) + interval '1 month' - interval '1 day')::date FROM insights_clockcountry"
        )
        first, last = cursor.fetchone()
    shares: dict[int, Any] = dict(zip(values or [], parts or [], strict=True))
    return Sizes(rows, shares, first, last)
