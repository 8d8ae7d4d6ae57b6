"""Which area a recorded visit was in: by its point within the areas' boundaries, else by the name of its place, else not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from insights.audit.placing import box, holds
from ledger.choices import AreaKind
from ledger.models import Area
from prediction.models import PatrolPlan
from prediction.patrol.took_place import Recorded

OUTSIDE, UNKNOWN = 0, -1  # in none of the plan's areas; nobody can tell where
BOUNDARY, NAME = "boundary", "name"


@dataclass(frozen=True)
class Place:
    """`area`: an area of the plan, `OUTSIDE` or `UNKNOWN`. `by`: what told it, empty where nothing did."""

    area: int
    by: str = ""


@dataclass(frozen=True)
class Places:
    """The areas of a plan, and the others of their kind."""

    mine: frozenset[int]
    shapes: Sequence[tuple[int, tuple[float, float, float, float], Mapping[str, Any]]]
    names: Mapping[str, int]

    @property
    def are_bounded(self) -> bool:
        """Whether every area of the plan has a boundary, so that a point in none of them lies outside."""
        return self.mine <= {pk for pk, _, _ in self.shapes}

    def of(self, visit: Recorded) -> Place:
        if visit.latitude is not None and visit.longitude is not None:
            found = self._around(visit.longitude, visit.latitude)
            if found is not None or self.are_bounded:
                return self._mine(found, BOUNDARY)
        named = self.names.get(plain(visit.place))
        return Place(UNKNOWN) if named is None else self._mine(named, NAME)

    def _mine(self, area: int | None, by: str) -> Place:
        return Place(area if area is not None and area in self.mine else OUTSIDE, by)

    def _around(self, x: float, y: float) -> int | None:
        for pk, (west, south, east, north), boundary in self.shapes:
            if west <= x <= east and south <= y <= north and holds(boundary, x, y):
                return pk
        return None


def places_of(plan: PatrolPlan) -> Places:
    """The plan's areas as they are known today; boundaries and names may have come after the plan."""
    mine = frozenset(one["area"] for one in plan.body["areas"])
    areas = Area.objects.filter(Q(agency=plan.agency_id, kind=plan.kind) | Q(pk__in=mine)).order_by("pk")
    return places(mine, list(areas), str(AreaKind(plan.kind).label))


def places(mine: frozenset[int], areas: Sequence[Area], kind: str) -> Places:
    """`kind`: its label; a place may be named “101” or “Beat 101”."""
    shapes, names = [], dict[str, int]()
    for area in areas:
        boundary = area.boundary
        if boundary and boundary.get("type") in ("Polygon", "MultiPolygon"):
            shapes.append((area.pk, box(boundary), boundary))
        for name in (area.name, f"{kind} {area.name}"):
            names.setdefault(plain(name), area.pk)
    return Places(mine, shapes, names)


def plain(name: str) -> str:
    """Letters of one height, single blanks."""
    return " ".join(name.casefold().split())
