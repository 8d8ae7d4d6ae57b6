"""Boundaries as paths of an SVG: projected as web maps are, rounded to a grid, simplified."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import atan, degrees, exp, log, pi, radians, tan
from typing import Any

from django.utils.safestring import SafeString

from insights.maps.arcs import Borders, Point, Ring

GRID = 4000  # units of the longer side: of a city of 40 km, ten metres each
TOLERANCE = 2.0  # units that a border may move
NORTHERNMOST = 85.0  # where the projection ends
MARGIN = 0.01  # of the longer side, so that no border lies on the edge

Geometry = Mapping[str, Any]  # a Polygon or MultiPolygon of GeoJSON, longitude first, in degrees


@dataclass(frozen=True)
class Frame:
    """From degrees to units of the drawing, by the spherical Mercator projection; y grows downwards."""

    west: float
    north: float  # projected
    scale: float
    width: int
    height: int

    @classmethod
    def around(cls, points: Iterable[tuple[float, float]]) -> Frame:
        """The frame that holds all points (longitude, latitude)."""
        xs, ys = zip(*((x, _up(y)) for x, y in points), strict=True)
        side = max(max(xs) - min(xs), max(ys) - min(ys)) or 1e-3
        edge = side * MARGIN
        scale = GRID / (side + 2 * edge)
        width, height = (max(1, round((max(of) - min(of) + 2 * edge) * scale)) for of in (xs, ys))
        return cls(min(xs) - edge, max(ys) + edge, scale, width, height)

    def place(self, longitude: float, latitude: float) -> Point:
        return round((longitude - self.west) * self.scale), round((self.north - _up(latitude)) * self.scale)

    @property
    def bounds(self) -> list[list[float]]:
        """South-west and north-east corner as latitude and longitude, as Leaflet wants them."""
        south = self.north - self.height / self.scale
        east = self.west + self.width / self.scale
        return [[_down(south), self.west], [_down(self.north), east]]


def _up(latitude: float) -> float:
    """Mercator's northing, in degrees at the equator."""
    held = max(-NORTHERNMOST, min(NORTHERNMOST, latitude))
    return degrees(log(tan(pi / 4 + radians(held) / 2)))


def _down(northing: float) -> float:
    return degrees(2 * atan(exp(radians(northing))) - pi / 2)


@dataclass(frozen=True)
class Outline:
    """One area: its path, and where a name may stand with how much room it has (units)."""

    path: SafeString  # figures alone: nothing in it to escape
    middle: Point
    room: int


@dataclass(frozen=True)
class Outlines:
    """A set of areas in one frame. Keys are the caller's: an area's number, a cell."""

    frame: Frame
    of: Mapping[Hashable, Outline]

    @classmethod
    def drawn(cls, boundaries: Mapping[Hashable, Geometry]) -> Outlines | None:
        """The outlines of boundaries (GeoJSON); None when there are none."""
        shapes = {key: _polygons(geometry) for key, geometry in boundaries.items() if geometry}
        points = [point for rings in shapes.values() for ring in rings for point in ring]
        if not points:
            return None
        frame = Frame.around(points)
        gridded = {key: [_on_grid(ring, frame) for ring in rings] for key, rings in shapes.items()}
        borders = Borders((ring for rings in gridded.values() for ring in rings), TOLERANCE)
        return cls(frame, {key: _outline(rings, borders) for key, rings in gridded.items()})


def _polygons(geometry: Geometry) -> list[list[tuple[float, float]]]:
    """All rings, holes among them: the drawing fills by even and odd."""
    inside = geometry["coordinates"]
    polygons = [inside] if geometry["type"] == "Polygon" else inside
    return [[(point[0], point[1]) for point in ring] for polygon in polygons for ring in polygon]


def _on_grid(ring: Iterable[tuple[float, float]], frame: Frame) -> Ring:
    """The ring in units, not closed, without points that fall together."""
    found: Ring = []
    for longitude, latitude in ring:
        point = frame.place(longitude, latitude)
        if not found or point != found[-1]:
            found.append(point)
    while len(found) > 1 and found[0] == found[-1]:
        found.pop()
    return found


def _outline(rings: list[Ring], borders: Borders) -> Outline:
    """Rings too small to be seen are left out, unless the area would vanish."""
    simple = [ring for ring in map(borders.simplified, rings) if len(ring) > 2]
    kept = simple or [_dot(rings[0][0])]
    largest = max(kept, key=lambda ring: abs(_doubled_area(ring)))
    middle, room = _room(largest)
    return Outline(SafeString("".join(map(_path, kept))), middle, room)


def _dot(point: Point) -> Ring:
    x, y = point
    return [(x - 2, y - 2), (x + 2, y - 2), (x + 2, y + 2), (x - 2, y + 2)]


def _path(ring: Ring) -> str:
    """Relative steps, which are short."""
    steps = [f"{x - before_x} {y - before_y}" for (before_x, before_y), (x, y) in itertools.pairwise(ring)]
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z".replace(" -", "-")


def _doubled_area(ring: Ring) -> int:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True))


def _room(ring: Ring) -> tuple[Point, int]:
    """The middle of the widest level line through the ring near its height's middle, and that width: room for a name."""
    ys = [y for _, y in ring]
    low, high = min(ys), max(ys)
    best: tuple[int, Point] = (0, (ring[0][0], ring[0][1]))
    for part in (0.5, 0.4, 0.6, 0.3, 0.7):
        y = round(low + (high - low) * part)
        crossings = sorted(_crossings(ring, y + 0.5))
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            best = max(best, (round(right - left), (round((left + right) / 2), y)), key=lambda one: one[0])
    return best[1], best[0]


def _crossings(ring: Ring, y: float) -> Iterable[float]:
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y):
            yield ax + (y - ay) * (bx - ax) / (by - ay)
