"""Where predictions point: places that come again and again, and when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from insights.audit.bodies import Spot

DAILY = 0.95  # of the days: a place predicted on more of them is as good as always predicted
FEWEST_DAYS = 7
LONGEST = 400  # days of one prediction that are told apart


@dataclass
class Place:
    """All predictions for one place. `days` are those that a dated prediction covers."""

    name: str
    longitude: float | None
    latitude: float | None
    is_area: bool = False
    predictions: int = 0
    days: set[date] = field(default_factory=set)
    by_month: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, spot: Spot) -> None:
        self.predictions += spot.count
        self.kinds[spot.kind] += spot.count
        if spot.day:
            self.days.update(_days(spot))
            self.by_month[f"{spot.day:%Y-%m}"] += spot.count


def _days(spot: Spot) -> Iterable[date]:
    if spot.day is None:
        return ()
    length = ((spot.until or spot.day) - spot.day).days
    return (spot.day + timedelta(days=at) for at in range(min(max(length, 0), LONGEST) + 1))


def name_of(spot: Spot) -> str:
    """A place by its name, else its point, else its area."""
    if spot.label:
        return spot.label
    if spot.latitude is not None and spot.longitude is not None:
        return f"{spot.latitude:.4f}, {spot.longitude:.4f}"
    return spot.area


def places(spots: Iterable[Spot]) -> list[Place]:
    """The places, the most predicted first."""
    found: dict[str, Place] = {}
    for spot in spots:
        name = name_of(spot)
        is_area = not spot.label and not spot.has_point
        found.setdefault(name, Place(name, spot.longitude, spot.latitude, is_area)).add(spot)
    return sorted(found.values(), key=lambda one: (-one.predictions, one.name))


def per_day(one: Place, days: int | None) -> float | None:
    return one.predictions / days if days else None


def share_of_days(one: Place, days: int | None) -> float | None:
    """Part of the days with a prediction; only dated predictions tell it."""
    return len(one.days) / days if days and one.days else None


def is_constant(one: Place, days: int | None) -> bool:
    """Predicted on more than 95 % of the days; where days are not told, more than once a day on average. Only of places: a whole
    area may well be meant each day. Of less than a week nothing is said."""
    if one.is_area or days is None or days < FEWEST_DAYS:
        return False
    share, rate = share_of_days(one, days), per_day(one, days)
    if share is not None:
        return share > DAILY
    return rate is not None and rate > 1


# In time


def months(found: Sequence[Place]) -> list[str]:
    """Every month from the first to the last with a prediction."""
    told = sorted({month for one in found for month in one.by_month})
    if not told:
        return []
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (told[0], told[-1]))
    return [f"{at // 12}-{at % 12 + 1:02d}" for at in range(first, last + 1)]


def leading_by_month(found: Sequence[Place]) -> dict[str, tuple[str, int, int]]:
    """By month the most predicted place, its predictions and those of all; ties by name."""
    by_month: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for one in found:
        for month, number in one.by_month.items():
            by_month[month].append((number, one.name))
    return {
        month: (
            min(name for number, name in told if number == max(told)[0]),
            max(told)[0],
            sum(n for n, _ in told),
        )
        for month, told in sorted(by_month.items())
    }
