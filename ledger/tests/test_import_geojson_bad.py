"""GeoJSON and TopoJSON that are none, torn, or made to take too much: what is said, and that memory stays bounded."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.imports import geojson, topojson
from ledger.imports.geojson import GeoJson
from ledger.imports.reader import Unreadable
from ledger.tests.test_import_geojson import SQUARE, collection, feature, table, topology


def outcome(content: bytes) -> str:
    """`read` where every record is whole or has its problem, else the sentence that refuses the file."""
    try:
        read = GeoJson(io.BytesIO(content))
        whole = all(record.problem or len(record.cells) == len(read.header) for record in read)
    except Unreadable as sentence:
        return str(sentence)
    return "read" if whole else "torn"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"type": "FeatureCollection", "features": [{"type": "Feat', "cut off"),
        (b'{"type": "FeatureCollection", "features": [}', "not well-formed"),
        (b'{"type": "FeatureCollection"} and more', "not well-formed"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "not well-formed"),
        (b'{"type": "FeatureCollection", "features": [1e999]}', "not well-formed"),
        (b'{"type": "FeatureCollection", "features": ["\xfc"]}', "not in UTF-8"),
        (b'{"type": "Polygon", "coordinates": []}', "neither GeoJSON nor TopoJSON"),
        (b'{"name": "x", "features": []}', "neither GeoJSON nor TopoJSON"),
        (b'{"type": ["Topology"]}', "neither GeoJSON nor TopoJSON"),
        (b'{"type": "Topology", "objects": {}, "arcs": []}', "no layer"),
        (b"{", "cut off"),
    ],
)
def test_a_file_that_is_none_is_explained(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        table(content)


@pytest.mark.parametrize(
    ("feature", "problem"),
    [
        ("words", "is no feature"),
        (7, "is no feature"),
        (None, "is no feature"),
        (feature(["NAME"]), "has properties that are no list of names and values"),
        (feature({"NAME": "a\0b"}), "holds a NUL character, which is not text"),
    ],
)
def test_a_feature_that_is_none_is_named_and_the_others_are_read(feature: Any, problem: str) -> None:
    first, second = table(collection(feature, {"properties": {"NAME": "good"}}))
    assert (first.number, first.problem) == (1, problem)
    assert second.cells == ["good", ""]


@pytest.mark.parametrize(
    "transform", [[], {"scale": 1}, {"scale": [1, 1], "translate": ["a", 0]}, {"scale": [True, 1]}, "x"]
)
def test_a_transform_that_is_none_is_explained(transform: Any) -> None:
    with pytest.raises(Unreadable, match="transform of the TopoJSON file is no pair"):
        list(table(topology({"type": "Polygon", "arcs": [[0]]}, arcs=SQUARE, transform=transform)))


@pytest.mark.parametrize(
    "content",
    [
        b'{"type":"FeatureCollection","features":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"type":"FeatureCollection","x":' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"}",
    ],
)
def test_deep_nesting_is_refused_in_words_and_in_little_memory(content: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="nested more than 40 levels"):
            table(content)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "content",
    [
        b'{"type":"FeatureCollection","features":[[' + b"[]," * 3_000 + b"0]]}",
        b'{"type":"Feature","x":[' + b"[]," * 3_000 + b"0]}",
        b'{"type":"Topology","arcs":[[' + b"[0,0]," * 2_000 + b"0]]}",
        b'{"type":"Topology","objects":{"a":{"geometries":[{"arcs":[' + b"0," * 6_000 + b"0]}]}}}",
    ],
)
def test_a_part_that_would_take_too_much_memory_is_refused(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geojson, "MOST_OF_A_PART", 5_000)
    with pytest.raises(Unreadable, match="holds too many points"):
        table(content)


def test_many_parts_may_be_larger_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "MOST_OF_A_PART", 100)
    many = [feature({"N": n}, {"type": "Polygon", "coordinates": SQUARE}) for n in range(100)]
    assert len(list(table(collection(*many)))) == 100
    shapes = [{"type": "Polygon", "arcs": [[0]], "properties": {"N": n}} for n in range(100)]
    assert len(list(table(topology(*shapes, arcs=SQUARE * 100)))) == 100


def test_a_large_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "LARGEST", 1 << 20)
    with pytest.raises(Unreadable, match=r"larger than 1 MB\. Simplify the boundaries"):
        table(b"{" + b" " * (1 << 20))


def test_arcs_named_again_and_again_end_at_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topojson, "MOST_POINTS", 1_000)
    shape = {"type": "Polygon", "arcs": [[0] * 300]}
    with pytest.raises(Unreadable, match="more than 1,000 points together"):
        list(table(topology(shape, arcs=[[[0, 0], [1, 0], [1, 1], [0, 0]]])))


def test_names_of_properties_without_end_are_refused() -> None:
    with pytest.raises(Unreadable, match="more than 1,000 properties"):
        table(collection(*(feature({f"p{number}": 1}) for number in range(1_001))))
    with pytest.raises(Unreadable, match="more than 1,000 properties or layers"):
        table({"type": "Topology", "objects": {f"layer {number}": {} for number in range(1_002)}})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-9, 9)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "features",
                    "properties",
                    "geometry",
                    "objects",
                    "arcs",
                    "geometries",
                    "transform",
                    "id",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["FeatureCollection", "Feature", "Topology"]),
    st.fixed_dictionaries(
        {},
        optional={
            "features": st.lists(
                st.dictionaries(st.sampled_from(["properties", "geometry", "id"]), JSON) | JSON, max_size=4
            ),
            "objects": st.dictionaries(
                st.sampled_from(["a", "b.c"]),
                st.fixed_dictionaries({}, optional={"geometries": st.lists(JSON, max_size=4), "type": JSON})
                | JSON,
                max_size=2,
            ),
            "arcs": st.lists(
                st.lists(st.lists(st.integers(-9, 9), max_size=3), max_size=4) | JSON, max_size=4
            )
            | JSON,
            "transform": JSON,
            "properties": JSON,
            "geometry": JSON,
        },
    ),
)
def test_any_json_is_read_or_refused_in_words(kind: str, members: dict[str, Any]) -> None:
    found = outcome(json.dumps({"type": kind, **members}).encode())
    assert found == "read" or found.endswith((".", "(in a command: --sheet NAME)."))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_in_words(tail: bytes) -> None:
    found = outcome(b'{"type":"FeatureCollection","features":[' + tail)
    assert found == "read" or found.startswith(("The file is ", "The file names "))
