"""How right a model is on rows that it did not learn from: random folds beside whole states held out.

Random folds put rows of one state on both sides; what stands on every row of a state is then known beforehand. With whole states held
out nothing of a state was seen. Intervals draw whole states again (`prediction.evaluation.bootstrap`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prediction.evaluation.bootstrap import Estimate, draw_blocks, estimates
from prediction.proxy.models import MODELS

Floats = NDArray[Any]
Folds = list[tuple[NDArray[Any], NDArray[Any]]]  # rows learned from, rows judged
RANDOM, PLACES, STATES = "random folds", "districts held out", "states held out"
FOLDS = 5
SMALLEST = 1e-15  # a probability of 0 for what happened would cost everything
SCORES = ("accuracy", "balanced", "log_loss", "difference")


def folds_of(split: str, codes: NDArray[Any], block: NDArray[Any], place: NDArray[Any], seed: int) -> Folds:
    """Five random folds, five of whole districts, or one for each state."""
    from sklearn.model_selection import GroupKFold, LeaveOneGroupOut, StratifiedKFold

    empty = np.zeros(len(codes))
    if split == RANDOM:
        return list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(empty, codes))
    if split == PLACES:
        return list(GroupKFold(FOLDS).split(empty, codes, place))
    return list(LeaveOneGroupOut().split(empty, codes, block))


def predicted(
    model: str, table: Floats, codes: NDArray[Any], classes: int, folds: Folds, seed: int
) -> Floats:
    """Probabilities of each row by a model that did not see its fold, float64[rows, classes]."""
    found = np.zeros((len(codes), classes))
    for learn, judge in folds:
        fitted = MODELS[model](seed).fit(table[learn], codes[learn])
        found[np.ix_(judge, fitted.classes_)] = fitted.predict_proba(table[judge])
    return found


def losses(shares: Floats, codes: NDArray[Any]) -> Floats:
    """-ln p of the group that the row is about, float64[rows]."""
    return np.asarray(-np.log(np.maximum(shares[np.arange(len(codes)), codes], SMALLEST)))


def balanced(shares: Floats, codes: NDArray[Any]) -> float:
    """Mean over the groups of the share of its rows that were told right."""
    right = shares.argmax(axis=1) == codes
    return float(np.mean([right[codes == one].mean() for one in np.unique(codes)]))


def judged(
    shares: Floats, base: Floats, codes: NDArray[Any], block: NDArray[Any], seed: int
) -> dict[str, Estimate]:
    """Scores with intervals over states. `base`: what the dummy said on the same folds; `difference` is log-loss less the dummy's."""
    classes, blocks = shares.shape[1], int(block.max()) + 1
    right, loss = (shares.argmax(axis=1) == codes).astype(float), losses(shares, codes)
    columns = [np.ones(len(codes)), right, loss, loss - losses(base, codes)]
    columns += [(codes == one) * 1.0 for one in range(classes)]
    columns += [(codes == one) * right for one in range(classes)]
    sums = np.stack([np.bincount(block, one, minlength=blocks) for one in columns], axis=1)
    found = estimates(sums, lambda some: _scores(some, classes), draw_blocks(blocks, seed))
    return dict(zip(SCORES, found, strict=True))


def _scores(sums: Floats, classes: int) -> Floats:
    rows, held, right = sums[..., 0], sums[..., 4 : 4 + classes], sums[..., 4 + classes :]
    shares = np.divide(right, held, out=np.full_like(right, np.nan), where=held > 0)
    return np.stack(
        [sums[..., 1] / rows, np.nanmean(shares, axis=-1), sums[..., 2] / rows, sums[..., 3] / rows], axis=-1
    )


def importance(
    model: str, table: Floats, codes: NDArray[Any], classes: int, folds: Folds, seed: int, repeats: int = 5
) -> Floats:
    """By how much balanced accuracy falls when a column of the judged rows is shuffled, float64[columns] (Breiman 2001)."""
    random = np.random.default_rng(seed)
    columns = table.shape[1]
    usual, shuffled = np.zeros((len(codes), classes)), np.zeros((columns, repeats, len(codes), classes))
    for learn, judge in folds:
        fitted = MODELS[model](seed).fit(table[learn], codes[learn])
        usual[np.ix_(judge, fitted.classes_)] = fitted.predict_proba(table[judge])
        for column in range(columns):
            for repeat in range(repeats):
                mixed = table[judge].copy()
                mixed[:, column] = random.permutation(mixed[:, column])
                shuffled[column, repeat][np.ix_(judge, fitted.classes_)] = fitted.predict_proba(mixed)
    whole = balanced(usual, codes)
    return np.array([whole - np.mean([balanced(one, codes) for one in some]) for some in shuffled])


def shuffled_within(codes: NDArray[Any], place: NDArray[Any], random: np.random.Generator) -> NDArray[Any]:
    """Labels drawn anew among the rows of each district."""
    order = np.lexsort((random.random(len(codes)), place))
    mixed = np.empty_like(codes)
    mixed[np.argsort(place, kind="stable")] = codes[order]
    return mixed


def shuffled_whole(codes: NDArray[Any], block: NDArray[Any], random: np.random.Generator) -> NDArray[Any]:
    """Groups renamed anew in each state, all its rows alike: what stands on every row of a state stays one figure a group."""
    names = np.array([random.permutation(codes.max() + 1) for _ in range(block.max() + 1)])
    return np.asarray(names[block, codes])


def null_of(
    model: str,
    table_of: Callable[[NDArray[Any]], Floats],
    drawn: Iterable[NDArray[Any]],
    classes: int,
    folds: Folds,
    seed: int,
) -> Floats:
    """Balanced accuracy for each drawing of labels: what a score is when there is nothing to tell. `table_of` gives the columns as they are
    with those labels, since a column may name a group."""
    return np.array(
        [balanced(predicted(model, table_of(mixed), mixed, classes, folds, seed), mixed) for mixed in drawn]
    )
