"""The rivals: each finds what it can find, and each is what it says it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from prediction.evaluation.scores import mean_log_loss
from prediction.features import TARGETS
from prediction.stops.cells import TEST, TRAIN, VALIDATION
from prediction.stops.rivals import RIVALS, BaseRate, Boosting, Logistic, ModeRule, boosting
from prediction.stops.rivals import design as designs
from prediction.stops.rivals.design import Design
from prediction.tests.made_up import as_cells, by_violation_and_night, drawn

OUTCOME = TARGETS["outcome"]


def either_or(columns: dict[str, Any]) -> Any:
    """Arrest when exactly one of two things holds: no sum of effects can tell."""
    odd = (columns["violation"] <= 2) ^ (columns["spot"] <= 6)
    arrest = np.where(odd, 0.6, 0.1)
    return np.stack([(1 - arrest) / 2, (1 - arrest) / 2, arrest], axis=1)


@pytest.fixture(scope="module")
def planted() -> Any:
    return as_cells(drawn(1, 8_000, 60, by_violation_and_night))


def learned(rival: Any, cells: Any) -> Any:
    one = rival(OUTCOME, False)
    one.tune(cells, 1)
    return one


@pytest.mark.parametrize("rival", RIVALS)
def test_shares_are_probabilities_of_every_cell(rival: Any, planted: Any) -> None:
    one = learned(rival, planted)
    for shares in (one.tuned, one.shares(planted, TRAIN, VALIDATION)):
        assert shares.shape == (planted.size, 3)
        assert shares.min() > 0
        assert shares.sum(axis=1) == pytest.approx(np.ones(planted.size))


@pytest.mark.parametrize("rival", RIVALS)
def test_nobody_looks_at_the_test_part(rival: Any, planted: Any) -> None:
    """With every end of the later period turned round, the same is learned."""
    other = as_cells(drawn(1, 8_000, 60, by_violation_and_night))
    late = other.part == TEST
    other.label[late] = 2 - other.label[late]
    assert (other.counts(TEST) != planted.counts(TEST)).any()
    first, second = learned(rival, planted), learned(rival, other)
    assert first.settings() == second.settings()
    shares = [one.shares(cells, TRAIN, VALIDATION) for one, cells in ((first, planted), (second, other))]
    assert shares[0] == pytest.approx(shares[1])


def test_the_base_rate_is_the_share_of_everybody(planted: Any) -> None:
    counts = planted.counts(TRAIN).sum(axis=0)
    assert BaseRate(OUTCOME, False).shares(planted, TRAIN)[0] == pytest.approx(
        (counts + 0.5) / (counts.sum() + 1.5)
    )


def test_the_mode_rule_answers_the_commonest_of_exact_matches_else_warning() -> None:
    stops = drawn(6, 3_000, 60, by_violation_and_night)
    cells = as_cells(stops)
    shares = learned(ModeRule, cells).shares(cells, TRAIN)
    table = pd.DataFrame(stops)
    early = table[table.day < int(table.day.max() + 1) * 0.6]
    names = list(cells.codes)
    commonest = early.groupby(names).outcome.agg(lambda ends: ends.mode().iloc[0]).to_dict()
    for cell in range(cells.size):
        key = tuple(int(cells.codes[name][cell]) for name in names)
        assert cells.classes[shares[cell].argmax()] == commonest.get(key, 2)


def test_the_mode_rule_is_credited_with_its_own_record(planted: Any) -> None:
    rule = learned(ModeRule, planted)
    seen, shares = planted.counts(VALIDATION), rule.tuned
    right = seen[np.arange(planted.size), shares.argmax(axis=1)].sum() / seen.sum()
    assert rule.record == pytest.approx(right)
    assert shares.max(axis=1).min() >= right


def test_logistic_regression_on_cells_is_that_on_persons(planted: Any) -> None:
    one = learned(Logistic, planted)
    counts = planted.counts(TRAIN).astype(int)
    cell, label = np.nonzero(counts)
    cell, label = (np.repeat(values, counts[cell, label]) for values in (cell, label))
    matrix = one.indicators[one.design.row]
    model = LogisticRegression(C=one.strength, max_iter=300, tol=1e-6).fit(matrix[cell], label)
    assert one.shares(planted, TRAIN) == pytest.approx(model.predict_proba(matrix), abs=0.01)


def test_boosting_finds_what_goes_together_and_logistic_regression_cannot() -> None:
    cells = as_cells(drawn(2, 12_000, 60, either_or))
    losses = {
        rival.name: mean_log_loss(learned(rival, cells).shares(cells, TRAIN, VALIDATION), cells.counts(TEST))
        for rival in (BaseRate, Logistic, Boosting)
    }
    assert losses["gradient boosting"] < losses["base rate"] - 0.05
    assert losses["logistic regression"] > losses["base rate"] - 0.02


def test_a_large_table_is_learned_by_parts_of_the_day(planted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = Design(planted)
    monkeypatch.setattr(designs, "MOST_ROWS", 100)
    coarse = Design(planted)
    assert "hour" in fine.columns
    assert {"part_of_day", "part_of_week"} <= {*coarse.columns}
    assert coarse.size < fine.size
    counts = planted.counts(TRAIN)
    assert coarse.sums(counts).sum(axis=0) == pytest.approx(counts.sum(axis=0))


def test_rare_values_share_a_place() -> None:
    cells = as_cells(drawn(6, 2_000, 60))
    design = Design(cells)
    places = design.places("spot", 3)
    assert sorted(set(places.tolist())) == [0, 1, 2, 3]
    persons = [design.persons[places == place].sum() for place in range(3)]
    assert persons == sorted(persons, reverse=True)


def test_cells_that_a_model_cannot_tell_apart_are_one_row() -> None:
    """Lumping rare posts makes fewer rows; no person is lost, and the posts that are told apart are counted as pandas does."""
    stops = drawn(6, 2_000, 60)
    cells = as_cells(stops)
    whole, few = Design(cells), Design(cells, 3)
    assert few.size < whole.size
    counts = cells.counts(TRAIN, VALIDATION)
    assert few.sums(counts).sum(axis=0) == pytest.approx(counts.sum(axis=0))
    early = pd.DataFrame(stops)[lambda one: one.day < 48]
    largest = early.spot.value_counts().head(3)
    by_spot = {code: few.persons[few.columns["spot"] == code].sum() for code in largest.index}
    assert by_spot == largest.to_dict()
    assert few.persons[few.columns["spot"] == designs.RARE].sum() == len(early) - largest.sum()


def test_boosting_ends_where_the_validation_part_is_said_best(planted: Any) -> None:
    """Of every round of every penalty, told again without looking beside: none does better than the one chosen."""
    one = learned(Boosting, planted)
    seen = planted.counts(VALIDATION)
    counts, told = one.design.sums(planted.weighted(TRAIN)), one.design.sums(seen)
    losses = {}
    for penalty in boosting.PENALTIES:
        model = one._fit(counts, penalty, one.rounds + boosting.PATIENCE)
        for rounds, said in enumerate(model.staged_predict_proba(one.table), start=1):
            losses[penalty, rounds] = mean_log_loss(said, told)
    assert mean_log_loss(one.tuned, seen) == pytest.approx(min(losses.values()), abs=1e-5)
    assert one.rounds < boosting.ROUNDS
    assert losses[one.penalty, one.rounds] == pytest.approx(min(losses.values()), abs=1e-9)


@pytest.mark.parametrize("rival", RIVALS)
def test_the_same_cells_and_seed_give_the_same_numbers(rival: Any, planted: Any) -> None:
    first, second = learned(rival, planted), learned(rival, planted)
    assert first.settings() == second.settings()
    assert (first.tuned == second.tuned).all()
    assert (first.shares(planted, TRAIN, VALIDATION) == second.shares(planted, TRAIN, VALIDATION)).all()


def test_a_class_that_nobody_had_keeps_its_base_rate(planted: Any) -> None:
    """Where the training part has none of a class, models neither fail nor call it impossible."""
    cells = as_cells(drawn(1, 8_000, 60, by_violation_and_night))
    kept = (cells.part != TRAIN) | (cells.label != 1)
    for name in ("cell", "label", "part", "block", "count"):
        setattr(cells, name, getattr(cells, name)[kept])
    base = learned(BaseRate, cells).tuned[0, 1]
    for rival in (Logistic, Boosting):
        shares = learned(rival, cells).tuned
        assert shares[:, 1] == pytest.approx(np.full(cells.size, base))
        assert shares.sum(axis=1) == pytest.approx(np.ones(cells.size))
