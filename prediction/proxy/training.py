"""The audit as a run: every model on every set of columns, judged on both splits; the best on unseen states is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prediction.evaluation.bootstrap import Estimate
from prediction.kinds import Draft, Kind, Progress
from prediction.proxy import card, comparing
from prediction.proxy.comparing import PLACES, RANDOM, STATES, Folds
from prediction.proxy.features import ALL_SHARES, FEATURES, PUBLISHED, RATES_ALONE, WITHIN
from prediction.proxy.keys import Key, find_keys
from prediction.proxy.models import BOOSTING, DUMMY, FOREST, LOGIT, MODELS, SAYS
from prediction.proxy.reading import RATES, VOLUME, Rates, read
from prediction.proxy.saved import save
from prediction.stops.rivals.base import one_thread

SHUFFLES, FEW_SHUFFLES = 100, 5  # of the logit; of boosting, which takes thirty times as long
DISTRICTS, WHOLE = "within districts", "within whole states"  # how labels are drawn anew
LEAST_STATES = 5
TOLD = RATES[:3]  # stop, search and hit rate: what the comparison of complete with filled rows is made of
SPLITS = (RANDOM, STATES)


@dataclass(frozen=True)
class Tried:
    """One model on one set of columns: its scores by split."""

    model: str
    columns: str
    scores: dict[str, dict[str, Estimate]]

    @property
    def name(self) -> str:
        return self.model if self.model == DUMMY else f"{self.model}, {self.columns}"


@dataclass(frozen=True)
class Shortcut:
    """Balanced accuracy by split, of complete rows or of all rows with the mean in the gaps."""

    columns: str
    rows: int
    filled: bool
    model: str
    balanced: dict[str, float]


@dataclass(frozen=True)
class Null:
    """One model on one set of columns: balanced accuracy with the true labels, and with labels drawn anew `unit`, float64[drawings]."""

    model: str
    columns: str
    split: str
    unit: str
    true: float
    drawn: NDArray[Any]

    @property
    def as_high(self) -> int:
        """Drawings that reach the true labels' figure."""
        return int((self.drawn >= self.true).sum())


@dataclass
class Audit:
    """All that was found. `importance`: by model, split, column."""

    rates: Rates
    tried: list[Tried]
    keys: list[Key] = field(default_factory=list)
    nulls: list[Null] = field(default_factory=list)
    importance: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    shortcuts: list[Shortcut] = field(default_factory=list)

    def of(self, columns: Sequence[str]) -> list[Tried]:
        return [one for one in self.tried if one.columns in columns]

    def null(self, model: str, columns: str, unit: str, split: str = STATES) -> Null | None:
        asked = (model, columns, unit, split)
        return next(
            (one for one in self.nulls if (one.model, one.columns, one.unit, one.split) == asked), None
        )

    @property
    def best(self) -> Tried:
        """The lowest log-loss where whole states were held out, of models on published columns: a share of the population is no police rate."""
        rivals = [one for one in self.of(PUBLISHED) if one.model != DUMMY]
        return min(rivals, key=lambda one: one.scores[STATES]["log_loss"].value)


def train_proxy(kind: Kind, seed: int, progress: Progress) -> Draft:
    """Audit one level: the kind's name ends in states or cities."""
    rates = read(kind.name.rpartition("-")[2])
    with one_thread():
        found = audit(rates, seed, progress)
        best = found.best
        columns = list(FEATURES[best.columns].columns(rates))
        model = save(MODELS[best.model](seed).fit(FEATURES[best.columns].table(rates), rates.codes))
    gate, why = judge(best, len(rates.states))
    return Draft(
        kind=kind.name,
        data_first=rates.first,
        data_last=rates.last,
        data_rows=len(rates),
        digest=rates.digest,
        features=columns,
        parameters=dict(SAYS_AS_SETTINGS),
        seed=seed,
        metrics=card.metrics_of(found),
        card=card.card_of(found, seed),
        gate=gate,
        why=why,
        serving={"model": model, "columns": columns, "groups": rates.groups, "name": best.name},
    )


SAYS_AS_SETTINGS = {model: {"is": says} for model, says in SAYS.items()} | {
    "splits": {"compared": "five random folds; each state held out in turn"},
    "chosen by": {"the": "log-loss where whole states were held out, among models on published columns"},
    "reckoned within districts": {one: FEATURES[one].says for one in WITHIN},
}


def judge(best: Tried, states: int) -> tuple[str, str]:
    """Open where the best model tells groups of unseen states apart better than the dummy, beyond doubt."""
    found = best.scores[STATES]["difference"]
    span = f"{found.value:+.4f} ({found.low:+.4f} to {found.high:+.4f})".replace("-", "−")
    if states >= LEAST_STATES and found.high < 0:
        return (
            "open",
            f"On unseen states {best.name} tells groups better than the dummy: its log-loss differs by {span}.",
        )
    return (
        "closed",
        f"On unseen states the best model, {best.name}, is no better than the dummy: its log-loss differs by {span}.",
    )


