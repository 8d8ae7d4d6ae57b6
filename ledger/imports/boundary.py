"""The column of geometries: areas in degrees of longitude and latitude, and what is wrong with each in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ledger.imports.columns import Cells, Column

if TYPE_CHECKING:
    from ledger.imports.known import Known

DECIMALS = 6  # of degrees: a tenth of a metre
SOUTHERNMOST = -60  # nobody polices the Antarctic: there lie cities of America when the axes are exchanged
# West, south, east and north of the countries whose agencies the ledger may have, in whole degrees outwards.
COUNTRIES: dict[str, tuple[float, float, float, float]] = {
    "Canada": (-142, 41, -52, 84),
    "India": (68, 6, 98, 38),
    "United Kingdom": (-9, 49, 3, 62),
    "USA": (-180, 17, -64, 72),
}
EXCHANGED = "has latitude and longitude exchanged: GeoJSON puts the longitude first"


class Wrong(Exception):
    """Why a geometry is no boundary. Completes the sentence “row 3, geometry: …”."""


class Boundary(Column):
    """A polygon or several, as GeoJSON text with six decimals. Every cell is another, and is judged by itself."""

    def read(self, cells: Sequence[str], known: Known) -> Cells:
        import numpy as np

        values = np.empty(len(cells), dtype=object)
        problems: dict[int, str] = {}
        empty = 0
        for at, text in enumerate(cells):
            if text:
                try:
                    values[at] = boundary(text, known.countries)
                except Wrong as why:
                    problems[at] = str(why)
            else:
                empty += 1
                if self.required:
                    problems[at] = "is empty: the feature has no geometry"
        return Cells(values, problems, empty)


def boundary(text: str, countries: Sequence[str] = ()) -> str:
    """The boundary as it is kept. `countries` are those where areas are expected: they tell exchanged axes."""
    rings = [[list(_checked(ring)) for ring in polygon] for polygon in _polygons(_loaded(text))]
    _judge_places(rings, countries)
    kept = [
        [[[round(x, DECIMALS), round(y, DECIMALS)] for x, y in ring] for ring in polygon] for polygon in rings
    ]
    return _text(kept)


def joined(boundaries: Iterable[str]) -> str:
    """Boundaries of the parts of an area as one. Equal parts count once."""
    parts: list[Any] = []
    for text in dict.fromkeys(boundaries):
        shape = json.loads(text)
        inside = shape["coordinates"]
        parts += [inside] if shape["type"] == "Polygon" else inside
    return _text(parts)


def _text(polygons: list[Any]) -> str:
    one = len(polygons) == 1
    shape = {"type": "Polygon" if one else "MultiPolygon", "coordinates": polygons[0] if one else polygons}
    return json.dumps(shape, separators=(",", ":"))


def _loaded(text: str) -> dict[str, Any]:
    try:
        shape = json.loads(text)
    except (ValueError, RecursionError):
        raise Wrong("is no geometry of GeoJSON") from None
    if not isinstance(shape, dict):
        raise Wrong("is no geometry of GeoJSON")
    return shape


def _polygons(shape: dict[str, Any]) -> Iterator[list[Any]]:
    """The polygons of a geometry, each a list of rings. A collection of polygons is taken for a multipolygon."""
    kind, inside = shape.get("type"), shape.get("coordinates")
    if kind == "GeometryCollection":
        parts = shape.get("geometries")
        if isinstance(parts, list) and parts and all(isinstance(part, dict) for part in parts):
            for part in parts:
                if part.get("type") == "GeometryCollection":
                    raise Wrong("is a collection inside a collection, which is no area")
                yield from _polygons(part)
            return
        raise Wrong("is a collection without geometries")
    if kind not in ("Polygon", "MultiPolygon"):
        raise Wrong(f"is of the type {str(kind)[:30]}; an area is a Polygon or a MultiPolygon")
    polygons = [inside] if kind == "Polygon" else inside
    if not (
        isinstance(polygons, list) and polygons and all(isinstance(one, list) and one for one in polygons)
    ):
        raise Wrong(f"is a {kind} without rings")
    yield from polygons


def _checked(ring: Any) -> Iterator[tuple[float, float]]:
    """The points of a closed ring."""
    if not isinstance(ring, list):
        raise Wrong("has a ring that is no list of points")
    if len(ring) < 4:
        raise Wrong(
            f"has a ring of {len(ring)} points; an area needs at least four, the last one equal to the first"
        )
    if ring[0] != ring[-1]:
        raise Wrong(f"has an open ring: it begins at {_told(ring[0])} and ends at {_told(ring[-1])}")
    for position in ring:
        yield _point(position)


def _point(position: Any) -> tuple[float, float]:
    if not (isinstance(position, list) and len(position) >= 2):
        raise Wrong(f"has a point that is no pair of numbers: {_told(position)}")
    x, y = position[:2]
    if type(x) not in (int, float) or type(y) not in (int, float):
        raise Wrong(f"has a point that is no pair of numbers: {_told(position)}")
    if abs(x) <= 180 and abs(y) <= 90:
        return float(x), float(y)
    if abs(x) <= 90 and abs(y) <= 180:
        raise Wrong(f"{EXCHANGED} (a point is {_told(position)})")
    raise Wrong(
        f"has coordinates that are no degrees: {_told(position)}. Save the file in WGS 84 (EPSG:4326), longitude first"
    )


def _told(position: Any) -> str:
    return (
        ", ".join(str(one)[:20] for one in position[:3]) if isinstance(position, list) else str(position)[:40]
    )


def _judge_places(polygons: list[list[list[tuple[float, float]]]], countries: Sequence[str]) -> None:
    """Refuse what encloses nothing, and axes that must have been exchanged."""
    outer = [polygon[0] for polygon in polygons]
    if any(_doubled_area(ring) == 0 for ring in outer):
        raise Wrong("has a ring that encloses nothing")
    x, y = outer[0][0]
    boxes = [COUNTRIES[name] for name in countries if name in COUNTRIES]
    exchanged = (
        boxes and not any(_is_in(x, y, box) for box in boxes) and any(_is_in(y, x, box) for box in boxes)
    )
    if exchanged or (y < SOUTHERNMOST <= x <= 90):
        raise Wrong(f"{EXCHANGED} (a point is {x}, {y})")


def _is_in(x: float, y: float, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return west <= x <= east and south <= y <= north


def _doubled_area(ring: list[tuple[float, float]]) -> float:
    """Twice the area that a ring encloses, in square degrees, by the sum of its trapezia; negative when it runs clockwise."""
    x0, y0 = ring[0]
    return sum((ax - x0) * (by - y0) - (bx - x0) * (ay - y0) for (ax, ay), (bx, by) in pairwise(ring))
