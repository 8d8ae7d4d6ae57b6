"""The gate: a model may speak only where, on a later period, it was better than the base rate beyond doubt."""

from __future__ import annotations

from dataclasses import dataclass

from prediction.evaluation.bootstrap import Estimate

OPEN, CLOSED = "open", "closed"
LEAST_BLOCKS = 5  # days of the test period: fewer give no interval worth the name
LEAST_PERSONS = 200


@dataclass(frozen=True)
class Verdict:
    """Whether the gate is open, and why, in a sentence."""

    gate: str
    why: str


def judge(difference: Estimate, blocks: int, persons: int) -> Verdict:
    """`difference`: log-loss of the model minus the base rate's, on the test period; below zero is better.

    Open when the upper end of its 95 % interval is below zero. A model that is as good as the base rate by nature gets
    through in at most 2.5 % of cases.
    """
    if blocks < LEAST_BLOCKS or persons < LEAST_PERSONS:
        return Verdict(
            CLOSED,
            f"The later period has {persons:,} stops on {blocks} days: too few to tell whether this is better than the base rate.",
        )
    span = f"{difference.low:+.4f} to {difference.high:+.4f}".replace("-", "−")
    told = f"{difference.value:+.4f}".replace("-", "−")
    if difference.high < 0:
        return Verdict(OPEN, f"Better than the base rate: the log-loss differs by {told} ({span}).")
    return Verdict(CLOSED, f"No better than the base rate: the log-loss differs by {told} ({span}).")
