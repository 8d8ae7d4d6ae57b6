"""Is a group searched (arrested, cited …) more often than another at the same place and hour?

    log odds of the action = group + place + hour                                             (fixed effects)
    average marginal difference = mean over all stops of [p(were it the group) − p(were it the reference)]

with its error by the delta method and the p of the score test, which holds its level where a group has few of the action. The difference is in points and can be weighed; odds ratios cannot, but are
given beside it. Source: Pierson and others, Nature Human Behaviour 4, 2020 (regressions with fixed effects); Stata
`margins`, Williams 2012 (average marginal effects).

Assumes that what officers see at one place and hour differs between groups in nothing else that bears on a search. A
place or hour whose stops all ended alike cannot tell, and is left out (counted in `left_out`).

Where none (or all) of a group's stops ended so, its log odds run to the end of the scale and have no standard error: the
difference is given without an interval, and its p stands alone. Where a group is nowhere met at the
places and hours of others, nothing is told of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from insights.fairness.intervals import Estimate, Rate, estimate_with_test, exponential, two_sided
from insights.fairness.logit import (
    Effect,
    Fit,
    Floats,
    effect,
    expit,
    fit_logit,
    score_test,
    told_apart,
)
from insights.fairness.tables import Row, others, sum_by

NO_Z = 1e-6  # a z that is 0 but for rounding


@dataclass(frozen=True)
class Adjusted:
    """A group against the reference at the same place and hour. `difference` is in shares (0.01 = one point).

    `apart`: the two are not met at connected places and hours, so neither figure can be told.
    """

    group: Any
    reference: Any
    difference: Estimate
    odds_ratio: Estimate
    flagged: bool
    apart: bool = False


@dataclass(frozen=True)
class AdjustedRates:
    action: str
    adjusted: list[Adjusted]
    stops: int
    left_out: int  # stops in places or hours without any, or with nothing but, the action
    dispersion: float
    converged: bool

    @property
    def flagged(self) -> bool:
        return any(one.flagged for one in self.adjusted)


def adjusted_rates(
    rows: Iterable[Row],
    *,
    group: str = "group",
    action: str = "searches",
    base: str = "stops",
    reference: Any,
    hold: Sequence[str] = ("place", "hour"),
) -> AdjustedRates:
    """`rows` hold one line per group and value of every column in `hold`, with the counts `action` and `base`."""
    cells = [
        (*key, *counts) for key, counts in sum_by(rows, [group, *hold], [action, base]).items() if counts[1]
    ]
    stops = sum(cell[-1] for cell in cells)
    cells = _telling(cells, len(hold))
    names = others((cell[0] for cell in cells), reference)
    used = sum(cell[-1] for cell in cells)
    if not names or not any(cell[0] == reference for cell in cells):
        return AdjustedRates(action, [], stops, stops - used, 1.0, False)
    held = [effect([cell[1 + index] for cell in cells]) for index in range(len(hold))]
    columns = np.column_stack([np.ones(len(cells)), *([cell[0] == name for cell in cells] for name in names)])
    told = _Told(columns.astype(float), *_counts(cells), held)
    adjusted = [_adjusted(told, index + 1, name, reference) for index, name in enumerate(names)]
    return AdjustedRates(action, adjusted, stops, stops - used, told.fit.dispersion, told.fit.converged)


def _counts(cells: list[tuple[Any, ...]]) -> tuple[Floats, Floats]:
    """Actions and stops of the cells."""
    ended, stops = (np.array([cell[index] for cell in cells], dtype=float) for index in (-2, -1))
    return ended, stops


def _telling(cells: list[tuple[Any, ...]], held: int) -> list[tuple[Any, ...]]:
    """Cells whose place, hour … saw both outcomes, until nothing more falls out."""
    while True:
        kept = cells
        for index in range(1, held + 1):
            sums: dict[Any, list[int]] = {}
            for cell in kept:
                totals = sums.setdefault(cell[index], [0, 0])
                totals[0] += cell[-2]
                totals[1] += cell[-1]
            kept = [cell for cell in kept if 0 < sums[cell[index]][0] < sums[cell[index]][1]]
        if len(kept) == len(cells):
            return kept
        cells = kept


@dataclass(frozen=True)
class _Told:
    """What the fit rests on, and the fit. Column 0 is the intercept, the others are the groups'."""

    columns: Floats
    ended: Floats
    trials: Floats
    held: Sequence[Effect]

    @cached_property
    def fit(self) -> Fit:
        return fit_logit(self.ended, self.trials, self.columns, self.held)

    @cached_property
    def known(self) -> list[bool]:
        return told_apart(self.columns, self.held)

    def score(self, index: int) -> float:
        """z of the group's score test."""
        return score_test(index, self.fit, self.ended, self.trials, self.columns, self.held)

    def share(self, index: int) -> Rate:
        """Actions and stops of a group; of the reference at 0."""
        own = self.columns[:, index] > 0 if index else ~self.columns[:, 1:].any(axis=1)
        return Rate(int(self.ended[own].sum()), int(self.trials[own].sum()))


def _adjusted(told: _Told, index: int, name: Any, reference: Any) -> Adjusted:
    if not told.known[index]:
        return Adjusted(name, reference, Estimate(), Estimate(), False, apart=True)
    difference, odds_ratio = _estimates(told, index)
    return Adjusted(name, reference, difference, odds_ratio, difference.flagged(told.columns.shape[1] - 1))


def _estimates(told: _Told, index: int) -> tuple[Estimate, Estimate]:
    """Difference and odds ratio; without intervals where none, or all, of the stops of one of the two ended so."""
    one, other, z = told.share(index), told.share(0), told.score(index)
    if one.part not in (0, one.whole) and other.part not in (0, other.whole):
        moved, error = marginal_difference(told.fit, told.columns, told.held, told.trials, index)
        odds, odds_error = float(told.fit.coefficients[index]), told.fit.error(index)
        return _tested(moved, error, z), exponential(_tested(odds, odds_error, z))
    if one.value == other.value:
        return Estimate(0.0, p=1.0), Estimate()
    moved, _ = marginal_difference(told.fit, told.columns, told.held, told.trials, index)
    lowest = one.part == 0 or other.part == other.whole
    return Estimate(moved, p=two_sided(z)), Estimate(0.0, p=two_sided(z)) if lowest else Estimate()


def _tested(value: float, error: float, z: float) -> Estimate:
    return estimate_with_test(value, error, abs(value / z) if abs(z) > NO_Z else error)


def marginal_difference(
    fit: Fit, columns: Floats, held: Sequence[Effect], trials: Floats, index: int
) -> tuple[float, float]:
    """Average over all stops of p(group) − p(reference), and its error √(g'Vg), g the gradient in the coefficients."""
    own = columns[:, 1:].astype(float) @ fit.coefficients[1 : columns.shape[1]]
    as_reference = fit.linear - own
    p0, p1 = expit(as_reference), expit(as_reference + fit.coefficients[index])
    share = trials / trials.sum()
    slope0, slope1 = share * p0 * (1 - p0), share * p1 * (1 - p1)
    bend = slope1 - slope0
    gradient = np.zeros(len(fit.coefficients))
    gradient[0], gradient[index] = bend.sum(), slope1.sum()
    at = columns.shape[1]
    for one in held:
        gradient[at : at + one.levels - 1] = np.bincount(one.codes, bend, one.levels)[1:]
        at += one.levels - 1
    variance = float(gradient @ fit.covariance @ gradient) * max(1.0, fit.dispersion)
    return float(share @ (p1 - p0)), float(np.sqrt(max(0.0, variance)))
