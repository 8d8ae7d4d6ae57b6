"""The published maps of Atlanta and block groups of The Markup, decoded and counted a second way. Skipped where not at hand.

The second decoder of TopoJSON sums with numpy; areas are compared with the acres that the city published beside each shape, and
the places of reported crimes with the neighbourhoods that the department gives them.
"""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from insights.tests.conftest import kept_for_now
from ledger.imports.report import Report
from ledger.models import Agency, Area, AreaFigure, Incident
from ledger.tests.import_files import SHARED, loaded

ATLANTA = SHARED / "atlanta-cobra"
MARKUP = SHARED / "markup-prediction-bias"
MAPS = {
    "beat": ("APD_BEAT_Jan2020_region_Feat.json", "BEAT", 81, 79),
    "zone": ("apd_zones_FeaturesToJSON.json", "ZONE", 6, 6),
    "neighbourhood": ("Neighborhoods_CopyFeatures_F.json", "NAME", 245, 245),
    "district": ("NPU Boundaries_FeaturesToJSO.json", "NPU", 25, 25),
}
SQUARE_METRES_OF_ACRE = 4046.8564
METRES_OF_DEGREE = 111_320

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not ATLANTA.exists(), reason="the published files are not beside the checkout"),
]


def topology(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ATLANTA / name).read_text())
    return found


def geometries(whole: dict[str, Any]) -> list[dict[str, Any]]:
    (layer,) = whole["objects"].values()
    found: list[dict[str, Any]] = layer["geometries"]
    return found


def decoded(whole: dict[str, Any]) -> list[np.ndarray]:
    scale, start = np.array(whole["transform"]["scale"]), np.array(whole["transform"]["translate"])
    return [np.cumsum(np.array(arc), axis=0) * scale + start for arc in whole["arcs"]]


def outlines(shape: dict[str, Any], arcs: list[np.ndarray]) -> list[list[np.ndarray]]:
    """Polygons as lists of rings, by a way of their own: whole arcs one behind the other, repeated points taken out."""
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    return [
        [np.vstack([arcs[n] if n >= 0 else arcs[~n][::-1] for n in ring]) for ring in polygon]
        for polygon in polygons
    ]


def without_repeats(ring: np.ndarray) -> np.ndarray:
    return ring[np.insert(np.any(np.diff(ring, axis=0) != 0, axis=1), 0, True)]


def rings_of(boundary: dict[str, Any]) -> list[list[np.ndarray]]:
    polygons = boundary["coordinates"] if boundary["type"] == "MultiPolygon" else [boundary["coordinates"]]
    return [[np.array(ring) for ring in polygon] for polygon in polygons]


def square_metres(boundary: dict[str, Any]) -> float:
    """The area on a plane that touches the city: good to a part in a thousand."""
    return sum(
        sum(_on_plane(ring) * (1 if place == 0 else -1) for place, ring in enumerate(polygon))
        for polygon in rings_of(boundary)
    )


def _on_plane(ring: np.ndarray) -> float:
    x = ring[:, 0] * METRES_OF_DEGREE * math.cos(math.radians(33.76))
    y = ring[:, 1] * 110_920
    return abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2)


def holds(boundary: dict[str, Any], x: float, y: float) -> bool:
    """Whether a point is inside: a ray to the east crosses the outline an odd number of times."""
    crossings = 0
    for polygon in rings_of(boundary):
        for ring in polygon:
            (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
            spans = (y0 > y) != (y1 > y)
            with np.errstate(divide="ignore", invalid="ignore"):
                at = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
            crossings += int(np.sum(spans & (at > x)))
    return crossings % 2 == 1


@pytest.fixture(scope="module")
def reports(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Report]]:
    """A quarter of crimes and the four maps, for all tests of this module."""
    with kept_for_now(django_db_blocker):
        found = {
            "crimes": loaded(ATLANTA / "COBRA-2020(NEW RMS 9-30 12-31).csv", "atlanta-crime", partial=True)
        }
        for kind, (name, named, _, _) in MAPS.items():
            values = {"kind": kind, "agency": "Atlanta Police Department"}
            values |= {"name": named} if kind == "district" else {}
            found[kind] = loaded(ATLANTA / name, "boundaries", options={"values": values})
        yield found


