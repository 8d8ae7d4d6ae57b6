"""A plan held against the patrols that were recorded: pure functions over the plan's body and what the log holds.

A planned visit counts as made when a unit was recorded in its area in its hour: of p planned and r recorded visits of an area and an hour
min(p, r) were made. Nothing here says what patrols did to crime.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from insights.statistics import wilson
from prediction.patrol.matching import BOUNDARY, NAME, OUTSIDE, UNKNOWN, Place
from prediction.patrol.planning import Cell
from prediction.patrol.policy import MINUTES
from prediction.patrol.took_place import Stay

LONG = 120  # minutes of a visit, from which on a log that was not closed is more likely
GROUPS = ("few", "middling", "many")


@dataclass
class Tally:
    """Visits and minutes by area and hour; areas may be `OUTSIDE` and `UNKNOWN`. `full`: visits of ten minutes at least."""

    visits: Counter[Cell] = field(default_factory=Counter)
    full: Counter[Cell] = field(default_factory=Counter)
    minutes: dict[Cell, float] = field(default_factory=dict)

    def add(self, cell: Cell, length: float | None, minutes: Mapping[Cell, float]) -> None:
        self.visits[cell] += 1
        self.full[cell] += length is not None and length >= MINUTES[0]
        for one, number in minutes.items():
            self.minutes[one] = self.minutes.get(one, 0.0) + number

    def of_areas(self, areas: Collection[int]) -> tuple[int, float]:
        """Visits and minutes of these areas together."""
        visits = sum(number for (area, _), number in self.visits.items() if area in areas)
        return visits, sum(number for (area, _), number in self.minutes.items() if area in areas)


def planned_of(visits: Iterable[Mapping[str, Any]], known: Collection[int]) -> Tally:
    """The plan's visits in the hours that the log reaches."""
    found = Tally()
    for one in visits:
        cell = (one["area"], one["hour"])
        if one["hour"] in known:
            found.add(cell, one["minutes"], {cell: one["minutes"]})
    return found


def recorded_of(stays: Sequence[Stay], placed: Sequence[Place]) -> Tally:
    """What took place. A visit counts in the hour in which it began, its minutes in those in which they passed."""
    found = Tally()
    for stay, place in zip(stays, placed, strict=True):
        minutes = {(place.area, hour): number for hour, number in (stay.minutes or {}).items()}
        found.add((place.area, stay.hour), stay.length, minutes)
    return found


def compare(
    body: Mapping[str, Any],
    hours: int,
    known: Collection[int],
    stays: Sequence[Stay],
    placed: Sequence[Place],
) -> dict[str, Any]:
    """Everything that can be said, as plain JSON. `known`: hours of the shift that the log reaches."""
    planned, took = planned_of(body["visits"], known), recorded_of(stays, placed)
    mine = [one["area"] for one in body["areas"]]
    in_plan = took.of_areas(set(mine))[1]
    with_visit = sum(number for cell, number in took.minutes.items() if planned.visits[cell])
    return {
        "known_hours": len(set(known)),
        "hours": hours,
        "planned": planned.visits.total(),
        "planned_minutes": sum(planned.minutes.values()),
        "beyond_log": len(body["visits"]) - planned.visits.total(),
        "recorded": took.visits.total(),
        "recorded_minutes": sum(took.minutes.values()),
        "unmeasured": sum(one.minutes is None for one in stays),
        "long": sum(one.length is not None and one.length > LONG for one in stays),
        "placed_by": {name: sum(one.by == name for one in placed) for name in (BOUNDARY, NAME)},
        "unplaced": took.of_areas({UNKNOWN})[0],
        **_made(planned, took, mine),
        "minutes_as_planned": with_visit,
        "minutes_else": in_plan - with_visit,
        "minutes_outside": took.of_areas({OUTSIDE})[1],
        "minutes_unplaced": took.of_areas({UNKNOWN})[1],
        "areas": _by_area(body["areas"], planned, took, in_plan),
        "by_hour": [_of_hour(hour, planned, took, set(mine), hour in known) for hour in range(hours)],
        "cells": _cells(planned, took, set(mine)),
    }


