"""When made-up stops happen: whole months, with rush hours, week-ends and nights."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

MONTHS = 36
# Weights of the hours 0 to 23, Monday to Thursday: two rush hours, a quiet small morning.
WORKDAY = (10, 7, 5, 4, 4, 8, 20, 44, 52, 38, 30, 29, 31, 30, 32, 38, 50, 58, 50, 36, 30, 26, 21, 15)
# Friday and Saturday run into the night; Sunday starts late.
FRIDAY = (*WORKDAY[:18], 56, 46, 42, 40, 38, 34)
SATURDAY = (30, 26, 20, 14, 8, 6, 8, 12, 20, 28, 34, 38, 40, 40, 40, 40, 40, 42, 44, 44, 44, 44, 42, 38)
SUNDAY = (34, 30, 24, 16, 8, 6, 6, 8, 12, 18, 24, 28, 30, 30, 30, 32, 34, 34, 32, 28, 24, 20, 16, 12)
WEEK = (WORKDAY, WORKDAY, WORKDAY, WORKDAY, FRIDAY, SATURDAY, SUNDAY)
# Weights of the months January to December: a little more in summer.
SEASONS = (0.94, 0.92, 0.98, 1.0, 1.03, 1.06, 1.07, 1.06, 1.02, 1.0, 0.96, 0.96)


@dataclass(frozen=True, order=True)
class Month:
    year: int
    month: int

    @property
    def days(self) -> int:
        return monthrange(self.year, self.month)[1]

    @property
    def number(self) -> int:
        """Months since year 0: names the month's own stream of random numbers."""
        return self.year * 12 + self.month - 1

    def back(self, months: int) -> Month:
        year, month = divmod(self.number - months, 12)
        return Month(year, month + 1)

    @classmethod
    def last_full(cls, today: date) -> Month:
        return cls(today.year, today.month).back(1)


def divide(total: int, until: Month, yearly_growth: float) -> list[tuple[Month, int]]:
    """The 36 months up to `until`, with the number of stops of each; they add up to `total` exactly."""
    months = [until.back(back) for back in reversed(range(MONTHS))]
    weights = [
        SEASONS[month.month - 1] * month.days * (1 + yearly_growth) ** (place / 12)
        for place, month in enumerate(months)
    ]
    edges, passed = [0], 0.0
    for weight in weights:
        passed += weight
        edges.append(round(total * passed / sum(weights)))
    edges[-1] = total
    return [(month, edges[i + 1] - edges[i]) for i, month in enumerate(months)]


def draw_minutes(random: Any, month: Month, count: int) -> Any:
    """Minutes since the month began, sorted: an hour by its weight, then any minute of it."""
    import numpy as np

    first = date(month.year, month.month, 1).weekday()
    weights = np.concatenate([WEEK[(first + day) % 7] for day in range(month.days)]).cumsum()
    slots = np.searchsorted(weights / weights[-1], random.random(count), side="right")
    return np.sort(slots * 60 + (random.random(count) * 60).astype(int))
