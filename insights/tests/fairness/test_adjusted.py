from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

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


def _one_hour(*counts: tuple[str, int, int, int]) -> list[dict[str, object]]:
    return [
        {"group": group, "place": place, "hour": 10, "stops": stops, "searches": searches}
        for group, place, stops, searches in counts
    ]


@pytest.mark.parametrize(
    ("stops", "searches", "ratio", "flagged"),
    [(18, 0, 0.0, False), (400, 0, 0.0, True), (18, 18, None, True)],
)
def test_a_group_of_which_nobody_or_everybody_was_searched_has_a_difference_and_a_p_but_no_interval(
    stops: int, searches: int, ratio: float | None, flagged: bool
) -> None:
    found = adjusted_rates(
        _one_hour(("North", 1, 1000, 50), ("South", 1, stops, searches)), reference="North"
    ).adjusted[0]
    table = [[50, 950], [searches, stops - searches]]
    pearson = chi2_contingency(table, correction=False)
    assert found.difference.value == pytest.approx(searches / stops - 0.05, abs=1e-6)
    assert (found.difference.low, found.odds_ratio.low) == (None, None)
    assert found.difference.p == pytest.approx(pearson.pvalue, rel=1e-4, abs=1e-12)
    assert found.odds_ratio.value == ratio
    assert found.flagged is flagged


def test_a_group_without_any_leaves_the_comparison_of_the_others_alone() -> None:
    rows = planted.searches_by_place_and_hour(1, 0.3, planted.Size(places=3, stops=20_000))
    without = [row for row in rows if row["group"] != "East"]
    found, alone = (adjusted_rates(table, reference="North", hold=["place"]) for table in (
        [*without, *({**row, "searches": 0} for row in rows if row["group"] == "East")], without,
    ))  # fmt: skip
    assert found.adjusted[1].odds_ratio.value == 0.0
    assert found.adjusted[0].odds_ratio.value == pytest.approx(alone.adjusted[0].odds_ratio.value, rel=1e-6)


@pytest.mark.parametrize("many", [1, 1_000_000])
def test_groups_that_never_meet_are_apart_however_many_were_stopped(many: int) -> None:
    apart = _one_hour(("North", 1, 1000 * many, 50 * many), ("South", 2, 30, 4))
    found = adjusted_rates(apart, reference="North").adjusted[0]
    assert found.apart
    assert (found.difference.value, found.odds_ratio.value, found.flagged) == (None, None, False)


def test_a_third_group_that_both_meet_connects_them() -> None:
    rows = _one_hour(
        ("North", 1, 1000, 50), ("East", 1, 500, 30), ("East", 2, 500, 30), ("South", 2, 800, 70)
    )
    south = next(one for one in adjusted_rates(rows, reference="North").adjusted if one.group == "South")
    within = [(50 / 950) / (30 / 470), (70 / 730) / (30 / 470)]
    assert not south.apart
    assert south.odds_ratio.value == pytest.approx(within[1] / within[0], rel=1e-6)


def test_a_small_group_is_found_different_no_more_often_than_the_level() -> None:
    """Three of sixty are expected; where there happen to be one or none, an error reckoned at that figure is too small."""
    random, flagged = np.random.default_rng(3), []
    for few, many in zip(random.binomial(60, 0.05, 400), random.binomial(600, 0.05, 400), strict=True):
        rows = _one_hour(("North", 1, 600, int(many)), ("South", 1, 60, int(few)))
        flagged.append(adjusted_rates(rows, reference="North").flagged)
    assert np.mean(flagged) <= 0.075


def test_intervals_leave_out_no_difference_exactly_where_p_is_below_the_level() -> None:
    for searches in range(1, 12):
        rows = _one_hour(("North", 1, 600, 30), ("South", 1, 60, searches))
        found = adjusted_rates(rows, reference="North").adjusted[0]
        pearson = chi2_contingency([[30, 570], [searches, 60 - searches]], correction=False)
        assert found.difference.p == pytest.approx(pearson.pvalue, rel=1e-6)
        for estimate, none in ((found.difference, 0.0), (found.odds_ratio, 1.0)):
            assert (estimate.low or 0) < (estimate.value or 0) < (estimate.high or 0)
            assert (not (estimate.low or 0) <= none <= (estimate.high or 0)) == (pearson.pvalue < 0.05)
