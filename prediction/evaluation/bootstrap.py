"""95 % intervals by drawing whole blocks (days) again: what happens on one day hangs together.

Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 8 and 13. Few blocks make percentiles too narrow, so the
distance from the estimate is widened by t(0.975, blocks - 1) / z(0.975).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

Floats = NDArray[Any]
DRAWS = 2_000


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def as_json(self) -> dict[str, float | None]:
        """Six decimals; an end that cannot be told is null."""
        return {name: round(value, 6) if isfinite(value) else None for name, value in asdict(self).items()}


def draw_blocks(blocks: int, seed: int, draws: int = DRAWS) -> Floats:
    """How often each block is drawn, float64[draws, blocks]; each row sums to `blocks`."""
    random = np.random.Generator(np.random.PCG64(seed))
    return random.multinomial(blocks, np.full(blocks, 1 / blocks), size=draws).astype(float)


def estimates(
    sums: Floats, figures: Callable[[Floats], Floats], drawn: Floats, least: float = -np.inf
) -> list[Estimate]:
    """Figures of all blocks with intervals; none of these is below `least`.

    `sums`: float64[blocks, n]; `figures` turns sums [..., n] into figures [..., m]. Drawing again makes absolute differences
    larger than they are (calibration errors above all): the draws are moved so that their median is the estimate.
    """
    found = figures(sums.sum(axis=0))
    if len(sums) < 2:
        return [Estimate(float(value), -np.inf, np.inf) for value in found]
    low, middle, high = np.nanquantile(figures(drawn @ sums), [0.025, 0.5, 0.975], axis=0)
    wider = t.ppf(0.975, len(sums) - 1) / norm.ppf(0.975)
    ends = [np.maximum(found + (end - middle) * wider, least) for end in (low, high)]
    return [Estimate(*(float(one) for one in triple)) for triple in zip(found, *ends, strict=True)]
