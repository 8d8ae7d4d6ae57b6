"""Reads GeoJSON and TopoJSON as a table: each feature is a record, its properties are cells, and the last cell is its geometry.

The header is all property names and `geometry`. The file is first read through once without keeping anything: that shows whether
it is well-formed, and that no part of it is so deep or so large that building it would take too much memory.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import ijson

from ledger.imports.reader import MOST_COLUMNS, Record, Unreadable
from ledger.imports.source import listed
from ledger.imports.topojson import Arcs, Unjoined

LARGEST = 64 << 20  # bytes of a file
DEEPEST = 40  # levels; a multipolygon in a collection needs nine
MOST_OF_A_PART = 4_000_000  # numbers, texts and brackets of one feature or arc
GEOMETRY = "geometry"
ID = "id"
SHOWN = 200  # characters of a geometry in the record's text
_OPEN, _CLOSE = ("start_map", "start_array"), ("end_map", "end_array")
_PARTS = (["features", ""], ["arcs", ""])  # where a feature and an arc stand


@dataclass
class _Outline:
    """What a file is and holds, found without building any of it. `names` are properties by layer; a GeoJSON file is one
    layer without a name."""

    type: str = ""
    names: dict[str, dict[str, None]] = field(default_factory=dict)
    with_id: set[str] = field(default_factory=set)  # layers whose features have an id

    def add(self, layer: str, name: str = "") -> None:
        """A layer, or a property of its features."""
        properties = self.names.setdefault(layer, {})
        if name:
            properties[name] = None
        if len(properties) >= MOST_COLUMNS or len(self.names) > MOST_COLUMNS:
            raise Unreadable(
                f"The file names more than {MOST_COLUMNS:,} properties or layers. No more are read."
            )


class GeoJson:
    """The features of a file, or of one layer of a TopoJSON file."""

    def __init__(self, file: BinaryIO, layer: str = "") -> None:
        self._file = file
        size = file.seek(0, os.SEEK_END)
        if size > LARGEST:
            raise Unreadable(
                f"The file is larger than {LARGEST >> 20} MB. Simplify the boundaries, or split the file."
            )
        self._start = _after_mark(file)
        outline = self._outline()
        self._type, self._layer = outline.type, _chosen(outline, layer)
        names = list(outline.names.get(self._layer, {}))
        self._names = [*names, ID] if self._layer in outline.with_id and ID not in names else names
        if any("\0" in name for name in self._names):
            raise Unreadable("The name of a property holds a NUL character, which is not text.")
        self.header = [*self._names, GEOMETRY]

    def tell(self) -> int:
        """Bytes of the file taken in so far."""
        return self._file.tell()

    def __iter__(self) -> Iterator[Record]:
        arcs = self._arcs() if self._type == "Topology" else None
        for number, feature in enumerate(self._features(), 1):
            yield self._record(number, feature, arcs)

    def features(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each record's number and its feature, of TopoJSON with the geometry joined; what is none of both is left empty."""
        arcs = self._arcs() if self._type == "Topology" else None
        for number, found in enumerate(self._features(), 1):
            feature = found if isinstance(found, dict) else {}
            properties = feature.get("properties")
            own_id = {ID: feature[ID]} if ID in feature else {}
            told = {
                "properties": properties if isinstance(properties, dict) else {},
                "geometry": _joined(feature, arcs) if arcs else feature.get("geometry"),
            }
            yield number, {"type": "Feature", **own_id, **told}

    def _outline(self) -> _Outline:
        outline = _Outline()
        try:
            _walk(ijson.basic_parse(self._rewound(), use_float=True), outline)
        except (ijson.JSONError, ValueError, OverflowError) as error:
            raise Unreadable(_about_json(str(error))) from error
        if outline.type not in ("FeatureCollection", "Feature", "Topology"):
            raise Unreadable(
                "The file is neither GeoJSON nor TopoJSON: at its top stands no type FeatureCollection, Feature or "
                "Topology."
            )
        return outline

    def _rewound(self) -> BinaryIO:
        self._file.seek(self._start)
        return self._file

    def _items(self, path: str) -> Iterator[Any]:
        return iter(ijson.items(self._rewound(), path, use_float=True))

    def _features(self) -> Iterator[Any]:
        paths = {"FeatureCollection": "features.item", "Feature": ""}
        return self._items(paths.get(self._type, f"objects.{self._layer}.geometries.item"))

    def _arcs(self) -> Arcs:
        transform = next(self._items("transform"), None)
        return Arcs(transform, self._items("arcs.item"))

    def _record(self, number: int, feature: Any, arcs: Arcs | None) -> Record:
        if not isinstance(feature, dict):
            return Record(number, [], str(feature)[:SHOWN], "is no feature")
        properties = feature.get("properties") or {}
        if not isinstance(properties, dict):
            return Record(
                number, [], str(properties)[:SHOWN], "has properties that are no list of names and values"
            )
        try:
            geometry = arcs.geometry(feature) if arcs else feature.get("geometry")
            problem = ""
        except Unjoined as why:
            geometry, problem = None, str(why)
        return self._told({ID: feature.get(ID), **properties}, geometry, number, problem)

    def _told(self, properties: dict[str, Any], geometry: Any, number: int, problem: str) -> Record:
        cells = [_cell(properties.get(name)) for name in self._names]
        shape = "" if geometry is None else json.dumps(geometry, separators=(",", ":"))
        if any("\0" in cell for cell in cells):
            problem = "holds a NUL character, which is not text"
        text = _line([*cells, shape if len(shape) <= SHOWN else shape[:SHOWN] + "…"])
        return Record(number, [] if problem else [*cells, shape], text, problem)


