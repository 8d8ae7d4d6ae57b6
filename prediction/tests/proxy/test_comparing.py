"""The parts of the proxy audit: planted truth is found, nothing is found where nothing is, saved models answer as the fitted ones."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, log_loss

from prediction.proxy.comparing import (
    PLACES,
    RANDOM,
    STATES,
    balanced,
    folds_of,
    importance,
    judged,
    null_of,
    predicted,
    shuffled_whole,
    shuffled_within,
)
from prediction.proxy.keys import find_keys
from prediction.proxy.models import BOOSTING, DUMMY, FOREST, LOGIT, MODELS
from prediction.proxy.saved import save, shares_of
from prediction.stops.rivals.base import one_thread

random = np.random.default_rng(7)
ROWS, STATES_THERE = 360, 6
CODES = np.tile([0, 1, 2], ROWS // 3)
BLOCK = np.repeat(np.arange(STATES_THERE), ROWS // STATES_THERE)
PLACE = np.repeat(np.arange(ROWS // 3), 3)
KEY = random.uniform(size=(STATES_THERE, 3))[BLOCK, CODES]  # one value a state and group
NOISE = random.normal(size=ROWS)
TRUE = CODES + random.normal(size=ROWS)  # higher for the later groups, everywhere


def said(model: str, split: str, *columns: Any, codes: Any = CODES) -> Any:
    folds = folds_of(split, codes, BLOCK, PLACE, 1)
    with one_thread():
        return predicted(model, np.stack(columns, axis=1), codes, 3, folds, 1)


def test_states_held_out_are_whole_and_each_is_judged_once() -> None:
    folds = folds_of(STATES, CODES, BLOCK, PLACE, 1)
    assert len(folds) == STATES_THERE
    assert sorted(np.concatenate([judge for _, judge in folds])) == list(range(ROWS))
    assert all(not set(BLOCK[learn]) & set(BLOCK[judge]) for learn, judge in folds)
    assert all(not set(PLACE[a]) & set(PLACE[b]) for a, b in folds_of(PLACES, CODES, BLOCK, PLACE, 1))


def test_a_key_scores_one_with_random_folds_and_nothing_on_unseen_states() -> None:
    """The trap of the published table, planted."""
    assert balanced(said(BOOSTING, RANDOM, KEY), CODES) > 0.97
    assert balanced(said(BOOSTING, PLACES, KEY), CODES) > 0.97
    assert balanced(said(BOOSTING, STATES, KEY), CODES) < 0.6


def test_what_holds_everywhere_is_found_on_unseen_states_too() -> None:
    by_split = [balanced(said(LOGIT, split, TRUE), CODES) for split in (RANDOM, STATES)]
    assert min(by_split) > 0.5
    assert abs(by_split[0] - by_split[1]) < 0.1


def test_scores_are_those_of_the_library() -> None:
    shares, base = said(LOGIT, STATES, TRUE, NOISE), said(DUMMY, STATES, TRUE)
    found = judged(shares, base, CODES, BLOCK, 1)
    assert found["accuracy"].value == pytest.approx((shares.argmax(axis=1) == CODES).mean())
    assert found["balanced"].value == pytest.approx(balanced_accuracy_score(CODES, shares.argmax(axis=1)))
    assert found["log_loss"].value == pytest.approx(log_loss(CODES, shares))
    assert found["difference"].value == pytest.approx(log_loss(CODES, shares) - log_loss(CODES, base))
    assert found["difference"].high < 0
    assert judged(base, base, CODES, BLOCK, 1)["difference"].value == 0


def test_labels_are_shuffled_within_districts_only() -> None:
    mixed = shuffled_within(CODES, PLACE, np.random.default_rng(1))
    assert not (mixed == CODES).all()
    assert all(sorted(mixed[place == PLACE]) == [0, 1, 2] for place in range(PLACE.max() + 1))


def test_shuffled_labels_score_as_chance_and_the_true_ones_above() -> None:
    folds = folds_of(STATES, CODES, BLOCK, PLACE, 1)
    drawn = [shuffled_within(CODES, PLACE, np.random.default_rng(seed)) for seed in range(30)]
    with one_thread():
        null = null_of(LOGIT, lambda codes: TRUE[:, None], drawn, 3, folds, 1)
    assert null.mean() == pytest.approx(1 / 3, abs=0.04)
    assert balanced(said(LOGIT, STATES, TRUE), CODES) > null.max()


def test_groups_renamed_in_whole_states_keep_one_figure_a_state_and_group() -> None:
    mixed = shuffled_whole(CODES, BLOCK, np.random.default_rng(1))
    pairs = {(block, code, new) for block, code, new in zip(BLOCK, CODES, mixed, strict=True)}
    assert len(pairs) == 3 * STATES_THERE
    assert all(sorted(mixed[place == PLACE]) == [0, 1, 2] for place in range(PLACE.max() + 1))
    assert find_keys({"key": KEY}, mixed, 1)[0].is_key


def test_importance_is_of_the_column_that_tells() -> None:
    table, folds = np.stack([NOISE, TRUE], axis=1), folds_of(STATES, CODES, BLOCK, PLACE, 1)
    noise, true = importance(LOGIT, table, CODES, 3, folds, 1)
    assert abs(noise) < 0.03 < 0.1 < true


def test_keys_are_found_and_nothing_else_is_called_one() -> None:
    heaped = np.round(NOISE)  # repeats, and belongs to no group
    columns = {"key": KEY, "noise": NOISE, "heaped": heaped, "empty": np.full(ROWS, np.nan)}
    found = {one.column: one for one in find_keys(columns, CODES, 1)}
    assert [name for name, one in found.items() if one.is_key] == ["key"]
    assert (found["key"].values, found["key"].repeated, found["key"].pure) == (18, 1.0, 1.0)
    assert found["key"].chance < 0.1
    assert (found["noise"].repeated, found["empty"].rows) == (0.0, 0)
    gaps = np.where(np.arange(ROWS) % 2, KEY, np.nan)
    assert find_keys({"half": gaps}, CODES, 1)[0].rows == ROWS / 2


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("model", list(MODELS))
def test_a_saved_model_answers_as_the_fitted_one(model: str, classes: int) -> None:
    """Rows with gaps as well, and columns that had none when it was fitted."""
    table = np.stack([TRUE, NOISE, KEY, np.where(NOISE > 0.5, np.nan, NOISE)], axis=1)
    codes = np.minimum(CODES, classes - 1)
    with one_thread():
        fitted = MODELS[model](1).fit(table, codes)
        asked = np.vstack(
            [table, np.full((1, 4), np.nan), [[np.nan, 1.0, np.nan, 2.0]], [[1e9, -1e9, 0.0, 0.0]]]
        )
        theirs = fitted.predict_proba(asked)
    kept = json.loads(json.dumps(save(fitted), allow_nan=False))
    ours = np.array([shares_of(kept, row) for row in asked.tolist()])
    assert ours == pytest.approx(theirs, abs=1e-6)
    assert ours.shape == (ROWS + 3, classes)
    assert model != FOREST or len(kept["trees"]) == 100
