"""Cells: every person once, as pandas counts them; the database and Python take hours and days together alike."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.models import StopFact
from prediction.features import COLUMNS, FEATURES, NEVER, TARGETS, Moment, part_of_day, part_of_week, spot_of
from prediction.stops import reading
from prediction.stops.cells import TEST, cells_of, packed
from prediction.stops.codes import REST
from prediction.stops.reading import Grain, days_of, read_cells
from prediction.tests.made_up import BEFORE, FIRST, as_cells, as_facts, drawn, period_of

OUTCOME = TARGETS["outcome"]


@pytest.fixture
def stops(db: None) -> dict[str, Any]:
    columns = drawn(4, 600, 40)
    as_facts(columns)
    return columns


def written_out(cells: Any) -> Counter[tuple[int, ...]]:
    """Persons by columns, class, part and block."""
    found: Counter[tuple[int, ...]] = Counter()
    names = sorted(cells.codes)
    for row in range(len(cells.count)):
        cell = cells.cell[row]
        key = tuple(int(cells.codes[name][cell]) for name in names)
        label = cells.classes[cells.label[row]]
        found[*key, int(label), int(cells.part[row]), int(cells.block[row])] += int(cells.count[row])
    return found


def test_cells_from_the_facts_are_those_counted_by_pandas(stops: dict[str, Any]) -> None:
    cells = read_cells(OUTCOME, Grain.of(OUTCOME, after=True), period_of(stops))
    agency = dict(StopFact.objects.values_list("id", "agency"))
    table = pd.DataFrame(stops)
    table["agency"] = [agency[key] for key in sorted(agency)]
    table["part"] = (table.day >= 24).astype(int) + (table.day >= 32)
    table["block"] = np.where(table.part == 2, table.day - 32, 0)
    names = [*sorted(OUTCOME.columns(after=True)), "outcome", "part", "block"]
    counted = table.groupby(names).size()
    assert written_out(cells) == Counter({key: int(count) for key, count in counted.items()})


def test_days_are_those_with_stops(stops: dict[str, Any]) -> None:
    counted = Counter(int(day) for day in stops["day"])
    assert days_of(OUTCOME) == [(FIRST + timedelta(days=day), counted[day]) for day in sorted(counted)]


def test_who_has_no_known_end_is_left_out(stops: dict[str, Any]) -> None:
    gone = StopFact.objects.filter(outcome=3).update(outcome=0)
    cells = read_cells(OUTCOME, Grain.of(OUTCOME, after=False), period_of(stops))
    assert gone > 0
    assert cells.total(0, 1, 2) == 600 - gone
    assert cells.classes == (2, 5)


def test_unknown_marks_hours_and_posts_have_codes_of_their_own(stops: dict[str, Any]) -> None:
    StopFact.objects.update(searched=None, drugs=None, hour=-1, post=0)
    cells = read_cells(OUTCOME, Grain.of(OUTCOME, after=True), period_of(stops))
    for name, code in (("searched", -1), ("drugs", -1), ("hour", -1), ("spot", 0)):
        assert set(cells.codes[name].tolist()) == {code}
    assert set(cells.feature("part_of_day").tolist()) == {0}


def test_an_area_stands_in_for_a_post(stops: dict[str, Any]) -> None:
    StopFact.objects.filter(post=1).update(post=0, area=7)
    cells = read_cells(OUTCOME, Grain.of(OUTCOME, after=False), period_of(stops))
    codes = set(cells.codes["spot"].tolist())
    assert spot_of(area=7) == 15
    assert codes == {15, *(spot_of(post=post) for post in range(2, 7))}


def test_a_large_ledger_is_counted_by_parts_of_the_day_and_week(
    stops: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = read_cells(OUTCOME, Grain.of(OUTCOME, after=False), period_of(stops))
    monkeypatch.setattr(reading, "MOST_CELLS", 10)
    coarse = read_cells(OUTCOME, Grain.of(OUTCOME, after=False), period_of(stops))
    assert "hour" not in coarse.codes
    assert not coarse.offers(FEATURES["hour"])
    for name in ("part_of_day", "part_of_week"):
        assert Counter(name_counts(fine, name)) == Counter(name_counts(coarse, name))


def name_counts(cells: Any, name: str) -> dict[int, int]:
    codes, persons = cells.feature(name), cells.counts(0, 1, 2).sum(axis=1)
    return {int(code): int(persons[codes == code].sum()) for code in np.unique(codes)}


def test_of_very_many_posts_the_smaller_ones_are_known_by_their_agency(
    stops: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_SPOTS", 2)
    cells = read_cells(OUTCOME, Grain.of(OUTCOME, after=False), period_of(stops))
    spots = Counter(stops["spot"].tolist())
    kept = sorted(spots, key=lambda one: (-spots[one], one))[:2]
    found = name_counts(cells, "spot")
    assert found == {
        **{one: spots[one] for one in kept},
        reading.OTHER_SPOT: 600 - sum(spots[one] for one in kept),
    }


def test_the_same_stops_have_the_same_digest_and_one_more_has_another(stops: dict[str, Any]) -> None:
    def digest() -> str:
        return read_cells(OUTCOME, Grain.of(OUTCOME, after=False), period_of(stops)).digest

    before = digest()
    assert digest() == before
    StopFact.objects.filter(pk__in=[StopFact.objects.order_by("id")[5].pk]).update(violation=9)
    assert digest() != before


def test_the_digest_does_not_hang_on_the_order_of_rows() -> None:
    columns = drawn(9, 300, 30)
    order = np.random.default_rng(1).permutation(300)
    assert (
        as_cells(columns).digest == as_cells({name: values[order] for name, values in columns.items()}).digest
    )


def test_rare_codes_count_as_any_other() -> None:
    codes = {"spot": np.array([1, 1, 2])}
    target, part, block, count = (
        np.array([5, 9, 5]),
        *(np.array([0, 0, 2]) for _ in range(2)),
        np.array([3, 4, 5]),
    )
    cells = cells_of(codes, target, part, block, count, classes=(5, REST))
    assert cells.counts(0).tolist() == [[3, 4], [0, 0]]
    assert cells.counts(TEST).tolist() == [[0, 0], [5, 0]]
    assert cells_of(codes, target, part, block, count, classes=(5,)).total(0, 2) == 8


def test_combinations_are_told_apart_even_where_one_number_cannot_hold_them() -> None:
    random = np.random.default_rng(7)
    columns = [random.integers(-(2**31), 2**31, 500) for _ in range(5)] + [random.integers(0, 2, 500)]
    columns = [np.concatenate([one, one[:100]]) for one in columns]
    assert len(np.unique(packed(columns))) == len({tuple(row) for row in zip(*columns, strict=True)}) == 500


# What may be an input


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("after", [False, True])
def test_race_gender_and_age_are_never_an_input(target: str, after: bool) -> None:
    columns = TARGETS[target].columns(after)
    assert not {*columns} & {*NEVER}
    assert {"race", "gender", "age_band"} <= {*NEVER}
    assert not any(
        "race" in COLUMNS[name].sql
        or "gender" in COLUMNS[name].sql
        or "age" in COLUMNS[name].sql.replace("agency", "")
        for name in columns
    )


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_known_only_afterwards_is_no_input_before(target: str) -> None:
    before, after = TARGETS[target].columns(after=False), TARGETS[target].columns(after=True)
    assert {*after} - {*before} == {"searched", "drugs", "duration_band"}
    assert all(COLUMNS[name].moment is Moment.BEFORE for name in before)
    assert target not in after


def test_night_is_the_night_of_the_house() -> None:
    assert [hour for hour in range(24) if part_of_day(hour) == 1] == [0, 1, 2, 3, 4, 20, 21, 22, 23]
    assert [part_of_day(hour) for hour in (-1, 5, 9, 10, 15, 16, 19)] == [0, 2, 2, 3, 3, 4, 4]
    assert [part_of_week(day) for day in range(8)] == [0, 1, 1, 1, 1, 1, 2, 2]


def test_the_columns_before_are_what_tests_draw() -> None:
    assert {*BEFORE} == {*OUTCOME.columns(after=False)}


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [0, 1, reading.PIECE, 2 * reading.PIECE + 7])
def test_whole_numbers_come_over_in_pieces_and_stay_together(rows: int) -> None:
    """Each row's columns are still of one row, negative numbers and the ends of int4 included."""
    sql = "SELECT n::int, (-n)::int, CASE WHEN n % 2 = 0 THEN 2147483647 ELSE -2147483648 END FROM generate_series(1, %s) n"
    first, second, third = reading.fetch_integers(sql.replace("% 2", "%% 2"), [rows], 3)
    order = np.argsort(first)
    assert first[order].tolist() == list(range(1, rows + 1))
    assert (second == -first).all()
    assert (third == np.where(first % 2 == 0, 2147483647, -2147483648)).all()


