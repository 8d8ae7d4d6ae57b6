"""Maps: classes, borders that stay common, the projection, and what the page gets of it."""

from __future__ import annotations

import itertools
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string

from insights.maps import Figure, Outlines, Point, draw_map, outlines_of, quantile_breaks
from insights.maps.arcs import Borders, fewer_points
from insights.maps.classes import class_of, classes_of
from insights.maps.drawing import Shape
from insights.maps.markup import of_shapes
from insights.maps.outlines import GRID, Frame
from ledger.models import Area
from ledger.tests.import_files import SHARED, loaded

BEATS = SHARED / "atlanta-cobra" / "APD_BEAT_Jan2020_region_Feat.json"
NEIGHBOURHOODS = SHARED / "atlanta-cobra" / "Neighborhoods_CopyFeatures_F.json"


def box(west: float, south: float, size: float = 1.0) -> dict[str, Any]:
    east, north = west + size, south + size
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def two_boxes() -> Outlines:
    found = Outlines.drawn({1: box(0, 0), 2: box(1, 0)})
    assert found is not None
    return found


def drawn(*values: float | None, **more: Any) -> Any:
    figures = [
        Figure(n, f"Area {n}", value, f"{value} told", f"/a/{n}/") for n, value in enumerate(values, 1)
    ]
    return draw_map("m", two_boxes(), figures, title="Boxes", unit="crimes", **more)


# Classes


def test_quantile_classes_hold_about_as_many_areas_each() -> None:
    breaks = quantile_breaks(range(1, 101))
    assert breaks == [20, 40, 60, 80, 100]
    assert [one.areas for one in classes_of(range(1, 101), breaks, str, declared=False)] == [20] * 5


def test_equal_values_are_never_parted() -> None:
    values = [0.0] * 70 + [1.0] * 20 + [5.0] * 10
    breaks = quantile_breaks(values)
    assert breaks == [0.0, 1.0, 5.0]
    legend = classes_of(values, breaks, lambda value: f"{value:g}", declared=False)
    assert [(one.number, one.label, one.areas) for one in legend] == [
        (1, "0", 70),
        (3, "1", 20),
        (5, "5", 10),
    ]


@pytest.mark.parametrize(("values", "breaks"), [([], []), ([3.0], [3.0]), ([2.0, 2.0], [2.0])])
def test_few_values_have_few_classes(values: list[float], breaks: list[float]) -> None:
    assert quantile_breaks(values) == breaks


def test_a_value_on_a_break_belongs_below_it_and_one_above_all_to_the_last() -> None:
    assert [class_of(value, [1, 2, 3]) for value in (0, 1, 1.5, 2, 3, 99)] == [0, 0, 1, 1, 2, 2]


def test_declared_breaks_serve_several_maps_and_say_their_range() -> None:
    legend = classes_of([1.0], [2, 4, 8], lambda value: f"{value:g}", declared=True)
    assert [one.label for one in legend] == ["up to 2", "above 2, up to 4", "above 4"]
    assert [one.areas for one in legend] == [1, 0, 0]


# Borders


def test_the_frame_places_as_web_maps_do() -> None:
    frame = Frame.around([(-84.6, 33.6), (-84.2, 33.9)])
    (south, west), (north, east) = frame.bounds
    assert south < 33.6 < 33.9 < north
    assert west < -84.6 < -84.2 < east
    # The middle of the drawing is the middle of the northings, which by hand lies at the mean of asinh(tan(latitude)).
    northing = (math.asinh(math.tan(math.radians(south))) + math.asinh(math.tan(math.radians(north)))) / 2
    x, y = frame.place((west + east) / 2, math.degrees(math.atan(math.sinh(northing))))
    assert abs(x - frame.width / 2) <= 1
    assert abs(y - frame.height / 2) <= 1
    assert max(frame.width, frame.height) == GRID


def test_points_on_a_line_are_left_out_and_corners_stay() -> None:
    assert fewer_points([(0, 0), (5, 1), (10, 0), (10, 10)], 2.0) == [(0, 0), (10, 0), (10, 10)]
    assert fewer_points([(0, 0), (5, 3), (10, 0)], 2.0) == [(0, 0), (5, 3), (10, 0)]


