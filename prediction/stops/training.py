"""Learning what is likely at a stop: cells, rivals, the later period, the gate, the served table.

Settings are chosen by learning from the first 60 % of stops and looking at the next 20 %. The rivals then learn from both and
are judged on the last 20 %, which nothing was chosen by. What is served is learned anew from all three, with the same settings.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

import numpy as np

from prediction.evaluation.bootstrap import Estimate, draw_blocks, estimates
from prediction.evaluation.gate import Verdict, judge
from prediction.evaluation.scores import SCORES, log_losses, score_sums, scores_of
from prediction.features import TARGETS, Target
from prediction.problems import TooLittle
from prediction.stops import chain
from prediction.stops.cells import TEST, TRAIN, VALIDATION, Cells, Period
from prediction.stops.codes import REST
from prediction.stops.lattice import Groups, averaged, averaged_along, lattice
from prediction.stops.periods import split
from prediction.stops.reading import Grain, days_of, read_cells
from prediction.stops.rivals import RIVALS, BackOff, BaseRate, Rival
from prediction.stops.rivals.base import Floats

AT_ONCE = 2  # rivals that learn at the same time
LEAST_OF_CLASS = 30  # persons in the training part: rarer classes are told apart no further
ALL = (TRAIN, VALIDATION, TEST)
Progress = Callable[[int, int, str], None]  # steps done, of how many, what is going on


def no_progress(done: int, total: int, message: str) -> None:
    """For whoever does not watch."""


@dataclass
class Learned:
    """Everything a run is made of."""

    target: Target
    after: bool
    period: Period
    cells: Cells
    rivals: list[Rival]
    served: Rival
    shares: dict[
        str, Floats
    ]  # of each rival in each cell, learned from training and validation; and "served"
    scores: dict[str, dict[str, Estimate]]
    difference: dict[str, Estimate]  # log-loss of each rival less the base rate's
    verdict: Verdict
    seed: int
    groups: list[Groups] = field(default_factory=list)

    @property
    def back_off(self) -> BackOff:
        return next(one for one in self.rivals if isinstance(one, BackOff))


def learn(name: str, after: bool, seed: int = 1, progress: Progress = no_progress) -> Learned:
    """Learn one target from the facts. Raises `TooLittle`, with a sentence, where there is not enough to learn from."""
    target = TARGETS[name]
    progress(0, STEPS, "Counting stops.")
    period = split(days_of(target))
    cells = with_classes(read_cells(target, Grain.of(target, after), period))
    return learn_from(cells, target, after, period, seed, progress)


STEPS = len(RIVALS) + 3


def learn_from(
    cells: Cells, target: Target, after: bool, period: Period, seed: int, progress: Progress = no_progress
) -> Learned:
    """The same from cells that are there already."""
    chain.choose_half_life(cells, [one for one in target.features(after) if cells.offers(one)])
    rivals = [rival(target, after) for rival in RIVALS]
    shares = learned_shares(rivals, cells, seed, progress)
    progress(STEPS - 2, STEPS, "Judging on the later period.")
    served = choose_served(cells, rivals)
    shares["served"] = as_served(cells, rivals, served, shares[served.name], TRAIN, VALIDATION)
    scores, difference = judged(cells, shares, seed)
    rows = cells.rows(TEST)
    verdict = judge(difference["served"], rows.blocks, rows.persons)
    learned = Learned(
        *(target, after, period, cells, rivals, served, shares, scores, difference, verdict, seed)
    )
    progress(STEPS - 1, STEPS, "Writing the table that answers.")
    learned.groups = groups_of(learned)
    return learned


def learned_shares(rivals: list[Rival], cells: Cells, seed: int, progress: Progress) -> dict[str, Floats]:
    """Settings of each rival, and its shares in each cell learned from training and validation: two rivals at a time, of
    which none knows of another, so that it makes no difference which is ready first."""

    def learn_one(rival: Rival) -> Floats:
        rival.tune(cells, seed)
        return rival.shares(cells, TRAIN, VALIDATION)

    progress(1, STEPS, "Learning.")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        learning = {
            pool.submit(learn_one, rival): rival.name for rival in reversed(rivals)
        }  # the longest first
        for done, future in enumerate(as_completed(learning), start=1):
            future.result()
            progress(done, STEPS, f"Learned: {learning[future]}.")
    found = {name: future.result() for future, name in learning.items()}
    return {rival.name: found[rival.name] for rival in rivals}


def with_classes(cells: Cells) -> Cells:
    """Classes that are frequent enough in the training part; the others become one, "any other"."""
    frequent = cells.counts(TRAIN).sum(axis=0) >= LEAST_OF_CLASS
    if frequent.sum() < 2:
        raise TooLittle(
            f"Nearly all stops are alike in this: fewer than two classes have {LEAST_OF_CLASS} stops to learn from."
        )
    if frequent.all():
        return cells
    classes = tuple(code for code, keep in zip(cells.classes, frequent, strict=True) if keep)
    place = np.where(frequent, np.cumsum(frequent) - 1, len(classes))
    return Cells(
        *(cells.codes, cells.cell, place[cells.label], cells.part, cells.block, cells.count),
        classes=(*classes, REST),
        countries=cells.countries,
        recent=cells.recent,
        ended=cells.ended,
    )


def choose_served(cells: Cells, rivals: list[Rival]) -> Rival:
    """Back-off, which explains itself, unless a model was better on the validation part by more than chance explains."""
    plain = next(one for one in rivals if isinstance(one, BackOff))
    rows = cells.rows(VALIDATION)
    losses = {
        one.name: log_losses(one.tuned, rows) for one in rivals if one is plain or one.served_from_average
    }
    best = min(losses, key=lambda name: np.average(losses[name], weights=rows.count))
    gain = losses[plain.name] - losses[best]
    mean = np.average(gain, weights=rows.count)
    error = np.sqrt(np.average((gain - mean) ** 2, weights=rows.count) / rows.persons)
    chosen = best if mean > 2 * error else plain.name
    return next(one for one in rivals if one.name == chosen)


def as_served(cells: Cells, rivals: list[Rival], served: Rival, shares: Floats, *parts: int) -> Floats:
    """What the table would say: the rules themselves, or a model's shares averaged over the groups of the table."""
    if isinstance(served, BackOff):
        return shares
    plain = next(one for one in rivals if isinstance(one, BackOff))
    return averaged_along(cells, plain.chain, shares, *parts)


