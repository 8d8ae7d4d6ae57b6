"""Does the threshold model describe the counts it was fitted to? Posterior predictive checks.

For every draw of the posterior, searches and hits are drawn anew for each group and place; what was counted should lie
inside the middle 95 % of them about 95 times in 100. Gelman and others, Bayesian Data Analysis, chapter 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.fairness.threshold_model import Counts, Floats

MOST_DRAWS = 1000
WANTED = 0.85  # below this share of cells inside their interval the model does not describe the data


@dataclass(frozen=True)
class PredictiveCheck:
    """Shares of cells whose search and hit rate lie inside their 95 % predictive interval; and the root mean square
    of observed minus expected rate, cells weighing by stops and by searches.
    """

    search_inside: float
    hit_inside: float
    search_error: float
    hit_error: float

    @property
    def describes(self) -> bool:
        return min(self.search_inside, self.hit_inside) >= WANTED


def predictive_check(counts: Counts, search_rate: Floats, hit_rate: Floats, seed: int = 1) -> PredictiveCheck:
    """`search_rate` and `hit_rate` are draws × chains × cells."""
    random = np.random.default_rng(seed)
    cells = len(counts.stops)
    chosen = np.linspace(0, search_rate.size // cells - 1, min(MOST_DRAWS, search_rate.size // cells)).astype(
        int
    )
    search, hit = (np.clip(rate.reshape(-1, cells)[chosen], 0, 1) for rate in (search_rate, hit_rate))
    stops, searches = counts.stops.astype(int), counts.searches.astype(int)
    new_searches = random.binomial(stops, search)
    new_hits = random.binomial(searches, hit)  # given the searches that were made
    return PredictiveCheck(
        search_inside=_inside(counts.searches, new_searches),
        hit_inside=_inside(counts.hits, new_hits),
        search_error=_error(counts.searches / counts.stops, search.mean(axis=0), counts.stops),
        hit_error=_error(counts.hits / counts.searches, hit.mean(axis=0), counts.searches),
    )


def _inside(observed: Floats, drawn: Floats) -> float:
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return float(np.mean((low <= observed) & (observed <= high)))


def _error(observed: Floats, expected: Floats, weights: Floats) -> float:
    return float(np.sqrt(np.average((observed - expected) ** 2, weights=weights)))
