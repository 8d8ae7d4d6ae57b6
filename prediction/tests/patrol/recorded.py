"""Beats beside each other, plans for them, and logs of patrols: what the comparison is tried on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ledger.choices import ImportState
from ledger.models import Agency, Area, ImportRun, PatrolVisit
from prediction.models import PatrolPlan
from prediction.patrol.patrolled import patrolled
from prediction.tests.patrol.made_up import make_plan

LONDON = ZoneInfo("Europe/London")
DAY = date(2025, 3, 8)
NAMES = ("101", "102", "103", "104")  # 104 is in no plan


def square(place: int) -> dict[str, Any]:
    """Beats beside each other from west to east, a hundredth of a degree each."""
    west, east = place / 100, (place + 1) / 100
    return {
        "type": "Polygon",
        "coordinates": [[[west, 51.0], [east, 51.0], [east, 51.01], [west, 51.01], [west, 51.0]]],
    }


def beats(agency: Agency, bounded: bool = True) -> list[int]:
    return [
        Area.objects.get_or_create(
            agency=agency, kind="beat", name=name, defaults={"boundary": square(number) if bounded else None}
        )[0].pk
        for number, name in enumerate(NAMES)
    ]


def plan_of(
    agency: Agency, visits: Sequence[tuple[int, int, int]], day: date = DAY, **fields: Any
) -> PatrolPlan:
    """Visits as area, minute of the shift at which they start, and minutes."""
    areas = (
        beats(agency)
        if not Area.objects.filter(agency=agency, kind="beat").exists()
        else beats(agency, False)
    )
    minutes = {pk: sum(long for area, _, long in visits if area == place) for place, pk in enumerate(areas)}
    plan = make_plan(
        agency,
        day,
        areas=[
            {
                "area": pk,
                "name": NAMES[place],
                "expected": 1.0,
                "low": 0,
                "high": 4,
                "visits": sum(area == place for area, _, _ in visits),
                "minutes": minutes[pk],
                "minutes_share": minutes[pk] / (sum(minutes.values()) or 1),
                "reported_share": (0.5, 0.3, 0.2)[place],
                "residents": (1000, None, 500)[place],
                "residents_year": 2020,
            }
            for place, pk in enumerate(areas[:3])
        ],
        visits=[
            {"area": areas[area], "hour": start // 60, "start": start, "minutes": long, "unit": 1}
            for area, start, long in visits
        ],
    )
    for name, value in ({"start": 18, "hours": 4} | fields).items():
        setattr(plan, name, value)  # kept plans cannot be altered; this one is not kept anew
    return plan


def log(agency: Agency, *rows: dict[str, Any]) -> ImportRun:
    run = ImportRun.objects.create(source="plainfield-patrols", file_name="log.csv", state=ImportState.LOADED)
    PatrolVisit.objects.bulk_create(
        PatrolVisit(import_run=run, import_row=number, agency=agency, **row)
        for number, row in enumerate(rows, 1)
    )
    return run


def at(hour: int, minute: int = 0, day: date = DAY, fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON, fold=fold)


def visit(beat: int | None, start: datetime, minutes: float | None = 12, **fields: Any) -> dict[str, Any]:
    """In the middle of a beat; `None`: without a point."""
    point = {} if beat is None else {"longitude": (beat + 0.5) / 100, "latitude": 51.005}
    return point | {"started_at": start, "minutes": minutes} | fields


def of(plan: PatrolPlan) -> dict[str, Any]:
    found = patrolled(plan)
    assert isinstance(found, dict), found
    return found


def by_name(found: dict[str, Any], name: str) -> dict[str, Any]:
    told: dict[str, Any] = next(one for one in found["areas"] if one["name"] == name)
    return told
