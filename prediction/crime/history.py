"""What was recorded of an area: by month, group, part of the week and hour, on the days that its source covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection
from psycopg.types.range import DateRange

from ledger.choices import AreaKind
from prediction.crime.coverage import DAY, Stretch, days_of, first_of, month_of
from prediction.crime.statements import statement

WEEKDAYS = {"all": range(7), "weekdays": range(5), "weekend": range(5, 7)}  # 0 is Monday
PLACES = {AreaKind.BEAT: "beat", AreaKind.ZONE: "zone"}  # columns of an incident; any other kind is `area`


@dataclass(frozen=True)
class History:
    """Incidents of one area and the days that are covered."""

    counts: Counter[tuple[date, int, bool, int | None]]  # by month, group, week-end and hour
    covered: Sequence[Stretch]

    def days(self, month: date, day_type: str = "all") -> int:
        """Covered days of a month, of one type."""
        return len(covered_days(month, day_type, self.covered))

    def total(self, month: date, groups: Sequence[int], day_type: str = "all") -> int:
        """Incidents of a month, those without an hour included."""
        return sum(self.by_hour(month, groups, day_type).values())

    def by_hour(self, month: date, groups: Sequence[int], day_type: str = "all") -> Counter[int | None]:
        """Incidents of a month by hour; None is an unknown hour."""
        found: Counter[int | None] = Counter()
        for (of, group, weekend, hour), number in self.counts.items():
            if of == month and group in groups and day_type in ("all", "weekend" if weekend else "weekdays"):
                found[hour] += number
        return found

    def by_group(self, months: Sequence[date]) -> Counter[int]:
        found: Counter[int] = Counter()
        for (month, group, _, _), number in self.counts.items():
            if month in months:
                found[group] += number
        return found

    @cached_property
    def months(self) -> list[date]:
        """Months with covered days, in order."""
        every = {month_of(one.first) + place for one in self.covered for place in range(_months(one))}
        return [first_of(month) for month in sorted(every)]

    def average_daily(
        self, of_year: int, groups: Sequence[int], day_type: str = "all"
    ) -> tuple[float, int, int] | None:
        """Incidents ÷ calendar days of all covered days in a month of the year, days without incidents included.

        With both numbers; None where no such day is covered.
        """
        months = [month for month in self.months if month.month == of_year]
        days = sum(self.days(month, day_type) for month in months)
        total = sum(self.total(month, groups, day_type) for month in months)
        return (total / days, total, days) if days else None


def _months(one: Stretch) -> int:
    return month_of(one.last) - month_of(one.first) + 1


def covered_days(month: date, day_type: str, covered: Sequence[Stretch]) -> list[date]:
    return [
        day
        for day in days_of(month)
        if day.weekday() in WEEKDAYS[day_type] and any(one.first <= day <= one.last for one in covered)
    ]


def history_of(agency: int, area: int, kind: str, covered: Sequence[Stretch]) -> History:
    """Read the incidents of an area, answered from an index alone."""
    found = _read("crime_history", kind, {"agency": agency, "area": area, "covered": _ranges(covered)})
    return History(Counter({tuple(row[:4]): row[4] for row in found}), covered)


def recorded_by_area(
    agency: int,
    areas: Sequence[int],
    kind: str,
    month: date,
    groups: Sequence[int],
    hour: int | None,
    covered: Sequence[Stretch],
) -> dict[int, int] | None:
    """Incidents of each area in a month, of one hour or (None) of all, those without an hour included.

    None where the source covers no day of the month: an area without incidents is then unknown, not 0.
    """
    if not covered_days(month, "all", covered):
        return None
    params = {
        "agency": agency,
        "areas": list(areas),
        "month": month,
        "groups": list(groups),
        "hour": hour,
        "covered": _ranges(covered),
    }
    return dict.fromkeys(areas, 0) | dict(_read("crime_recorded_month", kind, params))


def _ranges(covered: Sequence[Stretch]) -> list[DateRange]:
    return [DateRange(one.first, one.last + DAY) for one in covered]


def _read(name: str, kind: str, params: dict[str, Any]) -> list[Any]:
    """Rows of a statement about the areas of one kind."""
    sql = statement(name).replace("{place}", PLACES.get(AreaKind(kind), "area"))
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
