"""Plain tables: rows are mappings of column names to values; here they are summed by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Key = tuple[Any, ...]


def sum_by(rows: Iterable[Row], keys: Sequence[str], measures: Sequence[str]) -> dict[Key, list[int]]:
    """Sum the measures over all rows that agree in the keys, in order of first appearance."""
    sums: dict[Key, list[int]] = {}
    for row in rows:
        key, counts = tuple([row[name] for name in keys]), [row[name] for name in measures]
        known = sums.get(key)
        sums[key] = counts if known is None else [one + more for one, more in zip(known, counts, strict=True)]
    return sums


def others(groups: Iterable[Any], reference: Any) -> list[Any]:
    """The groups to compare with the reference, in order of first appearance."""
    return [group for group in dict.fromkeys(groups) if group != reference]
