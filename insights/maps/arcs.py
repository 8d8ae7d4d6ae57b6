"""Simplifying borders so that neighbours keep one border between them.

Rings are cut where more than two borders meet; each piece is simplified once, whichever ring asks for it, so no gap opens
between two areas. The method of leaving points out: Douglas and Peucker, Cartographica 10 (1973).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

Point = tuple[int, int]
Ring = list[Point]  # not closed: the last point is followed by the first


class Borders:
    """The borders of a set of rings, each piece simplified once. `tolerance` is the farthest a line may move."""

    def __init__(self, rings: Iterable[Ring], tolerance: float) -> None:
        self.tolerance = tolerance
        self._known: dict[tuple[Point, ...], tuple[Point, ...]] = {}
        beside: defaultdict[Point, set[Point]] = defaultdict(set)
        for ring in rings:
            for one, other in pairwise([*ring, ring[0]]):
                beside[one].add(other)
                beside[other].add(one)
        self._meeting = {point for point, others in beside.items() if len(others) > 2}

    def simplified(self, ring: Ring) -> Ring:
        """The ring with fewer points."""
        cuts = [place for place, point in enumerate(ring) if point in self._meeting]
        if not cuts:
            cuts = [ring.index(min(ring))]  # the same start for every copy of the ring
        closed = [*ring[cuts[0] :], *ring[: cuts[0]], ring[cuts[0]]]
        ends = [place - cuts[0] for place in cuts] + [len(ring)]
        found: Ring = []
        for start, end in pairwise(ends):
            found += self._piece(tuple(closed[start : end + 1]))[:-1]
        return found

    def _piece(self, piece: tuple[Point, ...]) -> tuple[Point, ...]:
        backwards = piece[::-1]
        turned = backwards < piece
        key = backwards if turned else piece
        if key not in self._known:
            self._known[key] = tuple(fewer_points(key, self.tolerance))
        found = self._known[key]
        return found[::-1] if turned else found


def fewer_points(line: Sequence[Point], tolerance: float) -> list[Point]:
    """The line without the points that lie nearer than the tolerance to the line that remains. Ends stay."""
    kept = {0, len(line) - 1}
    waiting = [(0, len(line) - 1)]
    while waiting:
        start, end = waiting.pop()
        place, far = _farthest(line, start, end)
        if far > tolerance:
            kept.add(place)
            waiting += [(start, place), (place, end)]
    return [line[place] for place in sorted(kept)]


def _farthest(line: Sequence[Point], start: int, end: int) -> tuple[int, float]:
    """Which point between two is farthest from the straight line between them, and how far."""
    (ax, ay), (bx, by) = line[start], line[end]
    dx, dy = bx - ax, by - ay
    length = (dx * dx + dy * dy) ** 0.5
    best, far = start, 0.0
    for place in range(start + 1, end):
        x, y = line[place]
        if length:
            off = abs(dx * (y - ay) - dy * (x - ax)) / length
        else:
            off = ((x - ax) ** 2 + (y - ay) ** 2) ** 0.5
        if off > far:
            best, far = place, off
    return best, far
