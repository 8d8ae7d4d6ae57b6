"""How sure a survey's share is: intervals of shares, of an area against its whole, of groups. Plain Python.

Published files carry no number of people asked, so it is assumed (`Design`) and said so; nothing assumed, no interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan, cos, pi, sin, sqrt

from insights.fairness.intervals import Estimate
from insights.statistics import Z_95, Interval, wilson

ABOVE, BELOW, CANNOT_TELL = "above", "below", "cannot tell"
UP, DOWN = "up", "down"
MOST_ASKED = 1_000_000


@dataclass(frozen=True)
class Design:
    """How many people a figure of one area rests on, if it does not say so itself, and what clustering and weighting cost.

    `effect` (Kish 1965): the variance of the survey's share over that of a simple random sample of the same size. The
    size that counts is asked / effect.
    """

    asked: int | None = None
    effect: float = 1.0

    def size(self, base: int | None = None, areas: int = 1) -> float | None:
        """People that count towards a figure of so many areas: its own base where it has one, else those assumed."""
        asked = base if base else self.asked and self.asked * areas
        return asked / self.effect if asked else None


def band(share: float, size: float | None) -> Interval:
    """95 % Wilson interval of a share of `size` people; nothing where nothing is known of their number."""
    return (None, None) if not size else wilson(share * size, size)


def half_width(share: float, size: float) -> float:
    """1.96 sqrt(p (1 - p) / n): how surveys print "plus or minus"."""
    return Z_95 * sqrt(share * (1 - share) / size)


def difference(first: float, size: float | None, second: float, other: float | None) -> Estimate:
    """first - second of two samples that share nobody, with Newcombe's interval (Statistics in Medicine 17, 1998, method 10)."""
    value = first - second
    low, high = band(first, size)
    other_low, other_high = band(second, other)
    if low is None or high is None or other_low is None or other_high is None:
        return Estimate(value)
    down = sqrt((first - low) ** 2 + (other_high - second) ** 2)
    up = sqrt((high - first) ** 2 + (second - other_low) ** 2)
    return Estimate(value, value - down, value + up)


def against_whole(share: float, size: float | None, whole: float, whole_size: float | None) -> Estimate:
    """share - whole of an area that is itself part of the whole.

    The area's people are the part w = size / whole_size of the whole's, whose share is w share + (1 - w) rest. So
    share - whole = (1 - w)(share - rest), and only share and rest are of different people: Newcombe's interval of their
    difference, times 1 - w, around the difference as published.
    """
    value = share - whole
    if not size or not whole_size or size >= whole_size:
        return Estimate(value)
    part = size / whole_size
    rest = min(1.0, max(0.0, (whole - part * share) / (1 - part)))
    found = difference(share, size, rest, whole_size - size)
    if found.low is None or found.high is None or found.value is None:
        return Estimate(value)
    scale = 1 - part
    return Estimate(
        value, value - scale * (found.value - found.low), value + scale * (found.high - found.value)
    )


def verdict(estimate: Estimate, above: str = ABOVE, below: str = BELOW) -> str:
    """Which side of nought the whole interval lies on; empty where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    return above if estimate.low > 0 else below if estimate.high < 0 else CANNOT_TELL


def mean_of_areas(values: Sequence[float]) -> Estimate:
    """Mean over areas with the t interval that takes the areas as a sample: mean ± t(k - 1) s / sqrt(k).

    It needs no number of people asked. No interval below three areas, where it would say next to nothing.
    """
    if not values:
        return Estimate()
    count = len(values)
    mean = sum(values) / count
    if count < 3:
        return Estimate(mean)
    spread = sqrt(sum((value - mean) ** 2 for value in values) / (count - 1))
    half = student_quantile(0.975, count - 1) * spread / sqrt(count)
    return Estimate(mean, mean - half, mean + half)


def student_quantile(level: float, freedom: int) -> float:
    """The value that Student's t with so many degrees of freedom stays below with this probability (0.5 < level < 1)."""
    low, high = 0.0, 1.0
    while _within(high, freedom) < 2 * level - 1:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < 2 * level - 1 else (low, middle)
    return (low + high) / 2


def _within(t: float, freedom: int) -> float:
    """P(|T| < t) for whole degrees of freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(freedom))
    odd = freedom % 2
    term = total = cos(angle) if odd else 1.0
    for step in range(3 if odd else 2, freedom - 1, 2):
        term *= cos(angle) ** 2 * (step - 1) / step
        total += term
    if not odd:
        return sin(angle) * total
    return 2 / pi * (angle + (sin(angle) * total if freedom > 1 else 0.0))
