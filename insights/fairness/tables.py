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
        totals = sums.setdefault(tuple(row[key] for key in keys), [0] * len(measures))
        for index, measure in enumerate(measures):
            totals[index] += row[measure]
    return sums


def others(groups: Iterable[Any], reference: Any) -> list[Any]:
    """The groups to compare with the reference, in order of first appearance."""
    return [group for group in dict.fromkeys(groups) if group != reference]
