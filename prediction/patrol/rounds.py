"""Rounds: the visits of an hour given to units, in an order and at minutes drawn by lot from a seed that is kept.

Visits of 10 to 16 minutes, since that is where Koper (Justice Quarterly 12, 1995) found the quiet after a patrol to last longest; in an
order that nobody can learn.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan2

from prediction.patrol.planning import Cell
from prediction.patrol.policy import MINUTES


@dataclass(frozen=True)
class Visit:
    """`start`: minutes after the shift began. `unit` from 1."""

    unit: int
    start: int
    minutes: int
    area: int
    hour: int


def rounds(
    visits: Mapping[Cell, int],
    hours: int,
    units: int,
    travel: int,
    seed: int,
    around: Mapping[int, float] | None = None,
) -> list[Visit]:
    """Every visit with its unit and time, by time. Areas that lie beside each other (`around`) go to one unit within an hour."""
    rng = random.Random(seed)  # noqa: S311  the seed is drawn by `secrets` and kept
    found: list[Visit] = []
    for hour in range(hours):
        areas = [area for (area, at), times in sorted(visits.items()) if at == hour for _ in range(times)]
        areas.sort(key=lambda area: ((around or {}).get(area, 0.0), area))
        for unit, given in enumerate(_shared(areas, units, rng), 1):
            found += _timed(given, unit, hour, travel, rng)
    return sorted(found, key=lambda visit: (visit.start, visit.unit))


def _shared(areas: Sequence[int], units: int, rng: random.Random) -> list[list[int]]:
    """Neighbours in a row, cut into as many pieces of equal length as there are units, in an order of chance."""
    turn = rng.randrange(len(areas)) if areas else 0
    row = [*areas[turn:], *areas[:turn]]
    ends = [len(row) * place // units for place in range(units + 1)]
    pieces = [row[start:end] for start, end in itertools.pairwise(ends)]
    rng.shuffle(pieces)
    for piece in pieces:
        rng.shuffle(piece)
    return pieces


def _timed(areas: Sequence[int], unit: int, hour: int, travel: int, rng: random.Random) -> list[Visit]:
    """The visits of one unit in one hour, with the spare time before, between and after drawn by lot."""
    lengths = [rng.randint(*MINUTES) for _ in areas]
    spare = 60 - sum(lengths) - travel * len(lengths)
    cuts = sorted(rng.randint(0, max(0, spare)) for _ in lengths)
    found, used = [], 0
    for area, minutes, cut in zip(areas, lengths, cuts, strict=True):
        used += travel
        found.append(Visit(unit, hour * 60 + used + cut, minutes, area, hour))
        used += minutes
    return found


def angles(middles: Mapping[int, tuple[float, float]]) -> dict[int, float]:
    """Direction of each area as seen from the middle of all, so that neighbours in the row are neighbours on the map."""
    if not middles:
        return {}
    x = sum(one[0] for one in middles.values()) / len(middles)
    y = sum(one[1] for one in middles.values()) / len(middles)
    return {area: atan2(one[1] - y, one[0] - x) for area, one in middles.items()}
