"""Ways to forecast a survey's share by area, and their back-test. Every figure used at an origin was known at it.

A series is a table of periods (rows, one step apart) and areas (columns), in fractions. A forecast of `ahead` steps made at
an origin `t` uses rows 0 to t only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LAST, DAMPED, RIDGE = "last value", "damped trend", "ridge"
YEAR = 4  # quarters
FIRST = 15  # the first origin: sixteen quarters are known at it
DAMPINGS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.97)
PENALTIES = (1.0, 10.0, 100.0, 1000.0)
TUNED_ON = 4  # origins before the present one on which a method's setting is chosen


class Method(Protocol):
    def __call__(self, series: Floats, ahead: int) -> Floats:
        """Forecast of the row `ahead` steps after the last, for each area."""
        ...


def last_value(series: Floats, ahead: int) -> Floats:
    """What was measured last."""
    found: Floats = series[-1].copy()
    return found


def damped_trend(series: Floats, ahead: int) -> Floats:
    """The last value and the mean yearly change of all areas, a quarter of it a step, each step damped by phi once more
    (Gardner and McKenzie 1985, the trend pooled over areas). phi is the one of `DAMPINGS` that did best on the last origins.
    """
    phi = _tuned(series, ahead, DAMPINGS, _damped)
    return _damped(series, ahead, phi)


def _damped(series: Floats, ahead: int, phi: float) -> Floats:
    slope = float(np.nanmean(series[-1] - series[-1 - YEAR])) / YEAR
    found: Floats = series[-1] + slope * sum(phi**step for step in range(1, ahead + 1))
    return found


def ridge(series: Floats, ahead: int) -> Floats:
    """Ridge regression of the change to come on the changes before, of the area and of all areas, and the area's distance
    from all. Learned on every earlier origin whose outcome is known; the penalty is the one that did best on the last."""
    penalty = _tuned(series, ahead, PENALTIES, _ridge)
    return _ridge(series, ahead, penalty)


def _ridge(series: Floats, ahead: int, penalty: float) -> Floats:
    origins = range(YEAR, len(series) - ahead)
    if len(origins) < YEAR:
        return last_value(series, ahead)
    x = np.concatenate([_features(series, at) for at in origins])
    y = np.concatenate([series[at + ahead] - series[at] for at in origins])
    fits = ~np.isnan(x).any(axis=1) & ~np.isnan(y)
    x, y = x[fits], y[fits]
    middle, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0, spread, 1)
    scaled = (x - middle) / spread
    weights = np.linalg.solve(scaled.T @ scaled + penalty * np.eye(x.shape[1]), scaled.T @ (y - y.mean()))
    now = (_features(series, len(series) - 1) - middle) / spread
    found: Floats = series[-1] + y.mean() + now @ weights
    return found


def _features(series: Floats, at: int) -> Floats:
    """For each area at an origin: its change over one step, two and a year, its distance from all, all areas' change."""
    now = series[at]
    own = [now - series[at - step] for step in (1, 2, YEAR)]
    whole = [np.full(len(now), np.nanmean(one)) for one in (own[0], own[2])]
    return np.stack([*own, now - np.nanmean(now), *whole], axis=1)


def _tuned(
    series: Floats, ahead: int, settings: tuple[float, ...], method: Callable[[Floats, int, float], Floats]
) -> float:
    """The setting with the least mean absolute error on the last origins whose outcome is known."""
    known = len(series) - ahead
    origins = range(max(2 * YEAR, known - TUNED_ON), known)
    if not origins:
        return settings[len(settings) // 2]
    errors = [
        np.nanmean([np.abs(method(series[: at + 1], ahead, one) - series[at + ahead]) for at in origins])
        for one in settings
    ]
    return settings[int(np.argmin(errors))]


METHODS: dict[str, Method] = {LAST: last_value, DAMPED: damped_trend, RIDGE: ridge}


@dataclass(frozen=True)
class BackTest:
    """Errors (forecast less what came) by origin (rows) and area, of each method, at the same origins."""

    origins: list[int]
    errors: dict[str, Floats]
    ahead: int

    def mae(self, method: str) -> float:
        return float(np.nanmean(np.abs(self.errors[method])))

    def bias(self, method: str) -> float:
        return float(np.nanmean(self.errors[method]))


def back_test(series: Floats, ahead: int, first: int = FIRST) -> BackTest:
    origins = list(range(first, len(series) - ahead))
    errors = {
        name: np.array([method(series[: at + 1], ahead) - series[at + ahead] for at in origins]).reshape(
            len(origins), series.shape[1]
        )
        for name, method in METHODS.items()
    }
    return BackTest(origins, errors, ahead)
