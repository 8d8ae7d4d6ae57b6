"""Areas of the United States census by their GEOIDs: digits of state (2), county (3), tract (6) and block group (1)."""

from __future__ import annotations

import copy
import operator
import re
from functools import reduce
from typing import TYPE_CHECKING

from ledger.choices import AreaKind
from ledger.imports.columns import Column
from ledger.imports.known import Known
from ledger.imports.loose import Loose, LooseText

if TYPE_CHECKING:
    import pandas as pd

    from ledger.imports.columns import Texts

# Digits of a GEOID by kind of area, and the parts that make it up with the digits of each.
LENGTHS = {
    AreaKind.COUNTY.value: 5,
    AreaKind.CITY.value: 7,
    AreaKind.TRACT.value: 11,
    AreaKind.BLOCK_GROUP.value: 12,
}
KINDS = {length: kind for kind, length in LENGTHS.items()}
PARTS = {"state": 2, "county": 3, "tract": 6, "block_group": 1}
_LONG = re.compile(
    r"[0-9]{7}US([0-9]+)", re.IGNORECASE
)  # summary level, variant and component before the GEOID


def geoid_of(text: str, kind: str = "", restore: bool = False) -> str | None:
    """The digits of a GEOID, short or long (`1500000US010010201001`); None where it is none, or not of the kind.

    With `restore` one digit too few stands for a zero that a spreadsheet took away; that needs the kind.
    """
    found = _LONG.fullmatch(text)
    digits = found[1] if found else text.removesuffix(".0")
    if not re.fullmatch("[0-9]+", digits):
        return None
    length = LENGTHS.get(kind, 0)
    if restore and length and len(digits) == length - 1:
        digits = "0" + digits
    return digits if len(digits) == length or (not kind and len(digits) in KINDS) else None


class Geoid(Loose, Column):
    """A GEOID of a block group, tract, county or place."""

    kind = ""
    restore = False

    def clean(self, texts: Texts, known: Known) -> Texts:
        return texts.map(lambda text: geoid_of(text, self.kind, self.restore), na_action="ignore")

    def say(self, known: Known) -> str:
        if self.kind:
            wanted = f"is not a GEOID of {LENGTHS[self.kind]} digits"
        else:
            wanted = "is not a GEOID of 12 digits (block group), 11 (tract), 5 (county) or 7 (place)"
        return f"{wanted}, with or without a beginning as 1500000US. A spreadsheet may have taken a zero away or shortened it"


def of_kind(column: Column, kind: str, restore: bool) -> Column:
    """A column of GEOIDs of one kind of area (any when empty), with zeros restored or not."""
    bound = copy.copy(column)
    if isinstance(bound, Geoid):
        bound.kind, bound.restore = kind, restore
    return bound


def part_columns() -> dict[str, Column]:
    """The parts of a GEOID in columns of their own, as the interface of the Census Bureau gives them."""
    return {part: LooseText(part, longest=20, may_lack=True) for part in PARTS}


def joined_parts(frame: pd.DataFrame) -> Texts:
    """The GEOIDs that the parts make up: as many as the file has, from the state on. Missing where one is no number."""
    import pandas as pd

    present = []
    for part in PARTS:
        if part not in frame:
            break
        present.append(part)
    if len(present) < 2:
        return pd.Series(None, index=frame.index, dtype=object)
    return reduce(operator.add, (_padded(frame[part], PARTS[part]) for part in present))


def _padded(texts: Texts, width: int) -> Texts:
    """Numbers with their leading zeros; missing where a text is none of so many digits."""
    digits = texts.astype("str").str.removesuffix(".0")
    return digits.where(digits.str.fullmatch(f"[0-9]{{1,{width}}}", na=False)).str.zfill(width)
