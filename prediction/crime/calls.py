"""The calls that clients of ATLShield make: a neighbourhood and a month, answered with hours or with a daily average."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.models import Area
from prediction.crime import asked, telling
from prediction.crime.asked import AskedError
from prediction.crime.drawing import bars
from prediction.crime.history import History, history_of
from prediction.crime.hours import Abstains, Day, covered_of, day_of
from prediction.crime.offences import CHOICES, GROUPS
from prediction.crime.rates import Served, served

PLACE, MONTH = "neighborhood", "month"
NOT_IN_USE = "No forecast is in use. An analyst trains one from the incidents in the ledger."
FIGURES = 6  # decimals


@dataclass(frozen=True)
class Call:
    """What a client asked for. Raises `AskedError` or `Abstains` on the way."""

    run: Served
    area: Area
    agency: int
    month: Any  # as the client wrote it

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Call:
        run = served()
        if run is None:
            raise Abstains(NOT_IN_USE)
        errors: dict[str, list[str]] = {}
        for name in set(data) - {PLACE, MONTH}:
            errors[str(name)[:40]] = [f"Is not asked for. Send {PLACE} and {MONTH}."]
        place = None
        try:
            place = asked.place_named(run, data.get(PLACE), PLACE)
        except AskedError as error:
            errors |= error.errors
        try:
            asked.of_year_named(data.get(MONTH), MONTH)
        except AskedError as error:
            errors |= error.errors
        if errors or place is None:
            raise AskedError(errors)
        return cls(run, place.area, place.agency, data[MONTH])


def day(call: Call) -> Day:
    """The forecast; a month without a year is the next one that is forecast."""
    told = call.run.agencies.get(call.agency, {})
    if "covered" not in told:
        raise Abstains(told.get("why", NOT_IN_USE))
    month = asked.month_named(told, call.month, MONTH)
    return day_of(call.run, call.agency, call.area, month, CHOICES[0], "all", recorded=False)


def hourly(day: Day) -> list[dict[str, Any]]:
    """A row for each hour; incidents per day in that hour, not rounded up."""
    return [
        {
            "hour": one.clock,
            "predicted_crimes": round(one.expected, FIGURES),
            "low": round(one.low, FIGURES),
            "high": round(one.high, FIGURES),
            "level": one.level,
            "suggested_patrol": one.patrol,
        }
        for one in day.hours
    ]


def average_daily(call: Call) -> dict[str, Any]:
    """Recorded incidents ÷ covered calendar days of the month, those without incidents included.

    A month without a year: of that month in all years with data. Raises `Abstains` where none of its days is covered.
    """
    told = call.run.agencies.get(call.agency, {})
    if "covered" not in told:
        raise Abstains(told.get("why", NOT_IN_USE))
    history = history_of(call.agency, call.area.pk, call.area.kind, covered_of(told))
    mean = _average(history, call.month)
    if mean is None:
        raise Abstains(f"There is no day with data of this month for {call.area.name}.")
    return {PLACE: call.area.name, MONTH: call.month, "average_daily_crime_count": round(mean, FIGURES)}


def _average(history: History, asked_for: Any) -> float | None:
    written = str(asked_for).strip()
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}", written, re.ASCII):
        month = date(int(written[:4]) or 1, int(written[5:]), 1)
        days = history.days(month)
        return history.total(month, GROUPS) / days if days else None
    found = history.average_daily(asked.of_year_named(asked_for, MONTH), GROUPS)
    return found[0] if found else None


def picture(day: Day) -> str:
    return bars(day.hours, telling.title(day), _about(day))


def _about(day: Day) -> str:
    return f"{telling.figure(day.total.expected)} incidents are expected, {telling.figure(day.total.a_day)} a day."
