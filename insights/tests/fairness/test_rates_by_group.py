from __future__ import annotations

from math import exp

import numpy as np
import pytest
from scipy.stats import hypergeom, norm

from insights.fairness.comparison import mean_over_places, scatter, within_difference, within_ratio
from insights.fairness.intervals import Rate
from insights.fairness.rates_by_group import rates_by_group

# Riverside searches a tenth of everybody, Hilltop a half; South is mostly stopped in Riverside.
TOWNS = [
    {"group": "North", "place": "Riverside", "stops": 100, "searches": 10},
    {"group": "South", "place": "Riverside", "stops": 900, "searches": 108},
    {"group": "North", "place": "Hilltop", "stops": 900, "searches": 450},
    {"group": "South", "place": "Hilltop", "stops": 100, "searches": 60},
]


def test_pooled_and_within_places_may_disagree_and_the_page_is_warned() -> None:
    compared = rates_by_group(TOWNS, reference="North").comparisons[0]
    assert compared.difference.value == pytest.approx(0.168 - 0.46)
    assert compared.within_difference.value == pytest.approx((0.02 * 90 + 0.1 * 90) / 180)
    assert (compared.higher, compared.lower) == (2, 0)
    assert compared.reversed
    assert "29.2 points lower" in compared.warning
    assert "6.0 points higher" in compared.warning


def _kidney_stones(times: int = 1) -> list[dict[str, object]]:
    """Charig and others, British Medical Journal 292, 1986: the best known reversal. Neither difference is significant."""
    counts = [
        ("open", "small", 81, 87),
        ("new", "small", 234, 270),
        ("open", "large", 192, 263),
        ("new", "large", 55, 80),
    ]
    return [
        {"group": g, "place": size, "stops": n * times, "searches": k * times} for g, size, k, n in counts
    ]  # fmt: skip


def test_a_reversal_is_warned_of_also_where_neither_difference_is_beyond_chance() -> None:
    compared = rates_by_group(_kidney_stones(), reference="new").comparisons[0]
    assert (compared.difference.value or 0) < 0 < (compared.within_difference.value or 0)
    assert compared.warning.endswith("Read the places. Neither difference is beyond chance.")
    sure = rates_by_group(_kidney_stones(10), reference="new").comparisons[0]
    assert sure.warning.endswith("Read the places.")


def _alike() -> list[dict[str, object]]:
    """Rates that are the same in both places; the groups are stopped in different ones."""
    counts = [
        ("North", 1, 10, 100),
        ("South", 1, 90, 900),
        ("North", 2, 270, 900),
        ("South", 2, 30, 100),
    ]
    return [{"group": g, "place": p, "stops": n, "searches": k} for g, p, k, n in counts]


def test_a_difference_of_which_no_place_knows_is_warned_of_when_it_is_beyond_chance() -> None:
    compared = rates_by_group(_alike(), reference="North").comparisons[0]
    assert compared.within_difference.value == pytest.approx(0.0, abs=1e-15)
    assert "16.0 points lower than that of North; within places it is no different, " in compared.warning


def test_a_small_difference_is_not_told_as_one_of_nought() -> None:
    # Over all (109 − 107) ÷ 20,000.
    counts = [("A", 1, 100, 10_000), ("A", 2, 9, 10_000), ("B", 1, 96, 9_000), ("B", 2, 11, 11_000)]
    rows = [{"group": g, "place": p, "stops": n, "searches": k} for g, p, k, n in counts]
    warning = rates_by_group(rows, reference="B").comparisons[0].warning
    assert (
        "the rate of A is 0.01 points higher than that of B; within places it is 0.04 points lower, lower in 2"
        in warning
    )


@pytest.mark.parametrize("searches", [(0, 0, 1, 0), (0, 1, 0, 0)])
def test_one_search_where_one_group_only_was_met_is_no_disagreement(searches: tuple[int, ...]) -> None:
    places = [("North", 1), ("South", 1), ("North", 2), ("South", 3)]
    rows = [
        {"group": g, "place": p, "stops": 40, "searches": n}
        for (g, p), n in zip(places, searches, strict=True)
    ]
    assert rates_by_group(rows, reference="North").comparisons[0].warning == ""


def test_there_is_no_warning_where_they_agree() -> None:
    compared = rates_by_group(TOWNS[:2], reference="North").comparisons[0]
    assert not compared.reversed
    assert compared.warning == ""


def test_rates_and_means_of_places() -> None:
    north = rates_by_group(TOWNS, reference="North").rates[0]
    assert (north.rate.part, north.rate.whole) == (460, 1000)
    assert north.mean.value == pytest.approx((0.1 + 0.5) / 2)
    error = (0.1 * 0.9 / 100 + 0.5 * 0.5 / 900) ** 0.5 / 2
    assert north.mean.high == pytest.approx(0.3 + 1.959964 * error, abs=1e-6)


def test_the_mean_of_places_stays_a_share() -> None:
    rare, sure = mean_over_places([Rate(1, 10), Rate(0, 5)]), mean_over_places([Rate(9, 10)])
    assert (rare.low, rare.p) == (0.0, None)
    assert rare.high == pytest.approx(0.05 + 1.959964 * (0.1 * 0.9 / 10) ** 0.5 / 2, abs=1e-6)
    assert sure.high == 1.0


