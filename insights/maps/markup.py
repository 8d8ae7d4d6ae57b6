"""The drawing as markup. A loop of the template takes several times as long for thousands of areas."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from insights.maps.drawing import Dot, Name, Shape

AREA, KEY, PATH, TITLE = '<path class="map-{}"', ' data-key="{}"', ' d="{}">', "<title>{}</title>"
LINK = '<a href="{}" tabindex="-1" draggable="false">'
NAME = '<text x="{}" y="{}" data-room="{}" class="{}">{}</text>'
DOT = '<g class="map-dot map-dot-{0}"><path d="M{1} {2}h0"/><path d="M{1} {2}h0"/><title>{3}</title></g>'


def of_shapes(shapes: Iterable[Shape]) -> SafeString:
    """Areas, each with its words as its title. Of neighbours in the list that are written alike the markup is made at once."""
    return _joined(
        format_html_join("", form, map(_values, alike)) for form, alike in groupby(shapes, key=_form)
    )


def _form(shape: Shape) -> str:
    """The markup of an area with braces for what differs."""
    drawn = AREA + (KEY if shape.key is not None else "") + PATH + (TITLE if shape.says else "") + "</path>"
    return LINK + drawn + "</a>" if shape.url else drawn


def _values(shape: Shape) -> list[object]:
    """What goes into the braces, in that order."""
    look = "line" if shape.shade is None else shape.shade or "none"
    key = [] if shape.key is None else [shape.key]
    said = [shape.says] if shape.says else []
    return [*([shape.url] if shape.url else []), look, *key, shape.path, *said]


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
    return format_html(LINK + "{}</a>", url, drawn) if url else drawn


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
