"""Places that should not be targets, from an imported list, and which predictions lie close to them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

METRES_PER_DEGREE = 111_320.0  # of latitude
CLOSE = 106.0  # metres: half the diagonal of a box of 150 m (500 ft), the size of PredPol's


@dataclass(frozen=True)
class Sensitive:
    name: str
    kind: str
    longitude: float
    latitude: float


def distance(longitude: float, latitude: float, other: Sensitive) -> float:
    """Metres between two near points, on a plane."""
    east = (other.longitude - longitude) * cos(radians(latitude))
    return hypot(east, other.latitude - latitude) * METRES_PER_DEGREE


def near(
    longitude: float | None, latitude: float | None, places: Sequence[Sensitive]
) -> tuple[Sensitive, float] | None:
    """The nearest listed place not farther than half a box, with its distance. `places` go from south to north."""
    if longitude is None or latitude is None:
        return None
    reach = CLOSE / METRES_PER_DEGREE
    first = bisect_left(places, latitude - reach, key=lambda one: one.latitude)
    last = bisect_right(places, latitude + reach, key=lambda one: one.latitude)
    close = [(distance(longitude, latitude, one), one.name, one) for one in places[first:last]]
    found = min(close, default=None, key=lambda item: item[:2])
    return (found[2], found[0]) if found and found[0] <= CLOSE else None
