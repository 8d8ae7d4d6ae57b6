"""The allocation by hand, its limits, and the rounds."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest

from prediction.patrol.planning import Impossible, allocate, by_areas, lift, most_visits
from prediction.patrol.policy import MINUTES, Policy
from prediction.patrol.rounds import angles, rounds


def one_hour(*harm: float) -> dict[tuple[int, int], float]:
    return {(area, 0): number for area, number in enumerate(harm, 1)}


def test_visits_are_shared_as_seats_are_by_d_hondt() -> None:
    # A textbook case: votes 100, 80, 30, 20 and 8 seats give 4, 3, 1, 0.
    found = allocate(one_hour(100, 80, 30, 20), [1, 2, 3, 4], 1, 8, cap=99)
    assert found.by_area == {1: 4, 2: 3, 3: 1}
    assert found.left == 0


def test_the_next_visit_goes_where_the_most_harm_is_left() -> None:
    harm = {(1, 0): 10.0, (1, 1): 9.0, (2, 0): 6.0, (2, 1): 1.0}
    assert allocate(harm, [1, 2], 2, 1, cap=99).visits == {(1, 0): 1, (1, 1): 1}
    # 10, 9, 6 and then 10 ÷ 2; hour 0 has room for two visits only, so that 9 ÷ 2 comes instead.
    assert allocate(harm, [1, 2], 2, 2, cap=99).visits == {(1, 0): 1, (1, 1): 2, (2, 0): 1}


def test_the_floor_is_given_to_every_area_in_its_worst_hour() -> None:
    harm = {(1, 0): 100.0, (2, 0): 0.1, (2, 1): 0.2}
    found = allocate(harm, [1, 2, 3], 2, 4, least=1, cap=99)
    assert found.by_area[2] >= 1
    assert found.by_area[3] == 1  # of which nothing is expected at all
    assert found.visits[2, 1] >= 1


def test_a_floor_that_cannot_be_kept_is_refused_in_words() -> None:
    with pytest.raises(
        Impossible, match="3 areas with at least 2 visits each need 6 visits, but the units can make 4"
    ):
        allocate(one_hour(1, 1, 1), [1, 2, 3], 1, 4, least=2)


def test_the_cap_holds_against_harm_and_leaves_visits_free() -> None:
    harm = one_hour(98, 1, 1)
    assert most_visits(by_areas(harm), [1, 2, 3], 10, 0.5) == {1: 5, 2: 1, 3: 1}
    found = allocate(harm, [1, 2, 3], 1, 10, cap=0.5)
    assert (found.by_area, found.left) == ({1: 5, 2: 1, 3: 1}, 3)


def test_the_cap_goes_by_reported_harm_where_it_is_known() -> None:
    found = allocate(one_hour(98, 1, 1), [1, 2, 3], 1, 10, cap=2, reported={1: 1.0, 2: 1.0, 3: 8.0})
    assert found.by_area[1] == 2  # a tenth of what was reported, twice
    assert 0 < found.by_area[2] <= 2


@pytest.mark.parametrize("seed", range(5))
def test_no_hour_has_more_visits_than_units_can_make_and_no_area_more_than_its_cap(seed: int) -> None:
    rng = random.Random(seed)
    harm = {(area, hour): rng.expovariate(1) ** 3 for area in range(30) for hour in range(8)}
    found = allocate(harm, range(30), 8, 12, cap=1.5)
    by_hour: Counter[int] = Counter()
    for (_, hour), number in found.visits.items():
        by_hour[hour] += number
    assert max(by_hour.values()) <= 12
    assert sum(by_hour.values()) + found.left == 96
    most = most_visits(by_areas(harm), range(30), 96, 1.5)
    assert all(number <= most[area] for area, number in found.by_area.items())


def test_a_share_goes_by_lot_and_the_same_seed_gives_the_same_plan() -> None:
    harm = {(area, hour): 1.0 if area == 0 else 0.0 for area in range(10) for hour in range(4)}
    found = allocate(harm, range(10), 4, 10, cap=99, explore=0.25, seed=3)
    assert sum(found.by_lot.values()) == 10
    assert len(found.by_area) > 3
    assert found.visits == allocate(harm, range(10), 4, 10, cap=99, explore=0.25, seed=3).visits
    assert found.visits != allocate(harm, range(10), 4, 10, cap=99, explore=0.25, seed=4).visits


def test_where_nothing_is_expected_nothing_is_planned() -> None:
    found = allocate({}, [1, 2], 2, 3)
    assert (found.visits, found.left) == ({}, 6)
    assert lift(found.visits, {}, [1, 2], 2) is None


def test_lift_by_hand() -> None:
    harm = one_hour(6, 2, 1, 1)  # 2.5 on average
    assert lift({(1, 0): 1}, harm, [1, 2, 3, 4], 1) == pytest.approx(6 / 2.5)
    assert lift({(1, 0): 1, (2, 0): 3}, harm, [1, 2, 3, 4], 1) == pytest.approx((6 + 3 * 2) / 4 / 2.5)
    assert lift({(area, 0): 1 for area in (1, 2, 3, 4)}, harm, [1, 2, 3, 4], 1) == pytest.approx(1)


@pytest.mark.parametrize("travel", [0, 4, 14])
def test_rounds_hold_every_visit_once_and_no_unit_is_at_two_places(travel: int) -> None:
    units, policy = 5, Policy(travel=travel)
    harm = {(area, hour): 1.0 + area for area in range(20) for hour in range(6)}
    found = allocate(harm, range(20), 6, units * policy.visits_an_hour, cap=99)
    planned = rounds(found.visits, 6, units, travel, seed=9)
    assert Counter((one.area, one.hour) for one in planned) == found.visits
    for unit in range(1, units + 1):
        mine = [one for one in planned if one.unit == unit]
        for one, following in itertools.pairwise(mine):
            assert one.start + one.minutes + travel <= following.start
    assert all(MINUTES[0] <= one.minutes <= MINUTES[1] for one in planned)
    assert all(
        one.hour * 60 <= one.start and one.start + one.minutes <= (one.hour + 1) * 60 for one in planned
    )


def test_rounds_follow_the_seed_and_differ_without_it() -> None:
    visits = {(area, 0): 1 for area in range(9)}
    assert rounds(visits, 1, 3, 4, seed=1) == rounds(visits, 1, 3, 4, seed=1)
    assert rounds(visits, 1, 3, 4, seed=1) != rounds(visits, 1, 3, 4, seed=2)


def test_neighbours_go_to_one_unit() -> None:
    middles = {0: (1.0, 0.0), 1: (1.0, 0.1), 2: (-1.0, 0.0), 3: (-1.0, 0.1)}
    sides = []
    for seed in range(40):
        planned = rounds({(area, 0): 1 for area in range(4)}, 1, 2, 4, seed=seed, around=angles(middles))
        pairs = {frozenset(one.area for one in planned if one.unit == unit) for unit in (1, 2)}
        sides.append(pairs == {frozenset({0, 1}), frozenset({2, 3})})
    assert any(sides)  # of the two ways to cut the circle in halves of neighbours, chance takes each
