"""The cells of each test from made-up stops (`make_stops`), drawn anew for a seed: no database, no import.

In the USA of these stops one group is searched at a lower threshold, in Canada one is stopped more often by daylight, and
in India nobody is treated differently (docs/demo.md). What is planted there is what the tests are asked to find.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from insights.fairness.sun import Position, evenings
from insights.fairness.twilight import window_of
from ledger.synthesis.calendar import MONTHS, Month
from ledger.synthesis.draw import RACES, Stops, draw
from ledger.synthesis.effects import Effects
from ledger.synthesis.places import FORCES

UNTIL = Month(2026, 10)
COUNTRIES = [force.country for force in FORCES]
Table = list[dict[str, Any]]


@lru_cache(maxsize=2)
def _drawn(seed: int, total: int, planted: bool) -> tuple[Stops, ...]:
    """All months of a draw; the trials of one seed follow each other and share it."""
    return tuple(draw(total, seed, UNTIL, Effects() if planted else Effects.none()))


def search_cells(seed: int, total: int, country: str, planted: bool = True) -> Table:
    """Group, place (post), hour, with stops, searches and hits; every search of these stops was free."""
    force = COUNTRIES.index(country)
    shape = (len(RACES), len(FORCES[force].posts), 24)
    counts = np.zeros((3, *shape), dtype=int)
    for stops in _drawn(seed, total, planted):
        here = stops.force == force
        codes = (stops.race[here], stops.post[here], stops.hour[here])
        for index, mark in enumerate((None, stops.searched[here], stops.found[here])):
            weights = None if mark is None else mark.astype(float)
            flat = np.bincount(np.ravel_multi_index(codes, shape), weights, int(np.prod(shape)))
            counts[index] += flat.reshape(shape).astype(int)
    return [
        {
            "group": RACES[g],
            "place": p,
            "hour": h,
            "stops": int(counts[0, g, p, h]),
            "searches": int(counts[1, g, p, h]),
            "hits": int(counts[2, g, p, h]),
        }
        for g, p, h in np.ndindex(*shape)
    ]


def twilight_cells(
    seed: int, total: int, country: str, group: str, reference: str, planted: bool = True
) -> Table:
    """Minute, darkness and place with stops of the two groups, within the intertwilight period of the force's town."""
    first = UNTIL.back(MONTHS - 1)
    start = date(first.year, 1, 1)
    sunset, dusk, window = _evenings(country, start, date(UNTIL.year, 12, 31))
    found: dict[tuple[int, int, int], list[int]] = {}
    for stops in _drawn(seed, total, planted):
        begin = date(stops.month.year, stops.month.month, 1).toordinal() - start.toordinal()
        day, minute = begin + stops.minute // 1440, stops.minute % 1440
        pair = (stops.race == RACES.index(group)) | (stops.race == RACES.index(reference))
        inside = (
            (stops.force == COUNTRIES.index(country)) & pair & (minute >= window[0]) & (minute <= window[1])
        )
        dark, light = minute > dusk[day], minute <= sunset[day]
        for at in np.flatnonzero(inside & (dark | light)):
            key = (int(minute[at]), int(dark[at]), int(stops.post[at]))
            found.setdefault(key, [0, 0])[int(RACES[stops.race[at]] == reference)] += 1
    return [
        {"minute": minute, "dark": dark, "place": place, "group_stops": one, "reference_stops": other}
        for (minute, dark, place), (one, other) in found.items()
    ]


@lru_cache(maxsize=8)
def _evenings(country: str, first: date, last: date) -> tuple[Any, Any, tuple[int, int]]:
    force = FORCES[COUNTRIES.index(country)]
    position = Position(force.latitude, force.longitude)
    days = evenings(first, last, position, force.time_zone)
    window = window_of(days)
    assert window is not None, "the sun sets every day in these towns"  # noqa: S101
    sunset, dusk = (np.array([getattr(day, name) or 0 for day in days]) for name in ("sunset", "dusk"))
    return sunset, dusk, (window.start, window.end)
