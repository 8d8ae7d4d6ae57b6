"""Classes of a map: where one shade ends and the next begins."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CLASSES = 5  # as many shades as can be told apart


@dataclass(frozen=True)
class Class:
    """One shade: `number` from 1 (least) to 5 (most), the range in words, and how many areas it has."""

    number: int
    label: str
    areas: int


def quantile_breaks(values: Sequence[float], classes: int = CLASSES) -> list[float]:
    """Highest value of each class, ascending, so that each holds about as many areas as the others.

    Equal values are never parted, so many equal ones (zeros, say) leave fewer classes. The last break is the maximum; of no
    values there are none.
    """
    ordered = sorted(values)
    if not ordered:
        return []
    ends = [ordered[-(-len(ordered) * place // classes) - 1] for place in range(1, classes + 1)]
    return sorted(set(ends))


def class_of(value: float, breaks: Sequence[float]) -> int:
    """Index of the class of a value: the first whose break it does not exceed; above all breaks, the last."""
    return min(bisect_left(breaks, value), len(breaks) - 1)


def shade_of(index: int, classes: int) -> int:
    """The shade of a class when there are fewer classes than shades: spread, so that the highest is always the deepest."""
    return CLASSES if classes == 1 else 1 + round(index * (CLASSES - 1) / (classes - 1))


def classes_of(
    values: Sequence[float], breaks: Sequence[float], write: Callable[[float], str], *, declared: bool
) -> list[Class]:
    """The legend. Of breaks taken from the values each class tells the lowest and highest value in it; of declared ones, which
    serve several maps, the range they stand for, whether a value lies in it or not."""
    members: list[list[float]] = [[] for _ in breaks]
    for value in values:
        members[class_of(value, breaks)].append(value)
    return [
        Class(
            shade_of(index, len(breaks)),
            _declared(index, breaks, write) if declared else _span(min(held), max(held), write),
            len(held),
        )
        for index, held in enumerate(members)
    ]


def _span(least: float, most: float, write: Callable[[float], str]) -> str:
    low, high = write(least), write(most)
    return low if low == high else f"{low} to {high}"


def _declared(index: int, breaks: Sequence[float], write: Callable[[float], str]) -> str:
    if index == 0:
        return f"up to {write(breaks[0])}"
    if index == len(breaks) - 1:
        return f"above {write(breaks[index - 1])}"
    return f"above {write(breaks[index - 1])}, up to {write(breaks[index])}"
