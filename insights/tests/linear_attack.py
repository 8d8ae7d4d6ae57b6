"""The strongest attack by arithmetic: every figure that can be fetched, in all its sums and differences at once.

Unknown are the persons in each atom (a cell at the finest grain). Every shown figure is an equation over atoms; a shown
zero makes its atoms known. A hidden small count is recovered when its own sum follows from those equations, that is
when it lies in the space that their rows span. No cleverness in choosing subtractions can do more.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from insights.disclosure.axes import AXES, Grain, lift
from insights.disclosure.boxes import Box, Page, Part, Sieve
from insights.disclosure.swaps import Cover, is_small
from insights.disclosure.tables import Table, Tables

Rows = list[dict[str, Any]]
Field = tuple[int, tuple[int, ...], bool]  # axis, levels that can be fetched, whether ranges of the last can


def sieve_of(rows: Rows) -> Sieve:
    """A sieve over plain rows of codes."""

    def ask(grain: Grain) -> Table:
        return dict(Counter(tuple(AXES[axis].node_of(row, level) for axis, level in grain) for row in rows))

    return Sieve(Cover(Tables(ask)))


def draw(seed: int, count: int) -> Rows:
    """A small skewed ledger: a few values are rare, as in real ones."""
    dice, further = random.Random(seed), random.Random(seed + 1)
    weights = {name: [dice.random() ** 2 + 0.02 for _ in range(4)] for name in ("violation", "place", "hour")}

    def one(name: str, values: tuple[int, ...]) -> int:
        return dice.choices(values, weights[name][: len(values)])[0]

    rows = []
    for _ in range(count):
        agency = one("place", (1, 2, 3))
        row = {
            "country": 1 if agency < 3 else 2,
            "agency": agency,
            "post": agency * 10 + dice.randint(0, 1),
            "year": dice.choice((2024, 2025)),
            "month": dice.randint(1, 5),
            "hour": one("hour", (2, 3, 9, 10)),
            "violation": one("violation", (1, 2, 3)),
            "gender": dice.choices((0, 1, 2, 3), (1, 60, 30, 2))[0],
            "searched": dice.random() < 0.1,
            "arrested": dice.choices((True, False, None), (12, 85, 3))[0],
            "hit": further.choices((True, False, None), (30, 60, 10))[0],
            "weekday": further.choices(range(1, 8), (1, 9, 9, 9, 9, 20, 20))[0],
        }
        rows.append(row)
    return rows


@dataclass
class Findings:
    fetched: int
    hidden: int
    small: int
    recovered: list[tuple[int, Box]]  # count and box of hidden small counts that follow from what is shown


def attack(rows: Rows, fields: list[Field], complementary: bool = True) -> Findings:
    """Fetches every box that filters can make of the fields, and tries to work out the small counts among the hidden."""
    import numpy as np

    sieve = sieve_of(rows)
    fine: Grain = tuple(sorted((axis, levels[-1]) for axis, levels, _ in fields))
    atoms = list(product(*(sieve.nodes(axis, level) for axis, level in fine)))
    persons = np.array([sieve.cover.tables.at(fine).get(atom, 0) for atom in atoms])
    shown, sought, empty = [], [], np.zeros(len(atoms), dtype=bool)
    found = Findings(0, 0, 0, [])
    for box in _boxes(sieve, fields):
        inside = np.array([_holds(box, fine, atom) for atom in atoms])
        count = int(persons[inside].sum())
        hidden = is_small(count) or (complementary and () in Page(sieve, box, {}).hidden())
        found.fetched += 1
        found.hidden += hidden
        if not hidden:
            shown.append(inside)
            empty |= inside if count == 0 else False
        elif is_small(count):
            sought.append((count, box, inside))
    found.small = len(sought)
    span = (
        _row_space(np.array(shown, dtype=float)[:, ~empty]) if shown else np.zeros((0, int((~empty).sum())))
    )
    for count, box, inside in sought:
        wanted = inside[~empty].astype(float)
        if np.abs(wanted - span.T @ (span @ wanted)).max(initial=0.0) < 1e-6:
            found.recovered.append((count, box))
    return found


def _row_space(equations: Any) -> Any:
    """Orthonormal rows that span the same space."""
    import numpy as np

    _, sizes, rows = np.linalg.svd(np.unique(equations, axis=0), full_matrices=False)
    return rows[sizes > 1e-8]


def _boxes(sieve: Sieve, fields: list[Field]) -> Iterator[Box]:
    choices = [
        [(axis, part) for part in _parts(sieve, axis, levels, ranges)] for axis, levels, ranges in fields
    ]
    for choice in product(*choices):
        yield {axis: part for axis, part in choice if part is not None}


def _parts(sieve: Sieve, axis: int, levels: tuple[int, ...], ranges: bool) -> Iterator[Part | None]:
    yield None
    for level in levels:
        yield from (Part(level, frozenset({node})) for node in sieve.nodes(axis, level))
    if ranges:
        nodes = sieve.nodes(axis, levels[-1])
        for first in range(len(nodes)):
            for last in range(first + 2, len(nodes) + 1):
                yield sieve.coarsest(axis, Part(levels[-1], frozenset(nodes[first:last])))


def _holds(box: Box, grain: Grain, atom: tuple[int, ...]) -> bool:
    return all(
        axis not in box or lift(node, level - box[axis].level) in box[axis].nodes
        for (axis, level), node in zip(grain, atom, strict=True)
    )
