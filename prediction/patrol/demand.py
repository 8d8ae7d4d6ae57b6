"""What is expected in a shift, by area, hour and group of offences: read from the served rates, victims' reports only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from ledger.models import Agency, Area, AreaFigure
from prediction.crime.coverage import hours_of
from prediction.crime.intervals import interval
from prediction.crime.rates import Served, expected_by_group
from prediction.crime.statements import statement
from prediction.patrol.planning import Cell
from prediction.patrol.policy import Policy

# Columns of an incident that name areas of a kind; all other kinds are named by the column `area`.
PLACES = {"beat": "beat", "zone": "zone"}
UTC = ZoneInfo("UTC")
PEOPLE = ("population", "total population", "total_estimate", "residents")


@dataclass(frozen=True)
class Shift:
    """`first`: the hour at which it begins, by the clock of `zone`, without zone. `hours`: on that clock, so that one that is skipped or comes
    twice counts as one."""

    first: datetime
    hours: int
    zone: ZoneInfo = UTC

    @property
    def clock(self) -> list[datetime]:
        return [self.first + timedelta(hours=place) for place in range(self.hours)]

    @cached_property
    def lasting(self) -> list[float]:
        """How long each of its hours lasts: 0 for the one that is skipped in spring, 2 for the one that comes twice in autumn."""
        days = {day: hours_of(day, self.zone) for day in {one.date() for one in self.clock}}
        return [days[one.date()][one.hour] for one in self.clock]

    @property
    def skipped(self) -> list[int]:
        return [place for place, hours in enumerate(self.lasting) if not hours]

    @property
    def repeated(self) -> list[int]:
        return [place for place, hours in enumerate(self.lasting) if hours > 1]


@dataclass
class Demand:
    """Expected crimes by area, hour of the shift and group; what was reported of each area before."""

    counts: dict[Cell, dict[int, float]] = field(default_factory=dict)

    def harm(self, policy: Policy) -> dict[Cell, float]:
        """Expected crimes times the weight of their group."""
        return {
            cell: sum(number * policy.severity.get(group, 0.0) for group, number in mix.items())
            for cell, mix in self.counts.items()
        }

    def mix(self, area: int, hour: int | None = None) -> dict[int, float]:
        """Expected crimes of an area by group, in an hour or in the whole shift."""
        found: dict[int, float] = {}
        for (here, at), by_group in self.counts.items():
            if here == area and hour in (None, at):
                for group, number in by_group.items():
                    found[group] = found.get(group, 0.0) + number
        return found


def demand_of(run: Served, areas: Sequence[int], shift: Shift, policy: Policy) -> Demand:
    """Rates of the hours of the shift, each with the season of its own month."""
    found = Demand()
    for month in dict.fromkeys(one.date().replace(day=1) for one in shift.clock):
        wanted = {
            (one.isoweekday(), one.hour): place
            for place, one in enumerate(shift.clock)
            if one.date().replace(day=1) == month
        }
        for row in expected_by_group(areas, month, policy.groups, run):
            place = wanted.get((row.weekday, row.hour))
            if place is None or row.group is None:
                continue
            number = row.expected * shift.lasting[place]
            if number > 0:
                mix = found.counts.setdefault((row.area, place), {})
                mix[row.group] = mix.get(row.group, 0.0) + number
    return found


def span(mean: float) -> tuple[int, int]:
    """Between which counts 95 % lie, by Poisson."""
    return interval(mean)


def reported_harm(run: Served, areas: Sequence[int], policy: Policy) -> dict[int, float]:
    """Of each area the crimes that the rates rest on, times their weights."""
    found: dict[int, float] = {}
    rates = run.run.crime_rates.filter(area__in=list(areas), group__in=policy.groups)
    for area, group, incidents in rates.values_list("area_id", "group", "incidents"):
        found[area] = found.get(area, 0.0) + incidents * policy.severity.get(group, 0.0)
    return found


def recent(
    agency: Agency, kind: str, areas: Sequence[int], policy: Policy, last: date
) -> dict[int, tuple[int, int]]:
    """Crimes of each area in the last four weeks of the data, and in the four before."""
    sql = statement("patrol_recent").replace("{place}", place_of(kind))
    params: dict[str, Any] = {
        "agency": agency.pk,
        "areas": list(areas),
        "groups": list(policy.groups),
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {area: (now, before) for area, now, before in cursor.fetchall()}


def place_of(kind: str) -> str:
    return PLACES.get(kind, "area")


def residents(areas: Sequence[int]) -> dict[int, tuple[int, int | None]]:
    """People who live in each area, with the year, where an imported figure tells it; the newest."""
    current: Any = AreaFigure.objects.current()
    figures = current.filter(area__in=list(areas), measure__in=PEOPLE)
    found: dict[int, tuple[int, int | None]] = {}
    for area, value, year in figures.order_by("year", "pk").values_list("area_id", "value", "year"):
        found[area] = (round(value), year)
    return found


def middles(areas: Sequence[int]) -> dict[int, tuple[float, float]]:
    """The middle of each area's outermost points, where there is a boundary."""
    bounded = Area.objects.filter(pk__in=list(areas), boundary__isnull=False)
    found = {}
    for pk, boundary in bounded.values_list("pk", "boundary"):
        if boundary:
            parts = [boundary["coordinates"]] if boundary["type"] == "Polygon" else boundary["coordinates"]
            points = [point for part in parts for point in part[0]]
            xs, ys = [point[0] for point in points], [point[1] for point in points]
            found[pk] = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    return found
