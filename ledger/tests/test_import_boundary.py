"""The column of geometries: what is a boundary, and what is said of what is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.imports.boundary import Boundary, Wrong, boundary, joined
from ledger.tests.import_files import known_by_hand

RING = [[-84.4, 33.7], [-84.39, 33.7], [-84.39, 33.71], [-84.4, 33.71], [-84.4, 33.7]]
HOLE = [[-84.397, 33.703], [-84.394, 33.703], [-84.394, 33.706], [-84.397, 33.703]]
CAMDEN = [[-0.14, 51.54], [-0.13, 51.54], [-0.13, 51.55], [-0.14, 51.54]]


def polygon(*rings: Any, kind: str = "Polygon") -> str:
    return json.dumps({"type": kind, "coordinates": list(rings)})


def swapped(ring: list[list[float]]) -> list[list[float]]:
    return [[y, x] for x, y in ring]


def complaint(shape: Any, *countries: str) -> str:
    with pytest.raises(Wrong) as caught:
        boundary(shape if isinstance(shape, str) else json.dumps(shape), countries)
    return str(caught.value)


def test_a_polygon_with_a_hole_is_kept_with_six_decimals() -> None:
    precise = [[x + 1e-9, y - 1e-9] for x, y in RING]
    assert json.loads(boundary(polygon(precise, HOLE))) == {"type": "Polygon", "coordinates": [RING, HOLE]}


def test_heights_are_dropped() -> None:
    assert json.loads(boundary(polygon([[*point, 312.5] for point in RING])))["coordinates"] == [RING]


def test_a_multipolygon_of_one_is_a_polygon_and_a_collection_of_polygons_is_one_boundary() -> None:
    assert json.loads(boundary(polygon([RING], kind="MultiPolygon")))["type"] == "Polygon"
    parts = [{"type": "Polygon", "coordinates": [ring]} for ring in (RING, HOLE)]
    assert json.loads(boundary(json.dumps({"type": "GeometryCollection", "geometries": parts}))) == {
        "type": "MultiPolygon",
        "coordinates": [[RING], [HOLE]],
    }


def test_parts_of_an_area_are_joined_and_equal_parts_count_once() -> None:
    one, two, three = (
        boundary(polygon(RING)),
        boundary(polygon(HOLE)),
        boundary(polygon([HOLE], [RING], kind="MultiPolygon")),
    )
    assert joined([one]) == one
    assert json.loads(joined([one, two, one]))["coordinates"] == [[RING], [HOLE]]
    assert json.loads(joined([one, three]))["coordinates"] == [[RING], [HOLE], [RING]]


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (polygon(RING[:-1]), "has an open ring: it begins at -84.4, 33.7 and ends at -84.4, 33.71"),
        (polygon(RING[:2] + RING[:1]), "has a ring of 3 points; an area needs at least four"),
        (polygon(RING, HOLE[:-1]), "has a ring of 3 points"),
        (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), "has a ring that encloses nothing"),
        (
            polygon(swapped([[-122.4, 37.7], [-122.3, 37.7], [-122.3, 37.8], [-122.4, 37.7]])),
            "longitude first",
        ),
        (
            polygon(swapped(RING)),
            "has latitude and longitude exchanged: GeoJSON puts the longitude first (a point is 33.7",
        ),
        (
            polygon([[530000.5, 180000], [530010, 180000], [530010, 180010], [530000.5, 180000]]),
            "Save the file in WGS 84",
        ),
        (polygon([["a", 1], [2, 3], [4, 5], ["a", 1]]), "has a point that is no pair of numbers: a, 1"),
        (polygon([[True, 1], [2, 3], [4, 5], [True, 1]]), "no pair of numbers"),
        (polygon([[1], [2], [3], [1]]), "no pair of numbers: 1"),
        (polygon(["a", "b", "c", "a"]), "no pair of numbers: a"),
        (polygon([[1e308, 1], [2, 3], [4, 5], [1e308, 1]]), "no degrees: 1e+308, 1"),
        (polygon(RING).replace("33.7]", "NaN]"), "no degrees: -84.4, nan"),
        (polygon(RING).replace("33.7]", "1e999]"), "no degrees: -84.4, inf"),
        (polygon("ring"), "has a ring that is no list of points"),
        (polygon(), "is a Polygon without rings"),
        (polygon([], kind="MultiPolygon"), "is a MultiPolygon without rings"),
        (polygon(RING, kind="MultiPolygon"), "has a ring"),
        (
            {"type": "Point", "coordinates": [1, 2]},
            "is of the type Point; an area is a Polygon or a MultiPolygon",
        ),
        ({"type": None}, "is of the type None"),
        ({"type": ["Polygon"], "coordinates": [RING]}, "is of the type"),
        ({"type": "Polygon", "coordinates": {"a": 1}}, "without rings"),
        ({"type": "Polygon"}, "without rings"),
        ({"type": "GeometryCollection", "geometries": []}, "is a collection without geometries"),
        ({"type": "GeometryCollection", "geometries": [1]}, "is a collection without geometries"),
        (
            {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]},
            "is a collection inside a collection",
        ),
        ([RING], "is no geometry of GeoJSON"),
        ("Polygon", "is no geometry of GeoJSON"),
        ('{"type": "Polygon"', "is no geometry of GeoJSON"),
        ("[" * 5000, "is no geometry of GeoJSON"),
    ],
)
def test_what_is_no_boundary_is_said_in_plain_words(shape: Any, words: str) -> None:
    assert words in complaint(shape)


def test_exchanged_axes_are_told_by_the_countries_of_the_agencies() -> None:
    exchanged = polygon(swapped(CAMDEN))
    assert boundary(exchanged)
    assert "longitude and latitude" not in complaint(exchanged, "United Kingdom", "USA")
    assert complaint(exchanged, "United Kingdom", "USA").startswith("has latitude and longitude exchanged")
    for countries in (("USA",), ("Utopia",), ()):
        assert boundary(exchanged, countries)
    assert boundary(polygon(CAMDEN), ("United Kingdom",))
    elsewhere = polygon([[2.3, 48.8], [2.4, 48.8], [2.4, 48.9], [2.3, 48.8]])
    assert boundary(elsewhere, ("United Kingdom", "USA"))


def test_the_column_judges_each_cell_by_itself() -> None:
    known = known_by_hand(countries=["United Kingdom"])
    cells = [polygon(CAMDEN), "", polygon(CAMDEN[:-1]), polygon(swapped(CAMDEN))]
    found = Boundary("geometry").read(cells, known)
    assert (list(found.problems), found.empty) == ([2, 3], 1)
    assert list(found.values[1:]) == [None, None, None]
    assert json.loads(found.values[0])["coordinates"] == [CAMDEN]
    needed = Boundary("geometry", required=True).read(cells, known)
    assert needed.problems[1] == "is empty: the feature has no geometry"


def kept_or_complaint(shape: str) -> str:
    try:
        return boundary(shape, ("USA", "United Kingdom"))
    except Wrong as why:
        return str(why)


GEOMETRY = st.recursive(
    st.none() | st.booleans() | st.floats(-200, 200) | st.integers(-(10**400), 10**400) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(["Polygon", "MultiPolygon", "GeometryCollection", "Point"]), GEOMETRY)
def test_any_geometry_is_a_boundary_or_wrong_in_words(kind: str, coordinates: Any) -> None:
    shape = json.dumps({"type": kind, "coordinates": coordinates, "geometries": coordinates})
    assert kept_or_complaint(shape).startswith(('{"type":"Polygon"', '{"type":"MultiPolygon"', "has ", "is "))
