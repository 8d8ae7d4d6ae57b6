"""Made-up agencies of which the truth is known: cells of counts, drawn from a seed, clean or with a planted effect.

They show that each test finds what was planted, and stays silent where nothing was (`calibration`, and the tests).
Every maker takes a seed and an effect; effect 0 is a clean agency.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from insights.fairness.logit import expit
from insights.fairness.sun import Position, evenings
from insights.fairness.threshold_model import Cells, rates_of
from insights.fairness.twilight import twilight_cells

GROUPS = ("North", "South", "East")  # the first is the reference; groups are no races
Table = list[dict[str, Any]]


@dataclass(frozen=True)
class Size:
    places: int = 12
    stops: int = 60_000


def stops_and_people(seed: int, effect: float = 0.0, size: Size | None = None) -> Table:
    """Stops against residents. The second group is stopped exp(effect) times as often."""
    random, size = np.random.default_rng(seed), size or Size()
    people = (random.dirichlet([6.0, 3.0, 1.0]) * size.stops * 8).astype(int) + 500
    stops = random.poisson(people * 0.12 * np.exp(effect * np.array([0, 1, 0])))
    return [
        {"group": g, "stops": int(n), "people": int(m)} for g, n, m in zip(GROUPS, stops, people, strict=True)
    ]


def searches_by_place_and_hour(
    seed: int, effect: float = 0.0, size: Size | None = None, hours: float = 0.4
) -> Table:
    """Searches by group, place and hour. Places and (by `hours`) hours differ in searches, and groups in where and when
    they are stopped; the second group's log odds of a search are higher by the effect.
    """
    random, size = np.random.default_rng(seed), size or Size()
    place_level, hour_level = random.normal(0, 0.6, size.places), random.normal(0, hours, 24)
    rows: Table = []
    for index, group in enumerate(GROUPS):
        lean = (
            np.exp(random.normal(0, 0.7, size.places))[:, None] * np.exp(random.normal(0, 0.5, 24))[None, :]
        )
        stops = random.poisson(size.stops * (0.55, 0.30, 0.15)[index] * lean / lean.sum())
        odds = -3.0 + place_level[:, None] + hour_level[None, :] + effect * (index == 1)
        searches = random.binomial(stops, expit(odds))
        rows += [
            {
                "group": group,
                "place": p,
                "hour": h,
                "stops": int(stops[p, h]),
                "searches": int(searches[p, h]),
            }
            for p in range(size.places)
            for h in range(24)
        ]
    return rows


def searches_and_hits(
    seed: int, effect: float = 0.0, size: Size | None = None, more_carriers: float = 0.0, apart: float = 0.0
) -> Table:
    """Stops, searches and hits by group and place, from officers who search above a threshold.

    `effect` lowers the second group's threshold, in standard deviations of the signal. `more_carriers` and `apart` give
    the second group more carriers (log odds) and a clearer signal (log delta) under the same threshold: no unequal
    treatment, yet other hit rates.
    """
    random, size = np.random.default_rng(seed), size or Size(stops=120_000)
    place_phi, place_delta, place_t = (random.normal(0, spread, size.places) for spread in (0.1, 0.05, 0.15))
    share = random.dirichlet([20.0] * size.places)
    rows: Table = []
    for index, group in enumerate(GROUPS):
        planted = float(index == 1)
        cells = Cells(
            log_odds=-1.8 + place_phi + more_carriers * planted,
            delta=np.exp(0.45 + place_delta + apart * planted),
            threshold=1.7 + place_t + random.normal(0, 0.05, size.places) - effect * planted,
        )
        searched, found = rates_of(cells)
        stops = random.poisson(size.stops * (0.5, 0.3, 0.2)[index] * share)
        searches = random.binomial(stops, searched)
        hits = random.binomial(searches, found)
        rows += [
            {
                "group": group,
                "place": p,
                "stops": int(stops[p]),
                "searches": int(searches[p]),
                "hits": int(hits[p]),
            }
            for p in range(size.places)
        ]
    return rows


def stops_at_twilight(
    seed: int, effect: float = 0.0, size: Size | None = None, position: Position | None = None
) -> Table:
    """Cells of the veil-of-darkness test. The group's share falls through the evening and differs by place; when dark,
    its log odds of being the one stopped are lower by the effect.
    """
    random, size = np.random.default_rng(seed), size or Size(places=6, stops=60_000)
    year = evenings(
        date(2025, 1, 1), date(2025, 12, 31), position or Position(39.95, -75.17), "America/New_York"
    )
    days, minutes = random.integers(0, len(year), size.stops), random.integers(1000, 1290, size.stops)
    places, level = random.integers(0, size.places, size.stops), random.normal(0, 0.5, size.places)
    rows = [
        {"day": year[day].day, "minute": int(minute), "place": int(place)}
        for day, minute, place in zip(days, minutes, places, strict=True)
    ]
    cells = twilight_cells(rows, year)
    clock = np.array([(row["minute"] - 1150) / 150 for row in cells])
    odds = -0.4 - 0.5 * clock + 0.3 * clock**2 + level[[row["place"] for row in cells]]
    own = random.random(len(cells)) < expit(odds - effect * np.array([row["dark"] for row in cells]))
    return [
        {**row, "group_stops": int(is_own), "reference_stops": int(not is_own)}
        for row, is_own in zip(cells, own, strict=True)
    ]