def test_neighbours_keep_one_border_between_them() -> None:
    wavy = [(100, y) if y % 3 else (103, y) for y in range(0, 101, 5)]
    left = [(0, 0), *wavy, (0, 100)]
    right = [*reversed(wavy), (200, 0), (200, 100)]
    borders = Borders([left, right], 2.0)
    one, other = borders.simplified(left), borders.simplified(right)
    shared = [point for point in one if 100 <= point[0] <= 103]
    assert shared == [point for point in reversed(other) if point[0] <= 103]
    assert 2 < len(shared) <= len(wavy)


def test_an_area_too_small_to_be_seen_does_not_vanish() -> None:
    outlines = Outlines.drawn({1: box(0, 0, 10), 2: box(5, 5, 1e-7)})
    assert outlines is not None
    assert outlines.of[2].path.startswith("M")
    assert outlines.of[2].path.endswith("z")


def test_a_hole_is_part_of_the_path() -> None:
    holed = box(0, 0, 10)
    holed["coordinates"] += box(4, 4)["coordinates"]
    outlines = Outlines.drawn({1: holed, 2: box(4, 4)})
    assert outlines is not None
    assert outlines.of[1].path.count("M") == 2


def test_no_boundaries_no_map() -> None:
    assert Outlines.drawn({}) is None
    assert draw_map("m", None, [], title="", unit="") is None


# What is drawn


def test_unknown_figures_are_hatched_and_say_why() -> None:
    found = drawn(3.0, None)
    assert [shape.shade for shape in found.shapes] == [5, 0]
    assert found.hatched == 1
    html = render_to_string("partials/map.html", {"map": found})
    assert "Area 2: None told" in html
    assert 'fill="url(#m-hatch)"' in html


def test_an_area_without_any_figure_is_hatched_unless_it_is_a_border() -> None:
    assert [shape.shade for shape in drawn(3.0).shapes] == [5, 0]
    assert [shape.shade for shape in drawn(3.0, borders={2}).shapes] == [5, None]


def test_a_figure_of_an_area_without_boundary_is_left_to_the_table() -> None:
    found = drawn(1.0, 2.0, 99.0)
    assert len(found.shapes) == 2
    assert sum(one.areas for one in found.classes) == 2


def test_hostile_names_stay_text() -> None:
    evil = '</title></svg><script>alert(1)</script>"'
    found = draw_map(
        "m",
        two_boxes(),
        [Figure(1, evil, 1.0, evil, short=evil)],
        title=evil,
        unit=evil,
        named=True,
        points=[Point(0.5, 0.5, evil)],
    )
    html = render_to_string("partials/map.html", {"map": found})
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 4


def test_of_cells_without_a_row_no_key_is_sent() -> None:
    html = render_to_string("partials/map.html", {"map": drawn(1.0, 2.0, listed={2})})
    assert re.findall(r'data-key="(\d+)"', html) == ["2"]
    assert html.count("<title>") == 2
    assert re.findall(
        r'data-key="(\d+)"', render_to_string("partials/map.html", {"map": drawn(1.0, 2.0)})
    ) == [
        "1",
        "2",
    ]


def test_areas_written_together_are_as_those_written_one_by_one() -> None:
    shapes = [
        Shape(key, path, shade, says, url)
        for key in (None, 1, 'a"b')
        for path in ("M0 0h1z", '"><b>')
        for shade in (None, 0, 1, 5)
        for says in ("", "A & B: 3 <told>")
        for url in ("", "/a/?b=1&c=2")
    ]
    together = parsed(of_shapes(shapes))
    assert together == [element for shape in shapes for element in parsed(of_shapes([shape]))]
    assert together == [element for shape in shapes for element in expected_elements(shape)]


