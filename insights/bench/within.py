"""The filters under which questions are timed, said three times: as ours takes them, for DuckDB, for pandas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

Frame = Any


@dataclass(frozen=True)
class Within:
    name: str
    filters: dict[str, str]
    duckdb: str  # SQL over the flat table; empty for none
    pandas: Callable[[Frame], Frame]


FIRST, LAST = date(2019, 1, 1), date(2021, 12, 31)


def all_filters(country: int) -> list[Within]:
    """Nothing; the largest country (its name is USA) in three years; ages that cut age bands, which no cube holds."""
    return [
        Within("all", {}, "", lambda frame: frame),
        Within(
            "country and period",
            {"country": "USA", "date_after": f"{FIRST}", "date_before": f"{LAST}"},
            f"country = {country} AND day BETWEEN DATE '{FIRST}' AND DATE '{LAST}'",
            lambda frame: frame[
                (frame.country == country) & (frame.day >= f"{FIRST}") & (frame.day <= f"{LAST}")
            ],
        ),
        Within(
            "outside the cubes",
            {"age_min": "20", "age_max": "50"},
            "age BETWEEN 20 AND 50",
            lambda frame: frame[(frame.age >= 20) & (frame.age <= 50)],
        ),
    ]
