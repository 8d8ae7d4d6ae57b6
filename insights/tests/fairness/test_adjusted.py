from __future__ import annotations

import numpy as np
import pytest

from insights.fairness import planted
from insights.fairness.adjusted import adjusted_rates

# At night everybody is searched more, and South is mostly stopped at night.
HOURS = [
    {"group": "North", "place": 1, "hour": 10, "stops": 900, "searches": 90},
    {"group": "South", "place": 1, "hour": 10, "stops": 100, "searches": 10},
    {"group": "North", "place": 1, "hour": 23, "stops": 100, "searches": 40},
    {"group": "South", "place": 1, "hour": 23, "stops": 900, "searches": 360},
]


def test_a_gap_that_is_all_hours_vanishes_when_hours_are_held() -> None:
    held = adjusted_rates(HOURS, reference="North").adjusted[0]
    plain = adjusted_rates(HOURS, reference="North", hold=["place"]).adjusted[0]
    assert held.difference.value == pytest.approx(0.0, abs=1e-6)
    assert not held.flagged
    assert plain.difference.value == pytest.approx(0.37 - 0.13)
    assert plain.flagged


def test_without_anything_held_the_marginal_difference_is_the_difference_of_rates() -> None:
    found = adjusted_rates(HOURS, reference="North", hold=[]).adjusted[0]
    assert found.difference.value == pytest.approx(0.24)
    error = (0.37 * 0.63 / 1000 + 0.13 * 0.87 / 1000) ** 0.5
    assert (found.difference.high or 0) - 0.24 == pytest.approx(1.959964 * error, rel=1e-3)
    assert found.odds_ratio.value == pytest.approx((0.37 / 0.63) / (0.13 / 0.87))


def test_the_interval_is_as_wide_as_the_figure_varies() -> None:
    rows = planted.searches_by_place_and_hour(1, 0.3, planted.Size(places=5, stops=20_000))
    stops = np.array([row["stops"] for row in rows])
    found = adjusted_rates(rows, reference="North").adjusted[0].difference
    p = np.array([row["searches"] for row in rows]) / np.maximum(stops, 1)
    smooth = 0.5 * p + 0.5 * p.mean()
    random, values = np.random.default_rng(5), []
    for _ in range(150):
        searches = random.binomial(stops, smooth)
        redrawn = [{**row, "searches": int(n)} for row, n in zip(rows, searches, strict=True)]
        values.append(adjusted_rates(redrawn, reference="North").adjusted[0].difference.value or 0.0)
    assert np.std(values) == pytest.approx(((found.high or 0) - (found.low or 0)) / 3.92, rel=0.3)


def test_hours_that_cannot_tell_are_left_out_and_counted() -> None:
    silent = [{"group": g, "place": 1, "hour": 4, "stops": 50, "searches": 0} for g in ("North", "South")]
    found = adjusted_rates([*HOURS, *silent], reference="North")
    assert (found.stops, found.left_out) == (2100, 100)
    assert found.converged
    assert found.adjusted[0].difference.value == pytest.approx(0.0, abs=1e-6)


def test_without_a_reference_or_any_search_nothing_is_claimed() -> None:
    nobody = [{**row, "searches": 0} for row in HOURS]
    for rows in ([], HOURS[1::2], nobody):
        found = adjusted_rates(rows, reference="North")
        assert found.adjusted == []
        assert not found.flagged
