"""The back-test: each month is forecast from the months before it, first to choose settings, then to be judged.

The last months are for judging; the settings are chosen on as many before them and stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from prediction.crime.cells import Array, Cells
from prediction.crime.fitting import Settings, fit
from prediction.crime.intervals import interval
from prediction.crime.offences import CHOICES, GROUPS
from prediction.crime.record.scoring import flags
from prediction.crime.rivals import (
    AREA_HOUR,
    AS_SHOWN,
    ATLSHIELD,
    BASE,
    MOST_AREAS,
    RIVALS,
    SEASONAL,
    rounded_up,
)
from prediction.crime.scores import SMALLEST, Judged, covered, deviances, estimates_of, spread_of
from prediction.evaluation.bootstrap import Estimate
from prediction.stops.rivals.base import one_thread

LEAST_DAYS = 20  # that a month must have covered, to be judged by
LEAST_MONTHS = 6  # before the first that is forecast
MOST_JUDGED = 6
SERVED = "shrunk Poisson rate"
GRID: dict[str, tuple[float, ...]] = {
    "level_half_life": (1, 2, 3, 6, 12),
    "area_half_life": (3, 6, 12, 24),
    "tilt_held": (100, 200, 400, 800),
    "place_held": (0.5, 1, 2, 4),
    "group_held": (2, 5, 10, 20, 40),
    "week_held": (100, 400, 1600),
    "season_held": (np.inf, 1000, 200, 50),
}
Told = Callable[[str], None]


@dataclass
class BackTest:
    """What came of it. `months`: judged months, as places; `spread`: α of totals by level and choice of offences."""

    cells: Cells
    settings: Settings
    chosen_on: list[int]
    months: list[int]
    scores: dict[str, dict[str, Estimate]]
    difference: dict[str, Estimate]  # mean deviance less that of area × hour
    against_base: Estimate  # ours less the base rate's
    spread: dict[str, dict[str, float]]
    coverage: dict[str, float]  # of totals, ours
    by_month: list[dict[str, Any]] = field(default_factory=list)


def months_of(cells: Cells) -> tuple[list[int], list[int]]:
    """Places of the months to choose settings on and of those to judge by; both empty where there are too few."""
    whole = [month for month in range(cells.months) if cells.hours[month].sum() >= 24 * LEAST_DAYS]
    free = whole[LEAST_MONTHS:]
    judged = min(MOST_JUDGED, len(free) // 2)
    if judged < 1:
        return [], []
    return free[-2 * judged : -judged], free[-judged:]


def choose(cells: Cells, months: list[int]) -> Settings:
    """One setting after the other, by the Poisson deviance of areas, hours and groups, and of areas and hours."""
    settings = Settings()
    for name, values in GRID.items():
        tried = {value: loss(cells, months, replace(settings, **{name: value})) for value in values}
        settings = replace(settings, **{name: min(tried, key=lambda value: tried[value])})
    return settings


def loss(cells: Cells, months: list[int], settings: Settings) -> float:
    total = 0.0
    for month in months:
        said = fit(cells, month, settings).in_month(cells.origin + month, cells.hours[month])
        seen = cells.of_month(month)
        for expected, happened in ((said, seen), (said.sum(axis=1), seen.sum(axis=1))):
            total += float(deviances(np.maximum(expected, 1e-9), happened).sum())
    return total


def back_test(
    cells: Cells, seed: int, tell: Told, sizes: Mapping[int, float | None] | None = None
) -> BackTest | None:
    """Choose, then judge. None where there are too few months. `sizes`: km² of areas, where known."""
    chosen_on, months = months_of(cells)
    if not months:
        return None
    tell("Choosing settings.")
    settings = choose(cells, chosen_on)
    spread = spreads(cells, chosen_on, settings)
    seen = np.stack([cells.by_hour[month] for month in months])
    said = dict(_forecasts(cells, months, settings, seed, tell))
    totals = spread["area"]["all"]
    sums = {name: Judged(one, seen).sums(said[SEASONAL], totals) for name, one in said.items()}
    scores, difference = estimates_of(sums, AREA_HOUR, seed)
    _, against_base = estimates_of({SERVED: sums[SERVED], BASE: sums[BASE]}, BASE, seed)
    return BackTest(
        *(cells, settings, chosen_on, months, scores, difference, against_base[SERVED], spread),
        coverage=coverages(said[SERVED], seen, spread),
        by_month=_by_month(cells, months, said, seen, spread, sizes or {}),
    )


def _forecasts(
    cells: Cells, months: list[int], settings: Settings, seed: int, tell: Told
) -> Iterator[tuple[str, Array]]:
    """Ours and every rival's, float[T, N, 24]."""
    yield SERVED, np.stack([ours(cells, month, settings).sum(axis=1) for month in months])
    for rival in RIVALS:
        tell(f"Judging: {rival.name}.")
        if rival.heavy and len(cells.areas) > MOST_AREAS:
            continue
        with one_thread():
            said = np.stack([rival.forecast(cells, month, seed) for month in months])
        yield rival.name, said
        if rival.name == ATLSHIELD:
            shown = [rounded_up(one, cells.hours[month]) for one, month in zip(said, months, strict=True)]
            yield AS_SHOWN, np.stack(shown)


