"""Cells: how many persons were stopped with the same features and the same end, counted in PostgreSQL.

Ten million facts become some ten or hundred thousand cells, on which every rival learns in seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prediction.features import FEATURES, Feature, coarser
from prediction.stops.codes import REST

Codes = NDArray[Any]  # of integers
Floats = NDArray[Any]  # of float64

TRAIN, VALIDATION, TEST = 0, 1, 2


@dataclass(frozen=True)
class Period:
    """Days of a split: training before `validation_from`, testing from `test_from` on; the last day included."""

    first: date
    validation_from: date
    test_from: date
    last: date


@dataclass
class Cells:
    """Distinct combinations of columns (C of them) and rows that count persons in them.

    `codes`: column → int64[C]. Of each row: `cell` (index of its combination), `label` (index of its class), `part`
    (TRAIN, VALIDATION or TEST), `block` (day of the test period, counted from its first) and `count` (persons).
    """

    codes: dict[str, Codes]
    cell: Codes
    label: Codes
    part: Codes
    block: Codes
    count: Codes
    classes: tuple[int, ...]  # codes of the target, in the order of `label`
    countries: dict[int, int] = field(default_factory=dict)  # country of each agency
    # Persons of each row counted less the longer ago, at the last day: by half-life in days. And the half-life in use.
    recent: dict[int, Floats] = field(default_factory=dict)
    half_life: int | None = None
    ended: tuple[int, ...] = (0, 0, 0)  # days from the end of each part to the last day
    _dense: dict[str, tuple[Codes, int]] = field(default_factory=dict, init=False, repr=False)

    @property
    def size(self) -> int:
        return len(next(iter(self.codes.values())))

    def counts(self, *parts: int) -> Floats:
        """Persons by cell and class, float64[C, K], of some parts of the split."""
        here = np.isin(self.part, parts)
        width = len(self.classes)
        flat = self.cell[here] * width + self.label[here]
        return np.bincount(flat, self.count[here], minlength=self.size * width).reshape(self.size, width)

    def weighted(self, *parts: int) -> Floats:
        """The same with each person counted as 0.5^(age / half-life), seen from the end of the last of these parts."""
        if self.half_life is None:
            return self.counts(*parts)
        here = np.isin(self.part, parts)
        width = len(self.classes)
        flat = self.cell[here] * width + self.label[here]
        sums = np.bincount(flat, self.recent[self.half_life][here], minlength=self.size * width)
        seen_from = 0.5 ** (-self.ended[max(parts)] / self.half_life)
        return np.asarray(sums * seen_from).reshape(self.size, width)

    def total(self, *parts: int) -> int:
        return int(self.count[np.isin(self.part, parts)].sum())

    def rows(self, part: int) -> Rows:
        """The rows of one part. Blocks are counted densely: a day without stops is none."""
        here = self.part == part
        blocks = np.unique(self.block[here], return_inverse=True)[1]
        return Rows(self.cell[here], self.label[here], blocks, self.count[here])

    def offers(self, feature: Feature) -> bool:
        """Whether a feature can be told from the columns that were counted."""
        return feature.name in self.codes or feature.column in self.codes

    def feature(self, name: str) -> Codes:
        """A feature's code in each cell, int64[C]."""
        if name in self.codes:
            return self.codes[name]
        feature = FEATURES[name]
        raw = self.codes[feature.column]
        values, where = np.unique(raw, return_inverse=True)
        return np.array([coarser(feature, int(value), self.countries) for value in values], np.int64)[where]

    def dense(self, name: str) -> tuple[Codes, int]:
        """A feature's values in each cell as places 0, 1, … in order of code, int64[C], and how many values there are."""
        if name not in self._dense:
            values, where = np.unique(self.feature(name), return_inverse=True)
            self._dense[name] = where, len(values)
        return self._dense[name]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names, classes, sorted cells and sorted rows: the same stops give the same digest."""
        codes = list(self.codes.values())
        first = np.argsort(packed(codes), kind="stable")
        place = np.empty(self.size, np.int64)
        place[first] = np.arange(self.size)
        rows = [place[self.cell], self.label, self.part, self.block, self.count]
        rows += [np.round(100 * weights) for weights in self.recent.values()]
        order = np.argsort(packed(rows[:4]), kind="stable")
        said = hashlib.sha256(f"{list(self.codes)} {self.classes}".encode())
        for column in [*(values[first] for values in codes), *(values[order] for values in rows)]:
            said.update(column.astype("<i8").tobytes())
        return said.hexdigest()


@dataclass(frozen=True)
class Rows:
    """Rows of one part of a split: indices of cell, class and block, and persons."""

    cell: Codes
    label: Codes
    block: Codes
    count: Codes

    @property
    def persons(self) -> int:
        return int(self.count.sum())

    @property
    def blocks(self) -> int:
        return int(self.block.max()) + 1 if len(self.block) else 0


def cells_of(
    columns: dict[str, Codes],
    target: Codes,
    part: Codes,
    block: Codes,
    count: Codes,
    classes: Sequence[int] = (),
    recent: Mapping[int, Floats] | None = None,
) -> Cells:
    """Cells from rows of codes."""
    chosen = tuple(classes) or tuple(int(code) for code in np.unique(target))
    place = {code: index for index, code in enumerate(chosen)}
    rest = place.get(REST, -1)
    codes, where = np.unique(target, return_inverse=True)
    label = np.array([place.get(int(code), rest) for code in codes], np.int64)[where]
    kept = label >= 0
    first, cell = distinct([values[kept] for values in columns.values()])
    return Cells(
        {name: values[kept][first] for name, values in columns.items()},
        *(cell, label[kept], part[kept], block[kept], count[kept]),
        classes=chosen,
        recent={half_life: weights[kept] for half_life, weights in (recent or {}).items()},
    )


def distinct(columns: Sequence[Codes]) -> tuple[Codes, Codes]:
    """Of rows given as columns: index of the first row of each combination, and each row's combination."""
    if not columns:
        raise ValueError("There are no columns to tell rows apart by.")
    _, first, where = np.unique(packed(columns), return_index=True, return_inverse=True)
    return first, where


def packed(columns: Sequence[Codes]) -> Codes:
    """One number for each combination of codes, in lexicographic order. Made dense only where int64 would not hold it."""
    key, most = np.zeros(len(columns[0]), np.int64), 1
    for values in columns:
        least = int(values.min()) if len(values) else 0
        span = int(values.max()) - least + 1 if len(values) else 1
        if most * span > 2**62:
            dense, key = np.unique(key, return_inverse=True)
            most = len(dense)
        key, most = key * span + (values - least), most * span
    return key
