"""How many incidents may be expected, read from the table of the run in use. Nothing here needs more than the database.

An area without a row is one of which nothing is known: it is left out of the answer, not answered with zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from prediction.crime.coverage import SLOTS, days_of, exposure, month_of
from prediction.crime.intervals import interval
from prediction.crime.offences import GROUPS
from prediction.crime.statements import rows
from prediction.models import ModelRun, RunState

KIND = "crime"
HOURS_OF_DAY = 24


@dataclass(frozen=True, slots=True)
class Expected:
    """What may be expected of one area in one hour of the week, in a month.

    `expected`: incidents per hour. `hours`: how many such hours the month has, so that `expected` × `hours` incidents are
    expected in all of them. `group`: of one group of offences, None for the sum of those asked for.
    """

    area: int
    agency: int
    weekday: int  # 1 Monday to 7 Sunday
    hour: int  # 0 to 23
    expected: float
    hours: float
    group: int | None = None

    @property
    def count(self) -> float:
        """Incidents expected in all such hours of the month."""
        return self.expected * self.hours

    @property
    def low(self) -> float:
        """Per hour, over all such hours of the month: in 97.5 % of months at least so many."""
        return interval(self.count)[0] / self.hours if self.hours else 0.0

    @property
    def high(self) -> float:
        """Per hour, over all such hours of the month: in 97.5 % of months at most so many."""
        return interval(self.count)[1] / self.hours if self.hours else 0.0


@dataclass(frozen=True)
class Served:
    """The run in use, as far as answers need it."""

    run: ModelRun

    @cached_property
    def agencies(self) -> dict[int, dict[str, Any]]:
        """What was learned of each agency: `season`, `kinds`, `spread`, `bands`, `covered`, or `why` nothing was."""
        return {int(pk): told for pk, told in self.run.serving["agencies"].items()}

    def season(self, agency: int, month: date) -> float:
        return float(self.agencies[agency]["season"][month.month - 1])

    def hours(self, agency: int, month: date) -> tuple[float, ...]:
        """How often each hour of the week passes in a month, by the agency's clock."""
        return hours_of_month(self.agencies[agency]["time_zone"], month_of(month))


def served() -> Served | None:
    """The run in use; None where none is."""
    run = ModelRun.objects.filter(kind=KIND, state=RunState.IN_USE).defer("card", "metrics").first()
    return Served(run) if run is not None else None


def expected(
    areas: Iterable[int],
    month: date,
    groups: Sequence[int] = GROUPS,
    weights: Sequence[float] | None = None,
    run: Served | None = None,
) -> list[Expected]:
    """Of each area, weekday and hour in the month that `month` lies in: 168 rows an area, in that order.

    `groups`: codes of `OffenceGroup`, which are summed, each times its weight where weights are given (of harm, or of the
    chance that an offence is found). Nothing where no run is in use.
    """
    run = run or served()
    if run is None:
        return []
    params = {
        "run": run.run.pk,
        "areas": list(areas),
        "groups": list(groups),
        "weights": list(weights) if weights is not None else [1.0] * len(groups),
    }
    return [
        _row(run, month, area, agency, int(slot), rate)
        for area, agency, slot, rate in rows("crime_expected", params)
    ]


def expected_by_group(
    areas: Iterable[int], month: date, groups: Sequence[int] = GROUPS, run: Served | None = None
) -> list[Expected]:
    """The same for each group of offences by itself; groups of which an agency has no incident are left out."""
    run = run or served()
    if run is None:
        return []
    params = {"run": run.run.pk, "areas": list(areas), "groups": list(groups)}
    return [
        _row(run, month, area, agency, slot, rate, group)
        for area, agency, group, rates in rows("crime_expected_by_group", params)
        for slot, rate in enumerate(rates)
    ]


def _row(
    run: Served, month: date, area: int, agency: int, slot: int, rate: float, group: int | None = None
) -> Expected:
    return Expected(
        area=area,
        agency=agency,
        weekday=slot // HOURS_OF_DAY + 1,
        hour=slot % HOURS_OF_DAY,
        expected=rate * run.season(agency, month),
        hours=run.hours(agency, month)[slot],
        group=group,
    )


def areas_with_rates(run: Served | None = None, kind: str = "", agency: int | None = None) -> list[int]:
    """Ids of the areas that can be answered for, of one kind and agency where given, in order."""
    run = run or served()
    if run is None:
        return []
    found = run.run.crime_rates.order_by("area_id")
    if kind:
        found = found.filter(area__kind=kind)
    if agency is not None:
        found = found.filter(agency=agency)
    return list(found.values_list("area_id", flat=True).distinct())


@lru_cache(maxsize=256)
def hours_of_month(zone: str, month: int) -> tuple[float, ...]:
    """How often each hour of the week passes in a month, since the year 0, by the clock of a time zone."""
    first = date(month // 12, month % 12 + 1, 1)
    return tuple(exposure(days_of(first), ZoneInfo(zone)).get(month, [0.0] * SLOTS))
