"""A look at the beginning of a file: its format, and the tables in it with their first lines.

Costs little time and memory whatever the file holds, so that pages can do it while somebody waits.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from ledger.imports import containers, xlsx
from ledger.imports.geojson import GEOMETRY, layers_of
from ledger.imports.reader import LONGEST_LINE, Reader, Unreadable
from ledger.imports.table import format_of
from ledger.imports.workbook import Workbook

BYTES = 2 * LONGEST_LINE  # of a text, unpacked
BYTES_OF_BOOK = 6 << 20  # of the parts of a workbook together, unpacked
LINES = 60
SMALL_MAP = 4 << 20  # bytes of a map that is read through for its layers
MOST_SHEETS, MOST_ENTRIES, MOST_FEATURES = 20, 3, 50
TABLES = (".csv", ".txt", ".tsv", ".csv.gz", ".xlsx", ".json", ".geojson")


@dataclass(frozen=True)
class Table:
    """The first lines of a table, and its name where the file holds several: of the sheet, or of the file in an archive."""

    name: str
    lines: list[list[str]]

    @property
    def header(self) -> list[str]:
        return self.lines[0] if self.lines else []


@dataclass(frozen=True)
class Look:
    """What the beginning of a file shows. `entries` are the names of all files of an archive."""

    format: str
    tables: list[Table]
    entries: list[str] = field(default_factory=list)

    @property
    def sheets(self) -> list[str]:
        """The names of a workbook's sheets, or of the layers of a map."""
        return (
            [table.name for table in self.tables if table.name] if self.format in ("xlsx", "geojson") else []
        )


def look(file: BinaryIO) -> Look:
    """Look at a file. Refuses one in which no table can be found, in plain words."""
    file.seek(0)
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    try:
        return (
            _look_at_text(containers.beginning_of_gzip(file.read(BYTES), BYTES)) if packed else _look_at(file)
        )
    finally:
        file.seek(0)


def _look_at(file: BinaryIO) -> Look:
    found = format_of(file)
    if found == "xlsx":
        return _look_at_book(file)
    if found == "zip":
        return _look_at_archive(file)
    if found == "geojson" and (layers := _layers(file)):
        return Look(found, [Table(name, [[*names, GEOMETRY]]) for name, names in layers.items()])
    return _look_at_text(file.read(BYTES))


def _look_at_text(content: bytes) -> Look:
    """CSV or GeoJSON, by its first bytes."""
    file = io.BytesIO(content)
    found = format_of(file)
    if found == "geojson":
        return Look(found, [Table("", _properties(content))])
    if found != "csv":
        raise Unreadable("The compressed file holds another one that is compressed. Unpack it first.")
    reader = Reader(file)
    return Look(found, [Table("", [reader.header, *_good_rows(reader)])])


def _good_rows(reader: Reader) -> list[list[str]]:
    """The first records, as far as they can be read: what is wrong with the others is for the check to say."""
    rows: list[list[str]] = []
    try:
        for record in islice(reader, LINES):
            if not record.problem:
                rows.append(record.cells)
    except Unreadable:
        pass
    return rows


def _look_at_book(file: BinaryIO) -> Look:
    book = Workbook(file, most=BYTES_OF_BOOK)
    names = [*book.shown, *(name for name in book.sheets if name not in book.shown)][:MOST_SHEETS]
    return Look("xlsx", [Table(name, _rows_of(book, name)) for name in names])


def _rows_of(book: Workbook, name: str) -> list[list[str]]:
    """The first rows of a sheet; none where finding them would take too long."""
    try:
        return xlsx.first_rows(book, name, LINES)
    except Unreadable:
        return []


def _look_at_archive(file: BinaryIO) -> Look:
    names = [entry.name for entry in containers.entries_of(file)]
    tables = []
    for name in [name for name in names if name.lower().endswith(TABLES)][:MOST_ENTRIES]:
        file.seek(0)
        content = containers.beginning(file, name, BYTES_OF_BOOK if name.lower().endswith(".xlsx") else BYTES)
        tables += _tables_of(name, content)
    return Look("zip", tables, names)


def _tables_of(name: str, content: bytes) -> list[Table]:
    """The tables of one file of an archive; none where it cannot be read: the check says why."""
    try:
        return [Table(name, table.lines) for table in look(io.BytesIO(content)).tables]
    except Unreadable:
        return []


def _layers(file: BinaryIO) -> dict[str, list[str]]:
    """The layers of a TopoJSON file with the names of their properties, where it is small enough to be read through."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    try:
        return layers_of(file) if size <= SMALL_MAP else {}
    except Unreadable:
        return {}
    finally:
        file.seek(0)


def _properties(content: bytes) -> list[list[str]]:
    """The properties of the first features of a GeoJSON or TopoJSON file as a table. The geometries are not looked at."""
    found = list(islice(_objects_named("properties", content.decode(errors="replace")), MOST_FEATURES))
    features = [
        one for one in found if not str(one.get("name", "")).startswith("urn:")
    ]  # that is the projection
    names = list(dict.fromkeys(name for feature in features for name in feature))
    return [names, *([_as_text(feature.get(name)) for name in names] for feature in features)]


def _objects_named(name: str, text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    for found in islice(re.finditer(rf'"{name}"\s*:\s*(?=\{{)', text), 2 * MOST_FEATURES):
        try:
            yield decoder.raw_decode(text, found.end())[0]
        except (ValueError, RecursionError):
            continue


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)[:200]
