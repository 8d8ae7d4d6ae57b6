"""Areas with the people who live there, from whatever figures about them are in force."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from insights.audit.bodies import DeclaredArea
from insights.audit.people import KEPT, of_measures
from insights.audit.placing import NOWHERE, Geometry, box, place
from ledger.models import Area, AreaFigure

COUNTED = "count"  # the measure of predictions by area in The Markup's maps


def current_figures() -> Any:
    return AreaFigure.objects.current()


def areas_of(figures: Any, also: Iterable[int] = ()) -> list[DeclaredArea]:
    """Areas with the newest figure of each measure; `also` areas by their numbers, of which there may be none. Of several
    kinds the one with the most areas: tracts hold block groups, and nobody is to be counted twice."""
    newest = figures.order_by("area", "measure", "-import_run", "-import_row").distinct("area", "measure")
    measures: dict[int, list[tuple[str, float, float | None]]] = defaultdict(list)
    counted: dict[int, int] = {}
    for area, measure, value, margin in newest.values_list("area", "measure", "value", "margin"):
        if measure == COUNTED:
            counted[area] = round(value)
        elif any(pattern.fullmatch(measure) for pattern in KEPT.values()):
            measures[area].append((measure, value, margin))
    areas = Area.objects.filter(pk__in={*measures, *counted, *also}).order_by("name", "pk")
    told = list(areas.values_list("kind", "pk", "name", "boundary"))
    kinds = Counter(kind for kind, *_ in told)
    usual = max(kinds, key=lambda kind: (kinds[kind], kind), default="")
    return [
        DeclaredArea(name, of_measures(measures[pk]), boundary, counted.get(pk))
        for kind, pk, name, boundary in told
        if kind == usual
    ]


def with_people(areas: Iterable[int]) -> list[DeclaredArea]:
    """These areas with their people, whoever’s figures they are; counts of predictions of others are left out."""
    numbers = list(areas)
    figures = current_figures().filter(area__in=numbers).exclude(measure=COUNTED)
    return areas_of(figures, numbers)


def declared_around(points: Sequence[tuple[float, float]]) -> list[DeclaredArea]:
    """The areas that some client declared and in which most of the points (longitude, latitude) lie; none where there are
    none such. They tell who lives somewhere, whoever they were drawn for."""
    clients = current_figures().exclude(client="").values_list("client", flat=True).distinct()
    for client in sorted(clients):
        figures = current_figures().filter(client=client)
        first = (
            Area.objects.filter(pk__in=figures.values("area")[:1]).values_list("boundary", flat=True).first()
        )
        if first and _is_near(first, points):
            areas = areas_of(figures.exclude(measure=COUNTED))
            longitudes, latitudes = ([point[at] for point in points] for at in (0, 1))
            inside = place(longitudes, latitudes, [area.boundary for area in areas])
            if sum(at != NOWHERE for at in inside) > len(points) / 2:
                return areas
    return []


def _is_near(boundary: Geometry, points: Sequence[tuple[float, float]]) -> bool:
    """Within a degree of the middle of the points."""
    west, south, east, north = box(boundary)
    x, y = (median(point[at] for point in points) for at in (0, 1))
    return west - 1 <= x <= east + 1 and south - 1 <= y <= north + 1
