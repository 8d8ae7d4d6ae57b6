"""The rule of the older dashboards: the commonest answer among exactly matching rows, and a fixed answer without any."""

from __future__ import annotations

from typing import Any

import numpy as np

from ledger.choices import Outcome
from prediction.stops.cells import TRAIN, VALIDATION, Cells
from prediction.stops.rivals.base import Codes, Floats, Rival, base_shares

FIXED = {
    "outcome": int(Outcome.WARNING)
}  # what those dashboards print; else, and where it never occurs, the commonest class


class ModeRule(Rival):
    """It names one class and no probability. To be scored at all it is credited with its own record: its answer gets the share
    that was right on the validation part (and stays the likeliest), the other classes the rest in proportion to their base rates.
    """

    name = "mode rule"
    says = (
        "The commonest answer among past stops that match in everything; a fixed answer where there is none."
    )

    def tune(self, cells: Cells, seed: int) -> None:
        seen = cells.counts(VALIDATION)
        right = seen[np.arange(cells.size), self._answers(cells, TRAIN)].sum()
        self.record = float(np.clip(right / max(seen.sum(), 1), 0.01, 0.99))
        super().tune(cells, seed)

    def shares(self, cells: Cells, *parts: int) -> Floats:
        base = base_shares(cells.weighted(*parts).sum(axis=0))
        rows, answers = np.arange(cells.size), self._answers(cells, *parts)
        others = np.tile(base, (cells.size, 1))
        others[rows, answers] = 0
        others /= others.sum(axis=1, keepdims=True)
        second = others.max(axis=1)
        own = np.maximum(self.record, second / (1 + second) + 1e-6)
        out = others * (1 - own)[:, None]
        out[rows, answers] = own
        return np.asarray(out)

    def _answers(self, cells: Cells, *parts: int) -> Codes:
        """Index of the class answered in each cell."""
        counts = cells.counts(*parts)
        fixed = FIXED.get(self.target.name)
        usual = cells.classes.index(fixed) if fixed in cells.classes else int(counts.sum(axis=0).argmax())
        return np.where(counts.sum(axis=1) > 0, counts.argmax(axis=1), usual)

    def settings(self) -> dict[str, Any]:
        return {"credited with": round(self.record, 4)}
