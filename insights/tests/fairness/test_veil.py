from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.stats import chi2_contingency

from insights.fairness.heaping import heap_warnings
from insights.fairness.splines import knots, natural_basis, weighted_quantile
from insights.fairness.sun import Evening, evenings, position_of_zone
from insights.fairness.twilight import Window, is_dark, seasons, twilight_cells, window_of
from insights.fairness.veil import eligible_place_years, veil_of_darkness

SPRING, SUMMER = Evening(date(2026, 3, 1), 1080, 1110), Evening(date(2026, 6, 1), 1200, 1235)


def test_the_window_runs_from_the_earliest_to_the_latest_dusk() -> None:
    assert window_of([SPRING, SUMMER]) == Window(1110, 1235)
    assert window_of([Evening(date(2026, 6, 1), None, None)]) is None


@pytest.mark.parametrize(
    ("minute", "at_dusk", "dark"),
    [(1080, False, False), (1081, False, None), (1110, False, None), (1110, True, True), (1111, False, True)],
)
def test_between_sunset_and_dusk_it_is_neither(minute: int, at_dusk: bool, dark: bool | None) -> None:
    assert is_dark(minute, SPRING, at_dusk) is dark


def test_stops_outside_the_window_or_at_twilight_or_on_unknown_days_are_dropped() -> None:
    rows = [
        {"day": SPRING.day, "minute": 1109},  # before any dusk of the year
        {"day": SPRING.day, "minute": 1150},  # dark
        {"day": SUMMER.day, "minute": 1150},  # light at the same minute
        {"day": SUMMER.day, "minute": 1220},  # twilight
        {"day": date(2020, 1, 1), "minute": 1150},
    ]
    cells = twilight_cells(rows, [SPRING, SUMMER])
    assert [(cell["minute"], cell["dark"]) for cell in cells] == [(1150, 1), (1150, 0)]


def _cells(shares: dict[tuple[int, int], float], stops: int = 4000) -> list[dict[str, Any]]:
    return [
        {
            "minute": minute,
            "dark": dark,
            "group_stops": round(stops * share),
            "reference_stops": round(stops * (1 - share)),
        }
        for (minute, dark), share in shares.items()
    ]


def test_with_one_minute_the_odds_ratio_is_that_of_the_two_by_two_table() -> None:
    found = veil_of_darkness(_cells({(1150, 0): 0.5, (1150, 1): 0.4}))
    assert found is not None
    assert found.odds_ratio.value == pytest.approx((0.4 / 0.6) / (0.5 / 0.5), rel=1e-6)
    assert found.error == pytest.approx((1 / 2000 + 1 / 2000 + 1 / 1600 + 1 / 2400) ** 0.5, rel=1e-6)
    assert found.flagged
    assert (found.light.value, found.dark.value) == (0.5, 0.4)
    assert [(point.minute, point.light.whole) for point in found.bins] == [(1140, 4000)]


def test_a_share_that_only_follows_the_clock_is_not_taken_for_darkness() -> None:
    """Later minutes are mostly dark and have a lower share, by light and by dark alike."""
    cells = []
    for minute in range(1110, 1236):
        share, darkness = 0.6 - (minute - 1110) / 400, (minute - 1100) / 140
        for dark, stops in ((0, 3000 * (1 - darkness)), (1, 3000 * darkness)):
            own, other = round(stops * share), round(stops * (1 - share))
            cells.append({"minute": minute, "dark": dark, "group_stops": own, "reference_stops": other})
    found = veil_of_darkness(cells)
    assert found is not None
    assert (found.dark.value or 0) < (found.light.value or 0) - 0.05
    assert found.odds_ratio.value == pytest.approx(1.0, abs=0.01)
    assert not found.flagged


def test_places_are_held_fixed_when_asked() -> None:
    """Downtown stops the group more and works late; no place stops it less when dark."""
    rows = []
    for place, share, by_dark in (("Downtown", 0.7, 3000), ("Suburb", 0.3, 1000)):
        for dark, stops in ((0, 2000), (1, by_dark)):
            counts = {"group_stops": round(stops * share), "reference_stops": round(stops * (1 - share))}
            rows.append({"minute": 1150, "dark": dark, "place": place, **counts})
    plain, held = veil_of_darkness(rows), veil_of_darkness(rows, hold=["place"])
    assert plain is not None
    assert held is not None
    assert (plain.odds_ratio.value or 0) > 1.3
    assert held.odds_ratio.value == pytest.approx(1.0, abs=1e-6)
    assert held.controls == ("place",)


@pytest.mark.parametrize(
    "cells",
    [[], _cells({(1150, 0): 0.5}), _cells({(1150, 0): 0.0, (1150, 1): 0.0})],
    ids=["none", "light", "one group"],
)
def test_without_both_light_and_dark_and_both_groups_there_is_no_answer(cells: list[dict[str, Any]]) -> None:
    assert veil_of_darkness(cells) is None


