"""Made-up stops for the tests of them: drawn once, as arrays."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ledger.synthesis.calendar import Month
from ledger.synthesis.daylight import is_light
from ledger.synthesis.draw import Stops, draw
from ledger.synthesis.effects import Effects
from ledger.synthesis.places import FORCES

UNTIL = Month(2026, 10)


@cache
def drawn(seed: int = 11, planted: bool = True, total: int = 300_000) -> dict[str, Any]:
    """All stops of a draw, each attribute as one array."""
    effects = Effects() if planted else Effects.none()
    names = "night hour force race age violation searched search_type found contraband arrested outcome minutes drugs plate"
    months = list(draw(total, seed, UNTIL, effects))
    found = {name: np.concatenate([getattr(month, name) for month in months]) for name in names.split()}
    return found | {"light": np.concatenate([_light(month) for month in months])}


def _light(stops: Stops) -> Any:
    """Whether it was light, by each force's own sun."""
    by_force = np.array([is_light(stops.month, stops.minute, force) for force in FORCES])
    return by_force[stops.force, np.arange(len(stops))]
