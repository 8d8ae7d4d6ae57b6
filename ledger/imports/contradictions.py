"""Tables that say each thing once: rows that contradict an earlier row of the same file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.imports.known import Known

if TYPE_CHECKING:
    import pandas as pd

EARLIER = "contradicts an earlier row, which gives another figure for the same"


def contradicting(keys: pd.DataFrame, figures: pd.DataFrame, known: Known, needed: str) -> pd.Series:
    """Rows (a mask) that give other figures than an earlier row of the file does for the same keys. Rows without the
    `needed` key are not compared.

    Only checksums are remembered, so that a long file needs little memory.
    """
    import pandas as pd

    what = (*keys, *figures)
    told = zip(_tuples(keys), _tuples(figures), strict=True)
    differs = [known.seen.setdefault(hash((what, key)), hash(said)) != hash(said) for key, said in told]
    return pd.Series(differs, index=keys.index, dtype="bool") & keys[needed].notna()


def _tuples(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))