def parsed(markup: str) -> list[tuple[str, dict[str, str | None], str]]:
    """Elements of a piece of markup: name, attributes, text, read by the parser of the standard library."""
    found: list[tuple[str, dict[str, str | None], str]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            found.append((tag, dict(attrs), ""))

        def handle_data(self, data: str) -> None:
            tag, attrs, text = found[-1]
            found[-1] = (tag, attrs, text + data)

    reader = Reader()
    reader.feed(markup)
    reader.close()
    return found


def expected_elements(shape: Shape) -> list[tuple[str, dict[str, str | None], str]]:
    look = {None: "map-line", 0: "map-none"}.get(shape.shade, f"map-{shape.shade}")
    attributes: dict[str, str | None] = {"class": look, "d": shape.path}
    if shape.key is not None:
        attributes["data-key"] = str(shape.key)
    link: list[Any] = (
        [("a", {"href": shape.url, "tabindex": "-1", "draggable": "false"}, "")] if shape.url else []
    )
    title: list[Any] = [("title", {}, shape.says)] if shape.says else []
    return [*link, ("path", attributes, ""), *title]


def test_only_names_with_room_are_shown_at_first() -> None:
    outlines = Outlines.drawn({1: box(0, 0, 10), 2: box(10, 0, 0.1)})
    figures = [Figure(1, "Downtown", 1, ""), Figure(2, "Downtown Annex", 1, "")]
    found = draw_map("m", outlines, figures, title="", unit="", named=True)
    assert found is not None
    assert [name.fits for name in found.names] == [True, False]


# Areas of the ledger


@pytest.mark.django_db
def test_outlines_follow_a_changed_boundary() -> None:
    area = Area.objects.create(kind="beat", name="101", boundary=box(0, 0))
    Area.objects.create(kind="beat", name="102")  # without boundary
    beats = Area.objects.filter(kind="beat")
    first = outlines_of(beats)
    assert first is not None
    assert outlines_of(beats) is first  # kept
    Area.objects.filter(pk=area.pk).update(boundary=box(50, 50))
    second = outlines_of(beats)
    assert second is not None
    assert second.frame != first.frame
    assert list(second.of) == [area.pk]


@pytest.mark.django_db
@pytest.mark.skipif(not BEATS.exists(), reason="the published files are not beside the checkout")
@pytest.mark.parametrize(
    ("path", "kind", "most"), [(BEATS, "beat", 45_000), (NEIGHBOURHOODS, "neighbourhood", 75_000)]
)
def test_published_boundaries_are_light_and_keep_their_size(path: Path, kind: str, most: int) -> None:
    loaded(path, "boundaries", options={"values": {"kind": kind}})
    areas = Area.objects.filter(kind=kind)
    outlines = outlines_of(areas)
    assert outlines is not None
    assert sum(len(one.path) for one in outlines.of.values()) < most
    for area in areas:
        assert area.boundary is not None
        full = abs(sum(map(_size, _rings(area.boundary))))
        scale = outlines.frame.scale / math.cos(math.radians(33.75))
        drawn_size = abs(_size_of_path(outlines.of[area.pk].path)) / (outlines.frame.scale * scale)
        assert drawn_size == pytest.approx(full, rel=0.03, abs=3e-6), area.name


def _rings(boundary: dict[str, Any]) -> list[list[list[float]]]:
    polygons = boundary["coordinates"] if boundary["type"] == "MultiPolygon" else [boundary["coordinates"]]
    return [ring for polygon in polygons for ring in polygon]


def _size(ring: list[list[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) / 2


def _size_of_path(path: str) -> float:
    whole = 0.0
    for part in path.split("M")[1:]:
        numbers = [int(one) for one in re.findall(r"-?\d+", part)]
        x, y = numbers[:2]
        ring = [[float(x), float(y)]]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + dx, y + dy
            ring.append([float(x), float(y)])
        whole += _size([*ring, ring[0]])
    return whole


def test_bounds_are_read_by_scripts() -> None:
    html = render_to_string("partials/map.html", {"map": drawn(1.0, 2.0)})
    bounds = html.split('data-bounds="')[1].split('"')[0]
    (south, west), (north, east) = json.loads(bounds)
    assert (south < 0, west < 0, north > 1, east > 2) == (True, True, True, True)
