"""Hexagons of H3 (Uber, Apache-2.0): which one a place lies in, which cover an area, how large they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESOLUTION = 9  # about 0.1 km², 200 m from centre to corner
Geometry = Mapping[str, Any]


def cells_of(latitude: NDArray[Any], longitude: NDArray[Any]) -> NDArray[np.str_]:
    """The cell of each place, as text. Places that recur are looked up once."""
    import h3

    if not len(latitude):
        return np.array([], dtype="U15")
    places = np.column_stack([latitude, longitude])
    unique, inverse = np.unique(places, axis=0, return_inverse=True)
    cells = np.array([h3.latlng_to_cell(y, x, RESOLUTION) for y, x in unique.tolist()])
    return cells[inverse.ravel()]


def covering(boundaries: Iterable[Geometry]) -> frozenset[str]:
    """Cells whose centre lies within one of the boundaries."""
    import h3

    found: set[str] = set()
    for boundary in boundaries:
        found.update(h3.geo_to_cells(boundary, RESOLUTION))
    return frozenset(found)


@lru_cache(maxsize=200_000)
def square_kilometres(cell: str) -> float:
    import h3

    return float(h3.cell_area(cell, unit="km^2"))


def outline(cell: str) -> dict[str, Any]:
    """The hexagon as GeoJSON."""
    import h3

    ring = [[round(x, 6), round(y, 6)] for y, x in h3.cell_to_boundary(cell)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
