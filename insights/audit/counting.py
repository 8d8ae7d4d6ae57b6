"""Predictions of a body by its areas, and what lies in none of them."""

from __future__ import annotations

from dataclasses import dataclass

from insights.audit.bodies import Body, Spot
from insights.audit.method import AreaCount
from insights.audit.placing import NOWHERE, place

BY_PLACE, BY_AREA, BY_COUNT = "place", "area", "count"
BASES = {
    BY_PLACE: "Points were placed in the area whose boundary is around them.",
    BY_AREA: "The predictions name their areas.",
    BY_COUNT: "Predictions are counted by area; they have no places.",
}


@dataclass(frozen=True)
class Counted:
    """`outside`: predictions in none of the areas; `nameless`: those with neither a point nor an area, only a label."""

    areas: tuple[AreaCount, ...]
    outside: tuple[Spot, ...]
    nameless: int
    basis: str
    total: int = 0

    @property
    def inside(self) -> int:
        return sum(area.predictions for area in self.areas)


def count(body: Body) -> Counted:
    """An area that a prediction names goes before its point."""
    numbers = {area.name: 0 for area in body.areas}
    if not body.spots:
        told = tuple(AreaCount(area.name, area.counted or 0, area.people) for area in body.areas)
        return Counted(told, (), 0, BY_COUNT, sum(area.predictions for area in told))
    pointed = [spot for spot in body.spots if spot.has_point and not spot.area]
    outside = [spot for spot in body.spots if spot.area and spot.area not in numbers]
    for spot in body.spots:
        if spot.area in numbers:
            numbers[spot.area] += spot.count
    for spot, at in zip(pointed, _placed(body, pointed), strict=True):
        if at == NOWHERE:
            outside.append(spot)
        else:
            numbers[body.areas[at].name] += spot.count
    areas = tuple(AreaCount(area.name, numbers[area.name], area.people) for area in body.areas)
    nameless = sum(spot.count for spot in body.spots if not spot.area and not spot.has_point)
    basis, total = BY_PLACE if pointed else BY_AREA, sum(spot.count for spot in body.spots)
    return Counted(areas, tuple(outside) if body.areas else (), nameless, basis, total)


def _placed(body: Body, spots: list[Spot]) -> list[int]:
    longitudes = [spot.longitude or 0.0 for spot in spots]
    latitudes = [spot.latitude or 0.0 for spot in spots]
    return place(longitudes, latitudes, [area.boundary for area in body.areas])
