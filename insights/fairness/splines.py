"""Natural cubic splines, as R's `ns(x, df)`: cubic between knots, straight beyond the outer ones.

The basis is that of Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, section 5.2.1, without the
constant. It spans the same curves as R's, so coefficients of other columns agree with R's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]  # of float64; products with integer arrays count too


def weighted_quantile(x: Floats, weights: Floats, shares: Floats) -> Floats:
    """Quantiles of the values, each taken as often as its whole weight says (R's type 7)."""
    order = np.argsort(x, kind="stable")
    values, ends = x[order], np.cumsum(weights[order])
    at = shares * (ends[-1] - 1)
    below = values[np.searchsorted(ends, np.floor(at), side="right")]
    above = values[np.minimum(np.searchsorted(ends, np.ceil(at), side="right"), len(values) - 1)]
    return np.asarray(below + (at - np.floor(at)) * (above - below))


def knots(x: Floats, weights: Floats, df: int) -> Floats:
    """df + 1 knots: the ends, and quantiles 1/df … between. Repeated ones fall together."""
    return np.unique(weighted_quantile(x, weights, np.linspace(0.0, 1.0, df + 1)))


def natural_basis(x: Floats, at: Floats) -> Floats:
    """len(at) − 1 columns; x is scaled to the knots' range first, which changes nothing but the rounding."""
    span = max(float(at[-1] - at[0]), 1e-12)
    u, k = (x - at[0]) / span, (at - at[0]) / span
    columns = [u]
    if len(k) > 2:
        last = _bend(u, k[-2], k[-1])
        columns += [_bend(u, knot, k[-1]) - last for knot in k[:-2]]
    return np.column_stack(columns)


def _bend(u: Floats, knot: float, end: float) -> Floats:
    cubes = np.maximum(u - knot, 0.0) ** 3 - np.maximum(u - end, 0.0) ** 3
    return np.asarray(cubes / (end - knot))
