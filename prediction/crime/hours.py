"""Twenty-four hours of one area in one month: what may be expected of each, how sure that is, and how it compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.models import Area
from prediction.crime.coverage import Stretch, days_of, first_of, month_of
from prediction.crime.history import WEEKDAYS, History, history_of
from prediction.crime.intervals import interval
from prediction.crime.offences import Choice
from prediction.crime.rates import Expected, Served, expected_by_group
from prediction.patrol.types import suggested_patrol
from prediction.patrol.versions import policy_in_force

LOW, MODERATE, HIGH = "low", "moderate", "high"
MONTHS_AHEAD = 12  # that are forecast


class Abstains(Exception):
    """Why there is no forecast, in a sentence."""


@dataclass(frozen=True)
class Hour:
    """One hour of the day. Figures are incidents per day in that hour, a mean over the days of the month (of one type)."""

    hour: int
    expected: float
    low: float
    high: float
    level: str
    last_year: float | None  # recorded in the same month a year before; None where no such day is covered
    patrol: str  # as the declared table has it for the expected mix

    @property
    def clock(self) -> str:
        return f"{self.hour:02d}:00"


@dataclass(frozen=True)
class Total:
    """Incidents of the whole month (on days of one type): expected, and the 95 % interval."""

    expected: float
    low: int
    high: int
    days: int

    @property
    def a_day(self) -> float:
        return self.expected / self.days


@dataclass(frozen=True)
class Day:
    """A day of one type in a month and area."""

    area: Area
    month: date
    choice: Choice
    day_type: str
    hours: list[Hour]
    total: Total
    by_group: dict[int, float]  # expected in the month
    history: History
    told: Mapping[str, Any]  # what the run says of the agency

    @property
    def year_before(self) -> date:
        return self.month.replace(year=self.month.year - 1)


def first_month(told: Mapping[str, Any]) -> date:
    """The first month that is forecast: the one in which the covered days end, else the next."""
    last = date.fromisoformat(told["covered"][-1][1])
    whole = last == days_of(last)[-1]
    return first_of(month_of(last) + (1 if whole else 0))


def months_offered(told: Mapping[str, Any]) -> list[date]:
    first = month_of(first_month(told))
    return [first_of(first + place) for place in range(MONTHS_AHEAD)]


def covered_of(told: Mapping[str, Any]) -> list[Stretch]:
    return [Stretch(date.fromisoformat(first), date.fromisoformat(last)) for first, last in told["covered"]]


def told_of(run: Served, agency: int) -> Mapping[str, Any]:
    """What the run says of an agency. Raises `Abstains` where it says nothing, or nothing better than the base rate."""
    told = run.agencies.get(agency, {})
    if "covered" not in told:
        raise Abstains(told.get("why", "This force had no incidents when the rates were learned."))
    if told["gate"] != "open":
        raise Abstains(f"{told['why']} So nothing is forecast.")
    return told


def day_of(
    run: Served, agency: int, area: Area, month: date, choice: Choice, day_type: str, recorded: bool = True
) -> Day:
    """The answer, or `Abstains`. `recorded`: with what was recorded, which the forecast does not need."""
    told = told_of(run, agency)
    if month not in months_offered(told):
        first, last = months_offered(told)[0], months_offered(told)[-1]
        raise Abstains(f"Forecasts are given for {first:%B %Y} to {last:%B %Y}. Choose one of these months.")
    rates = [one for one in expected_by_group([area.pk], month, choice.groups, run) if one.agency == agency]
    if not rates:
        raise Abstains(
            f"No incident of this kind that says an hour is recorded for {area.name}, so nothing is forecast for it."
        )
    covered = covered_of(told)
    history = history_of(agency, area.pk, area.kind, covered) if recorded else History({}, covered)  # type: ignore[arg-type]
    kept = [one for one in rates if one.weekday - 1 in WEEKDAYS[day_type]]
    days = [day for day in days_of(month) if day.weekday() in WEEKDAYS[day_type]]
    bands = told["bands"][area.kind][choice.name][day_type]
    hours = _hours(kept, len(days), (bands, run.season(agency, month)), history, month, choice, day_type)
    total = _total(kept, told["spread"][area.kind]["area"][choice.name], len(days))
    return Day(area, month, choice, day_type, hours, total, _by_group(kept), history, told)


def _by_group(rates: Sequence[Expected]) -> dict[int, float]:
    """Expected incidents of each group of offences, 0 where it is not told."""
    groups: dict[int, float] = {}
    for one in rates:
        groups[one.group or 0] = groups.get(one.group or 0, 0.0) + one.count
    return groups


def _total(rates: Sequence[Expected], spread: float, days: int) -> Total:
    expected = sum(one.count for one in rates)
    return Total(expected, *interval(expected, spread), days)


def _hours(
    rates: Sequence[Expected],
    days: int,
    bands: tuple[Sequence[float], float],
    history: History,
    month: date,
    choice: Choice,
    day_type: str,
) -> list[Hour]:
    year_before = month.replace(year=month.year - 1)
    before = history.by_hour(year_before, choice.groups, day_type)
    covered = history.days(year_before, day_type) if history.counts else 0
    found, declared = [], policy_in_force()[0].types
    for hour in range(24):
        here = [one for one in rates if one.hour == hour]
        count = sum(one.count for one in here)
        low, high = interval(count)
        found.append(
            Hour(
                hour=hour,
                expected=count / days,
                low=low / days,
                high=high / days,
                level=_level(sum(one.expected for one in here) / len(WEEKDAYS[day_type]), *bands),
                last_year=before[hour] / covered if covered else None,
                patrol=suggested_patrol(_by_group(here), declared),
            )
        )
    return found


def _level(rate: float, bands: Sequence[float], season: float) -> str:
    """Where a rate lies among all hours of all areas of the force, in thirds."""
    moderate, high = (edge * season for edge in bands)
    return HIGH if rate >= high else MODERATE if rate >= moderate else LOW
