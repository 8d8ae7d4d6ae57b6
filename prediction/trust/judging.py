"""Which way of forecasting is used, by its back-test; and how wide its intervals must be to hold as often as they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, t

from prediction.evaluation.bootstrap import DRAWS, Estimate
from prediction.trust.methods import LAST, YEAR, BackTest, Floats

LEVEL = 0.9  # of intervals
STEP = 0.1  # how fast their width follows what was missed
LEAST_ORIGINS = 4  # of known errors before an interval is given


@dataclass(frozen=True)
class Judged:
    """One measure, one distance: errors of every method, the one in use, and its intervals' past and width (fractions)."""

    errors: dict[str, Estimate]
    biases: dict[str, float]
    differences: dict[str, Estimate]
    used: str
    origins: int
    width: float
    coverage: float  # share of area forecasts whose outcome lay in the interval
    worst: float  # the same in the origin where it was lowest
    judged: int  # forecasts behind `coverage`


def judge(back: BackTest, seed: int) -> Judged:
    drawn = blocks_of_origins(len(back.origins), seed)
    errors = {name: _mean(np.nanmean(np.abs(found), axis=1), drawn) for name, found in back.errors.items()}
    last = np.nanmean(np.abs(back.errors[LAST]), axis=1)
    differences = {
        name: _mean(np.nanmean(np.abs(found), axis=1) - last, drawn)
        for name, found in back.errors.items()
        if name != LAST
    }
    used = choose(errors, differences)
    width, held = widths(back, used)
    return Judged(
        errors=errors,
        biases={name: back.bias(name) for name in back.errors},
        differences=differences,
        used=used,
        origins=len(back.origins),
        width=width,
        coverage=float(np.nanmean(held)) if held.size else float("nan"),
        worst=float(np.nanmin(np.nanmean(held, axis=1))) if held.size else float("nan"),
        judged=int((~np.isnan(held)).sum()),
    )


def choose(errors: dict[str, Estimate], differences: dict[str, Estimate]) -> str:
    """The last value, unless others err less beyond the interval of the difference; then the one that errs least.

    Several ways are compared on few origins that overlap, so one that is merely ahead has not won.
    """
    better = [name for name, one in differences.items() if one.high < 0]
    return min(better, key=lambda name: errors[name].value) if better else LAST


def blocks_of_origins(origins: int, seed: int, draws: int = DRAWS) -> Floats:
    """How often each origin is drawn, whole runs of a year at a time (moving blocks, Künsch 1989): figures of neighbouring
    origins share people and outcomes. float64[draws, origins]."""
    random = np.random.default_rng(seed)
    length = min(YEAR, origins)
    starts = random.integers(0, origins - length + 1, (draws, -(-origins // length)))
    places = (starts[:, :, None] + np.arange(length)).reshape(draws, -1)[:, :origins]
    return np.stack([np.bincount(row, minlength=origins) for row in places]).astype(float)


def _mean(values: Floats, drawn: Floats) -> Estimate:
    """Mean over origins with percentiles of the draws, widened by t(0.975, blocks - 1) / z(0.975) as everywhere: few blocks
    make percentiles too narrow (`prediction.evaluation.bootstrap`)."""
    found, blocks = float(values.mean()), len(values) // YEAR
    if blocks < 2:
        return Estimate(found, -np.inf, np.inf)
    low, middle, high = np.quantile(drawn @ values / drawn.sum(axis=1), [0.025, 0.5, 0.975])
    wider = t.ppf(0.975, blocks - 1) / norm.ppf(0.975)
    return Estimate(found, found + (low - middle) * wider, found + (high - middle) * wider)


def widths(back: BackTest, method: str) -> tuple[float, Floats]:
    """Half the width of the interval of a forecast made now, and which past outcomes lay in theirs (1, 0; NaN: none given).

    At each origin half the width is the quantile 1 - a of the absolute errors known by then, over all areas and origins. a
    begins at 1 - LEVEL and follows what was missed, as soon as it is known: a ← a + STEP (1 - LEVEL - missed) (adaptive
    conformal inference, Gibbs and Candès 2021). So it holds in the long run even as errors grow, without a bell curve.
    """
    errors = np.abs(back.errors[method])
    held = np.full(errors.shape, np.nan)
    share, told = 1 - LEVEL, 0
    for place, origin in enumerate(back.origins):
        share, told = _followed(back, held, origin, share, told)
        known = _known(back, origin)
        if known >= LEAST_ORIGINS:
            half = _half(errors[:known], share)
            held[place] = np.where(np.isnan(errors[place]), np.nan, errors[place] <= half)
    now = (back.origins[-1] if back.origins else 0) + back.ahead
    share, _ = _followed(back, held, now, share, told)
    known = _known(back, now)
    width = _half(errors[:known], share) if known >= LEAST_ORIGINS else float("nan")
    given = held[~np.isnan(held).all(axis=1)]
    return width, given


def _known(back: BackTest, at: int) -> int:
    """How many origins have an outcome that is known at a time."""
    return sum(origin + back.ahead <= at for origin in back.origins)


def _followed(back: BackTest, held: Floats, at: int, share: float, told: int) -> tuple[float, int]:
    """The share after all outcomes that became known by a time, and how many origins are told of."""
    for place in range(told, _known(back, at)):
        if not np.isnan(held[place]).all():
            share += STEP * (1 - LEVEL - (1 - float(np.nanmean(held[place]))))
        told = place + 1
    return share, told


def _half(errors: Floats, share: float) -> float:
    known = errors[~np.isnan(errors)]
    return float(np.quantile(known, min(0.999, max(0.5, 1 - share))))
