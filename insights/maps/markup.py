"""The drawing as markup. A template loop takes ten times as long for thousands of areas; all text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from insights.maps.drawing import Dot, Name, Shape

LATER = ' class="map-name-later"'


def of_shapes(shapes: Iterable[Shape], hatch: str) -> SafeString:
    """Areas, each with its words as its title. `hatch`: the id of the pattern for those without a figure."""
    return _joined(_linked(_area(shape, hatch), shape.url) for shape in shapes)


def _area(shape: Shape, hatch: str) -> str:
    if shape.shade is None:
        look = 'class="map-line"'
    elif shape.shade:
        look = f'class="map-{shape.shade:d}"'
    else:
        look = f'class="map-none" fill="url(#{escape(hatch)})"'
    title = f"<title>{escape(shape.says)}</title>" if shape.says else ""
    return f'<path {look} data-key="{escape(shape.key)}" d="{escape(shape.path)}">{title}</path>'


def of_names(names: Iterable[Name]) -> SafeString:
    """Names of areas; those without room wait until the map is enlarged."""
    return _joined(
        f'<text x="{name.x:d}" y="{name.y:d}" data-room="{name.room:d}"'
        f"{'' if name.fits else LATER}>{escape(name.text)}</text>"
        for name in names
    )


def of_dots(dots: Iterable[Dot]) -> SafeString:
    """Marked places: two rounds each, an edge and a middle."""
    return _joined(_linked(_dot(dot), dot.url) for dot in dots)


def _dot(dot: Dot) -> str:
    line = f'<path d="M{dot.x:d} {dot.y:d}h0"/>'
    return f'<g class="map-dot map-dot-{dot.kind:d}">{line}{line}<title>{escape(dot.says)}</title></g>'


def _linked(drawn: str, url: str) -> str:
    return f'<a href="{escape(url)}" tabindex="-1" draggable="false">{drawn}</a>' if url else drawn


def _joined(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308  every text in it is escaped above
