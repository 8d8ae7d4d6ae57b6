"""Survey figures as tables of quarters and areas, for methods that step from quarter to quarter."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from insights.trust import figures
from insights.trust.figures import FORCE, Measured, Survey
from prediction.trust.methods import FIRST, YEAR, Floats

LEAST = FIRST + YEAR + 5  # quarters in a row: four origins with known outcomes a year ahead, and one to judge


@dataclass(frozen=True)
class Series:
    """`shares`: quarters in a row (rows) by areas (columns), NaN where there is no figure."""

    survey: Survey
    measure: str
    areas: list[int]
    days: list[date]
    shares: Floats

    def target(self, ahead: int) -> date:
        """The last day of the quarter so many quarters after the last."""
        return quarters_on(self.days[-1], ahead)


def quarters_on(day: date, quarters: int) -> date:
    months = day.year * 12 + day.month - 1 + 3 * quarters
    year, month = months // 12, months % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def all_series() -> Iterator[Series]:
    """Every measure of every survey whose newest figures end a run of quarters that is long enough."""
    for survey in figures.surveys():
        for found in figures.all_measured(survey).values():
            made = series_of(survey, found)
            if made is not None:
                yield made


def series_of(survey: Survey, found: Measured) -> Series | None:
    own = {area: by_day for area, by_day in found.shares.items() if area != FORCE}
    days = _run_of_quarters(sorted({day for by_day in own.values() for day in by_day}))
    areas = sorted(area for area, by_day in own.items() if days and days[-1] in by_day)
    if len(days) < LEAST or not areas:
        return None
    shares = np.array(
        [[own[area][day].share if day in own[area] else np.nan for area in areas] for day in days]
    )
    return Series(survey, found.measure, areas, days, shares)


def _run_of_quarters(days: list[date]) -> list[date]:
    """The last days, back to the first gap; nothing where the last is no end of a quarter."""
    found: list[date] = []
    for day in reversed(days):
        if found and quarters_on(day, 1) != found[-1]:
            break
        if quarters_on(day, 0) != day or day.month % 3:
            break
        found.append(day)
    return found[::-1]
