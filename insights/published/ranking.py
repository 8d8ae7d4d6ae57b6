"""Places ranked by stops, by rate and by ratio, and what the mean of the published column would say instead.

    residents of a group  = stops_n / stop_rate            both as published, for a place and group
    rate of several       = Σ stops_n / Σ residents        groups of a place, or places
    ratio                 = rate of the group / rate of the reference group in the same place

Interval of a rate: rate × exp(± 1.96 / √stops); of a ratio: exp(ln RR ± 1.96 √(1/a + 1/b)), stops taken as Poisson (Rothman, Modern
Epidemiology). The published stops are yearly means of counts over several years, so the intervals are wider than the counts would give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from insights.fairness.intervals import Estimate, log_estimate, ratio_of_events
from insights.published.reading import Place

TOP = 10


@dataclass(frozen=True)
class Pooled:
    """Places or groups joined. `people` and `stops` a year are of those whose rate is known."""

    name: str
    stops: float
    people: float
    rows: int
    district_stops: float

    @property
    def rate(self) -> Estimate:
        if not (self.stops and self.people):
            return Estimate()
        return log_estimate(log(self.stops / self.people), 1 / sqrt(self.stops))


@dataclass(frozen=True)
class Against:
    """A group of a place against the reference group there."""

    place: str
    group: str
    stops: float
    rate: float
    reference_rate: float
    ratio: Estimate


@dataclass(frozen=True)
class Averaged:
    """One group of a level, its rate averaged in three ways: over the rows, over the places, and over the residents."""

    level: str
    group: str
    rows: int
    places: int
    over_rows: float
    over_places: float
    over_people: float

    @property
    def too_high(self) -> float:
        """How far the mean over rows lies from the rate of all residents, as a part of it."""
        return self.over_rows / self.over_people - 1


def pooled(held: Iterable[Place], group: str = "") -> list[Pooled]:
    """Each place, its groups (or the one) joined."""
    by_place: dict[str, list[Place]] = defaultdict(list)
    for one in held:
        if group in ("", one.group):
            by_place[one.place].append(one)
    return [_join(name, some) for name, some in by_place.items()]


def _join(name: str, some: Sequence[Place]) -> Pooled:
    known = [one for one in some if one.people]
    return Pooled(
        name,
        stops=sum(one.stops or 0 for one in known),
        people=sum(one.people or 0 for one in known),
        rows=sum(one.rows for one in some),
        district_stops=sum(one.district_stops or 0 for one in some),
    )


def by_stops(held: Iterable[Pooled], top: int = TOP) -> list[Pooled]:
    return sorted((one for one in held if one.stops), key=lambda one: (-one.stops, one.name))[:top]


def by_rate(held: Iterable[Pooled], top: int = TOP) -> list[Pooled]:
    known = [one for one in held if one.people]
    return sorted(known, key=lambda one: (-(one.stops / one.people), one.name))[:top]


def ratios(held: Sequence[Place], reference: str, group: str = "") -> list[Against]:
    """Every group (or the one) of every place against the reference there, the highest ratio first."""
    base = {one.place: one for one in held if one.group == reference and one.people}
    found = [
        _against(one, base[one.place])
        for one in held
        if one.people and one.place in base and one.group != reference and group in ("", one.group)
    ]
    return sorted(found, key=lambda one: (-(one.ratio.value or 0), one.place, one.group))


def _against(one: Place, base: Place) -> Against:
    stops, people = one.stops or 0, one.people or 0
    ratio = ratio_of_events(stops, people, base.stops or 0, base.people or 0)
    return Against(one.place, one.group, stops, one.rate or 0, base.rate or 0, ratio)


def averages(held: Iterable[Place]) -> list[Averaged]:
    """The three averages of each level and group, of places whose rate is one figure."""
    groups: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for one in held:
        if one.people:
            groups[one.level, one.group].append(one)
    return [
        Averaged(
            level,
            group,
            rows=sum(one.rows for one in some),
            places=len(some),
            over_rows=sum(one.rate_sum or 0 for one in some) / sum(one.rate_rows for one in some),
            over_places=sum(one.rate or 0 for one in some) / len(some),
            over_people=sum(one.stops or 0 for one in some) / sum(one.people or 0 for one in some),
        )
        for (level, group), some in groups.items()
    ]
