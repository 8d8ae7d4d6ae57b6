"""Is a group searched (arrested, cited …) more often than another at the same place and hour?

    log odds of the action = group + place + hour                                             (fixed effects)
    average marginal difference = mean over all stops of [p(were it the group) − p(were it the reference)]

with its interval by the delta method. The difference is in points and can be weighed; odds ratios cannot, but are
given beside it. Source: Pierson and others, Nature Human Behaviour 4, 2020 (regressions with fixed effects); Stata
`margins`, Williams 2012 (average marginal effects).

Assumes that what officers see at one place and hour differs between groups in nothing else that bears on a search. A
place or hour whose stops all ended alike cannot tell, and is left out (counted in `left_out`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from insights.fairness.intervals import Estimate, log_estimate, normal_estimate
from insights.fairness.logit import Effect, Fit, Floats, effect, expit, fit_logit
from insights.fairness.tables import Row, others, sum_by


@dataclass(frozen=True)
class Adjusted:
    """A group against the reference at the same place and hour. `difference` is in shares (0.01 = one point)."""

    group: Any
    reference: Any
    difference: Estimate
    odds_ratio: Estimate
    flagged: bool


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
    trials = np.array([cell[-1] for cell in cells], dtype=float)
    fit = fit_logit(np.array([cell[-2] for cell in cells], dtype=float), trials, columns.astype(float), held)
    adjusted = [
        _adjusted(fit, columns, held, trials, index + 1, name, reference) for index, name in enumerate(names)
    ]
    return AdjustedRates(action, adjusted, stops, stops - used, fit.dispersion, fit.converged)


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


def _adjusted(
    fit: Fit, columns: Floats, held: Sequence[Effect], trials: Floats, index: int, name: Any, reference: Any
) -> Adjusted:
    difference = marginal_difference(fit, columns, held, trials, index)
    odds_ratio = log_estimate(float(fit.coefficients[index]), fit.error(index))
    return Adjusted(name, reference, difference, odds_ratio, difference.flagged(columns.shape[1] - 1))


def marginal_difference(
    fit: Fit, columns: Floats, held: Sequence[Effect], trials: Floats, index: int
) -> Estimate:
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
    return normal_estimate(float(share @ (p1 - p0)), float(np.sqrt(max(0.0, variance))))
