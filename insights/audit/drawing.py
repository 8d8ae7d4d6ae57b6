"""Maps of an audit, drawn when it is computed: a jurisdiction may have thousands of areas, and the page must open at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from threading import Lock
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from insights.audit.bodies import Body
from insights.audit.counting import Counted
from insights.audit.figures import Figures
from insights.audit.people import BY_KEY, HOUSEHOLDS
from insights.audit.spots import Place
from insights.maps import AreaMap, Class, Figure, Outlines, Point, draw_map
from insights.maps.drawing import Dot, Name, Shape

PREDICTIONS, PLACES, ACTUAL = "predictions", "places", "actual"
MOST_POINTS = 400
REMEMBERED = 24  # maps: a large city’s has half a megabyte
TOGETHER = "audit"  # maps that move together


def drawings(
    body: Body, counted: Counted, figures: Figures, places: Sequence[Place]
) -> Iterator[tuple[str, Any]]:
    """Key and drawing of each map: predictions, the share of each group by its key, places."""
    outlines = Outlines.drawn({area.name: area.boundary for area in body.areas if area.boundary})
    if outlines is None:
        return
    yield PREDICTIONS, _written(_predictions(outlines, counted))
    for key in figures["groups"]:
        yield key, _written(_share(outlines, counted, key))
    if points := _points(places):
        yield PLACES, _written(_marked(outlines, points, (), PLACES))
        if body.actual:
            yield ACTUAL, _written(_marked(outlines, points, body.actual, ACTUAL))


def _written(drawn: AreaMap | None) -> Any:
    """As it is kept."""
    return asdict(drawn) if drawn else None


def read(kept: Mapping[str, Any]) -> AreaMap:
    """A map as it was kept."""
    parts: dict[str, Any] = {"shapes": Shape, "classes": Class, "names": Name, "dots": Dot}
    made = {name: [part(**one) for one in kept[name]] for name, part in parts.items()}
    return AreaMap(**{**kept, **made})


_shown: OrderedDict[tuple[Any, ...], SafeString] = OrderedDict()
_lock = Lock()


def shown(key: tuple[Any, ...], kept: Callable[[], Mapping[str, Any]]) -> SafeString:
    """The map as a page has it. The last ones are remembered by `key`: a large city takes a tenth of a second to write."""
    with _lock:
        if key in _shown:
            _shown.move_to_end(key)
            return _shown[key]
    written = render_to_string("partials/map.html", {"map": read(kept())})
    with _lock:
        _shown[key] = written
        while len(_shown) > REMEMBERED:
            _shown.popitem(last=False)
    return written


def _predictions(outlines: Outlines, counted: Counted) -> AreaMap | None:
    figures = [
        Figure(area.name, area.name, area.predictions, f"{area.predictions:,} predictions")
        for area in counted.areas
    ]
    return draw_map(
        "map-predictions",
        outlines,
        figures,
        title="Predictions by area",
        unit="predictions",
        write=lambda value: f"{value:,.0f}",
        group=TOGETHER,
        table="areas-table",
    )


def _share(outlines: Outlines, counted: Counted, key: str) -> AreaMap | None:
    group = BY_KEY[key]
    who = "households" if group.whole == HOUSEHOLDS else "residents"
    figures = []
    for area in counted.areas:
        share = area.share(key)
        told = f"{share:.1%} {group.label}" if share is not None else f"no {who}, or not known"
        figures.append(Figure(area.name, area.name, share, told))
    return draw_map(
        f"map-{key}",
        outlines,
        figures,
        title=f"{group.label} {who} by area",
        unit=f"share of {who}",
        write=lambda value: f"{value:.0%}",
        hatched_means=f"no {who}, or not known",
        group=TOGETHER,
        table="areas-table",
    )


def _points(places: Sequence[Place]) -> list[Point]:
    located = [one for one in places if one.longitude is not None and one.latitude is not None]
    return [
        Point(one.longitude or 0.0, one.latitude or 0.0, f"{one.name}: {one.predictions:,} predictions")
        for one in located[:MOST_POINTS]
    ]


def _marked(
    outlines: Outlines, points: Sequence[Point], actual: Sequence[tuple[float, float]], key: str
) -> AreaMap | None:
    crimes = [Point(longitude, latitude, "A crime reported here", kind=3) for longitude, latitude in actual]
    marks = [(1, "predicted place"), *([(3, "crime reported of a predicted kind")] if crimes else [])]
    return draw_map(
        f"map-{key}",
        outlines,
        [],
        title="Predicted places and crimes reported" if crimes else "Predicted places",
        unit="places",
        borders=set(outlines.of),
        points=[*points, *crimes],
        marks=marks,
        note=f"At most the {MOST_POINTS} most predicted places." if len(points) == MOST_POINTS else "",
    )