@given(
    st.lists(st.tuples(st.integers(-3, 2**30), st.integers(0, 2**30)), min_size=1, max_size=6),
    st.data(),
)
def test_columns_of_any_range_are_told_from_the_numbers_that_they_are_packed_in(
    ends: list[tuple[int, int]], data: st.DataObject
) -> None:
    bounds = [(least, least + width) for least, width in ends]
    rows = [[data.draw(st.integers(*one)) for one in bounds] for _ in range(3)]
    packs = reading.packs_of(bounds)
    assert [one for pack in packs for one in pack] == bounds
    columns, place = list(zip(*rows, strict=True)), 0
    for pack in packs:
        keys = [0, 0, 0]
        for least, greatest in pack:
            keys = [
                key * (greatest - least + 1) + value - least
                for key, value in zip(keys, columns[place], strict=True)
            ]
            place += 1
        assert max(keys) < 2**63
        told = reading.unpacked(np.array(keys, np.int64), pack)
        assert [list(one) for one in told] == [list(one) for one in columns[place - len(pack) : place]]


@pytest.mark.django_db
def test_numbers_too_large_for_an_integer_come_over_whole() -> None:
    small, large = reading.fetch_integers(
        "SELECT n::int, (1::bigint << 61) + n FROM generate_series(1, 5) n", [], 2
    )
    assert (small.dtype, large.dtype) == (np.int32, np.int64)
    assert large.tolist() == [2**61 + n for n in small.tolist()]
