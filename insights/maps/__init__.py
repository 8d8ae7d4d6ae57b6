"""Maps of figures by area: drawn on the server as SVG, given zoom and tooltips by Leaflet where there are scripts.

A page takes three steps; `docs/frontend.md` ("Maps") has the parts of the template:

    outlines = outlines_of(Area.objects.filter(kind="beat", agency=agency))     # kept in memory between requests
    figures = [Figure(area.pk, area.name, 12.5, "12.5 expected, 9 to 16", area_url) for area in …]
    context["map"] = draw_map("expected", outlines, figures, title="Expected crimes by beat", unit="crimes a month")

    {% include "partials/map.html" with map=map %}  and the table of the same figures beside it

Nothing comes from outside: no tiles, no fonts. A figure that is unknown, or hidden from the reader, has the value `None` and says
why in `told`; such areas are hatched. Hide before you draw: what is in a `Figure` reaches the page.
"""

from insights.maps.areas import outlines_of
from insights.maps.classes import Class, classes_of, quantile_breaks
from insights.maps.drawing import AreaMap, Figure, Point, draw_map
from insights.maps.outlines import Outlines

__all__ = [
    "AreaMap",
    "Class",
    "Figure",
    "Outlines",
    "Point",
    "classes_of",
    "draw_map",
    "outlines_of",
    "quantile_breaks",
]
