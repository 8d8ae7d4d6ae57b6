"""The plan: visits by area and hour, each next one where it meets the most expected harm that is left to meet.

Pure functions. Greedy with diminishing returns: an area and hour with harm W and u visits is worth W ÷ (u + 1) to the next visit,
which is d'Hondt's way of sharing seats, so that visits come out in proportion to harm.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import ceil, floor

Cell = tuple[int, int]  # area, place of the hour in the shift


class Impossible(Exception):
    """Why there can be no such plan, and what to change, in a sentence."""


@dataclass
class Allocation:
    """Visits by area and hour; how many of an area were for the floor or by lot; how many found no place under the cap."""

    visits: Counter[Cell] = field(default_factory=Counter)
    by_lot: Counter[Cell] = field(default_factory=Counter)
    left: int = 0

    @property
    def by_area(self) -> Counter[int]:
        found: Counter[int] = Counter()
        for (area, _), number in self.visits.items():
            found[area] += number
        return found


def allocate(
    harm: Mapping[Cell, float],
    areas: Sequence[int],
    hours: int,
    an_hour: int,
    *,
    least: int = 0,
    cap: float = 2.0,
    explore: float = 0.0,
    seed: int = 0,
    reported: Mapping[int, float] | None = None,
    skipped: Collection[int] = (),
) -> Allocation:
    """Visits for a shift of `hours` in which `an_hour` visits can be made each hour.

    `harm`: expected harm of an area in an hour. First every area gets `least` visits in its worst hours, then a share `explore` goes
    to areas and hours drawn by lot, then the rest by greed. No area gets more than `cap` times its share of reported harm
    (`reported`; else of expected harm) of all visits, rounded up, unless the floor or the lot gave it more. What is left over is
    left free. `skipped`: hours that the clock never shows.
    """
    free, found = {hour: an_hour for hour in range(hours) if hour not in skipped}, Allocation()
    total = sum(free.values())
    if len(areas) * least > total:
        raise Impossible(
            f"{len(areas)} areas with at least {least} visits each need {len(areas) * least} visits, but the units can make {total}. "
            "Choose fewer areas, more units or hours, or lower the floor in the policy."
        )
    _give_floor(found, harm, areas, free, least)
    _give_by_lot(found, areas, free, floor(explore * total), seed)
    _give_by_harm(found, harm, free, most_visits(reported or by_areas(harm), areas, total, cap))
    found.left = sum(free.values())
    return found


def most_visits(harm: Mapping[int, float], areas: Sequence[int], total: int, cap: float) -> dict[int, int]:
    """How many visits an area may have: `cap` times its share of the harm of all, rounded up."""
    whole = sum(harm.get(area, 0.0) for area in areas)
    return {area: ceil(cap * total * harm.get(area, 0.0) / whole) if whole else 0 for area in areas}


def by_areas(harm: Mapping[Cell, float]) -> dict[int, float]:
    """Harm of each area in all hours together."""
    found: dict[int, float] = {}
    for (area, _), number in harm.items():
        found[area] = found.get(area, 0.0) + number
    return found


def _give_floor(
    found: Allocation, harm: Mapping[Cell, float], areas: Sequence[int], free: dict[int, int], least: int
) -> None:
    for _ in range(least):
        for area in areas:
            hours = [hour for hour, number in free.items() if number]
            best = max(hours, key=lambda hour: harm.get((area, hour), 0.0) / (found.visits[area, hour] + 1))
            _give(found, (area, best), free)


def _give_by_lot(
    found: Allocation, areas: Sequence[int], free: dict[int, int], number: int, seed: int
) -> None:
    """Visits that do not follow the forecast, so that what is reported where nobody was sent is seen, too."""
    rng = random.Random(seed)  # noqa: S311  the seed is drawn by `secrets` and kept
    for _ in range(number):
        hours = [hour for hour, number in free.items() if number]
        if not hours:
            return
        cell = (rng.choice(list(areas)), rng.choice(hours))
        _give(found, cell, free)
        found.by_lot[cell] += 1


def _give_by_harm(
    found: Allocation, harm: Mapping[Cell, float], free: dict[int, int], most: Mapping[int, int]
) -> None:
    had = found.by_area
    waiting = [(-number / (found.visits[cell] + 1), cell) for cell, number in harm.items() if number > 0]
    heapify(waiting)
    while waiting:
        _, cell = heappop(waiting)
        area, hour = cell
        if not free.get(hour) or had[area] >= most.get(area, 0):
            continue
        _give(found, cell, free)
        had[area] += 1
        heappush(waiting, (-harm[cell] / (found.visits[cell] + 1), cell))


def _give(found: Allocation, cell: Cell, free: dict[int, int]) -> None:
    found.visits[cell] += 1
    free[cell[1]] -= 1


def lift(
    visits: Mapping[Cell, int], harm: Mapping[Cell, float], areas: Sequence[int], hours: int
) -> float | None:
    """Expected harm in the area and hour of the average visit ÷ that of a visit at a place and hour taken at random."""
    number, mean = sum(visits.values()), at_random(harm, areas, hours)
    if not number or not mean:
        return None
    return sum(harm.get(cell, 0.0) * times for cell, times in visits.items()) / number / mean


def at_random(harm: Mapping[Cell, float], areas: Sequence[int], hours: int) -> float:
    """Mean expected harm of an area and hour: that of a visit at a place and hour taken at random."""
    cells = len(areas) * hours
    return sum(harm.values()) / cells if cells else 0.0
