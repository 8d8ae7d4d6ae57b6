"""Which days a source covers. A month without data is not a month without crime: exposure counts covered days only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from prediction.crime.statements import rows

DAY = timedelta(days=1)
SHORTEST_GAP = (
    7  # days without a report that may be chance even where reports come daily: a holiday, a week-end
)
GAPS = (
    20  # times the median gap between days with reports: chance gives one so long less than once in a million
)
LONGEST_GAP = 60  # days: what is reported more rarely than that cannot be told from data that is not there
SHORTEST = 28  # days of a stretch: stray reports years before make none
KNOWN_SHARE = 0.9  # of what happens on a day must be reported by the end of the data, for the day to count
LONGEST_WAIT = 14  # days that are left out at the end for that, at most
SLOTS = 168  # hours of a week, from Monday 0:00


@dataclass(frozen=True)
class Stretch:
    """Covered days without a gap, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> Iterable[date]:
        return (self.first + DAY * place for place in range((self.last - self.first).days + 1))


def stretches_of(agency: int) -> list[Stretch]:
    """The covered days of an agency, by its days of report."""
    return stretches(rows("crime_reports_by_day", {"agency": agency}), waiting(agency))


def waiting(agency: int) -> int:
    """Days after which at least nine tenths of what happened on a day are reported, by the agency's own past."""
    delays = rows("crime_delays", {"agency": agency})
    total, known = sum(count for _, count in delays), 0
    for days, count in delays:
        known += count
        if known >= KNOWN_SHARE * total:
            return min(int(days), LONGEST_WAIT)
    return 0


def stretches(by_day: Sequence[tuple[date, int]], wait: int = 0) -> list[Stretch]:
    """Runs of days with reports whose gaps chance explains.

    The last day of a run is left out, as a file may end within it, and `wait` days before that, as not all of what happened
    on them is reported yet.
    """
    days = [day for day, _ in by_day]
    if len(days) < 2:
        return []
    gaps = [(later - day).days for day, later in pairwise(days)]
    usual = median(gaps)
    longest = max(SHORTEST_GAP, min(GAPS * usual, LONGEST_GAP)) if usual > 1 else SHORTEST_GAP
    found, first = [], days[0]
    for day, later in pairwise(days):
        if (later - day).days > longest:
            found.append((first, day))
            first = later
    found.append((first, days[-1]))
    cut = DAY * (1 + wait)
    return [Stretch(a, b - cut) for a, b in found if (b - cut - a).days + 1 >= SHORTEST]


def month_of(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def days_of(month: date) -> list[date]:
    """Every day of the calendar month that a day lies in."""
    first = month.replace(day=1)
    return [first + DAY * place for place in range((first_of(month_of(first) + 1) - first).days)]


def exposure(days: Iterable[date], zone: ZoneInfo) -> dict[int, list[float]]:
    """Hours that passed, by month and hour of the week.

    A day has each hour once, but when clocks change: the hour that is skipped is not there, the one that is repeated twice.
    """
    passed: dict[int, list[float]] = {}
    for day in days:
        hours = passed.setdefault(month_of(day), [0.0] * SLOTS)
        start = day.weekday() * 24
        for hour, times in enumerate(hours_of(day, zone)):
            hours[start + hour] += times
    return passed


def hours_of(day: date, zone: ZoneInfo) -> list[float]:
    """How long each hour of the clock lasted on a day, in hours."""
    start, end = (datetime.combine(one, time(), zone) for one in (day, day + DAY))
    if start.utcoffset() == end.utcoffset():
        return [1.0] * 24
    lasted = [0.0] * 24
    moment, quarter = start.astimezone(UTC), timedelta(minutes=15)
    while moment < end.astimezone(UTC):
        lasted[moment.astimezone(zone).hour] += 0.25
        moment += quarter
    return lasted