def audit(rates: Rates, seed: int, progress: Progress) -> Audit:
    steps: list[tuple[str, Callable[[], None]]] = []
    found = Audit(rates, [])
    folds = {split: _folds(rates, split, seed) for split in (RANDOM, PLACES, STATES)}
    base = {split: _said(rates, DUMMY, "stop rate alone", folds[split], seed) for split in SPLITS}

    def try_one(model: str, columns: str) -> None:
        scores = {}
        for split in SPLITS:
            said = base[split] if model == DUMMY else _said(rates, model, columns, folds[split], seed)
            scores[split] = comparing.judged(said, base[split], rates.codes, rates.block, seed)
        found.tried.append(Tried(model, columns, scores))

    for model, columns in _all_tried():
        steps.append((f"Comparing: {model}, {columns}.", lambda m=model, c=columns: try_one(m, c)))  # type: ignore[misc]
    steps += [
        ("Looking for columns that are a key.", lambda: _look_for_keys(found, seed)),
        ("Shuffling labels.", lambda: _shuffle(found, folds, seed)),
        ("Shuffling columns.", lambda: _weigh(found, folds, seed)),
        ("Comparing complete rows with filled ones.", lambda: _take_shortcut(found, seed)),
    ]
    for done, (message, step) in enumerate(steps):
        progress(done, len(steps), message)
        step()
    return found


def _all_tried() -> Iterator[tuple[str, str]]:
    yield DUMMY, "stop rate alone"
    for columns in FEATURES:
        for model in MODELS:
            if model != DUMMY:
                yield model, columns


def _folds(rates: Rates, split: str, seed: int) -> Folds:
    return comparing.folds_of(split, rates.codes, rates.block, rates.place, seed)


def _said(rates: Rates, model: str, columns: str, folds: Folds, seed: int) -> NDArray[Any]:
    table = FEATURES[columns].table(rates)
    return comparing.predicted(model, table, rates.codes, len(rates.groups), folds, seed)


def _look_for_keys(found: Audit, seed: int) -> None:
    names = (*RATES, *VOLUME)
    columns = {name: found.rates.figures[:, place] for place, name in enumerate(names)}
    for name in WITHIN:
        columns |= FEATURES[name].columns(found.rates)
    found.keys = find_keys(columns, found.rates.codes, seed)


def _shuffle(found: Audit, folds: dict[str, Folds], seed: int) -> None:
    """The logit with labels drawn anew, on the rates and on what is reckoned within districts. Boosting, thirty times as slow, a few times only: where
    a row's own figure stands on it again under the name of its group.
    """
    for columns in (RATES_ALONE, *WITHIN):
        for unit, split in ((DISTRICTS, RANDOM), (DISTRICTS, STATES), (WHOLE, STATES)):
            found.nulls.append(_null(found, LOGIT, columns, unit, split, SHUFFLES, folds, seed))
    for unit in (DISTRICTS, WHOLE):
        found.nulls.append(_null(found, BOOSTING, ALL_SHARES, unit, STATES, FEW_SHUFFLES, folds, seed))


def _null(
    found: Audit,
    model: str,
    columns: str,
    unit: str,
    split: str,
    times: int,
    folds: dict[str, Folds],
    seed: int,
) -> Null:
    rates, classes = found.rates, len(found.rates.groups)
    true = comparing.balanced(_said(rates, model, columns, folds[split], seed), rates.codes)
    drawn = [_drawn(unit, rates, np.random.default_rng(seed + place)) for place in range(times)]
    table_of = lambda codes: FEATURES[columns].table(rates, codes)  # noqa: E731
    return Null(
        model,
        columns,
        split,
        unit,
        true,
        comparing.null_of(model, table_of, drawn, classes, folds[split], seed),
    )


def _drawn(unit: str, rates: Rates, random: np.random.Generator) -> NDArray[Any]:
    if unit == WHOLE:
        return comparing.shuffled_whole(rates.codes, rates.block, random)
    return comparing.shuffled_within(rates.codes, rates.place, random)


def _weigh(found: Audit, folds: dict[str, Folds], seed: int) -> None:
    """Permutation importance of boosting, which random folds call best, and of the model that is kept."""
    rates = found.rates
    for model, columns in dict.fromkeys(
        [(BOOSTING, "rates and volume"), (found.best.model, found.best.columns)]
    ):
        names = list(FEATURES[columns].columns(rates))
        found.importance[f"{model}, {columns}"] = {
            split: dict(
                zip(
                    names,
                    comparing.importance(
                        model,
                        FEATURES[columns].table(rates),
                        rates.codes,
                        len(rates.groups),
                        folds[split],
                        seed,
                    ).tolist(),
                    strict=True,
                )
            )
            for split in SPLITS
        }


def _take_shortcut(found: Audit, seed: int) -> None:
    """Complete rows, and beside them all rows with means in the gaps, as a classifier of this kind was published."""
    rates = found.rates
    for label, columns in (
        ("stop, search and hit rate", TOLD),
        ("the same and stops a year", (*TOLD, VOLUME[0])),
    ):
        whole = rates.complete(columns)
        table = rates.table(columns)
        if np.isnan(table).all(axis=0).any():
            continue  # a column without any figure has no mean
        filled = np.where(np.isnan(table), np.nanmean(table, axis=0), table)
        for rows, values in ((whole, table), (np.ones(len(rates), dtype=bool), filled)):
            if len(np.unique(rates.block[rows])) < LEAST_STATES:
                continue
            for model in (LOGIT, FOREST):
                found.shortcuts.append(_shortcut(rates, rows, values, label, model, seed))


def _shortcut(
    rates: Rates, rows: NDArray[Any], values: NDArray[Any], label: str, model: str, seed: int
) -> Shortcut:
    codes, block, place, table = rates.codes[rows], rates.block[rows], rates.place[rows], values[rows]
    told = {}
    for split in (RANDOM, PLACES, STATES):
        folds = comparing.folds_of(split, codes, block, place, seed)
        told[split] = comparing.balanced(
            comparing.predicted(model, table, codes, len(rates.groups), folds, seed), codes
        )
    return Shortcut(label, int(rows.sum()), bool(rows.all()), model, told)
