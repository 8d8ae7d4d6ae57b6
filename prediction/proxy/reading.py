"""The rows to learn from: published rates of imports in force, one row a district and group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from insights.wording import listed
from ledger.models import PublishedRate
from prediction.problems import TooLittle

STATEWIDE = ("", "Statewide")  # what stands for the city in rows of a state
RATES = ("stop_rate", "search_rate", "hit_rate", "inferred_threshold")
VOLUME = ("stops_per_year", "stop_rate_n")
KEYS = ("state", "city", "geography", "subgeography", "group")
LEAST_ROWS, LEAST_STATES = 60, 5


@dataclass(frozen=True)
class Rates:
    """Rows of one level. `codes` index `groups`; `figures` is float64[rows, 6] in the order of `RATES` and `VOLUME`, NaN where missing.

    `block` numbers the states, `place` the districts. `older` rows were left out: a newer import has their district and group.
    """

    groups: list[str]
    states: list[str]
    codes: NDArray[Any]
    block: NDArray[Any]
    place: NDArray[Any]
    figures: NDArray[Any]
    first: date
    last: date
    digest: str
    older: int = 0

    def __len__(self) -> int:
        return len(self.codes)

    def table(self, columns: tuple[str, ...]) -> NDArray[Any]:
        """float64[rows, columns]."""
        names = (*RATES, *VOLUME)
        return self.figures[:, [names.index(one) for one in columns]]

    def complete(self, columns: tuple[str, ...]) -> NDArray[Any]:
        """Rows of districts of which every group has every one of these columns, bool[rows]."""
        whole = ~np.isnan(self.table(columns)).any(axis=1)
        held = np.bincount(self.place, whole, minlength=self.place.max() + 1)
        return np.asarray(whole & (held[self.place] == len(self.groups)))


def read(level: str) -> Rates:
    """`level` is states or cities. Raises `TooLittle` where there is too little to hold whole states out.

    Of a district and group that several imports have, the newest row is read: two editions of a table would lie on both
    sides of a fold.
    """
    held = PublishedRate.objects.current()
    held = held.filter(city__in=STATEWIDE) if level == "states" else held.exclude(city__in=STATEWIDE)  # type: ignore[misc]
    day = F("import_run__created_at__date")
    every = list(held.filter(stop_rate__isnull=False).order_by("id").values_list(*KEYS, *RATES, *VOLUME, day))  # type: ignore[misc]
    rows = list({row[: len(KEYS)]: row for row in every}.values())
    _refuse_too_little(rows, level)
    return _rates(rows, len(every) - len(rows))


def _refuse_too_little(rows: list[Any], level: str) -> None:
    if len(rows) < LEAST_ROWS or len({row[0] for row in rows}) < LEAST_STATES:
        raise TooLittle(
            f"There are {len(rows):,} rows of published rates of {level}. At least {LEAST_ROWS} rows of {LEAST_STATES} states are "
            "needed: import them (source open-policing-rates)."
        )
    where = {row[4]: set[str]() for row in rows}
    for row in rows:
        where[row[4]].add(row[0])
    if sum(len(states) > 1 for states in where.values()) < 2:
        raise TooLittle(
            f"The published rates of {level} are of {listed(sorted(where))}. At least two groups, each in two states or more, are needed: with a "
            "state held out there must still be two to tell apart."
        )


def _rates(rows: list[Any], older: int) -> Rates:
    groups, codes = np.unique([row[4] for row in rows], return_inverse=True)
    states, block = np.unique([row[0] for row in rows], return_inverse=True)
    _, place = np.unique(["\t".join(row[:4]) for row in rows], return_inverse=True)
    figures = np.array([row[5:11] for row in rows], dtype=float)  # None becomes NaN
    digest = sha256()
    for row in rows:
        digest.update(repr(row[:11]).encode())
    return Rates(
        groups.tolist(),
        states.tolist(),
        codes,
        block,
        place,
        figures,
        min(row[11] for row in rows),
        max(row[11] for row in rows),
        digest.hexdigest(),
        older,
    )
