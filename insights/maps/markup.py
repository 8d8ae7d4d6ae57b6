"""The drawing as markup. A loop of the template takes several times as long for thousands of areas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from insights.maps.drawing import Dot, Name, Shape

AREA = '<path class="map-{}" data-key="{}" d="{}">{}</path>'
HATCHED = '<path class="map-none" fill="url(#{})" data-key="{}" d="{}">{}</path>'
NAME = '<text x="{}" y="{}" data-room="{}" class="{}">{}</text>'
DOT = '<g class="map-dot map-dot-{0}"><path d="M{1} {2}h0"/><path d="M{1} {2}h0"/><title>{3}</title></g>'


def of_shapes(shapes: Iterable[Shape], hatch: str) -> SafeString:
    """Areas, each with its words as its title. `hatch`: the id of the pattern for those without a figure."""
    return _joined(_linked(_area(shape, hatch), shape.url) for shape in shapes)


def _area(shape: Shape, hatch: str) -> SafeString:
    title = format_html("<title>{}</title>", shape.says) if shape.says else ""
    if shape.shade == 0:
        return format_html(HATCHED, hatch, shape.key, shape.path, title)
    return format_html(AREA, shape.shade or "line", shape.key, shape.path, title)


def of_names(names: Iterable[Name]) -> SafeString:
    """Names of areas; those without room wait until the map is enlarged."""
    return format_html_join(
        "",
        NAME,
        ((name.x, name.y, name.room, "" if name.fits else "map-name-later", name.text) for name in names),
    )


def of_dots(dots: Iterable[Dot]) -> SafeString:
    """Marked places: two rounds each, an edge and a middle."""
    return _joined(_linked(format_html(DOT, dot.kind, dot.x, dot.y, dot.says), dot.url) for dot in dots)


def _linked(drawn: SafeString, url: str) -> SafeString:
    return format_html('<a href="{}" tabindex="-1" draggable="false">{}</a>', url, drawn) if url else drawn


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
