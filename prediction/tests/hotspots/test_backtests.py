"""PAI and PEI by hand, and what a back-test may know."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from prediction.hotspots.backtests import back_test, most_flagged, score
from prediction.hotspots.reading import number, whole_months

CELLS = [f"{place:03}" for place in range(200)]


def one(_cell: str) -> float:
    return 1.0


def test_pai_and_pei_by_hand() -> None:
    # 2 of 200 cells flagged hold 30 of 100 crimes; the two best hold 50.
    after = {"000": 20, "001": 10, "150": 30, **{f"{place:03}": 1 for place in range(10, 50)}}
    found = score(["000", "001"], after, CELLS, one)
    assert (found.n, found.of, found.best) == (30, 100, 50)
    assert found.pai == pytest.approx(0.3 / 0.01)
    assert found.pei == pytest.approx(30 / 50)
    # Wilson's interval of 30 in 100 is 0.2189 to 0.3958 (published tables), over a hundredth of the area.
    assert (found.low, found.high) == (pytest.approx(21.89, abs=0.01), pytest.approx(39.58, abs=0.01))


def test_area_and_not_the_number_of_cells_counts() -> None:
    found = score(["000"], {"000": 1, "001": 1}, ["000", "001"], lambda cell: 3.0 if cell == "000" else 1.0)
    assert found.pai == pytest.approx(0.5 / 0.75)


def test_crimes_outside_the_universe_were_missed() -> None:
    assert score(["000"], {"000": 5, "elsewhere": 5}, CELLS, one).pai == pytest.approx(0.5 / (1 / 200))


def test_a_month_without_crime_has_no_index() -> None:
    found = score(["000"], {}, CELLS, one)
    assert (found.pai, found.pei, found.low) == (None, None, None)


def test_one_in_a_hundred_is_flagged_and_never_a_cell_without_crime() -> None:
    assert most_flagged({"007": 3, "003": 3, "100": 9}, CELLS) == ["100", "003"]
    assert most_flagged({"007": 3}, CELLS) == ["007"]
    assert most_flagged({}, CELLS) == []


def test_the_month_that_is_foretold_changes_nothing_that_was_flagged() -> None:
    before = {month: Counter({"000": 5, "001": 2}) for month in range(12)}
    quiet, busy = ({**before, 12: Counter(after)} for after in ({"000": 1}, {"150": 99, "new": 9}))
    for by_month, n in ((quiet, 1), (busy, 0)):
        found = back_test(by_month, 12, frozenset(CELLS), one)
        assert (found["flagged"], found["cells"], found["n"]) == (2, 200, n)


def test_without_land_the_universe_is_what_was_seen_before() -> None:
    by_month = {month: Counter({"000": 5, "001": 2}) for month in range(12)} | {
        12: Counter({"000": 1, "new": 1})
    }
    found = back_test(by_month, 12, frozenset(), one)
    assert (found["cells"], found["of"], found["n"]) == (2, 2, 1)


# Whole months


def months(first: tuple[int, int], last: tuple[int, int]) -> list[int]:
    return list(range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1]))


def test_a_month_that_reports_do_not_reach_to_its_end_is_left_out() -> None:
    present = months((2020, 1), (2021, 12))
    assert whole_months(present, date(2020, 1, 1), date(2021, 12, 30)) == present
    assert whole_months(present, date(2020, 1, 1), date(2021, 12, 15)) == present[:-1]
    assert whole_months(present, date(2020, 1, 9), date(2021, 12, 31)) == present[1:]


def test_only_months_in_a_row_count_and_old_strays_do_not() -> None:
    present = [*months((1989, 3), (1989, 3)), *months((2019, 1), (2019, 8)), *months((2020, 1), (2020, 6))]
    assert whole_months(present, date(2018, 12, 1), date(2020, 6, 30)) == months((2020, 1), (2020, 6))


def test_where_no_days_are_known_a_month_with_crimes_is_whole() -> None:
    assert whole_months(months((2018, 12), (2019, 1)), None, None) == months((2018, 12), (2019, 1))
    assert whole_months([], None, None) == []
    assert number(date(2021, 5, 9)) == 2021 * 12 + 4
