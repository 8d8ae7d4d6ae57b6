"""What the model card says beyond scores: calibration, months, and how it errs by race and gender.

Race and gender are read here and nowhere else in this app. They never reach a prediction: this is to see whether leaving them
out costs anything, and for whom the predictions are wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insights.statistics import wilson
from ledger.choices import Outcome
from prediction.evaluation.bootstrap import draw_blocks, estimates
from prediction.evaluation.calibration import calibration
from prediction.evaluation.scores import SCORES, log_losses, score_sums, scores_of
from prediction.features import FEATURES
from prediction.stops import chain
from prediction.stops.cells import TEST, TRAIN, VALIDATION, Cells, Rows
from prediction.stops.reading import Grain, read_cells
from prediction.stops.rivals import BackOff
from prediction.stops.training import Learned

Floats = NDArray[Any]

GROUPS = ("race", "gender")
LEAST_OF_GROUP = 100  # persons in the test part: smaller groups are not told apart
FLAGGED = 0.1  # the tenth of stops for which the focal class was said to be likeliest


def focal(learned: Learned) -> int:
    """Index of the class that the card looks at most closely: arrest; of violations the commonest."""
    classes = learned.cells.classes
    if learned.target.name == "outcome" and int(Outcome.ARREST) in classes:
        return classes.index(int(Outcome.ARREST))
    return int(learned.cells.counts(TEST).sum(axis=0).argmax())


def calibrations(learned: Learned) -> dict[str, list[dict[str, Any]]]:
    """Of each class, by its code: what the served model said on the test part and what happened."""
    counts = learned.cells.counts(TEST)
    persons = counts.sum(axis=1)
    return {
        str(code): calibration(learned.shares["served"][:, k], persons, counts[:, k])
        for k, code in enumerate(learned.cells.classes)
    }


def by_month(learned: Learned) -> list[dict[str, Any]]:
    """Of each month of the test part: persons, log-loss of the served model and of the base rate, focal class said and seen."""
    rows, k = learned.cells.rows(TEST), focal(learned)
    offsets = learned.cells.block[learned.cells.part == TEST]
    days = [learned.period.test_from + timedelta(days=int(day)) for day in np.unique(offsets)]
    month = np.array([f"{day:%Y-%m}" for day in days])[rows.block]
    served, base = learned.shares["served"], learned.shares["base rate"]
    losses, base_losses = log_losses(served, rows), log_losses(base, rows)
    found = []
    for one in np.unique(month):
        here = month == one
        persons = rows.count[here]
        part, whole = int(persons[rows.label[here] == k].sum()), int(persons.sum())
        low, high = wilson(part, whole)
        found.append(
            {
                "month": str(one),
                "stops": whole,
                "log_loss": float(np.average(losses[here], weights=persons)),
                "base": float(np.average(base_losses[here], weights=persons)),
                "said": float(np.average(served[rows.cell[here], k], weights=persons)),
                "happened": part / whole,
                "low": low,
                "high": high,
            }
        )
    return found


@dataclass
class Audit:
    """`groups`: race and gender → a row for each group; `added`: what adding them to the inputs would have changed."""

    groups: dict[str, list[dict[str, Any]]]
    added: list[dict[str, Any]]


def audit(learned: Learned) -> Audit:
    """Read the cells once more with race and gender, and look. The features are those of the chain alone."""
    line = learned.back_off.chain
    needed = {FEATURES[name].column for name in line} | {*line}
    grain = Grain.of(learned.target, learned.after)
    grain = grain.only([*needed])
    cells = read_cells(learned.target, grain.adding(*GROUPS), learned.period, learned.cells.classes)
    cells.half_life = learned.cells.half_life
    shares = _served(learned, cells)
    k = focal(learned)
    return Audit(
        {name: by_group(cells, shares, name, k, learned.seed) for name in GROUPS},
        [adding(cells, learned, list(names)) for names in ((GROUPS[0],), (GROUPS[1],), GROUPS)],
    )


def _served(learned: Learned, cells: Cells) -> Floats:
    """The shares that the served model gives to these cells, which hold the features of its chain."""
    line = learned.back_off.chain
    if isinstance(learned.served, BackOff):
        return chain.along(cells, line, learned.back_off.weight, TRAIN, VALIDATION)
    table = {
        tuple(int(learned.cells.feature(name)[cell]) for name in line): learned.shares["served"][cell]
        for cell in np.unique(chain.group_of(learned.cells, line)[0], return_index=True)[1]
    }
    keys = zip(*(cells.feature(name).tolist() for name in line), strict=True) if line else [()] * cells.size
    return np.stack([table[key] for key in keys])


def by_group(cells: Cells, shares: Floats, name: str, k: int, seed: int = 1) -> list[dict[str, Any]]:
    """How the served model does for each group, on the test part.

    `scores`: as of all stops, with intervals over days; `majority`: the share of the group's commonest class; `said` and `happened`: share of the focal class; `hits`: of those it happened to, the share that the model had among its
    likeliest tenth; `false_alarms`: the same of those it did not happen to. Intervals are Wilson's, 95 %.
    """
    counts = cells.counts(TEST)
    persons, own = counts.sum(axis=1), counts[:, k]
    flagged = _flagged(shares[:, k], persons)
    group = cells.codes[name]
    found = []
    for code in np.unique(group):
        here = group == code
        whole, part = int(persons[here].sum()), int(own[here].sum())
        if whole < LEAST_OF_GROUP:
            continue
        loss = -(counts[here] * np.log(np.maximum(shares[here], 1e-9))).sum() / whole
        hit, alarm = int((own * flagged)[here].sum()), int(((persons - own) * flagged)[here].sum())
        found.append(
            {
                "group": int(code),
                "stops": whole,
                "log_loss": float(loss),
                "said": float((shares[here, k] * persons[here]).sum() / whole),
                **_rate("happened", part, whole),
                **_rate("hits", hit, part),
                **_rate("false_alarms", alarm, whole - part),
                "scores": _scores(cells, shares, here, seed),
                "majority": float(counts[here].sum(axis=0).max() / whole),
            }
        )
    return found


def _scores(cells: Cells, shares: Floats, here: Floats, seed: int) -> dict[str, Any]:
    """The scores of the persons in some of the cells."""
    rows = cells.rows(TEST)
    own = here[rows.cell]
    days = np.unique(rows.block[own], return_inverse=True)[1]
    some = Rows(rows.cell[own], rows.label[own], days, rows.count[own])
    sums = score_sums(shares, some, some.blocks)
    found = estimates(sums, scores_of, draw_blocks(some.blocks, seed), least=0.0)
    return {score: one.as_json() for score, one in zip(SCORES, found, strict=True)}


def _rate(name: str, part: int, whole: int) -> dict[str, Any]:
    low, high = wilson(part, whole)
    return {
        name: part / whole if whole else None,
        f"{name}_low": low,
        f"{name}_high": high,
        f"{name}_of": whole,
    }


def _flagged(said: Floats, persons: Floats) -> Floats:
    """1 for the cells that make up the tenth of persons of whom the class was said to be likeliest, else 0.

    Of cells at the edge all or none: as many as keep the number of persons closest to a tenth.
    """
    values, where = np.unique(-said, return_inverse=True)
    sums = np.cumsum(np.bincount(where, persons, minlength=len(values)))
    edge = int(np.abs(sums - FLAGGED * persons.sum()).argmin())
    return (where <= edge).astype(float)


def adding(cells: Cells, learned: Learned, names: list[str]) -> dict[str, Any]:
    """Log-loss with these added to the end of the chain less the log-loss without, on the test part; below 0 they help.

    The weight m is chosen anew for the longer chain, on the validation part.
    """
    line, weight = learned.back_off.chain, learned.back_off.weight
    rows = cells.rows(TEST)
    plain = log_losses(chain.along(cells, line, weight, TRAIN, VALIDATION), rows)
    longer = [*line, *names]
    best = chain.best_weight(cells, longer)
    more = log_losses(chain.along(cells, longer, best, TRAIN, VALIDATION), rows)
    sums = np.stack(
        [np.bincount(rows.block, values * rows.count) for values in (np.ones(len(plain)), more - plain)],
        axis=1,
    )
    change = estimates(
        sums, lambda one: one[..., 1:2] / one[..., 0:1], draw_blocks(rows.blocks, learned.seed)
    )
    return {"added": names, **change[0].as_json()}
