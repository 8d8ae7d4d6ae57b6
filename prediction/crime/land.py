"""How large an area is, from its boundary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import cos, radians
from typing import Any

from ledger.models import Area

KM_A_DEGREE = 111.32  # of latitude


def square_kilometres(boundary: Any) -> float | None:
    """km² within a GeoJSON polygon or several, holes taken off; None without a boundary.

    Degrees of longitude are shortened by the cosine of the middle latitude: right to a few per mille for areas of a city.
    """
    rings = list(_polygons(boundary)) if isinstance(boundary, dict) else []
    total = sum(_ring(polygon[0]) - sum(_ring(hole) for hole in polygon[1:]) for polygon in rings if polygon)
    return round(total, 6) if total > 0 else None


def sizes_of(areas: Sequence[int]) -> dict[int, float | None]:
    """km² of each area, None without a boundary."""
    known = Area.objects.filter(pk__in=areas).values_list("pk", "boundary")
    return {pk: square_kilometres(boundary) for pk, boundary in known}


def _polygons(boundary: dict[str, Any]) -> Iterable[Sequence[Any]]:
    if boundary.get("type") == "Polygon":
        yield boundary["coordinates"]
    elif boundary.get("type") == "MultiPolygon":
        yield from boundary["coordinates"]
    elif boundary.get("type") == "GeometryCollection":
        for one in boundary.get("geometries", []):
            yield from _polygons(one)


def _ring(points: Sequence[Sequence[float]]) -> float:
    """Shoelace formula on degrees, in km²."""
    if len(points) < 4:
        return 0.0
    middle = sum(point[1] for point in points) / len(points)
    twice = sum(
        one[0] * two[1] - two[0] * one[1] for one, two in zip(points, [*points[1:], points[0]], strict=True)
    )
    return abs(twice) / 2 * KM_A_DEGREE**2 * cos(radians(middle))
