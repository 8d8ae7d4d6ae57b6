"""What must be hidden beside small counts: by hand, and against every sum and difference of what is shown."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from insights.disclosure.axes import (
    ARRESTED,
    CLOCK,
    GENDER,
    HIT,
    PLACE,
    SEARCHED,
    TIME,
    VIOLATION,
    WEEKDAY,
    node,
)
from insights.disclosure.boxes import Box, Page, Part, Sieve
from insights.disclosure.narrowing import labels_of
from insights.tests.linear_attack import Field, attack, draw, sieve_of

YEARLY, MONTHLY, HOURLY = 1, 3, 3


def persons(counts: Mapping[tuple[Any, ...], int], *names: str) -> list[dict[str, Any]]:
    """A ledger with so many persons of each group."""
    return [dict(zip(names, group, strict=True)) for group, count in counts.items() for _ in range(count)]


def hidden(sieve: Sieve, **chosen: Any) -> bool:
    """Whether the number of persons with these codes is hidden."""
    axes = {"violation": VIOLATION, "gender": GENDER, "arrested": ARRESTED}
    box: Box = {axes[name]: Part(1, frozenset({node(int(code))})) for name, code in chosen.items()}
    return () in Page(sieve, box, {}).hidden()


def of_genders(*counts: int) -> list[int]:
    """Places of the hidden ones among groups of these sizes."""
    sieve = sieve_of(persons({(place,): count for place, count in enumerate(counts)}, "gender"))
    return [place for place in range(len(counts)) if hidden(sieve, gender=place)]


def test_where_nothing_is_small_nothing_is_hidden() -> None:
    assert of_genders(10, 500, 0, 12) == []


def test_a_lone_small_count_takes_the_smallest_other_with_it() -> None:
    assert of_genders(500, 400, 5) == [1, 2]


def test_two_small_counts_of_ten_together_hide_each_other() -> None:
    assert of_genders(500, 400, 4, 6) == [2, 3]


def test_small_counts_that_are_few_even_together_take_another_with_them() -> None:
    assert of_genders(500, 400, 2, 3) == [1, 2, 3]


def test_a_ledger_of_a_few_persons_is_hidden_as_a_whole() -> None:
    sieve = sieve_of(persons({(1,): 4, (2,): 5}, "gender"))
    assert hidden(sieve)
    assert hidden(sieve, gender=1)


def test_what_a_mark_leaves_over_is_a_count_too() -> None:
    """95 arrests of 100 stops say that 5 were not arrested."""
    of_speeding = {(1, True): 95, (1, False): 5, (2, True): 40, (2, False): 60}
    sieve = sieve_of(persons(of_speeding, "violation", "arrested"))
    assert hidden(sieve, violation=1, arrested=True)
    assert hidden(sieve, violation=2, arrested=True), "else all arrests less those would say it"
    assert not hidden(sieve, violation=1)


def test_one_filter_value_is_hidden_where_the_other_would_give_it_away() -> None:
    """Violations of men, beside the same without a filter, are the violations of women."""
    groups = {(1, 1): 200, (1, 2): 3, (2, 1): 100, (2, 2): 90, (3, 1): 80, (3, 2): 70}
    sieve = sieve_of(persons(groups, "violation", "gender"))
    assert hidden(sieve, violation=1, gender=2)
    assert hidden(sieve, violation=1, gender=1)
    assert not hidden(sieve, violation=1)
    assert not hidden(sieve, gender=1)


def test_what_lies_inside_a_hidden_group_is_hidden_zeros_as_well() -> None:
    groups = {(1, 1): 5, (2, 1): 4, (2, 2): 8, (3, 1): 300, (3, 2): 300}
    sieve = sieve_of(persons(groups, "violation", "gender"))
    assert hidden(sieve, violation=1, gender=2), "nobody is there, but saying so would say where the five are"


def test_a_range_is_hidden_where_what_it_leaves_out_is_small() -> None:
    months = {
        (2025, month): count for month, count in zip(range(1, 7), (100, 90, 4, 80, 70, 60), strict=True)
    }
    sieve = sieve_of(persons(months, "year", "month"))

    def is_hidden(first: int, last: int) -> bool:
        nodes = frozenset(node(2025, (month + 2) // 3, month) for month in range(first, last + 1))
        return () in Page(sieve, {TIME: sieve.coarsest(TIME, Part(MONTHLY, nodes))}, {}).hidden()

    assert is_hidden(3, 3)
    assert is_hidden(1, 2), "the quarter less these two months is the third"
    assert not is_hidden(1, 3)
    assert not is_hidden(4, 5)


def test_ranges_never_hold_hidden_hours_that_are_few_together() -> None:
    hours = {(hour,): count for hour, count in zip(range(8, 14), (2, 3, 200, 50, 60, 70), strict=True)}
    sieve = sieve_of(persons(hours, "hour"))
    for first in range(8, 14):
        for last in range(first, 14):
            nodes = frozenset(node(0, (hour - 5) // 3, hour) for hour in range(first, last + 1))
            part = sieve.coarsest(CLOCK, Part(HOURLY, nodes))
            count = sum(hours[hour,] for hour in range(first, last + 1))
            if not 10 <= count <= sum(hours.values()) - 10 and count < sum(hours.values()):
                assert () in Page(sieve, {CLOCK: part}, {}).hidden(), (first, last, count)


def test_the_same_ledger_in_another_order_hides_the_same() -> None:
    """Several processes answer; if they chose differently, their pages together would give counts away."""
    rows = draw(seed=5, count=900)
    grain = tuple(sorted([(TIME, MONTHLY), (VIOLATION, 1), (GENDER, 1), (ARRESTED, 1)]))
    found = []
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        sieve = sieve_of(rows)
        sieve.cover.prepare(grain)
        found.append((sieve.cover.swaps, sieve.cover.closed))
    assert found[0][0][((VIOLATION, 1), (GENDER, 1))]
    assert found[0] == found[1] == found[2]


def test_pages_of_other_filters_and_groups_have_no_say() -> None:
    """What is hidden of a group is the same in whichever page it stands, and whichever was asked first."""
    rows = draw(seed=8, count=1500)
    sieve, fresh = sieve_of(rows), sieve_of(rows)
    sieve.cover.prepare(tuple(sorted([(PLACE, 3), (TIME, MONTHLY), (VIOLATION, 1), (GENDER, 1)])))
    for violation in (1, 2, 3):
        for gender in (0, 1, 2, 3):
            assert hidden(sieve, violation=violation, gender=gender) == hidden(
                fresh, violation=violation, gender=gender
            )


FIELDS: dict[str, list[Field]] = {
    "places and hours": [(PLACE, (1, 2, 3), False), (CLOCK, (1, 3), True), (ARRESTED, (1, 2), False)],
    "months and marks": [(TIME, (1, 3), True), (ARRESTED, (1,), False), (SEARCHED, (1,), False)],
    "two kinds of range": [(TIME, (1, 3), True), (CLOCK, (1, 3), True), (GENDER, (1,), False)],
    "finds and weekdays": [
        (SEARCHED, (1,), False),
        (HIT, (1,), False),
        (WEEKDAY, (1,), False),
        (CLOCK, (1,), False),
    ],
    "people": [(VIOLATION, (1,), False), (GENDER, (1,), False), (ARRESTED, (1,), False), (TIME, (1,), False)],
}


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
@pytest.mark.parametrize("count", [150, 600, 3000])
def test_no_hidden_small_count_follows_from_all_that_is_shown(fields: list[Field], count: int) -> None:
    for seed in range(3):
        found = attack(draw(seed, count), fields)
        assert found.small > 10
        assert found.hidden < found.fetched
        assert found.recovered == []


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
def test_the_attack_succeeds_where_only_small_counts_are_hidden(fields: list[Field]) -> None:
    found = attack(draw(1, 600), fields, complementary=False)
    assert len(found.recovered) > 0.5 * found.small


GROUPINGS = [
    {PLACE: ("agency",), GENDER: ("gender",)},
    {PLACE: ("country", "agency", "post")},
    {TIME: ("year", "month"), VIOLATION: ("violation",)},
    {CLOCK: ("period",), ARRESTED: ("arrested",)},
    {TIME: ("month",)},  # a label holds months of several years
]


@pytest.mark.parametrize("grouping", GROUPINGS)
@pytest.mark.parametrize("box", [{}, {WEEKDAY: Part(1, frozenset({node(6), node(7)}))}])
def test_a_row_is_hidden_exactly_where_a_filter_for_it_alone_is(
    grouping: dict[int, tuple[str, ...]], box: Box
) -> None:
    """Rows ask only those labels that a swap may touch; a filter asks of every swap whether it is touched."""
    seen: set[bool] = set()
    for seed, count in enumerate((60, 300, 900, 4000)):
        sieve = sieve_of(draw(seed, count))
        groups = {axis: labels_of(sieve, axis, names, None) for axis, names in grouping.items()}
        found = Page(sieve, box, groups).hidden()
        for key in product(*groups.values()):
            alone = dict(box) | {
                axis: labels[label] for (axis, labels), label in zip(groups.items(), key, strict=True)
            }
            due = () in Page(sieve, alone, {}).hidden()
            seen.add(due)
            assert (key in found) == due, (seed, grouping, key)
    assert seen == {True, False}
