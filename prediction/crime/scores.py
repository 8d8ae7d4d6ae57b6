"""How right expected counts were: sums over cells of area, month and hour, by area, so that areas can be drawn again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import nbinom, poisson

from prediction.crime.cells import Array
from prediction.evaluation.bootstrap import Estimate, draw_blocks, estimates

SMALLEST = 0.001  # incidents expected in a cell at least: where none is expected, one that happens would cost everything
BEST_HOURS = 6
FEW_AREAS = 20
LEVEL = 0.95
SCORES = ("deviance", "mae", "mase", "bias", "coverage", "coverage_totals", "best_hours")


@dataclass(frozen=True)
class Judged:
    """Expected and happened by month, area and hour of the day, float[T, N, 24]."""

    expected: Array
    happened: Array

    def sums(self, naive: Array, spread: float) -> Array:
        """By area, or where there are few areas by area and month, float[blocks, 10]: cells, deviance, error, naive's error,
        expected, happened, covered cells, months, covered months, incidents in the six hours that were ranked first.
        """
        said, seen = np.maximum(self.expected, SMALLEST), self.happened
        totals, happened = said.sum(axis=2), seen.sum(axis=2)
        first = np.argsort(-said, axis=2, kind="stable")[:, :, :BEST_HOURS]
        parts = [
            np.full(seen.shape[:2], seen.shape[2]),
            deviances(said, seen).sum(axis=2),
            np.abs(self.expected - seen).sum(axis=2),
            np.abs(naive - seen).sum(axis=2),
            self.expected.sum(axis=2),
            happened,
            covered(said, seen).sum(axis=2),
            np.ones(seen.shape[:2]),
            covered(totals, happened, spread),
            np.take_along_axis(seen, first, axis=2).sum(axis=2),
        ]
        sums = np.stack([np.asarray(part, dtype=float) for part in parts], axis=2)
        return sums.sum(axis=0) if blocks_are_areas(seen.shape[1]) else sums.reshape(-1, len(parts))


def blocks_are_areas(areas: int) -> bool:
    """What is drawn again for intervals: an area's months hang together, but a few areas tell no interval."""
    return areas >= FEW_AREAS


def scores_of(sums: Array) -> Array:
    """Scores from sums (… , 10) → (…, 7), in the order of `SCORES`.

    Mean Poisson deviance of a cell; mean absolute error; that divided by the naive's; expected ÷ happened; share of cells and
    of months' totals within their 95 % interval; share of incidents in each area's six hours that were ranked first.
    """
    cells, deviance, error, naive, said, seen, inside, months, whole, first = np.moveaxis(sums, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = [deviance / cells, error / cells, error / naive, said / seen]
        return np.stack([*found, inside / cells, whole / months, first / seen], axis=-1)


def deviances(said: Array, seen: Array) -> Array:
    """2 (y ln(y/μ) − y + μ) of each cell."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(seen > 0, seen * np.log(seen / said), 0.0)
    return np.asarray(2 * (logs - seen + said))


def interval(said: Array, spread: float = 0.0) -> tuple[Array, Array]:
    """The smallest whole numbers at which the distribution reaches 2.5 and 97.5 %.

    Poisson; with a spread α negative binomial of variance μ + α μ².
    """
    tails = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    if spread <= 0:
        low, high = (poisson.ppf(tail, said) for tail in tails)
    else:
        size = 1 / spread
        low, high = (nbinom.ppf(tail, size, size / (size + said)) for tail in tails)
    return low, high


def covered(said: Array, seen: Array, spread: float = 0.0) -> Array:
    low, high = interval(said, spread)
    return (low <= seen) & (seen <= high)


def spread_of(said: Array, seen: Array) -> float:
    """α of the variance μ + α μ² by moments: Σ((y − μ)² − μ) ÷ Σμ², not below zero."""
    square = float((said**2).sum())
    return max(0.0, float(((seen - said) ** 2 - said).sum()) / square) if square else 0.0


def estimates_of(
    sums: Mapping[str, Array], against: str, seed: int
) -> tuple[dict[str, dict[str, Estimate]], dict[str, Estimate]]:
    """Each score of each rival, and the mean deviance less that of `against`, with 95 % intervals over areas."""
    drawn = draw_blocks(len(sums[against]), seed)
    scores = {
        name: dict(zip(SCORES, estimates(one, scores_of, drawn, least=0.0), strict=True))
        for name, one in sums.items()
    }

    def difference(both: Array) -> Array:
        return np.asarray((both[..., 1] - both[..., 2]) / both[..., 0])[..., None]

    differences = {
        name: estimates(np.stack([one[:, 0], one[:, 1], sums[against][:, 1]], axis=1), difference, drawn)[0]
        for name, one in sums.items()
    }
    return scores, differences
