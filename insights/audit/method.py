"""The method of The Markup's “Prediction: Bias” (2021): which areas are targeted most, and who lives there.

Areas are ranked by the number of predictions in them, the fewest first. The study meant to break ties by population; here
they are broken by population and then by name, so that a second run says the same. With w = round(0.05 n), halves to the
even number, the most targeted areas are those of the w + 1 highest ranks; the median ones those whose rank is at most
⌊w / 2⌋ from ⌊n / 2⌋; the least targeted those of the w + 1 lowest ranks or, when more than w areas share the lowest count,
the w + 1 ranks up to the last of them. Source of the rules: the-markup/investigation-prediction-bias,
R/preprocessing/rank-and-label.R.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, sqrt

from insights.audit.people import BY_KEY, Figure, added

WINDOW = 0.05
MOST, MEDIAN, LEAST, ALL = "most", "median", "least", "all"
BUCKETS = {MOST: "Most targeted", MEDIAN: "Median", LEAST: "Least targeted", ALL: "Whole jurisdiction"}
BOUNDS = (
    "value",
    "low",
    "high",
)  # the estimate, every area at its lower bound, every area at its upper bound
NOTHING = Figure(0.0)


@dataclass(frozen=True)
class AreaCount:
    """An area, the predictions in it, and the people who live there by the keys of `people`."""

    name: str
    predictions: int
    people: Mapping[str, Figure]

    @property
    def population(self) -> float:
        return self.people.get("people", NOTHING).value

    def has(self, key: str) -> bool:
        """Whether the area's share of a group is known: the group and its whole have figures, and the whole is not 0."""
        whole = self.people.get(BY_KEY[key].whole)
        return key in self.people and whole is not None and whole.value > 0

    def share(self, key: str) -> float | None:
        if not self.has(key):
            return None
        return self.people[key].value / self.people[BY_KEY[key].whole].value


@dataclass(frozen=True)
class Ranking:
    """Areas from the fewest predictions to the most, and in which buckets each rank lies."""

    areas: tuple[AreaCount, ...]

    @property
    def window(self) -> int:
        return round(len(self.areas) * WINDOW)

    def bucket(self, name: str) -> tuple[AreaCount, ...]:
        first, last = self._ranks(name)
        return self.areas[max(0, first - 1) : last]

    def _ranks(self, name: str) -> tuple[int, int]:
        """First and last rank of a bucket, counted from 1."""
        number, window = len(self.areas), self.window
        if name == ALL:
            return 1, number
        if name == MOST:
            return number - window, number
        if name == MEDIAN:
            return number // 2 - window // 2, number // 2 + window // 2
        lowest = self.areas[0].predictions if self.areas else 0
        shared = sum(area.predictions == lowest for area in self.areas)
        return (shared - window, shared) if shared > window else (1, 1 + window)


def rank(areas: Iterable[AreaCount]) -> Ranking:
    return Ranking(tuple(sorted(areas, key=lambda area: (area.predictions, area.population, area.name))))


# Shares of a group


@dataclass(frozen=True)
class Share:
    """People of a group among all, in some areas. `part` and `whole` are None where no area tells both."""

    part: Figure | None = None
    whole: Figure | None = None
    by_bound: Mapping[str, float] | None = None

    @property
    def value(self) -> float | None:
        if self.part is None or self.whole is None or not self.whole.value:
            return None
        return self.part.value / self.whole.value

    @property
    def margin(self) -> float | None:
        """Margin of a share (Census Bureau, ACS handbook, chapter 8): √(m² − p² M²) / N, or with + where that is less
        than 0; 90 % as the figures' own margins. None where the figures have none."""
        value = self.value
        if value is None or self.part is None or self.whole is None or self.part.margin is None:
            return None
        ours, wholes = self.part.margin**2, (value * (self.whole.margin or 0.0)) ** 2
        return sqrt(ours - wholes if ours >= wholes else ours + wholes) / self.whole.value


def share(areas: Iterable[AreaCount], key: str) -> Share:
    """Sum of the group by sum of its whole, over the areas that tell both."""
    told = [area for area in areas if key in area.people and BY_KEY[key].whole in area.people]
    if not told:
        return Share()
    parts, wholes = ([area.people[name] for area in told] for name in (key, BY_KEY[key].whole))
    by_bound = {
        bound: _ratio(sum(getattr(one, bound) for one in parts), sum(getattr(one, bound) for one in wholes))
        for bound in BOUNDS
    }
    return Share(added(parts), added(wholes), by_bound)


def _ratio(part: float, whole: float) -> float:
    """As the study: a group without people is a share of 0."""
    return part / whole if whole else 0.0


def higher_at(bucket: Share, whole: Share) -> Mapping[str, bool]:
    """Whether the bucket's share exceeds the jurisdiction's: by the estimates, the lower and the upper bounds."""
    if bucket.by_bound is None or whole.by_bound is None:
        return {}
    return {bound: bucket.by_bound[bound] > whole.by_bound[bound] for bound in BOUNDS}


def above_median(ranking: Ranking, key: str) -> Share:
    """The part of a group that lives in areas with more predictions than the median area's."""
    areas = [area for area in ranking.areas if key in area.people]
    middle = quantile([area.predictions for area in ranking.areas], 0.5)
    over = [area.people[key] for area in areas if middle is not None and area.predictions > middle]
    every = [area.people[key] for area in areas]
    if not every:
        return Share()
    by_bound = {
        bound: _ratio(sum(getattr(one, bound) for one in over), sum(getattr(one, bound) for one in every))
        for bound in BOUNDS
    }
    return Share(added(over), added(every), by_bound)


# Ranks and quantiles


def quantile(values: Sequence[float], at: float) -> float | None:
    """The quantile by linear interpolation between ordered values (type 7 of Hyndman and Fan 1996, the default of R)."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * at
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def deciles(ranking: Ranking, key: str) -> list[Share]:
    """Shares of a group by tenth of the areas, the fewest predictions first. As in the study an area whose count equals
    a limit between two tenths is in neither; the highest tenth has its upper end."""
    counts = [area.predictions for area in ranking.areas]
    limits = [quantile(counts, tenth / 10) or 0.0 for tenth in range(11)]
    return [share(filter(_between(limits, tenth), ranking.areas), key) for tenth in range(10)]


def _between(limits: Sequence[float], tenth: int) -> Callable[[AreaCount], bool]:
    low = limits[tenth] if tenth else float("-inf")
    high = limits[tenth + 1] if tenth < 9 else float("inf")
    return lambda area: low < area.predictions < high


def spearman(ranking: Ranking, key: str) -> float | None:
    """Spearman's rank correlation of an area's rank by predictions with its share of a group, over areas that tell the
    share. Equal shares have the mean of their ranks. None below three areas or where all shares are equal."""
    shares = [found for area in ranking.areas if (found := area.share(key)) is not None]
    if len(shares) < 3:
        return None
    return _pearson(list(range(len(shares))), _mean_ranks(shares))


def _mean_ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda at: values[at])
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for at in order[start : end + 1]:
            found[at] = (start + end) / 2
        start = end + 1
    return found


def _pearson(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    both = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True))
    squares = sum((x - x_mean) ** 2 for x in xs) * sum((y - y_mean) ** 2 for y in ys)
    return both / sqrt(squares) if squares else None
