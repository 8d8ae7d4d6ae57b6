"""Patrols that took place, as a log or dispatch system recorded them: which lie in a shift, for how long, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from prediction.crime.statements import rows
from prediction.models import PatrolPlan

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Shift:
    """`first`: the hour at which it begins, by the clock of `zone`, without zone. Hours are places on that clock, so that an hour which is
    repeated in autumn is one, and the one that is skipped in spring never comes."""

    first: datetime
    hours: int
    zone: ZoneInfo

    @classmethod
    def of(cls, plan: PatrolPlan) -> Shift:
        return cls(datetime.combine(plan.day, time(plan.start)), plan.hours, ZoneInfo(plan.agency.time_zone))

    def hour_of(self, moment: datetime) -> int:
        """The place of its hour in the shift: below 0 before, `hours` and more afterwards."""
        return (moment.astimezone(self.zone).replace(tzinfo=None) - self.first) // HOUR


@dataclass(frozen=True)
class Recorded:
    """One row of the log."""

    place: str
    latitude: float | None
    longitude: float | None
    started: datetime
    ended: datetime | None
    minutes: float | None

    @property
    def span(self) -> float | None:
        """Minutes from start to end; None where the end is not told or lies before the start."""
        if self.ended is None or self.ended < self.started:
            return None
        return (self.ended - self.started).total_seconds() / 60

    @property
    def length(self) -> float | None:
        """Minutes as told, else from start to end."""
        return self.span if self.minutes is None else self.minutes


@dataclass(frozen=True)
class Stay:
    """A recorded visit as far as it lies in the shift. `hour`: of the shift, in which it began, 0 where it began before. `minutes`: by hour of
    the shift; None where its length is not known. `length`: minutes of the whole visit."""

    visit: Recorded
    hour: int
    minutes: dict[int, float] | None
    length: float | None


@dataclass(frozen=True)
class Log:
    """When the first and the last recorded visit of the agency began; both None where there is no log."""

    first: datetime | None
    last: datetime | None

    def knows(self, shift: Shift) -> set[int]:
        """Hours of the shift that the log reaches: not those before its first visit, nor those after its last."""
        if self.first is None or self.last is None:
            return set()
        from_hour, to_hour = shift.hour_of(self.first), shift.hour_of(self.last)
        return {hour for hour in range(shift.hours) if from_hour <= hour <= to_hour}


def log_of(agency: int) -> Log:
    first, last = rows("patrol_log", {"agency": agency})[0]
    return Log(first, last)


def stays_of(plan: PatrolPlan) -> list[Stay]:
    """What the log of the plan's agency holds of its shift."""
    params = {"agency": plan.agency_id, "begins": plan.begins, "ends": plan.expires}
    return stays([Recorded(*row) for row in rows("patrol_visits", params)], Shift.of(plan))


def stays(visits: Sequence[Recorded], shift: Shift) -> list[Stay]:
    """The visits that lie in the shift with a part at least."""
    return [one for visit in visits for one in _stay(visit, shift)]


def _stay(visit: Recorded, shift: Shift) -> Iterator[Stay]:
    begun, length = shift.hour_of(visit.started), visit.length
    minutes = None if length is None else by_hour(visit, shift)
    if begun >= shift.hours or (begun < 0 and not minutes):
        return
    yield Stay(visit, max(begun, 0), minutes, length)


def by_hour(visit: Recorded, shift: Shift) -> dict[int, float]:
    """Minutes of a visit in each hour of the shift. Where the minutes told differ from start to end, they are spread over that time."""
    length, span = visit.length or 0.0, visit.span
    reach = span or length
    found: dict[int, float] = {}
    for hour, minutes in _pieces(visit.started, reach, shift):
        if hour >= shift.hours:
            break
        if hour >= 0:
            found[hour] = found.get(hour, 0.0) + minutes * length / reach
    return found


def _pieces(started: datetime, minutes: float, shift: Shift) -> Iterator[tuple[int, float]]:
    """So many minutes from a moment on, cut at every full hour of the clock."""
    moment = started.astimezone(UTC)
    end = moment + timedelta(minutes=minutes)
    while moment < end:
        local = moment.astimezone(shift.zone)
        until = min(
            end,
            moment
            + HOUR
            - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond),
        )
        yield shift.hour_of(moment), (until - moment).total_seconds() / 60
        moment = until
