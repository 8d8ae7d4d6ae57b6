"""The method of the audit against hand-made towns, and against pandas and scipy."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from insights.audit.figures import across, figures_of
from insights.audit.method import (
    LEAST,
    MEDIAN,
    MOST,
    AreaCount,
    above_median,
    deciles,
    quantile,
    rank,
    share,
    spearman,
)
from insights.audit.people import Figure, added, key_of, of_measures

Town = list[AreaCount]


def area(name: str, predictions: int, people: float = 100, black: float | None = None) -> AreaCount:
    figures = {"people": Figure(people)} | ({} if black is None else {"black": Figure(black)})
    return AreaCount(name, predictions, figures)


def town(number: int, seed: int = 1) -> Town:
    made = random.Random(seed)
    return [
        area(
            f"{at:04d}",
            made.choice((0, 0, made.randint(1, 900))),
            made.randint(0, 3000),
            made.randint(0, 900),
        )
        for at in range(number)
    ]


def names(areas: tuple[AreaCount, ...]) -> list[str]:
    return [one.name for one in areas]


# Buckets


def test_the_window_is_one_area_more_than_a_twentieth() -> None:
    ranking = rank(area(f"{at:02d}", at) for at in range(40))
    assert ranking.window == 2
    assert names(ranking.bucket(MOST)) == ["37", "38", "39"]
    assert names(ranking.bucket(MEDIAN)) == ["18", "19", "20"]  # ranks 19 to 21
    assert names(ranking.bucket(LEAST)) == ["00", "01", "02"]


def test_when_more_areas_than_the_window_share_the_lowest_count_the_last_of_them_are_least_targeted() -> None:
    ranking = rank(
        [*(area(f"z{at}", 0, people=at) for at in range(10)), *(area(f"b{at}", 5 + at) for at in range(30))]
    )
    assert names(ranking.bucket(LEAST)) == ["z7", "z8", "z9"]


@pytest.mark.parametrize(("number", "window"), [(10, 0), (13, 1), (30, 2), (50, 2), (70, 4), (2514, 126)])
def test_halves_are_rounded_to_the_even_number_as_in_the_study(number: int, window: int) -> None:
    ranking = rank(area(f"{at:04d}", at) for at in range(number))
    assert ranking.window == window
    assert len(ranking.bucket(MOST)) == window + 1


def test_ties_go_by_population_then_by_name_whatever_the_order_of_the_file() -> None:
    areas = [area("b", 3, 50), area("a", 3, 50), area("c", 3, 10), area("d", 1, 900)]
    assert names(rank(areas).areas) == names(rank(reversed(areas)).areas) == ["d", "c", "a", "b"]


def test_one_area_and_none_are_audited_without_a_fault() -> None:
    assert figures_of([])["areas"] == 0
    one = figures_of([area("a", 4, 10, 5)])
    assert (one["told"], one["buckets"]["most"]["areas"], one["groups"]["black"]["spearman"]) == (
        False,
        1,
        None,
    )


# Shares and their bounds


def test_a_share_is_of_the_areas_that_tell_both_figures() -> None:
    areas = [area("a", 1, 100, 10), area("b", 1, 300, None), area("c", 1, 100, 30)]
    assert share(areas, "black").value == 0.2
    assert share([area("b", 1, 300)], "black").value is None
    assert share([area("z", 1, 0, 0)], "black").value is None


def test_the_margin_of_a_share_is_that_of_the_census_handbook() -> None:
    """√(m² − p² M²) / N with the handbook's way of adding margins; + where the root would be of a negative number."""
    figures = {"people": Figure(5000, 300), "black": Figure(1000, 150)}
    other = {"people": Figure(3000, 400), "black": Figure(1400, 200)}
    found = share([AreaCount("a", 1, figures), AreaCount("b", 2, other)], "black")
    assert found.value == 0.3
    assert found.margin == pytest.approx((62500 - 0.09 * 250000) ** 0.5 / 8000)
    whole = share([AreaCount("a", 1, {"people": Figure(100, 90), "black": Figure(90, 20)})], "black")
    assert whole.margin == pytest.approx((400 + 0.81 * 8100) ** 0.5 / 100)


