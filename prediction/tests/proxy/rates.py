"""Tables of rates made up for tests: what must be found in them is known beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np

from ledger.models import ImportRun, PublishedRate
from prediction.proxy.applying import HEADER

GROUPS = ("black", "hispanic", "white")


def make_rates(
    seed: int = 1,
    states: int = 8,
    districts: int = 6,
    effect: float = 0.0,
    key: bool = True,
    level: str = "states",
) -> None:
    """A row a district and group. `key`: one stop rate a state and group, repeated on its rows, as published; else one a row.
    `effect`: how much higher the search rate of the first group is, in standard deviations, everywhere.
    """
    random = np.random.default_rng(seed)
    run = ImportRun.objects.create(
        source="open-policing-rates", file_name="made-up.csv", rows_new=states * districts * 3
    )
    rows: list[PublishedRate] = []
    for state in range(states):
        rates = random.uniform(0.02, 0.3, 3)
        for district in range(districts):
            for place, group in enumerate(GROUPS):
                known = (
                    district % 3 > 0
                )  # a third of the districts lacks search and hit rates, as most published ones do
                stop_rate = rates[place] if key else random.uniform(0.02, 0.3)
                figures: dict[str, Any] = {
                    "search_rate": 0.1 + 0.01 * (random.normal() + effect * (place == 0)) if known else None,
                    "hit_rate": 0.3 + 0.02 * random.normal() if known else None,
                    "inferred_threshold": 0.1 + 0.01 * random.normal() if known else None,
                }
                rows.append(
                    PublishedRate(
                        import_run=run,
                        import_row=len(rows) + 1,
                        state=f"S{state}",
                        city="Statewide" if level == "states" else f"Town {state}",
                        geography=f"S{state}",
                        subgeography=f"district {district}",
                        group=group,
                        stop_rate=stop_rate,
                        stops_per_year=float(random.uniform(100, 5_000)),
                        stop_rate_n=10_000 * stop_rate,
                        **figures,
                    )
                )
    PublishedRate.objects.bulk_create(rows)


def table(rows: int = 60, header: tuple[str, ...] = HEADER, **changed: str) -> bytes:
    """A table of rates as a file, every third row about another group."""
    cells = {
        "state": "ZZ",
        "city": "Statewide",
        "geography": "ZZ",
        "search_rate": "0.05",
        "stop_rate": "0.1",
        "hit_rate": "NA",
        "inferred_threshold": "NA",
        "stops_per_year": "250.5",
        "stop_rate_n": "9000",
    } | changed
    lines = [",".join(header)]
    for number in range(rows):
        row = {"subgeography": f"d{number // 3}", "subject_race": GROUPS[number % 3]} | cells
        lines.append(",".join(row.get(name, "1") for name in header))
    return "\n".join(lines).encode()
