"""Back-off: the formula against pandas, the order of features, the sets that may be known together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from prediction.evaluation.scores import mean_log_loss
from prediction.features import FEATURES, TARGETS, part_of_day
from prediction.stops import chain
from prediction.stops.cells import TRAIN, VALIDATION
from prediction.stops.lattice import averaged, averaged_along, lattice
from prediction.tests.made_up import as_cells, by_violation_and_night, drawn, independent

LINE = ["violation", "part_of_day", "spot"]


def by_hand(frame: pd.DataFrame, known: dict[str, int], line: list[str], m: float) -> np.ndarray:
    """Shares of outcomes 2, 3, 5 for someone of whom this is known, straight from the formula."""
    counts = np.array([(frame.outcome == code).sum() for code in (2, 3, 5)])
    shares = (counts + 0.5) / (counts.sum() + 1.5)
    for name in line:
        frame = frame[frame[name] == known[name]]
        own = np.array([(frame.outcome == code).sum() for code in (2, 3, 5)])
        if own.sum() < chain.LEAST:
            return shares
        shares = (own + m * shares) / (own.sum() + m)
    return shares


@pytest.fixture(scope="module")
def stops() -> dict[str, Any]:
    return drawn(5, 6_000, 60, by_violation_and_night)


@pytest.fixture(scope="module")
def frame(stops: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame(stops)
    table["part_of_day"] = [part_of_day(int(hour)) for hour in table.hour]
    return table


def test_shares_follow_the_formula(stops: dict[str, Any], frame: pd.DataFrame) -> None:
    cells = as_cells(stops)
    shares = chain.along(cells, LINE, 30.0, TRAIN, VALIDATION)
    learned = frame[frame.day < 48]
    for cell in range(0, cells.size, 97):
        known = {name: int(cells.feature(name)[cell]) for name in LINE}
        assert shares[cell] == pytest.approx(by_hand(learned, known, LINE, 30.0)), known


def test_every_group_of_the_table_follows_the_formula(stops: dict[str, Any], frame: pd.DataFrame) -> None:
    cells = as_cells(stops)
    tables = list(lattice(cells, LINE, 30.0, 0, 1, 2))
    assert len(tables) == 8
    for table in tables:
        for codes, counts, shares in zip(table.codes, table.counts, table.shares, strict=True):
            known = dict(zip(table.features, codes.tolist(), strict=True))
            inside = frame.loc[(frame[list(known)] == pd.Series(known)).all(axis=1)] if known else frame
            assert counts.sum() == len(inside) >= chain.LEAST
            assert shares == pytest.approx(by_hand(frame, known, list(table.features), 30.0))


def test_the_table_and_the_chain_say_the_same(stops: dict[str, Any]) -> None:
    cells = as_cells(stops)
    along = chain.along(cells, LINE, 100.0, 0, 1, 2)
    finest = next(table for table in lattice(cells, LINE, 100.0, 0, 1, 2) if table.features == tuple(LINE))
    said = {tuple(codes): shares for codes, shares in zip(finest.codes.tolist(), finest.shares, strict=True)}
    keys = zip(*(cells.feature(name).tolist() for name in LINE), strict=True)
    for key, shares in zip(keys, along, strict=True):
        if key in said:
            assert said[key] == pytest.approx(shares)


def test_small_groups_are_left_out_and_their_parent_answers() -> None:
    cells = as_cells(drawn(8, 700, 60))
    tables = {table.features: table for table in lattice(cells, ["spot", "violation", "hour"], 10.0, 0, 1, 2)}
    assert len(tables["spot", "violation", "hour"].codes) == 0
    along = chain.along(cells, ["spot", "violation", "hour"], 10.0, TRAIN, VALIDATION)
    two = chain.along(cells, ["spot", "violation"], 10.0, TRAIN, VALIDATION)
    assert along == pytest.approx(two)


def test_the_most_telling_feature_comes_first_and_noise_is_left_out(stops: dict[str, Any]) -> None:
    offered = TARGETS["outcome"].features(after=False)
    line, weight = chain.choose(as_cells(drawn(1, 30_000, 90, by_violation_and_night)), offered)
    assert line[:2] == ["violation", "part_of_day"]
    assert "weekday" not in line
    assert weight in chain.WEIGHTS


def test_where_nothing_tells_hardly_anything_is_chosen_and_it_moves_nothing() -> None:
    for seed in (2, 4, 6):
        cells = as_cells(drawn(seed, 20_000, 90, independent))
        line, weight = chain.choose(cells, TARGETS["outcome"].features(False))
        shares = chain.along(cells, line, weight, TRAIN, VALIDATION)
        assert len(line) <= 2
        assert np.abs(shares - [0.4, 0.45, 0.15]).max() < 0.05


def test_what_is_always_the_same_is_never_chosen() -> None:
    search = chain._Search(as_cells(drawn(3, 2_000, 30)), TARGETS["outcome"].features(False))
    assert not any("stop_type" in move for move in search._moves([]))


def test_a_finer_step_takes_the_coarser_ones_with_it() -> None:
    search = chain._Search(as_cells(drawn(3, 2_000, 30)), TARGETS["outcome"].features(False))
    moves = list(search._moves([]))
    assert ["country", "agency", "spot"] in moves
    assert ["part_of_day", "hour"] in moves
    assert ["hour"] not in moves
    assert ["hour"] in search._moves(["part_of_day"])


def test_who_knows_the_hour_knows_the_part_of_the_day() -> None:
    sets = chain.sets_of(["violation", "part_of_day", "hour"])
    assert sets == [
        (),
        ("violation",),
        ("violation", "part_of_day"),
        ("violation", "part_of_day", "hour"),
        ("part_of_day",),
        ("part_of_day", "hour"),
    ]
    for one in sets:
        assert not one or one[:-1] in sets


def test_a_table_that_would_be_too_large_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = as_cells(drawn(3, 4_000, 30))
    assert chain.is_bearable(cells, ["violation", "spot", "hour"])
    monkeypatch.setattr(chain, "MOST_GROUPS", 100)
    assert not chain.is_bearable(cells, ["violation", "spot", "hour"])
    monkeypatch.setattr(chain, "MOST_SETS", 4)
    assert not chain.is_bearable(
        cells, ["violation", "spot", "searched"][:3] if False else ["violation", "spot", "weekday"]
    )


def test_a_model_from_the_table_is_the_mean_of_what_it_says_in_a_group(stops: dict[str, Any]) -> None:
    cells = as_cells(stops)
    model = np.random.default_rng(1).dirichlet(np.ones(3), cells.size)
    persons = cells.counts(0, 1, 2).sum(axis=1)
    by_violation = next(
        table for table in averaged(cells, ["violation"], model, 0, 1, 2) if table.features == ("violation",)
    )
    for code, shares in zip(by_violation.codes[:, 0], by_violation.shares, strict=True):
        here = cells.codes["violation"] == code
        assert shares == pytest.approx(np.average(model[here], axis=0, weights=persons[here]))
    along = averaged_along(cells, ["violation"], model, 0, 1, 2)
    place = {
        int(code): shares for code, shares in zip(by_violation.codes[:, 0], by_violation.shares, strict=True)
    }
    assert along[0] == pytest.approx(place[int(cells.codes["violation"][0])])


def test_features_of_the_chain_are_known_ones() -> None:
    assert {*LINE} <= {*FEATURES}


# Recent stops count more


def of_days(stops: dict[str, Any], days: int, last: int) -> np.ndarray:
    """Shares of the outcomes before a day, each stop counted as 0.5^(age / days)."""
    early = stops["day"] < last
    weights = 0.5 ** ((last - stops["day"][early]) / days)
    sums = np.array([weights[stops["outcome"][early] == code].sum() for code in (2, 3, 5)])
    return np.asarray((sums + 0.5) / (sums.sum() + 1.5))


def test_recent_stops_count_more_as_seen_from_the_end_of_what_was_learned() -> None:
    stops = drawn(3, 3_000, 200)
    cells = as_cells(stops)
    cells.half_life = 90
    for parts, last in (((TRAIN,), 120), ((TRAIN, VALIDATION), 160)):
        shares = chain.along(cells, [], 50.0, *parts)[0]
        assert shares == pytest.approx(of_days(stops, 90, last), abs=0.002)


def test_a_half_life_is_chosen_where_shares_drift_and_none_where_they_stand_still() -> None:
    features = TARGETS["outcome"].features(after=False)
    still = as_cells(drawn(4, 20_000, 800, by_violation_and_night))
    chain.choose_half_life(still, features)
    assert still.half_life is None
    drifting = drawn(4, 20_000, 800, lambda columns: falling(columns["day"]))
    cells = as_cells(drifting)
    chain.choose_half_life(cells, features)
    assert cells.half_life in (90, 180, 365)
    plain = as_cells(drifting)
    late = cells.counts(2)
    losses = [mean_log_loss(chain.along(one, [], 50.0, TRAIN, VALIDATION), late) for one in (cells, plain)]
    assert losses[0] < losses[1]


def falling(day: Any) -> Any:
    """Arrests fall from 30 % to 5 % over 800 days."""
    arrest = 0.3 - 0.25 * day / 800
    return np.stack([(1 - arrest) * 0.4, (1 - arrest) * 0.6, arrest], axis=1)


def test_a_group_is_as_large_as_its_stops_however_old_they_are() -> None:
    stops = drawn(3, 3_000, 800)
    cells = as_cells(stops)
    cells.half_life = 90
    tables = {table.features: table for table in lattice(cells, ["violation"], 50.0, 0, 1, 2)}
    assert tables[()].counts.sum() == 3_000
    assert tables[()].weights[0] < 1_000
    assert tables["violation",].weights.sum() == pytest.approx(tables[()].weights[0])


@pytest.mark.parametrize("listed", [0, 4])
def test_groups_are_those_of_sorted_codes(
    stops: dict[str, Any], monkeypatch: pytest.MonkeyPatch, listed: int
) -> None:
    """Whether groups are listed or sorted, they are numbered in order of their codes, as pandas numbers them."""
    monkeypatch.setattr(chain, "LISTED", listed)
    cells = as_cells(stops)
    group, groups = chain.group_of(cells, LINE)
    table = pd.DataFrame({name: cells.feature(name) for name in LINE})
    numbered = table.groupby(LINE, sort=True).ngroup()
    assert (group == numbered).all()
    assert groups == numbered.max() + 1


def test_the_best_weight_is_that_of_every_weight_tried_on_every_cell(stops: dict[str, Any]) -> None:
    cells = as_cells(stops)
    seen = cells.counts(VALIDATION)
    losses = {m: mean_log_loss(chain.along(cells, LINE, m, TRAIN), seen) for m in chain.WEIGHTS}
    assert chain.best_weight(cells, LINE) == min(losses, key=lambda m: losses[m])