def ours(cells: Cells, month: int, settings: Settings) -> Array:
    """By area, group and hour of the day, float[N, G, 24], from the months before."""
    return fit(cells, month, settings).in_month(cells.origin + month, cells.hours[month])


def spreads(cells: Cells, months: list[int], settings: Settings) -> dict[str, dict[str, float]]:
    """How much more than Poisson the totals vary, on the months that the settings were chosen on.

    `area`: an area's month; `hour`: all areas' hour of the day in a month; `month`: all areas' month.
    """
    said = np.stack([ours(cells, month, settings) for month in months])
    seen = np.stack([cells.of_month(month) for month in months])
    found: dict[str, dict[str, float]] = {"area": {}, "hour": {}, "month": {}}
    for choice in CHOICES:
        places = [GROUPS.index(group) for group in choice.groups]
        expected, happened = (one[:, :, places].sum(axis=2) for one in (said, seen))
        for level, axes in LEVELS.items():
            found[level][choice.name] = round(spread_of(expected.sum(axis=axes), happened.sum(axis=axes)), 6)
    return found


LEVELS: dict[str, tuple[int, ...]] = {"area": (2,), "hour": (1,), "month": (1, 2)}  # axes summed over


def coverages(said: Array, seen: Array, spread: dict[str, dict[str, float]]) -> dict[str, float]:
    """Share of what happened within the 95 % interval: cells by Poisson, totals by Poisson and by negative binomial."""
    found = {"cell": float(covered(said, seen).mean())}
    for level, axes in LEVELS.items():
        expected, happened = said.sum(axis=axes), seen.sum(axis=axes)
        found[f"{level}_poisson"] = float(covered(expected, happened).mean())
        found[level] = float(covered(expected, happened, spread[level]["all"]).mean())
    return {name: round(value, 4) for name, value in found.items()}


def _by_month(
    cells: Cells,
    months: list[int],
    said: dict[str, Array],
    seen: Array,
    spread: dict[str, dict[str, float]],
    sizes: Mapping[int, float | None],
) -> list[dict[str, Any]]:
    """Of each judged month what a kept forecast is scored by (`prediction.crime.record.scoring`), and the deviances of two rivals."""
    rows = []
    for place, month in enumerate(months):
        whole = cells.origin + month
        one: dict[str, Any] = {
            "month": f"{whole // 12}-{whole % 12 + 1:02d}",
            "days": round(cells.hours[month].sum() / 24, 1),
        }
        one |= _scored(cells.areas.tolist(), said[SERVED][place], seen[place], spread, sizes)
        for name, key in ((AREA_HOUR, "area_hour"), (BASE, "base")):
            one[key] = _deviance(said[name][place], seen[place])
        rows.append(one)
    return rows


def _scored(
    areas: list[int],
    said: Array,
    seen: Array,
    spread: dict[str, dict[str, float]],
    sizes: Mapping[int, float | None],
) -> dict[str, Any]:
    """The scores of one month, by area and hour of the day float[N, 24]."""
    expected, happened = float(said.sum()), int(seen.sum())
    low, high = interval(expected, spread["month"]["all"])
    told = [
        {"area": pk, "km2": sizes.get(pk), "hours": hours}
        for pk, hours in zip(areas, said.tolist(), strict=True)
    ]
    totals = dict(zip(areas, seen.sum(axis=1).astype(int).tolist(), strict=True))
    flagged = flags(told, totals)
    return {
        "happened": happened,
        "expected": round(expected, 1),
        "low": low,
        "high": high,
        "within": low <= happened <= high,
        "deviance": _deviance(said, seen),
        "deviance_flat": _deviance(np.broadcast_to(said.mean(axis=1, keepdims=True), said.shape), seen),
        "coverage_cells": round(float(covered(np.maximum(said, SMALLEST), seen).mean()), 4),
        "coverage_areas": round(
            float(
                covered(
                    np.maximum(said.sum(axis=1), SMALLEST), seen.sum(axis=1), spread["area"]["all"]
                ).mean()
            ),
            4,
        ),
        **{name: value for name, value in flagged.items() if name != "flagged"},
    }


def _deviance(said: Array, seen: Array) -> float:
    return round(float(deviances(np.maximum(said, SMALLEST), seen).mean()), 6)
