"""Back-off: the formula against pandas, the order of features, the sets that may be known together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

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