def _made(planned: Tally, took: Tally, mine: Sequence[int]) -> dict[str, Any]:
    """Planned visits that were made; `most`, were every visit whose place is not known one of them in its hour; `in_shift`, at whatever hour;
    `full`, of ten minutes at least."""
    made = sum(min(number, took.visits[cell]) for cell, number in planned.visits.items())
    whole = planned.visits.total()
    low, high = wilson(made, whole)
    most = 0
    for hour in {hour for _, hour in planned.visits}:
        here = {cell: number for cell, number in planned.visits.items() if cell[1] == hour}
        done = sum(min(number, took.visits[cell]) for cell, number in here.items())
        most += min(sum(here.values()), done + took.visits[UNKNOWN, hour])
    return {
        "made": made,
        "made_share": made / whole if whole else None,
        "made_low": low,
        "made_high": high,
        "made_most": most,
        "made_full": sum(min(number, took.full[cell]) for cell, number in planned.visits.items()),
        "made_in_shift": sum(min(planned.of_areas({area})[0], took.of_areas({area})[0]) for area in mine),
    }


def _by_area(
    areas: Sequence[Mapping[str, Any]], planned: Tally, took: Tally, whole: float
) -> list[dict[str, Any]]:
    """Exposure as patrolled: minutes per 1,000 residents, and the share of the minutes of all areas of the plan."""
    found = []
    for one in areas:
        visits, minutes = planned.of_areas({one["area"]})
        recorded, spent = took.of_areas({one["area"]})
        people = one.get("residents")
        found.append(
            {
                "area": one["area"],
                "name": one["name"],
                "planned": visits,
                "planned_minutes": minutes,
                "recorded": recorded,
                "recorded_minutes": spent,
                "made": sum(
                    min(number, took.visits[cell])
                    for cell, number in planned.visits.items()
                    if cell[0] == one["area"]
                ),
                "residents": people,
                "per_1000": 1000 * spent / people if people else None,
                "share": spent / whole if whole else None,
                "reported_share": one.get("reported_share"),
            }
        )
    return found


def _of_hour(hour: int, planned: Tally, took: Tally, mine: set[int], known: bool) -> dict[str, Any]:
    def here(numbers: Mapping[Cell, float], areas: Collection[int]) -> float:
        return sum(number for (area, at), number in numbers.items() if at == hour and area in areas)

    return {
        "hour": hour,
        "known": known,
        "planned": here(planned.visits, mine),
        "planned_minutes": here(planned.minutes, mine),
        "recorded": here(took.visits, mine),
        "recorded_minutes": here(took.minutes, mine),
        "made": sum(
            min(number, took.visits[cell]) for cell, number in planned.visits.items() if cell[1] == hour
        ),
        "elsewhere_minutes": here(took.minutes, {OUTSIDE, UNKNOWN}),
    }


def _cells(planned: Tally, took: Tally, mine: set[int]) -> list[list[float]]:
    """Area, hour, visits and minutes planned, visits and minutes recorded; cells with none are left out."""
    cells = {*planned.visits, *took.visits, *took.minutes}
    return [
        [
            *cell,
            planned.visits[cell],
            planned.minutes.get(cell, 0.0),
            took.visits[cell],
            took.minutes.get(cell, 0.0),
        ]
        for cell in sorted(cells)
        if cell[0] in mine
    ]


def thirds(areas: Sequence[Mapping[str, Any]], patrolled: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Thirds of a plan's areas by their share of reported harm: that share, the share of minutes planned and patrolled, and minutes per 1,000
    residents where the residents of all areas of the third are known."""
    order = sorted(areas, key=lambda one: (one["reported_share"] or 0.0, one["area"]))
    spent = {one["area"]: one["recorded_minutes"] for one in (patrolled or {}).get("areas", [])}
    whole = sum(spent.values())
    found = []
    for place, name in enumerate(GROUPS):
        part = order[place * len(order) // len(GROUPS) : (place + 1) * len(order) // len(GROUPS)]
        people = [one.get("residents") for one in part]
        known = sum(people) if part and all(people) else None  # type: ignore[arg-type]
        minutes = sum(one.get("minutes", 0) for one in part)
        took = sum(spent.get(one["area"], 0.0) for one in part)
        found.append(
            {
                "group": name,
                "areas": len(part),
                "reported": sum(one["reported_share"] or 0.0 for one in part),
                "minutes": sum(one["minutes_share"] or 0.0 for one in part),
                "per_1000": 1000 * minutes / known if known else None,
                "patrolled": took / whole if whole else None,
                "patrolled_per_1000": 1000 * took / known if known and patrolled else None,
            }
        )
    return found
