"""Scores against scikit-learn's, against plain loops, and figures worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from prediction.evaluation.calibration import calibration
from prediction.evaluation.scores import BINS, SCORES, mean_log_loss, score_sums, scores_of
from prediction.stops.cells import Rows


def made_up(seed: int = 3, cells: int = 40, classes: int = 4, rows: int = 300) -> tuple[Any, Rows]:
    random = np.random.default_rng(seed)
    shares = random.dirichlet(np.ones(classes), cells)
    happened = Rows(
        random.integers(0, cells, rows),
        random.integers(0, classes, rows),
        random.integers(0, 7, rows),
        random.integers(1, 5, rows),
    )
    return shares, happened


def figures(shares: Any, rows: Rows) -> dict[str, float]:
    sums = score_sums(shares, rows, rows.blocks)
    return dict(zip(SCORES, scores_of(sums.sum(axis=0)), strict=True))


def test_the_scores_are_those_of_persons_written_out() -> None:
    shares, rows = made_up()
    said, was = np.repeat(shares[rows.cell], rows.count, axis=0), np.repeat(rows.label, rows.count)
    found = figures(shares, rows)
    assert found["log_loss"] == pytest.approx(log_loss(was, said))
    assert found["accuracy"] == pytest.approx(accuracy_score(was, said.argmax(axis=1)))
    assert found["brier"] == pytest.approx(((said - np.eye(4)[was]) ** 2).sum(axis=1).mean())
    assert found["ece"] == pytest.approx(ece_by_hand(said, was))


def ece_by_hand(said: Any, was: Any) -> float:
    total = 0.0
    for low in np.arange(BINS) / BINS:
        inside = [i for i in range(len(was)) if low <= said[i].max() < low + 1 / BINS]
        if inside:
            right = np.mean([said[i].argmax() == was[i] for i in inside])
            total += len(inside) / len(was) * abs(right - np.mean([said[i].max() for i in inside]))
    return total


def test_figures_worked_out_by_hand() -> None:
    """Two stops: 0.8 was said of what happened, 0.4 of what happened instead of 0.6."""
    shares = np.array([[0.8, 0.2], [0.6, 0.4]])
    rows = Rows(np.array([0, 1]), np.array([0, 1]), np.array([0, 0]), np.array([1, 1]))
    found = figures(shares, rows)
    assert found["log_loss"] == pytest.approx((0.2231436 + 0.9162907) / 2)
    assert found["brier"] == pytest.approx((2 * 0.2**2 + 2 * 0.6**2) / 2)
    assert found["accuracy"] == 0.5
    assert found["ece"] == pytest.approx((abs(1 - 0.8) + abs(0 - 0.6)) / 2)


def test_certainty_that_was_wrong_costs_much_and_not_everything() -> None:
    shares, rows = np.array([[1.0, 0.0]]), Rows(*(np.array([value]) for value in (0, 1, 0, 1)))
    assert 15 < figures(shares, rows)["log_loss"] < 30


def test_blocks_add_up() -> None:
    shares, rows = made_up()
    sums = score_sums(shares, rows, rows.blocks)
    one = Rows(rows.cell, rows.label, np.zeros_like(rows.block), rows.count)
    assert sums.sum(axis=0) == pytest.approx(score_sums(shares, one, 1)[0])


def test_mean_log_loss_from_counts_is_that_of_rows() -> None:
    shares, rows = made_up()
    counts = np.zeros_like(shares)
    np.add.at(counts, (rows.cell, rows.label), rows.count)
    assert mean_log_loss(shares, counts) == pytest.approx(figures(shares, rows)["log_loss"])


def test_calibration_bins_hold_about_equally_many_persons_and_all_of_them() -> None:
    random = np.random.default_rng(5)
    said, persons = random.random(200), random.integers(1, 40, 200).astype(float)
    happened = np.floor(persons * said)
    bins = calibration(said, persons, happened)
    assert len(bins) == 10
    assert sum(one["stops"] for one in bins) == persons.sum()
    assert max(one["stops"] for one in bins) < 1.4 * persons.sum() / 10
    assert [one["said"] for one in bins] == sorted(one["said"] for one in bins)
    whole = sum(one["happened"] * one["stops"] for one in bins)
    assert whole == pytest.approx(happened.sum())
    assert all(one["low"] <= one["happened"] <= one["high"] for one in bins)


def test_calibration_of_one_cell_is_one_bin() -> None:
    (only,) = calibration(np.array([0.3]), np.array([50.0]), np.array([20.0]))
    assert (only["said"], only["happened"], only["stops"]) == (0.3, 0.4, 50)
