"""From cleaned rows to lines as COPY reads them, with the digest that tells one row from another.

A column of a piece says few things many times. So what is said is written once a distinct value, and columns that stand
beside each other and have few combinations are put together once a combination; only the rest is done row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ledger.imports.cleaning import Batch
from ledger.imports.source import Source

DIGEST_BYTES = 16
UNKNOWN = "\\N"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Coded(NamedTuple):
    """A column of texts: each distinct one, and for every row the place of its own."""

    codes: np.ndarray
    texts: np.ndarray

    def written(self, write: Callable[[Any], str], unknown: str) -> Coded:
        """The same column with its values written; the last of them stands for unknown."""
        texts = [write(value) for value in self.texts[:-1]]
        return Coded(self.codes, _objects([*texts, unknown]))


def coded(column: pd.Series) -> Coded:
    """The values of a column, with one more at the end for what is unknown."""
    codes, distinct = pd.factorize(column.to_numpy(dtype=object))
    codes[codes < 0] = len(distinct)
    return Coded(codes, _objects([*distinct, None]))


def _constant(text: str, rows: int) -> Coded:
    return Coded(np.zeros(rows, dtype="int64"), _objects([text]))


def _objects(values: Sequence[Any]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def joined(columns: Sequence[Coded], mark: str = "") -> list[str]:
    """One text a row: what the columns say, in their order, with `mark` between."""
    together: list[Coded] = []
    for column in columns:
        if together and len(together[-1].texts) * len(column.texts) <= len(column.codes) // 2:
            together[-1] = _combined(together[-1], column, mark)
        else:
            together.append(column)
    return list(map(mark.join, zip(*(one.texts[one.codes].tolist() for one in together), strict=True)))


def _combined(left: Coded, right: Coded, mark: str) -> Coded:
    """Two columns as one, of the combinations that occur."""
    codes, pairs = pd.factorize(left.codes * len(right.texts) + right.codes)
    firsts, seconds = np.divmod(pairs, len(right.texts))
    texts = zip(left.texts[firsts], right.texts[seconds], strict=True)
    return Coded(codes, _objects([f"{first}{mark}{second}" for first, second in texts]))


def digests(rows: pd.DataFrame, key: bytes, identity: tuple[str, ...] = ()) -> list[str]:
    """A keyed digest of what tells one row from another, in hex: what is unknown leaves no trace, so later columns change
    nothing.

    The agency is not in it: a digest is looked up within its agency, which may be renamed.
    """
    return _digests({name: coded(rows[name]) for name in rows.columns}, len(rows), key, identity)


def _digests(columns: dict[str, Coded], rows: int, key: bytes, identity: tuple[str, ...]) -> list[str]:
    names = sorted(set(columns) & set(identity) if identity else set(columns) - {"agency", "apart"})
    parts = [columns[name].written(f"{name}={{}}\0".format, "") for name in names]
    keyed = blake2b(key=key, digest_size=DIGEST_BYTES)
    found = []
    for content in joined([_constant("", rows), *parts]):
        one = keyed.copy()
        one.update(content.encode())
        found.append(one.hexdigest())
    return found


def staged(source: Source, batch: Batch, key: bytes) -> tuple[list[str], bytes]:
    """The cleaned rows as COPY reads them: the names of the columns that say anything, and the lines. Others are unknown."""
    rows, kind = batch.rows, source.kind
    if not len(rows):
        return _empty(source, rows)
    columns = {name: coded(rows[name]) for name in rows.columns}
    told = {name: _copied(column, kind.staged[name]) for name, column in columns.items()}
    constants = {name: value for name, value in source.constants.items() if name not in told}
    told |= {name: _constant(_escaped(str(value)), len(rows)) for name, value in constants.items()}
    told = dict(sorted(told.items(), key=lambda named: len(named[1].texts)))
    single = {
        "row": list(map(str, rows.index.tolist())),
        "digest": _digests(columns, len(rows), key, kind.identity),
    }
    if kind.keeps_record:
        single["recorded"] = list(map(_escaped, batch.texts))
    if not rows.index.is_unique:
        single["part"] = list(map(str, (rows.groupby(level=0).cumcount() + 1).tolist()))
    lines = map("\t".join, zip(joined(list(told.values()), "\t"), *single.values(), strict=True))
    return [*told, *single], ("\n".join(lines) + "\n").encode()


def _empty(source: Source, rows: pd.DataFrame) -> tuple[list[str], bytes]:
    return list(dict.fromkeys([*rows.columns, *source.constants])), b""


def _escaped(text: str) -> str:
    """As COPY wants it. Nearly no text needs it, and looking is much cheaper than translating."""
    return text.translate(ESCAPES) if ("\\" in text or "\t" in text or "\n" in text or "\r" in text) else text


def _copied(column: Coded, type_: str) -> Coded:
    """Values as COPY reads them; only text and JSON can need to be escaped."""
    may_need = type_.startswith(("text", "json"))
    return column.written((lambda value: _escaped(str(value))) if may_need else str, UNKNOWN)
