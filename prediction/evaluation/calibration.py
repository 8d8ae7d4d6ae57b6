"""Whether what was said to happen in one of ten cases did."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from insights.statistics import wilson

Floats = NDArray[Any]
BINS = 10


def calibration(said: Floats, persons: Floats, happened: Floats, bins: int = BINS) -> list[dict[str, Any]]:
    """Cells in order of what was said, in bins of about equally many persons.

    `said`: probability of one class in each cell; `persons` and `happened` (those of that class): float64[C]. Each bin has
    the mean of what was said, the share that happened with its 95 % interval (Wilson), and the persons.
    """
    here = persons > 0
    said, persons, happened = said[here], persons[here], happened[here]
    order = np.argsort(said, kind="stable")
    said, persons, happened = said[order], persons[order], happened[order]
    middle = np.cumsum(persons) - persons / 2
    place = np.minimum((middle / max(persons.sum(), 1) * bins).astype(int), bins - 1)
    return [
        _bin(said[place == one], persons[place == one], happened[place == one]) for one in np.unique(place)
    ]


def _bin(said: Floats, persons: Floats, happened: Floats) -> dict[str, Any]:
    whole, part = int(persons.sum()), int(happened.sum())
    low, high = wilson(part, whole)
    return {
        "said": float((said * persons).sum() / whole),
        "happened": part / whole,
        "low": low,
        "high": high,
        "stops": whole,
    }
