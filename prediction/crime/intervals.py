"""95 % intervals of counts to come, without any library: the web process has none.

The smallest whole numbers at which the distribution reaches 2.5 and 97.5 %: Poisson, or negative binomial with the variance
μ + α μ² where a total varies more than that.
"""

from __future__ import annotations

from math import exp, lgamma, log, sqrt

TAILS = (0.025, 0.975)


def interval(mean: float, spread: float = 0.0) -> tuple[int, int]:
    """Between which counts 95 % lie when `mean` are expected."""
    return quantile(TAILS[0], mean, spread), quantile(TAILS[1], mean, spread)


def quantile(share: float, mean: float, spread: float = 0.0) -> int:
    """The smallest count at which the distribution reaches `share`."""
    if mean <= 0:
        return 0
    deviation = sqrt(mean + spread * mean * mean)
    count = max(0, int(mean - 12 * deviation))  # what lies below is less than any rounding
    chance = exp(_log_chance(count, mean, spread))
    reached = chance
    while reached < share and count < mean + 60 * deviation + 60:
        count += 1
        chance *= _ratio(count, mean, spread)
        reached += chance
    return count


def _log_chance(count: int, mean: float, spread: float) -> float:
    if spread <= 0:
        return count * log(mean) - mean - lgamma(count + 1)
    size = 1 / spread
    return (
        lgamma(count + size)
        - lgamma(size)
        - lgamma(count + 1)
        + size * log(size / (size + mean))
        + count * log(mean / (size + mean))
    )


def _ratio(count: int, mean: float, spread: float) -> float:
    """The chance of a count ÷ that of one less."""
    if spread <= 0:
        return mean / count
    size = 1 / spread
    return (count - 1 + size) / count * mean / (size + mean)
