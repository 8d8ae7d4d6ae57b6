"""What was reported in the shift of a plan, held against what the plan expected and where it sent people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from insights.statistics import wilson
from prediction.crime.intervals import interval
from prediction.crime.statements import rows, statement
from prediction.models import PatrolPlan
from prediction.patrol.demand import place_of

WAIT = timedelta(days=14)  # after a shift, until most of what happened in it is reported


@dataclass(frozen=True)
class Outcome:
    """`expected`, `low`, `high`: of all areas together. `within`: areas whose count lies in their interval, of `areas`. `hits`: crimes
    in the areas and hours with a visit; `pai`: their share ÷ the share of areas and hours; `pei`: ÷ those in as many of the best. Their
    intervals are Wilson's of the share of crimes, the best being taken as it came."""

    counted: int
    expected: float
    low: int
    high: int
    within: int
    areas: int
    hits: int
    cells: int
    visited: int
    pai: float | None
    pai_low: float | None
    pai_high: float | None
    pei: float | None
    pei_low: float | None
    pei_high: float | None
    by_area: dict[int, int]


def afterwards(plan: PatrolPlan) -> Outcome | str:
    """What came of it, or in a sentence why that cannot be told yet."""
    if not plan.is_over:
        return "The shift is not over. What was reported in it stands here afterwards."
    last = reported_until(plan)
    if last is None or last < plan.expires.date() + WAIT:
        until = f"They reach until {last:%-d %B %Y}." if last else "There are none with a day."
        return (
            "The crimes of this shift are not in the ledger yet: what happens is reported for days afterwards, so that reports must reach "
            f"two weeks beyond it. {until}"
        )
    return compared(plan.body, counted(plan), plan.hours)


def reported_until(plan: PatrolPlan) -> date | None:
    found: date | None = rows("hotspot_reports", {"agency": plan.agency_id})[0][1]
    return found


def counted(plan: PatrolPlan) -> Counter[tuple[int, int]]:
    """Crimes that victims reported, by area and hour of the shift."""
    first = datetime.combine(plan.day, time(plan.start))
    params: dict[str, Any] = {
        "agency": plan.agency_id,
        "groups": plan.body["groups"],
        "begins": first,
        "ends": first + timedelta(hours=plan.hours),
    }
    found: Counter[tuple[int, int]] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(statement("patrol_reported").replace("{place}", place_of(plan.kind)), params)
        for area, hour, _, number in cursor.fetchall():
            found[area, hour] += number
    return found


def compared(body: dict[str, Any], happened: Counter[tuple[int, int]], hours: int) -> Outcome:
    """The plan's areas alone count: what happened elsewhere was not its affair."""
    areas = {one["area"]: one for one in body["areas"]}
    mine = Counter({cell: number for cell, number in happened.items() if cell[0] in areas})
    by_area: Counter[int] = Counter()
    for (area, _), number in mine.items():
        by_area[area] += number
    visited = {(one["area"], one["hour"]) for one in body["visits"]}
    hits, whole, cells = (
        sum(mine[cell] for cell in visited),
        sum(mine.values()),
        len(areas) * (hours - len(body.get("skipped", ()))),
    )
    best = sum(sorted(mine.values(), reverse=True)[: len(visited)])
    share = len(visited) / cells if cells else 0.0
    low, high = wilson(hits, whole)
    expected = sum(one["expected"] for one in areas.values())
    span = interval(expected)
    return Outcome(
        counted=whole,
        expected=expected,
        low=span[0],
        high=span[1],
        within=sum(one["low"] <= by_area[area] <= one["high"] for area, one in areas.items()),
        areas=len(areas),
        hits=hits,
        cells=cells,
        visited=len(visited),
        pai=hits / whole / share if whole and share else None,
        pai_low=low / share if low is not None and share else None,
        pai_high=high / share if high is not None and share else None,
        pei=hits / best if best else None,
        pei_low=low * whole / best if low is not None and best else None,
        pei_high=min(1.0, high * whole / best) if high is not None and best else None,
        by_area=dict(by_area),
    )
