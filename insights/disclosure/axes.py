"""The axes along which a figure may be narrowed, each a small tree: a country has agencies, an agency has posts.

A place in a tree is a node: one whole number that holds the codes on the way to it, so that a node's parent is a shift
away and nodes sort the same in every process. A cell is a tuple of nodes, one for each axis of its grain; a grain says
which axes, and how deep: ((PLACE, 1), (TIME, 3)) is country by month.

Levels between are there for ranges: months are swapped within a quarter where that will do, hours within three hours, so
that ranges of whole quarters or of whole watches stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from operator import itemgetter
from typing import Any

from ledger.choices import NIGHT_HOURS

BITS = 24  # room for one code in a node
Grain = tuple[tuple[int, int], ...]
Cell = tuple[int, ...]


def node(*codes: int) -> int:
    """The node at the end of a path of codes; -1 is the smallest code there is."""
    number = 0
    for code in codes:
        number = (number << BITS) | (code + 2)
    return number


def lift(number: int, levels: int) -> int:
    """The ancestor of a node, some levels up."""
    return number >> (BITS * levels)


def codes_of(number: int, level: int) -> tuple[int, ...]:
    """The codes on the way to a node of a level."""
    return tuple((lift(number, level - step) & ((1 << BITS) - 1)) - 2 for step in range(1, level + 1))


def period(hour: int) -> int:
    """-1 unknown, 0 day, 1 night (20:00 to 04:59)."""
    return -1 if hour < 0 else int(hour in NIGHT_HOURS)


def _watch(hour: int) -> int:
    """Three hours, the first from 5:00, so that five watches make the day and three the night."""
    return -1 if hour < 0 else (hour - 5) % 24 // 3


def _quarter(month: int) -> int:
    return (month + 2) // 3


def _mark(value: bool | None) -> int:
    return -1 if value is None else int(value)


@dataclass(frozen=True)
class Level:
    """A level of an axis: the column of the fact it reads, and the code it makes of it."""

    name: str
    column: str
    code: Callable[[Any], int] = int


@dataclass(frozen=True)
class Axis:
    levels: tuple[Level, ...]

    @property
    def depth(self) -> int:
        return len(self.levels)

    def columns(self, level: int) -> tuple[str, ...]:
        """The columns of the fact that say where it stands, down to a level."""
        return tuple(dict.fromkeys(one.column for one in self.levels[:level]))

    def node_of(self, row: Mapping[str, Any], level: int) -> int:
        return node(*(one.code(row[one.column]) for one in self.levels[:level]))


def _axis(*levels: Level | str) -> Axis:
    return Axis(tuple(Level(one, one) if isinstance(one, str) else one for one in levels))


def _mark_axis(name: str) -> Axis:
    """Yes against the rest, then the rest into no and not recorded: what a count leaves over is a cell too."""
    return _axis(Level(f"is_{name}", name, bool), Level(name, name, _mark))


AXES: tuple[Axis, ...] = (
    _axis("country", "agency", "post"),
    _axis("year", Level("quarter", "month", _quarter), "month"),
    _axis(Level("period", "hour", period), Level("watch", "hour", _watch), "hour"),
    _axis("violation"),
    _axis("race"),
    _axis("gender"),
    _axis("age_band"),
    _axis("outcome"),
    _axis(Level("has_duration", "duration_band", bool), "duration_band"),
    _mark_axis("searched"),
    _mark_axis("arrested"),
    _mark_axis("drugs"),
    _mark_axis("hit"),
    _axis("weekday"),
)
(
    PLACE,
    TIME,
    CLOCK,
    VIOLATION,
    RACE,
    GENDER,
    AGE,
    OUTCOME,
    DURATION,
    SEARCHED,
    ARRESTED,
    DRUGS,
    HIT,
    WEEKDAY,
) = range(14)
# level name -> (axis, level)
LEVELS = {one.name: (axis, at + 1) for axis, tree in enumerate(AXES) for at, one in enumerate(tree.levels)}


def coarser(grain: Grain) -> Iterator[Grain]:
    """Every grain that a grain can be summed to, the empty one (everything) first, itself last."""
    choices = [[(axis, level) for level in range(depth + 1)] for axis, depth in grain]
    for choice in sorted(product(*choices), key=lambda levels: sum(level for _, level in levels)):
        yield tuple(part for part in choice if part[1])


def parent_grain(grain: Grain, place: int) -> Grain:
    """The grain with one axis a level coarser, or without it."""
    axis, level = grain[place]
    middle = ((axis, level - 1),) if level > 1 else ()
    return grain[:place] + middle + grain[place + 1 :]


def moved(cell: Cell, place: int, number: int) -> Cell:
    """The cell with another node on one axis."""
    return (*cell[:place], number, *cell[place + 1 :])


def lifter(fine: Grain, coarse: Grain) -> Callable[[Cell], Cell]:
    """Gives the cell of a coarser grain that holds a cell of a finer one."""
    where = {axis: (place, level) for place, (axis, level) in enumerate(fine)}
    takes = [(where[axis][0], BITS * (where[axis][1] - level)) for axis, level in coarse]
    if len(takes) > 1 and not any(shift for _, shift in takes):
        return itemgetter(*(place for place, _ in takes))
    return lambda cell: tuple([cell[place] >> shift for place, shift in takes])