@pytest.mark.parametrize(
    ("by_light", "by_dark", "ratio"), [(0.5, 0.0, 0.0), (0.0, 0.5, None), (1.0, 0.5, 0.0)]
)
def test_where_all_or_none_are_of_the_group_there_is_a_p_and_no_interval(
    by_light: float, by_dark: float, ratio: float | None
) -> None:
    found = veil_of_darkness(_cells({(1150, 0): by_light, (1150, 1): by_dark}, stops=12))
    assert found is not None
    table = [[share * 12, 12 - share * 12] for share in (by_light, by_dark)]
    pearson = chi2_contingency(table, correction=False)
    assert (found.coefficient, found.error, found.odds_ratio.low) == (None, None, None)
    assert found.odds_ratio.value == ratio
    assert found.odds_ratio.p == pytest.approx(pearson.pvalue, rel=1e-4)
    assert found.flagged is (ratio == 0.0)


def test_darkness_that_is_but_the_clock_or_the_place_tells_nothing() -> None:
    by_clock = _cells({(1150, 0): 0.5, (1160, 1): 0.4, (1170, 1): 0.4})
    assert veil_of_darkness(by_clock) is None
    by_place = [row | {"place": row["dark"]} for row in _cells({(1150, 0): 0.5, (1150, 1): 0.4})]
    assert veil_of_darkness(by_place) is not None
    assert veil_of_darkness(by_place, hold=["place"]) is None


def test_stops_neither_light_nor_dark_are_left_out() -> None:
    told = _cells({(1150, 0): 0.5, (1150, 1): 0.4})
    neither = [{"minute": 1150, "dark": None, "group_stops": 900, "reference_stops": 1}]
    assert veil_of_darkness([*told, *neither]) == veil_of_darkness(told)


def test_rounded_times_and_shift_changes_are_warned_of() -> None:
    heaped = dict.fromkeys(range(1110, 1230), 5) | {1140: 900, 1200: 900}
    found = heap_warnings(heaped, shifts=[1200, 360])
    assert len(found) == 3
    assert "full hour" in found[0]
    assert "rounded" in found[1]
    assert "20:00" in found[2]
    assert heap_warnings(dict.fromkeys(range(1110, 1230), 5)) == []
    assert heap_warnings({}, [1200]) == []


def test_a_full_hour_in_the_short_window_of_the_tropics_is_no_heap() -> None:
    """At Libreville evenings differ by half an hour: of times spread evenly 5.8 % fall on 19:00."""
    town = position_of_zone("Africa/Libreville")
    assert town is not None
    year = evenings(date(2026, 1, 1), date(2026, 12, 31), town, "Africa/Libreville")
    spread = [{"day": one.day, "minute": minute} for one in year for minute in range(1100, 1160)]
    stops = Counter(cell["minute"] for cell in twilight_cells(spread, year))
    assert stops[1140] / stops.total() > 0.05
    assert heap_warnings(stops) == []
    assert "on a full hour, where 3% would be expected" in heap_warnings(stops + Counter({1140: 600}))[0]


def test_seasons_are_thirty_days_to_both_sides_of_a_change() -> None:
    found = seasons([date(2026, 3, 29), date(2026, 10, 25)])
    assert len(found) == 2 * 61
    assert found[date(2026, 3, 29)] == found[date(2026, 4, 28)] == "spring 2026"
    assert date(2026, 4, 29) not in found


def test_place_years_need_enough_stops_of_both_groups() -> None:
    rows = [
        {"place": 1, "year": 2025, "own": 60, "other": 300},
        {"place": 1, "year": 2025, "own": 60, "other": 300},
        {"place": 1, "year": 2026, "own": 60, "other": 300},
    ]
    assert eligible_place_years(rows, group="own", reference="other") == rows[:2]


def test_weighted_quantiles_are_those_of_the_values_repeated() -> None:
    random = np.random.default_rng(1)
    values, weights = random.permutation(50).astype(float), random.integers(1, 9, 50).astype(float)
    shares = np.linspace(0, 1, 7)
    repeated = np.repeat(values, weights.astype(int))
    assert weighted_quantile(values, weights, shares) == pytest.approx(np.quantile(repeated, shares))


def test_the_spline_basis_holds_every_natural_cubic_spline() -> None:
    x = np.linspace(1020.0, 1270.0, 400)
    at = knots(x, np.ones_like(x), 6)
    basis = np.column_stack([np.ones_like(x), natural_basis(x, at)])
    assert basis.shape == (400, 7)
    curve = CubicSpline(at, np.random.default_rng(3).normal(size=7), bc_type="natural")(x)
    left = curve - basis @ np.linalg.lstsq(basis, curve, rcond=None)[0]
    assert np.abs(left).max() < 1e-9
