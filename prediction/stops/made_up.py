"""Made-up stops of which the truth is known: every column independent, or with something planted. For studies and tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np

from prediction.stops.cells import Cells, Period, cells_of
from prediction.stops.reading import HALF_LIVES

FIRST = date(2025, 1, 1)
OUTCOMES = (2, 3, 5)
Truth = Callable[[dict[str, Any]], Any]  # columns → probabilities of the classes, float64[n, K]


def independent(columns: dict[str, Any]) -> Any:
    """Three classes, whatever else is so."""
    return np.tile([0.4, 0.45, 0.15], (len(columns["hour"]), 1))


def by_violation_and_night(columns: dict[str, Any]) -> Any:
    """Violation 2 ends in arrest far more often, and every violation more often by night."""
    night = (columns["hour"] >= 20) | (columns["hour"] < 5)
    arrest = np.where(columns["violation"] == 2, 0.35, 0.08) * np.where(night, 1.6, 0.8)
    return np.stack([(1 - arrest) * 0.45, (1 - arrest) * 0.55, arrest], axis=1)


def by_race(columns: dict[str, Any]) -> Any:
    """Nothing but race tells anything: what a model must not use, and the audit must find."""
    arrest = np.where(columns["race"] == 2, 0.35, 0.10)
    return np.stack([(1 - arrest) * 0.45, (1 - arrest) * 0.55, arrest], axis=1)


def drawn(seed: int, persons: int, days: int, truth: Truth = independent) -> dict[str, Any]:
    """Columns of persons stopped, independent of each other, and a label by the truth. `day` counts from 0."""
    random = np.random.default_rng(seed)
    columns: dict[str, Any] = {
        "agency": random.integers(1, 4, persons),
        "spot": 2 * random.integers(1, 7, persons),
        "violation": random.integers(1, 6, persons),
        "hour": random.integers(0, 24, persons),
        "stop_type": np.ones(persons, np.int64),
        "searched": random.integers(0, 2, persons),
        "drugs": random.integers(0, 2, persons),
        "duration_band": random.integers(1, 4, persons),
        "race": random.integers(1, 6, persons),
        "gender": random.integers(1, 3, persons),
        "day": np.sort(random.integers(0, days, persons)),
    }
    columns["weekday"] = (columns["day"] + FIRST.weekday()) % 7 + 1
    shares = truth(columns)
    picked = (random.random(persons)[:, None] > np.cumsum(shares, axis=1)).sum(axis=1)
    columns["outcome"] = np.array(OUTCOMES)[np.minimum(picked, len(OUTCOMES) - 1)]
    return columns


BEFORE = ("agency", "spot", "violation", "hour", "weekday", "stop_type")


def as_cells(columns: dict[str, Any], names: tuple[str, ...] = BEFORE) -> Cells:
    """Cells of drawn persons: 60 % of the days for training, 20 % for validation, 20 % for the test."""
    last = int(columns["day"].max()) + 1
    starts = (int(last * 0.6), int(last * 0.8))
    part = (columns["day"] >= starts[0]).astype(int) + (columns["day"] >= starts[1])
    block = np.where(part == 2, columns["day"] - starts[1], 0)
    count = np.ones(len(part), np.int64)
    recent = {days: 0.5 ** ((last - 1 - columns["day"]) / days) for days in HALF_LIVES}
    named = {name: columns[name] for name in names}
    cells = cells_of(named, columns["outcome"], part, block, count, recent=recent)
    cells.countries, cells.ended = {1: 1, 2: 1, 3: 2}, (last - 1 - starts[0], last - 1 - starts[1], 0)
    return cells


def period_of(columns: dict[str, Any]) -> Period:
    last = int(columns["day"].max()) + 1
    starts = [FIRST + timedelta(days=int(last * share)) for share in (0.6, 0.8)]
    return Period(FIRST, starts[0], starts[1], FIRST + timedelta(days=last - 1))