def judged(
    cells: Cells, shares: dict[str, Floats], seed: int
) -> tuple[dict[str, dict[str, Estimate]], dict[str, Estimate]]:
    """Scores of each rival on the test part, and its log-loss less the base rate's, with intervals over days."""
    rows = cells.rows(TEST)
    drawn = draw_blocks(rows.blocks, seed)
    sums = {name: score_sums(one, rows, rows.blocks) for name, one in shares.items()}
    scores = {
        name: dict(zip(SCORES, estimates(one, scores_of, drawn, least=0.0), strict=True))
        for name, one in sums.items()
    }
    base = sums[BaseRate.name]
    difference = {
        name: estimates(np.stack([one[:, 0], one[:, 1] - base[:, 1]], axis=1), _mean, drawn)[0]
        for name, one in sums.items()
    }
    return scores, difference


def _mean(sums: Floats) -> Floats:
    """Sum over persons, of [..., (persons, sum)]."""
    return sums[..., 1:2] / sums[..., 0:1]


def groups_of(learned: Learned) -> list[Groups]:
    """The table that answers, learned from all parts."""
    line, weight = learned.back_off.chain, learned.back_off.weight
    if isinstance(learned.served, BackOff):
        return list(lattice(learned.cells, line, weight, *ALL))
    model = learned.served.shares(learned.cells, *ALL)
    return list(averaged(learned.cells, line, model, *ALL))
