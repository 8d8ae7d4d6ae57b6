"""Estimates with their 95 % interval and two-sided p. Plain Python, no numerical library."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, log, sqrt

from insights.statistics import Z_95, rate_ratio, wilson

FEW = 30  # a rate over fewer than this carries the word "few"
ALIKE = 1.1  # up to so many times as large, a test's error is as good as the estimate's
UNBOUNDED = 100.0  # a logarithm beyond which nothing is known: e^100 either way
LEVEL = 0.05  # a test flags when its p, times the number of groups compared, is below this


@dataclass(frozen=True)
class Rate:
    """`part` of `whole` with its Wilson interval. All three figures are None when there is no whole."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        return wilson(self.part, self.whole)

    @property
    def low(self) -> float | None:
        return self.interval[0]

    @property
    def high(self) -> float | None:
        return self.interval[1]

    @property
    def few(self) -> bool:
        return self.whole < FEW


@dataclass(frozen=True)
class Estimate:
    """A figure, its 95 % interval, and the two-sided p of "no difference". None where the data cannot tell."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None

    def flagged(self, comparisons: int = 1, level: float = LEVEL) -> bool:
        """Whether "no difference" is refused at the level, shared among so many comparisons (Bonferroni)."""
        return self.p is not None and self.p * comparisons < level


def two_sided(z: float) -> float:
    """Probability of a standard normal at least as far from 0 as z."""
    return erfc(abs(z) / sqrt(2))


def normal_estimate(value: float, error: float) -> Estimate:
    """value ± 1.96 error, tested against 0. Without an error the value stands alone."""
    if not error > 0:
        return Estimate(value)
    return Estimate(value, value - Z_95 * error, value + Z_95 * error, two_sided(value / error))


def estimate_with_test(value: float, error: float, error_at_none: float) -> Estimate:
    """value ± 1.96 error, with the p of a test of 0 that has an error of its own.

    Where that error is clearly the larger, or would have it otherwise whether 0 is left out, the interval goes over from
    the one to the other: its end lies t = 1.96 √V from the value, V going evenly from error² there to the test's at 0. So it
    leaves out 0 exactly where p is below 5 %.
    """
    if not error_at_none > 0:
        return Estimate(value)
    plain, tested = Z_95 * error, Z_95 * error_at_none
    inner = plain
    if tested > ALIKE * plain or (abs(value) > plain) != (abs(value) > tested):
        bend = (tested**2 - plain**2) / abs(value) if value else 0.0
        inner = (bend + sqrt(bend**2 + 4 * plain**2)) / 2 if value else tested
    low, high = (inner, max(inner, plain)) if value > 0 else (max(inner, plain), inner)
    return Estimate(value, value - low, value + high, two_sided(value / error_at_none))


def log_estimate(log_value: float, error: float) -> Estimate:
    """exp(log_value ± 1.96 error), tested against 1."""
    return exponential(normal_estimate(log_value, error))


def exponential(found: Estimate) -> Estimate:
    """exp of a logarithm and of the ends of its interval. Nothing where these are beyond all bounds."""
    ends = [end for end in (found.value, found.low, found.high) if end is not None]
    if not ends or max(map(abs, ends)) > UNBOUNDED:
        return Estimate()
    value, low, high = (None if end is None else exp(end) for end in (found.value, found.low, found.high))
    return Estimate(value, low, high, found.p)


def difference(first: Rate, second: Rate) -> Estimate:
    """first - second, with Newcombe's interval from the two Wilson intervals (Statistics in Medicine 17, 1998, method
    10) and the p of the pooled two-sample test.
    """
    if first.value is None or second.value is None:
        return Estimate()
    value = first.value - second.value
    low = value - sqrt((first.value - _known(first.low)) ** 2 + (_known(second.high) - second.value) ** 2)
    high = value + sqrt((_known(first.high) - first.value) ** 2 + (second.value - _known(second.low)) ** 2)
    pooled = (first.part + second.part) / (first.whole + second.whole)
    variance = pooled * (1 - pooled) * (1 / first.whole + 1 / second.whole)
    return Estimate(value, low, high, two_sided(value / sqrt(variance)) if variance > 0 else 1.0)


def ratio(first: Rate, second: Rate) -> Estimate:
    """first / second with the interval exp(ln RR ± 1.96 sqrt(1/a - 1/n1 + 1/b - 1/n2)); see `insights.statistics`."""
    value, low, high = rate_ratio(first.part, first.whole, second.part, second.whole)
    if value is None or low is None or high is None or low == high:
        return Estimate(value)
    error = (log(high) - log(low)) / (2 * Z_95)
    return Estimate(value, low, high, two_sided(log(value) / error))


def ratio_of_events(events: float, exposure: float, other_events: float, other_exposure: float) -> Estimate:
    """Ratio of two rates of events per exposure, where one person may have several:
    exp(ln RR ± 1.96 sqrt(1/a + 1/b)), the counts taken as Poisson (Rothman, Modern Epidemiology). Without any event of
    the one the ratio is 0, with the exact upper end of the other's events divided by exposure.
    """
    if not (other_events > 0 and exposure > 0 and other_exposure > 0):
        return Estimate()
    if not events:
        return _no_event(exposure, other_events, other_exposure)
    value = (events / exposure) / (other_events / other_exposure)
    return log_estimate(log(value), sqrt(1 / events + 1 / other_events))


def _no_event(exposure: float, other_events: float, other_exposure: float) -> Estimate:
    """All events fell to the other: exact binomial tails of (1 − share of exposure)^events (Przyborowski and Wilenski,
    Biometrika 31, 1940).
    """
    most = 1 - (LEVEL / 2) ** (1 / other_events)  # share of events that the one might still have had
    p = min(1.0, 2 * (other_exposure / (exposure + other_exposure)) ** other_events)
    return Estimate(0.0, 0.0, most / (1 - most) * other_exposure / exposure, p)


def _known(value: float | None) -> float:
    assert value is not None, "asked of a rate that has a whole"  # noqa: S101
    return value
