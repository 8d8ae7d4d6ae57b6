"""Each formula of `published.json` as a call of the shipped function. No arithmetic of fairness lives here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from insights.fairness.benchmark import disparity_ratio, share_ratio, stop_rate
from insights.fairness.intervals import Rate
from insights.fairness.outcome import outcome_test
from insights.fairness.rates_by_group import rates_by_group
from insights.statistics import wilson
from insights.trust.bands import half_width

Inputs = Mapping[str, int]
Formula = Callable[[Inputs], float | None]


def _pooled(inputs: Inputs) -> float | None:
    row = {"group": "all", "stops": inputs["whole"], "searches": inputs["part"]}
    return rates_by_group([row], reference="all", place=None).rates[0].rate.value


def _hit_rate(inputs: Inputs) -> float | None:
    return outcome_test([{"group": "all", **inputs}], reference="all", place=None).rates[0].rate.value


def _disparity(inputs: Inputs) -> tuple[float | None, float | None, float | None]:
    found = disparity_ratio(
        inputs["stops"], inputs["people"], inputs["other_stops"], inputs["other_people"], once=True
    )
    return found.value, found.low, found.high


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _per_thousand(inputs: Inputs) -> float | None:
    rate = stop_rate(inputs["stops"], inputs["people"])
    return None if rate is None else 1000 * rate


def _half_width_at_half(inputs: Inputs) -> float:
    """Points either way of a share of one half."""
    return 100 * half_width(0.5, inputs["asked"])


FORMULAS: dict[str, Formula] = {
    "total": lambda inputs: sum(inputs.values()),
    "complement": lambda inputs: inputs["whole"] - inputs["part"],
    "share": lambda inputs: Rate(inputs["part"], inputs["whole"]).value,
    "rate": _pooled,
    "hit_rate": _hit_rate,
    "per_cent": lambda inputs: _percent(_pooled(inputs)),
    "per_cent_low": lambda inputs: _percent(wilson(inputs["part"], inputs["whole"])[0]),
    "per_cent_high": lambda inputs: _percent(wilson(inputs["part"], inputs["whole"])[1]),
    "stop_rate": lambda inputs: stop_rate(inputs["stops"], inputs["people"]),
    "per_thousand": _per_thousand,
    "disparity": lambda inputs: _disparity(inputs)[0],
    "disparity_low": lambda inputs: _disparity(inputs)[1],
    "disparity_high": lambda inputs: _disparity(inputs)[2],
    "half_width_at_half": _half_width_at_half,
    "relative_rate": lambda inputs: _disparity(inputs)[0],
    "share_ratio": lambda inputs: (
        share_ratio(inputs["stops"], inputs["all_stops"], inputs["people"], inputs["all_people"]).value
    ),
}
