"""Arcs of TopoJSON: the lines that neighbours share, and the geometries that are joined from them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

from ledger.imports.reader import Unreadable

Point = tuple[float, float]
MOST_POINTS = 5_000_000  # of all geometries of a file together: arcs may be named again and again
DECIMALS = 6  # of degrees: a tenth of a metre
DEPTHS = {
    "LineString": 0,
    "MultiLineString": 1,
    "Polygon": 1,
    "MultiPolygon": 2,
}  # lists around a list of arcs


class Unjoined(Exception):
    """Why a geometry cannot be made of its arcs. Completes the sentence “row 3: …”."""


class Arcs:
    """The arcs of a file, each as its longitudes and latitudes in turn; None where it is no line of points.

    With a `transform` an arc is a first position and steps from it, in units of `scale` from `translate`.
    """

    def __init__(self, transform: Any, arcs: Iterable[Any]) -> None:
        self.scale, self.translate = _transform(transform)
        self.quantised = transform is not None
        self._arcs = [self._decoded(arc) for arc in arcs]
        self._left = MOST_POINTS

    def _decoded(self, arc: Any) -> array[float] | None:
        points = array("d")
        x = y = 0.0
        if not isinstance(arc, list):
            return None
        for position in arc:
            if not _is_position(position):
                return None
            if self.quantised:
                x, y = x + position[0], y + position[1]
                points.extend(self._placed((x, y)))
            else:
                points.extend(map(float, position[:2]))
        return points

    def _placed(self, position: Point) -> Point:
        longitude, latitude = (
            step * scale + start
            for step, scale, start in zip(position, self.scale, self.translate, strict=True)
        )
        return round(longitude, DECIMALS), round(latitude, DECIMALS)

    def geometry(self, geometry: dict[str, Any]) -> dict[str, Any] | None:
        """The GeoJSON geometry. None where there is none."""
        kind = geometry.get("type")
        if kind is None:
            return None
        if not isinstance(kind, str) or kind not in DEPTHS:
            return {"type": kind}  # points and collections are no areas; whoever wants areas says so
        return {
            "type": kind,
            "coordinates": self._joined(geometry.get("arcs"), DEPTHS[kind], "Polygon" in kind),
        }

    def _joined(self, indices: Any, depth: int, closed: bool) -> list[Any]:
        if not isinstance(indices, list):
            raise Unjoined("names its arcs in a form that TopoJSON does not have")
        if depth:
            return [self._joined(part, depth - 1, closed) for part in indices]
        line: list[Point] = []
        for index in indices:
            points = self._points(index)
            if line and points and line[-1] != points[0]:
                raise Unjoined(
                    f"has arcs that do not meet: arc {index} does not begin where the one before it ends"
                )
            line += points[1:] if line else points
        return line

    def _points(self, index: Any) -> list[Point]:
        """The points of an arc; a negative index stands for an arc run through backwards (-1 for arc 0)."""
        if not isinstance(index, int) or isinstance(index, bool):
            raise Unjoined("names an arc that is no number")
        place = ~index if index < 0 else index
        if place >= len(self._arcs):
            raise Unjoined(f"names the arc {index}, but the file has only {len(self._arcs):,} arcs")
        arc = self._arcs[place]
        if arc is None:
            raise Unjoined(f"names the arc {index}, which is no line of points")
        self._left -= len(arc) // 2
        if self._left < 0:
            raise Unreadable(
                f"The boundaries of the file have more than {MOST_POINTS:,} points together. Simplify them, or split the file."
            )
        points = list(zip(arc[::2], arc[1::2], strict=True))
        return points[::-1] if index < 0 else points


def _transform(transform: Any) -> tuple[Point, Point]:
    if transform is None:
        return (1.0, 1.0), (0.0, 0.0)
    pairs = [transform.get(name) if isinstance(transform, dict) else None for name in ("scale", "translate")]
    if not all(_is_position(pair) for pair in pairs):
        raise Unreadable(
            "The transform of the TopoJSON file is no pair of a scale and a translation. Get the file again."
        )
    scale, translate = ((float(pair[0]), float(pair[1])) for pair in pairs if pair)
    return scale, translate


def _is_position(position: Any) -> bool:
    """Whether it is two numbers or more. Truth values are none."""
    return (
        isinstance(position, list)
        and len(position) >= 2
        and type(position[0]) in (int, float)
        and type(position[1]) in (int, float)
    )
