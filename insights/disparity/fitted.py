"""The tests that fit a model, as the worker computes them. Loads numpy and scipy: for the worker and commands only."""

from __future__ import annotations

from collections.abc import Callable

from insights.disparity import adjusted, threshold, veil
from insights.disparity.arguments import Arguments
from insights.disparity.reports import Report
from insights.filters import Filters

Follow = Callable[[float], None]
COMPUTING: dict[str, Callable[[Arguments, Filters, Follow], Report]] = {
    "adjusted": adjusted.compute,
    "threshold": threshold.compute,
    "veil": veil.compute,
}
