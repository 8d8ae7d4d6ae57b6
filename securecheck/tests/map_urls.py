"""Addresses of the product and one page with two maps, for the browser tests of maps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from insights.maps import Figure, Point, draw_map, outlines_of
from ledger.models import Area
from securecheck.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401

PAGE = """{% extends "base.html" %}{% load l10n %}
{% block title %}Maps{% endblock %}
{% block head %}{% include "partials/map_styles.html" %}{% endblock %}
{% block content %}<h1>Two maps</h1><div class="map-pair">{% for map in maps %}{% include "partials/map.html" %}{% endfor %}</div>
<div class="table-scroll" tabindex="0" role="region" aria-label="Figures" id="figures"><table class="data"><caption>Figures</caption>
<thead><tr><th scope="col">Beat</th><th scope="col" class="num">Crimes</th></tr></thead><tbody>
{% for one in figures %}<tr data-map-row="{{ one.key|unlocalize }}"><th scope="row"><a href="{{ one.url }}">{{ one.name }}</a></th>
<td class="num">{{ one.told }}</td></tr>{% endfor %}</tbody></table></div>{% endblock %}
{% block scripts %}{% include "partials/map_scripts.html" %}{% endblock %}"""


def show_maps(request: HttpRequest) -> HttpResponse:
    """All beats, with a figure made of their name; beats ending in 9 have none."""
    areas = Area.objects.filter(kind="beat")
    figures = [_figure(area) for area in areas]
    middle = areas[0].boundary["coordinates"][0][0] if areas[0].boundary else [0, 0]
    maps = [
        draw_map(
            name,
            outlines_of(areas),
            figures,
            title=f"Crimes by beat, {name}",
            unit="crimes a month",
            named=True,
            group="pair",
            table="figures",
            points=[Point(*middle, "A cluster of 12 crimes", kind=kind) for kind in (1,)],
            marks=[(1, "cluster")],
        )
        for name in ("before", "after")
    ]
    page = engines["django"].from_string(PAGE)
    return HttpResponse(page.render({"maps": maps, "figures": figures}, request))


def _figure(area: Area) -> Figure:
    if area.name.endswith("9"):
        return Figure(area.pk, f"Beat {area.name}", None, "no data", "/", area.name)
    value = float(sum(map(int, area.name))) if area.name.isdecimal() else 1.0
    return Figure(area.pk, f"Beat {area.name}", value, f"{value:g} crimes", "/insights/", area.name)


urlpatterns = [path("maps/", show_maps, name="maps"), *urlpatterns]
