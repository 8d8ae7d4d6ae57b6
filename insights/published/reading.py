"""Published rates as the ledger keeps them, of imports in force: one row a place and group, pairs of districts, the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

SQL = Path(__file__).parents[1] / "sql"
LEVELS = {"states": "States", "cities": "Cities"}
MEASURES = {
    "stop_rate": "Stop rate",
    "search_rate": "Search rate",
    "hit_rate": "Hit rate",
    "inferred_threshold": "Inferred threshold",
}


@dataclass(frozen=True)
class Place:
    """A group in a state or city. `rate` is stops a year ÷ residents of the group, `stops` the stops a year behind it.

    `district_stops` adds up the yearly stops of its rows, each a mean over the years that the district recorded. `repeated` are rows of a
    district that has one already.
    """

    level: str
    state: str
    place: str
    group: str
    rows: int
    repeated: int
    rate_values: int
    stops_values: int
    rate: float | None
    stops: float | None
    district_stops: float | None
    rate_sum: float | None
    rate_rows: int

    @property
    def torn(self) -> bool:
        """Whether its rows disagree on what is one figure."""
        return self.rate_values > 1 or self.stops_values > 1

    @property
    def people(self) -> float | None:
        """Residents of the group that the published rate was divided by: stops ÷ rate."""
        return self.stops / self.rate if self.stops and self.rate else None


@dataclass(frozen=True)
class Pair:
    """A measure of two groups in one district. `stops` a year, of both."""

    level: str
    state: str
    city: str
    district: str
    group: str
    reference_figure: float
    figure: float
    stops: float


def places() -> list[Place]:
    return [Place(**row) for row in _rows("published_places.sql", {})]


def pairs(measure: str, reference: str) -> list[Pair]:
    """`measure` is one of `MEASURES`."""
    assert measure in MEASURES, "the form offers these only"  # noqa: S101
    return [Pair(**row) for row in _rows("published_pairs.sql", {"reference": reference}, measure=measure)]


def profile() -> list[dict[str, Any]]:
    """A row a level and column: rows, missing, distinct values, and of figures the spread."""
    return _rows("published_profile.sql", {})


def chosen(held: Sequence[Place], level: str = "", state: str = "") -> list[Place]:
    return [one for one in held if level in ("", one.level) and state in ("", one.state)]


def _rows(name: str, params: dict[str, Any], **names: str) -> list[dict[str, Any]]:
    sql = (SQL / name).read_text()
    for placeholder, value in names.items():
        sql = sql.replace(f"{{{placeholder}}}", value)
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        columns = [one.name for one in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
