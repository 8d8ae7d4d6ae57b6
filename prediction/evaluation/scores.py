"""How right probabilities were, row by row: log-loss, Brier score, calibration error, accuracy.

`shares` are probabilities, float64[C, K], one row a cell and one column a class; rows say what happened how often. All
scores are sums over persons, by block (a day), so that a block can be drawn again: `prediction.evaluation.bootstrap`.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
Codes = NDArray[Any]

BINS = 15  # of equal width, as in Guo and others, On calibration of modern neural networks, ICML 2017
SMALLEST = 1e-9  # a probability of 0 for what happened would cost everything


class Happened(Protocol):
    """Rows of what happened: indices of cell, class and block, and how many persons."""

    @property
    def cell(self) -> Codes: ...
    @property
    def label(self) -> Codes: ...
    @property
    def block(self) -> Codes: ...
    @property
    def count(self) -> Codes: ...


def log_losses(shares: Floats, rows: Happened) -> Floats:
    """-ln p of the class that happened, float64[rows]."""
    return -np.log(np.maximum(shares[rows.cell, rows.label], SMALLEST))


def mean_log_loss(shares: Floats, counts: Floats) -> float:
    """Mean -ln p over all persons; `counts` is float64[C, K]."""
    return float(-(counts * np.log(np.maximum(shares, SMALLEST))).sum() / counts.sum())


def brier_scores(shares: Floats, rows: Happened) -> Floats:
    """Sum over classes of (p - happened)², between 0 and 2 (Brier 1950), float64[rows]."""
    squares = (shares**2).sum(axis=1)[rows.cell]
    return np.asarray(squares - 2 * shares[rows.cell, rows.label] + 1)


def hits(shares: Floats, rows: Happened) -> Floats:
    """1 where the likeliest class happened, else 0, float64[rows]."""
    return np.asarray(shares.argmax(axis=1)[rows.cell] == rows.label, dtype=float)


def score_sums(shares: Floats, rows: Happened, blocks: int) -> Floats:
    """Sums by block, float64[blocks, 4 + 3 * BINS]: persons, log-loss, Brier, hits; then persons, hits and confidence by bin."""
    top = shares.max(axis=1)[rows.cell]
    bins = np.minimum((top * BINS).astype(np.int64), BINS - 1)
    right = hits(shares, rows)
    plain = [np.ones(len(top)), log_losses(shares, rows), brier_scores(shares, rows), right]
    parts = [_by_block(rows, values, blocks)[:, None] for values in plain]
    for values in (np.ones(len(top)), right, top):
        flat = np.bincount(rows.block * BINS + bins, values * rows.count, minlength=blocks * BINS)
        parts.append(flat.reshape(blocks, BINS))
    return np.concatenate(parts, axis=1)


def _by_block(rows: Happened, values: Floats, blocks: int) -> Floats:
    return np.bincount(rows.block, values * rows.count, minlength=blocks)


def scores_of(sums: Floats) -> Floats:
    """Scores from sums (float64[…, 4 + 3 * BINS] → float64[…, 4]): log-loss, Brier, ECE, accuracy.

    ECE: over bins of the likeliest class's probability, |hits/persons - mean probability|, weighted by persons.
    """
    persons = sums[..., 0]
    right, confidence = sums[..., 4 + BINS : 4 + 2 * BINS], sums[..., 4 + 2 * BINS :]
    ece = np.abs(right - confidence).sum(axis=-1)
    return np.stack([sums[..., 1], sums[..., 2], ece, sums[..., 3]], axis=-1) / persons[..., None]


SCORES = ("log_loss", "brier", "ece", "accuracy")