@pytest.mark.parametrize("kind", MAPS)
def test_every_shape_is_there_as_a_second_decoder_finds_it(kind: str, reports: dict[str, Report]) -> None:
    name, named, features, areas = MAPS[kind]
    whole = topology(name)
    arcs = decoded(whole)
    assert (reports[kind].rows_read, reports[kind].rows_new, reports[kind].rows_refused) == (
        features,
        areas,
        0,
    )
    expected: dict[str, list[list[np.ndarray]]] = {}
    for shape in geometries(whole):
        expected.setdefault(str(shape["properties"][named]), []).extend(outlines(shape, arcs))
    found = dict(Area.objects.filter(kind=kind).exclude(boundary=None).values_list("name", "boundary"))
    assert set(found) == set(expected)
    for area, polygons in expected.items():
        for ours, theirs in zip(rings_of(found[area]), polygons, strict=True):
            for our_ring, their_ring in zip(ours, theirs, strict=True):
                plain = without_repeats(their_ring)
                assert without_repeats(our_ring).shape == without_repeats(plain.round(6)).shape
                assert np.allclose(without_repeats(our_ring), without_repeats(plain.round(6)), atol=2e-6)


def test_neighbourhoods_are_as_large_as_the_city_says(reports: dict[str, Report]) -> None:
    acres = {
        shape["properties"]["NAME"]: shape["properties"]["ACRES"]
        for shape in geometries(topology(MAPS["neighbourhood"][0]))
    }
    areas = Area.objects.filter(kind="neighbourhood").exclude(boundary=None)
    ours = {area.name: square_metres(area.boundary) / SQUARE_METRES_OF_ACRE for area in areas}
    off = {name: abs(ours[name] / acres[name] - 1) for name in ours}
    assert sum(ours.values()) == pytest.approx(sum(acres.values()), rel=0.001)
    assert {name for name, share in off.items() if share > 0.004} == {"Olmsted at East Lake"}, (
        "told too small by 4 %"
    )
    assert len(ours) == 245


def test_crimes_lie_in_the_neighbourhood_the_beat_and_the_zone_that_the_department_gives_them(
    reports: dict[str, Report],
) -> None:
    """Every fifteenth. A few points lie on the street that is the border, or the beat was another one at the time."""
    placed = Incident.objects.exclude(area=None).exclude(beat=None).order_by("key")
    sample = list(placed.values_list("longitude", "latitude", "area", "beat", "zone"))[::15]
    assert len(sample) > 400
    shapes = dict(Area.objects.exclude(boundary=None).values_list("pk", "boundary"))
    shares = {}
    for place, kind in enumerate(("area", "beat", "zone"), 2):
        inside = [holds(shapes[one[place]], *one[:2]) for one in sample if one[place] in shapes]
        shares[kind] = sum(inside) / len(inside)
    assert shares["area"] > 0.99
    assert shares["beat"] > 0.98
    assert shares["zone"] > 0.99


def test_the_names_of_the_maps_are_those_of_the_crimes(reports: dict[str, Report]) -> None:
    used = Incident.objects.exclude(area=None).values("area").distinct()
    assert not Area.objects.filter(pk__in=used, boundary=None).exists()
    without = Area.objects.filter(kind="beat", boundary=None, agency=Agency.objects.get())
    assert set(without.values_list("name", flat=True)) <= {"701", "702", "703", "704", "705", "706", "707"}, (
        "the airport"
    )


@pytest.mark.skipif(not MARKUP.exists(), reason="the published files are not beside the checkout")
def test_block_groups_of_every_client_are_in_the_ledger_as_published() -> None:
    """39 files hold 6,060 features; 304 of them are told word for word in the file of a neighbouring client too."""
    read = new = 0
    told: dict[tuple[str, str], dict[str, Any]] = {}
    paths = sorted((MARKUP / "geojson").glob("*.json"))
    assert len(paths) == 39
    for path in paths:
        report = loaded(path, "predpol-block-groups")
        assert (report.rows_refused, report.stored) == (0, True)
        read, new = read + report.rows_read, new + report.rows_new
        for feature in json.loads(path.read_text())["features"]:
            properties = feature["properties"]
            told[properties.pop("client"), properties.pop("id")] = properties
    assert (read, new, len(told)) == (6_060, 5_756, 5_756)
    assert Area.objects.filter(kind="block-group").exclude(boundary=None).count() == 5_756
    figures = AreaFigure.objects.values_list("client", "area__name", "measure", "value")
    assert Counter(figures) == Counter(
        (client, area, measure, float(value))
        for (client, area), every in told.items()
        for measure, value in every.items()
    )
    assert len(figures) == 9 * 5_756
    departments = {row["client"] for row in csv.DictReader((MARKUP / "departments.csv").open(newline=""))}
    clients = set(AreaFigure.objects.values_list("client", flat=True))
    assert (clients - departments, departments - clients) == ({"indianapolis"}, {"reading"})