def test_any_action_group_and_place_may_be_named() -> None:
    rows = [
        {"sex": "M", "post": 1, "persons": 200, "arrests": 20},
        {"sex": "F", "post": 1, "persons": 100, "arrests": 30},
    ]
    found = rates_by_group(rows, group="sex", action="arrests", base="persons", place="post", reference="M")
    assert found.comparisons[0].difference.value == pytest.approx(0.2)
    assert found.flagged


def test_places_with_too_few_are_not_compared() -> None:
    compared = rates_by_group(TOWNS, reference="North", least=500).comparisons[0]
    assert compared.places == []
    assert compared.within_difference.value is None
    assert compared.flagged, "falls back on the pooled comparison"


def test_without_stops_or_reference_nothing_is_claimed() -> None:
    assert rates_by_group([], reference="North").comparisons == []
    alone = rates_by_group(TOWNS[1:2], reference="North")
    assert not alone.flagged
    assert alone.comparisons[0].difference.value is None


def test_one_place_is_the_plain_two_by_two_table() -> None:
    pair = (Rate(30, 100), Rate(20, 100))
    assert within_difference([pair]).value == pytest.approx(0.1)
    assert within_ratio([pair]).value == pytest.approx(1.5)
    assert within_ratio([pair]).high == pytest.approx(
        1.5 * exp(1.959964 * (1 / 30 - 1 / 100 + 1 / 20 - 1 / 100) ** 0.5)
    )


def test_the_errors_within_places_are_those_of_repeated_draws() -> None:
    """On the safe side: widened for scatter beyond chance, which chance alone sometimes looks like."""
    random = np.random.default_rng(2)
    sizes = [(40, 300), (200, 60), (500, 500), (300, 200), (120, 90)]
    values, errors, ratios = [], [], []
    for _ in range(600):
        pairs = [
            (Rate(int(random.binomial(a, 0.2)), a), Rate(int(random.binomial(b, 0.2)), b)) for a, b in sizes
        ]
        found = within_difference(pairs)
        values.append(found.value)
        errors.append(((found.high or 0) - (found.low or 0)) / 3.92 / scatter(pairs, found.value or 0))
        ratios.append(within_ratio(pairs).p)
    assert np.std(values) == pytest.approx(np.mean(errors), rel=0.1)
    assert np.mean(np.array(ratios) < 0.05) <= 0.06


RARE = [(Rate(0, 30), Rate(6, 300)), (Rate(1, 40), Rate(2, 90)), (Rate(2, 25), Rate(1, 100))]


def test_the_p_within_places_is_of_the_test_of_mantel_and_haenszel() -> None:
    """Actions of the one group, given both margins of every place, are hypergeometric."""
    apart = [
        (one.part, hypergeom(one.whole + two.whole, one.part + two.part, one.whole)) for one, two in RARE
    ]
    z = sum(part - law.mean() for part, law in apart) / sum(law.var() for _, law in apart) ** 0.5
    common = within_difference(RARE).value or 0
    assert within_difference(RARE).p == pytest.approx(2 * norm.sf(abs(z) / scatter(RARE, common)))


@pytest.mark.parametrize("pairs", [[pair] for pair in RARE] + [RARE, [(Rate(9, 50), Rate(20, 300))]])
def test_the_interval_within_places_leaves_out_nought_where_p_is_below_the_level(
    pairs: list[tuple[Rate, Rate]],
) -> None:
    found = within_difference(pairs)
    assert (found.low or 0) < (found.value or 0) < (found.high or 0)
    assert ((found.low or 0) > 0 or (found.high or 0) < 0) == found.flagged()


def test_none_of_thirty_is_no_finding_where_two_in_a_hundred_are_searched() -> None:
    random = np.random.default_rng(8)
    draws = zip(random.binomial(30, 0.02, 500), random.binomial(300, 0.02, 500), strict=True)
    flagged = [within_difference([(Rate(int(a), 30), Rate(int(b), 300))]).flagged() for a, b in draws]
    assert np.mean(flagged) <= 0.08
    assert not within_difference(RARE[:1]).flagged()


def test_places_that_scatter_beyond_chance_widen_the_interval() -> None:
    calm = [(Rate(200, 1000), Rate(200, 1000))] * 4
    wild = [(Rate(300, 1000), Rate(200, 1000)), (Rate(100, 1000), Rate(200, 1000))] * 2
    assert scatter(calm, 0.0) == 1.0
    assert scatter(wild, 0.0) > 4
    low, high = within_difference(wild).low, within_difference(wild).high
    assert (high or 0) - (low or 0) > 4 * (
        (within_difference(calm).high or 0) - (within_difference(calm).low or 0)
    )


def test_nothing_searched_anywhere_is_no_difference() -> None:
    pairs = [(Rate(0, 50), Rate(0, 60))]
    assert within_difference(pairs).value == 0.0
    assert not within_difference(pairs).flagged()
    assert within_ratio(pairs).value is None
    assert mean_over_places([]).value is None
