"""Threshold test: on how much evidence is each group searched?

The outcome test compares what searches found on average; this one infers the threshold itself, the chance of carrying
at which officers begin to search, from search and hit rates together, over all places at once. The model, its priors
and its sources stand in `threshold_model`; it is fitted by sampling its posterior (`hmc`), nothing is approximated but
by the number of draws, and R-hat, effective size and posterior predictive checks are handed over with the figures.

    threshold of a group = Σ over places of (stops of the place, all groups) × threshold[group, place] / Σ stops

Every group is weighed by the same places, so that a group is not taken for one treated harshly because it is stopped
in harsh places. Reading: a *lower* threshold says that the group is searched on less evidence.

Eligibility (Open Policing): places with at least 50 searches of every group compared, at least three of them.

When it misleads: it believes that signals are normal with the same spread for carriers and others, that officers see
the same signal in all groups, and that people do not adapt. It should be read with its sensitivity to the priors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from insights.fairness import hmc
from insights.fairness import threshold_model as model
from insights.fairness.intervals import Estimate
from insights.fairness.tables import Row, others, sum_by
from insights.fairness.threshold_checks import PredictiveCheck, predictive_check
from insights.fairness.threshold_sampling import Effort, Follow, sample_posterior

LEAST_SEARCHES = 50
LEAST_PLACES = 3
SCALES = (0.5, 1.0, 1.5)
Floats = model.Floats


@dataclass(frozen=True)
class CellThreshold:
    """One group in one place: what was counted, and the threshold with its 95 % credible interval."""

    place: Any
    group: Any
    stops: int
    searches: int
    hits: int
    threshold: Estimate


@dataclass(frozen=True)
class Gap:
    """Threshold of a group minus that of the reference; `below` is the probability that it is lower."""

    group: Any
    reference: Any
    difference: Estimate
    below: float
    flagged: bool


@dataclass(frozen=True)
class ThresholdTest:
    """`thresholds` by group, as chances of carrying. `method` names how it was fitted, for the page."""

    method: str
    scale: float
    thresholds: dict[Any, Estimate]
    gaps: Sequence[Gap]
    cells: Sequence[CellThreshold]
    left_out: Sequence[Any]
    check: PredictiveCheck
    rhat: float
    effective_size: float

    @property
    def converged(self) -> bool:
        return self.rhat < hmc.RHAT_LIMIT

    @property
    def flagged(self) -> bool:
        """Whether some group's threshold is lower, beyond doubt, and the sampling can be trusted."""
        return self.converged and any(gap.flagged and gap.below > 0.5 for gap in self.gaps)


def threshold_test(
    rows: Iterable[Row],
    *,
    group: str = "group",
    place: str = "place",
    stops: str = "stops",
    searches: str = "searches",
    hits: str = "hits",
    reference: Any,
    least: int = LEAST_SEARCHES,
    scale: float = 1.0,
    effort: Effort | None = None,
    follow: Follow | None = None,
) -> ThresholdTest | None:
    """`rows` hold one line per group and place, discretionary searches only. None where too few places are left.

    `follow` is told the share of the work done, and may raise to end it.
    """
    sums = sum_by(rows, [place, group], [stops, searches, hits])
    groups = list(dict.fromkeys(key[1] for key in sums))
    used, left_out = _eligible(sums, groups, least)
    if reference not in groups or len(groups) < 2 or len({key[0] for key in used}) < LEAST_PLACES:
        return None
    effort = effort or Effort()
    counts = _counts(used, groups)
    draws = sample_posterior(counts, scale, effort, follow)
    return _told(used, groups, reference, counts, draws, left_out, scale, effort)


def _eligible(
    sums: dict[tuple[Any, ...], list[int]], groups: list[Any], least: int
) -> tuple[dict[tuple[Any, ...], list[int]], list[Any]]:
    """Cells of the places where every group has enough searches; and the places left out."""
    places = list(dict.fromkeys(key[0] for key in sums))
    kept = [
        where
        for where in places
        if all(sums.get((where, one), [0, 0, 0])[1] >= max(1, least) for one in groups)
    ]
    used = {(where, one): sums[where, one] for where in kept for one in groups}
    return used, [where for where in places if where not in kept]


def _counts(used: dict[tuple[Any, ...], list[int]], groups: list[Any]) -> model.Counts:
    places = list(dict.fromkeys(key[0] for key in used))
    table = np.array(list(used.values()), dtype=float)
    return model.Counts(
        group=np.array([groups.index(key[1]) for key in used]),
        place=np.array([places.index(key[0]) for key in used]),
        stops=table[:, 0],
        searches=table[:, 1],
        hits=table[:, 2],
        groups=len(groups),
        places=len(places),
    )


def _told(
    used: dict[tuple[Any, ...], list[int]],
    groups: list[Any],
    reference: Any,
    counts: model.Counts,
    draws: Floats,
    left_out: Sequence[Any],
    scale: float,
    effort: Effort,
) -> ThresholdTest:
    cells = model.cells_of(draws, counts, scale)
    thresholds = model.threshold_probability(cells)
    weights = np.bincount(counts.place, counts.stops)[counts.place]
    by_group = {
        name: np.average(thresholds[..., own], axis=-1, weights=weights[own])
        for index, name in enumerate(groups)
        for own in [counts.group == index]
    }
    compared = others(groups, reference)
    gaps = [_gap(name, reference, by_group[name] - by_group[reference], len(compared)) for name in compared]
    return ThresholdTest(
        method=f"sampled posterior (Hamiltonian Monte Carlo, {effort.chains} chains of {len(draws)} draws)",
        scale=scale,
        thresholds={name: credible(values) for name, values in by_group.items()},
        gaps=gaps,
        cells=[
            CellThreshold(place, group, stops, searches, hits, credible(thresholds[..., index]))
            for index, ((place, group), (stops, searches, hits)) in enumerate(used.items())
        ],
        left_out=left_out,
        check=predictive_check(counts, *model.rates_of(cells), seed=effort.seed),
        rhat=float(
            max(hmc.split_rhat(thresholds).max(), hmc.split_rhat(draws[..., : -len(counts.stops)]).max())
        ),
        effective_size=min(hmc.effective_size(values) for values in by_group.values()),
    )


def credible(values: Floats) -> Estimate:
    """Posterior mean with the middle 95 %."""
    low, high = np.quantile(values, [0.025, 0.975])
    return Estimate(float(values.mean()), float(low), float(high))


def _gap(name: Any, reference: Any, values: Floats, comparisons: int) -> Gap:
    """p is twice the smaller tail beyond 0, the two-sided counterpart of a test."""
    below = float((values < 0).mean())
    found = credible(values)
    estimate = Estimate(found.value, found.low, found.high, 2 * min(below, 1 - below))
    return Gap(name, reference, estimate, below, estimate.flagged(comparisons))
