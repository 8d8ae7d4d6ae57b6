"""Areas with the people who live there, from whatever figures about them are in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from insights.audit.bodies import DeclaredArea
from insights.audit.people import KEPT, of_measures
from ledger.models import Area, AreaFigure

COUNTED = "count"  # the measure of predictions by area in The Markup's maps


def current_figures() -> Any:
    return AreaFigure.objects.current()


def areas_of(figures: Any, also: Iterable[int] = ()) -> list[DeclaredArea]:
    """Areas with the newest figure of each measure; `also` areas by their numbers, of which there may be none."""
    newest = figures.order_by("area", "measure", "-import_run", "-import_row").distinct("area", "measure")
    measures: dict[int, list[tuple[str, float, float | None]]] = defaultdict(list)
    counted: dict[int, int] = {}
    for area, measure, value, margin in newest.values_list("area", "measure", "value", "margin"):
        if measure == COUNTED:
            counted[area] = round(value)
        elif any(pattern.fullmatch(measure) for pattern in KEPT.values()):
            measures[area].append((measure, value, margin))
    areas = Area.objects.filter(pk__in={*measures, *counted, *also}).order_by("name", "pk")
    return [
        DeclaredArea(name, of_measures(measures[pk]), boundary, counted.get(pk))
        for pk, name, boundary in areas.values_list("pk", "name", "boundary")
    ]


def with_people(areas: Iterable[int]) -> list[DeclaredArea]:
    """These areas with their people, whoever’s figures they are; counts of predictions of others are left out."""
    numbers = list(areas)
    figures = current_figures().filter(area__in=numbers).exclude(measure=COUNTED)
    return areas_of(figures, numbers)
