"""Frequencies of past stops that are alike, leaning on those that are less alike: rules that can be read."""

from __future__ import annotations

from typing import Any

from prediction.stops import chain
from prediction.stops.cells import Cells
from prediction.stops.rivals.base import Floats, Rival


class BackOff(Rival):
    name = "back-off"
    says = "What past stops like this one came to; the fewer there are, the more it leans on stops that are less alike."

    def tune(self, cells: Cells, seed: int) -> None:
        offered = [one for one in self.target.features(self.after) if cells.offers(one)]
        self.chain, self.weight = chain.choose(cells, offered)
        super().tune(cells, seed)

    def shares(self, cells: Cells, *parts: int) -> Floats:
        return chain.along(cells, self.chain, self.weight, *parts)

    def settings(self) -> dict[str, Any]:
        return {"order": self.chain, "m": self.weight, "least": chain.LEAST}