def _joined(feature: dict[str, Any], arcs: Arcs) -> dict[str, Any] | None:
    """The geometry of a feature of TopoJSON; none where its arcs do not give one."""
    try:
        geometry = arcs.geometry(feature)
    except Unjoined:
        return None
    return geometry if geometry and "coordinates" in geometry else None


def layers_of(file: BinaryIO) -> dict[str, list[str]]:
    """The layers of a TopoJSON file and the properties in each; none of any other file."""
    outline = _Outline()
    file.seek(_after_mark(file))
    try:
        _walk(ijson.basic_parse(file, use_float=True), outline)
    except (ijson.JSONError, ValueError, OverflowError) as error:
        raise Unreadable(_about_json(str(error))) from error
    return {name: list(names) for name, names in outline.names.items()} if outline.type == "Topology" else {}


def _after_mark(file: BinaryIO) -> int:
    """Where the text begins: behind a byte-order mark, if there is one."""
    file.seek(0)
    return 3 if file.read(3) == b"\xef\xbb\xbf" else 0


def _walk(events: Iterator[tuple[str, Any]], outline: _Outline) -> None:
    """Note type, layers and names of properties. `keys` holds the name of each open bracket; a part of a list has none."""
    keys: list[str] = []
    lists: list[bool] = [True]  # whether the bracket around is a list
    key, size = "", 0
    for event, value in events:
        size += 1
        if event == "map_key":
            key = value
            _note(keys, key, outline)
        elif event in _OPEN:
            keys.append("" if lists[-1] else key)
            lists.append(event == "start_array")
            if len(keys) > DEEPEST:
                raise Unreadable(f"The file is nested more than {DEEPEST} levels deep, which no map is.")
            if (len(keys) == 3 and keys[1:] in _PARTS) or (len(keys) == 5 and _is_in_layer(keys[1:])):
                size = 0
        elif event in _CLOSE:
            keys.pop()
            lists.pop()
        elif len(keys) == 1 and key == "type" and event == "string":
            outline.type = value
        if size > MOST_OF_A_PART:
            raise Unreadable("A part of the file holds too many points. Simplify the boundaries.")


def _note(keys: list[str], key: str, outline: _Outline) -> None:
    """A name of a property, of a layer, or the id of a feature."""
    inside = keys[1:]
    if inside in (["features", "", "properties"], ["properties"]):
        outline.add("", key)
    elif inside == ["objects"]:
        outline.add(key)
    elif _is_in_layer(inside) and inside[4:] == ["properties"]:
        outline.add(inside[1], key)
    elif key == ID and inside in ([], ["features", ""]):
        outline.with_id.add("")
    elif key == ID and len(inside) == 4 and _is_in_layer(inside):
        outline.with_id.add(inside[1])


def _is_in_layer(inside: list[str]) -> bool:
    """Whether it is in a feature of a layer of TopoJSON."""
    return inside[:1] == ["objects"] and inside[2:4] == ["geometries", ""]


def _chosen(outline: _Outline, layer: str) -> str:
    """The layer that is read: the one there is, else the one that was asked for."""
    if outline.type != "Topology":
        if layer:
            raise Unreadable("The file is no TopoJSON, so it has no layers. Leave the layer out.")
        return ""
    layers = list(outline.names)
    if layer in layers:
        return layer
    if not layers:
        raise Unreadable("The TopoJSON file holds no layer.")
    if layer or len(layers) > 1:
        which = f"no layer “{layer[:60]}”. It has" if layer else "several layers"
        raise Unreadable(
            f"The TopoJSON file holds {which}: {listed(layers[:20])}. Choose one (in a command: --sheet NAME)."
        )
    return layers[0]


def _about_json(words: str) -> str:
    if "premature EOF" in words or "Incomplete" in words:
        return "The file is cut off: its JSON does not end. Get it again."
    if "UTF8" in words:
        return "The file is not in UTF-8. Save it again as GeoJSON in UTF-8."
    return "The file is not well-formed JSON. Save it again from the program that made it."


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str | int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()
