"""How right a kept forecast was. Plain Python over a few thousand figures, so that a page could work it out again.

PAI = (n/N) ÷ (a/A) and PEI = n ÷ n*: n of N incidents fell in the flagged areas, which are a of A; n* is the most that areas of as
much land could have held (Chainey, Tompson and Uhlig, 2008; NIJ Real-Time Crime Forecasting Challenge, 2017). Flagged are
the areas with most expected per km² until a tenth of the land is reached; where an area's size is not known each counts alike.
Intervals of both are Wilson's 95 % interval of n of N, divided by a/A and by n*/N: land and best areas are taken as they came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

from insights.statistics import wilson
from prediction.crime.intervals import interval

FLAGGED = 0.1  # share of the land
SMALLEST = 0.001  # incidents expected in a cell at least, as in the back-test
THIRDS = ("few", "middling", "many")

Happened = Mapping[tuple[int, int], int]  # incidents by area and hour of the day


def scored(body: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    """Figures of a month: totals and their interval, deviance, coverage, PAI, PEI, and groups of areas."""
    areas = body["areas"]
    totals = {one["area"]: sum(happened.get((one["area"], hour), 0) for hour in range(24)) for one in areas}
    expected = sum(sum(one["hours"]) for one in areas)
    low, high = interval(expected, body["spread"]["month"])
    whole = sum(totals.values())
    return {
        "expected": round(expected, 2),
        "low": low,
        "high": high,
        "happened": whole,
        "within": low <= whole <= high,
        **_deviances(areas, happened),
        **_coverage(areas, happened, totals, body["spread"]["area"]),
        **flags(areas, totals),
        "groups": groups(areas, totals),
    }


def _deviances(areas: Sequence[Mapping[str, Any]], happened: Happened) -> dict[str, float]:
    """Mean Poisson deviance of an area's hour, and of the same forecast with every hour alike."""
    own = flat = 0.0
    for one in areas:
        mean = sum(one["hours"]) / 24
        for hour, said in enumerate(one["hours"]):
            seen = happened.get((one["area"], hour), 0)
            own += deviance(said, seen)
            flat += deviance(mean, seen)
    cells = 24 * len(areas)
    return {"deviance": round(own / cells, 6), "deviance_flat": round(flat / cells, 6)}


def deviance(said: float, seen: int) -> float:
    """2 (y ln(y/μ) − y + μ)."""
    said = max(said, SMALLEST)
    return 2 * ((seen * log(seen / said) if seen else 0.0) - seen + said)


def _coverage(
    areas: Sequence[Mapping[str, Any]], happened: Happened, totals: Mapping[int, int], spread: float
) -> dict[str, float]:
    """Share of cells (Poisson) and of areas' months (negative binomial) within their 95 % interval."""
    cells = inside = 0
    for one in areas:
        low, high = interval(max(sum(one["hours"]), SMALLEST), spread)
        inside += low <= totals[one["area"]] <= high
        for hour, said in enumerate(one["hours"]):
            low, high = interval(max(said, SMALLEST))
            cells += low <= happened.get((one["area"], hour), 0) <= high
    return {
        "coverage_cells": round(cells / (24 * len(areas)), 4),
        "coverage_areas": round(inside / len(areas), 4),
    }


def flags(areas: Sequence[Mapping[str, Any]], totals: Mapping[int, int]) -> dict[str, Any]:
    """Flagged areas, their share of land and of incidents, PAI and PEI; None where nothing happened."""
    sizes = sizes_of(areas)
    land, whole = sum(sizes.values()), sum(totals.values())
    said = {one["area"]: sum(one["hours"]) for one in areas}
    chosen = densest(said, sizes, FLAGGED * land)
    area = sum(sizes[one] for one in chosen)
    hits = sum(totals[one] for one in chosen)
    best = sum(totals[one] for one in densest(totals, sizes, area))
    return {
        "flagged": chosen,
        "flagged_land": round(area / land, 4),
        "flagged_happened": hits,
        "by_size": all(one.get("km2") for one in areas),
        **ratios(hits, whole, area / land if land else 0.0, best),
    }


def ratios(hits: int, whole: int, land: float, best: int) -> dict[str, float | None]:
    """PAI and PEI with their intervals. `land`: share of the land; None where nothing happened, on no land, or where nothing could be held."""
    low, high = wilson(hits, whole)
    pai = land if whole and land else None
    pei = best / whole if whole and best else None
    found: dict[str, float | None] = {}
    for name, divisor, most in (("pai", pai, None), ("pei", pei, 1.0)):
        for ending, share in (("", hits / whole if whole else None), ("_low", low), ("_high", high)):
            value = share / divisor if divisor and share is not None else None
            capped = min(value, most) if value is not None and most and ending else value
            found[name + ending] = None if capped is None else round(capped, 3)
    return found


def sizes_of(areas: Sequence[Mapping[str, Any]]) -> dict[int, float]:
    """km² of each area; 1 for all where one is not known."""
    known = all(one.get("km2") for one in areas)
    return {one["area"]: float(one["km2"]) if known else 1.0 for one in areas}


def densest(counts: Mapping[int, float], sizes: Mapping[int, float], land: float) -> list[int]:
    """Areas with most per km² whose land together stays within `land`; one that no longer fits is passed over."""
    taken, left = [], land * (1 + 1e-9)
    for area in sorted(counts, key=lambda one: (-counts[one] / sizes[one], one)):
        if sizes[area] <= left and counts[area] > 0:
            taken.append(area)
            left -= sizes[area]
    return taken


def groups(areas: Sequence[Mapping[str, Any]], totals: Mapping[int, int]) -> list[dict[str, Any]]:
    """Thirds of areas by what was recorded in the year before: their shares of what was expected, of what happened and of flags.

    A forecast that feeds on itself gives the last third more and more than its share.
    """
    order = sorted(areas, key=lambda one: (one["recent"], one["area"]))
    flagged = set(flags(areas, totals)["flagged"])
    expected, whole = sum(sum(one["hours"]) for one in areas), sum(totals.values())
    found = []
    for place, name in enumerate(THIRDS):
        part = order[place * len(order) // 3 : (place + 1) * len(order) // 3]
        found.append(
            {
                "group": name,
                "areas": len(part),
                "expected": round(sum(sum(one["hours"]) for one in part) / expected, 4) if expected else None,
                "happened": round(sum(totals[one["area"]] for one in part) / whole, 4) if whole else None,
                "flagged": sum(one["area"] in flagged for one in part),
            }
        )
    return found
