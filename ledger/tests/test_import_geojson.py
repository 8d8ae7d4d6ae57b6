"""GeoJSON and TopoJSON as tables: headers, records, arcs, and what is said of files that are none or too much."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from ledger.imports.geojson import GeoJson
from ledger.imports.reader import Record, Unreadable
from ledger.imports.table import format_of, open_table
from ledger.tests.import_files import EXAMPLES, source

FOLDER = EXAMPLES / "boundaries"
SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 0]]]


def table(content: Any, layer: str = "") -> GeoJson:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return GeoJson(io.BytesIO(text), layer)


def records(path: Path, layer: str = "") -> list[Record]:
    with path.open("rb") as file:
        return list(GeoJson(file, layer))


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def feature(properties: Any, geometry: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry, **more}


def topology(*geometries: Any, arcs: Any = (), **more: Any) -> dict[str, Any]:
    layer = {"type": "GeometryCollection", "geometries": list(geometries)}
    return {"type": "Topology", "objects": {"areas": layer}, "arcs": list(arcs), **more}


def test_the_header_is_every_property_and_the_geometry() -> None:
    read = table(collection(feature({"NAME": "A", "N": 1}), feature({"N": 2.5, "more": True}), feature(None)))
    assert read.header == ["NAME", "N", "more", "geometry"]
    assert [record.cells for record in read] == [
        ["A", "1", "", ""],
        ["", "2.5", "TRUE", ""],
        ["", "", "", ""],
    ]


def test_an_id_of_features_is_a_property_too_unless_one_is_called_so() -> None:
    read = table(collection(feature({"N": 1}, id="a"), feature({"N": 2})))
    assert (read.header, [record.cells for record in read]) == (
        ["N", "id", "geometry"],
        [["1", "a", ""], ["2", "", ""]],
    )
    read = table(collection(feature({"id": "own"}, id="other")))
    assert (read.header, [record.cells for record in read]) == (["id", "geometry"], [["own", ""]])


def test_lists_and_objects_among_properties_are_kept_as_json() -> None:
    read = table(collection(feature({"a": [1, {"b": "ü"}], "c": {}})))
    assert next(iter(read)).cells == ['[1, {"b": "ü"}]', "{}", ""]


def test_a_single_feature_is_a_table_of_one_row() -> None:
    read = table(feature({"N": 1}, {"type": "Polygon", "coordinates": SQUARE}))
    (record,) = read
    assert (record.number, record.cells[0], json.loads(record.cells[1])["coordinates"]) == (1, "1", SQUARE)


def test_the_record_s_text_is_a_line_of_csv_with_the_beginning_of_the_geometry() -> None:
    ring = [[number, number] for number in range(100)]
    (record,) = table(collection(feature({"N": 'a "b"'}, {"type": "Polygon", "coordinates": [ring]})))
    assert record.text.startswith('"a ""b""","{""type""')
    assert record.text.endswith('…"')


def test_a_byte_order_mark_is_passed_over() -> None:
    content = b"\xef\xbb\xbf" + json.dumps(collection(feature({"N": 1}))).encode()
    assert format_of(io.BytesIO(content)) == "geojson"
    assert [record.cells for record in table(content)] == [["1", ""]]


def test_the_members_of_a_topology_may_stand_in_any_order() -> None:
    whole = json.loads((FOLDER / "zones.topojson").read_text())
    for order in (list(whole), list(whole)[::-1]):
        read = table({name: whole[name] for name in order})
        assert [record.cells[:2] for record in read] == [["1", "11"], ["2", "12"]]


def test_arcs_are_decoded_from_their_quantised_steps_and_joined() -> None:
    first, second = (json.loads(record.cells[-1]) for record in records(FOLDER / "zones.topojson"))
    assert first == {
        "type": "Polygon",
        "coordinates": [
            [[-84.39, 33.7], [-84.39, 33.71], [-84.4, 33.71], [-84.4, 33.7], [-84.39, 33.7]],
        ],
    }
    assert second["type"] == "MultiPolygon"
    assert second["coordinates"][0] == [
        [[-84.39, 33.71], [-84.39, 33.7], [-84.38, 33.7], [-84.38, 33.71], [-84.39, 33.71]],
    ]
    assert second["coordinates"][1][0][:2] == [[-84.37, 33.7], [-84.365, 33.7]]


def test_arcs_without_a_transform_are_degrees_as_they_stand() -> None:
    shape = {"type": "Polygon", "arcs": [[0]], "properties": {}}
    (record,) = table(topology(shape, arcs=SQUARE))
    assert json.loads(record.cells[-1])["coordinates"] == SQUARE


def test_what_is_wrong_with_arcs_is_said_feature_by_feature() -> None:
    found = records(FOLDER / "missing-arcs.topojson")
    assert [(record.number, record.problem) for record in found if record.problem] == [
        (1, "names the arc 9, but the file has only 5 arcs"),
        (2, "names the arc -10, but the file has only 5 arcs"),
        (3, "names an arc that is no number"),
        (4, "names the arc 4, which is no line of points"),
        (5, "has arcs that do not meet: arc 3 does not begin where the one before it ends"),
        (6, "names its arcs in a form that TopoJSON does not have"),
    ]
    assert [record.cells[0] for record in found[6:]] == ["7", "8", "9", "10"]
    assert [record.cells[-1][:16] for record in found[7:9]] == ['{"type":"Point"}', ""]


def test_one_of_several_layers_must_be_chosen() -> None:
    with pytest.raises(Unreadable, match=r"holds several layers: “zones”, “beats”\. Choose one"):
        records(FOLDER / "two-layers.topojson")
    with pytest.raises(Unreadable, match=r"no layer “parks”\. It has: “zones”, “beats”"):
        records(FOLDER / "two-layers.topojson", "parks")
    assert [record.cells[0] for record in records(FOLDER / "two-layers.topojson", "beats")] == ["201"]


def test_the_layer_is_chosen_as_a_sheet_is() -> None:
    with (FOLDER / "two-layers.topojson").open("rb") as file:
        bound = source("boundaries").for_file("two.json", {"values": {"kind": "beat"}})
        assert open_table(bound, file, {"sheet": "beats"}).header == ["BEAT", "geometry"]


def test_a_file_without_layers_has_none_to_choose() -> None:
    with pytest.raises(Unreadable, match="is no TopoJSON, so it has no layers"):
        table(collection(feature({"N": 1})), "zones")
