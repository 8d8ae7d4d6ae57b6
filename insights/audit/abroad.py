"""Which country a point may be in, by rough boxes: enough to tell that a client's predictions lie abroad."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import median

from insights.audit.bodies import Spot
from ledger.imports.boundary import COUNTRIES

# Boxes of neighbours overlap, so a point may be in several. Bahrain is here since predictions for it are known to exist.
BOXES: dict[str, tuple[float, float, float, float]] = {**COUNTRIES, "Bahrain": (50.2, 25.4, 51.0, 26.5)}
WORDS = {"USA": "the United States", "United Kingdom": "the United Kingdom"}


def countries_at(longitude: float, latitude: float) -> list[str]:
    return [
        name
        for name, (west, south, east, north) in BOXES.items()
        if west <= longitude <= east and south <= latitude <= north
    ]


def middle(spots: Iterable[Spot]) -> tuple[float, float] | None:
    """Median longitude and latitude of the places; None where no prediction has a point."""
    points = [(spot.longitude, spot.latitude) for spot in spots if spot.longitude is not None]
    if not points:
        return None
    return median(point[0] or 0.0 for point in points), median(point[1] or 0.0 for point in points)


def home(middles: Iterable[tuple[float, float]]) -> str:
    """The country of most clients; empty where fewer than three clients, or no majority of them, tell one."""
    told = [frozenset(countries_at(*point)) for point in middles]
    counts = Counter(name for names in told for name in names)
    if len(told) < 3 or not counts:
        return ""
    name, number = max(counts.items(), key=lambda item: (item[1], item[0]))
    return name if number > len(told) / 2 else ""
