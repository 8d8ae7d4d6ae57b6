"""In which area a point lies. Boundaries are GeoJSON geometries in degrees; a point on a border lies in the area to its
east or north, so in one area only. Runs in the worker and in commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

Geometry = Mapping[str, Any]
NOWHERE = -1


def polygons(geometry: Geometry) -> Sequence[Any]:
    """Each polygon as its rings, whatever the geometry's type."""
    found: Sequence[Any] = geometry["coordinates"]
    return found if geometry["type"] == "MultiPolygon" else [found]


def place(
    longitudes: Sequence[float], latitudes: Sequence[float], boundaries: Sequence[Geometry | None]
) -> list[int]:
    """For each point the number of the first boundary around it, `NOWHERE` for those outside all of them."""
    import numpy as np

    x, y = np.asarray(longitudes, dtype=float), np.asarray(latitudes, dtype=float)
    found = np.full(len(x), NOWHERE)
    order = np.argsort(x, kind="stable")
    ordered = x[order]
    for number, boundary in enumerate(boundaries):
        if boundary is None:
            continue
        west, south, east, north = box(boundary)
        near = order[np.searchsorted(ordered, west) : np.searchsorted(ordered, east, side="right")]
        near = near[(y[near] >= south) & (y[near] <= north) & (found[near] == NOWHERE)]
        if len(near):
            found[near[_inside(x[near], y[near], boundary)]] = number
    return [int(number) for number in found]


def box(geometry: Geometry) -> tuple[float, float, float, float]:
    """West, south, east and north."""
    outer = [point for polygon in polygons(geometry) for point in polygon[0]]
    xs, ys = [point[0] for point in outer], [point[1] for point in outer]
    return min(xs), min(ys), max(xs), max(ys)


def holds(geometry: Geometry, x: float, y: float) -> bool:
    """Whether a geometry holds one point, by the rule of `place`; without a numerical library."""
    crossed = 0
    for polygon in polygons(geometry):
        for x0, y0, x1, y1 in _edges(polygon):
            if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
                crossed += 1
    return crossed % 2 == 1


def _inside(x: np.ndarray, y: np.ndarray, geometry: Geometry) -> np.ndarray:
    """By the number of edges that a ray to the east crosses: odd inside. Rings of holes count alike."""
    import numpy as np

    within = np.zeros(len(x), dtype=bool)
    for polygon in polygons(geometry):
        for x0, y0, x1, y1 in _edges(polygon):
            if y0 == y1:
                continue
            between = (y0 > y) != (y1 > y)
            within ^= between & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return within


def _edges(rings: Sequence[Any]) -> Iterator[tuple[float, float, float, float]]:
    for ring in rings:
        for start, end in zip(ring, [*ring[1:], ring[0]], strict=True):
            yield start[0], start[1], end[0], end[1]