def test_of_estimate_and_bounds_the_least_is_told() -> None:
    areas = [AreaCount(str(at), at, {"people": Figure(100, 20), "black": Figure(30, 30)}) for at in range(12)]
    told = figures_of(areas)["groups"]["black"]["shares"]["all"]
    assert told["least"] == 0.0
    assert told["value"] == pytest.approx(0.3)
    assert told["low"] < 0.3 < told["high"]


def test_no_margin_gives_no_bounds() -> None:
    told = figures_of(town(40))["groups"]["black"]["shares"]["most"]
    assert (told["low"], told["high"]) == (None, None)
    assert told["least"] == told["value"]


def test_a_figure_never_falls_below_nobody() -> None:
    assert Figure(5, 9).low == 0
    assert added([Figure(1, 3), Figure(2, 4), Figure(3)]) == Figure(6, 5)


def test_the_part_above_the_median_area_leaves_out_the_median_itself() -> None:
    ranking = rank([area("a", 1, 10, 1), area("b", 5, 10, 2), area("c", 9, 10, 7)])
    assert above_median(ranking, "black").value == 0.7


# Against pandas and scipy


@pytest.mark.parametrize("number", [14, 60, 411])
def test_spearman_quantiles_and_deciles_are_those_of_pandas(number: int) -> None:
    import pandas as pd

    areas = town(number, seed=number)
    frame = pd.DataFrame(
        {
            "count": [one.predictions for one in areas],
            "people": [one.population for one in areas],
            "black": [one.people["black"].value for one in areas],
            "name": [one.name for one in areas],
        }
    ).sort_values(["count", "people", "name"])
    frame["rank"] = range(len(frame))
    lived = frame[frame.people > 0]
    ranking = rank(areas)
    ours = spearman(ranking, "black")
    assert ours == pytest.approx(lived["rank"].corr(lived.black / lived.people, method="spearman"))
    assert quantile(list(frame["count"]), 0.37) == pytest.approx(frame["count"].quantile(0.37))
    top = frame[frame["count"] > frame["count"].quantile(0.9)]
    assert deciles(ranking, "black")[9].value == pytest.approx(top.black.sum() / top.people.sum())
    upper = frame[
        (frame["count"] > frame["count"].quantile(0.7)) & (frame["count"] < frame["count"].quantile(0.8))
    ]
    assert deciles(ranking, "black")[7].value == pytest.approx(upper.black.sum() / upper.people.sum())


def test_equal_shares_everywhere_have_no_correlation() -> None:
    assert spearman(rank(area(f"{at}", at, 100, 10) for at in range(20)), "black") is None


def test_where_the_group_lives_in_targeted_areas_the_correlation_is_one() -> None:
    ranking = rank(area(f"{at:02d}", at, 100, at) for at in range(20))
    assert spearman(ranking, "black") == pytest.approx(1)


# Across departments


def test_the_counting_table_counts_departments_by_hand() -> None:
    def made(higher: Callable[[int], float]) -> Town:
        return [area(f"{at:02d}", at, 100, higher(at)) for at in range(20)]

    found = across(
        [figures_of(made(lambda at: at)), figures_of(made(lambda at: 19 - at)), figures_of(made(lambda _: 9))]
    )
    black = found["black"]
    assert (black["departments"], black["higher"], black["majority"]) == (
        3,
        {"most": 1, "median": 1, "least": 1},
        1,
    )
    assert set(found) == {"black"}


def test_a_department_with_too_few_areas_is_in_no_counting_table() -> None:
    assert across([figures_of(town(9))]) == {}


# Names of figures


@pytest.mark.parametrize(
    ("measure", "key"),
    [
        ("black_alone", "black"),
        ("total_estimate", "people"),
        ("total_estimate_household", "households"),
        ("B03002_012 Total Hispanic or Latino", "latino"),
        ("B19001_004", "poor"),
        ("B19001_012", "middle"),
        ("ineligible_for_frl", ""),
        ("count", ""),
    ],
)
def test_figures_are_known_by_the_names_of_files(measure: str, key: str) -> None:
    assert key_of(measure) == key


def test_columns_of_an_income_table_are_added_up() -> None:
    figures = of_measures(
        [("B19001_002", 10, 3.0), ("B19001_003", 5, 4.0), ("B19001_001", 50, None), ("other", 9, None)]
    )
    assert figures == {"poor": Figure(15, 5), "households": Figure(50)}
