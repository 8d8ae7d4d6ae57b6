"""Columns of files without a fixed layout: their names are guesses, found in any case and with blanks for underscores.

Whoever imports may say otherwise: a column that is chosen by hand is read under the name it has in the file.
"""

from __future__ import annotations

import copy
import re

from ledger.imports.columns import Column, Degrees, WholeNumber
from ledger.imports.published import Day, Number, Plain


def plain_name(name: str) -> str:
    """The name of a column in lower case, words joined by underscores: `Block Group` and `blockGroup` are `block_group`."""
    return re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()).strip("_")


class Loose(Column):
    """A column found by the first of its names that the header has in any spelling."""

    def found_in(self, header: list[str]) -> str:
        spelt = {plain_name(name): name for name in reversed(header)}
        exact = super().found_in(header)
        return exact or next(
            (spelt[plain_name(name)] for name in self.names if plain_name(name) in spelt), ""
        )


class LooseText(Loose, Plain):
    """Text under a guessed name."""


class LooseNumber(Loose, Number):
    """A number under a guessed name."""


class LooseCount(Loose, WholeNumber):
    """A whole number under a guessed name."""


class LooseDay(Loose, Day):
    """A day under a guessed name."""


class LooseDegrees(Loose, Degrees):
    """Degrees under a guessed name."""


def in_order(column: Column, order: str) -> Column:
    """A column of days that reads them in this order (`dmy`, `mdy`, `ymd`)."""
    ordered = copy.copy(column)
    if isinstance(ordered, Day):
        ordered.order = order
    return ordered
